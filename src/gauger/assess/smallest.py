"""Which smallest set of changes brings an outcome about? Found by trying, never by guessing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
_PAIRS_OF = 8
"""Among at most so many changes all pairs and triples are tried."""
_LARGEST = 3
_TOLD = 3


def smallest(
    changes: Sequence[T], holds: Callable[[frozenset[T]], bool], suspects: Sequence[T] = ()
) -> tuple[frozenset[T], ...]:
    """The smallest sets of these changes each of which brings the outcome about; none where all do not.

    All sets of one are tried, and all of two and three where there are at most `_PAIRS_OF` changes. Where
    none of them does it, changes are taken away from all together as long as the outcome stays: what is left
    cannot be made smaller by leaving out any one of them, though another way to it may be shorter.

    Cost: at most n + 92 trials for n changes, or O(k·log n) more where k changes are needed together; where
    the suspects do it by themselves, n is their number.

    Args:
        changes: Everything that differs.
        holds: Whether the outcome is there with exactly these changes made.
        suspects: Those of the changes that are looked at first.

    Laws: every set told holds; no set told holds with one of its members left out.
    """
    first = tuple(c for c in changes if c in set(suspects))
    if first and len(first) < len(changes) and holds(frozenset(first)):
        return smallest(first, holds)
    for size in range(1, _LARGEST + 1):
        if size > 1 and len(changes) > _PAIRS_OF:
            break
        found = [frozenset(c) for c in combinations(changes, size) if holds(frozenset(c))]
        if found:
            return tuple(found[:_TOLD])
    everything = frozenset(changes)
    if not everything or not holds(everything):
        return ()
    return (_reduced(list(changes), holds),)


def _reduced(kept: list[T], holds: Callable[[frozenset[T]], bool]) -> frozenset[T]:
    """What is left when ever smaller parts were taken away as long as the outcome stays.

    Source: A. Zeller and R. Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE Transactions
        on Software Engineering 28 (2002), algorithm ddmin, by complements alone.
    """
    step = max(1, len(kept) // 2)
    while True:
        shrunk = False
        start = 0
        while start < len(kept):
            rest = kept[:start] + kept[start + step :]
            if rest and holds(frozenset(rest)):
                kept, shrunk = rest, True
            else:
                start += step
        if step == 1 and not shrunk:
            return frozenset(kept)
        step = max(1, step // 2) if not shrunk or step > 1 else 1
