"""Observations: where each model is used, what was measured of it, and what was not examined."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.inventory import Digest, Model
from gauger.core.judgement import Gap
from gauger.core.lineage import Claim, Evidence
from gauger.core.readings import known
from gauger.report.oscal.fields import Json, filled, identifier, line, moment, place, props, prose
from gauger.report.view import View, model_name

_MOST_PLACES = 50


class Observed:
    """Writes the observations of one document.

    Args:
        view: The document.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._day = moment(view.dossier.as_of)
        self.tool = identifier("tool", view.dossier.tool.name)
        self.origins = [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}]
        self._about: dict[str, list[str]] = {}
        for evidence in view.dossier.evidence:
            self._about.setdefault(evidence.subject, []).append(identifier(evidence.id))

    def all(self) -> list[Json]:
        """Every observation: of models, of evidence, of gaps."""
        return [
            *(self._model(model) for model in self._view.models),
            *(self._evidence(evidence) for evidence in self._view.dossier.evidence),
            *(self._gap(gap) for gap in self._view.dossier.gaps),
        ]

    def of(self, model: str) -> list[Json]:
        """The observations on which a finding about this model rests."""
        artifacts = [a.id for a in self._view.artifacts.get(model, [])]
        own = [i for ident in (model, *artifacts) for i in self._about.get(ident, [])]
        return [{"observation-uuid": i} for i in dict.fromkeys([identifier("observed", model), *own])]

    def _model(self, model: Model) -> Json:
        uses = self._view.uses.get(model.id, [])
        claims = self._view.claims.get(model.id, [])
        return filled(
            uuid=identifier("observed", model.id),
            title=line(f"{model_name(model)}: uses and lineage"),
            description=prose(
                f"{len(uses)} uses; developer by name: {known(model.developer) or 'not known'}",
                *(self._said(claim) for claim in claims),
            ),
            props=props({"record": model.id}),
            methods=["EXAMINE"],
            types=["finding"],
            origins=self.origins,
            subjects=self._subjects(model.id),
            relevant_evidence=[
                {
                    "href": place(use.location.path),
                    "description": line(f"{use.location}: {use.api}, {use.role}, {use.status}"),
                    "props": props({"record": use.id}),
                }
                for use in uses[:_MOST_PLACES]
            ],
            collected=self._day,
            remarks=line(f"{len(uses) - _MOST_PLACES} more uses are in the dossier")
            if len(uses) > _MOST_PLACES
            else "",
        )

    def _said(self, claim: Claim) -> str:
        by = f" by {claim.alleged_by}; answer: {claim.answer}" if claim.basis == "alleged" else ""
        sure = f", {claim.strength}" if claim.basis == "observed" else ""
        return f"{claim.relation} {self._view.name(claim.object)} ({claim.basis}{sure}{by})"

    def _evidence(self, evidence: Evidence) -> Json:
        return filled(
            uuid=identifier(evidence.id),
            title=line(f"{evidence.probe}: {self._view.name(evidence.subject)}"),
            description=prose(evidence.statement, f"calibration: {evidence.calibration}"),
            props=props({"record": evidence.id, "strength": evidence.strength}),
            methods=["EXAMINE"],
            types=["finding"],
            origins=self.origins,
            subjects=self._subjects(evidence.subject),
            relevant_evidence=[
                {
                    "href": place(digest.path),
                    "description": line(f"{digest.path}: {_read(digest)}"),
                    "props": props({"sha256": digest.sha256, "read-bytes": str(digest.read_bytes)}),
                }
                for digest in evidence.inputs
            ],
            collected=self._day,
        )

    def _gap(self, gap: Gap) -> Json:
        return filled(
            uuid=identifier(gap.id),
            title=line(f"Not examined: {gap.location or gap.part}"),
            description=prose(gap.detail, "; ".join(gap.touches), gap.remedy),
            props=props({"record": gap.id, "reason": gap.reason, "part": gap.part}),
            methods=["UNKNOWN"],
            types=["gap"],
            origins=self.origins,
            subjects=self._subjects(gap.subject),
            collected=self._day,
        )

    def _subjects(self, ident: str) -> list[Json]:
        return [
            {"subject-uuid": identifier("component", i), "type": "component"} for i in self._carded(ident)
        ]

    def _carded(self, ident: str) -> Iterator[str]:
        artifact = self._view.artifact(ident)
        target = artifact.model if artifact is not None else ident
        if target in self._view.carded:
            yield target


def _read(digest: Digest) -> str:
    whole = "whole file" if digest.read_bytes >= digest.size_bytes else f"first {digest.read_bytes} bytes"
    return f"sha256 {digest.sha256} ({whole})"
