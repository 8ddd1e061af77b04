"""The elements of one SPDX document, each with an IRI that depends on the dossier's content alone."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

import msgspec

from gauger.core.canonical import canonical_json
from gauger.core.dossier import Dossier

Element = dict[str, Any]
CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
SPEC_VERSION = "3.0.1"
NO_ASSERTION = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
"""The model's own individual for "nothing is said of the licence".

Source: https://spdx.github.io/spdx-spec/v3.0.1/model/ExpandedLicensing/Individuals/NoAssertionLicense/
"""
_CREATION = "_:creation"
_DATE = re.compile(r"\d{4}-[01]\d-[0-3]\d\Z", re.ASCII)
_UNDATED = "1970-01-01"


class Graph:
    """Collects elements and gives them names.

    Args:
        dossier: The document that is written down.

    Attributes:
        base: The namespace of all IRIs: `urn:uuid:…#`. The UUID is of version 8: the first bits of the
            dossier's SHA-256, so that the same dossier has the same names and another has others.
    """

    def __init__(self, dossier: Dossier) -> None:
        digest = hashlib.sha256(canonical_json(dossier)).digest()[:16]
        bits = int.from_bytes(digest, "big") & ~(0xF << 76) & ~(0x3 << 62)
        self.base = f"urn:uuid:{uuid.UUID(int=bits | (8 << 76) | (2 << 62))}#"
        self.elements: dict[str, Element] = {}
        self._as_of = dossier.as_of

    def iri(self, ident: str) -> str:
        """Which IRI has the element of this id? Ids of records are safe in an IRI as they are."""
        return self.base + ident

    def add(self, kind: str, ident: str, **fields: Any) -> str:
        """Put an element into the graph, once; which IRI does it have?

        Args:
            kind: The type's compact name: `ai_AIPackage`.
            ident: Local part of its IRI.
            **fields: Its properties; those that are None or an empty list are left out.
        """
        iri = self.iri(ident)
        if iri not in self.elements:
            said = {name: value for name, value in fields.items() if value is not None and value != []}
            self.elements[iri] = {"type": kind, "spdxId": iri, "creationInfo": _CREATION, **said}
        return iri

    def hashed(self, kind: str, prefix: str, key: str, **fields: Any) -> str:
        """As `add`, for things that have no id of their own: the id is made from the key."""
        return self.add(kind, f"{prefix}-{hashlib.sha256(key.encode()).hexdigest()[:16]}", **fields)

    def state(self, subject: str, statement: Element, ident: str, *, review: bool = False) -> str:
        """Say something about an element that the standard has no field for, as an annotation in JSON."""
        return self.add(
            "Annotation",
            ident,
            annotationType="review" if review else "other",
            subject=subject,
            contentType="application/json",
            statement=msgspec.json.encode(statement, order="sorted").decode(),
        )

    def relate(
        self, kind: str, start: str, end: str, ident: str = "", *, comment: str = "", certain: bool = True
    ) -> str:
        """Put a relationship between two elements; which IRI does it have?

        Args:
            kind: One of the standard's relationship types.
            start: IRI of the element that it goes out from.
            end: IRI of the element that it leads to.
            ident: Local part of its IRI; made from the three where it is empty.
            comment: What the type does not say.
            certain: False says `noAssertion` for completeness: there may be more of this kind.
        """
        fields: Element = {
            "relationshipType": kind,
            "from": start,
            "to": [end],
            "comment": comment or None,
            "completeness": None if certain else "noAssertion",
        }
        if ident:
            return self.add("Relationship", ident, **fields)
        return self.hashed("Relationship", "relationship", f"{kind} {start} {end}", **fields)

    def creation(self, agent: str, tool: str) -> Element:
        """When and by what was it written? The day is the dossier's; no clock is read for an hour."""
        dated = bool(_DATE.match(self._as_of))
        return {
            "type": "CreationInfo",
            "@id": _CREATION,
            "specVersion": SPEC_VERSION,
            "created": f"{self._as_of if dated else _UNDATED}T00:00:00Z",
            "createdBy": [agent],
            "createdUsing": [tool],
            "comment": "the day for which the rules were evaluated; the hour is not recorded"
            if dated
            else "the dossier has no date",
        }
