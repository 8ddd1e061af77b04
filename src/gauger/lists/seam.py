"""What a reader of a list format is: the seam, and what the beginning of a file shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal, Protocol

import msgspec

from gauger.lists.records import Party

HEAD_BYTES = 64 * 1024
"""How much of a file is looked at to tell its format."""
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s>/])")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What the first bytes of a file show.

    Attributes:
        kind: `xml`, `json`, or `table` for everything else.
        text: The beginning as text; what is not UTF-8 is replaced.
        root: Name of the first element of an XML document, without its prefix.
    """

    kind: Literal["xml", "json", "table"]
    text: str
    root: str = ""

    def first_lines(self, count: int) -> list[str]:
        """The first lines, at most so many."""
        return self.text.splitlines()[:count]


def head_of(data: bytes) -> Head:
    """What do these first bytes show?"""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = data.decode(encoding, "replace")
    start = text.lstrip()
    if start.startswith("<"):
        return Head(kind="xml", text=start, root=_root(start))
    return Head(kind="json" if start[:1] in {"{", "["} else "table", text=text)


def _root(start: str) -> str:
    """The name of the first element behind declarations and comments, found in one pass."""
    at = 0
    while (at := start.find("<", at)) >= 0:
        end = "?>" if start.startswith("<?", at) else "-->" if start.startswith("<!--", at) else ""
        if not end:
            found = _ROOT.match(start, at)
            if found:
                return found[1]
            at += 1
            continue
        at = start.find(end, at + 2)
        if at < 0:
            break
    return ""


class Header:
    """What a reader learns about the file besides its entries.

    Attributes:
        published: ISO date, as the file says it; empty where it does not.
        unassigned: Entries of which the file does not say on which list they are.
    """

    def __init__(self) -> None:
        self.published = ""
        self.unassigned = 0


class ListFormat(Protocol):
    """One way in which one publisher writes a list."""

    ident: str
    title: str
    collection: str

    def recognises(self, head: Head) -> bool:
        """Is a file that begins like this one of these?"""
        ...

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:
        """The entries of this file, one by one.

        Args:
            file: Opened at its beginning.
            header: Where the reader notes what the file says of itself; complete once all were read.
            assigned: The list that the user says the file is of; empty where they do not.

        Raises:
            Malformed: not what the format says; with the place.
            LimitExceeded: nested or long beyond all reason.
        """
        ...
