"""The aligned-units test: scores, z for all pairs, one test."""

from __future__ import annotations

import time

import numpy as np
import pytest

from build.unit_sets import gaussian, inherited
from gauger.stats.pairing import normal_scores, pairing_scores, pairing_test, usable_columns


@pytest.fixture
def draw():
    """A seeded source of numbers."""
    return np.random.default_rng(20240601)


def test_scores_are_white(draw):
    """X'X is units times the identity, whatever the columns' shapes and correlations."""
    x = np.exp(gaussian(draw, 300))
    x[:, 1] += 4 * x[:, 0]
    scores = normal_scores(x)
    assert np.allclose(scores.T @ scores, 300 * np.eye(5), atol=1e-8)
    assert np.allclose(scores.mean(axis=0), 0.0, atol=1e-12)


def test_each_score_stays_nearest_to_its_own_column(draw):
    """Symmetric whitening does not mix up the invariants."""
    x = gaussian(draw, 500)
    x[:, 1] += x[:, 0]
    scores = normal_scores(x)
    assert all(np.argmax(np.abs(np.corrcoef(x[:, i], scores.T)[0, 1:])) == i for i in range(5))


def test_columns_without_information_are_left_out(draw):
    """Constant, non-finite and dependent columns are dropped, and both models can agree on the rest."""
    x = gaussian(draw, 50)
    x[:, 1] = 7.0
    x[3, 2] = np.nan
    x[:, 4] = np.exp(x[:, 0])
    assert usable_columns(x) == (0, 3)
    assert normal_scores(x).shape == (50, 2)
    assert normal_scores(gaussian(draw, 50), (0, 3)).shape == (50, 2)


def test_all_pairs_have_the_z_of_the_single_test(draw):
    """One matrix product gives what the test gives pair by pair."""
    xs = [normal_scores(gaussian(draw, 200)) for _ in range(3)]
    ys = [normal_scores(gaussian(draw, 200)) for _ in range(4)]
    z = pairing_scores(xs, ys)
    assert z.shape == (3, 4)
    assert np.allclose(z, [[pairing_test(x, y).z for y in ys] for x in xs])


def test_layers_of_other_shapes_have_no_score(draw):
    """Layers that cannot be paired unit by unit stand at 0; the others are not disturbed."""
    same = normal_scores(gaussian(draw, 60))
    z = pairing_scores([same, normal_scores(gaussian(draw, 61))], [same, np.zeros((2, 5))])
    assert z[0, 0] > 10.0
    assert np.count_nonzero(z) == 1


def test_a_copy_is_decided_and_its_units_are_counted(draw):
    """An unchanged copy of 1,536 units has z = sqrt(n k) nearly, and a bound far under any threshold."""
    x = normal_scores(gaussian(draw, 1536))
    test = pairing_test(x, x)
    assert test.z == pytest.approx(np.sqrt(1535 * 5))
    assert test.log_bound < -1000
    assert test.units == 1536
    assert 0.0 < test.p_value <= 1e-300


def test_opposite_pairing_is_no_finding(draw):
    """The test is one-sided: units that mirror each other claim nothing."""
    x = normal_scores(gaussian(draw, 100))
    test = pairing_test(x, -x)
    assert test.z < -20
    assert test.p_value > 0.999999
    assert test.log_bound == 0.0


@pytest.mark.parametrize("units", [0, 1, 2, 3])
def test_three_units_claim_nothing(draw, units):
    """Fewer than four units have too few pairings for a statement."""
    x = gaussian(draw, units)
    test = pairing_test(x, x)
    assert (test.p_value, test.log_bound) == (1.0, 0.0)


@pytest.mark.parametrize("units", [4, 5, 8])
def test_few_units_are_counted_exactly(draw, units):
    """For up to eight units the p-value is the share of pairings, and the bound is exact too."""
    x = gaussian(draw, units)
    test = pairing_test(x, x)
    assert test.p_value == pytest.approx(1.0 / np.prod(np.arange(1, units + 1)))
    assert test.log_bound == pytest.approx(np.log(test.p_value))


@pytest.mark.parametrize(
    "broken",
    [
        np.zeros((50, 5)),
        np.full((50, 5), 3.3),
        np.full((50, 5), np.nan),
        np.full((50, 5), np.inf),
        np.repeat(np.random.default_rng(1).normal(size=(2, 5)), 25, axis=0),
        np.where(np.arange(250).reshape(50, 5) == 7, np.nan, 1.5),
        np.zeros((50, 0)),
    ],
)
def test_broken_numbers_claim_nothing(draw, broken):
    """Zeros, constants, NaN, infinities and rows that all repeat give p 1, bound 0, also to themselves."""
    for other in (broken, gaussian(draw, 50)):
        for test in (pairing_test(broken, other), pairing_test(normal_scores(broken), normal_scores(other))):
            assert (test.p_value, test.log_bound) == (1.0, 0.0)


def test_shapes_that_differ_claim_nothing(draw):
    """Units that cannot be paired are not paired by force."""
    assert pairing_test(gaussian(draw, 50), gaussian(draw, 49)).log_bound == 0.0


def test_filling_units_do_not_pair_two_models(draw):
    """Blocks filled up with zeros to the same round size are no evidence; the other units still are."""
    x, y = gaussian(draw, 400), gaussian(draw, 400)
    x[300:] = y[300:] = 0.0
    unrelated = pairing_test(normal_scores(x), normal_scores(y))
    assert unrelated.units == 300
    assert abs(unrelated.z) < 4.0
    assert unrelated.log_bound > -7.0
    assert pairing_test(normal_scores(x), normal_scores(x)).log_bound < -300


def test_scale_does_not_matter(draw):
    """Numbers near the end of a float64's range give the same test."""
    x = gaussian(draw, 80)
    y = inherited(draw, x, 0.5)
    plain, large, small = (pairing_test(x * scale, y) for scale in (1.0, 1e200, 1e-200))
    assert plain.z == pytest.approx(large.z) == pytest.approx(small.z)
    assert plain.log_bound == pytest.approx(large.log_bound) == pytest.approx(small.log_bound)


def test_the_same_numbers_give_the_same_answer(draw):
    """Heavy tails are sampled, with a fixed seed."""
    x, y = draw.standard_cauchy((60, 2)), draw.standard_cauchy((60, 2))
    assert pairing_test(x, y) == pairing_test(x, y)


def test_speed_allows_every_layer_pair(draw):
    """30 x 30 layers of 1,536 units and one test of 14,336 take little (idle: 1 ms, 0.15 s)."""
    layers = [normal_scores(gaussian(draw, 1536)) for _ in range(30)]
    start = time.perf_counter()
    pairing_scores(layers, layers)
    assert time.perf_counter() - start < 0.5
    x, y = normal_scores(gaussian(draw, 14336)), normal_scores(gaussian(draw, 14336))
    start = time.perf_counter()
    pairing_test(x, y)
    assert time.perf_counter() - start < 2.0
