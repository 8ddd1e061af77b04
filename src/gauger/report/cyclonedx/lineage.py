"""From which models is one made? `pedigree`: proven or stated ancestors, suspected variants."""

from __future__ import annotations

from gauger.core.inventory import Model
from gauger.core.judgement import Finding
from gauger.core.lineage import BUILT, Claim, Reference, Relation
from gauger.core.readings import Measured, known
from gauger.report.cyclonedx.fields import (
    TOOL,
    Node,
    filled,
    organisation,
    package_url,
    properties,
    split_name,
    strength_level,
)
from gauger.report.view import View

_DESCENT: frozenset[Relation] = BUILT | {"distilled-from"}
"""Relations that make one model the ancestor of another. A shared tokenizer or class does not."""
_PROVEN = ("strong", "exact")
_DEEPEST = 4


def contradicting(claim: Claim, view: View) -> list[Finding]:
    """Which findings say that this declaration is not what was observed? By its id, or by its place."""
    if claim.basis != "declared":
        return []
    return [
        finding
        for finding in view.contradictions()
        if claim.id in finding.evidence
        or (finding.subject == claim.subject and claim.source in map(str, finding.locations))
    ]


class Pedigrees:
    """Writes pedigrees, with every claim's `bom-ref` given once.

    Args:
        view: The dossier with its indexes.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.contradicted = {c.id for c in view.dossier.claims if contradicting(c, view)}

    def of(self, model: Model) -> Node:
        """The pedigree of a model of the inventory; empty where no claim is about it."""
        pedigree = self._pedigree(model.id, (model.id,))
        made = [self._node([claim], (model.id, claim.subject), claim.subject) for claim in self._made(model)]
        return pedigree | filled(descendants=made)

    def _made(self, model: Model) -> list[Claim]:
        """Claims that a published model was made from this one: observed, where weights show that direction.

        Models of the stack name their own ancestors; only what is not in it is listed here.
        """
        claims = self.view.claimed_of.get(model.id, [])
        found = [c for c in claims if c.basis == "observed" and self.view.model(c.subject) is None]
        return sorted(
            (c for c in found if c.relation in _DESCENT and c.strength in _PROVEN),
            key=lambda c: (c.relation, c.subject, c.id),
        )

    def teachers(self, model: Model) -> dict[str, list[str]]:
        """Whose outputs it is trained on, which no field of the standard says: properties by basis."""
        said: dict[str, list[str]] = {}
        for claim in self.view.claims.get(model.id, []):
            if claim.relation == "trained-on-outputs-of" and claim.basis != "alleged":
                through = f" ({claim.component})" if claim.component else ""
                text = f"{self.view.name(claim.object)}{through}"
                said.setdefault(f"trained-on-outputs-of:{claim.basis}", []).append(text)
        return {name: sorted(set(values)) for name, values in said.items()}

    def place(self, claim: Claim) -> str:
        """Under which word does this claim stand: `ancestors`, `variants`, or nowhere (empty)?

        ancestors: descent that was observed at `strong` or `exact`, or that is declared or published and that
        no observation contradicts. variants: all else that was observed, and contradicted declarations; but a
        weak match only where no other model matches in the same way, since several that fit say nothing.
        Allegations and outputs used as training data stand nowhere here.
        """
        if claim.basis == "alleged" or claim.relation == "trained-on-outputs-of":
            return ""
        if claim.basis == "observed" and claim.strength in ("none", "weak") and self._is_one_of_many(claim):
            return ""
        if claim.relation not in _DESCENT or claim.id in self.contradicted:
            return "variants"
        return "variants" if claim.basis == "observed" and claim.strength not in _PROVEN else "ancestors"

    def _is_one_of_many(self, claim: Claim) -> bool:
        """Does the subject match another object in the same way?"""
        alike = {
            c.object
            for c in self.view.claims.get(claim.subject, [])
            if c.relation == claim.relation and c.basis == "observed"
        }
        return len(alike) > 1

    def _pedigree(self, subject: str, above: tuple[str, ...]) -> Node:
        claims = [c for c in self.view.claims.get(subject, []) if c.object not in above]
        claims.sort(key=lambda c: (c.relation, c.object, c.basis, c.id))
        alike: dict[tuple[str, ...], list[Claim]] = {}
        notes: list[str] = []
        for claim in claims:
            if place := self.place(claim):
                key = (place, claim.object, claim.relation, claim.basis, claim.strength, claim.component)
                alike.setdefault(key, []).append(claim)
                notes.append(self._note(claim, place))
        placed: dict[str, list[Node]] = {"ancestors": [], "variants": []}
        for (place, *_), same in alike.items():
            placed[place].append(self._node(same, above))
        return filled(ancestors=placed["ancestors"], variants=placed["variants"], notes=" ".join(notes))

    def _node(self, same: list[Claim], above: tuple[str, ...], other: str = "") -> Node:
        """One parent, or `other` end, with all the claims that say the same of it, each with its source."""
        claim = same[0]
        end = other or claim.object
        model, reference = self.view.model(end), self.view.reference(end)
        namespace = model.namespace if model is not None else "hub"
        group, name = split_name(namespace, self.view.name(end))
        deeper = len(above) < _DEEPEST
        is_data = reference is not None and reference.kind == "dataset"
        node = filled(
            type="data" if is_data else "machine-learning-model",
            manufacturer=_maker(reference) if reference is not None else None,
            group=group,
        )
        node |= {"name": name}
        return node | filled(
            purl=package_url(model.purl) if model is not None else None,
            pedigree=self._pedigree(end, (*above, end)) if deeper else None,
            evidence=self._evidence(claim),
            properties=properties(
                {
                    "relation": claim.relation,
                    "basis": claim.basis,
                    "strength": claim.strength if claim.basis == "observed" else "",
                    "direction": claim.direction,
                    "component": claim.component,
                    "share": str(claim.share.value) if isinstance(claim.share, Measured) else "",
                    "source": sorted({c.source for c in same}),
                    "contradicted": "true" if claim.id in self.contradicted else "",
                    "claim": sorted(c.id for c in same),
                    "model": end if model is not None else "",
                    "key": reference.key if reference is not None else "",
                    "name": model.name if model is not None else "",
                }
            ),
        )

    def _evidence(self, claim: Claim) -> Node | None:
        """For an observation: what was compared, on the level of its strength. A statement has no level."""
        if claim.basis != "observed":
            return None
        level = strength_level(claim.strength)
        methods = [
            {"technique": "binary-analysis", "confidence": strength_level(e.strength), "value": e.statement}
            for e in self.view.evidence_of(claim)
        ]
        return {"identity": [filled(field="name", confidence=level, methods=methods) | {"tools": [TOOL]}]}

    def _note(self, claim: Claim, place: str) -> str:
        known_by = f"observed, {claim.strength}" if claim.basis == "observed" else claim.basis
        doubt = ""
        if place == "variants":
            doubt = (
                "; contradicted by an observation" if claim.id in self.contradicted else "; suspected only"
            )
        where = f" ({claim.source})" if claim.source else ""
        return f"{claim.relation} {self.view.name(claim.object)}: {known_by}{doubt}{where}."


def _maker(reference: Reference) -> Node | None:
    name = reference.developer_title or known(reference.developer)
    return organisation(name, reference.country) if name else None
