"""Which relationship of the standard says each claim, and what stands behind it?"""

from __future__ import annotations

from typing import Any

import msgspec

from gauger.core.lineage import TAUGHT, Claim, Evidence, Relation
from gauger.report.spdx.graph import Element, Graph
from gauger.report.spdx.packages import Packages
from gauger.report.view import View

DESCENT: frozenset[Relation] = frozenset(
    {"converted-from", "quantised-from", "pruned-from", "fine-tuned-from", "adapter-of", "merged-from"}
)
"""The relations in which weights come from weights. A teacher is no ancestor in this sense."""
_PROVEN = ("strong", "exact")


def relationship_type(claim: Claim, *, object_is_data: bool) -> str:
    """Which type of the standard says this claim, without saying more than it does?

    `descendantOf` only for descent that is declared, recorded or strongly observed; `hasVariant` where an
    observation suggests descent without proving it, or two files hold the same model; `trainedOn` for a data
    set; `other` for what SPDX 3.0.1 has no word for (a teacher model, a shared tokenizer, an allegation).
    """
    if claim.basis == "alleged":
        return "other"
    suspected = claim.basis == "observed" and claim.strength not in _PROVEN
    if claim.relation in DESCENT:
        return "hasVariant" if suspected else "descendantOf"
    if claim.relation in TAUGHT and object_is_data and not suspected:
        return "trainedOn"
    return "hasVariant" if claim.relation == "same-as" else "other"


def write_lineage(graph: Graph, packages: Packages, view: View) -> None:
    """Put every claim whose two ends are there into the graph, with its evidence, and every comparison."""
    for claim in view.dossier.claims:
        if not (_is_here(claim.subject, view) and _is_here(claim.object, view)):
            continue
        start, end = _package(claim.subject, packages, view), _package(claim.object, packages, view)
        kind = relationship_type(claim, object_is_data=_is_data(claim.object, view))
        iri = graph.relate(kind, start, end, claim.id, comment=_said(claim), certain=False)
        graph.state(iri, {"gauger:claim": plain(claim)}, f"statement-{claim.id}")
        for evidence in view.evidence_of(claim):
            proof = _evidence(graph, evidence, start)
            graph.relate("hasEvidence", iri, proof)
    for comparison in view.dossier.comparisons:
        if _is_here(comparison.subject, view):
            start = _package(comparison.subject, packages, view)
            graph.state(start, {"gauger:comparison": plain(comparison)}, comparison.id)


def _is_here(ident: str, view: View) -> bool:
    return view.model(ident) is not None or view.reference(ident) is not None


def _package(ident: str, packages: Packages, view: View) -> str:
    model, reference = view.model(ident), view.reference(ident)
    if model is not None:
        return packages.model(model)
    return packages.reference(reference) if reference is not None else ""


def _is_data(ident: str, view: View) -> bool:
    model, reference = view.model(ident), view.reference(ident)
    return bool((model and model.form == "data-set") or (reference and reference.kind == "dataset"))


def _said(claim: Claim) -> str:
    words = [f"{claim.relation}; {claim.basis}"]
    if claim.basis == "observed":
        words.append(f"strength {claim.strength}")
    if claim.alleged_by:
        words.append(
            f"alleged by {claim.alleged_by}, and never evidence; answer: {claim.answer or 'none known'}"
        )
    if claim.source:
        words.append(f"source: {claim.source}")
    return "; ".join(words)


def _evidence(graph: Graph, evidence: Evidence, subject: str) -> str:
    return graph.state(subject, {"gauger:evidence": plain(evidence)}, evidence.id)


def plain(record: Any) -> Element:
    """A record's fields as plain data."""
    data: Element = msgspec.to_builtins(record)
    return data
