"""The whole SPDX document: the system, what it depends on, how that is known, and what was not examined."""

from __future__ import annotations

from collections import defaultdict

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.core.inventory import Model
from gauger.core.judgement import READINGS
from gauger.core.readings import known
from gauger.report.spdx.graph import CONTEXT, Element, Graph
from gauger.report.spdx.lineage import plain, write_lineage
from gauger.report.spdx.packages import Packages
from gauger.report.summary import DISCLAIMER
from gauger.report.view import View

_CONFORMS = {
    "ai_AIPackage": "ai",
    "dataset_DatasetPackage": "dataset",
    "simplelicensing_LicenseExpression": "simpleLicensing",
}
_LOOSE = ("credential", "chip-target")
"""Artifacts without a file of a model that a reader of a bill of materials wants to know."""


def document_of(dossier: Dossier) -> bytes:
    """What are the bytes of the SPDX document? Sorted by IRI, two spaces of indentation, a final newline."""
    graph, view = Graph(dossier), View(dossier)
    packages = Packages(graph, view)
    agent = graph.add("SoftwareAgent", "agent-gauger", name=dossier.tool.name)
    tool = graph.add("Tool", "tool-gauger", name=f"{dossier.tool.name} {dossier.tool.version}")
    system = graph.add(
        "software_Package", "system", name=dossier.target, software_primaryPurpose="application"
    )
    for model in view.models:
        _write_model(graph, packages, view, model, system)
    write_lineage(graph, packages, view)
    _write_findings(graph, view, system)
    _write_loose(graph, dossier, system)
    document = _write_document(graph, dossier, system)
    _write_frame(graph, view, document)
    listed = [graph.elements[iri] for iri in sorted(graph.elements)]
    whole = {"@context": CONTEXT, "@graph": [graph.creation(agent, tool), *listed]}
    return document_json(whole)


def _write_model(graph: Graph, packages: Packages, view: View, model: Model, system: str) -> None:
    iri = packages.model(model)
    graph.state(iri, {"gauger:model": _identity(model)}, f"statement-{model.id}")
    graph.relate("dependsOn", system, iri)
    for use in view.uses.get(model.id, []):
        graph.state(iri, {"gauger:use": plain(use)}, use.id)
        provider = known(use.endpoint.provider) if use.endpoint else None
        if provider and provider != "self":
            graph.relate("availableFrom", iri, packages.organisation(provider))
    matrix: dict[str, dict[str, str]] = defaultdict(dict)
    for scenario in view.dossier.scenarios:
        for reading in READINGS:
            cell = view.cell(model.id, scenario.key, reading)
            if cell != "not-evaluated":
                matrix[scenario.key][reading] = cell
    if matrix:
        statement: Element = {"gauger:outcomes": dict(matrix), "gauger:meaning": DISCLAIMER}
        graph.state(iri, statement, f"outcomes-{model.id}", review=True)


def _identity(model: Model) -> Element:
    """The identity by which the model is found again, and what is not known of it, with the reason."""
    said = plain(model)
    return {name: value for name, value in said.items() if value != ""}


def _write_findings(graph: Graph, view: View, system: str) -> None:
    for finding in view.dossier.findings:
        subject = graph.iri(finding.subject) if finding.subject else system
        about = subject if subject in graph.elements else system
        graph.state(about, {"gauger:finding": plain(finding)}, finding.id, review=True)
    for gap in view.dossier.gaps:
        subject = graph.iri(gap.subject) if gap.subject else system
        about = subject if subject in graph.elements else system
        graph.state(about, {"gauger:gap": plain(gap)}, gap.id)


def _write_loose(graph: Graph, dossier: Dossier, system: str) -> None:
    for artifact in dossier.artifacts:
        if artifact.kind in _LOOSE:
            graph.state(system, {"gauger:artifact": plain(artifact)}, artifact.id)


def _write_document(graph: Graph, dossier: Dossier, system: str) -> str:
    """The collections. What they claim to conform to is what is in them; see `Packages` for the licences."""
    found = {_CONFORMS[e["type"]] for e in graph.elements.values() if e["type"] in _CONFORMS}
    conformance = ["core", "software", *sorted(found)]
    members = sorted(graph.elements)
    sbom = graph.add(
        "software_Sbom",
        "sbom",
        name=dossier.target,
        profileConformance=conformance,
        rootElement=[system],
        element=members,
        software_sbomType=["source", "analyzed"] if dossier.coverage.collectors else ["analyzed"],
    )
    return graph.add(
        "SpdxDocument",
        "document",
        name=dossier.target,
        profileConformance=conformance,
        rootElement=[sbom],
        element=[*members, sbom],
    )


def _write_frame(graph: Graph, view: View, document: str) -> None:
    """By which knowledge base, for which day, how much was looked at, and what was only mentioned."""
    dossier = view.dossier
    statement: Element = {
        "gauger:dossier": {
            "as_of": dossier.as_of,
            "catalogue": plain(dossier.catalogue),
            "coverage": plain(dossier.coverage),
            "reading": dossier.reading,
            "mentions": len(view.mentions),
            "meaning": DISCLAIMER,
        }
    }
    graph.state(document, statement, "statement-dossier")
