"""Tables of a FlatBuffer, found without its schema's code and without reading the whole file.

Source: https://flatbuffers.dev/internals/ (tables, vtables, vectors and strings).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gauger.core.errors import Malformed
from gauger.formats.window import Window

_LONGEST_TEXT = 2000


class Table(msgspec.Struct, frozen=True):
    """One table: fields are looked up by their number in the schema.

    Attributes:
        window: Where bytes come from.
        at: Where the table begins.
    """

    window: Window
    at: int

    def place(self, number: int) -> int:
        """Where does this field's content begin? 0 where the field is left out.

        Raises:
            Malformed: the table of fields is outside the file.
            LimitExceeded: too many reads.
            Unreadable: the bytes cannot be had.
        """
        fields = self.at - self.window.i32(self.at)
        slot = 4 + 2 * number
        if slot + 2 > self.window.u16(fields):
            return 0
        offset = self.window.u16(fields + slot)
        return self.at + offset if offset else 0

    def scalar(self, number: int, code: str, default: int = 0) -> int:
        """The number in this field, as a `struct` code; the default where it is left out."""
        at = self.place(number)
        return self.window.number(code, at) if at else default

    def text(self, number: int) -> str:
        """The text in this field, cut to 2,000 bytes; empty where it is left out.

        Many tables may point to one text, so that long ones would cost more than the file holds.
        """
        begin, count = self.vector(number, 1)
        return self.window.text(begin, min(count, _LONGEST_TEXT)) if count else ""

    def table(self, number: int) -> Table | None:
        """The table in this field, or None."""
        at = self.place(number)
        return Table(self.window, at + self.window.u32(at)) if at else None

    def vector(self, number: int, item_bytes: int) -> tuple[int, int]:
        """Place of the first item, and number of items; (0, 0) where the field is left out.

        Raises:
            Malformed: the items do not fit the file.
            LimitExceeded: more than `items` of them (of single bytes: any number).
        """
        at = self.place(number)
        if not at:
            return 0, 0
        begin = at + self.window.u32(at)
        count = self.window.u32(begin)
        source = self.window.source
        if begin + 4 + count * item_bytes > source.size_bytes:
            raise Malformed(f"a list of {count} items does not fit the file", subject=source.name)
        if item_bytes > 1:
            self.window.limits.check(count, "items", subject=source.name)
        return begin + 4, count

    def numbers(self, number: int, code: str, item_bytes: int) -> tuple[int, ...]:
        """The numbers of the list in this field."""
        begin, count = self.vector(number, item_bytes)
        return tuple(self.window.number(code, begin + item_bytes * n) for n in range(count))

    def tables(self, number: int) -> Iterator[Table]:
        """The tables of the list in this field."""
        begin, count = self.vector(number, 4)
        for at in range(begin, begin + 4 * count, 4):
            yield Table(self.window, at + self.window.u32(at))


def root(window: Window) -> Table:
    """The outermost table.

    Raises:
        Malformed: the file is too short.
        Unreadable: the bytes cannot be had.
    """
    return Table(window, window.u32(0))
