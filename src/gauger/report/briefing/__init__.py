"""One page for a board or risk committee: HTML that prints on one sheet of A4, and the same as Markdown."""

from __future__ import annotations

from gauger.core.dossier import Dossier


class BriefingRenderer:
    """Writes the briefing as one self-contained page."""

    ident = "briefing"
    media_type = "text/html; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What is the page for the board?"""
        from gauger.report.briefing.page import page  # noqa: PLC0415 - jinja2 costs 50 ms that no other command needs

        return page(dossier).encode()


class BriefingMarkdownRenderer:
    """Writes the briefing as Markdown."""

    ident = "briefing-md"
    media_type = "text/markdown; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the briefing as Markdown?"""
        from gauger.report.briefing.markdown import markdown_of  # noqa: PLC0415 - beside its twin

        return markdown_of(dossier).encode()
