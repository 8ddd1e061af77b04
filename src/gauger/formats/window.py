"""Small numbers and texts at scattered places of a file, read through a few remembered pages."""

from __future__ import annotations

import struct
from collections import OrderedDict

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.source import Source

_PAGE = 1 << 14
_PAGES = 64
_NUMBERS = {code: struct.Struct(f"<{code}") for code in "bBhHiIqQf"}


class Window:
    """Reads little-endian values by place.

    Memory: at most 64 pages of 16 KB, and one text of at most `limits.string_bytes`. Every read counts
    against `limits.items`, so that a file whose tables point in circles ends.

    Args:
        source: The file.
        limits: Bounds.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._reads = 0

    def number(self, code: str, at: int) -> int:
        """The whole number of this `struct` code at this place.

        Raises:
            Malformed: it is not wholly inside the file.
            LimitExceeded: too many reads.
            Unreadable: the bytes cannot be had.
        """
        packer = _NUMBERS[code]
        return int(packer.unpack(self.take(at, packer.size))[0])

    def u8(self, at: int) -> int:
        """An unsigned byte."""
        return self.number("B", at)

    def u16(self, at: int) -> int:
        """An unsigned 16-bit number."""
        return self.number("H", at)

    def u32(self, at: int) -> int:
        """An unsigned 32-bit number."""
        return self.number("I", at)

    def i32(self, at: int) -> int:
        """A signed 32-bit number."""
        return self.number("i", at)

    def u64(self, at: int) -> int:
        """An unsigned 64-bit number."""
        return self.number("Q", at)

    def text(self, at: int, length: int) -> str:
        """A text of this many bytes, which are not UTF-8 replaced.

        Raises:
            LimitExceeded: longer than `string_bytes`, or too many reads.
            Malformed: it is not wholly inside the file.
        """
        self.limits.check(length, "string_bytes", subject=self.source.name)
        return self.take(at, length).decode("utf-8", "replace")

    def take(self, at: int, length: int) -> bytes:
        """These bytes; see `number` for what is raised."""
        self._reads += 1
        if self._reads > self.limits.items:
            raise LimitExceeded(f"more than {self.limits.items} values", subject=self.source.name)
        if at < 0 or length < 0 or at + length > self.source.size_bytes:
            raise Malformed(
                f"{length} bytes at {at} are outside the file of {self.source.size_bytes}",
                subject=self.source.name,
            )
        page, inside = divmod(at, _PAGE)
        if inside + length <= _PAGE:
            return self._page(page)[inside : inside + length]
        return self.source.read_at(at, length)

    def _page(self, number: int) -> bytes:
        found = self._pages.get(number)
        if found is None:
            start = number * _PAGE
            found = self.source.read_at(start, min(_PAGE, self.source.size_bytes - start))
            self._pages[number] = found
            if len(self._pages) > _PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return found
