"""Matchings, the matched-units test, the exact test on a fixed order."""

from __future__ import annotations

import numpy as np
import pytest

from build.unit_sets import two_views
from gauger.stats.matching import (
    constrained_test,
    lens_similarity,
    match,
    procrustes,
    procrustes_factors,
    two_view_test,
)


@pytest.fixture
def draw():
    """A seeded source of numbers."""
    return np.random.default_rng(77)


def test_a_permutation_is_found_again(draw):
    """Rows that are a shuffled copy are matched to their originals."""
    rows = draw.normal(size=(40, 8))
    order = draw.permutation(40)
    assert np.array_equal(match(rows @ rows[order].T), np.argsort(order))


def test_rows_left_over_have_no_partner():
    """Three rows and two columns: one row stays alone; not finite is never preferred."""
    found = match(np.array([[5.0, 0.0], [0.0, np.nan], [0.0, 5.0]]))
    assert found.tolist() == [0, -1, 1]
    assert match(np.full((2, 2), np.nan)).tolist() == [-1, -1]


def test_ties_are_not_broken_by_position():
    """Without any contrast two views do not match alike."""
    flat = np.zeros((200, 200))
    assert np.mean(match(flat, seed=1) == match(flat, seed=2)) < 0.1


def test_inherited_units_are_matched_alike(draw):
    """Two views that agree on half of 300 units are linked, whatever the order of the units."""
    test = two_view_test(*two_views(draw, 300, 0.5))
    assert test.agreement == pytest.approx(0.5, abs=0.03)
    assert test.rho == pytest.approx(0.5, abs=0.15)
    assert test.log_bound < -12
    assert test.p_value < 1e-6


def test_a_sample_of_units_is_enough(draw):
    """150 of 300 units matched into all of the other model's."""
    first, second = two_views(draw, 300, 0.8)
    test = two_view_test(first[::2], second[::2])
    assert test.units == 150
    assert test.log_bound < -20
    assert len(set(test.matching.tolist())) == 150


def test_agreement_at_the_floor_claims_nothing(draw):
    """Convergent units, a tenth of them, are granted; half as many more of 400 do not suffice either."""
    for alike in (0.01, 0.1, 0.15):
        assert two_view_test(*two_views(draw, 400, alike)).log_bound > -7


@pytest.mark.parametrize(
    "broken",
    [
        np.zeros((50, 60)),
        np.full((50, 60), np.nan),
        np.full((50, 60), -np.inf),
        np.ones((3, 3)),
        np.zeros((0, 0)),
        np.repeat(np.arange(60.0)[None, :], 50, axis=0),
    ],
)
def test_views_without_contrast_claim_nothing(broken):
    """Zeros, NaN, infinities, three units, rows that are all alike."""
    test = two_view_test(broken, broken)
    assert test.log_bound > -7
    assert test.p_value > 1e-3
    assert len(test.matching) == len(broken)


def test_dead_units_are_left_out_on_both_sides(draw):
    """Units dead in one view have no partner; the others are judged."""
    first, second = two_views(draw, 120, 0.9)
    first[:20] = 0.0
    second[:, 5] = 0.0
    test = two_view_test(first, second)
    assert (test.matching[:20] == -1).all()
    assert 5 not in test.matching
    assert 99 <= test.units <= 100
    assert test.log_bound < -15


def test_views_of_other_shapes_claim_nothing():
    """Two views have to be of the same units."""
    assert two_view_test(np.eye(5), np.eye(6)).log_bound == 0.0


def test_the_map_between_two_streams_is_found(draw):
    """A rotation into a wider stream is recovered on the span of the shared tokens."""
    tokens = draw.normal(size=(64, 24))
    turn = np.linalg.qr(draw.normal(size=(32, 24)))[0].T
    found = procrustes(tokens, tokens @ turn)
    assert found.shape == (24, 32)
    assert np.allclose(found, turn, atol=1e-8)
    left, right = procrustes_factors(tokens, tokens @ turn)
    assert np.allclose(left @ right.T, found)
    assert np.allclose(left.T @ left, np.eye(left.shape[1]), atol=1e-9)


def test_fewer_tokens_than_dimensions_give_a_partial_map(draw):
    """Ten tokens span nine directions after centring; nothing is invented beyond them."""
    tokens = draw.normal(size=(10, 50))
    left, right = procrustes_factors(tokens, tokens[:, ::-1])
    assert left.shape == right.shape == (50, 9)
    assert np.allclose(
        (tokens - tokens.mean(axis=0)) @ left @ right.T, (tokens - tokens.mean(axis=0))[:, ::-1]
    )


def test_broken_embeddings_give_a_map_of_nothing():
    """Zeros and NaN: no direction is claimed to correspond."""
    assert not procrustes(np.zeros((20, 6)), np.zeros((20, 5))).any()
    assert not procrustes(np.full((20, 6), np.nan), np.ones((20, 5))).any()


def test_responses_are_compared_without_sign_and_scale(draw):
    """|correlation|, 0 for a dead unit."""
    responses = draw.normal(size=(6, 40))
    other = np.concatenate([-3.0 * responses + 1.0, np.zeros((1, 40)), np.full((1, 40), np.nan)])
    similarity = lens_similarity(responses, other)
    assert similarity.shape == (6, 8)
    assert np.allclose(np.diag(similarity), 1.0)
    assert not similarity[:, 6:].any()


def test_an_order_that_was_kept_is_found(draw):
    """A tuned copy in the same order: rows match their own places."""
    a = draw.normal(size=(128, 64))
    test = constrained_test(a, a + 0.8 * draw.normal(size=(128, 64)))
    assert test.agreement > 0.9
    assert test.log_bound < -200


def test_an_order_that_was_lost_is_not(draw):
    """The same rows in another order, and unrelated rows."""
    a = draw.normal(size=(128, 64))
    assert constrained_test(a, a[draw.permutation(128)]).log_bound > -7
    assert constrained_test(a, draw.normal(size=(128, 64))).log_bound > -7


@pytest.mark.parametrize("broken", [np.zeros((40, 8)), np.full((40, 8), np.nan), np.ones((40, 8)), np.eye(3)])
def test_rows_without_content_claim_nothing(broken):
    """Zeros, NaN, equal rows, three rows: against themselves."""
    test = constrained_test(broken, broken)
    assert test.log_bound == 0.0
    assert test.p_value == 1.0


def test_a_large_tensor_is_sampled_for_the_constrained_test(draw):
    """Every third of 300 rows is matched, and stands in the matching at its own place."""
    a = draw.normal(size=(300, 40))
    test = constrained_test(a, a, most=100)
    assert test.units == 100
    assert np.array_equal(np.flatnonzero(test.matching >= 0), np.arange(0, 300, 3))
    assert np.array_equal(test.matching[::3], np.arange(0, 300, 3))
