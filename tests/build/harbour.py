"""The example stack: its paths, the script that makes its models, its labelled places."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
HARBOUR = REPOSITORY / "examples" / "harbour"
ANSWERS = REPOSITORY / "tests" / "golden" / "harbour_answers.tsv"


class Answer(NamedTuple):
    """One labelled place of the stack.

    `kind` is `use`; `hop` (where a name that some use follows gets its value); `unresolved` (nobody can know
    the name); `stored`; `mention`; `none` (not about models at all); or `gap`. `identity` is a regular
    expression on the model's name; `provider` a catalogue id.
    """

    id: str
    surface: str
    kind: str
    path: str
    line: int
    anchor: str
    identity: str
    provider: str
    what: str


def answers(*kinds: str) -> list[Answer]:
    """Which places are labelled with one of these kinds (all, where none is given)?"""
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        rows = [Answer(**{**row, "line": int(row["line"])}) for row in csv.DictReader(file, delimiter="\t")]
    return [row for row in rows if not kinds or row.kind in kinds]


def maker() -> ModuleType:
    """The script `examples/make_harbour.py`, as a module."""
    spec = importlib.util.spec_from_file_location("make_harbour", REPOSITORY / "examples" / "make_harbour.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tree(folder: Path) -> dict[str, str | bytes]:
    """Every file below this folder with its bytes, and every link with where it leads."""
    found: dict[str, str | bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found
