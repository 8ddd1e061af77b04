"""Adapters: pairs of small matrices, the weights that they change, and their scale."""

from __future__ import annotations

import numpy as np
import pytest

from build.gguf import gguf_bytes
from build.quantised import safetensors_of
from gauger.core.errors import Malformed
from gauger.formats.lora import lora_pairs
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of

A, B = np.ones((4, 16), "f4"), np.ones((32, 4), "f4")
MODULE = "base_model.model.model.layers.0.self_attn.q_proj"


def adapter(tensors):
    """An opened adapter of these arrays."""
    stored = {name: ("F32", array) for name, array in tensors.items()}
    return weights_of([MemorySource(safetensors_of(stored), name="adapter_model.safetensors")])


def test_pairs_of_peft_with_their_scale():
    """Alpha over rank, or over its root; a pattern for one module goes first."""
    weights = adapter({f"{MODULE}.lora_A.weight": A, f"{MODULE}.lora_B.weight": B})
    (pair,) = lora_pairs(weights, {"r": 4, "lora_alpha": 16})
    assert pair.target == "model.layers.0.self_attn.q_proj.weight"
    assert (pair.rank, pair.scale, pair.scale_known) == (4, 4.0, True)
    assert (pair.a.shape, pair.b.shape) == ((4, 16), (32, 4))
    assert lora_pairs(weights, {"lora_alpha": 16, "use_rslora": True})[0].scale == 8.0
    assert lora_pairs(weights, {"lora_alpha": 16, "alpha_pattern": {"q_proj": 4}})[0].scale == 1.0
    (unknown,) = lora_pairs(weights)
    assert (unknown.scale, unknown.scale_known) == (1.0, False)


def test_embeddings_and_magnitudes():
    """Embeddings are stored the other way round; DoRA adds a vector."""
    weights = adapter(
        {
            "base_model.model.model.embed_tokens.lora_embedding_A": A,
            "base_model.model.model.embed_tokens.lora_embedding_B": B,
            f"{MODULE}.lora_A.default.weight": A,
            f"{MODULE}.lora_B.default.weight": B,
            f"{MODULE}.lora_magnitude_vector": np.ones(32, "f4"),
        }
    )
    embedding, linear = lora_pairs(weights)
    assert (embedding.target, embedding.transposed) == ("model.embed_tokens.weight", True)
    assert linear.target == "model.layers.0.self_attn.q_proj.weight"
    assert linear.magnitude.shape == (32,)


@pytest.mark.parametrize(
    ("first", "second", "target"),
    [
        ("lora_unet_a.lora_down.weight", "lora_unet_a.lora_up.weight", "lora_unet_a.weight"),
        ("unet.a.lora.down.weight", "unet.a.lora.up.weight", "unet.a.weight"),
        ("unet.a_lora.down.weight", "unet.a_lora.up.weight", "unet.a.weight"),
    ],
)
def test_other_spellings(first, second, target):
    """Kohya's with alpha beside each pair, and diffusers'."""
    stem = first.partition(".lora_down")[0]
    weights = adapter({first: A, second: B, f"{stem}.alpha": np.array(8, "f4")})
    (pair,) = lora_pairs(weights)
    assert pair.target == target
    assert pair.scale == (2.0 if "lora_down" in first else 1.0)


def test_adapters_in_gguf():
    """Alpha stands in the header."""
    tensors = {
        "blk.0.attn_q.weight.lora_a": (A.shape, 0, A.tobytes()),
        "blk.0.attn_q.weight.lora_b": (B.shape, 0, B.tobytes()),
    }
    data = gguf_bytes({"general.type": "adapter", "adapter.lora.alpha": 32.0}, tensors)
    (pair,) = lora_pairs(weights_of([MemorySource(data, name="a.gguf")]))
    assert (pair.target, pair.scale) == ("blk.0.attn_q.weight", 8.0)


def test_matrices_of_two_ranks_are_no_pair():
    """They cannot be multiplied."""
    weights = adapter({f"{MODULE}.lora_A.weight": A, f"{MODULE}.lora_B.weight": B[:, :3]})
    with pytest.raises(Malformed, match="one rank"):
        lora_pairs(weights)


def test_a_model_is_no_adapter():
    """Nothing is found in it."""
    assert lora_pairs(adapter({"model.layers.0.mlp.up_proj.weight": A})) == ()
