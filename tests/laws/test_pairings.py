"""Laws of the permutation tests, for any numbers."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gauger.stats.matching import constrained_test, two_view_test
from gauger.stats.pairing import normal_scores, pairing_test
from gauger.stats.permutations import all_permutations
from gauger.stats.same_basis import same_basis_test
from gauger.stats.tail import log_tail_bound

FINITE = st.floats(-1e6, 1e6, allow_nan=False)
ANYTHING = st.floats(allow_nan=True, allow_infinity=True, width=32)
TABLES = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14), elements=ANYTHING)


@given(TABLES, TABLES)
@settings(max_examples=150, deadline=None)
def test_any_numbers_give_a_p_value(a, b):
    """No array, however broken, crashes a test or leaves 0 < p <= 1 and bound <= 0."""
    results = [pairing_test(a, b), pairing_test(a, a), pairing_test(normal_scores(a), normal_scores(a))]
    results.append(same_basis_test(a, a, exchangeable="either"))
    results += [two_view_test(a, a), constrained_test(a, a)]
    for result in results:
        assert 0.0 < result.p_value <= 1.0
        assert result.log_bound <= 0.0
        assert math.isfinite(result.log_bound)


@given(arrays(np.float64, st.integers(2, 6).map(lambda n: (n, n)), elements=FINITE), st.data())
@settings(max_examples=200, deadline=None)
def test_the_bound_lies_above_the_exact_tail(kernel, data):
    """For any kernel of up to six units and any sum that a pairing can have."""
    units = len(kernel)
    sums = kernel[np.arange(units), all_permutations(units)].sum(axis=1)
    seen = float(data.draw(st.sampled_from(sums.tolist())))
    slack = 1e-9 * (1.0 + float(np.abs(kernel).max()) * units)
    assert log_tail_bound(kernel, seen) >= math.log(np.mean(sums >= seen + slack) + 1e-300) - 1e-6


@given(st.integers(0, 2**32 - 1), st.integers(9, 60), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_pairs_does_not_matter(seed, units, features):
    """Reordering both models alike leaves the test as it was, up to rounding and sampling."""
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=(units, features)), draw.normal(size=(units, features))
    order = draw.permutation(units)
    before, after = pairing_test(x, y), pairing_test(x[order], y[order])
    assert math.isclose(before.z, after.z, abs_tol=1e-9)
    assert math.isclose(before.log_bound, after.log_bound, abs_tol=1e-6)
    assert abs(before.p_value - after.p_value) < 0.05


@given(st.integers(0, 2**32 - 1), st.integers(9, 60))
@settings(max_examples=60, deadline=None)
def test_which_model_comes_first_does_not_matter(seed, units):
    """The test is symmetric."""
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=(units, 3)), draw.normal(size=(units, 3))
    one, two = pairing_test(x, y), pairing_test(y, x)
    assert math.isclose(one.z, two.z, abs_tol=1e-9)
    assert math.isclose(one.log_bound, two.log_bound, rel_tol=0.02, abs_tol=1e-3)


@given(st.integers(0, 2**32 - 1), st.integers(5, 80))
@settings(max_examples=60, deadline=None)
def test_scores_ignore_how_a_column_is_measured(seed, units):
    """Any increasing change of a column (a logarithm, another unit) leaves the scores alone."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(units, 3))
    assert np.allclose(normal_scores(x), normal_scores(np.exp(x) * [1.0, 5.0, 0.01]))
