"""What does the page show of each comparison by weights? Verdict, tests, a bar for each part, a layer map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gauger.core.comparison import Comparison, ComponentMatch, TestOutcome
from gauger.core.readings import Measured, Reading
from gauger.report.view import View
from gauger.report.words import ORDER_KNOWN_BY, listed, plural

State = Literal["equal", "altered", "linked", "independent", "analytic", "undecided"]
_MOST_TESTS = 6
_MOST_BARS = 64
_MOST_LAYERS = 200
_STEP, _BOX, _TOP, _BOTTOM = 16, 11, 2, 62
"""CSS pixels: from layer to layer, a layer's side, the tops of the subject's and the reference's row."""
STATE: dict[State, tuple[str, str]] = {
    "equal": ("=", "equal"),
    "altered": ("≈", "altered"),
    "linked": ("~", "linked"),
    "independent": ("✕", "independent"),
    "analytic": ("f", "fixed by nature"),
    "undecided": ("?", "not decided"),
}
_WORST = {"re-parameterised": "bad", "independent": "plain", "undecided": "open"}


class Test(NamedTuple):
    """A row of the table of tests."""

    test: str
    component: str
    statistic: str
    bound: str
    looks: int
    units: int


class Bar(NamedTuple):
    """One part: where it comes from and how much of it was changed; `share` is of the longest bar."""

    part: str
    origin: str
    sign: str
    state: str
    change: str
    share: float


class Mark(NamedTuple):
    """A layer as a square: its left edge, and what a pointer shows."""

    x: int
    title: str
    alone: bool


class LayerMap(NamedTuple):
    """Subject above, reference below, a line where layers correspond."""

    width: int
    height: int
    top: int
    bottom: int
    box: int
    subject: tuple[Mark, ...]
    reference: tuple[Mark, ...]
    lines: tuple[str, ...]
    words: str


class Pair(NamedTuple):
    """One comparison as it is shown."""

    record: Comparison
    tone: str
    also: str
    relation: str
    order: str
    tests: tuple[Test, ...]
    more_tests: int
    counts: str
    bars: tuple[Bar, ...]
    longest: str
    more_bars: int
    map: LayerMap | None


def pairs(view: View) -> list[Pair]:
    """Which comparisons are there, by the names of both?"""
    found = view.dossier.comparisons
    return [
        _pair(view, c) for c in sorted(found, key=lambda c: (view.name(c.subject), view.name(c.reference)))
    ]


def _pair(view: View, one: Comparison) -> Pair:
    ends = (view.name(one.subject), view.name(one.reference))
    child, parent = ends[::-1] if one.inverse else ends
    counts = Counter(part.state for part in one.components)
    bars, longest = _bars(one.components)
    return Pair(
        record=one,
        tone=_WORST.get(one.verdict, "half"),
        also=listed([a for a in one.alterations if a != one.verdict]),
        relation=f"{child} {one.relation} {parent}" if one.relation else "",
        order=ORDER_KNOWN_BY[one.direction] if one.relation else "",
        tests=tuple(_test(test) for test in one.tests[:_MOST_TESTS]),
        more_tests=max(0, len(one.tests) - _MOST_TESTS),
        counts=listed([f"{counts[state]} {word}" for state, (_, word) in STATE.items() if counts[state]]),
        bars=bars,
        longest=longest,
        more_bars=max(0, len(one.components) - len(bars)),
        map=_layers(one.layer_map),
    )


def _test(test: TestOutcome) -> Test:
    unit = test.statistic.unit if isinstance(test.statistic, Measured) else ""
    return Test(
        test=test.test,
        component=test.component,
        statistic=f"{unit} {_number(test.statistic)}".strip(),
        bound=_bound(test.p_bound),
        looks=test.looks,
        units=test.units,
    )


def _bound(reading: Reading) -> str:
    return f"≤ {reading.value:.2g}" if isinstance(reading, Measured) else "none"


def _number(reading: Reading) -> str:
    return f"{reading.value:,.2f}" if isinstance(reading, Measured) else "none"


def _bars(parts: Sequence[ComponentMatch]) -> tuple[tuple[Bar, ...], str]:
    """The parts in their natural order, those that changed most where there are too many; longest change."""
    changed = sorted(parts, key=lambda part: (-_change(part), _natural(part.component)))[:_MOST_BARS]
    most = max((_change(part) for part in changed), default=0.0)
    bars = tuple(_bar(part, most) for part in sorted(changed, key=lambda part: _natural(part.component)))
    return bars, f"{most:.1%}" if most > 0 else ""


def _bar(part: ComponentMatch, most: float) -> Bar:
    sign, word = STATE[part.state]
    measured = isinstance(part.change, Measured)
    return Bar(
        part=part.component,
        origin=part.origin if part.origin != part.component else "",
        sign=sign,
        state=word,
        change=f"{_change(part):.1%}" if measured else "",
        share=min(_change(part) / most, 1.0) if most > 0 else 0.0,
    )


def _change(part: ComponentMatch) -> float:
    return max(part.change.value, 0.0) if isinstance(part.change, Measured) else 0.0


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """`layers.2` before `layers.10`."""
    return tuple((int(t), "") if t.isdecimal() else (-1, t) for t in re.split(r"(\d{1,9})", name))


def _layers(layer_map: Sequence[int]) -> LayerMap | None:
    """The picture, where layers moved, went or came; a map of every layer to its own number says nothing."""
    most = max(layer_map, default=-1)
    moved = any(origin != n for n, origin in enumerate(layer_map))
    if most < 0 or not moved or max(len(layer_map), most + 1) > _MOST_LAYERS:
        return None
    alone = [n for n, origin in enumerate(layer_map) if origin < 0]
    taken = set(layer_map)
    return LayerMap(
        width=_STEP * max(len(layer_map), most + 1) + 4,
        height=_BOTTOM + _BOX + 2,
        top=_TOP,
        bottom=_BOTTOM,
        box=_BOX,
        subject=tuple(
            Mark(_x(n), f"layer {n}: " + (f"from layer {o}" if o >= 0 else "no origin found"), o < 0)
            for n, o in enumerate(layer_map)
        ),
        reference=tuple(Mark(_x(n), f"layer {n} of the reference", n not in taken) for n in range(most + 1)),
        lines=tuple(
            f"M{_x(n) + _BOX / 2} {_TOP + _BOX}L{_x(o) + _BOX / 2} {_BOTTOM}"
            for n, o in enumerate(layer_map)
            if o >= 0
        ),
        words=_map_words(alone, [n for n in range(most + 1) if n not in taken]),
    )


def _map_words(alone: list[int], unused: list[int]) -> str:
    words = [
        f"{plural(len(numbers), 'layer')} {what} ({', '.join(map(str, numbers[:12]))}"
        + (" …)" if numbers[12:] else ")")
        for numbers, what in (
            (alone, "of the subject without an origin there"),
            (unused, "of the reference without a counterpart"),
        )
        if numbers
    ]
    return "; ".join(words) if words else "every layer has a counterpart, in another place"


def _x(number: int) -> int:
    return 2 + _STEP * number
