"""A part of a file that is a file of its own: a member of an archive, where it lies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gauger.formats.source import FileSource


class Stretch(msgspec.Struct, frozen=True):
    """Some bytes of a file.

    Attributes:
        real: The file.
        offset: Where the bytes begin; -1 for the whole file.
        size_bytes: How many there are.
    """

    real: str
    offset: int
    size_bytes: int

    def open(self, name: str) -> FileSource:
        """The bytes, under this name.

        Raises:
            Unreadable: the file cannot be opened.
            Malformed: the stretch is not wholly inside the file.
        """
        part = (self.offset, self.size_bytes) if self.offset >= 0 else None
        return FileSource(Path(self.real), name=name, follow=False, stretch=part)

    def within(self, offset: int, size_bytes: int) -> Stretch:
        """A stretch of this one."""
        return Stretch(self.real, max(self.offset, 0) + offset, size_bytes)
