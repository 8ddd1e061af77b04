"""The bounds: never under the true tail, and not far above it where a claim is made."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import hypergeom

from build.unit_sets import STRUCTURES, gaussian, inherited
from gauger.stats.combine import clopper_pearson
from gauger.stats.kernel import Kernel
from gauger.stats.pairing import pairing_test
from gauger.stats.permutations import all_permutations
from gauger.stats.tail import LARGEST_KERNEL, log_table_bound, log_tail_bound, pairing_log_bound


def kernels(units: int):
    """Kernels of many structures: products of features, raw noise, outliers, a bare identity."""
    draw = np.random.default_rng(units)
    for structure in STRUCTURES.values():
        yield structure(draw, units) @ structure(draw, units).T
    yield draw.standard_cauchy((units, units))
    yield np.eye(units)
    yield np.outer(np.arange(units), np.arange(units)).astype(float)


@pytest.mark.parametrize("units", [2, 3, 4, 5, 6, 7, 8])
def test_no_exact_tail_lies_above_the_bound(units):
    """For up to eight units every attainable sum is compared with its exact probability."""
    checked = 0
    for kernel in kernels(units):
        sums = np.sort(kernel[np.arange(units), all_permutations(units)].sum(axis=1))
        for position in np.unique(np.linspace(0, len(sums) - 1, 40).astype(int)):
            tail = np.mean(sums >= sums[position])
            assert log_tail_bound(kernel, float(sums[position])) >= math.log(tail) - 1e-9
            checked += 1
    assert checked >= 2 * 10


@pytest.mark.parametrize("units", [16, 64, 200])
def test_no_sampled_tail_lies_above_the_bound(units):
    """Above, the bound is compared with the lower 99.9 % limit of a rate of 20,000 random pairings."""
    draw = np.random.default_rng(5)
    for kernel in kernels(units):
        orders = np.argsort(draw.random((20_000, units)), axis=1)
        sums = np.sort(kernel[np.arange(units), orders].sum(axis=1))
        for share in (0.5, 0.1, 0.01, 0.001, 0.0002):
            level = float(sums[-max(1, round(share * len(sums)))])
            reached = int(np.sum(sums >= level))
            assert log_tail_bound(kernel, level) >= math.log(clopper_pearson(reached, len(sums), 0.998)[0])


def test_the_bound_costs_half_of_the_exponent():
    """Where the kernel is nearly normal the bound is exp(-z^2 / 4), the tail nearly exp(-z^2 / 2)."""
    draw = np.random.default_rng(3)
    x = gaussian(draw, 600)
    test = pairing_test(x, inherited(draw, x, 0.3))
    assert test.log_bound == pytest.approx(-(test.z**2) / 4.0, rel=0.05)


def test_a_constant_added_to_rows_and_columns_changes_nothing():
    """The event is the same, and so is the bound."""
    draw = np.random.default_rng(4)
    kernel = draw.normal(size=(40, 40))
    moved = kernel + draw.normal(size=(40, 1)) + draw.normal(size=40)
    shift = float(np.trace(moved) - np.trace(kernel))
    assert log_tail_bound(kernel, 20.0) == pytest.approx(log_tail_bound(moved, 20.0 + shift), rel=1e-6)
    assert log_tail_bound(kernel, 20.0) < -1.0


@pytest.mark.parametrize(
    "kernel", [np.zeros((0, 0)), np.zeros((4, 4)), np.ones((3, 4)), np.full((5, 5), np.nan), np.ones(4)]
)
def test_what_is_no_kernel_is_bounded_by_one(kernel):
    """Nothing can be said, so nothing is."""
    assert log_tail_bound(kernel, 1.0) == 0.0


def test_blocks_keep_the_power_of_many_units():
    """Above one kernel's size the blocks lose little, and independent units still claim nothing."""
    draw = np.random.default_rng(6)
    units = LARGEST_KERNEL + 904
    x = draw.normal(size=(units, 2))
    x -= x.mean(axis=0)
    linked = 0.2 * x + draw.normal(size=(units, 2))
    other = draw.normal(size=(units, 2))
    linked -= linked.mean(axis=0)
    z = pairing_test(x, linked).z
    assert pairing_log_bound(Kernel(x, linked)) == pytest.approx(-(z**2) / 4.0, rel=0.1)
    assert pairing_log_bound(Kernel(x, other - other.mean(axis=0))) > -7.0


def test_the_table_bound_is_the_hypergeometric_tail_where_nothing_is_granted():
    """Against scipy's distribution."""
    first = np.arange(100) < 40
    second = (np.arange(100) >= 10) & (np.arange(100) < 45)
    assert log_table_bound(first, second, 0) == pytest.approx(hypergeom.logsf(29, 100, 40, 35), rel=1e-6)


def test_granting_units_never_helps_a_claim():
    """The more units may coincide by convergence, the weaker the bound, down to nothing."""
    marks = np.arange(60) < 30
    bounds = [log_table_bound(marks, marks, granted) for granted in range(61)]
    assert bounds == sorted(bounds)
    assert bounds[0] < -38
    assert bounds[60] == 0.0


def test_the_table_bound_covers_every_split_of_the_granted_units():
    """Planted coincidences plus random marks stay above the bound, whichever way they split."""
    draw = np.random.default_rng(7)
    for marked in (0, 3, 6):
        small = 0
        for _ in range(2000):
            rest = [np.argsort(draw.random(54)) < 30 - marked for _ in range(2)]
            planted = np.arange(6) < marked
            views = [np.concatenate([planted, marks]) for marks in rest]
            small += log_table_bound(*views, granted=6) <= math.log(0.05)
        assert clopper_pearson(small, 2000, 0.999)[0] <= 0.05
