"""Points on which a text is silent and a verdict hangs: one entry for each rule and form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from gauger.core.dossier import Dossier
from gauger.core.judgement import READINGS, VERDICTS, Decision, LegalReading, Verdict, worst
from gauger.core.profile import Ruling
from gauger.report.briefing.agenda import silent_point
from gauger.report.html.exposure import walked
from gauger.report.view import View, model_name

Triple = tuple[Verdict, Verdict, Verdict]
"""What a rule says under the literal, the cautious and the strict reading."""

_UNRULED = "if the ruling did not stand"


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What the readings give for some models, the same in some scenarios.

    Attributes:
        literal: Verdict of this rule where silence is read as no.
        cautious: Verdict where somebody has to look.
        strict: Verdict where silence is read as yes.
        models: Names, sorted.
        records: Ids of these models, in the same order.
        scenarios: Titles, in the document's order.
    """

    literal: Verdict
    cautious: Verdict
    strict: Verdict
    models: tuple[str, ...]
    records: tuple[str, ...]
    scenarios: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One point of law.

    Attributes:
        instrument: Catalogue id of the rule.
        form: The form of a model of which the text says nothing.
        title: The rule's name.
        citation: How lawyers cite it; empty where that is not recorded.
        status: `in-force`, `proposed`, …
        quote: The decisive words.
        sources: Addresses.
        checked_on: ISO date on which the record was checked.
        binds_user: Does the rule bind the user, in three-valued logic?
        state: `open`; `decided` by a ruling of the profile; `unused` for a ruling on which no verdict hangs.
        effects: What each reading gives for which models.
        cells: How many verdicts of the matrix, model by scenario, this point touches.
        today: How many of them stand in the law as it is, no scenario assumed.
        worst: The worst verdict that a reading gives today; where nothing is at stake today, in any scenario.
        alone: How many of them no other rule would decide alike, under the profile's reading.
        ruling: What counsel decided, where it was decided.
        otherwise: Verdicts that would follow if the ruling did not stand, with the number of decisions.
    """

    instrument: str
    form: str
    title: str
    citation: str = ""
    status: str = ""
    quote: str = ""
    sources: tuple[str, ...] = ()
    checked_on: str = ""
    binds_user: Literal["true", "false", "unknown"] = "unknown"
    state: Literal["open", "decided", "unused"]
    effects: tuple[Effect, ...] = ()
    cells: int = 0
    today: int = 0
    worst: Verdict = "clear"
    alone: int = 0
    ruling: Ruling | None = None
    otherwise: Mapping[str, int] = {}


def entries(dossier: Dossier) -> tuple[Entry, ...]:
    """Which points of law are open or decided? Open ones first, of these what matters today.

    Law: an entry is there for each silent cell on which a verdict of the document hangs, and for each ruling
    of the profile.
    """
    view = View(dossier)
    rulings = {(r.instrument, r.form): r for r in dossier.profile.rulings}
    points: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in dossier.decisions:
        for point in {*_open_points(decision), *_ruled_points(decision, rulings)}:
            points[point].append(decision)
    for point in rulings:
        points.setdefault(point, [])
    table = _by_cell(dossier.decisions)
    found = (_entry(view, point, touched, rulings.get(point), table) for point, touched in points.items())
    return tuple(sorted(found, key=_rank))


def _rank(entry: Entry) -> tuple[bool, bool, bool, int, int, int, str, str]:
    """A rule that binds comes before one that may, and what could forbid before what is only watched."""
    return (
        entry.state != "open",
        entry.today == 0,
        entry.binds_user != "true",
        VERDICTS.index(entry.worst),
        -entry.alone,
        -entry.cells,
        entry.instrument,
        entry.form,
    )


def _open_points(decision: Decision) -> Iterable[tuple[str, str]]:
    for settle in decision.settles:
        rule, forms = silent_point(settle)
        if rule == decision.instrument:
            yield from ((rule, form) for form in forms)


def _ruled_points(decision: Decision, rulings: Mapping[tuple[str, str], Ruling]) -> Iterable[tuple[str, str]]:
    """The rulings that this decision's derivation rests on."""
    here = [form for rule, form in rulings if rule == decision.instrument]
    if not here:
        return
    for mark, step in walked(decision.step):
        if mark == "step" and step.because.startswith("the text is silent; held "):
            yield from (
                (decision.instrument, form) for form in here if f" the form {form} by " in step.because
            )


_Cell = tuple[str, str, str, LegalReading]


def _by_cell(decisions: Iterable[Decision]) -> dict[_Cell, Verdict]:
    """What each rule says of each model in each scenario under each reading; nothing stands for `clear`."""
    return {
        (d.model, d.instrument, case.scenario, case.reading): d.verdict for d in decisions for case in d.cases
    }


def _entry(
    view: View,
    point: tuple[str, str],
    touched: list[Decision],
    ruling: Ruling | None,
    table: Mapping[_Cell, Verdict],
) -> Entry:
    rule, form = point
    note = view.instruments.get(rule)
    cells = {(d.model, case.scenario) for d in touched for case in d.cases}
    real = {s.key for s in view.dossier.scenarios if not s.hypothetical}
    stake = {cell for cell in cells if cell[1] in real} or cells
    verdicts = (table.get((m, rule, s, r), "clear") for m, s in sorted(stake) for r in READINGS)
    plain = Entry(
        instrument=rule,
        form=form,
        title=view.rule_title(rule),
        state="open" if ruling is None else "decided" if touched else "unused",
        effects=_effects(view, rule, cells, table),
        cells=len(cells),
        today=sum(scenario in real for _, scenario in cells),
        worst=worst(verdicts),
        alone=sum(_decides_alone(view, rule, *cell) for cell in cells),
        ruling=ruling,
        otherwise=_otherwise(touched) if ruling is not None else {},
    )
    if note is None:
        return plain
    return msgspec.structs.replace(
        plain,
        citation=note.citation,
        status=note.status,
        quote=note.quote,
        sources=note.sources,
        checked_on=note.checked_on,
        binds_user=note.binds_user,
    )


def _effects(
    view: View, rule: str, cells: set[tuple[str, str]], table: Mapping[_Cell, Verdict]
) -> tuple[Effect, ...]:
    places: dict[tuple[Triple, str], list[str]] = defaultdict(list)
    for scenario in view.dossier.scenarios:
        for model in sorted({m for m, s in cells if s == scenario.key}):
            literal, cautious, strict = (
                table.get((model, rule, scenario.key, reading), "clear") for reading in READINGS
            )
            places[(literal, cautious, strict), model].append(scenario.title)
    grouped: dict[tuple[Triple, tuple[str, ...]], list[str]] = defaultdict(list)
    for (triple, model), titles in places.items():
        grouped[triple, tuple(titles)].append(model)
    return tuple(_effect(view, triple, models, titles) for (triple, titles), models in grouped.items())


def _effect(view: View, triple: Triple, models: list[str], titles: tuple[str, ...]) -> Effect:
    named = sorted((_name(view, ident), ident) for ident in models)
    return Effect(
        literal=triple[0],
        cautious=triple[1],
        strict=triple[2],
        models=tuple(name for name, _ in named),
        records=tuple(ident for _, ident in named),
        scenarios=titles,
    )


def _name(view: View, ident: str) -> str:
    model = view.model(ident)
    return model_name(model) if model else ident


def _decides_alone(view: View, rule: str, model: str, scenario: str) -> bool:
    """Is this rule the only one that gives the cell its verdict, under the profile's reading?"""
    reading = view.dossier.reading
    here = [d for d in view.decisions_of(model, scenario) if reading in d.readings_in(scenario)]
    worst = here[0].verdict if here else "clear"
    return worst != "clear" and {d.instrument for d in here if d.verdict == worst} == {rule}


def _otherwise(touched: list[Decision]) -> dict[str, int]:
    """Which verdicts would follow without the ruling?"""
    counts: dict[str, int] = defaultdict(int)
    for decision in touched:
        for flip in decision.flips:
            if flip.startswith(_UNRULED):
                counts[flip.rpartition(": ")[2]] += 1
    return dict(sorted(counts.items()))
