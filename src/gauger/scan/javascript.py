"""Which models does a JavaScript or TypeScript file use? Collector `javascript`."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from gauger.core.errors import GaugerError, LimitExceeded
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.plugin import gap_for
from gauger.core.text import printable
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.javascript_tree import Translator
from gauger.scan.mentions import mentions
from gauger.scan.model_words import model_word
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_exports import exports
from gauger.scan.python_objects import Scope, Setting, Table, Thing, Unknown, text_of
from gauger.scan.python_report import Report
from gauger.scan.python_table import Calls, call_table
from gauger.scan.values import Text

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_SOURCE_BYTES = 1 << 20
_LINE = 50_000
_BUNDLED_LINE, _BUNDLED_MEAN = 1_500, 150
"""Characters of the longest and of the average line above which code is a bundle. Of 640 script files in 27
published Python packages (2026-11), 294 with 99.6 % of the bytes are above both, every one in a folder that a
build writes (`dist`, `chunks`, `assets`, `static`)."""
_METHODS = ("chat", "messages", "responses", "embeddings", "completions")
_WORTH_READING = re.compile(
    rb"@cf/|Supabase\.ai|model[\w$]*[\"'`]?\s*[:=(,})?]|\.(?:chat|messages|responses|embeddings|completions)\b|llm",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"\.(?:test|spec|stories|cy|e2e)\.[cm]?[jt]sx?$|(?:^|/)(?:__tests__|__mocks__|__fixtures__)/"
)
_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


class JavaScript:
    """JavaScript and TypeScript files, and the scripts of Vue and Svelte components."""

    ident = "javascript"
    globs: tuple[str, ...] = (
        "**/*.ts", "**/*.tsx", "**/*.js", "**/*.jsx", "**/*.mjs", "**/*.cjs", "**/*.mts", "**/*.cts",
        "**/*.vue", "**/*.svelte",
    )  # fmt: skip
    magics: tuple[bytes, ...] = (b"#!/usr/bin/env node",)

    @property
    def needles(self) -> tuple[str, ...]:
        """See `FirstLook`: how a package that takes models is named in an import, and a client's members."""
        return (
            *(text.decode() for text in _quoted()),
            *(f".{name}" for name in _METHODS),
            "model",
            "llm",
            "@cf/",
            "esm.sh",
            "npm:",
        )

    def may_use(self, low: bytes) -> bool:
        """See `FirstLook`: is a package that takes models imported, or a model's key written?"""
        return _WORTH_READING.search(low) is not None or any(text in low for text in _quoted())

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. Minified code (a line of more than 50,000 characters) is a gap."""
        path, text = str(view.path), view.text()
        if path.endswith((".d.ts", ".min.js")):
            return Collected()
        if len(text) > _SOURCE_BYTES or _is_bundled(text):
            raise LimitExceeded("bundled or minified code; its sources are what can be read", subject=path)
        if path.endswith((".vue", ".svelte")):
            text = _scripts_only(text)
        return read_javascript(text, path)


@cache
def _quoted() -> tuple[bytes, ...]:
    """How an import of a package that takes models begins, or the whole of it, in lower case."""
    packages = call_table("javascript").table.packages.values()
    names = sorted({name.lower() for names in packages for name in names})
    return tuple(
        f"{mark}{name}{end}".encode()
        for name in names
        for mark in "'\"`"
        for end in (("",) if name.endswith("/") else (mark, "/", "@", "."))
    )


def _is_bundled(text: str) -> bool:
    """Did a bundler or a minifier write this? People write short lines; a long one alone is data."""
    lines = text.splitlines()
    longest = max(map(len, lines), default=0)
    return longest > _LINE or (longest > _BUNDLED_LINE and len(text) > _BUNDLED_MEAN * len(lines))


def _scripts_only(text: str) -> str:
    """The scripts of a component, everything else blanked so that lines stay right."""
    kept, at = [], 0
    for match in _SCRIPT.finditer(text):
        kept += ["\n" * text.count("\n", at, match.start(1)), match[1]]
        at = match.end(1)
    return "".join(kept)


def read_javascript(text: str, path: str) -> Collected:
    """What does this code say?

    The parser repairs what it cannot read, so that a syntax error costs a statement and not the file.

    Raises:
        LimitExceeded: the code is nested too deeply.
    """
    source = text.encode("utf-8", "replace")
    root = _parser("typescript" if path.endswith((".ts", ".mts", ".cts")) else "tsx").parse(source).root_node
    report = JavaScriptReport(path, module_of(path), call_table("javascript"))
    report.source = source
    gaps: list[Gap] = _not_understood(root, path) if root.has_error else []
    try:
        report.run(Translator(source, path).module(root))
    except (GaugerError, RecursionError) as error:
        gaps.append(
            gap_for(error, part="javascript", location=Location(path=path), touches=(f"uses in {path}",))
        )
    candidates = tuple(report.candidates.values())
    if _TEST.search(path):
        candidates = tuple(
            msgspec.structs.replace(c, mention="in a test") if c.weak else c for c in candidates
        )
    taken = {c.location.line for c in candidates}
    return Collected(
        candidates=(*candidates, *mentions(text, path, surface="javascript", taken=taken, comment="//")),
        bindings=(*report.passed_on, *exports(report)),
        gaps=tuple(gaps),
    )


def _not_understood(root: Node, path: str) -> list[Gap]:
    """A gap for the first place that the parser could not read."""
    node = root
    while inner := next((child for child in node.children if child.has_error or child.is_missing), None):
        node = inner
    place = Location(path=path, line=node.start_point[0] + 1, column=node.start_point[1] + 1)
    detail = "code that the parser does not understand; statements there may be missing"
    touches = (f"uses in {path}",)
    return [Gap(part="javascript", reason="malformed", location=place, detail=detail, touches=touches)]


def module_of(path: str) -> str:
    """Under which module path do other files import this one? `a/b/index.ts` is `a/b`."""
    return path.rpartition(".")[0].removesuffix("/index")


@cache
def _parser(grammar: str) -> Parser:
    """The parser, loaded when a file needs it. TypeScript's grammar with JSX reads JavaScript as well."""
    import tree_sitter_typescript  # noqa: PLC0415 - 3 MB of grammar that most scans do without
    from tree_sitter import Language, Parser  # noqa: PLC0415

    make = (
        tree_sitter_typescript.language_tsx
        if grammar == "tsx"
        else tree_sitter_typescript.language_typescript
    )
    return Parser(Language(make()))


def _of_azure(candidate: Candidate) -> Candidate:
    """LlamaIndex's OpenAI classes reach Azure's service where they are given `azure: {…}`.

    Source: https://ts.llamaindex.ai/docs/llamaindex/modules/models/llms/azure
    """
    if isinstance(candidate.endpoint, Text):
        return candidate
    return msgspec.structs.replace(candidate, provider="azure-openai", client="", endpoint=None)


_AI_BINDING = re.compile(r"^(?:await )?[\w$.]*\benv\.AI\.run\(")
_ENVIRONMENT = re.compile(r"\benv\b", re.IGNORECASE)
_WORKERS_AI = ("@cf/", "@hf/")


class JavaScriptReport(Report):
    """The reader of Python's syntax trees, for trees that were JavaScript."""

    surface = "javascript"

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.source = b""

    def report(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """What a call says; `env.AI.run("@cf/…")` names a model of Cloudflare's whatever `env` is.

        Source: https://developers.cloudflare.com/workers-ai/configuration/bindings/
        """
        for thing, at in arguments.positional[:1]:
            text = text_of(thing)
            bound = _AI_BINDING.search(self.written(node)[:160])
            if (text is not None and text.startswith(_WORKERS_AI)) or (text is None and bound):
                self.add(thing, at, api="AI.run", namespace="api", provider="cloudflare-workers-ai")
                return Unknown("what a client returns")
        before = set(self.candidates)
        made = super().report(callee, arguments, node)
        told, _ = arguments.keywords.get("azure", (None, None))
        for key in self.candidates.keys() - before if isinstance(told, Table) else ():
            self.candidates[key] = _of_azure(self.candidates[key])
        return made

    def mapping(self, node: ast.Dict, scope: Scope) -> Thing:
        """An object; a model's key may hold a default: `{ model: given.model ?? "x" }`."""
        thing = super().mapping(node, scope)
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                continue
            default = (
                value.values[-1] if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) else None
            )
            if not (isinstance(default, ast.Constant) and isinstance(default.value, str)):
                continue
            word = model_word(key.value)
            if word is not None and not _ENVIRONMENT.search(self.written(value)):
                text = Text(text=printable(default.value), location=self.place(default))
                self.add(text, default, api=printable(key.value, 100), role=word.role, weak=True)
        return thing

    def add(self, thing: Thing, at: ast.expr, **told: Any) -> None:
        """As `Report.add`; what is known with its address is not replaced by the same without."""
        if told.get("weak") and told.get("endpoint") is None:
            place = told.get("location") or self.place(at)
            spot = (place.line, place.column)
            held = (self.candidates.get((*spot, key)) for key in self.keys.get(spot, ()))
            if any(candidate is not None and candidate.endpoint is not None for candidate in held):
                return
        super().add(thing, at, **told)

    def written(self, at: ast.expr) -> str:
        """The text of a literal, else the expression as it stands in the file."""
        if isinstance(at, ast.Constant) and isinstance(at.value, str):
            return printable(at.value)
        start, end = getattr(at, "written", (0, 0))
        return printable(" ".join(self.source[start:end].decode("utf-8", "replace").split()), 160)

    def imported(self, node: ast.Import, scope: Scope) -> None:
        """`require("./settings.json")` is a settings file."""
        super().imported(node, scope)
        for alias in node.names:
            if alias.name.endswith(".json"):
                scope.names[alias.asname or alias.name] = Setting(alias.name)

    def imported_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        """An import; a JSON file that is imported is a settings file."""
        if (node.module or "").endswith(".json"):
            for alias in node.names:
                scope.names[alias.asname or alias.name] = Setting(node.module or "")
            return
        super().imported_from(node, scope)
