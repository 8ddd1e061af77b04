"""What do the answers say, and do they still fit the stack that they describe?"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
STACK = HERE / "stack"
STATUSES = ("literal", "followed", "unresolved")
FEWEST_USES, FEWEST_CONTROLS = 150, 40


@dataclass(frozen=True)
class Place:
    """A line of a file; line 0 stands for a whole file or all below a folder, -1 for a part of a path."""

    file: str
    line: int


@dataclass(frozen=True)
class Label:
    """One use of a model: where, which, through whom.

    Args:
        identity: Accepted spellings; empty where nobody can know (status `unresolved`).
        provider: Accepted providers; empty where nobody serves it or where that is not scored.
        places: Where the use stands, and where its name is defined.
        text: What the line says.
        pattern: A regular expression in the place of spellings, where a table of others gives one.
    """

    id: str
    surface: str
    identity: tuple[str, ...]
    provider: frozenset[str]
    status: str
    idiom: str
    places: tuple[Place, ...]
    text: str
    pattern: str = ""

    @property
    def named(self) -> bool:
        """Can the model be known from the stack?"""
        return bool(self.identity or self.pattern)


@dataclass(frozen=True)
class Control:
    """Something that looks like a use and is none, with the name that a hasty tool would report."""

    id: str
    identity: str
    kind: str
    reason: str
    place: Place
    text: str
    pattern: str = ""


@dataclass(frozen=True)
class Answers:
    """Everything that is known of the stack; `neutral` names are neither right nor wrong.

    Args:
        complete: Whether every use in the stack is labelled; without that nothing can be called false.
    """

    uses: tuple[Label, ...]
    controls: tuple[Control, ...]
    neutral: tuple[str, ...]
    complete: bool = True


def load(path: Path = HERE / "answers.yaml") -> Answers:
    """The answers, from their file."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Answers(
        tuple(_label(row) for row in data["uses"]),
        tuple(_control(row) for row in data["controls"]),
        tuple(row["identity"] for row in data["neutral"]),
    )


def _label(row: dict[str, Any]) -> Label:
    defined = (one.rpartition(":") for one in row.get("defined", []))
    providers = frozenset(row["provider"])
    return Label(
        id=row["id"],
        surface=row["surface"],
        identity=tuple(row["identity"]),
        provider=frozenset() if "-" in providers else providers,
        status=row["status"],
        idiom=row["idiom"],
        places=(Place(row["file"], row["line"]), *(Place(file, int(line)) for file, _, line in defined)),
        text=row["text"],
    )


def _control(row: dict[str, Any]) -> Control:
    place = Place(row["file"], row["line"])
    return Control(row["id"], row["identity"], row["kind"], row["reason"], place, row["text"])


def load_table(path: Path) -> Answers:
    """Answers from a tab-separated table: id, what, a regular expression on the identity, a part of the path.

    Ids that begin with `N` are controls; without an expression, no use may stand in the file at all.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    uses, controls = [], []
    for row in rows:
        number, what, pattern, part = ((value or "") for value in list(row.values())[:4])
        place = Place(part, -1)
        if number.startswith("N"):
            controls.append(Control(number, "", "", what, place, "", pattern or "."))
        else:
            uses.append(Label(number, "all", (), frozenset(), "literal", what, (place,), "", pattern))
    return Answers(tuple(uses), tuple(controls), (), complete=False)


def spellings(table: Path = HERE / "providers.yaml") -> dict[str, frozenset[str]]:
    """Provider to the ways in which tools write it."""
    data = yaml.safe_load(table.read_text(encoding="utf-8"))
    return {name: frozenset(map(str, written)) for name, written in data.items()}


def problems(answers: Answers, root: Path) -> list[str]:
    """What is wrong with the answers? `root` is the stack with its model files."""
    found = []
    entries = [*answers.uses, *answers.controls]
    twice = [one for one, number in Counter(entry.id for entry in entries).items() if number > 1]
    found += [f"{one}: the id is used twice" for one in twice]
    for label in answers.uses:
        found += [f"{label.id}: {text}" for text in _label_problems(label, root)]
    for control in answers.controls:
        found += [f"{control.id}: {text}" for text in _control_problems(control, answers, root)]
    if len(answers.uses) < FEWEST_USES or len(answers.controls) < FEWEST_CONTROLS:
        found.append("there are too few uses or controls")
    return found


def _label_problems(label: Label, root: Path) -> list[str]:
    found = [text for place in label.places for text in _place_problems(place, root)]
    first = label.places[0]
    if not found and first.line and line_at(root, first) != label.text:
        found.append(f"{first.file}:{first.line} does not read {label.text!r}")
    if label.status not in STATUSES or (label.status == "unresolved") == label.named:
        found.append(f"status {label.status} does not fit the identity {label.identity}")
    if label.status == "literal" and first.line and not any(_in(one, label.text) for one in label.identity):
        found.append(f"none of {label.identity} stands in the line")
    unknown = label.provider - set(spellings())
    return found + [f"the provider {one} is not in providers.yaml" for one in sorted(unknown)]


def _control_problems(control: Control, answers: Answers, root: Path) -> list[str]:
    found = _place_problems(control.place, root)
    if not found and control.place.line:
        line = line_at(root, control.place)
        if line != control.text or control.identity not in line:
            found.append(f"{control.place.file}:{control.place.line} does not carry {control.identity!r}")
    if any(control.identity.lower() == one.lower() for label in answers.uses for one in label.identity):
        found.append(f"{control.identity} is also a use, so that a tool without lines could not be judged")
    return found


def _place_problems(place: Place, root: Path) -> list[str]:
    path = root / place.file
    if not path.exists():
        return [f"{place.file} does not exist"]
    if place.line and place.line > len(path.read_text(encoding="utf-8").splitlines()):
        return [f"{place.file} has no line {place.line}"]
    return []


def line_at(root: Path, place: Place) -> str:
    """The line, without the space around it."""
    return (root / place.file).read_text(encoding="utf-8").splitlines()[place.line - 1].strip()


def _in(name: str, text: str) -> bool:
    return name.lower() in text.lower()
