"""What should a reader know besides: findings, gaps, allegations, completeness, and who says what?"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.judgement import Finding, Gap
from gauger.core.lineage import Claim
from gauger.report.cyclonedx.fields import STACK, TOOL, Node, filled
from gauger.report.view import View
from gauger.report.words import REASON


def remarks(view: View, refs: set[str], when: str) -> list[Node]:
    """Findings worst first, then allegations, then gaps: each about its component, else about the stack."""
    if not when:
        return []
    tool = view.dossier.tool
    annotator = {"component": {"type": "application", "name": tool.name, "version": tool.version}}

    def about(ident: str, subject: str, text: str) -> Node:
        subjects = [subject if subject in refs else STACK]
        return {
            "bom-ref": ident,
            "subjects": subjects,
            "annotator": annotator,
            "timestamp": when,
            "text": text,
        }

    return [
        *(about(f.id, f.subject, _finding(f)) for f in view.dossier.findings),
        *(about(c.id, c.subject, _alleged(view, c)) for c in view.dossier.claims if c.basis == "alleged"),
        *(about(g.id, g.subject, _gap(g)) for g in view.dossier.gaps),
    ]


def _finding(finding: Finding) -> str:
    where = ", ".join(str(location) for location in finding.locations)
    accepted = (
        f"accepted by {finding.accepted_by} until {finding.accepted_until}: {finding.accepted_because}"
        if finding.accepted_by
        else ""
    )
    return _joined(
        f"finding {finding.rule} ({finding.severity}): {finding.message}", where, finding.remedy, accepted
    )


def _gap(gap: Gap) -> str:
    where = str(gap.location) if gap.location is not None else ""
    touches = f"touches {', '.join(gap.touches)}" if gap.touches else ""
    return _joined(f"gap in {gap.part} ({REASON[gap.reason]}): {gap.detail}", where, touches, gap.remedy)


def _alleged(view: View, claim: Claim) -> str:
    """Who accuses, of what, and what the accused answers. Never evidence, and said so."""
    answer = f"answer: {claim.answer}" if claim.answer else "no answer is recorded"
    what = f"{view.name(claim.subject)} {claim.relation} {view.name(claim.object)}"
    return _joined(
        f"allegation, no evidence: {claim.alleged_by or 'somebody'} says: {what}", answer, claim.source
    )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def compositions(view: View, refs: list[str]) -> list[Node]:
    """How complete is what is listed? Never `complete`: a scan cannot prove that there is nothing else.

    Incomplete where a gap says that something was not examined; of everything else it is unknown.
    """
    touched = {gap.subject for gap in view.dossier.gaps if gap.subject in refs}
    if view.dossier.gaps:
        touched.add(STACK)
    rest = [ref for ref in (STACK, *refs) if ref not in touched]
    listed = [("incomplete", sorted(touched)), ("unknown", sorted(rest))]
    return [{"aggregate": how, "assemblies": found} for how, found in listed if found]


def citations(view: View, document: Node, when: str) -> list[Node]:
    """Who says what, by JSON pointer: the tool what it found, a file of the stack what it declares."""
    if not when:
        return []
    dossier = view.dossier
    found = [f"/{name}" for name in ("components", "services", "dependencies") if document.get(name)]
    judged = [f"/{name}" for name in ("declarations", "definitions") if document.get(name)]
    knowledge = f"by the knowledge base {dossier.catalogue.version}, {dossier.catalogue.digest}"
    cited = [
        _citation(found, TOOL, when, f"found by {dossier.tool.name} {dossier.tool.version} in the files"),
        _citation(judged, TOOL, when, knowledge),
    ]
    files = dict(_files(document))
    for pointer, source in _declared(document):
        if ref := files.get(source):
            cited.append(_citation([pointer], ref, when, "declared in this file, not measured"))
    return [entry for entry in cited if entry]


def _citation(pointers: list[str], by: str, when: str, note: str) -> Node:
    return filled(pointers=pointers, timestamp=when, attributedTo=by, note=note) if pointers else {}


def _files(document: Node) -> Iterator[tuple[str, str]]:
    for component in document.get("components", []):
        for inner in component.get("components", []):
            yield str(inner["name"]), str(inner["bom-ref"])


def _declared(document: Node) -> Iterator[tuple[str, str]]:
    """Pointers to parents that a file declares, with the path of that file."""
    for number, component in enumerate(document.get("components", [])):
        for place, nodes in component.get("pedigree", {}).items():
            for position, node in enumerate(nodes if isinstance(nodes, list) else []):
                said = [(p["name"], p["value"]) for p in node.get("properties", [])]
                if ("gauger:basis", "declared") in said:
                    pointer = f"/components/{number}/pedigree/{place}/{position}"
                    yield from ((pointer, _path(text)) for name, text in said if name == "gauger:source")


def _path(source: str) -> str:
    """The file in `path:line` or `path (member)`."""
    place = source.partition(" (")[0]
    path, colon, line = place.rpartition(":")
    return path if colon and line.isdigit() else place
