"""From inventory and lineage to verdicts: every model, every rule, every scenario, every reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from gauger.assess.derivation import Derivation
from gauger.assess.kleene import FALSE, UNKNOWN
from gauger.assess.listings import NO_LISTS, asked_lists, without_file
from gauger.assess.memory import Asking, Memory
from gauger.assess.notes import (
    cut_lineages,
    instrument_note,
    scenario_note,
    undeclared_origins,
    unknown_licences,
    unrecorded_terms,
    unsupported_origins,
)
from gauger.assess.questions import Case, Subject, put_questions
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import Rule
from gauger.assess.rulings import ruling_findings, spared
from gauger.assess.strand import believed
from gauger.assess.suppose import NOTHING_SUPPOSED, Supposed
from gauger.assess.unplaced import unplaced_answers
from gauger.assess.whatif import WhatIf, summary
from gauger.catalogue.load import Catalogue
from gauger.core.canonical import canonical_json
from gauger.core.dossier import InstrumentNote, ListNote, ScenarioNote
from gauger.core.inventory import Model, Use
from gauger.core.judgement import READINGS, VERDICTS, Decision, Finding, Gap, LegalReading, Outcome, Verdict
from gauger.core.judgement import Case as Assumed
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Profile
from gauger.lists.records import ListFolder


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say.

    Attributes:
        decisions: Every decision that is not clear.
        outcomes: Every assessed model × scenario × reading.
        scenarios: What was assumed in each, in the catalogue's order.
        instruments: The rules that were asked, with whether they bind the user at all.
        findings: What a person should look at.
        gaps: What could not be judged, and why.
        lists: The list files that were used.
    """

    decisions: tuple[Decision, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    scenarios: tuple[ScenarioNote, ...] = ()
    instruments: tuple[InstrumentNote, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    lists: tuple[ListNote, ...] = ()


class Told(NamedTuple):
    """A decision without its cases, and its bytes, by which equal ones are found."""

    key: bytes
    decision: Decision


def assess(
    models: Iterable[Model],
    uses: Iterable[Use],
    claims: Iterable[Claim],
    references: Iterable[Reference],
    *,
    catalogue: Catalogue,
    profile: Profile,
    as_of: str,
    scenarios: tuple[str, ...] = (),
    supposed: Supposed = NOTHING_SUPPOSED,
    lists: ListFolder = NO_LISTS,
) -> Assessment:
    """What do the rules say of each model?

    Models that the stack only mentions (a comment, a ban list) are not assessed: they are not used.

    Args:
        models: The inventory.
        uses: How the stack uses them: who serves them, and what for.
        claims: Lineage. Allegations among them decide nothing.
        references: Catalogue entries that the claims point to.
        catalogue: The knowledge base.
        profile: Who the user is; what it does not say is unknown.
        as_of: ISO date for which the rules are evaluated.
        scenarios: Ids of the scenarios to look at; empty for all.
        supposed: What is to be taken as given besides.
        lists: The list files that the user fetched, and what people decided about their entries.

    Returns:
        Decisions, outcomes and notes, each in a defined order.

    Raises:
        UsageError: a scenario does not exist.
        CatalogueError: a rule or overlay of the catalogue is wrong.
    """
    cases, subjects, listed = put_questions(
        models,
        uses,
        claims,
        references,
        catalogue=catalogue,
        profile=profile,
        as_of=as_of,
        scenarios=scenarios,
        supposed=supposed,
        lists=lists,
    )
    asked = asked_lists(((rule, case.user) for case in cases for rule in case.rules), as_of)
    decisions, outcomes = _judged(cases, subjects, catalogue, as_of, listed.keys)
    return Assessment(
        decisions=tuple(sorted(decisions, key=lambda d: d.id)),
        outcomes=tuple(sorted(outcomes, key=lambda o: o.id)),
        scenarios=tuple(scenario_note(case.scenario, catalogue, supposed.words) for case in cases),
        instruments=_instrument_notes(cases, decisions, as_of),
        findings=(
            *undeclared_origins((s.model, s.strands) for s in subjects),
            *ruling_findings(profile.rulings, as_of, (rule for case in cases for rule in case.rules)),
            *listed.findings,
            *(unplaced_answers(cases[0].user, cases[0].rules, as_of) if cases else ()),
        ),
        gaps=tuple(
            sorted(
                (
                    *unknown_licences((s.model, s.strands) for s in subjects),
                    *unsupported_origins((s.model, s.strands) for s in subjects),
                    *cut_lineages((s.model, s.strands) for s in subjects),
                    *unrecorded_terms(((s.model, s.strands) for s in subjects), catalogue),
                    *(without_file(asked, lists, catalogue) if subjects else ()),
                ),
                key=lambda gap: gap.id,
            )
        ),
        lists=listed.notes,
    )


def _judged(
    cases: tuple[Case, ...],
    subjects: tuple[Subject, ...],
    catalogue: Catalogue,
    day: str,
    lists: tuple[str, ...],
) -> tuple[list[Decision], list[Outcome]]:
    memory, teller = Memory(day), Teller(catalogue, day, lists)
    signed = [(subject, *memory.signed(subject.strands)) for subject in subjects]
    cells: list[tuple[str, Assumed, list[Told]]] = []
    for case in cases:
        askings = memory.concerning(case.rules, case.user)
        ruled = [asking for asking in askings if asking.rule.held]
        for subject, number, lines in signed:
            caught = [(a, triple) for a in askings if (triple := a.answer(number, lines)) is not None]
            for position, reading in enumerate(READINGS):
                told = [
                    teller.told(case, asking.answering(lines), subject, reading)
                    for asking, triple in caught
                    if triple[position].verdict != "clear"
                ]
                told += [
                    teller.told(case, asking.answering(lines), subject, reading)
                    for asking in ruled
                    if spared(asking.rule, case.user, subject.strands, day, reading)
                ]
                cells.append((subject.model.id, Assumed(scenario=case.scenario.id, reading=reading), told))
    decisions = _written_once(cells)
    outcomes = [_outcome(model, assumed, [decisions[t.key] for t in told]) for model, assumed, told in cells]
    return list(decisions.values()), outcomes


class Teller:
    """Writes decisions out; once for all scenarios that leave rule and user alone.

    Args:
        catalogue: The knowledge base.
        day: ISO date.
        lists: Keys of the list files at hand.
    """

    def __init__(self, catalogue: Catalogue, day: str, lists: tuple[str, ...] = ()) -> None:
        self.catalogue = catalogue
        self.day = day
        self.lists = lists
        self._told: dict[tuple[int, str, LegalReading], Told] = {}

    def told(self, case: Case, asking: Asking, subject: Subject, reading: LegalReading) -> Told:
        """The decision with its explanation, its cases left open."""
        key = (id(asking), subject.model.id, reading)
        if key not in self._told:
            decision = _decision(case, asking.rule, subject, reading, self.catalogue, self.day)
            decision = msgspec.structs.replace(decision, lists=self.lists)
            self._told[key] = Told(canonical_json(decision), decision)
        return self._told[key]


def _written_once(cells: list[tuple[str, Assumed, list[Told]]]) -> dict[bytes, Decision]:
    """One decision for all cases in which the same is said, by what is said."""
    where: dict[bytes, list[Assumed]] = defaultdict(list)
    said: dict[bytes, Decision] = {}
    for _, assumed, told in cells:
        for one in told:
            where[one.key].append(assumed)
            said.setdefault(one.key, one.decision)
    return {key: msgspec.structs.replace(said[key], id="", cases=tuple(where[key])) for key in said}


def _outcome(model: str, assumed: Assumed, decisions: list[Decision]) -> Outcome:
    ranked = sorted(decisions, key=lambda d: (VERDICTS.index(d.verdict), d.instrument))
    verdict: Verdict = ranked[0].verdict if ranked else "clear"
    return Outcome(
        model=model,
        scenario=assumed.scenario,
        reading=assumed.reading,
        verdict=verdict,
        decisions=tuple(d.id for d in ranked),
    )


def _decision(
    case: Case, rule: Rule, subject: Subject, reading: LegalReading, catalogue: Catalogue, day: str
) -> Decision:
    strands = believed(subject.strands, reading)
    asked = WhatIf(rule, case.user, strands, day, reading, catalogue, case.world.entries)
    judged = asked.now
    truth = judged.most if reading == "strict" else judged.least
    truth = truth if judged.doubt == "" else UNKNOWN
    counts_from = COUNTS_FROM[reading]
    caught = tuple(s for s in strands if rule.caught(case.user, s, day, counts_from)[1] > FALSE)
    if judged.verdict == "clear":
        caught = tuple(s for s in strands if rule.unruled.caught(case.user, s, day, counts_from)[1] > FALSE)
    name = strands[0].title
    return Decision(
        model=subject.model.id,
        instrument=rule.instrument.id,
        cases=(),
        verdict=judged.verdict,
        summary=summary(rule, judged, caught, name, bound=rule.binds(case.user, day)),
        step=Derivation(rule, case.user, day, reading).step(strands, truth),
        duties=tuple(d.told for d in rule.instrument.duties) if judged.verdict == "duties" else (),
        flips=asked.flips(),
        settles=asked.settles(),
        changes_on=asked.changes_on(),
        becomes=tuple(verdict for _, verdict in asked.turns),
    )


def _instrument_notes(
    cases: tuple[Case, ...], decisions: list[Decision], day: str
) -> tuple[InstrumentNote, ...]:
    """Every rule of the catalogue, and those of licences and scenarios that said something."""
    told = {d.instrument for d in decisions}
    notes: dict[str, InstrumentNote] = {}
    for case in cases:
        for rule in case.rules:
            ident = rule.instrument.id
            if ident not in notes and (ident in told or not rule.of_licence):
                notes[ident] = instrument_note(rule, case.user, day)
    return tuple(notes[ident] for ident in sorted(notes))
