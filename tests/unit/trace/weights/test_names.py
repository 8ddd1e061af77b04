# ruff: noqa: E501 - a table of long names
"""Names are taken apart into stack, layer, expert and module."""

from __future__ import annotations

import numpy as np
import pytest

from build.networks import gated, network_from
from gauger.trace.weights.name_table import role_of
from gauger.trace.weights.names import Name, parse_name

CASES = {
    "model.layers.3.mlp.up_proj.weight": Name(stack="model", word="layers", layer=(3,), path=("mlp", "up_proj"), kind="weight"),
    "blk.12.ffn_down_exps.weight": Name(word="blk", layer=(12,), expert="*", path=("ffn_down",), kind="weight"),
    "blk.2.ffn_gate.7.weight": Name(word="blk", layer=(2,), expert="7", path=("ffn_gate",), kind="weight"),
    "a.b.layers.0.mlp.shared_experts.up_proj.weight": Name(side="audio", stack="a.b", word="layers", layer=(0,), expert="shared", path=("mlp", "up_proj"), kind="weight"),
    "encoder/layer_5/ffn/linear_0/weight": Name(side="encoder", stack="encoder", word="layer", layer=(5,), path=("ffn", "linear_0"), kind="weight"),
    "swin.layers.2.blocks.1.mlp.fc1.weight": Name(stack="swin", word="layers", layer=(2, 1), path=("mlp", "fc1"), kind="weight"),
    "h.0.attn.in_proj_weight": Name(word="h", layer=(0,), path=("attn", "in_proj"), kind="weight"),
    "0.auto_model.embeddings.word_embeddings.weight_quantized": Name(path=("0", "auto_model", "embeddings", "word_embeddings"), kind="weight"),
    "base_model.model.layers.1.q_proj.lora_A.default.weight": Name(stack="base_model.model", word="layers", layer=(1,), path=("q_proj",), kind="weight", adapter="a"),
    "blk.1.attn_q.weight.lora_b": Name(word="blk", layer=(1,), path=("attn_q",), kind="weight", adapter="b"),
    "bert/encoder/layer_1/output/dense/kernel:0": Name(side="encoder", stack="bert.encoder", word="layer", layer=(1,), path=("output", "dense"), kind="kernel"),
    "model.layers.0.mlp.up_proj.MatMul.weight": Name(stack="model", word="layers", layer=(0,), path=("mlp", "up_proj"), kind="weight"),
    "": Name(),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_parts_of_a_name(name):
    """Stack, layer, expert, path and parameter, wrappers left out."""
    assert parse_name(name) == CASES[name]


def test_the_longest_end_decides():
    """`attention.output.dense` is the attention's, `output.dense` the block's."""
    assert role_of(("attention", "output", "dense")) == ("output", 3)
    assert role_of(("output", "dense")) == ("down", 2)
    assert role_of(("something", "else")) == ("", 0)


def test_adapters_are_not_the_matrices_that_they_change():
    """Factors of an adapter keep the name of their target, and make up no block."""
    arrays = {
        f"base_model.model.model.layers.0.mlp.{name}_proj.lora_{factor}.weight": np.zeros(shape, "<f4")
        for name in ("gate", "up", "down")
        for factor, shape in (("A", (4, 16)), ("B", (20, 4)))
    }
    network = network_from(arrays)
    assert network.blocks == ()
    assert {m.place.role for m in network.layer("layers.0")} == {
        f"{name} adapter-{factor}" for name in ("gate", "up", "down") for factor in "ab"
    }


def test_two_stacks_of_one_kind_keep_apart():
    """Two towers with equal names below their own prefix are two sets of blocks."""
    plain = gated(layers=1)
    arrays = {f"one.{k}": v for k, v in plain.items()} | {f"two.{k}": v for k, v in plain.items()}
    components = [b.component for b in network_from(arrays).blocks]
    assert components == ["one.model.layers.0", "two.model.layers.0"]


def test_layers_in_stages_are_counted_through():
    """Swin's layers have two numbers, and one running number."""
    arrays = {}
    for stage, depth in ((0, 2), (1, 1)):
        for n in range(depth):
            front = f"layers.{stage}.blocks.{n}"
            arrays |= {f"{front}.norm2.weight": np.ones(8, "<f4")}
            arrays |= {
                f"{front}.mlp.fc1.weight": np.zeros((12, 8), "<f4"),
                f"{front}.mlp.fc2.weight": np.zeros((8, 12), "<f4"),
            }
    blocks = network_from(arrays).blocks
    assert [(b.component, b.layer) for b in blocks] == [
        ("layers.0.0", 0),
        ("layers.0.1", 1),
        ("layers.1.0", 2),
    ]
