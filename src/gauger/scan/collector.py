"""The seam of scan: one collector reads one kind of file and writes down what it says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal, Protocol

import msgspec

from gauger.core.inventory import Artifact, Form, Location, Role
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import Limits
from gauger.formats.source import Source
from gauger.scan.values import NameKind, Value


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A place that uses a model, before its names were followed.

    Attributes:
        surface: The surface of the use: `python`, `dockerfile`, `compose`, `litellm`, …
        api: What exactly: `transformers.AutoModel.from_pretrained`, `--model`, `MODEL_ID`, `FROM`.
        location: Where.
        written: The text at that place, never a secret; for a name that is followed, the expression.
        model: What stands where the model's name is expected.
        namespace: Which kind of name the place takes, where the place itself tells; else empty.
        client: The SDK client that the call goes through: `openai.OpenAI`, `@ai-sdk/deepseek`; else empty.
        endpoint: What stands where an address is given (to the client object of this very call), or None.
        provider: Catalogue id of the provider where the place names one (`model_provider="deepseek"`).
        form: The form in which the model is reached, where the place tells; else None.
        role: What for.
        revision: What stands where a revision is given, or None.
        mention: Why it is not a use (comment, test, ban list, prose); empty for a use.
        artifact: Id of the artifact that it comes with (stored weights), or empty.
        weak: The place takes other things too (`model:` in a file of any kind, `--model` of any program,
            `MODEL=`): it is a use only where the resolved text has the form `Org/Name` or is a name that the
            catalogue knows; otherwise it is dropped.
        client_name: Where the client object is defined in another file: the symbol that says which SDK client
            it is, or None. Takes the place of `client`.
        bill: The place is a bill of materials. told: another tool's, whose name is no alias of this stack.
            exact: one of ours, whose `namespace` and name are final.

    A bare credential is `role="access"`, `model=Text("*")` and the key's name in `written`; a bare address of
    a provider is the same with its `endpoint`. Both are kept only where the catalogue knows whose they are. A
    mention that is also `weak` is kept only where the catalogue knows the organisation.
    """

    surface: str
    api: str
    location: Location
    written: str
    model: Value
    namespace: Literal["", "hub", "ollama", "api", "local", "object-store", "cloud", "unknown"] = ""
    client: str = ""
    endpoint: Value | None = None
    provider: str = ""
    form: Form | None = None
    role: Role = "inference"
    revision: Value | None = None
    mention: str = ""
    artifact: str = ""
    weak: bool = False
    client_name: Value | None = None
    bill: Literal["", "told", "exact"] = ""


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that other places may refer to.

    Attributes:
        kind: What kind of name is defined.
        name: The name.
        value: What it stands for.
        location: Where it is defined.
        scope: Folder (relative to the root, empty for the root) or deployment below which it certainly
            applies; elsewhere it applies only as a possibility. A deployment is written `file#name`. The
            environment of a container whose image is not built from the stack (a vLLM, TGI or Ollama image)
            binds nothing, since none of the stack's own code reads it.
        endpoint: For an alias: the address behind it, or None.
        overridable: A default that something unseen may replace (`ENV` in a Dockerfile, `values.yaml`).
        site: For what a call gives to a function's parameter: the place of that call, the same for all its
            arguments, so that one call's model is never paired with another call's address. Else empty.
    """

    kind: NameKind
    name: str
    value: Value
    location: Location
    scope: str = ""
    endpoint: Value | None = None
    overridable: bool = False
    site: str = ""


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one collector says of one file."""

    artifacts: tuple[Artifact, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    bindings: tuple[Binding, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Tree(Protocol):
    """The files that the walker admitted: for collectors that must look beside the file they were given."""

    def files_below(self, folder: str) -> Sequence[str]:
        """Paths (relative to the root) of admitted files in this folder and below, sorted."""
        ...

    def files_in(self, folder: str) -> Sequence[str]:
        """Paths of admitted files directly in this folder, sorted."""
        ...

    def size_bytes(self, path: str) -> int:
        """Size of an admitted file."""
        ...

    def exists(self, path: str) -> bool:
        """Was this path admitted as a file?"""
        ...

    def is_folder(self, path: str) -> bool:
        """Is there an admitted file below this path?"""
        ...

    def open(self, path: str) -> Source:
        """The bytes of an admitted file; reads are counted. Raises `Unreadable` for any other path."""
        ...


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """One file, as a collector sees it.

    Attributes:
        path: Relative to the root.
        tree: All admitted files.
        limits: How much may be read.
    """

    path: PurePosixPath
    tree: Tree
    limits: Limits

    def data(self) -> bytes:
        """The file's bytes.

        Raises:
            LimitExceeded: longer than `limits.text_file_bytes`.
            Unreadable: it cannot be opened or read.
        """
        source = self.tree.open(str(self.path))
        self.limits.check(source.size_bytes, "text_file_bytes", subject=str(self.path))
        return source.read_at(0, source.size_bytes)

    def text(self) -> str:
        """The file's text: UTF-8 (a byte-order mark is taken off; UTF-16 with one is understood).

        Bytes that are not valid are replaced, so that line numbers stay right.

        Raises:
            LimitExceeded: longer than `limits.text_file_bytes`.
            Unreadable: it cannot be opened or read.
        """
        data = self.data()
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16", errors="replace")
        return data.decode("utf-8-sig", errors="replace")


class Collector(Protocol):
    """Reads one kind of file.

    Attributes:
        ident: Name in reports and docs: `python`, `compose`, `ollama-store`.
        globs: Which paths it wants, `pathlib` style with `**`, matched without regard to case.
        magics: Which first bytes it wants whatever the name is; empty for none.

    Two more attributes are asked for where a collector has them. `needles`: literals in lower case, one of
    which (or a word of the trade) stands in every file of which it has more to say than what it defines; the
    others wait until a name leads there (`gauger.scan.first_look`). `may_use(low)`: whether such a file, its
    bytes in lower case, is worth reading at once. A collector without them reads every file that it wants.
    """

    ident: str
    globs: tuple[str, ...]
    magics: tuple[bytes, ...]

    def collect(self, view: FileView) -> Collected:
        """What does this file say?

        Raises:
            Malformed, LimitExceeded, Unreadable: the walker turns each into a gap.
        """
        ...
