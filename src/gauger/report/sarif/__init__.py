"""SARIF 2.1.0: findings at their places, for code scanning and editors; gaps as notifications.

How the fields are filled is in docs/reference/sarif.md.
"""

from __future__ import annotations

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.sarif.run import run_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class SarifRenderer:
    """Writes one SARIF run."""

    ident = "sarif"
    media_type = "application/sarif+json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier as SARIF?"""
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run_of(dossier)]}
        return document_json(log)
