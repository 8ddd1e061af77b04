"""Lines of styled spans and how text is fitted into them; the command line gives the styles their colours."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from gauger.core.text import printable

Style = Literal["plain", "heading", "strong", "muted", "bad", "warn", "good", "code"]
_LONGEST_TEXT = 4_000


class Span(NamedTuple):
    """A piece of a line and what it means; the meaning never stands in the style alone."""

    text: str
    style: Style = "plain"


Line = tuple[Span, ...]
BLANK: Line = ()


def safe(text: str) -> str:
    """The text without anything that could steer a terminal; see `gauger.core.text.printable`."""
    return printable(text, _LONGEST_TEXT)


def cells(text: str) -> int:
    """How many terminal cells does this text take? Wide East Asian characters take two, marks none.

    Source: Unicode Standard Annex 11, property East_Asian_Width.
    """
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis in its middle where something was left out.

    The end of a model's name or a path tells more than its middle.
    """
    if cells(text) <= width:
        return text
    tail = _fitting(reversed(text), (width - 1) // 2)[::-1]
    return _fitting(text, width - 1 - cells(tail)) + "…" + tail


def _fitting(chars: Iterable[str], width: int) -> str:
    kept, used = [], 0
    for char in chars:
        used += _cell(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept)


def pad(text: str, width: int) -> str:
    """The text filled up to `width` cells with spaces on its right."""
    return text + " " * max(0, width - cells(text))


def wrap(text: str, width: int) -> Iterator[str]:
    """How does this text break into rows of at most `width` cells? Breaks at spaces, else inside a word."""
    row = ""
    for word in safe(text).split(" "):
        joined = f"{row} {word}" if row else word
        if cells(joined) <= width:
            row = joined
            continue
        if row:
            yield row
        row = word
        while cells(row) > width:
            head = _fitting(row, width) or row[0]
            yield head
            row = row[len(head) :]
    yield row


def paragraph(text: str, width: int, *, indent: int = 0, style: Style = "plain") -> list[Line]:
    """The text as indented lines."""
    return [(Span(" " * indent + row, style),) for row in wrap(text, max(20, width - indent))]


def labelled(label: str, text: str, width: int, *, column: int, style: Style = "plain") -> list[Line]:
    """A label in a left column of `column` cells and the text wrapped beside it."""
    rows = list(wrap(text, max(20, width - column)))
    head: Line = (Span(pad(cut(safe(label), column - 1), column), "strong"), Span(rows[0], style))
    return [head, *((Span(" " * column), Span(row, style)) for row in rows[1:])]


def heading(title: str, width: int) -> list[Line]:
    """A section's head with a rule to the right edge."""
    rule = "─" * max(3, width - cells(title) - 1)
    return [BLANK, (Span(title, "heading"), Span(" " + rule, "muted")), BLANK]


def plain(lines: Iterable[Line]) -> str:
    """The lines as text, without trailing spaces, each ended by a newline."""
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)
