"""The models × scenarios matrix for the page, and behind each cell its decisions without repetition.

A decision's text is written once: readings that agree share a paragraph and a derivation, and a scenario that
changes nothing for a rule points to the scenario where it is written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from gauger.core.dossier import InstrumentNote, ScenarioNote
from gauger.core.inventory import Model
from gauger.core.judgement import READINGS, VERDICTS, Decision, LegalReading, Step
from gauger.report.view import Cell, View

Readings = tuple[LegalReading, ...]


class Variant(NamedTuple):
    """What a rule says under the readings that agree on it; `decision` is the first of them."""

    readings: Readings
    decision: Decision


class Tree(NamedTuple):
    """A derivation and the readings under which it is the same."""

    readings: Readings
    step: Step


class Block(NamedTuple):
    """One rule's say on one model in one scenario.

    Attributes:
        instrument: Its catalogue id.
        note: What the document says of it, or None.
        variants: By what is said, worst first.
        trees: The derivation under the profile's reading, or another's where that one is silent.
        silent: Readings under which the rule takes nothing away.
        ids: Of all decisions in it.
        same_as: Anchor and title of the scenario where the same is written out, or empty.
    """

    instrument: str
    note: InstrumentNote | None
    variants: tuple[Variant, ...]
    trees: tuple[Tree, ...]
    silent: Readings
    ids: tuple[str, ...]
    same_as: tuple[str, str] = ("", "")

    @property
    def may_bind(self) -> bool:
        """Is it open whether the rule binds the user at all? Then it says the same of most models."""
        steps = self.trees[0].step.steps if self.trees else ()
        return bool(steps) and steps[0].truth == "unknown"


class Panel(NamedTuple):
    """What stands behind a cell: a model in a scenario.

    Attributes:
        anchor: Its fragment.
        scenario: Which.
        cells: The verdicts, with the readings that give each.
        new: Rules that say something that was not said before, in full.
        open: The same, of rules of which it is not known whether they bind the user: in a line each.
        same: Rules that say what they say in an earlier scenario, by the fragment and title of that one.
    """

    anchor: str
    scenario: ScenarioNote
    cells: tuple[tuple[Cell, Readings], ...]
    new: tuple[Block, ...]
    open: tuple[Block, ...]
    same: tuple[tuple[tuple[str, str], tuple[Block, ...]], ...]

    @property
    def open_first(self) -> bool:
        """Do the rules that may bind say something worse than those that do? The worst stands first."""
        return _worst(self.open) < _worst(self.new)


def _worst(blocks: tuple[Block, ...]) -> int:
    said = (VERDICTS.index(v.decision.verdict) for block in blocks for v in block.variants)
    return min(said, default=len(VERDICTS))


def anchor(model: Model, scenario: int) -> str:
    """Which fragment names this cell? Scenarios are counted from 0 as in the document."""
    return f"cell-{model.id.removeprefix('model-')}-{scenario}"


def verdicts(view: View, model: Model, scenario: str) -> tuple[tuple[Cell, Readings], ...]:
    """Which verdicts does this cell have, each with the readings that give it, in the readings' order?"""
    table: dict[Cell, list[LegalReading]] = {}
    for reading in READINGS:
        table.setdefault(view.cell(model.id, scenario, reading), []).append(reading)
    return tuple((cell, tuple(readings)) for cell, readings in table.items())


def panels(view: View, model: Model) -> list[Panel]:
    """What do the rules say of this model, scenario by scenario, each thing once?"""
    written: dict[bytes, tuple[str, str]] = {}
    found: list[Panel] = []
    for number, scenario in view.scenarios:
        here = anchor(model, number)
        new: list[Block] = []
        same: list[Block] = []
        for block in _blocks(view, model, scenario.key):
            print_ = _fingerprint(block)
            if print_ in written:
                same.append(block._replace(same_as=written[print_]))
            else:
                written[print_] = (here, scenario.title)
                new.append(block)
        full = tuple(block for block in new if not block.may_bind)
        open_ = tuple(block for block in new if block.may_bind)
        found.append(Panel(here, scenario, verdicts(view, model, scenario.key), full, open_, _by_place(same)))
    return found


def _by_place(blocks: list[Block]) -> tuple[tuple[tuple[str, str], tuple[Block, ...]], ...]:
    table: dict[tuple[str, str], list[Block]] = {}
    for block in blocks:
        table.setdefault(block.same_as, []).append(block)
    return tuple((place, tuple(told)) for place, told in table.items())


def walked(step: Step) -> Iterator[tuple[Literal["step", "below", "above", "end"], Step]]:
    """In which order is a derivation written down as nested lists? Iterative: any depth, no recursion."""
    stack: list[tuple[Literal["step", "below", "above", "end"], Step]] = [("step", step)]
    while stack:
        mark, at = stack.pop()
        yield mark, at
        if mark == "step":
            stack.append(("end", at))
            if at.steps:
                stack.append(("above", at))
                stack += [("step", below) for below in reversed(at.steps)]
                stack.append(("below", at))


def _blocks(view: View, model: Model, scenario: str) -> list[Block]:
    by_rule: dict[str, list[Decision]] = {}
    for decision in view.decisions_of(model.id, scenario):
        by_rule.setdefault(decision.instrument, []).append(decision)
    return [_block(view, key, scenario, decisions) for key, decisions in by_rule.items()]


def _block(view: View, instrument: str, scenario: str, decisions: list[Decision]) -> Block:
    said: dict[bytes, list[Decision]] = {}
    derived: dict[bytes, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda d: _place(d, scenario)):
        said.setdefault(_saying(decision), []).append(decision)
        derived.setdefault(msgspec.json.encode(decision.step), []).append(decision)
    return Block(
        instrument=instrument,
        note=view.instruments.get(instrument),
        variants=tuple(Variant(_readings(group, scenario), group[0]) for group in said.values()),
        trees=_shown(
            [Tree(_readings(group, scenario), group[0].step) for group in derived.values()],
            view.dossier.reading,
        ),
        silent=tuple(r for r in READINGS if r not in _readings(decisions, scenario)),
        ids=tuple(d.id for d in decisions),
    )


def _shown(trees: list[Tree], reading: LegalReading) -> tuple[Tree, ...]:
    """The derivation under the profile's reading, or the first where that reading takes nothing away.

    The others differ in what silence is taken to mean; all are in the JSON document and in `gauger explain`.
    """
    chosen = [tree for tree in trees if reading in tree.readings]
    return tuple(chosen or trees[:1])


def _place(decision: Decision, scenario: str) -> tuple[int, int]:
    readings = decision.readings_in(scenario)
    return VERDICTS.index(decision.verdict), min(READINGS.index(reading) for reading in readings)


def _readings(decisions: list[Decision], scenario: str) -> Readings:
    held = {reading for decision in decisions for reading in decision.readings_in(scenario)}
    return tuple(r for r in READINGS if r in held)


def _saying(d: Decision) -> bytes:
    return msgspec.json.encode((d.verdict, d.summary, d.duties, d.flips, d.settles, d.changes_on))


def _fingerprint(block: Block) -> bytes:
    said = [(v.readings, _saying(v.decision)) for v in block.variants]
    return msgspec.json.encode((block.instrument, said, [(t.readings, t.step) for t in block.trees]))
