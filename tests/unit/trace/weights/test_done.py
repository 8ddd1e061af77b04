"""What was done to the numbers follows from the linked tensors, with its weight and direction."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened
from gauger.core.comparison import Comparison
from gauger.core.readings import Measured
from gauger.trace.weights.compare import compare_opened

P = copies.parent(layers=2, units=192)


def said(ours: copies.Tensors, theirs: copies.Tensors = P) -> Comparison:
    """The verdict on these two."""
    return compare_opened(opened(ours), opened(theirs))


def in_blocks(tensors: copies.Tensors, levels: int) -> copies.Tensors:
    """Every matrix rounded block by block of 32, stored as plain numbers."""

    def coded(t: np.ndarray) -> np.ndarray:
        blocks = t.reshape(-1, 32)
        step = np.abs(blocks).max(axis=1, keepdims=True) / levels
        return (np.rint(blocks / step) * step).reshape(t.shape).astype(np.float32)

    return copies.each(tensors, coded)


def pruned(tensors: copies.Tensors, share: float) -> copies.Tensors:
    """The smallest numbers of every matrix set to zero."""
    return copies.each(
        tensors, lambda t: np.where(np.abs(t) >= np.quantile(np.abs(t), share), t, 0).astype(np.float32)
    )


@pytest.mark.parametrize(("levels", "quantiser"), [(7, "4-bit blocks of 32"), (127, "8-bit blocks of 32")])
def test_dequantised_weights_show_their_grid(levels, quantiser):
    """Plain numbers on a grid are quantised, and the grid's side lost information."""
    for pair, inverse in (((in_blocks(P, levels), P), False), ((P, in_blocks(P, levels)), True)):
        found = said(*pair)
        assert (found.verdict, found.alterations) == ("quantised", ("quantised",))
        assert (found.quantiser, found.inverse, found.direction) == (quantiser, inverse, "information-loss")


def test_training_before_quantising_is_told():
    """Both alterations where the change is more than the grid's."""
    found = said(in_blocks(copies.noise(P, 0.5), 127))
    assert "fine-tuned" in found.alterations


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_zeros_are_pruning(share):
    """With their share, and the direction from the loss."""
    for pair, inverse in (((pruned(P, share), P), False), ((P, pruned(P, share)), True)):
        found = said(*pair)
        assert (found.verdict, found.relation, found.inverse) == ("pruned", "pruned-from", inverse)
        assert f"{share:.0%} of the numbers set to zero" in found.statement
        assert "fine-tuned" not in found.alterations


@pytest.mark.parametrize("rank", [2, 8])
def test_a_merged_adapter_has_its_rank(rank):
    """Measured, without a change beyond it."""
    found = said(copies.with_adapter(P, rank))
    assert (found.verdict, found.relation) == ("adapter", "fine-tuned-from")
    assert isinstance(found.rank, Measured)
    assert found.rank.value == rank
    assert "beyond that" not in found.statement


def test_training_has_no_rank():
    """A full change is fine-tuning, and the reason is given."""
    found = said(copies.noise(P, 0.1))
    assert found.verdict == "fine-tuned"
    assert not isinstance(found.rank, Measured)


@pytest.mark.parametrize("size", [0.01, 0.1, 1.0])
def test_the_size_of_the_change(size):
    """As it was made, in the facts."""
    found = said(copies.noise(P, size))
    assert found.facts["change"] == pytest.approx(size, rel=0.15)
    assert found.facts["cosine"] == pytest.approx(1 / np.hypot(1, size), abs=0.03)


def test_much_noise_on_top_is_a_child_whose_parent_is_whole_in_it():
    """Under a cosine of 0.6 containment decides, and the direction is marked as a guess."""
    found = said(copies.noise(P, 2.0))
    assert (found.verdict, found.inverse, found.direction) == ("fine-tuned", False, "heuristic")
    assert said(P, copies.noise(P, 2.0)).inverse
