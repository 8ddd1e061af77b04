"""Are the units of two models paired, or is their pairing a random permutation? The aligned-units test."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from gauger.stats.arrays import SMALLEST_P, Floats, Numbers, average_ranks, centred, table
from gauger.stats.kernel import kernel_of
from gauger.stats.permutations import FEWEST_UNITS, MOST_ENUMERATED, enumerated_tail, estimated_tail
from gauger.stats.tail import log_tail_bound, pairing_log_bound

__all__ = [
    "PairingTest",
    "log_tail_bound",
    "normal_scores",
    "pairing_scores",
    "pairing_test",
    "usable_columns",
]


class PairingTest(msgspec.Struct, frozen=True):
    """What the test of one pairing found.

    Attributes:
        z: The statistic in standard deviations of its permutation distribution.
        p_value: Estimated probability of a statistic as large under a random pairing.
        log_bound: Natural logarithm of a rigorous upper bound of the p-value, at most 0. Claims rest on it.
        units: How many units were paired; fillings and dead units are not among them.
    """

    z: float
    p_value: float
    log_bound: float
    units: int


def usable_columns(values: Numbers) -> tuple[int, ...]:
    """Which columns carry information: finite, not constant, and no linear function of those before them.

    Two models are compared on the columns that both can use: intersect, then pass them to `normal_scores`.
    """
    numbers = table(values)
    kept: list[int] = []
    basis: list[Floats] = []
    for column in range(numbers.shape[1]):
        scores = _column_scores(numbers[:, column])
        if scores is None:
            continue
        rest = scores
        for direction in basis:
            rest = rest - direction * float(direction @ rest)
        length = float(np.linalg.norm(rest))
        if length > 1e-6 * float(np.linalg.norm(scores)):
            kept.append(column)
            basis.append(rest / length)
    return tuple(kept)


def normal_scores(x: Numbers, columns: Sequence[int] | None = None) -> Floats:
    """Where does each unit stand among its model's units, on axes of equal weight?

    Every column is replaced by the normal scores of its average ranks; then the columns are whitened
    symmetrically, which keeps each of them as close to its own invariant as possible.

    Args:
        x: Array of shape (units, invariants).
        columns: Which columns to use; by default all that carry information.

    Returns:
        float64 array X of shape (units, columns used) with X'X = units * identity. Cost O(n k^2 + n k log n).
    """
    numbers = table(x)
    chosen = usable_columns(numbers) if columns is None else tuple(columns)
    found = [_column_scores(numbers[:, column]) for column in chosen]
    scores = [column for column in found if column is not None]
    if not scores:
        return np.zeros((len(numbers), 0))
    return _whitened(np.column_stack(scores))


def _column_scores(column: Floats) -> Floats | None:
    """The centred normal scores of one column, or None where it carries nothing."""
    if len(column) < 2 or not np.isfinite(column).all() or column.min() == column.max():
        return None
    scores: Floats = ndtri((average_ranks(column) - 0.5) / len(column))
    moved: Floats = scores - scores.mean()
    return moved


def _whitened(scores: Floats) -> Floats:
    """The scores times the inverse root of their covariance (directions without spread stay empty)."""
    spread, axes = np.linalg.eigh(scores.T @ scores / len(scores))
    inverse = np.where(spread > 1e-12 * spread.max(), 1.0 / np.sqrt(np.maximum(spread, 1e-300)), 0.0)
    whitened: Floats = scores @ (axes * inverse) @ axes.T
    return whitened


def pairing_scores(xs: Sequence[Numbers], ys: Sequence[Numbers]) -> Floats:
    """How strongly is each of one model's layers paired with each of the other's?

    For whitened scores the permutation variance of S = sum_j <x_j, y_j> is n^2 k / (n - 1), so all z come
    from one matrix product.

    Args:
        xs: `normal_scores` of each layer of the first model.
        ys: `normal_scores` of each layer of the second.

    Returns:
        float64 array of z of shape (len(xs), len(ys)); 0 where two layers differ in shape or are too small.
        Cost O(len(xs) len(ys) n k).
    """
    z = np.zeros((len(xs), len(ys)))
    for shape in {np.shape(x) for x in xs} & {np.shape(y) for y in ys}:
        if len(shape) != 2 or shape[0] < FEWEST_UNITS or shape[1] == 0:
            continue
        rows = [i for i, x in enumerate(xs) if np.shape(x) == shape]
        columns = [j for j, y in enumerate(ys) if np.shape(y) == shape]
        left = np.stack([np.asarray(xs[i], dtype=np.float64).reshape(-1) for i in rows])
        right = np.stack([np.asarray(ys[j], dtype=np.float64).reshape(-1) for j in columns])
        deviation = shape[0] * math.sqrt(shape[1] / (shape[0] - 1))
        z[np.ix_(rows, columns)] = np.nan_to_num(left @ right.T / deviation, nan=0.0, posinf=0.0, neginf=0.0)
    return z


def pairing_test(x: Numbers, y: Numbers) -> PairingTest:
    """Is unit j of one model paired with unit j of the other beyond what a random pairing gives?

    The statistic is S = sum_j <x_j, y_j> after centring; its mean over all permutations is 0 and its variance
    ||XY'||_F^2 / (n - 1).

    Units that are exact copies of two or more others (zeros that fill a block up to a round size, dead
    units) stand where a file's layout put them, not where training did: they are left out on both sides.
    What is left is paired at random under the null as before, since the choice looks at each model alone.

    Args:
        x: Array of shape (units, features) of the first model: normal scores, or any numbers.
        y: Array of the same shape of the second model.

    Returns:
        The test. Nothing is claimed (p 1, bound 0) for fewer than four units, for shapes that differ, and for
        constant or non-finite numbers. Cost O(n^2 k) up to 2,048 units, O(2,048 n k) above.
    """
    first, second = table(x), table(y)
    nothing = PairingTest(0.0, 1.0, 0.0, min(len(first), len(second)))
    if first.shape != second.shape or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return nothing
    kept = ~(_filling(first) | _filling(second))
    first, second, units = first[kept], second[kept], int(kept.sum())
    if units < FEWEST_UNITS:
        return nothing
    kernel = kernel_of(centred(first), centred(second))
    variance = kernel.energy() / (units - 1)
    if not variance > 0.0:
        return nothing
    statistic = kernel.statistic()
    z = statistic / math.sqrt(variance)
    if units <= MOST_ENUMERATED:
        p_value = enumerated_tail(kernel.whole(), statistic)
        return PairingTest(z, p_value, min(0.0, math.log(p_value)), units)
    log_bound = pairing_log_bound(kernel)
    p_value = min(estimated_tail(kernel), math.exp(log_bound))
    return PairingTest(z, max(p_value, SMALLEST_P), log_bound, units)


def _filling(values: Floats) -> NDArray[np.bool_]:
    """Which units are copies of two or more others?

    In a single feature ties are ordinary (half-precision norms), so there it takes a twentieth of the units.
    """
    if not values.size:
        return np.zeros(len(values), dtype=np.bool_)
    largest = float(np.abs(values).max())
    # equal rows have equal sums under any weights; these make a chance equality of others next to impossible
    weights = np.sqrt(np.arange(values.shape[1]) + 2.0) / values.shape[1]
    sums = np.round(values / (largest or 1.0) @ weights, 10)
    _, inverse, counts = np.unique(sums, return_inverse=True, return_counts=True)
    ordinary = 2 if values.shape[1] > 1 else max(2, len(values) // 20)
    copies: NDArray[np.bool_] = counts[inverse.reshape(-1)] > ordinary
    return copies
