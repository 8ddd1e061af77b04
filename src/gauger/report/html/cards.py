"""What each model's card holds, and where each record has its one home on the page."""

from __future__ import annotations

from typing import NamedTuple

from gauger.core.inventory import Artifact, Model, Use
from gauger.core.judgement import Finding, Gap
from gauger.core.lineage import Claim, Evidence
from gauger.report.html.exposure import Panel, panels
from gauger.report.view import View
from gauger.report.words import BASES


class ClaimCard(NamedTuple):
    """A claim with the evidence written out here and the evidence written out under another claim."""

    claim: Claim
    here: tuple[Evidence, ...]
    elsewhere: tuple[str, ...]


class ModelCard(NamedTuple):
    """All that the document says of one model."""

    model: Model
    uses: tuple[Use, ...]
    mentions: tuple[Use, ...]
    claims: tuple[ClaimCard, ...]
    other_evidence: tuple[Evidence, ...]
    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    panels: tuple[Panel, ...]
    decided: bool


class Rest(NamedTuple):
    """What belongs to no model of the inventory, so that nothing is lost."""

    claims: tuple[ClaimCard, ...]
    evidence: tuple[Evidence, ...]
    artifacts: tuple[Artifact, ...]
    uses: tuple[Use, ...]


def cards(view: View) -> tuple[list[ModelCard], Rest]:
    """Which card does each model get, worst first, and what is left over?"""
    homes = _homes(view)
    made = [_card(view, model, homes) for model in view.models]
    claims = [c for c in view.dossier.claims if c.subject not in view.carded]
    return made, Rest(
        claims=tuple(_claim_card(view, c, homes) for c in _ordered(claims)),
        evidence=tuple(e for e in view.dossier.evidence if homes[e.id] == ""),
        artifacts=tuple(a for a in view.dossier.artifacts if a.model not in view.carded),
        uses=tuple(u for u in view.dossier.uses if view.model(u.model) is None),
    )


def _homes(view: View) -> dict[str, str]:
    """Under which claim, else which model, is each evidence written out? Empty for the rest."""
    homes = {e.id: e.subject if e.subject in view.carded else "" for e in view.dossier.evidence}
    taken: set[str] = set()
    for claim in _ordered(list(view.dossier.claims)):
        for ident in claim.evidence:
            if ident in homes and ident not in taken:
                taken.add(ident)
                homes[ident] = claim.id
    return homes


def _card(view: View, model: Model, homes: dict[str, str]) -> ModelCard:
    cells = panels(view, model)
    return ModelCard(
        model=model,
        uses=tuple(view.uses.get(model.id, ())),
        mentions=tuple(u for u in view.mentions if u.model == model.id),
        claims=tuple(_claim_card(view, c, homes) for c in _ordered(view.claims.get(model.id, []))),
        other_evidence=tuple(e for e in view.dossier.evidence if homes[e.id] == model.id),
        artifacts=tuple(view.artifacts.get(model.id, ())),
        findings=tuple(view.found.get(model.id, ())),
        gaps=tuple(view.missed.get(model.id, ())),
        panels=tuple(cells),
        decided=any(p.new or p.same for p in cells),
    )


def _claim_card(view: View, claim: Claim, homes: dict[str, str]) -> ClaimCard:
    return ClaimCard(
        claim=claim,
        here=tuple(view.evidence[e] for e in dict.fromkeys(claim.evidence) if homes.get(e) == claim.id),
        elsewhere=tuple(e for e in dict.fromkeys(claim.evidence) if homes.get(e) != claim.id),
    )


def _ordered(claims: list[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda c: (BASES.index(c.basis), c.subject, c.relation, c.id))
