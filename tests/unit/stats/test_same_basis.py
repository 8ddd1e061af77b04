"""The same-basis test on tensors of one shape."""

from __future__ import annotations

import numpy as np
import pytest

from gauger.stats.same_basis import same_basis_test


def tensors(rows: int, columns: int, share: float):
    """A tensor and another that holds this share of it."""
    draw = np.random.default_rng(rows + columns)
    a = draw.normal(size=(rows, columns))
    return a, share * a + np.sqrt(1 - share**2) * draw.normal(size=(rows, columns))


@pytest.mark.parametrize("side", ["rows", "columns", "either"])
def test_a_tuned_tensor_is_linked(side):
    """A correlation of 0.5 between 64 x 144 numbers is decided from either side."""
    assert same_basis_test(*tensors(64, 144, 0.5), exchangeable=side).log_bound < -30


@pytest.mark.parametrize("side", ["rows", "columns", "either"])
def test_unrelated_tensors_are_not(side):
    """Independent numbers claim nothing."""
    assert same_basis_test(*tensors(64, 144, 0.0), exchangeable=side).log_bound > -7


def test_either_is_the_weaker_of_both():
    """An order that only the rows have by nature (the same tokens) does not link two embeddings."""
    draw = np.random.default_rng(1)
    frequency = np.exp(draw.normal(size=(300, 1)))
    topic = draw.normal(size=(300, 4))
    a, b = (frequency * (topic @ draw.normal(size=(4, 48)) + draw.normal(size=(300, 48))) for _ in range(2))
    assert same_basis_test(a, b, exchangeable="columns").log_bound > -7
    either = same_basis_test(a, b, exchangeable="either")
    both = [same_basis_test(a, b, exchangeable=side).log_bound for side in ("rows", "columns")]
    assert either.log_bound == max(both)


def test_common_means_of_rows_and_columns_are_no_link():
    """Two models whose channels share a profile along both axes are not linked by it."""
    draw = np.random.default_rng(2)
    profile = 5 * draw.normal(size=(80, 1)) + 5 * draw.normal(size=(1, 60))
    a, b = (profile + draw.normal(size=(80, 60)) for _ in range(2))
    assert same_basis_test(a, b, exchangeable="either").log_bound > -7


@pytest.mark.parametrize(
    "broken",
    [
        np.zeros((30, 40)),
        np.full((30, 40), np.nan),
        np.full((30, 40), np.inf),
        np.ones((30, 40)),
        np.zeros((0, 4)),
    ],
)
def test_broken_tensors_claim_nothing(broken):
    """Zeros, constants, NaN and infinities, against themselves."""
    test = same_basis_test(broken, broken, exchangeable="either")
    assert (test.p_value, test.log_bound) == (1.0, 0.0)


def test_zero_rows_in_the_same_places_are_no_link():
    """Rows that both files leave empty are taken out."""
    draw = np.random.default_rng(3)
    a, b = draw.normal(size=(90, 50)), draw.normal(size=(90, 50))
    a[:40] = b[:40] = 0.0
    assert same_basis_test(a, b, exchangeable="rows").log_bound > -7


def test_shapes_that_differ_claim_nothing():
    """No pairing, no test."""
    assert same_basis_test(np.eye(4), np.eye(5), exchangeable="either").units == 0


def test_a_large_tensor_is_sampled():
    """At most 512 rows are looked at, which decides a weak link all the same."""
    test = same_basis_test(*tensors(2000, 600, 0.1), exchangeable="rows")
    assert test.units == 500
    assert test.log_bound < -100
