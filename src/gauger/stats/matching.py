"""Do two views of two models match their units alike? Does matching bring back the order of rows?"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from gauger.stats.arrays import SMALLEST_P, Floats, Indices, Numbers, average_ranks, centred, sampled, table
from gauger.stats.pairing import pairing_test
from gauger.stats.permutations import FEWEST_UNITS
from gauger.stats.tail import log_table_bound

AGREEMENT_FLOOR = 0.1
"""Share of units that two independent models may match alike because both learned the same feature.

A prototype measured 0.97 % between independent models; two layers of one model, which share their residual
stream, agreed on 2.6 % and at most on 5.2 % (docs/methods/matched-units.md). Twice that is granted.
"""

_FAR_BELOW = math.log(1e-6)

MOST = 2048
"""Rows and columns that the constrained test uses; more are sampled at even steps."""


class MatchedTest(msgspec.Struct, frozen=True, eq=False):
    """What the comparison of two one-to-one matchings found.

    Attributes:
        agreement: Share of the units that both matchings send to the same place.
        rho: Spearman's rank correlation of both matchings.
        p_value: Estimated, under the null of unrelated matchings.
        log_bound: Natural logarithm of a rigorous upper bound of it, at most 0, which grants independent
            models the agreement of the floor. Claims rest on it.
        units: How many units were matched.
        matching: For every unit of the first model its partner in the second by the first view, -1 for none.
    """

    agreement: float
    rho: float
    p_value: float
    log_bound: float
    units: int
    matching: Indices


def match(similarity: Numbers, seed: int = 0) -> Indices:
    """Which one-to-one assignment of rows to columns has the largest total similarity?

    Rows and columns are put into a seeded random order first: where similarities tie, the solver's
    preference for low indices would otherwise make unrelated matchings agree.

    Args:
        similarity: Array of shape (rows, columns); what is not finite counts as the least similar.
        seed: Of the order; views that are to be compared take different ones.

    Returns:
        For every row its column, -1 for a row left over (more rows than columns). Cost O(rows^2 columns) at
        worst.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - half a second that most runs do not need

    values = table(similarity)
    matched = np.full(len(values), -1, dtype=np.intp)
    finite = np.isfinite(values)
    if not finite.any():
        return matched
    least = float(values[finite].min()) - 1.0
    draw = np.random.default_rng(seed)
    rows, columns = draw.permutation(values.shape[0]), draw.permutation(values.shape[1])
    shuffled = np.where(finite, values, least)[np.ix_(rows, columns)]
    chosen, partners = linear_sum_assignment(shuffled, maximize=True)
    matched[rows[chosen]] = columns[partners]
    return matched


def two_view_test(first: Numbers, second: Numbers, *, floor: float = AGREEMENT_FLOOR) -> MatchedTest:
    """Do two views of two models match the units alike, beyond what independent models show?

    Units are matched on each view, and both matchings are compared by Spearman's rank correlation. Units
    without any contrast in one of the views (dead, constant, not finite) are left out on both sides.

    Args:
        first: Similarity of the units in the first view, shape (m, n).
        second: The same in the second view.
        floor: Share of units that may agree by convergence.

    Returns:
        The test; nothing is claimed where shapes differ or fewer than four units have contrast.
    """
    one, two = table(first), table(second)
    if one.shape != two.shape:
        return _nothing(len(one))
    rows = np.flatnonzero(_contrast(one, axis=1) & _contrast(two, axis=1))
    columns = np.flatnonzero(_contrast(one, axis=0) & _contrast(two, axis=0))
    kept = np.ix_(rows, columns)
    return _compared(match(one[kept], seed=1), match(two[kept], seed=2), rows, columns, len(one), floor)


def constrained_test(rows_a: Numbers, rows_b: Numbers, *, most: int = MOST) -> MatchedTest:
    """Does matching the rows of two tensors by their content bring back the order in which they stand?

    Under independent training the order of the second tensor's rows is random, so the matching is a uniformly
    random permutation: the null is exact. Two statistics are looked at, the rank correlation with the
    identity and the number of rows matched to their own place (at least c with probability at most 1/c!),
    and paid for.

    Args:
        rows_a: Array of shape (rows, columns).
        rows_b: Array of the same shape.
        most: Rows and columns that are used; more are sampled at even steps.

    Returns:
        The test; nothing is claimed for shapes that differ or fewer than four rows with content.
    """
    if np.shape(rows_a) != np.shape(rows_b) or np.ndim(rows_a) == 0:
        return _nothing(np.shape(rows_a)[0] if np.ndim(rows_a) else 0)
    first, second = sampled(rows_a, most), sampled(rows_b, most)
    usable = np.flatnonzero(_contrast(first, axis=1) & _contrast(second, axis=1))
    similarity = _unit_rows(first[usable]) @ _unit_rows(second[usable]).T
    found = match(similarity, seed=1)
    places = usable * max(1, -(-len(rows_a) // most))
    test = _compared(found, np.arange(len(usable), dtype=np.intp), places, places, len(rows_a), 0.0)
    own_places = -math.lgamma(round(test.agreement * test.units) + 1.0)
    bound = min(0.0, min(test.log_bound, own_places) + math.log(2.0))
    return msgspec.structs.replace(test, log_bound=bound, p_value=_consistent(test.p_value, bound))


def _compared(
    first: Indices, second: Indices, rows: Indices, columns: Indices, total: int, floor: float
) -> MatchedTest:
    """Spearman's test of two matchings of the same units, with seeded labels for their partners."""
    matching = np.full(total, -1, dtype=np.intp)
    matching[rows[first >= 0]] = columns[first[first >= 0]]
    both = (first >= 0) & (second >= 0)
    one, two = first[both], second[both]
    if len(one) < FEWEST_UNITS:
        return msgspec.structs.replace(_nothing(total), units=len(one), matching=matching)
    # labels of our own drawing: neighbours in a file are no closer to each other than any other two units
    labels = np.random.default_rng(3).permutation(max(len(columns), 1)).astype(np.float64)
    test = pairing_test(average_ranks(labels[one]), average_ranks(labels[two]))
    halves = labels < (len(columns) + 1) // 2
    bound = (
        log_table_bound(halves[one], halves[two], granted=math.floor(floor * len(one)))
        if floor > 0.0
        else 0.0
    )
    return MatchedTest(
        agreement=float(np.mean(one == two)),
        rho=max(-1.0, min(1.0, test.z / math.sqrt(len(one) - 1))),
        p_value=_consistent(test.p_value, bound),
        log_bound=bound if floor > 0.0 else test.log_bound,
        units=len(one),
        matching=matching,
    )


def _consistent(p_value: float, log_bound: float) -> float:
    """The estimate, or the bound of a sharper statistic where that lies far lower.

    The smaller of two p-values is no longer uniform; so it is taken far below any usual level only.
    """
    return max(SMALLEST_P, min(p_value, math.exp(log_bound))) if log_bound < _FAR_BELOW else p_value


def _nothing(rows: int) -> MatchedTest:
    """No test was possible."""
    return MatchedTest(0.0, 0.0, 1.0, 0.0, 0, np.full(rows, -1, dtype=np.intp))


def _contrast(values: Floats, axis: int) -> NDArray[np.bool_]:
    """Which rows (axis 1) or columns (axis 0) are finite and not constant."""
    if not values.size:
        return np.zeros(values.shape[1 - axis], dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        varied = values.max(axis=axis) > values.min(axis=axis)
    found: NDArray[np.bool_] = np.isfinite(values).all(axis=axis) & varied
    return found


def procrustes_factors(a: Numbers, b: Numbers) -> tuple[Floats, Floats]:
    """Which directions of two residual streams belong together, by the embeddings of tokens that both know?

    The embeddings are centred and brought to length 1; W = left @ right.T is the partial isometry that
    carries the first stream's token directions onto the second's with the least squared error. Two thin
    factors are enough to compare units, `(rows_a @ left) @ (rows_b @ right).T`, and stay small where W would
    not.

    Source: P. H. Schönemann, A generalized solution of the orthogonal Procrustes problem, Psychometrika 31
    (1966).

    Args:
        a: Array of shape (tokens, d1).
        b: Array of shape (tokens, d2), the same tokens in the same order.

    Returns:
        Arrays of shapes (d1, r) and (d2, r) with orthonormal columns, r at most min(tokens - 1, d1, d2).
        Cost O(tokens^2 (d1 + d2)).
    """
    first, second = table(a), table(b)
    usable = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    left_axes, left_core = np.linalg.qr(_unit_rows(first[usable]).T)
    right_axes, right_core = np.linalg.qr(_unit_rows(second[usable]).T)
    turn, strengths, back = np.linalg.svd(left_core @ right_core.T, full_matrices=False)
    kept = strengths > 1e-9 * max(float(strengths.max(initial=0.0)), 1e-300)
    return left_axes @ turn[:, kept], right_axes @ back.T[:, kept]


def procrustes(a: Numbers, b: Numbers) -> Floats:
    """Which map carries the first residual stream onto the second? `procrustes_factors` multiplied out.

    Returns:
        float64 array W of shape (d1, d2), orthogonal on the span of the shared tokens: `x @ W` lies in b's
        stream.
    """
    left, right = procrustes_factors(a, b)
    return left @ right.T


def lens_similarity(responses_a: Numbers, responses_b: Numbers) -> Floats:
    """How alike do the units of two models respond to the tokens that both know, whatever their basis?

    Args:
        responses_a: Array of shape (m, tokens).
        responses_b: Array of shape (n, tokens), the same tokens in the same order.

    Returns:
        float64 array of |correlation|, shape (m, n); 0 for units whose response is constant or not finite.
    """
    first, second = (_correlation_rows(table(values)) for values in (responses_a, responses_b))
    similarity: Floats = np.minimum(1.0, np.abs(first @ second.T))
    return similarity


def _correlation_rows(values: Floats) -> Floats:
    """Rows centred and of length 1; a row without contrast is zero."""
    clean = np.where(_contrast(values, axis=1)[:, None], values, 0.0)
    return _lengths_one(clean - clean.mean(axis=1, keepdims=True) if clean.size else clean)


def _unit_rows(values: Floats) -> Floats:
    """Columns centred, then rows of length 1."""
    return _lengths_one(centred(values))


def _lengths_one(values: Floats) -> Floats:
    """Rows divided by their length; a row that is nothing but rounding becomes zero."""
    largest = np.abs(values).max(axis=1, keepdims=True, initial=0.0)
    scaled = values / np.where(largest > 0.0, largest, 1.0)
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    return scaled / np.where(lengths > 0.0, lengths, 1.0)
