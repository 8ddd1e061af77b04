"""The sentences of a diff that text and Markdown share."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.change import Cause, Diff, Item, Moved, Side
from gauger.core.judgement import READINGS
from gauger.report.words import VERDICT

MARK = {"new": "+", "gone": "-", "changed": "~"}
_SCENARIOS = 4
_BETWEEN = {
    "documents": "two documents",
    "scenarios": "two scenarios",
    "catalogues": "two editions of the knowledge base",
}


def head(diff: Diff) -> str:
    """What is compared with what?"""
    return f"{_BETWEEN[diff.between]}: {side(diff.old)} → {side(diff.new)}"


def side(one: Side) -> str:
    """One of the two, with what tells it from others."""
    return f"{one.title} ({one.as_of}, knowledge base {one.catalogue}, {one.catalogue_digest[:19]}…)"


def step(moved: Moved) -> str:
    """The two verdicts, and whether that is worse."""
    return f"{VERDICT[moved.before].word} → {VERDICT[moved.after].word}" + (" (worse)" if moved.worse else "")


def together(diff: Diff) -> Iterator[tuple[Moved, tuple[str, ...]]]:
    """The verdicts that moved; models of which the same is said stand together, in the order of the first."""
    alike: dict[tuple[object, ...], list[Moved]] = {}
    for one in diff.verdicts:
        alike.setdefault((one.before, one.after, one.cases, one.rules, one.because, one.note), []).append(one)
    for ones in alike.values():
        yield ones[0], tuple(one.name for one in ones)


def cases(moved: Moved) -> str:
    """In which scenarios and readings it moved, shortened."""
    readings: dict[str, list[str]] = {}
    for case in moved.cases:
        readings.setdefault(case.scenario, []).append(case.reading)
    groups: dict[tuple[str, ...], list[str]] = {}
    for scenario, read in readings.items():
        groups.setdefault(tuple(read), []).append(scenario)
    parts = []
    for read_as, scenarios in groups.items():
        more = len(scenarios) - _SCENARIOS
        named = ", ".join(scenarios[:_SCENARIOS]) + (f" and {more} more" if more > 0 else "")
        parts.append(named + ("" if len(read_as) == len(READINGS) else f" ({', '.join(read_as)})"))
    return "; ".join(parts)


def because(moved: Moved) -> Iterator[str]:
    """Each set of causes in one line."""
    for number, causes in enumerate(moved.because):
        yield ("or " if number else "because ") + " and ".join(cause(one) for one in causes)
    if moved.note:
        yield moved.note


def cause(one: Cause) -> str:
    """One input that differs: which, and how it was and is."""
    where = {
        "date": "the date",
        "lists": "the list files",
        "program": "Gauger's own version",
        "suppositions": "what is supposed",
    }
    what = where.get(one.input, f"{one.input} {one.key}")
    if one.before == one.after:
        return f"{what} ({one.after})" if one.after else what
    return f"{what}: {one.before or '(not there)'} → {one.after or '(gone)'}"


def item(one: Item) -> str:
    """A thing that is new, gone or otherwise."""
    if one.change == "changed":
        return f"{one.what}: {one.before} → {one.after}"
    return one.what + (f": {one.after}" if one.after else "")


def sections(diff: Diff) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """The lists of things, each with its heading; empty ones left out."""
    for title, items in (
        ("Models", diff.models),
        ("Uses", diff.uses),
        ("Lineage", diff.lineage),
        ("Findings", diff.findings),
        ("Gaps", diff.gaps),
    ):
        if items:
            yield title, items
