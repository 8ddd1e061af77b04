"""What do many tests say together, and how exact is a measured rate?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import betaincinv, chdtrc, gammaln, kolmogorov, ndtr

from gauger.stats.arrays import SMALLEST_P, Floats, Numbers, average_ranks

_MOST_EXACT = 100
"""Up to so many differences the signed-rank distribution is counted."""


def fisher(p_values: Sequence[float] | Numbers) -> float:
    """How likely are independent p-values as small as these together? Fisher's method.

    Source: R. A. Fisher, Statistical Methods for Research Workers (1932): -2 sum log p is chi-squared with
    twice as many degrees of freedom as there are tests.
    """
    values = _p_values(p_values)
    if not values.size:
        return 1.0
    statistic = -2.0 * float(np.sum(np.log(np.maximum(values, SMALLEST_P))))
    return max(SMALLEST_P, float(chdtrc(2 * values.size, statistic)))


def fisher_bound(log_bounds: Sequence[float] | Numbers) -> float:
    """Which bound do bounds of independent tests give together? Fisher's method, far into the tail.

    For m tests P(chi-squared of 2m degrees > 2x) is exp(-x) sum_{i<m} x^i / i!, and p-values that are too
    large only make the result larger.

    Args:
        log_bounds: Natural logarithms of upper bounds of p-values.

    Returns:
        Natural logarithm of the bound for all of them, at most 0.
    """
    values = np.asarray(log_bounds, dtype=np.float64).reshape(-1)
    x = -float(np.sum(np.minimum(0.0, np.where(np.isnan(values), 0.0, values))))
    if x <= 0.0:
        return 0.0
    powers = np.arange(values.size)
    terms = powers * math.log(x) - gammaln(powers + 1.0)
    largest = float(terms.max())
    return min(0.0, -x + largest + math.log(float(np.sum(np.exp(terms - largest)))))


def bonferroni(log_bound: float, looks: int) -> float:
    """Which bound holds for the best of so many looks? The natural logarithm, at most 0."""
    if math.isnan(log_bound):
        return 0.0
    return min(0.0, log_bound + math.log(max(1, looks)))


def holm(p_values: Sequence[float] | Numbers) -> Floats:
    """Which p-values remain when all tests of a family are to hold together? Holm's step-down method.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979)
    65-70.

    Returns:
        Adjusted p-values in the order given, each at most 1.
    """
    values = _p_values(p_values)
    order = np.argsort(values, kind="stable")
    factors = np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * factors))
    return adjusted


def clopper_pearson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Between which rates lies the true one, if k of n trials were counted? The exact interval.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413.

    Returns:
        Lower and upper end of the two-sided interval; (0, 1) where nothing was tried.
    """
    if n <= 0 or not 0 <= k <= n:
        return 0.0, 1.0
    half = (1.0 - level) / 2.0
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, half))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1.0 - half))
    return low, high


def uniform_ks(p_values: Sequence[float] | Numbers) -> float:
    """Are these p-values spread evenly over 0 to 1? The p-value of the two-sided Kolmogorov-Smirnov test.

    Source: the finite-sample form of the limit, M. A. Stephens, J. R. Statist. Soc. B 32 (1970) 115-122.
    """
    values = np.sort(_p_values(p_values))
    n = values.size
    if not n:
        return 1.0
    steps = np.arange(n + 1) / n
    distance = float(max(np.max(steps[1:] - values), np.max(values - steps[:-1])))
    root = math.sqrt(n)
    return float(kolmogorov((root + 0.12 + 0.11 / root) * distance))


def wilcoxon_greater(differences: Sequence[float] | Numbers) -> float:
    """Are paired differences above 0? The p-value of the one-sided signed-rank test.

    Zeros are left out, equal sizes share their mean rank. The distribution over all signs is counted for up
    to 100 differences and normal with the same variance above.

    Source: F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945) 80-83.
    """
    values = np.asarray(differences, dtype=np.float64).reshape(-1)
    values = values[np.isfinite(values) & (values != 0.0)]
    if not values.size:
        return 1.0
    # twice the ranks are whole numbers, also for ties
    ranks = np.rint(2.0 * average_ranks(np.abs(values))).astype(np.int64)
    seen, total = int(ranks[values > 0.0].sum()), int(ranks.sum())
    if values.size > _MOST_EXACT:
        deviation = math.sqrt(float(np.sum(ranks.astype(np.float64) ** 2)) / 4.0)
        return max(SMALLEST_P, float(ndtr(-(seen - total / 2.0 - 1.0) / deviation)))
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    for rank in ranks:
        moved = np.zeros_like(chances)
        moved[rank:] = chances[: total + 1 - rank]
        chances = (chances + moved) / 2.0
    return max(SMALLEST_P, min(1.0, float(chances[seen:].sum())))


def _p_values(p_values: Sequence[float] | Numbers) -> Floats:
    """As an array between 0 and 1; what is no number counts as 1, so that it never helps a claim."""
    values = np.asarray(p_values, dtype=np.float64).reshape(-1)
    return np.clip(np.where(np.isnan(values), 1.0, values), 0.0, 1.0)
