"""Joint attention matrices come apart, and reordered rows go back."""

from __future__ import annotations

import numpy as np
import pytest

from build.networks import gated, network_from
from gauger.trace.weights.attention import restored_order, split_joint


def reordered(rows: np.ndarray, heads: int) -> np.ndarray:
    """What a converter to GGUF does: in each head, pairs of rows stand next to each other."""
    half = len(rows) // heads // 2
    return rows.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(rows.shape)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_reordered_rows_go_back(heads):
    """Law: restoring undoes the reordering."""
    rows = np.random.default_rng(0).normal(size=(16, 5)).astype(np.float32)
    np.testing.assert_array_equal(reordered(rows, heads)[restored_order(16, heads)], rows)


def test_rows_that_no_head_count_divides_stay():
    """Without a head count, or with one that does not fit, nothing is reordered."""
    assert restored_order(16, 0) is None
    assert restored_order(18, 4) is None


def test_queries_and_keys_of_a_gguf_are_those_of_the_model():
    """Of the architectures that are reordered; values, and other architectures, are left alone."""
    random = np.random.default_rng(3)
    query, key, value = (random.normal(size=(n, 16)).astype("<f4") for n in (16, 8, 8))
    arrays = {
        "token_embd.weight": random.normal(size=(300, 16)).astype("<f4"),
        "blk.0.attn_norm.weight": np.ones(16, "<f4"),
        "blk.0.attn_q.weight": reordered(query, 4).copy(),
        "blk.0.attn_k.weight": reordered(key, 2).copy(),
        "blk.0.attn_v.weight": value,
    }
    heads = {"attention.head_count": 4, "attention.head_count_kv": 2, "embedding_length": 16}
    for architecture, undone in (("llama", True), ("qwen2", False)):
        values = {"general.architecture": architecture} | {f"{architecture}.{k}": v for k, v in heads.items()}
        found = {m.place.role: m.whole() for m in network_from(arrays, gguf=values).layer("layers.0")}
        np.testing.assert_array_equal(found["value"], value)
        assert np.array_equal(found["query"], query) == undone
        assert np.array_equal(found["key"], key) == undone


def test_the_developers_own_files_have_the_other_order():
    """Meta and Mistral keep pairs of rows together; the order becomes that of the transformers library."""
    random = np.random.default_rng(9)
    query, key = (random.normal(size=(n, 16)).astype("<f4") for n in (16, 8))
    arrays = {
        "layers.0.ffn_norm.weight": np.ones(16, "<f4"),
        "layers.0.attention.wq.weight": reordered(query, 4).copy(),
        "layers.0.attention.wk.weight": reordered(key, 2).copy(),
        "layers.0.attention.wv.weight": key,
    }
    config = {"n_heads": 4, "n_kv_heads": 2, "dim": 16}
    found = {m.place.role: m.whole() for m in network_from(arrays, config).matrices}
    for role, expected in (("query", query), ("key", key), ("value", key)):
        np.testing.assert_array_equal(found[role], expected)


JOINT = np.random.default_rng(4).normal(size=(32, 16)).astype("<f4")


def test_parts_behind_each_other():
    """Phi-3: queries first, then keys, then values, by the head counts."""
    arrays = gated(layers=1) | {"model.layers.0.self_attn.qkv_proj.weight": JOINT}
    config = {"num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 16}
    found = {m.place.role: m.whole() for m in network_from(arrays, config).layer("layers.0")}
    np.testing.assert_array_equal(found["query"], JOINT[:16])
    np.testing.assert_array_equal(found["key"], JOINT[16:24])
    np.testing.assert_array_equal(found["value"], JOINT[24:])


def test_parts_by_head():
    """GPT-NeoX: query, key and value of one head, then those of the next."""
    joint = np.random.default_rng(6).normal(size=(4, 3, 4, 16)).astype("<f4")
    arrays = {"gpt_neox.layers.0.attention.query_key_value.weight": joint.reshape(48, 16)}
    arrays["gpt_neox.layers.0.input_layernorm.weight"] = np.ones(16, "<f4")
    config = {"model_type": "gpt_neox", "num_attention_heads": 4, "hidden_size": 16}
    found = {m.place.role: m.whole() for m in network_from(arrays, config).matrices}
    for number, role in enumerate(("query", "key", "value")):
        np.testing.assert_array_equal(found[role], joint[:, number].reshape(16, 16))


def test_parts_by_group():
    """InternLM 2: the queries of a group, its key, its value, then the next group."""
    joint = JOINT.reshape(2, 4, 4, 16)
    arrays = {
        "model.layers.0.attention.wqkv.weight": JOINT,
        "model.layers.0.ffn_norm.weight": np.ones(16, "<f4"),
    }
    config = {
        "model_type": "internlm2",
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "hidden_size": 16,
    }
    found = {m.place.role: m.whole() for m in network_from(arrays, config).matrices}
    np.testing.assert_array_equal(found["query"], joint[:, :2].reshape(16, 16))
    np.testing.assert_array_equal(found["key"], joint[:, 2].reshape(8, 16))
    np.testing.assert_array_equal(found["value"], joint[:, 3].reshape(8, 16))


def test_conv1d_lies_transposed():
    """GPT-2: the joint matrix is split along its columns."""
    random = np.random.default_rng(8)
    joint = random.normal(size=(16, 48)).astype("<f4")
    arrays = {
        "h.0.ln_2.weight": np.ones(16, "<f4"),
        "h.0.attn.c_attn.weight": joint,
        "h.0.attn.c_proj.weight": random.normal(size=(16, 16)).astype("<f4"),
        "h.0.mlp.c_fc.weight": random.normal(size=(16, 20)).astype("<f4"),
        "h.0.mlp.c_proj.weight": random.normal(size=(20, 16)).astype("<f4"),
    }
    found = {m.place.role: m.whole() for m in network_from(arrays).matrices}
    np.testing.assert_array_equal(found["key"], joint[:, 16:32].T)
    np.testing.assert_array_equal(found["output"], arrays["h.0.attn.c_proj.weight"].T)
    np.testing.assert_array_equal(found["up"], arrays["h.0.mlp.c_fc.weight"].T)


def test_what_nothing_tells_stays_joint():
    """A joint matrix by heads is not guessed at without head counts."""
    assert split_joint(48, 16, {}, "by group") is None
    assert split_joint(17, 16, {}, "behind") is None
    arrays = {"gpt_neox.layers.0.attention.query_key_value.weight": np.zeros((48, 16), "<f4")}
    (matrix,) = network_from(arrays).matrices
    assert matrix.place.role == "query-key-value"
