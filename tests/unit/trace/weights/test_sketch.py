"""Sketches take the same numbers from a tensor in whatever order its axes are stored."""

from __future__ import annotations

from itertools import permutations
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.opened_models import opened, sketched
from gauger.trace.weights.sketch import VALUES, centred, counts, orders, places, variants


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    """Random numbers, float32."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(40, 30), (200, 90), (90, 200), (5000, 8)])
def test_the_sketch_of_a_transposed_tensor_is_the_same(shape):
    """Lengths that differ put the axes in one order."""
    tensor = drawn(*shape)
    one, two = sketched(tensor), sketched(tensor.T)
    assert one.lengths == two.lengths == tuple(sorted(shape, reverse=True))
    np.testing.assert_array_equal(one.values, two.values)


def test_a_square_tensor_has_two_orders():
    """Of equal lengths the order is open; one of the variants is the transposed one."""
    tensor = drawn(100, 100)
    turned = sketched(tensor.T).values
    found = [order for order, values in variants(sketched(tensor)) if np.array_equal(values, turned)]
    assert found == [(1, 0)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_kernels_in_any_order_of_axes_meet(order):
    """3 × 3 kernels, whether outputs or places come first."""
    tensor = drawn(24, 10, 3, 3)
    one, two = sketched(tensor), sketched(tensor.transpose(order))
    assert one.lengths == two.lengths
    assert any(np.array_equal(values, two.values) for _, values in variants(one))


def test_axes_of_length_one_are_dropped():
    """A kernel of one place is a matrix."""
    tensor = drawn(40, 30)
    np.testing.assert_array_equal(sketched(tensor[:, :, None, None]).values, sketched(tensor).values)


@given(st.lists(st.integers(2, 4000), min_size=1, max_size=4))
def test_a_sketch_is_bounded_and_treats_equal_axes_alike(lengths):
    """At most 4,096 numbers, at least one of each axis, equal counts for equal lengths, no more than are."""
    taken = counts(lengths)
    assert prod(taken) <= VALUES
    assert all(1 <= count <= length for count, length in zip(taken, lengths, strict=True))
    assert len({(n, c) for n, c in zip(lengths, taken, strict=True)}) == len(set(lengths))


@given(st.integers(1, 100_000), st.integers(1, 500))
def test_places_depend_on_lengths_alone(length, count):
    """Sorted, different, inside the axis, and the same every time."""
    found = places(length, count)
    assert len(found) == min(length, count) == len(np.unique(found))
    assert found[0] >= 0
    assert found[-1] < length
    np.testing.assert_array_equal(found, np.sort(found))
    np.testing.assert_array_equal(found, places.__wrapped__(length, count))


@given(st.lists(st.sampled_from([3, 5, 7]), min_size=1, max_size=4))
def test_as_many_orders_are_counted_as_are_tried(lengths):
    """The number that tests are corrected for is that of the variants."""
    lengths = sorted(lengths, reverse=True)
    sketch = sketched(drawn(*lengths)) if len(lengths) > 1 else None
    if sketch is not None:
        assert orders(lengths) == len(list(variants(sketch)))


def test_centring_takes_out_what_single_axes_explain():
    """A common vector of all rows, and a size of each row, leave nothing."""
    rows, columns = drawn(20, 1), drawn(1, 30, seed=1)
    assert not np.any(centred(rows + columns.astype(np.float64)))
    assert not np.any(centred(rows * 0 + columns))
    assert float(np.linalg.norm(centred(drawn(20, 30)))) == pytest.approx(1.0)


def test_numbers_that_tell_nothing_are_noted():
    """All equal, or not finite: no sketch, one reason each."""
    bad = drawn(20, 20)
    bad[3, 3] = np.nan
    model = opened({"flat": np.ones((20, 20), np.float32), "bad": bad, "good": drawn(20, 20)})
    assert [s.matrix.tensor.name for s in model.sketches] == ["good"]
    assert [text.partition(":")[0] for text in model.broken] == ["flat", "bad"]
