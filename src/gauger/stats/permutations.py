"""What is the distribution of a permutation sum? Counted for few units, by moments or sampled for many."""

from __future__ import annotations

import math
from functools import cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from gauger.stats.arrays import Floats
from gauger.stats.kernel import NARROW, Kernel

FEWEST_UNITS = 4
"""Fewer units have at most 6 pairings: nothing can be claimed from them."""

MOST_ENUMERATED = 8
"""Up to here all pairings are counted (8! = 40,320)."""

_MOST_UNITS = 4096
"""Above it, with many features, the normal distribution is used as it is."""

_GRAM_UNITS = 256

_DRAWS = 999
_LARGEST_SKEWNESS = 0.4
_LARGEST_EXCESS = 0.6
_LAST_CORRECTED_Z = 3.0


@cache
def all_permutations(units: int) -> NDArray[np.int8]:
    """Every permutation of a few units, one a row."""
    return np.array(list(permutations(range(units))), dtype=np.int8)


def enumerated_tail(kernel: Floats, statistic: float) -> float:
    """Which share of all pairings has a sum at least as large? Exact, for at most eight units."""
    units = len(kernel)
    sums = kernel[np.arange(units), all_permutations(units)].sum(axis=1)
    slack = 1e-9 * max(1e-300, float(np.abs(kernel).max()) * units)
    return float(np.mean(sums >= statistic - slack))


def estimated_tail(kernel: Kernel) -> float:
    """How likely is a sum at least as large under a random pairing, nearly?

    Where third and fourth moment are near the normal distribution's, by an inverse Cornish-Fisher expansion;
    elsewhere (heavy tails, few units) by 999 seeded random pairings, whose p-value is valid for any
    numbers.

    Source: the expansion to second order, G. W. Hill and A. W. Davis, Generalized asymptotic expansions of
    Cornish-Fisher type, Ann. Math. Statist. 39 (1968).
    """
    z = kernel.statistic() / math.sqrt(kernel.energy() / (kernel.units - 1))
    if kernel.units > _MOST_UNITS and kernel.left.shape[1] > NARROW:
        return float(ndtr(-z))
    skewness, excess = shape_of_sum(kernel)
    if abs(skewness) < _LARGEST_SKEWNESS and abs(excess) < _LARGEST_EXCESS:
        return float(ndtr(-_normalised(z, skewness, excess)))
    return _sampled_tail(kernel)


def _normalised(z: float, skewness: float, excess: float) -> float:
    """The normal quantile that belongs to z; continued on a straight line where the expansion would turn."""
    inner = max(-_LAST_CORRECTED_Z, min(_LAST_CORRECTED_Z, z))
    value = (
        inner
        - skewness / 6.0 * (inner**2 - 1.0)
        - excess / 24.0 * (inner**3 - 3.0 * inner)
        + skewness**2 / 36.0 * (4.0 * inner**3 - 7.0 * inner)
    )
    slope = (
        1.0
        - skewness / 3.0 * inner
        - excess / 8.0 * (inner**2 - 1.0)
        + skewness**2 / 36.0 * (12.0 * inner**2 - 7.0)
    )
    return value + max(0.1, slope) * (z - inner)


def _sampled_tail(kernel: Kernel) -> float:
    """The share of seeded random pairings whose sum is at least as large, the seen one counted among them."""
    draw = np.random.default_rng(20060101)
    rows = np.arange(kernel.units)
    left, right = kernel.left, kernel.right
    statistic = kernel.statistic()
    limit = statistic - 1e-12 * kernel.units * kernel.largest()
    reached = 1
    for _ in range(_DRAWS):
        order = draw.permutation(kernel.units)
        reached += int((left[rows, order].sum() if right is None else np.vdot(left, right[order])) >= limit)
    return reached / (_DRAWS + 1)


def shape_of_sum(kernel: Kernel) -> tuple[float, float]:
    """Which skewness and excess kurtosis does the sum have over all pairings? Exact.

    For a kernel whose rows and columns sum to 0, sums over distinct rows and columns collapse to power sums.
    With d the kernel, R_i and C_j the sums of squares of its rows and columns, F their total, Q the sum of
    fourth powers and G = ||d'd||_F^2, grouping the factors of S^3 and S^4 by which of them share a unit
    gives the terms below. Above 256 units the term of G, at most 6 / units^2 of the kurtosis, is left out
    for a whole kernel.

    Source: own derivation, checked against enumeration in the tests.
    """
    n = kernel.units
    sums = _whole_sums(kernel.left) if kernel.right is None else _factored_sums(kernel.left, kernel.right)
    total, lines, gram, cubes, fourths = sums
    third = n * cubes / ((n - 1) * (n - 2))
    pairs = total**2 - lines + fourths
    triples = total**2 - 2.0 * lines + 4.0 * fourths
    quadruples = 3.0 * triples + 6.0 * (gram - 2.0 * lines + 4.0 * fourths)
    fourth = (
        fourths / n
        + (4.0 * fourths + 3.0 * pairs) / (n * (n - 1))
        + 6.0 * triples / (n * (n - 1) * (n - 2))
        + quadruples / (n * (n - 1) * (n - 2) * (n - 3))
    )
    variance = total / (n - 1)
    return third / variance**1.5, fourth / variance**2 - 3.0


_Sums = tuple[float, float, float, float, float]
"""F, sum R^2 + sum C^2, G, sum d^3, Q."""


def _whole_sums(square: Floats) -> _Sums:
    """The power sums of a kernel at hand."""
    squares = square * square
    rows, columns = squares.sum(axis=1), squares.sum(axis=0)
    gram = float(np.sum((square.T @ square) ** 2)) if len(square) <= _GRAM_UNITS else 0.0
    lines = float(rows @ rows + columns @ columns)
    return float(rows.sum()), lines, gram, float(np.vdot(squares, square)), float(np.vdot(squares, squares))


def _factored_sums(left: Floats, right: Floats) -> _Sums:
    """The power sums of left @ right.T, from products of features as far as they are few."""
    cross_left, cross_right = left.T @ left, right.T @ right
    rows = np.sum((left @ cross_right) * left, axis=1)
    columns = np.sum((right @ cross_left) * right, axis=1)
    product = cross_left @ cross_right
    gram = float(np.sum(product * product.T))
    lines = float(rows @ rows + columns @ columns)
    return (float(rows.sum()), lines, gram, *_power_sums(left, right))


def _power_sums(left: Floats, right: Floats) -> tuple[float, float]:
    """The sums of the third and fourth powers of all cells of left @ right.T."""
    if left.shape[1] <= NARROW:
        twice_left = np.einsum("ia,ib->iab", left, left).reshape(len(left), -1)
        twice_right = np.einsum("ia,ib->iab", right, right).reshape(len(right), -1)
        cubes = float(np.sum((twice_left.T @ left) * (twice_right.T @ right)))
        return cubes, float(np.sum((twice_left.T @ twice_left) * (twice_right.T @ twice_right)))
    cubes, fourths = 0.0, 0.0
    for strip in Kernel(left, right).strips():
        squares = strip * strip
        cubes += float(np.vdot(squares, strip))
        fourths += float(np.vdot(squares, squares))
    return cubes, fourths
