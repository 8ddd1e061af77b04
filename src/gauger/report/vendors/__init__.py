"""What to ask the suppliers of a stack's models, from what the dossier does not know, and a twin in JSON."""

from __future__ import annotations

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.summary import document_head
from gauger.report.vendors.general import general
from gauger.report.vendors.page import page_of
from gauger.report.vendors.questions import vendors


class VendorQuestionsRenderer:
    """Writes the questions as Markdown."""

    ident = "vendor-questions"
    media_type = "text/markdown; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the questions?"""
        return page_of(dossier).encode()


class VendorQuestionsJsonRenderer:
    """Writes every question with every model, for machines."""

    ident = "vendor-questions-json"
    media_type = "application/json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the questions as JSON?"""
        written = {
            **document_head(dossier),
            "vendors": vendors(dossier),
            "general": general(),
        }
        return document_json(written)
