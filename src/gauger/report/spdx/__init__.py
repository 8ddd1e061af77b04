"""SPDX 3.0.1 as JSON-LD, with the AI and Dataset profiles: each model, from whom, and how that is known.

The mapping, field by field, is in docs/reference/spdx.md.
"""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.report.spdx.document import document_of


class SpdxRenderer:
    """Writes an SPDX 3.0.1 document; `gauger scan` reads it back (collector `spdx`)."""

    ident = "spdx"
    media_type = "application/spdx+json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier as SPDX 3.0.1?"""
        return document_of(dossier)
