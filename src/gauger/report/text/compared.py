"""The comparisons of the terminal report: verdict, what was done, tests, parts."""

from __future__ import annotations

from collections.abc import Iterable

from gauger.core.comparison import Comparison, ComponentMatch, TestOutcome
from gauger.core.readings import Measured
from gauger.report.text.layout import BLANK, Line, Span, Style, cut, heading, labelled, safe
from gauger.report.view import View
from gauger.report.words import ORDER_KNOWN_BY, plural

_COLUMN = 17
_MOST_TESTS = 4
_MOST_PARTS = 8
_STYLE: dict[str, Style] = {"re-parameterised": "bad", "independent": "plain", "undecided": "muted"}


def compared(view: View, width: int) -> list[Line]:
    """What have the models to do with each other, by their weights?"""
    found = view.dossier.comparisons
    if not found:
        return []
    lines = heading(f"COMPARED BY WEIGHTS ({len(found)})", width)
    for comparison in sorted(found, key=lambda c: (view.name(c.subject), view.name(c.reference))):
        lines += _pair(view, comparison, width)
    return lines


def _pair(view: View, one: Comparison, width: int) -> list[Line]:
    names = f"{view.name(one.subject)} ~ {view.name(one.reference)}"
    lines: list[Line] = [(Span(cut(safe(names), width), "strong"),)]
    also = [a for a in one.alterations if a != one.verdict]
    verdict = one.verdict + (f" (also: {', '.join(also)})" if also else "")
    lines += labelled("  verdict", verdict, width, column=_COLUMN, style=_STYLE.get(one.verdict, "warn"))
    if one.relation:
        lines += labelled("  relation", _relation(view, one), width, column=_COLUMN)
    lines += labelled("  why", one.statement, width, column=_COLUMN)
    for number, test in enumerate(one.tests[:_MOST_TESTS]):
        lines += labelled("  tests" if not number else "", _test(test), width, column=_COLUMN, style="muted")
    if len(one.tests) > _MOST_TESTS:
        more = f"and {plural(len(one.tests) - _MOST_TESTS, 'more test')}: see --format json"
        lines += labelled("", more, width, column=_COLUMN, style="muted")
    parts = _parts(one.components)
    if parts:
        lines += labelled("  parts", parts, width, column=_COLUMN)
    read = f"{one.read_bytes:,} bytes read, of {one.total_bytes:,} in the files of both"
    lines += labelled("  read", read, width, column=_COLUMN, style="muted")
    for number, caveat in enumerate(one.caveats):
        lines += labelled("  note" if not number else "", caveat, width, column=_COLUMN)
    return [*lines, BLANK]


def _relation(view: View, one: Comparison) -> str:
    ends = (view.name(one.subject), view.name(one.reference))
    child, parent = ends[::-1] if one.inverse else ends
    return f"{child} {one.relation} {parent}; {ORDER_KNOWN_BY[one.direction]}"


def _test(test: TestOutcome) -> str:
    statistic = (
        f"{test.statistic.unit} {test.statistic.value:.2f}, " if isinstance(test.statistic, Measured) else ""
    )
    bound = (
        f"p at most {test.p_bound.value:.2g} after {test.looks:,} looks"
        if isinstance(test.p_bound, Measured)
        else "no p"
    )
    return f"{test.test} {test.component}: {statistic}{bound} ({test.units} units)"


def _parts(parts: Iterable[ComponentMatch]) -> str:
    """How many parts are in which state, and those that changed most."""
    listed = list(parts)
    counts = {
        state: sum(p.state == state for p in listed)
        for state in ("equal", "altered", "linked", "independent")
    }
    words = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    changed = sorted(
        (p for p in listed if p.state == "altered" and isinstance(p.change, Measured)),
        key=lambda p: (-p.change.value, p.component),  # type: ignore[union-attr]  # measured ones only
    )
    most = ", ".join(f"{p.component} {p.change.value:.1%}" for p in changed[:_MOST_PARTS])  # type: ignore[union-attr]
    return words + (f"; changed most: {most}" if most else "")
