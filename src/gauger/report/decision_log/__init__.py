"""The points of law on which a text is silent and verdicts hang, for counsel to decide; a twin in JSON."""

from __future__ import annotations

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.decision_log.entries import entries
from gauger.report.decision_log.page import page_of
from gauger.report.summary import document_head


class DecisionLogRenderer:
    """Writes the log as Markdown."""

    ident = "decision-log"
    media_type = "text/markdown; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the log?"""
        return page_of(dossier).encode()


class DecisionLogJsonRenderer:
    """Writes every entry with every model, for machines."""

    ident = "decision-log-json"
    media_type = "application/json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the log as JSON?"""
        written = {
            **document_head(dossier),
            "entries": entries(dossier),
        }
        return document_json(written)
