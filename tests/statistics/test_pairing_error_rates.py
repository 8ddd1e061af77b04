"""Error rates of the permutation tests, measured on seeded null and positive sets.

The nulls of the aligned, the constrained and the same-basis test are exact, so even p-values are demanded. A
Kolmogorov-Smirnov test rejects one even set in a hundred; seeds are fixed, so these sets stay as they are.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr

from build.pairing_null import aligned, clustered, constrained, layer_pairs, matched, same_basis
from build.unit_sets import STRUCTURES, inherited, two_views
from gauger.stats.combine import bonferroni, clopper_pearson, uniform_ks
from gauger.stats.matching import AGREEMENT_FLOOR, two_view_test
from gauger.stats.pairing import normal_scores, pairing_test
from gauger.stats.power import smallest_detectable_share

CLAIM = math.log(1e-6)
LEVELS = (0.05, 0.01)


def of(sets):
    """All tests of a set that is kept by size."""
    return [test for tests in sets.values() for test in tests]


def assert_even(tests):
    """Uniform by Kolmogorov-Smirnov, and the usual levels lie in the 99.9 % interval of their rate."""
    p_values = np.array([test.p_value for test in tests])
    assert uniform_ks(p_values) > 0.01
    for level in LEVELS:
        low, high = clopper_pearson(int(np.sum(p_values <= level)), len(p_values), 0.999)
        assert low <= level <= high


def assert_bounded(tests):
    """The bound is reached no more often than it says (99.9 % interval), and nothing is claimed."""
    bounds = np.array([test.log_bound for test in tests])
    for level in LEVELS:
        assert clopper_pearson(int(np.sum(bounds <= math.log(level))), len(bounds), 0.999)[0] <= level
    assert bounds.min() > CLAIM


@pytest.mark.parametrize("scores", [True, False])
@pytest.mark.parametrize("structure", sorted(STRUCTURES))
def test_aligned_p_values_are_even(structure, scores):
    """For every structure, on normal scores and on the numbers themselves, over 32 to 2,048 units."""
    assert_even(of(aligned(structure, scores=scores)))


@pytest.mark.parametrize("units", [32, 128, 512, 2048])
def test_aligned_p_values_are_even_at_every_size(units):
    """Over all structures."""
    assert_even(
        [test for s in STRUCTURES for scores in (True, False) for test in aligned(s, scores=scores)[units]]
    )


def test_the_aligned_bound_claims_nothing_of_4200_unrelated_blocks():
    """No claim, so the rate of false claims is at most 0.09 % (two-sided 95 % Clopper-Pearson)."""
    tests = [test for s in STRUCTURES for scores in (True, False) for test in of(aligned(s, scores=scores))]
    assert len(tests) == 4200
    assert_bounded(tests)
    assert clopper_pearson(0, len(tests))[1] < 0.0009


def test_layer_pairs_of_unrelated_models_are_normal_and_unclaimed():
    """23,040 z of 40 models with 24 layers are normal, and their best one, corrected, is no claim."""
    z = layer_pairs(40, 24, 1024)
    assert z.size == 23_040
    assert uniform_ks(ndtr(-z).reshape(-1)) > 0.01
    assert bonferroni(-(float(z.max()) ** 2) / 4.0, 24 * 24) == 0.0


def test_a_share_just_above_the_stated_power_is_found():
    """600 units that inherit 1.3 times the stated share are claimed, those with half of it rarely."""
    draw = np.random.default_rng(31)
    share = smallest_detectable_share(600, 5, 100, 1e-6)

    def rate(part: float) -> float:
        claims = 0
        for _ in range(60):
            parent = normal_scores(draw.normal(size=(600, 5)))
            test = pairing_test(parent, inherited(draw, parent, part))
            claims += bonferroni(test.log_bound, 100) < CLAIM
        return claims / 60

    assert rate(1.3 * share) >= 0.95
    assert rate(0.5 * share) <= 0.05


def test_matched_p_values_are_even_without_convergence():
    """Where both matchings are unrelated, Spearman's p-value is uniform."""
    tests = of(matched(0.0))
    assert_even(tests)
    assert_bounded(tests)


def test_one_per_cent_of_convergent_units_shift_the_matched_p_value_little():
    """The size at 5 % stays under 8 %: the null is approximate, and claims rest on the bound."""
    tests = of(matched(0.01))
    assert clopper_pearson(sum(test.p_value <= 0.05 for test in tests), len(tests), 0.95)[1] < 0.08
    assert_bounded(tests)


def test_the_matched_bound_holds_at_the_floor():
    """With as many convergent units as are granted, p-values shift clearly and the bound does not."""
    tests = of(matched(AGREEMENT_FLOOR))
    assert np.mean([test.p_value <= 0.05 for test in tests]) > 0.08
    assert_bounded(tests)


def test_the_matched_bound_holds_for_units_of_common_kinds():
    """Units of eight kinds are matched within their kind: six times the agreement of chance."""
    tests = clustered(256, 8, 150)
    assert np.mean([test.agreement for test in tests]) > 4 / 256
    assert_bounded(tests)


@pytest.mark.parametrize(("units", "share"), [(128, 0.7), (256, 0.6), (384, 0.5)])
def test_inherited_units_are_claimed_by_the_matched_test(units, share):
    """At least 19 of 20 models that keep this share of their units, in another order."""
    draw = np.random.default_rng(units)
    claims = sum(two_view_test(*two_views(draw, units, share)).log_bound < CLAIM for _ in range(20))
    assert claims >= 19


@pytest.mark.parametrize("structure", sorted(set(STRUCTURES) - {"single"}))
def test_constrained_p_values_are_even(structure):
    """Matching unrelated rows by content never brings back their order (a single column has no direction)."""
    tests = constrained(structure)
    assert_even(tests)
    assert_bounded(tests)


@pytest.mark.parametrize("side", ["rows", "columns"])
def test_same_basis_p_values_are_even(side):
    """Heavy-tailed tensors whose other side has a common profile and order."""
    tests = same_basis(side)
    assert_even(tests)
    assert_bounded(tests)


def test_either_side_is_on_the_safe_side():
    """The weaker of two nulls rejects no more often than one where the rows have a common order."""
    tests = same_basis("either")
    rate = sum(test.p_value <= 0.05 for test in tests)
    assert clopper_pearson(rate, len(tests), 0.999)[0] <= 0.05
    assert_bounded(tests)
