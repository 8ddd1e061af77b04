"""Six numbers of a hidden unit that rotations leave alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from build.networks import gated, network_from
from gauger.core.errors import UsageError
from gauger.trace.weights import invariants as module
from gauger.trace.weights import matrix as matrices
from gauger.trace.weights.invariants import block_invariants, lens

FRONT = "model.layers.0"


def block_of(arrays, config=None):
    """The first block."""
    return network_from(arrays, config).blocks[0]


def expected(arrays):
    """The six columns, computed plainly."""
    gain = arrays[f"{FRONT}.post_attention_layernorm.weight"].astype(float)
    g = arrays[f"{FRONT}.mlp.gate_proj.weight"] * gain
    u = arrays[f"{FRONT}.mlp.up_proj.weight"] * gain
    d = arrays[f"{FRONT}.mlp.down_proj.weight"].T.astype(float)

    def cos(a, b):
        return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)

    logs = [np.log(np.linalg.norm(x, axis=1)) for x in (g, u, d)]
    return np.stack([cos(g, u), cos(g, d), cos(u, d), *logs], axis=1)


def test_numbers():
    """They are what their definitions say, for all units and for some."""
    arrays = gated()
    block = block_of(arrays)
    found = block_invariants(block)
    assert found.names == module.NAMES
    np.testing.assert_allclose(found.columns(), expected(arrays), atol=2e-6)
    np.testing.assert_allclose(block_invariants(block, 7, 9).columns(), expected(arrays)[7:16], atol=2e-6)


def test_small_blocks_give_the_same(monkeypatch):
    """However little is read at a time."""
    monkeypatch.setattr(matrices, "BLOCK_BYTES", 16 * 4 * 3)
    monkeypatch.setattr(matrices, "HELD_BYTES", 16 * 4 * 7)
    arrays = gated()
    np.testing.assert_allclose(block_invariants(block_of(arrays)).columns(), expected(arrays), atol=2e-6)


def test_a_rotated_stream_gives_the_same():
    """Law: gains folded in, all six are unchanged when the stream is rotated."""
    arrays = gated()
    turn = ortho_group.rvs(16, random_state=1)
    gain = arrays[f"{FRONT}.post_attention_layernorm.weight"]
    rotated = dict(arrays)
    for name in ("gate", "up"):
        key = f"{FRONT}.mlp.{name}_proj.weight"
        rotated[key] = ((arrays[key] * gain) @ turn).astype("<f4")
    rotated[f"{FRONT}.post_attention_layernorm.weight"] = np.ones(16, "<f4")
    rotated[f"{FRONT}.mlp.down_proj.weight"] = (turn.T @ arrays[f"{FRONT}.mlp.down_proj.weight"]).astype(
        "<f4"
    )
    np.testing.assert_allclose(
        block_invariants(block_of(rotated)).columns(), block_invariants(block_of(arrays)).columns(), atol=1e-5
    )


def test_without_reading_down():
    """Only the rows of gate and up that are asked for are read."""
    arrays = gated(units=400)
    block = block_of(arrays)
    _ = block.gain
    before = block.up.weights.read_bytes
    found = block_invariants(block, 100, 50, partial=True)
    assert found.names == ("cos_gate_up", "log_gate", "log_up")
    assert block.up.weights.read_bytes - before == 2 * 50 * 16 * 4
    np.testing.assert_allclose(found.columns(), expected(arrays)[100:150][:, [0, 3, 4]], atol=2e-6)


def test_without_a_gate():
    """Three of the six are left."""
    random = np.random.default_rng(0)
    arrays = {
        "h.0.ln_2.weight": np.ones(16, "<f4"),
        "h.0.mlp.c_fc.weight": random.normal(size=(16, 20)).astype("<f4"),
        "h.0.mlp.c_proj.weight": random.normal(size=(20, 16)).astype("<f4"),
    }
    found = block_invariants(block_of(arrays))
    assert found.names == ("cos_up_down", "log_up", "log_down")
    sizes = np.linalg.norm(arrays["h.0.mlp.c_fc.weight"], axis=0)
    np.testing.assert_allclose(found.log_up, np.log(sizes), atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 3e38])
def test_broken_numbers_do_not_spread(bad):
    """A unit with a number that is none still has finite invariants, and its neighbours their own."""
    arrays = gated()
    arrays[f"{FRONT}.mlp.gate_proj.weight"][3, 5] = bad
    found = block_invariants(block_of(arrays)).columns()
    assert np.isfinite(found).all()
    others = np.arange(40) != 3
    np.testing.assert_allclose(found[others], expected(gated())[others], atol=2e-6)


def test_pruned_units_are_finite():
    """Rows of zeros have a cosine of 0 and a finite size."""
    arrays = gated()
    arrays[f"{FRONT}.mlp.up_proj.weight"][4] = 0
    found = block_invariants(block_of(arrays))
    assert found.cos_gate_up[4] == 0
    assert np.isfinite(found.columns()).all()


def test_units_outside_are_a_mistake():
    """A range that the block does not have is refused."""
    with pytest.raises(UsageError):
        block_invariants(block_of(gated()), 30, 20)


def test_lens_is_free_of_the_basis():
    """Responses are the rows times the embeddings of vocabulary items, with the gain."""
    arrays = gated()
    block = block_of(arrays)
    tokens = arrays["model.embed_tokens.weight"][:9]
    gate, up = lens(block, tokens)
    gain = arrays[f"{FRONT}.post_attention_layernorm.weight"]
    np.testing.assert_allclose(gate, arrays[f"{FRONT}.mlp.gate_proj.weight"] @ (tokens * gain).T, atol=1e-4)
    assert (gate.shape, up.shape) == ((40, 9), (40, 9))
    np.testing.assert_array_equal(lens(block, tokens, 5, 3)[1], up[5:8])
    with pytest.raises(UsageError):
        lens(block, tokens[:, :8])
