"""Do two tensors of one shape stand in the same basis? The test for anything that has no gated block."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gauger.stats.arrays import Floats, Numbers, centred, sampled
from gauger.stats.pairing import PairingTest, pairing_test

MOST = 512
"""Rows and columns that are looked at; a larger tensor is sampled at even steps."""


def same_basis_test(
    a: Numbers, b: Numbers, *, exchangeable: Literal["rows", "columns", "either"], most: int = MOST
) -> PairingTest:
    """Are rows and columns of two equally shaped tensors paired beyond what a random pairing gives?

    Both tensors are centred along rows and columns, every row is brought to length 1, and the Frobenius
    product is compared with its values over all pairings of the rows (or of the columns).

    Args:
        a: Array of shape (rows, columns).
        b: Array of the same shape.
        exchangeable: Which side has no order of its own in an independently trained model. `either`: not
            known which; both nulls are tested, and the weaker result is returned, which holds if one of them
            does.
        most: Rows and columns that are looked at.

    Returns:
        The test; nothing is claimed for shapes that differ, and for constant or non-finite numbers.
    """
    if np.shape(a) != np.shape(b) or np.ndim(a) == 0:
        return PairingTest(0.0, 1.0, 0.0, 0)
    left, right = _directions(sampled(a, most)), _directions(sampled(b, most))
    if exchangeable == "rows":
        return pairing_test(left, right)
    if exchangeable == "columns":
        return pairing_test(left.T, right.T)
    both = (pairing_test(left, right), pairing_test(left.T, right.T))
    return max(both, key=lambda test: (test.log_bound, test.p_value))


def _directions(values: Floats) -> Floats:
    """Rows and columns centred, rows of length 1; a row without spread stays zero."""
    moved = centred(values)
    moved = moved - moved.mean(axis=1, keepdims=True) if moved.size else moved
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    usable = lengths > 1e-12
    return np.where(usable, moved / np.where(usable, lengths, 1.0), 0.0)
