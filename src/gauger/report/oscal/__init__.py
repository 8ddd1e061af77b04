"""OSCAL 1.2.1 assessment results: what the rules say of each model, for tools of audit and authorisation.

The mapping, field by field, is in docs/reference/oscal.md.
"""

from __future__ import annotations

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.oscal.document import document_of


class OscalRenderer:
    """Writes OSCAL assessment results; what is undetermined is never satisfied."""

    ident = "oscal"
    media_type = "application/oscal+json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier as OSCAL? Keys sorted, two spaces of indentation."""
        return document_json(document_of(dossier))
