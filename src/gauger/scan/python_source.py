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
from gauger.scan.python_exports import exports
from gauger.scan.python_report import Report
from gauger.scan.python_table import call_table

_SOURCE_BYTES = 2 << 20
"""A syntax tree takes about a hundred times its text in memory: 2 MB of code stay well under the gigabyte."""
_WORTH_READING = re.compile(
    r"model|llm|openai|anthropic|mistral|cohere|bedrock|ollama|from_pretrained|repo_id|load_dataset|base_url|getenv"
    r"|environ|[\"'][A-Za-z0-9][\w.-]*/[\w.-]+[\"']|api_base|checkpoint",
    re.IGNORECASE,
)


class PythonSource:
    """Python files: calls of libraries that take models, with the values that reach them."""

    ident = "python"
    globs: tuple[str, ...] = ("**/*.py", "**/*.pyw", "**/*.pyi")
    magics: tuple[bytes, ...] = (b"#!/usr/bin/env python", b"#!/usr/bin/python")

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. O(size of the file), bounded in steps."""
        text = view.text()
        if not _WORTH_READING.search(text):
            return Collected()
        return read_python(text, str(view.path))


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
        report.run(tree, shallow=not _deep().search(text))
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
def _deep() -> re.Pattern[str]:
    """Does a file say anything for which its functions must be read?

    A package that takes models is imported, a model's keyword or method is written, or a name with a version
    in it is given; otherwise only the constants matter that other files may import.
    """
    names = {
        name.partition(".")[0] for names in call_table("python").table.packages.values() for name in names
    }
    roots = "|".join(re.escape(name) for name in sorted(names | {"boto3"}))
    return re.compile(
        rf"^\s*(?:from|import)\s+(?:{roots})\b|\bmodel(?:_?id|_?name|_?path)?\s*=\s*[\"'\w]"
        r"|[\"']model[\"']\s*:|\.(?:chat|messages|responses|embeddings|completions)\b|from_pretrained|base_model"
        r"|[\"'][A-Za-z][\w.-]*/[A-Za-z][\w.-]*\d[\w.-]*[\"']",
        re.MULTILINE | re.IGNORECASE,
    )


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
