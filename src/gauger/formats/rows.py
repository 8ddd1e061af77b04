"""Numbers of one tensor, by rows: what every way of storing weights comes down to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

import numpy as np
import numpy.typing as npt

from gauger.formats.number_types import Floats

Indices = npt.NDArray[np.int64]
JOIN_BYTES = 1 << 15
"""Stored bytes between two wanted rows that are read rather than skipped: reading 32 KB more costs about what
another read costs (measured on a warm disk cache: 3 to 10 microseconds)."""


class Rows(ABC):
    """Numbers that can be had by rows: all dimensions but the last are flattened into rows.

    Attributes:
        shape: As the model uses it; a scalar is one row of one column.
        columns: Length of a row.
        count: How many rows there are.
        row_bytes: Stored bytes of one row, about.
    """

    shape: tuple[int, ...]

    @property
    def columns(self) -> int:
        """Length of a row."""
        return self.shape[-1] if self.shape else 1

    @property
    def count(self) -> int:
        """How many rows there are."""
        return prod(self.shape[:-1])

    @property
    @abstractmethod
    def row_bytes(self) -> int:
        """Stored bytes of one row, rounded up; 0 where rows cost nothing apart."""

    @abstractmethod
    def rows(self, first: int, count: int) -> Floats:
        """Which numbers stand in these rows?

        Returns:
            Writable float32 array of shape (count, columns).

        Raises:
            Malformed: the bytes are not what the directory says.
            LimitExceeded: more would have to be held than the bounds allow.
            Unreadable: the bytes cannot be had.
        """

    def announce(self, stretches: Sequence[tuple[int, int]]) -> None:  # noqa: B027 - nothing to do nearby
        """These rows will be asked for, each stretch from its first row to the one after its last.

        Where the file is far away they are fetched now, at the same time.

        Raises:
            LimitExceeded, Unreadable: as `rows`.
        """

    def take(self, chosen: Indices) -> Floats:
        """Which numbers stand in these rows, given in rising order without repeats?

        Neighbours are read together.

        Raises:
            Malformed, LimitExceeded, Unreadable: as `rows`.
        """
        numbers = np.empty((len(chosen), self.columns), np.float32)
        stretches = list(runs(chosen, JOIN_BYTES // max(1, self.row_bytes)))
        if len(stretches) > 1:
            self.announce([(int(chosen[a]), int(chosen[b - 1]) + 1) for a, b in stretches])
        for start, stop in stretches:
            wanted = chosen[start:stop]
            first = int(wanted[0])
            block = self.rows(first, int(wanted[-1]) - first + 1)
            numbers[start:stop] = block if len(block) == len(wanted) else block[wanted - first]
        return numbers


def runs(chosen: Indices, gap: int) -> Iterator[tuple[int, int]]:
    """Stretches of rising indices in which no more than `gap` rows are skipped at a time: (start, stop)."""
    breaks = np.flatnonzero(np.diff(chosen) > gap + 1) + 1
    edges = [0, *breaks.tolist(), len(chosen)]
    for start, stop in pairwise(edges):
        if stop > start:
            yield start, stop
