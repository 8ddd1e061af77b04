"""The dossier arranged for a reader: looked up by id, models worst first, counts for the first screen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from gauger.core.dossier import Dossier, ScenarioNote
from gauger.core.inventory import Artifact, Model, Use
from gauger.core.judgement import (
    READINGS,
    VERDICTS,
    Decision,
    Finding,
    LegalReading,
    Settle,
    Verdict,
)
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.readings import known
from gauger.report.words import STATUS, TAKEN_AWAY, plural

T = TypeVar("T")

FEW_SCENARIOS = 6
"""So many stand side by side on a page; beyond, only those that change something are shown."""


class Question(NamedTuple):
    """A fact that is not known, with the way to settle it, and how many models' verdicts wait for it."""

    settle: Settle
    models: int


Cell = Verdict | Literal["not-evaluated"]


class View:
    """A dossier with its indexes. Built in O(records log records); holds references, copies nothing.

    Attributes:
        dossier: The document.
        models: Worst first under the profile's reading, then by name; those only mentioned are left out.
        carded: Ids of these models, which have a card of their own; no other may be linked to.
        uses: By model id, most telling status first; mentions left out.
        mentions: Kept and counted, not uses.
        claims: By subject id.
        found: Findings by subject id.
        missed: Gaps by subject id.
    """

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self._verdicts = {(o.model, o.scenario, o.reading): o.verdict for o in dossier.outcomes}
        self.models = tuple(sorted(dossier.models_in_use, key=self._rank))
        self.carded = frozenset(model.id for model in self.models)
        self.uses = _by((u for u in dossier.uses if u.status != "mention"), lambda u: u.model)
        for uses in self.uses.values():
            uses.sort(key=_use_order)
        self.mentions = tuple(sorted((u for u in dossier.uses if u.status == "mention"), key=_use_order))
        self.claims = _by(dossier.claims, lambda c: c.subject)
        self.claimed_of = _by(dossier.claims, lambda c: c.object)
        self.artifacts = _by(dossier.artifacts, lambda a: a.model)
        self.found = _by(dossier.findings, lambda f: f.subject)
        self.missed = _by(dossier.gaps, lambda g: g.subject)
        self.decisions = _by(dossier.decisions, lambda d: d.model)
        self.evidence = {e.id: e for e in dossier.evidence}
        self.instruments = {i.key: i for i in dossier.instruments}
        self._claim = {c.id: c for c in dossier.claims}
        self._model = {m.id: m for m in dossier.models}
        self._reference = {r.id: r for r in dossier.references}
        self._artifact = {a.id: a for a in dossier.artifacts}
        self._developers = {known(r.developer) or "": r for r in dossier.references if r.developer_title}

    def _rank(self, model: Model) -> tuple[list[int], str, str]:
        cells = (self.cell(model.id, s.key) for s in self.dossier.scenarios)
        order = sorted(VERDICTS.index(c) if c != "not-evaluated" else len(VERDICTS) for c in cells)
        return order, model.name.casefold(), model.id

    def cell(self, model: str, scenario: str, reading: LegalReading | None = None) -> Cell:
        """What is the verdict of this cell, under the profile's reading unless another is given?"""
        return self._verdicts.get((model, scenario, reading or self.dossier.reading), "not-evaluated")

    @cached_property
    def scenarios(self) -> tuple[tuple[int, ScenarioNote], ...]:
        """Which scenarios have something of their own to show, each with its place in the document?

        All where there are few; else the first, and those in which some model has another verdict than in the
        first, under some reading.
        """
        numbered = tuple(enumerate(self.dossier.scenarios))
        if len(numbered) <= FEW_SCENARIOS:
            return numbered
        first = self._column(numbered[0][1].key)
        return tuple(
            (number, note) for number, note in numbered if not number or self._column(note.key) != first
        )

    @cached_property
    def unmoved(self) -> tuple[ScenarioNote, ...]:
        """The scenarios that are left out of `scenarios`: every verdict is as in the first."""
        shown = {number for number, _ in self.scenarios}
        return tuple(note for number, note in enumerate(self.dossier.scenarios) if number not in shown)

    def leading(self, most: int) -> tuple[ScenarioNote, ...]:
        """Which scenarios come first: the law as it stands, then those that take most away."""
        notes = [note for _, note in self.scenarios]
        strict = {note.key: len(self.taken_away(note.key, "strict")) for note in notes}
        rest = sorted(notes[1:], key=lambda n: (-len(self.taken_away(n.key)), -strict[n.key]))
        return tuple(notes[:1] + rest[:most])

    def _column(self, scenario: str) -> tuple[Cell, ...]:
        return tuple(self.cell(m.id, scenario, reading) for m in self.models for reading in READINGS)

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        counts = Counter(model.called for model in self.models)
        return frozenset(name for name, count in counts.items() if count > 1)

    def told_apart(self, model: Model) -> str:
        """What do people call this model, with its provider where another model here has the same name?"""
        shared = model.called in self._shared_names and model.name != "*"
        through = model.provider or model.namespace
        return f"{model.called} ({through})" if shared else model.called

    def model(self, ident: str) -> Model | None:
        """Which model of the inventory has this id?"""
        return self._model.get(ident)

    def reference(self, ident: str) -> Reference | None:
        """Which catalogue entry has this id?"""
        return self._reference.get(ident)

    def artifact(self, ident: str) -> Artifact | None:
        """Which artifact has this id?"""
        return self._artifact.get(ident)

    def name(self, ident: str) -> str:
        """What do people call the thing with this id? The id itself where it is not in the document."""
        if model := self.model(ident):
            return model_name(model)
        if reference := self.reference(ident):
            return reference.title
        artifact = self.artifact(ident)
        return artifact.title if artifact else ident

    def label(self, ident: str) -> str:
        """How is the thing that an answer rests on said in a few words? A claim with its basis, a probe."""
        if claim := self._claim.get(ident):
            return f"{claim.basis}: {self.name(claim.subject)} {claim.relation} {self.name(claim.object)}"
        if evidence := self.evidence.get(ident):
            return f"{evidence.probe} of {self.name(evidence.subject)}"
        return self.name(ident)

    def developer(self, model: Model) -> str:
        """What is the name of the developer that the catalogue gives to this model's name, or empty?"""
        key = known(model.developer)
        if not key:
            return ""
        entry = self.developer_entry(key)
        return entry.developer_title if entry else key

    def developer_entry(self, key: str) -> Reference | None:
        """Which entry tells of the developer with this catalogue id: its name, its seat, its lists?"""
        return self._developers.get(key)

    def rule_title(self, ident: str) -> str:
        """What is the rule with this id called? The id where the document does not describe it."""
        note = self.instruments.get(ident)
        return note.title if note is not None else ident

    def made_by(self, model: Model) -> str:
        """Who made the model, as its name says? Of a data set, who made the models whose answers it holds.

        Empty where the name does not say.
        """
        developer = self.developer(model)
        return f"answers by models of {developer}" if developer and model.form == "data-set" else developer

    def by_developer(self, most: int = 6) -> list[tuple[str, int]]:
        """How many models of each developer are here, most first, in at most `most` rows?

        Developers beyond that share one row; models whose developer is not known always have their own, last.
        Data sets are not counted: nobody's model runs because of them.
        """
        counts = Counter(self.developer(m) for m in self.models if m.form != "data-set")
        unknown = counts.pop("", 0)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold()))
        room = most - 1 if unknown else most
        if len(ranked) > room:
            rest = ranked[room - 1 :]
            ranked = [*ranked[: room - 1], (plural(len(rest), "other"), sum(count for _, count in rest))]
        return [*ranked, ("not known", unknown)] if unknown else ranked

    def statuses(self) -> dict[str, int]:
        """How many uses have each status, surest first, mentions left out?"""
        counts = Counter(u.status for u in self.dossier.uses)
        return {status: counts[status] for status in STATUS}  # type: ignore[index]

    def real_uses(self) -> list[Use]:
        """All uses but mentions, in the document's order."""
        return [u for u in self.dossier.uses if u.status != "mention"]

    def unbound(self) -> list[Use]:
        """Which uses go to an endpoint whose provider is not known?"""
        return [u for u in self.real_uses() if u.endpoint and known(u.endpoint.provider) is None]

    def taken_away(self, scenario: str, reading: LegalReading | None = None) -> list[Model]:
        """Which models may no longer be used in this scenario, under the reading?

        What is prohibited if read strictly is taken away by the strict reading, and by no other.
        """
        gone: tuple[Cell, ...] = TAKEN_AWAY
        if (reading or self.dossier.reading) == "strict":
            gone = (*gone, "prohibited-under-strict-reading")
        return [m for m in self.models if self.cell(m.id, scenario, reading) in gone]

    def tally(self, scenario: str, reading: LegalReading | None = None) -> list[tuple[Cell, int]]:
        """How many models have each verdict in this scenario, worst first, zero counts left out?"""
        counts = Counter(self.cell(m.id, scenario, reading) for m in self.models)
        order: tuple[Cell, ...] = (*VERDICTS, "not-evaluated")
        return [(verdict, counts[verdict]) for verdict in order if counts[verdict]]

    def open_questions(self) -> list[Question]:
        """Which facts decide verdicts and are not known, those that touch most models first?

        Over all scenarios, under the profile's reading, since that is what the first screen shows.
        """
        touched: dict[Settle, set[str]] = defaultdict(set)
        for decision in self.dossier.decisions:
            if any(case.reading == self.dossier.reading for case in decision.cases):
                for settle in decision.settles:
                    touched[settle].add(decision.model)
        ranked = sorted(touched.items(), key=lambda item: (-len(item[1]), item[0].fact, item[0].how))
        return [Question(settle, len(models)) for settle, models in ranked]

    def contradictions(self) -> list[Finding]:
        """Which findings say that what is declared is not what was observed?

        Those that rest on both a declared and an observed claim about one subject, and those whose rule says
        so in its name.
        """
        basis = {c.id: c.basis for c in self.dossier.claims}
        both = {"declared", "observed"}
        return [
            f
            for f in self.dossier.findings
            if "contradict" in f.rule or both <= {basis.get(ident, "") for ident in f.evidence}
        ]

    def standing(self) -> list[Finding]:
        """Which findings has nobody accepted? Worst first."""
        return [f for f in self.dossier.findings if not f.accepted_by]

    def accepted(self) -> list[Finding]:
        """Which findings does somebody answer for?"""
        return [f for f in self.dossier.findings if f.accepted_by]

    def evidence_of(self, claim: Claim) -> list[Evidence]:
        """Which evidence of this document stands behind the claim?"""
        return [self.evidence[ident] for ident in claim.evidence if ident in self.evidence]

    def decisions_of(self, model: str, scenario: str) -> list[Decision]:
        """Which decisions are stored for this model in this scenario, worst first?"""
        here = (d for d in self.decisions.get(model, ()) if d.readings_in(scenario))
        return sorted(here, key=lambda d: (VERDICTS.index(d.verdict), d.instrument, d.id))


def model_name(model: Model) -> str:
    """What do people call this model?"""
    return model.called


def _use_order(use: Use) -> tuple[str, int, str, str]:
    return use.location.path, use.location.line, use.api, use.id


def _by(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    table: defaultdict[str, list[T]] = defaultdict(list)
    for item in items:
        table[key(item)].append(item)
    return dict(table)
