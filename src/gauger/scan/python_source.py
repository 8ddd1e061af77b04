"""Which models does a Python file use? Collector `python`."""

from __future__ import annotations

import ast
import re
from functools import cache

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.plugin import gap_for
from gauger.core.text import printable
from gauger.scan.collector import Collected, FileView
from gauger.scan.mentions import mentions
from gauger.scan.programs import PROGRAMS
from gauger.scan.python_exports import exports
from gauger.scan.python_report import Report
from gauger.scan.python_table import call_table

_SOURCE_BYTES = 2 << 20
"""A syntax tree takes about a hundred times its text in memory: 2 MB of code stay well under the gigabyte."""
_METHODS = ("chat", "messages", "responses", "embeddings", "completions")
"""Members of a client object under which the calls that take a model stand, in every SDK that has them."""
_TELLING = (
    "from_pretrained", "base_model", "/chat/completions", "/v1/messages", "/api/chat", "/api/generate",
    "/api/embed",
    "/model/", "/models/", *(f".{name}{end}" for name in _METHODS for end in (".", "\n")),
)  # fmt: skip
"""What a call that takes a model is written with: methods, members, paths of requests made by hand."""
_COMMON_WORDS = {"python", "python3", "docker", "modal", "sky", "swift", "tune", "llm"}
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([a-z0-9_]+)(?:[^\n]*,[ \t]*([a-z0-9_]+))?", re.MULTILINE)
_MODEL = re.compile(rb"model(?:_?id|_?name|_?path)?\s*=\s*[\"'\w]|[\"']model[\"']\s*:")
_VERSIONED = re.compile(rb"[\"'][a-z][\w.-]*/[a-z][\w.-]*\d[\w.-]*[\"']")


class PythonSource:
    """Python files: calls of libraries that take models, with the values that reach them."""

    ident = "python"
    globs: tuple[str, ...] = ("**/*.py", "**/*.pyw", "**/*.pyi")
    magics: tuple[bytes, ...] = (b"#!/usr/bin/env python", b"#!/usr/bin/python")

    @property
    def needles(self) -> tuple[str, ...]:
        """See `FirstLook`: how a package that takes models is imported, and a client's members."""
        imports = (f"{word} {name}" for name in _roots() for word in ("import", "from"))
        return (*imports, *_TELLING, *_commands(), "model")

    def may_use(self, low: bytes) -> bool:
        """See `FirstLook`: does a file say anything for which its functions must be read?"""
        return may_take_models(low)

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. O(size of the file), bounded in steps."""
        return read_python(view.text(), str(view.path))


def module_of(path: str) -> str:
    """Under which module path do other files import this one? `a/b/__init__.py` is `a/b`."""
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    return stem.removesuffix("/__init__").removesuffix("__init__") if stem.endswith("__init__") else stem


def read_python(text: str, path: str) -> Collected:
    """What does this Python code say?

    Raises:
        Malformed: it is not Python 3.
        LimitExceeded: it is longer than 2 MB, or nested deeper than the parser bears.
    """
    if len(text) > _SOURCE_BYTES:
        raise LimitExceeded(f"{len(text)} characters of code, the bound is {_SOURCE_BYTES}", subject=path)
    tree = _parsed(text, path)
    report = Report(path, module_of(path), call_table("python"))
    gaps: list[Gap] = []
    try:
        report.run(tree, shallow=not may_take_models(text.lower().encode("utf-8", "replace")))
    except LimitExceeded as error:
        gaps.append(gap_for(error, part="python", location=Location(path=path), touches=(f"uses in {path}",)))
    candidates = list(report.candidates.values())
    taken = {c.location.line for c in candidates}
    return Collected(
        artifacts=tuple(report.artifacts.values()),
        candidates=(*candidates, *mentions(text, path, surface="python", taken=taken, comment="#")),
        bindings=(*report.passed_on, *exports(report)),
        gaps=tuple(gaps),
    )


@cache
def _roots() -> frozenset[str]:
    """The first parts of all packages that take models."""
    packages = call_table("python").table.packages.values()
    return frozenset({name.partition(".")[0].lower() for names in packages for name in names} | {"boto3"})


@cache
def _commands() -> tuple[str, ...]:
    """The names of programs that take a model: code may run them."""
    words = {start.partition(" ")[0] for program in PROGRAMS for start in program.starts}
    return tuple(
        sorted(w for w in words if re.fullmatch(r"[a-z][a-z0-9_-]{2,}", w) and w not in _COMMON_WORDS)
    )


@cache
def _command() -> re.Pattern[bytes]:
    return re.compile(rb"\b(?:" + b"|".join(re.escape(word.encode()) for word in _commands()) + rb")\b")


@cache
def _encoded_roots() -> frozenset[bytes]:
    return frozenset(name.encode() for name in _roots())


def may_take_models(low: bytes) -> bool:
    """Does code say anything for which its functions must be read?

    A package that takes models is imported, a model's keyword or method is written, or a name with a version
    in it is given; otherwise only the constants matter that other files may import.

    Args:
        low: The code in lower case. O(length).
    """
    if any(word.encode() in low for word in _TELLING):
        return True
    if (b"model" in low and _MODEL.search(low)) or (b"/" in low and _VERSIONED.search(low)):
        return True
    if _command().search(low):
        return True
    roots = _encoded_roots()
    return any(one in roots or other in roots for one, other in _IMPORT.findall(low))


def _parsed(text: str, path: str) -> ast.Module:
    try:
        return ast.parse(text, filename=path, type_comments=False)
    except SyntaxError as error:
        place = f"line {error.lineno}: " if error.lineno else ""
        raise Malformed(f"not Python 3: {place}{printable(error.msg, 100)}", subject=path) from error
    except ValueError as error:
        raise Malformed(f"not Python 3: {printable(str(error), 100)}", subject=path) from error
    except (RecursionError, MemoryError) as error:
        raise LimitExceeded("the code is nested too deeply to be parsed", subject=path) from error
