"""What does a program say that stands in another file: a here document, `python -c`, a workflow's step?"""

from __future__ import annotations

import re
import textwrap

import msgspec

from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.plugin import guarded
from gauger.scan.collector import Candidate, Collected

_PYTHON = re.compile(r"^(?:ipython|pypy|python)(?:\d(?:\.\d+)?)?t?$")
_SCRIPT = frozenset({"node", "nodejs", "deno", "bun", "tsx", "ts-node"})
_MOST_LINES = 100_000


def language_of(program: str) -> str:
    """Which language does this program run: `python`, `javascript`, or none that is read here?"""
    name = program.rpartition("/")[2]
    if _PYTHON.match(name):
        return "python"
    return "javascript" if name in _SCRIPT else ""


def language_of_file(name: str) -> str:
    """Which language is a file of this name written in?"""
    low = name.lower()
    if low.endswith(".py"):
        return "python"
    return "javascript" if low.endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx")) else ""


def read_code(
    text: str, language: str, path: str, limits: Limits, *, line: int, member: str = ""
) -> Collected:
    """Read code whose first line stands on this line of the file; broken code is a gap.

    Args:
        text: The code; what indents all of it is taken off.
        language: From `language_of`.
        path: The file that it stands in.
        limits: Bounds.
        line: From 1.
        member: The part of the file, for places.
    """
    from gauger.scan.javascript import read_javascript  # noqa: PLC0415 - its readers read shell text in turn
    from gauger.scan.python_source import read_python  # noqa: PLC0415 - as above

    place = Location(path=path, line=line, member=member)
    if line > _MOST_LINES or len(text) > limits.text_file_bytes:
        return Collected()
    padded = "\n" * (line - 1) + textwrap.dedent(text)
    reader = read_python if language == "python" else read_javascript
    answer = guarded(language, lambda: reader(padded, path), location=place, touches=(f"uses in {path}",))
    if isinstance(answer, Gap):
        return Collected(gaps=(answer,))
    found = tuple(_member(c, member) for c in answer.candidates)
    return msgspec.structs.replace(answer, candidates=found)


def _member(candidate: Candidate, member: str) -> Candidate:
    if not member:
        return candidate
    return msgspec.structs.replace(
        candidate, location=msgspec.structs.replace(candidate.location, member=member)
    )
