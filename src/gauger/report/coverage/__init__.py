"""How far does the document cover the minimum elements of an SBOM for AI? Markdown, and a twin in JSON.

The elements and where they come from stand in `g7-2026.yaml` beside this module.
"""

from __future__ import annotations

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.coverage.elements import guideline
from gauger.report.coverage.page import page_of
from gauger.report.coverage.table import counts, rows_of


class CoverageRenderer:
    """Writes the coverage table as Markdown."""

    ident = "g7"
    media_type = "text/markdown; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the table?"""
        return page_of(dossier).encode()


class CoverageJsonRenderer:
    """Writes every answer of the coverage table, for machines."""

    ident = "g7-json"
    media_type = "application/json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the answers?"""
        paper, rows = guideline(), rows_of(dossier)
        written = {
            "guideline": paper,
            "target": dossier.target,
            "as_of": dossier.as_of,
            "tool": dossier.tool,
            "counts": {cluster.ident: counts(rows, cluster.ident) for cluster in paper.clusters},
            "rows": rows,
        }
        return document_json(written)
