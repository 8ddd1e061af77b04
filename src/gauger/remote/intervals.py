"""Sets of byte ranges: sorted, disjoint, half-open."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""First byte, and the byte after the last."""


class Intervals:
    """Which bytes of a file are held? Neighbours are joined, so that the list stays short.

    Law: the order in which ranges are added does not matter.
    """

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in spans:
            self.add(span)

    def __iter__(self) -> Iterator[Span]:
        return iter(zip(self._starts, self._ends, strict=True))

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def total(self) -> int:
        """How many bytes are in it?"""
        return sum(self._ends) - sum(self._starts)

    def add(self, span: Span) -> None:
        """Put this range in; an empty one changes nothing. O(number of ranges)."""
        start, end = span
        if start >= end:
            return
        first = bisect_right(self._starts, start)
        if first and self._ends[first - 1] >= start:
            first -= 1
            start = self._starts[first]
        last = bisect_right(self._starts, end)
        if last > first:
            end = max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def end_of_run(self, at: int) -> int:
        """Up to where are the bytes from `at` on in it without a hole? `at` where none is."""
        place = bisect_right(self._starts, at) - 1
        return max(at, self._ends[place]) if place >= 0 and self._ends[place] > at else at

    def covers(self, span: Span) -> bool:
        """Is the whole of this range in it?"""
        return self.end_of_run(span[0]) >= span[1]

    def missing(self, span: Span) -> list[Span]:
        """Which parts of this range are not in it, in order?"""
        at, end = span
        holes: list[Span] = []
        place = max(0, bisect_right(self._starts, at) - 1)
        while at < end:
            while place < len(self._starts) and self._ends[place] <= at:
                place += 1
            if place == len(self._starts) or self._starts[place] >= end:
                holes.append((at, end))
                break
            if self._starts[place] > at:
                holes.append((at, self._starts[place]))
            at = self._ends[place]
        return holes


def coalesced(spans: Iterable[Span], gap_bytes: int) -> list[Span]:
    """Which ranges are asked for instead of these, when holes of up to `gap_bytes` are read along?

    A hole that costs less time to read than another request takes is not worth a request.
    """
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1] + gap_bytes:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def pieces(spans: Iterable[Span], most_bytes: int) -> list[Span]:
    """The same bytes in ranges of at most `most_bytes`, so that several can be read at once."""
    return [(at, min(at + most_bytes, end)) for start, end in spans for at in range(start, end, most_bytes)]
