"""The report for a terminal: what a person sees first after `gauger check`."""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.report.text.behaviour import behaviour
from gauger.report.text.compared import compared
from gauger.report.text.layout import Line, Span, Style, plain
from gauger.report.text.matrix import matrix
from gauger.report.text.sections import findings, footer, gaps, head, lineage, settle_first, uses
from gauger.report.view import View

__all__ = ["Line", "Span", "Style", "TextRenderer", "text_lines"]

WIDTH = 100
"""Cells: wide enough for five scenarios beside a model's name, narrow enough for half a laptop screen."""


def text_lines(dossier: Dossier, width: int = WIDTH) -> list[Line]:
    """What are the lines of the report, as spans with a style each, for `width` cells?

    Laws: no line is wider than `width` (from 60 cells up); the text says the same without the styles.
    """
    view = View(dossier)
    first = (compared, findings) if dossier.comparisons and not dossier.uses else (findings,)
    then = () if compared in first else (compared,)
    parts = (head, *first, matrix, settle_first, *then, lineage, behaviour, uses, gaps, footer)
    lines = [line for part in parts for line in part(view, max(60, width))]
    return [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]


class TextRenderer:
    """Plain text, UTF-8, without colour."""

    ident = "text"
    media_type = "text/plain; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What is the report of this dossier as plain text?"""
        return plain(text_lines(dossier)).encode()
