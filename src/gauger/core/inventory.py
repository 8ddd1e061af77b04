"""What was found: places, artifacts, models, and the ways in which the stack uses them."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from gauger.core.readings import Known, Unmeasured
from gauger.core.record import Facts, Record

ArtifactKind = Literal[
    "weights",
    "tokenizer",
    "config",
    "card",
    "chat-template",
    "adapter",
    "store-entry",
    "serving-command",
    "api-call",
    "manifest-entry",
    "credential",
    "endpoint",
    "training-recipe",
    "dataset",
    "chip-target",
]
"""The kinds of thing that can be found. A credential is a key's *name*, never its value."""

Form = Literal[
    "api", "app", "weights", "quantised", "fine-tune", "merge", "adapter", "distillate", "data-set"
]
"""The form in which a model is reached; instruments distinguish these. data-set: not the model but text that
it wrote; what is trained on it is a distillate, and rules are asked about it as about one."""

Status = Literal["declared", "resolved", "inferred", "unresolved", "measured", "mention"]
"""How a use is known. declared: written where it is used. resolved: followed through the chain. inferred: one
of several values that the name can take, or a default that something unseen may override. unresolved: the
chain broke. measured: read from the bytes of a file. mention: kept and counted, not a use."""

Role = Literal[
    "inference",
    "embedding",
    "reranking",
    "training-base",
    "teacher",
    "student",
    "merge-parent",
    "adapter",
    "training-data",
    "tokenizer",
    "speech",
    "vision",
    "stored",
    "access",
]
"""What the model is for, where it can be told. stored: weights at rest that no use was bound to. access: a
credential or endpoint of a provider without a model's name."""


class Location(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where something stands. Never the secret or the text itself.

    Attributes:
        path: Relative to the scanned root, with `/`; `member` names what is inside an archive or a store.
        line: From 1, or 0 where lines make no sense (a binary file, a folder).
        column: From 1, or 0.
        member: A key, cell, document or archive member inside the file: `spec.containers[0].args`, `cell 3`.
    """

    path: str
    line: int = 0
    column: int = 0
    member: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place} ({self.member})" if self.member and not self.line else place


class Digest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What exactly was read: a path with the SHA-256 of its bytes, or of the part that was read.

    Attributes:
        path: Relative to the scanned root.
        sha256: 64 hexadecimal digits.
        size_bytes: Of the whole file.
        read_bytes: How much of it the digest covers (a header is enough for a 14 GB file).
    """

    path: str
    sha256: str
    size_bytes: int
    read_bytes: int


class Artifact(Record, frozen=True, kw_only=True):
    """Something found in the stack: a file, a store entry, a command, a call, a recipe.

    Attributes:
        kind: What it is.
        location: Where it is (the first part, where it has several).
        title: What to call it in a report: a file name, a store tag.
        format: `safetensors`, `gguf`, `onnx`, `pytorch-zip`, `pickle`, `tokenizer-json`, … or empty.
        parts: Paths of all files that belong to it (shards), sorted.
        size_bytes: Of all parts together; -1 where there is no file behind it.
        facts: What the header or the entry says, as plain small values.
        model: Id of the model that it belongs to, or empty.
    """

    kind: ArtifactKind
    location: Location
    title: str
    format: str = ""
    parts: tuple[str, ...] = ()
    size_bytes: int = -1
    facts: Facts = {}
    model: str = ""

    prefix: ClassVar[str] = "artifact"
    identity: ClassVar[tuple[str, ...]] = ("kind", "location", "title")


class Model(Record, frozen=True, kw_only=True):
    """What uses and artifacts are about: one identity, one form.

    Attributes:
        namespace: Where the name lives: `hub` (an `Org/Name` on a model hub), `ollama`, `api` (a provider's
            own model id), `local` (a path in the stack), `object-store`, `cloud` (a cloud's model id),
            `unknown`.
        name: The name there, as resolved: `deepseek-ai/DeepSeek-V3`, `deepseek-chat`, `models/helios-7b`;
            `*` for a provider whose model is not named (a bare credential).
        provider: Catalogue id of who serves it (namespace `api` and `cloud`), or empty.
        form: How it is reached.
        publisher: Who put it where it was taken from: the organisation in the name. Not the developer.
        developer: Catalogue id of who made it, when the catalogue knows the *name*; `declared` knowledge.
        family: Catalogue id of the family that the name belongs to.
        licence: What the model's own files declare, or the catalogue's licence id for the name.
        purl: Package URL where one exists for this kind of name, else empty.
    """

    namespace: Literal["hub", "ollama", "api", "local", "object-store", "cloud", "unknown"]
    name: str
    provider: str = ""
    form: Form
    publisher: Known = Unmeasured(reason="not-declared")
    developer: Known = Unmeasured(reason="not-in-catalogue")
    family: Known = Unmeasured(reason="not-in-catalogue")
    licence: Known = Unmeasured(reason="not-declared")
    purl: str = ""

    prefix: ClassVar[str] = "model"
    identity: ClassVar[tuple[str, ...]] = ("namespace", "name", "provider")

    @property
    def called(self) -> str:
        """What do people call this model? A provider's model without a name is told by its provider."""
        if self.name == "*":
            return f"any model of {self.provider or 'an unnamed provider'}"
        return self.name or "(no name)"


class Hop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step from the text at the call to the model's name.

    Attributes:
        how: `constant`, `environment`, `default`, `dict`, `setting`, `alias`, `variable`, `store`, …
        name: The name that was followed: `OPENAI_MODEL`, `generation.model`, `gpt-4o`.
        location: Where its value was found.
    """

    how: str
    name: str
    location: Location


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who serves the call, bound to the client object of the call and never to the file.

    Attributes:
        provider: Catalogue id of the provider; `self` for an address inside the user's own network.
        url: Scheme, host, port and path without credentials or query; empty where only the SDK tells.
        basis: `default` (what the SDK talks to unless told otherwise), `declared`, `resolved`, `unresolved`.
        chain: How the address was found.
    """

    provider: Known
    url: str = ""
    basis: Literal["default", "declared", "resolved", "unresolved"]
    chain: tuple[Hop, ...] = ()


class Use(Record, frozen=True, kw_only=True):
    """One way in which the stack uses a model.

    Attributes:
        surface: The collector's surface: `python`, `dockerfile`, `kubernetes`, `huggingface-cache`.
        api: What exactly: `openai.chat.completions.create`, `--model`, `MODEL_ID`.
        location: Where it is used.
        written: The text at that place (`gpt-4o`, `os.environ["MODEL"]`), never a secret.
        model: Id of the model.
        model_name: Its name, repeated here so that the line can be read by itself.
        role: What for.
        status: How it is known.
        chain: From the place of use to the place of the value; empty where it is written at the use.
        endpoint: Who serves it, for API calls and served models; None where none is involved.
        revision: The pinned revision; empty where none is given.
        audience: `production`, or `test`, `documentation`, `development` by where it stands.
        note: Why it is a mention or unresolved; where the chain broke.
    """

    surface: str
    api: str
    location: Location
    written: str
    model: str
    model_name: str = ""
    role: Role = "inference"
    status: Status = "declared"
    chain: tuple[Hop, ...] = ()
    endpoint: Endpoint | None = None
    revision: str = ""
    audience: Literal["production", "test", "documentation", "development"] = "production"
    note: str = ""

    prefix: ClassVar[str] = "use"
    identity: ClassVar[tuple[str, ...]] = ("surface", "api", "location", "written", "model")
