"""What do the lines of a template say that is no YAML even without its expressions?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from gauger.core.inventory import Location
from gauger.scan.collector import FileView
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import shell_with
from gauger.scan.model_words import is_secret_name
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Word
from gauger.scan.templates import Template

_LONGEST = 10_000
_LIST = re.compile(r"^\s*(?:-\s*)?(?:args|command)\s*:\s*\[(?P<body>.*)\]\s*(?:#.*)?$")
_BLOCK = re.compile(r"^(?P<indent>\s*)(?:-\s*)?(?:args|command)\s*:\s*(?:[|>][-+]?)?\s*$")
_ELEMENT = re.compile(r"^(?P<indent>\s*)-\s+(?P<text>.+?)\s*$")
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|([^,\[\]]+)')
_NAME = re.compile(r"^\s*(?:-\s*)?name\s*:\s*[\"']?([A-Za-z_][\w.]*)[\"']?\s*$")
_VALUE = re.compile(r"^\s*value\s*:\s*[\"']?(.*?)[\"']?\s*$")


def read_lines(template: Template, view: FileView, harvest: Harvest, surface: str) -> None:
    """Read argument lists and environment entries, as far as their lines show them."""
    lines = [line if len(line) <= _LONGEST else "" for line in template.text.split("\n")]
    path = str(view.path)
    for words in _commands(lines):
        session = Session(surface, path, view.limits, known=dict(template.values))
        session.argv(words)
        harvest.add(session.finish())
    harvest.add(read_variables(_environment(lines, path, template), surface=surface))


def _commands(lines: list[str]) -> Iterator[list[Word]]:
    for at, line in enumerate(lines):
        flow = _LIST.match(line)
        if flow is not None:
            offset = flow.start("body")
            words = [
                Word((m[1] or m[2] or m[3] or "").strip(), at + 1, offset + m.start() + 1)
                for m in _PIECE.finditer(flow["body"])
                if (m[1] or m[2] or m[3] or "").strip()
            ]
            yield words or [Word("-", at + 1, 1)]
        elif (block := _BLOCK.match(line)) is not None:
            words = list(_elements(lines, at + 1, len(block["indent"])))
            if words:
                yield words


def _elements(lines: list[str], start: int, indent: int) -> Iterator[Word]:
    for at in range(start, min(len(lines), start + 400)):
        line = lines[at]
        if not line.strip():
            continue
        element = _ELEMENT.match(line)
        if element is None or len(element["indent"]) < indent:
            return
        text = element["text"]
        if text[:1] in "\"'" and text[-1:] == text[:1]:
            text = text[1:-1]
        yield Word(text, at + 1, element.start("text") + 1)


def _environment(lines: list[str], path: str, template: Template) -> list[Variable]:
    found: list[Variable] = []
    dialect = shell_with(template.values)
    for at, (line, following) in enumerate(itertools.pairwise(lines)):
        name, value = _NAME.match(line), _VALUE.match(following)
        if name is not None and value is not None:
            place = Location(path=path, line=at + 2)
            text = "" if is_secret_name(name[1]) else value[1]
            found.append(Variable(name=name[1], text=text, value=dialect(text, place), location=place))
    return found
