"""On what a risk was accepted: a digest that moves when the facts or the law move, and not with the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gauger.core.canonical import canonical_json, digest_of
from gauger.core.dossier import InstrumentNote, ScenarioNote
from gauger.core.inventory import Model
from gauger.core.judgement import Decision, Finding, LegalReading, Step
from gauger.core.lineage import Claim

INSTRUMENT = "instrument:"
"""How the rule of an acceptance begins that is about one instrument."""


class Grounds:
    """Everything that an acceptance can rest on, in one document.

    Args:
        models: The inventory.
        claims: Lineage.
        decisions: What the rules say.
        instruments: The rules.
        scenarios: Only decisions in the law as it stands are accepted.
        reading: The profile's.
    """

    def __init__(
        self,
        models: Iterable[Model] = (),
        claims: Iterable[Claim] = (),
        decisions: Iterable[Decision] = (),
        instruments: Iterable[InstrumentNote] = (),
        scenarios: Iterable[ScenarioNote] = (),
        reading: LegalReading = "cautious",
    ) -> None:
        real = [scenario.key for scenario in scenarios if not scenario.hypothetical]
        self.has_today = bool(real)
        """Was the law as it stands evaluated? Else there is nothing that an accepted verdict could cover."""
        self.models: Mapping[str, Model] = {model.id: model for model in models}
        self.decisions: Mapping[str, Decision] = {
            d.id: d for d in decisions if any(reading in d.readings_in(key) for key in real)
        }
        self._notes = {note.key: note for note in instruments}
        self._claims: dict[str, list[Claim]] = {}
        for claim in claims:
            self._claims.setdefault(claim.subject, []).append(claim)

    def name(self, ident: str) -> str:
        """What is the model of this id called? Empty for anything else."""
        model = self.models.get(ident)
        return model.name if model is not None else ""

    def behind(self, finding: Finding) -> list[Decision]:
        """On which decisions does this finding rest?"""
        return [self.decisions[i] for i in finding.evidence if i in self.decisions]

    def digest_of_finding(self, finding: Finding) -> str:
        """What is accepted with this finding?

        Its rule, what is known of the model, and the decisions or the evidence behind it. Not its words, its
        lines or the day: they change without anything having changed.
        """
        decided = self.behind(finding)
        shown = {d.id for d in decided}
        return digest_of(
            canonical_json(
                (
                    finding.rule,
                    self._facts(finding.subject),
                    sorted(i for i in finding.evidence if i not in shown),
                    self._said(decided),
                )
            )
        )

    def digest_of_instrument(self, model: str, instrument: str) -> str:
        """What is accepted with all decisions of this instrument on this model?"""
        decided = [d for d in self.decisions.values() if (d.model, d.instrument) == (model, instrument)]
        return digest_of(
            canonical_json((INSTRUMENT + instrument, self._facts(model), [], self._said(decided)))
        )

    def _facts(self, ident: str) -> list[Any]:
        """What is known of the model before any rule is asked: who made it, and what it comes from."""
        model = self.models.get(ident)
        if model is None:
            return []
        told = (model.namespace, model.name, model.provider, model.form, model.developer, model.licence)
        claims = [(c.relation, c.object, c.basis, c.strength) for c in self._claims.get(ident, [])]
        return [told, sorted(claims)]

    def _said(self, decided: Iterable[Decision]) -> list[Any]:
        ordered = sorted(decided, key=lambda d: (d.instrument, d.verdict, d.id))
        return [(d.instrument, d.verdict, _truths(d.step), self._law(d.instrument)) for d in ordered]

    def _law(self, instrument: str) -> list[Any]:
        note = self._notes.get(instrument)
        if note is None:
            return []
        return [note.status, note.effect, note.quote, note.cells, note.binds_user]


def _truths(step: Step) -> list[Any]:
    """The answers of a derivation without its words: wording is improved, and days go by."""
    return [step.truth, [_truths(below) for below in step.steps]]
