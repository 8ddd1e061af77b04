"""Which numbers does a permutation sum add up? The kernel k_ij = <x_i, y_j>, whole or as two thin factors."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec
import numpy as np

from gauger.stats.arrays import Floats

NARROW = 12
"""Features up to which the factors are cheaper than the kernel."""

_MOST_WHOLE = 2048
"""Units up to which a kernel of many features is kept whole: 32 MB."""

_STRIP = 256
"""Rows that are held at once: 8 MB at 4,096 columns."""


class Kernel(msgspec.Struct, frozen=True, eq=False):
    """The kernel left @ right.T of a test; every row and every column sums to 0.

    Attributes:
        left: Centred array of shape (units, features).
        right: The other model's, of the same shape; None where `left` is the kernel itself.
    """

    left: Floats
    right: Floats | None

    @property
    def units(self) -> int:
        """Rows, and columns."""
        return len(self.left)

    def statistic(self) -> float:
        """The sum over the pairing as it stands."""
        return float(np.trace(self.left) if self.right is None else np.sum(self.left * self.right))

    def energy(self) -> float:
        """The sum of all squares, ||XY'||_F^2."""
        if self.right is None:
            return float(np.sum(self.left * self.left))
        return float(np.sum((self.left.T @ self.left) * (self.right.T @ self.right)))

    def largest(self) -> float:
        """An upper bound of |k_ij|."""
        if self.right is None:
            return float(np.abs(self.left).max(initial=0.0))
        longest = [float(np.max(np.sum(side * side, axis=1))) for side in (self.left, self.right)]
        return math.sqrt(longest[0] * longest[1])

    def whole(self) -> Floats:
        """The (units, units) array."""
        return self.left if self.right is None else self.left @ self.right.T

    def strips(self, rows: slice = slice(None)) -> Iterator[Floats]:
        """Some rows at a time, as copies that may be written to."""
        chosen = self.left[rows]
        for first in range(0, len(chosen), _STRIP):
            strip = chosen[first : first + _STRIP]
            yield strip.copy() if self.right is None else strip @ self.right.T


def kernel_of(left: Floats, right: Floats) -> Kernel:
    """The kernel of two centred tables, in the cheaper form."""
    if left.shape[1] > NARROW and len(left) <= _MOST_WHOLE:
        return Kernel(left @ right.T, None)
    return Kernel(left, right)
