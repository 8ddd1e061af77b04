"""Links are tested part by part, by two kinds of tests, and together."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import matched, opened
from gauger.core.limits import DEFAULT_LIMITS
from gauger.trace.weights import links
from gauger.trace.weights.correspond import correspond
from gauger.trace.weights.found import CLAIM
from gauger.trace.weights.links import TOGETHER, array_pair, arrays_of, link_of, same_basis
from gauger.trace.weights.units import value

LinksTested = links.Tested  # a name that pytest does not take for a class of tests
P = copies.parent(layers=3)


def shown_by(ours: copies.Tensors, theirs: copies.Tensors = P) -> LinksTested:
    """The tests on the links of these two."""
    found, _ = correspond(opened(ours).sketches, opened(theirs).sketches)
    return same_basis([link_of(m) for m in found], 100, DEFAULT_LIMITS, CLAIM)


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    """Random numbers, float32."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_every_part_of_a_copy_is_shown():
    """Embeddings and layers, each by its own test, and all of them together."""
    found = shown_by(copies.noise(P, 0.5))
    assert set(found.components) == {"embeddings", "layers.0", "layers.1", "layers.2"}
    assert {t.test for t in found.outcomes} == {"same-basis", "constrained"}
    assert [t.component for t in found.outcomes].count(TOGETHER) == 1


def test_the_constrained_test_speaks_for_its_part():
    """Two parts at most, with a bound far under the threshold for a copy."""
    found = [t for t in shown_by(copies.noise(P, 0.5)).outcomes if t.test == "constrained"]
    assert len(found) == 2
    assert len({t.component for t in found}) == 2
    assert all(value(t) < CLAIM for t in found)
    assert all(t.statistic.unit == "rho" and t.units >= 64 for t in found)


@pytest.mark.parametrize("seed", range(5))
def test_unrelated_models_show_nothing(seed):
    """No part, and nothing together."""
    found = shown_by(copies.parent(seed + 50, layers=3))
    assert found.components == ()
    assert all(value(t) > CLAIM for t in found.outcomes)


def test_parts_without_a_link_weigh_on_the_joint_test():
    """A single chance likeness among many silent parts says little."""
    mixed = copies.parent(60, layers=3)
    some = {
        n: (copies.noise(P, 3.0)[n] if ".layers.0." in n or ".layers.1." in n else t)
        for n, t in mixed.items()
    }
    every = copies.noise(P, 3.0)
    joint = [next(t for t in shown_by(m).outcomes if t.component == TOGETHER) for m in (some, every)]
    assert value(joint[0]) > value(joint[1])


def test_both_arrays_come_in_one_orientation():
    """Of renamed, transposed and square tensors; of kernels in another order."""
    for shape in ((60, 40), (50, 50)):
        tensor = drawn(*shape)
        a, b = arrays_of(matched(tensor, tensor.T), DEFAULT_LIMITS)
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(*array_pair(matched(tensor.T, tensor), DEFAULT_LIMITS))
    kernel = drawn(20, 8, 3, 3)
    for order in ((2, 3, 1, 0), (0, 1, 3, 2), (1, 0, 2, 3)):
        a, b = array_pair(matched(kernel, kernel.transpose(order)), DEFAULT_LIMITS)
        np.testing.assert_array_equal(a, b)


def test_folded_gains_are_rescaling():
    """Columns multiplied by a norm's gain are the same tensor rescaled; noise of that size is not."""
    tensor, gain = drawn(80, 40), 1 + 0.5 * np.abs(drawn(40, seed=1))
    assert link_of(matched(tensor * gain, tensor)).rescaled
    assert not link_of(matched(tensor, tensor)).rescaled
    assert not link_of(matched(tensor + 0.5 * drawn(80, 40, seed=2), tensor)).rescaled


def test_fixed_tensors_are_left_out():
    """Sinusoidal positions are equal in unrelated models, and no link is drawn from them."""
    angles = np.arange(64)[:, None] / 10000 ** (np.arange(16) / 16)
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
    link = link_of(matched(waves, waves, name="positions"))
    assert link.analytic
    assert shown_by({"positions": waves}, {"positions": waves}).outcomes == ()
