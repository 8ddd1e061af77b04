"""Combining tests, correcting for looks, and intervals of measured rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gauger.stats.combine import (
    bonferroni,
    clopper_pearson,
    fisher,
    fisher_bound,
    holm,
    uniform_ks,
    wilcoxon_greater,
)


def test_fisher_agrees_with_scipy():
    """For ordinary p-values."""
    values = [0.02, 0.4, 0.3, 0.9]
    assert fisher(values) == pytest.approx(stats.combine_pvalues(values).pvalue)


def test_fisher_of_nothing_is_one_and_nan_never_helps():
    """No test, no evidence; a NaN counts as 1."""
    assert fisher([]) == 1.0
    assert fisher([0.01, math.nan]) == pytest.approx(fisher([0.01, 1.0]))
    assert 0.0 < fisher([0.0] * 5) <= 1e-300


def test_the_bound_of_bounds_is_fishers_tail():
    """In logarithms, also where the tail is no float64 any more."""
    values = [0.02, 0.4, 0.3, 0.9]
    assert fisher_bound(np.log(values)) == pytest.approx(math.log(fisher(values)))
    assert fisher_bound([-2000.0, -3000.0]) == pytest.approx(-5000.0 + math.log(5001.0))
    assert fisher_bound([]) == 0.0
    assert fisher_bound([0.0, math.nan]) == 0.0


def test_bonferroni_pays_for_every_look():
    """In logarithms, and never above 0."""
    assert bonferroni(-30.0, 900) == pytest.approx(-30.0 + math.log(900))
    assert bonferroni(-3.0, 900) == 0.0
    assert bonferroni(-3.0, 0) == -3.0
    assert bonferroni(math.nan, 1) == 0.0


def test_holm_steps_down():
    """Adjusted in order of size, monotone, at most 1, in the order given."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])
    assert holm([]).size == 0


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (7, 2000)])
def test_clopper_pearson_agrees_with_scipy(k, n):
    """At both ends and between."""
    interval = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n) == pytest.approx((interval.low, interval.high))


def test_no_trial_leaves_the_rate_open():
    """Nothing tried, nothing known."""
    assert clopper_pearson(0, 0) == (0.0, 1.0)


def test_even_values_are_uniform_and_small_ones_are_not():
    """The test is near scipy's exact one."""
    values = np.random.default_rng(0).random(200)
    assert uniform_ks(values) == pytest.approx(stats.kstest(values, "uniform").pvalue, abs=0.01)
    assert uniform_ks(values**2) < 1e-6
    assert uniform_ks([]) == 1.0


@pytest.mark.parametrize("size", [6, 25, 90])
def test_signed_ranks_are_counted_exactly(size):
    """As scipy's exact distribution."""
    values = np.random.default_rng(size).normal(0.3, 1.0, size)
    expected = stats.wilcoxon(values, alternative="greater", method="exact").pvalue
    assert wilcoxon_greater(values) == pytest.approx(expected)


def test_many_signed_ranks_are_nearly_normal():
    """As scipy's approximation."""
    values = np.random.default_rng(1).normal(0.1, 1.0, 400)
    expected = stats.wilcoxon(values, alternative="greater", method="approx", correction=True).pvalue
    assert wilcoxon_greater(values) == pytest.approx(expected, rel=1e-3)


def test_ties_and_zeros_in_signed_ranks():
    """Three equal gains: only one of eight sign patterns is as good; zeros and NaN say nothing."""
    assert wilcoxon_greater([2.0, 2.0, 2.0, 0.0, math.nan]) == pytest.approx(1 / 8)
    assert wilcoxon_greater([0.0, 0.0]) == 1.0
    assert wilcoxon_greater([]) == 1.0
