"""The whole CycloneDX document, in the standard's own order of fields."""

from __future__ import annotations

import hashlib
import uuid
from typing import Literal

from gauger.core.canonical import canonical_json
from gauger.core.dossier import Dossier
from gauger.report.cyclonedx.answers import Declarations, definitions
from gauger.report.cyclonedx.components import Components
from gauger.report.cyclonedx.fields import LEVELS_SAID, STACK, TOOL, Node, filled, moment, properties
from gauger.report.cyclonedx.remarks import citations, compositions, remarks
from gauger.report.cyclonedx.services import dependencies, services
from gauger.report.summary import DISCLAIMER
from gauger.report.view import View

Version = Literal["1.6", "1.7"]


def document_of(dossier: Dossier, version: Version) -> Node:
    """What is the document of this dossier?

    Laws: the same dossier gives the same document; every `bom-ref` is there once and every reference leads to
    one; 1.6 and 1.7 list the same components, services and places of use.
    """
    view, when = View(dossier), moment(dossier.as_of)
    components, served = Components(view).all(), services(view)
    refs = [str(node["bom-ref"]) for node in (*components, *served)]
    listed = {str(node["bom-ref"]) for node in components}
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{serial_number(dossier, version)}",
        "version": 1,
        "metadata": _metadata(view, when),
        "components": components,
    }
    document |= filled(
        services=served,
        dependencies=dependencies(view, components, served),
        compositions=compositions(view, refs),
        annotations=remarks(view, set(refs), when),
        declarations=Declarations(view, listed).all(),
        definitions=definitions(view),
    )
    if version == "1.7":
        document |= filled(citations=citations(view, document, when))
    return document


def serial_number(dossier: Dossier, version: Version) -> uuid.UUID:
    """Which UUID has this document? Version 8: bits of the SHA-256 of the dossier and the standard's version.

    Source: RFC 9562, section 5.8.
    """
    digest = hashlib.sha256(version.encode() + b"\n" + canonical_json(dossier)).digest()[:16]
    bits = int.from_bytes(digest, "big") & ~(0xF << 76) & ~(0x3 << 62)
    return uuid.UUID(int=bits | (8 << 76) | (2 << 62))


def _metadata(view: View, when: str) -> Node:
    dossier = view.dossier
    tool = {
        "type": "application",
        "bom-ref": TOOL,
        "name": dossier.tool.name,
        "version": dossier.tool.version,
    }
    owner = dossier.profile.organisation
    return filled(
        timestamp=when,
        lifecycles=[{"phase": "pre-build"}],
        tools={"components": [tool]},
        manufacturer={"name": owner} if owner else None,
        component={"type": "application", "bom-ref": STACK, "name": dossier.target},
        properties=properties(
            {
                "as-of": dossier.as_of,
                "reading": dossier.reading,
                "catalogue:version": dossier.catalogue.version,
                "catalogue:as-of": dossier.catalogue.as_of,
                "catalogue:digest": dossier.catalogue.digest,
                "catalogue:stale": dossier.catalogue.stale,
                "profile:digest": dossier.profile_digest,
                "coverage:files-seen": str(dossier.coverage.files_seen),
                "coverage:files-read": str(dossier.coverage.files_read),
                "coverage:weights-read-bytes": _counted(dossier.coverage.weights_read_bytes, dossier),
                "coverage:weights-total-bytes": _counted(dossier.coverage.weights_total_bytes, dossier),
                "coverage:collectors": ", ".join(dossier.coverage.collectors),
                "coverage:probes": ", ".join(dossier.coverage.probes),
                "mentions": str(len(view.mentions)),
                "confidence-scale": LEVELS_SAID,
                "meaning": DISCLAIMER,
            }
        ),
    )


def _counted(count: int, dossier: Dossier) -> str:
    """A count of bytes of weights; empty where no weights were opened, so that it is left out."""
    return str(count) if dossier.coverage.weights_total_bytes else ""
