"""Which models does a Jupyter notebook use: in code, shell lines, magics? Collector `notebook`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

from gauger.core.errors import GaugerError, Malformed
from gauger.core.inventory import Location
from gauger.core.limits import Limits
from gauger.core.plugin import gap_for
from gauger.formats.bounded_json import bounded_json
from gauger.scan.collector import Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.mentions import mentions
from gauger.scan.python_source import read_python
from gauger.scan.shell import Session

_SHELL_LINE = re.compile(r"^\s*(?:[\w, ]+=\s*)?[!]{1,2}(?P<command>.*)$|^\s*%(?:sx|system)\s+(?P<system>.*)$")
_PACKAGE_LINE = re.compile(r"^\s*%(?:pip|conda|mamba|uv)\b")
_SETTING = re.compile(r"^\s*%(?:env|set_env)\s+(?P<name>\w+)[= ]\s*(?P<value>\S+)")
_ASKED = re.compile(r"^\s*%{1,2}ai\s+(?P<model>[\w.-]+:[\w./:@-]+)")
"""A question to a model: `%%ai provider:model`. Source: https://jupyter-ai.readthedocs.io/en/latest/users/index.html."""
_SHELL_CELL = re.compile(r"^\s*%%(?:bash|sh|shell|script\b.*|writefile .*\.sh)\s*$")
_OTHER_CELL = re.compile(r"^\s*%%(?!time|capture|timeit|prun|memit)\w+")


class Cell(msgspec.Struct, frozen=True):
    """One code or text cell.

    Attributes:
        number: From 1, all cells counted.
        kind: `code` or `markdown`.
        lines: Its lines.
        first_line: The line of the file on which its first line stands, or 0 where it was not found.
    """

    number: int
    kind: str
    lines: tuple[str, ...]
    first_line: int


class Notebook:
    """Notebooks: all code cells are one module, in order; lines for the shell are read as commands."""

    ident = "notebook"
    globs: tuple[str, ...] = ("**/*.ipynb",)
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. Locations name the cell; outputs are not read."""
        path, text = str(view.path), view.text()
        cells = cells_of(bounded_json(text, view.limits, path), text, path)
        code, commands = _split(cells)
        harvest = Harvest()
        try:
            harvest.add(read_python("\n".join(line for line, _, _ in code), path))
        except GaugerError as error:
            harvest.gaps.append(
                gap_for(error, part=self.ident, location=Location(path=path), touches=(f"uses in {path}",))
            )
            code = without_broken_cells(code)
            with suppress(GaugerError):
                harvest.add(read_python("\n".join(line for line, _, _ in code), path))
        placed = _placed(harvest.collected(), [(cell, line) for _, cell, line in code])
        return _with(placed, _of_commands(commands, path, view.limits), _of_prose(cells, path))


def cells_of(notebook: Any, text: str, path: str) -> list[Cell]:
    """Which cells does a notebook hold, in format 3 or 4?

    Raises:
        Malformed: it is no notebook.
    """
    if not isinstance(notebook, dict):
        raise Malformed("not a notebook", subject=path)
    found = notebook.get("cells")
    if found is None and isinstance(notebook.get("worksheets"), list):
        found = [
            c for sheet in notebook["worksheets"] if isinstance(sheet, dict) for c in sheet.get("cells") or []
        ]
    if not isinstance(found, list):
        raise Malformed("a notebook without cells", subject=path)
    cells: list[Cell] = []
    finder = _LineFinder(text)
    for number, cell in enumerate(found, start=1):
        source = cell.get("source", cell.get("input")) if isinstance(cell, dict) else None
        pieces = source if isinstance(source, list) else [source]
        joined = "".join(piece for piece in pieces if isinstance(piece, str))
        lines = tuple(joined.splitlines())
        kind = str(cell.get("cell_type", "")) if isinstance(cell, dict) else ""
        cells.append(Cell(number, kind, lines, finder.line_of(lines)))
    return cells


class _LineFinder:
    """Finds the file's line on which a cell begins: notebooks are written with one JSON string a line."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.at = 0

    def line_of(self, source: tuple[str, ...]) -> int:
        wanted = next((line for line in source if line.strip()), "")
        if not wanted:
            return 0
        offset = source.index(wanted)
        escaped = msgspec.json.encode(wanted).decode()[1:-1]
        for number in range(self.at, len(self.lines)):
            if escaped in self.lines[number]:
                self.at = number + 1
                return number + 1 - offset
        return 0


_Line = tuple[str, Cell, int]


def _split(cells: list[Cell]) -> tuple[list[_Line], list[_Line]]:
    """Lines of Python and lines of shell; a line that is neither becomes `pass` so that blocks stay whole."""
    code: list[_Line] = []
    commands: list[_Line] = []
    for cell in cells:
        if cell.kind != "code":
            continue
        first = next((line for line in cell.lines if line.strip()), "")
        if _ASKED.match(first):
            code.append((_python_of(first), cell, cell.lines.index(first)))
            continue
        if _SHELL_CELL.match(first) or _OTHER_CELL.match(first):
            if _SHELL_CELL.match(first):
                commands += [
                    (line, cell, i) for i, line in enumerate(cell.lines) if not line.startswith("%%")
                ]
            continue
        for i, line in enumerate(cell.lines):
            code.append((_python_of(line), cell, i))
            if command := _command_of(line):
                commands.append((command, cell, i))
    return code, commands


def without_broken_cells(code: list[_Line]) -> list[_Line]:
    """The same lines, with `pass` for those of a cell that is no Python by itself."""
    cells: dict[int, list[str]] = {}
    for line, cell, _ in code:
        cells.setdefault(cell.number, []).append(line)
    broken = {number for number, lines in cells.items() if not _is_python("\n".join(lines))}
    return [("pass" if cell.number in broken else line, cell, i) for line, cell, i in code]


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _python_of(line: str) -> str:
    """The line as Python: magics set the environment or do nothing."""
    setting = _SETTING.match(line)
    indent = line[: len(line) - len(line.lstrip())]
    if asked := _ASKED.match(line):
        return f"import jupyter_ai_magics; jupyter_ai_magics.ai({asked['model']!r})"
    if setting:
        return f"{indent}import os; os.environ[{setting['name']!r}] = {setting['value']!r}"
    if _command_of(line) or line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?"):
        return f"{indent}pass"
    return line


def _command_of(line: str) -> str:
    match = _SHELL_LINE.match(line)
    if match is None:
        return ""
    return (match["command"] or match["system"] or "") if not _PACKAGE_LINE.match(line) else ""


def _place(cell: Cell, line: int, column: int, path: str) -> Location:
    number = cell.first_line + line if cell.first_line else 0
    return Location(path=path, line=max(number, 0), column=column, member=f"cell {cell.number}")


def _of_commands(lines: list[_Line], path: str, limits: Limits) -> Collected:
    harvest = Harvest()
    for text, cell, line in lines:
        session = Session("notebook", path, limits, member=f"cell {cell.number}")
        session.text(text, _place(cell, line, 1, path).line)
        harvest.add(session.finish())
    return harvest.collected()


def _of_prose(cells: list[Cell], path: str) -> Iterator[Collected]:
    for cell in cells:
        if cell.kind == "markdown":
            text = "\n".join(cell.lines)
            found = mentions(text, path, surface="notebook", taken=(), member=f"cell {cell.number}")
            yield Collected(candidates=tuple(found))


def _placed(collected: Collected, lines: list[tuple[Cell, int]]) -> Collected:
    """The same, with each place in the joined code replaced by cell and line of the notebook."""
    moved = _moved(msgspec.to_builtins(collected), lines)
    result = msgspec.convert(moved, Collected)
    candidates = tuple(msgspec.structs.replace(c, surface="notebook") for c in result.candidates)
    artifacts = {a.id: msgspec.structs.replace(a, id="") for a in result.artifacts}
    candidates = tuple(
        msgspec.structs.replace(
            c, artifact=artifacts[c.artifact].id if c.artifact in artifacts else c.artifact
        )
        for c in candidates
    )
    return msgspec.structs.replace(result, candidates=candidates, artifacts=tuple(artifacts.values()))


def _moved(value: Any, lines: list[tuple[Cell, int]]) -> Any:
    if isinstance(value, dict):
        line = value.get("line", 0)
        if "path" in value and value.keys() <= {"path", "line", "column", "member"}:
            if 0 < line <= len(lines):
                cell, inner = lines[line - 1]
                return msgspec.to_builtins(_place(cell, inner, value.get("column", 0), value["path"]))
            return value
        return {key: _moved(item, lines) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(item, lines) for item in value]
    return value


def _with(first: Collected, second: Collected, rest: Iterator[Collected]) -> Collected:
    harvest = Harvest()
    for part in (first, second, *rest):
        harvest.add(part)
    return harvest.collected()
