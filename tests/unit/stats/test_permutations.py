"""The distribution of a permutation sum: moments, exact counts, samples."""

from __future__ import annotations

import numpy as np
import pytest

from gauger.stats.kernel import Kernel
from gauger.stats.permutations import all_permutations, enumerated_tail, estimated_tail, shape_of_sum


def centred_pair(units: int, features: int):
    """Two skewed tables with columns that sum to 0."""
    draw = np.random.default_rng(units * 100 + features)
    x, y = draw.standard_t(3, (units, features)), draw.exponential(size=(units, features))
    return x - x.mean(axis=0), y - y.mean(axis=0)


@pytest.mark.parametrize(("units", "features"), [(4, 1), (5, 3), (6, 2), (7, 14), (8, 20)])
def test_the_moments_are_those_of_all_permutations(units, features):
    """Skewness and excess kurtosis agree with enumeration, from factors and from the whole kernel."""
    x, y = centred_pair(units, features)
    sums = (x @ y.T)[np.arange(units), all_permutations(units)].sum(axis=1)
    deviation = sums.std()
    expected = ((sums**3).mean() / deviation**3, (sums**4).mean() / deviation**4 - 3.0)
    assert shape_of_sum(Kernel(x, y)) == pytest.approx(expected)
    assert shape_of_sum(Kernel(x @ y.T, None)) == pytest.approx(expected)


def test_the_variance_is_that_of_all_permutations():
    """||XY'||^2 / (n - 1), by enumeration."""
    x, y = centred_pair(7, 2)
    sums = (x @ y.T)[np.arange(7), all_permutations(7)].sum(axis=1)
    assert Kernel(x, y).energy() / 6 == pytest.approx(sums.var())
    assert Kernel(x @ y.T, None).energy() / 6 == pytest.approx(sums.var())


def test_ties_count_as_reached():
    """A kernel in which every pairing has the same sum has p 1 for it."""
    assert enumerated_tail(np.ones((5, 5)), 5.0) == 1.0


@pytest.mark.parametrize("form", ["normal", "heavy"])
def test_the_estimate_is_near_a_large_sample(form):
    """Expansion and sampling agree with 40,000 random pairings, within three standard errors and 1 %."""
    draw = np.random.default_rng(11)
    shape = (40, 3)
    x, y = (draw.normal(size=shape) if form == "normal" else draw.standard_cauchy(shape) for _ in range(2))
    y = y + 0.15 * x
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    kernel = x @ y.T
    orders = np.argsort(draw.random((40_000, 40)), axis=1)
    share = float(np.mean(kernel[np.arange(40), orders].sum(axis=1) >= np.trace(kernel)))
    assert estimated_tail(Kernel(x, y)) == pytest.approx(
        share, abs=0.01 + 3 * (share * (1 - share) / 1000) ** 0.5
    )
