"""The text report on a terminal: the same words, with colour and the terminal's own width."""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.report.text import Style, text_lines

_COLOURS: dict[Style, str] = {
    "plain": "",
    "heading": "bold",
    "strong": "bold",
    "muted": "dim",
    "bad": "bold red",
    "warn": "yellow",
    "good": "green",
    "code": "cyan",
}
_WIDEST = 140


def show_coloured(dossier: Dossier) -> None:
    """Print the report to the terminal. Colour is dropped where `NO_COLOR` or the terminal asks for it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    for line in text_lines(dossier, min(console.width, _WIDEST)):
        console.print(Text.assemble(*((span.text, _COLOURS[span.style]) for span in line)), soft_wrap=True)
