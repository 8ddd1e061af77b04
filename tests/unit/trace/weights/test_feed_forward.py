# ruff: noqa: E501 - a table of names
"""Gate, up and down are what the model uses them as, whatever they are called."""

from __future__ import annotations

import numpy as np
import pytest

from build.networks import network_from

W, U = 16, 20
RANDOM = np.random.default_rng(21)
GATE, UP, DOWN = (RANDOM.normal(size=s).astype("<f4") for s in ((U, W), (U, W), (W, U)))
FRONT = "model.layers.0"
NORM = {f"{FRONT}.post_attention_layernorm.weight": np.ones(W, "<f4")}
SPELLINGS = {
    "Llama": {"mlp.gate_proj.weight": GATE, "mlp.up_proj.weight": UP, "mlp.down_proj.weight": DOWN},
    "Meta, Mixtral": {"feed_forward.w1.weight": GATE, "feed_forward.w2.weight": DOWN, "feed_forward.w3.weight": UP},
    "EVA": {"mlp.w1.weight": GATE, "mlp.w2.weight": UP, "mlp.w3.weight": DOWN},
    "the first Qwen": {"mlp.w1.weight": UP, "mlp.w2.weight": GATE, "mlp.c_proj.weight": DOWN},
    "Nomic": {"mlp.fc11.weight": UP, "mlp.fc12.weight": GATE, "mlp.fc2.weight": DOWN},
    "T5": {"DenseReluDense.wi_0.weight": GATE, "DenseReluDense.wi_1.weight": UP, "DenseReluDense.wo.weight": DOWN},
    "CTranslate2": {"ffn.linear_0.weight": GATE, "ffn.linear_0_noact.weight": UP, "ffn.linear_1.weight": DOWN},
    "halves": {"mlp.gate_up_proj.weight": np.concatenate([GATE, UP]), "mlp.down_proj.weight": DOWN},
    "halves, up first": {"mlp.up_gate_proj.weight": np.concatenate([UP, GATE]), "mlp.down_proj.weight": DOWN},
    "GEGLU of diffusers": {"ff.net.0.proj.weight": np.concatenate([UP, GATE]), "ff.net.2.weight": DOWN},
    "halves called up": {"mlp.dense_h_to_4h.weight": np.concatenate([GATE, UP]), "mlp.dense_4h_to_h.weight": DOWN},
    "inputs first": {"mlp.gate_proj.kernel": GATE.T.copy(), "mlp.up_proj.kernel": UP.T.copy(), "mlp.down_proj.kernel": DOWN.T.copy()},
    "stacked, outputs first": {"mlp.experts.gate_up_proj": np.concatenate([GATE, UP])[None].copy(), "mlp.experts.down_proj": DOWN[None].copy()},
}  # fmt: skip


@pytest.mark.parametrize("house", SPELLINGS)
def test_gated_blocks(house):
    """Each house's names and layout give the same gate, up and down."""
    (block,) = network_from(NORM | {f"{FRONT}.{k}": v for k, v in SPELLINGS[house].items()}).blocks
    np.testing.assert_array_equal(block.gate.whole(), GATE)
    np.testing.assert_array_equal(block.up.whole(), UP)
    np.testing.assert_array_equal(block.down.whole(), DOWN)


@pytest.mark.parametrize(
    "names",
    [("mlp.fc1", "mlp.fc2"), ("mlp.fc0", "mlp.fc1"), ("mlp.w1", "mlp.w2"), ("mlp.c_fc", "mlp.c_proj"), ("mlp.0", "mlp.2")],
)  # fmt: skip
def test_plain_blocks(names):
    """Up and down without a gate."""
    arrays = {f"{FRONT}.{n}.weight": a for n, a in zip(names, (UP, DOWN), strict=True)}
    (block,) = network_from(NORM | arrays).blocks
    assert block.gate is None
    np.testing.assert_array_equal(block.up.whole(), UP)
    np.testing.assert_array_equal(block.down.whole(), DOWN)


def test_experts_in_four_bits():
    """gpt-oss: codes and scales, gate and up in alternating rows; each expert is a block."""
    experts, width, units = 2, 32, 64
    codes = RANDOM.integers(0, 256, size=(experts, 2 * units, width // 32, 16), dtype=np.uint8)
    scales = np.full((experts, 2 * units, width // 32), 127, np.uint8)
    down = RANDOM.integers(0, 256, size=(experts, width, units // 32, 16), dtype=np.uint8)
    front = f"{FRONT}.mlp.experts"
    arrays = {
        f"{FRONT}.post_attention_layernorm.weight": np.ones(width, "<f4"),
        f"{front}.gate_up_proj_blocks": codes,
        f"{front}.gate_up_proj_scales": scales,
        f"{front}.gate_up_proj_bias": np.zeros((experts, 2 * units), "<f4"),
        f"{front}.down_proj_blocks": down,
        f"{front}.down_proj_scales": np.full((experts, width, units // 32), 127, np.uint8),
    }
    network = network_from(arrays)
    values = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], np.float32)
    plain = values[np.stack([codes & 15, codes >> 4], axis=-1)].reshape(experts, 2 * units, width)
    assert [(b.component, b.units, b.width) for b in network.blocks] == [
        ("layers.0.experts.0", units, width),
        ("layers.0.experts.1", units, width),
    ]
    for number, block in enumerate(network.blocks):
        np.testing.assert_array_equal(block.gate.whole(), plain[number, 0::2])
        np.testing.assert_array_equal(block.up.whole(), plain[number, 1::2])
    assert network.blocks[0].gate.tensor.quantiser == "mxfp4"


def test_what_does_not_fit_is_no_block():
    """Matrices whose sides do not meet stay matrices, each with all its numbers."""
    arrays = {f"{FRONT}.mlp.up_proj.weight": UP, f"{FRONT}.mlp.down_proj.weight": np.zeros((W, U + 1), "<f4")}
    network = network_from(NORM | arrays)
    assert network.blocks == ()
    assert sorted(m.shape for m in network.matrices) == [(W, U + 1), (U, W)]


def test_two_blocks_in_one_layer_keep_apart():
    """A macaron layer has two feed-forward modules."""
    arrays = {}
    for name in ("feed_forward1", "feed_forward2"):
        arrays |= {f"{FRONT}.{name}.linear1.weight": UP, f"{FRONT}.{name}.linear2.weight": DOWN}
    components = [b.component for b in network_from(NORM | arrays).blocks]
    assert components == ["layers.0", "layers.0.feed_forward2"]


def test_no_bomb_of_experts():
    """A tensor that claims thousands of tiny experts makes no thousands of blocks."""
    front = f"{FRONT}.mlp.experts"
    arrays = {
        f"{front}.up_proj": np.zeros((5000, 2, 1), "<f4"),
        f"{front}.down_proj": np.zeros((5000, 1, 2), "<f4"),
    }
    network = network_from(arrays)
    assert network.blocks == ()
    assert len(network.matrices) == 2
