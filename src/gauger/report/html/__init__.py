"""The report as one HTML file that works offline, without scripts, on paper and at 360 pixels."""

from __future__ import annotations

from gauger.core.dossier import Dossier


class HtmlRenderer:
    """Writes one self-contained page: inline style, script and drawings, no request to anywhere."""

    ident = "html"
    media_type = "text/html; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What is the page of this dossier?"""
        from gauger.report.html.page import page  # noqa: PLC0415 - jinja2 costs 50 ms that no other command needs

        return page(dossier).encode()
