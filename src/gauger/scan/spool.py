"""Where unpacked bytes wait while a scan runs: in numbered files of one temporary folder."""

from __future__ import annotations

from pathlib import Path

from gauger.formats.stretch import Stretch
from gauger.formats.unpack import Budget, Stream

_PIECE = 1 << 20


class Spool:
    """One file per packed archive or layer; its members lie in it one after another.

    Args:
        folder: A folder of our own, deleted by whoever made it.
        budget: Pays for every byte that is kept.
    """

    def __init__(self, folder: Path, budget: Budget) -> None:
        self.budget = budget
        self._folder = folder
        self._files = 0
        self._path = folder
        self._at = 0

    def begin(self) -> None:
        """What is kept from now on goes to a new file."""
        self._path = self._folder / str(self._files)
        self._files += 1
        self._at = 0
        self._path.touch(mode=0o600)

    def keep(self, head: bytes, stream: Stream, size_bytes: int, subject: str) -> Stretch:
        """Keep a member: its first bytes, which were read already, and the rest of it from the stream.

        Returns:
            Where it lies now; shorter than `size_bytes` where the stream ended.

        Raises:
            LimitExceeded: there is no room left in the budget.
            Malformed: as the stream raises it.
        """
        self.budget.take("kept", size_bytes, subject)
        start = self._at
        with self._path.open("ab") as file:
            file.write(head)
            self._at += len(head)
            left = size_bytes - len(head)
            while left and (piece := stream.read(min(left, _PIECE))):
                file.write(piece)
                self._at += len(piece)
                left -= len(piece)
        return Stretch(str(self._path), start, self._at - start)
