"""The facts of every model in use, and what the document as a whole rests on."""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.core.inventory import Endpoint, Model, Use
from gauger.core.judgement import READINGS
from gauger.core.readings import Unmeasured
from gauger.report.facts.lineage import Ancestry
from gauger.report.facts.said import Json, fact, joined, told, unknown
from gauger.report.summary import DISCLAIMER
from gauger.report.view import View

VERSION = "gauger-facts-1"


def facts_of(dossier: Dossier) -> Json:
    """What is known of each model, as plain data?"""
    view = View(dossier)
    ancestry = Ancestry(view)
    models = sorted(view.models, key=lambda m: (m.name, m.namespace, m.provider, m.id))
    return {
        "schema": VERSION,
        "meaning": DISCLAIMER,
        "target": dossier.target,
        "as_of": dossier.as_of,
        "tool": {"name": dossier.tool.name, "version": dossier.tool.version},
        "catalogue": {
            "version": dossier.catalogue.version,
            "as_of": dossier.catalogue.as_of,
            "digest": dossier.catalogue.digest,
            "stale": list(dossier.catalogue.stale),
        },
        "lists": [
            {"key": n.key, "lists": list(n.lists), "sha256": n.sha256, "retrieved": n.retrieved}
            for n in dossier.lists
        ],
        "suppositions": list(dossier.suppositions),
        "examined": {"complete": not dossier.gaps, "gaps": _reasons(dossier)},
        "models": [_model(model, view, ancestry) for model in models],
    }


def _reasons(dossier: Dossier) -> Json:
    counts: dict[str, int] = {}
    for gap in dossier.gaps:
        counts[gap.reason] = counts.get(gap.reason, 0) + 1
    return counts


def _model(model: Model, view: View, ancestry: Ancestry) -> Json:
    uses = view.uses.get(model.id, [])
    endpoints = [use.endpoint for use in uses if use.endpoint is not None]
    return {
        "id": model.id,
        "name": model.name,
        "namespace": model.namespace,
        "form": model.form,
        "publisher": fact(model.publisher),
        **ancestry.of_model(model),
        "roles": sorted({use.role for use in uses}),
        "audiences": sorted({use.audience for use in uses}),
        "names_resolved": all(use.status not in {"unresolved", "inferred"} for use in uses),
        "pinned": told(sorted({use.revision for use in uses if use.revision}))
        if uses and all(use.revision for use in uses)
        else unknown("not-declared", at_least=(use.revision for use in uses if use.revision)),
        "providers": _providers(model, uses),
        "endpoints": _endpoints(endpoints),
        "verdicts": _verdicts(model, view),
        "findings": sorted({f.rule for f in view.found.get(model.id, []) if not f.accepted_by}),
        "accepted": sorted({f.rule for f in view.found.get(model.id, []) if f.accepted_by}),
        "gaps": sorted({g.reason for g in view.missed.get(model.id, [])}),
    }


def _providers(model: Model, uses: list[Use]) -> Json:
    """Who serves it: `self` for files that no call goes out for."""
    known = [fact(use.endpoint.provider) for use in uses if use.endpoint is not None]
    if model.provider:
        known.append(told(model.provider))
    if known:
        return joined(known)
    if model.form in {"api", "app"} or model.namespace in {"api", "cloud", "unknown"}:
        return unknown("not-resolved", "no address was found to which the calls go")
    return told(["self"])


def _endpoints(found: list[Endpoint]) -> list[Json]:
    rows = {
        (str(e.provider), e.url, e.basis): {
            "provider": fact(e.provider),
            "url": told(e.url) if e.url else fact(Unmeasured(reason="not-declared")),
            "basis": e.basis,
        }
        for e in found
    }
    return [rows[key] for key in sorted(rows)]


def _verdicts(model: Model, view: View) -> Json:
    """By scenario and reading; `undetermined` is no yes, and a cell that was not evaluated says so."""
    return {
        scenario.key: {reading: view.cell(model.id, scenario.key, reading) for reading in READINGS}
        for scenario in view.dossier.scenarios
    }
