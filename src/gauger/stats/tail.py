"""How likely is so large a permutation sum at most? A rigorous bound from an inequality for permanents."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from gauger.stats.arrays import Floats, Numbers
from gauger.stats.kernel import Kernel

LARGEST_KERNEL = 4096
"""Units in one kernel; more are split into blocks of this size at most, so that time stays linear."""

_LARGEST_EXPONENT = 600.0
"""|2 t k| stays below it, so that no exponential overflows; a smaller t is still a valid choice."""

_ROUNDING = 1e-9
"""Relative slack that covers the rounding of the sums."""

_PILOT_CELLS = 2**18
"""Kernel cells on which t is searched; the bound itself is always computed on all of them."""

_HALVINGS = 9


def log_tail_bound(kernel: Numbers, statistic: float) -> float:
    """How likely is sum_i kernel[i, P(i)] >= statistic, at most, for a uniformly random permutation P?

    Carlen, Lieb and Loss bound a permanent by the product of the 2-norms of its rows, so for every t > 0
    E exp(t S) <= prod_i sqrt(mean_j exp(2 t k_ij)), and by Markov's inequality
    P(S >= s) <= exp(-t s) E exp(t S). A matrix and its transpose have the same permanent: the better of both
    is taken. Every t gives a valid bound; a nearly optimal one is searched.

    Source: E. Carlen, E. Lieb, M. Loss, An inequality of Hadamard type for permanents, Methods and
    Applications of Analysis 13 (2006) 1-18.

    Args:
        kernel: Array of shape (units, units).
        statistic: The sum that was seen.

    Returns:
        Natural logarithm of the bound, at most 0; 0 for what is no finite square kernel. Cost O(units^2).
    """
    square = np.asarray(kernel, dtype=np.float64)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or not square.size:
        return 0.0
    largest = float(np.abs(square).max())
    if not (math.isfinite(largest) and math.isfinite(statistic)) or largest == 0.0:
        return 0.0
    # both centrings move the sum by a constant, so the event stays the same and the exponent gets smaller
    moved = square - square.mean(axis=0)
    moved -= moved.mean(axis=1, keepdims=True)
    return _chernoff([Kernel(moved, None)], statistic - len(square) * float(square.mean()))


def pairing_log_bound(kernel: Kernel) -> float:
    """The same bound for the pairing that two models show.

    Above `LARGEST_KERNEL` units the units are dealt into blocks before anything is compared. Given which
    units of the second model fell into which block, the pairing inside every block is again uniformly
    random, and the blocks are independent: their exponential moments multiply. The bound then belongs to the
    sum of the blocks' own centred statistics, which is a valid test of the same null and loses a share of
    about blocks / units of it.

    Args:
        kernel: Of the test.

    Returns:
        Natural logarithm of the bound, at most 0. Cost O(units * min(units, 4096) * features).
    """
    count = -(-kernel.units // LARGEST_KERNEL)
    if count <= 1 or kernel.right is None:
        return _chernoff([kernel], kernel.statistic())
    dealt = [(kernel.left[first::count], kernel.right[first::count]) for first in range(count)]
    blocks = [Kernel(a - a.mean(axis=0), b - b.mean(axis=0)) for a, b in dealt]
    return _chernoff(blocks, sum(block.statistic() for block in blocks))


def _chernoff(blocks: Sequence[Kernel], statistic: float) -> float:
    """The bound at the best t that the pilot rows suggest."""
    reach = max(block.largest() for block in blocks)
    if statistic <= 0.0 or reach <= 0.0:
        return 0.0
    t = _search(blocks, statistic, _LARGEST_EXPONENT / (2.0 * reach))
    exponent = sum(_log_moment(block, t) for block in blocks) - t * statistic
    return min(0.0, exponent + _ROUNDING * (1.0 + t * statistic))


def _log_moment(kernel: Kernel, t: float) -> float:
    """The logarithm of the bound of E exp(t S): over rows or over columns, the smaller."""
    by_rows = 0.0
    columns = np.zeros(kernel.units)
    for strip in kernel.strips():
        np.multiply(strip, 2.0 * t, out=strip)
        np.exp(strip, out=strip)
        by_rows += float(np.sum(np.log(strip.mean(axis=1))))
        columns += strip.sum(axis=0)
    return 0.5 * min(by_rows, float(np.sum(np.log(columns / kernel.units))))


def _search(blocks: Sequence[Kernel], statistic: float, limit: float) -> float:
    """Which t makes the bound nearly smallest? Where the exponent's slope crosses 0, on a sample of rows."""
    units = sum(block.units for block in blocks)
    step = max(1, -(-units * blocks[0].units // _PILOT_CELLS))
    pilots = [strip for block in blocks for strip in block.strips(slice((step - 1) // 2, None, step))]
    weight = units / sum(len(strip) for strip in pilots)
    second = weight * sum(float(np.sum(np.mean(strip * strip, axis=1))) for strip in pilots)
    # where the kernel is normal the exponent is t^2 * second - t * statistic
    middle = min(limit, statistic / (2.0 * second)) if second > 0.0 else limit
    low, high = middle / 8.0, min(limit, middle * 8.0)
    for _ in range(_HALVINGS):
        t = math.sqrt(low * high)
        if weight * sum(_slope(strip, t) for strip in pilots) < statistic:
            low = t
        else:
            high = t
    return math.sqrt(low * high)


def _slope(strip: Floats, t: float) -> float:
    """The derivative of sum_i log sqrt(mean_j exp(2 t k_ij)) for some rows."""
    weights = np.exp(2.0 * t * strip)
    return float(np.sum(np.sum(weights * strip, axis=1) / np.sum(weights, axis=1)))


def log_table_bound(first: NDArray[np.bool_], second: NDArray[np.bool_], granted: int) -> float:
    """How likely do two random markings coincide as often, at most, if some units coincide anyway?

    The null: at most `granted` units carry equal marks for a reason of their own, the marks of the others are
    paired at random. Given those units, the count of units marked in both is hypergeometric; the worst split
    of the granted units between marked and unmarked is taken, so the result bounds the tail under every such
    null. (Granting fewer units never makes the tail larger: each grant conditions on one more favourable
    pairing.)

    Args:
        first: Marks of the units by the first view, shape (units,).
        second: Marks of the same units by the second view.
        granted: Units that may coincide without being evidence.

    Returns:
        Natural logarithm of the largest tail, at most 0. Cost O(granted * units).
    """
    units, joint = len(first), int(np.sum(first & second))
    one, two = int(first.sum()), int(second.sum())
    neither = units - one - two + joint
    worst = -math.inf
    factorials = gammaln(np.arange(units + 1) + 1.0)
    for marked in range(max(0, granted - neither), min(granted, joint) + 1):
        worst = max(
            worst,
            _log_hypergeometric(factorials, units - granted, one - marked, two - marked, joint - marked),
        )
    return min(0.0, worst + _ROUNDING * (1.0 + abs(worst))) if math.isfinite(worst) else 0.0


def _log_hypergeometric(factorials: Floats, units: int, one: int, two: int, joint: int) -> float:
    """The logarithm of P(X >= joint) for the size X of the overlap of two random sets of given sizes."""
    counts = np.arange(max(joint, one + two - units, 0), min(one, two) + 1)
    if not counts.size:
        return -math.inf
    terms = -(
        factorials[counts]
        + factorials[one - counts]
        + factorials[two - counts]
        + factorials[units - one - two + counts]
    )
    shared = (
        factorials[one]
        + factorials[units - one]
        + factorials[two]
        + factorials[units - two]
        - factorials[units]
    )
    largest = float(terms.max())
    return min(0.0, float(shared) + largest + math.log(float(np.sum(np.exp(terms - largest)))))
