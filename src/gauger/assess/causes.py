"""Why did a verdict move? The smallest sets of what differs that move it, found by exchanging pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from gauger.assess.exchange import Cell, Part, Said
from gauger.assess.smallest import smallest
from gauger.core.change import Cause, Input, Moved, worse
from gauger.core.judgement import READINGS, VERDICTS, Case, Verdict

Verdicts = Callable[[frozenset[Part], Cell], Verdict | None]
"""The verdict of a cell with these parts new and all others old."""
_TOLD = 3


class Step(NamedTuple):
    """What a cell said before, and what it says now."""

    before: Said
    after: Said


class Search:
    """Looks for what moved each cell.

    Args:
        verdict: Asks again with some parts exchanged.
        parts: Everything that differs and can be exchanged.
        told: A part in words.
        elsewhere: What differs and cannot be exchanged, since it is not at hand; a verdict that moved beyond
            what the exchange gives was moved by these.
    """

    def __init__(
        self,
        verdict: Verdicts,
        parts: Sequence[Part],
        told: Callable[[Part], Cause],
        elsewhere: tuple[Cause, ...] = (),
    ) -> None:
        self._verdict = verdict
        self._parts = tuple(parts)
        self._told = told
        self._elsewhere = elsewhere
        self._all = frozenset(parts)

    def moved(
        self,
        steps: Mapping[Cell, Step],
        names: Mapping[str, str],
        scenarios: Sequence[str],
        suspects: Callable[[Cell, Step], Iterable[Part]],
    ) -> tuple[Moved, ...]:
        """Every verdict that moved with what moved it, the worst first.

        Args:
            steps: The cells that moved.
            names: What the models are called.
            scenarios: In their order.
            suspects: Parts that are looked at first, for a cell.
        """
        groups: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
        for cell, step in steps.items():
            groups[cell[0], step].append(cell)
        found: list[Moved] = []
        for cells in groups.values():
            step = steps[cells[0]]
            pending = sorted(cells, key=lambda c: (scenarios.index(c[1]), READINGS.index(c[2])))
            while pending:
                sets = self._sets(pending[0], list(suspects(pending[0], step)))
                alike = [c for c in pending if c == pending[0] or self._same(c, sets)]
                found.append(self._record(alike, step, names, sets))
                pending = [c for c in pending if c not in alike]
        order = {scenario: n for n, scenario in enumerate(scenarios)}
        return tuple(
            sorted(
                _joined(found, order),
                key=lambda m: (
                    not m.worse,
                    VERDICTS.index(m.after),
                    m.name,
                    m.model,
                    order[m.cases[0].scenario],
                    READINGS.index(m.cases[0].reading),
                    m.rules,
                ),
            )
        )

    def _ends(self, cell: Cell) -> tuple[Verdict | None, Verdict | None]:
        return self._verdict(frozenset(), cell), self._verdict(self._all, cell)

    def _sets(self, cell: Cell, suspects: list[Part]) -> tuple[frozenset[Part], ...]:
        """The smallest sets of inputs, and in each of their parts, that lead to the new verdict."""
        start, end = self._ends(cell)
        if end is None or start == end:
            return ()
        inputs = list(dict.fromkeys(part.input for part in self._parts))

        def of(chosen: Iterable[Input]) -> list[Part]:
            wanted = set(chosen)
            return [part for part in self._parts if part.input in wanted]

        coarse = smallest(inputs, lambda some: self._verdict(frozenset(of(some)), cell) == end)
        fine = [
            found
            for some in coarse
            for found in smallest(of(some), lambda parts: self._verdict(parts, cell) == end, suspects)
        ]
        return tuple(dict.fromkeys(fine))[:_TOLD]

    def _same(self, cell: Cell, sets: tuple[frozenset[Part], ...]) -> bool:
        """Do the same sets move this cell as well?"""
        start, end = self._ends(cell)
        if not sets:
            return end is None or start == end
        return start != end and all(self._verdict(found, cell) == end for found in sets)

    def _record(
        self, cells: list[Cell], step: Step, names: Mapping[str, str], sets: tuple[frozenset[Part], ...]
    ) -> Moved:
        start, end = self._ends(cells[0])
        as_written = start == step.before.verdict and end == step.after.verdict
        beyond = () if as_written else self._elsewhere
        because = tuple(
            tuple(sorted((*(self._told(part) for part in parts), *beyond), key=lambda c: (c.input, c.key)))
            for parts in (sets or ((frozenset(),) if beyond else ()))
        )
        return Moved(
            model=cells[0][0],
            name=names.get(cells[0][0], cells[0][0]),
            before=step.before.verdict,
            after=step.after.verdict,
            worse=worse(step.before.verdict, step.after.verdict),
            cases=tuple(Case(scenario=scenario, reading=reading) for _, scenario, reading in cells),
            rules=step.after.rules or step.before.rules,
            because=because,
            note="" if because and as_written else self._note(because, beyond),
        )

    def _note(self, because: tuple[tuple[Cause, ...], ...], beyond: tuple[Cause, ...]) -> str:
        if beyond:
            return "what was not at hand could not be exchanged by itself; it accounts for the rest"
        if because:
            return "asked again, the old or the new document's verdict does not come out the same"
        return "asked again, nothing that differs moves it"


def _joined(found: Iterable[Moved], order: Mapping[str, int]) -> list[Moved]:
    """The same said of several cases is said once."""
    alike: dict[tuple[object, ...], list[Moved]] = defaultdict(list)
    for one in found:
        alike[one.model, one.before, one.after, one.rules, one.because, one.note].append(one)
    return [
        msgspec.structs.replace(
            ones[0],
            cases=tuple(
                sorted(
                    (case for one in ones for case in one.cases),
                    key=lambda c: (order[c.scenario], READINGS.index(c.reading)),
                )
            ),
        )
        for ones in alike.values()
    ]
