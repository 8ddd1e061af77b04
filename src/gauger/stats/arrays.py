"""What the tests take in: arrays of numbers, made finite, centred and ranked."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.floating]
"""Anything real that a caller hands over."""

Floats: TypeAlias = NDArray[np.float64]
"""What the tests compute with."""

Indices: TypeAlias = NDArray[np.intp]
"""Positions of units."""

SMALLEST_P = 1e-300
"""Estimated p-values stop here: below it a float64 loses its precision, and no claim depends on how far."""


def table(values: Numbers) -> Floats:
    """Which (units, features) table of float64 a caller's array stands for; one column for a vector."""
    numbers = np.asarray(values, dtype=np.float64)
    rows = len(numbers) if numbers.ndim else 1
    return numbers.reshape(rows, math.prod(numbers.shape[1:]))


def sampled(values: Numbers, most: int) -> Floats:
    """At most so many rows and columns of a table, at even steps; only these are turned into float64."""
    flat = np.asarray(values).reshape(len(values), math.prod(np.shape(values)[1:]))
    rows, columns = (max(1, -(-size // most)) for size in flat.shape)
    return table(flat[::rows, ::columns])


def centred(values: Floats) -> Floats:
    """The table with the mean of every column taken away, scaled to a largest value of one.

    The scale keeps squares and exponentials inside the range of a float64; every statistic here is free of
    it. Empty, non-finite and constant tables come back as zeros, which no test calls a finding.
    """
    if not values.size or not np.isfinite(values).all():
        return np.zeros_like(values)
    largest = float(np.abs(values).max())
    if largest == 0.0:
        return np.zeros_like(values)
    scaled = values / largest
    moved: Floats = scaled - scaled.mean(axis=0)
    # what rounding leaves of a constant column is no signal
    moved[:, np.abs(moved).max(axis=0) < 1e-13] = 0.0
    spread = float(np.abs(moved).max())
    return moved / spread if spread > 0.0 else moved


def average_ranks(values: Floats) -> Floats:
    """Which place each value of a vector has, from 1; equal values share the mean of their places."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2.0)[inverse.reshape(-1)]
    return ranks
