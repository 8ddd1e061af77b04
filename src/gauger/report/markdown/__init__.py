"""Markdown for pull-request comments and step summaries: the answer first, bounded, and safe to paste."""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.report.markdown.page import markdown_of


class MarkdownRenderer:
    """Writes GitHub-flavoured Markdown of at most 60,000 characters."""

    ident = "md"
    media_type = "text/markdown; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier as Markdown?"""
        return markdown_of(dossier).encode()
