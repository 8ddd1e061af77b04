"""Layers, tokens and units of one model are found in the other."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened, vocabulary
from gauger.trace.weights.shape import Width, layer_map, layer_of, layers_of, main_tower, width
from gauger.trace.weights.shape import vocabulary as compared

P = copies.parent(layers=2)
E = "model.embed_tokens.weight"
WORDS = [f"▁w{n}" for n in range(copies.TOKENS)]


def noisy(tensor: np.ndarray) -> np.ndarray:
    """A little changed."""
    return copies.noise({"x": tensor}, 0.05, seed=8)["x"]


def test_layers_of_towers():
    """Numbers with and without a tower; other parts have none."""
    assert layer_of("layers.3") == ("", 3)
    assert layer_of("vision.layers.2.experts.1") == ("vision", 2)
    assert layer_of("embeddings") is None
    assert layers_of(opened(P).network) == {"": [0, 1]}
    assert main_tower({"": [0, 1], "vision": [0, 1, 2]}) == "vision"
    assert main_tower({"": [0], "vision": [0]}) == ""


def test_the_layer_map_is_voted():
    """By most parts of a layer; other towers have no say."""
    pairs = [
        ("layers.0", "layers.2"),
        ("layers.0", "layers.2"),
        ("layers.0", "layers.1"),
        ("vision.layers.1", "layers.0"),
    ]
    assert layer_map(pairs, [0, 1], "") == (2, -1)


def test_added_and_removed_tokens_by_number():
    """Without tokenizers, a few rows more at the end."""
    longer = P | {E: np.concatenate([noisy(P[E]), P[E][:4]])}
    found = compared(opened(longer).network, opened(P).network)
    assert found is not None
    assert (found.equal, found.moved, found.ours, found.theirs) == (1.0, False, 516, 512)


@pytest.mark.parametrize("keep", [256, 511])
def test_tokens_with_tokenizers(keep):
    """Pruned and reordered: aligned by their pieces."""
    order = np.random.default_rng(2).permutation(copies.TOKENS)[:keep]
    ours = opened(P | {E: noisy(P[E])[order]}, tokens=vocabulary([WORDS[n] for n in order])).network
    found = compared(ours, opened(P, tokens=vocabulary(WORDS)).network)
    assert found is not None
    assert found.moved
    assert (found.shared, found.equal, found.ours, found.theirs) == (keep, 1.0, keep, 512)


@pytest.mark.parametrize("keep", [300, 512])
def test_moved_tokens_without_tokenizers(keep):
    """Rows that stand elsewhere are found by their numbers."""
    order = np.random.default_rng(3).permutation(copies.TOKENS)[:keep]
    found = compared(opened(P | {E: noisy(P[E])[order]}).network, opened(P).network)
    assert found is not None
    assert found.moved
    assert found.equal > 0.95


def test_other_embeddings_are_not_found():
    """Unrelated rows, rows that are all alike, and another width."""
    strange = compared(opened(copies.parent(9)).network, opened(P).network)
    assert strange is None or strange.equal < 0.1
    alike = {E: np.repeat(P[E][:1], copies.TOKENS, axis=0) + 1e-4 * P[E][::-1]}
    same = compared(
        opened(P | alike).network,
        opened(P | {E: np.repeat(P[E][:1], 400, axis=0) + 1e-4 * P[E][:400]}).network,
    )
    assert same is None or same.equal < 0.5
    assert compared(opened(copies.parent(1, width=32)).network, opened(P).network) is None


def widths(ours: copies.Tensors, theirs: copies.Tensors = P) -> Width:
    """Of the first blocks."""
    return width(opened(ours).network.blocks[0], opened(theirs).network.blocks[0])


def test_units_left_over_are_units_of_the_wider_model():
    """From either side, also when they were trained on."""
    narrow = copies.noise(copies.narrower(P, 96), 0.1)
    for found in (widths(narrow), widths(P, narrow)):
        assert found.found > 0.95
        assert found.cosine > 0.97
        assert found.repeated == 0.0


def test_units_that_were_repeated_are_told():
    """A block made wider by copies of its units."""
    wide = {}
    for name, tensor in P.items():
        axis = 1 if "down_proj" in name else 0
        wide[name] = np.concatenate([tensor, tensor], axis) if ".mlp." in name else tensor
    found = widths(wide)
    assert (found.found, found.repeated) == (1.0, 1.0)


def test_units_of_another_model_are_not_found():
    """None of them."""
    assert widths(copies.parent(7, layers=2, units=96)).found == 0.0
