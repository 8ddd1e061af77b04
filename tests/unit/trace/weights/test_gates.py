"""Recurrent gates in another order are put into theirs."""

from __future__ import annotations

import numpy as np
import pytest

from build.opened_models import matched
from gauger.core.limits import DEFAULT_LIMITS
from gauger.trace.weights.gates import with_gates
from gauger.trace.weights.links import Link, link_of

ORDERS = [(0, 3, 1, 2), (3, 2, 1, 0), (1, 0, 2, 3), (1, 0, 2), (2, 1, 0)]


def drawn(gates: int, *, hidden: int = 24, inputs: int = 40, seed: int = 0) -> np.ndarray:
    """Weights of a recurrent layer, gates stacked in the outputs."""
    return np.random.default_rng(seed).standard_normal((gates * hidden, inputs)).astype(np.float32)


def reordered(tensor: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Its gates in this order."""
    parts = np.split(tensor, len(order))
    return np.concatenate([parts[n] for n in order])


def tried(ours: np.ndarray, theirs: np.ndarray) -> Link:
    """The link of both, gates tried."""
    return with_gates([link_of(matched(ours, theirs))], DEFAULT_LIMITS)[0]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("turned", [(False, False), (True, True), (True, False)])
def test_the_order_is_found(order, turned):
    """Of four gates and of three, stacked in rows or in columns, also with some noise."""
    tensor = drawn(len(order))
    ours = reordered(tensor, order) + 0.05 * drawn(len(order), seed=1)
    a, b = (t.T if flip else t for t, flip in zip((ours, tensor), turned, strict=True))
    found = tried(a, b)
    assert found.gates == order
    assert found.linked
    assert found.change.cosine > 0.99


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 1, 2, 3)])
def test_gates_that_stand_right_are_left(order):
    """The same order, and unrelated weights, give none."""
    tensor = drawn(len(order))
    assert tried(reordered(tensor, order), tensor).gates == ()
    assert tried(drawn(len(order), seed=5), tensor).gates == ()


def test_other_roles_are_not_asked():
    """Quarters of a feed-forward matrix that stand in another order are no gates."""
    tensor = drawn(4)
    name = "model.layers.0.mlp.up_proj.weight"
    link = link_of(matched(reordered(tensor, (3, 0, 1, 2)), tensor, name=name))
    if link.matrix.place.role:
        assert with_gates([link], DEFAULT_LIMITS)[0].gates == ()
