"""The same weights are the same network, however a file arranges them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from build.networks import network_from
from gauger.trace.weights.invariants import block_invariants
from gauger.trace.weights.names import parse_name

_NAMES = (
    r"(model\.)?(layers|blk|h)\.\d\.(mlp\.)?(experts\.(\d\.)?)?"
    r"(gate_proj|gate_up_proj|up_proj|down_proj|ffn_up|w1|w2|w3|c_attn|qkv|router|weight_ih|weight_hh)"
    r"(\.weight|\.bias|_bias)?"
)
sizes = st.tuples(st.integers(2, 4), st.integers(9, 24), st.integers(0, 2**16))


def parts(heads: int, units: int, seed: int) -> dict[str, np.ndarray]:
    """One layer: attention of heads of 4, gate, up, down, gain and embedding."""
    random = np.random.default_rng(seed)
    width = 4 * heads
    units += units == width
    shapes = {"q": (width, width), "k": (width, width), "g": (units, width), "u": (units, width)}
    shapes |= {"d": (width, units), "n": (width,), "e": (300, width)}
    return {name: random.normal(size=shape).astype("<f4") for name, shape in shapes.items()}


def as_llama(p):
    """Hugging Face's names."""
    front = "model.layers.0"
    return {
        "model.embed_tokens.weight": p["e"],
        f"{front}.post_attention_layernorm.weight": p["n"],
        f"{front}.self_attn.q_proj.weight": p["q"],
        f"{front}.self_attn.k_proj.weight": p["k"],
        f"{front}.mlp.gate_proj.weight": p["g"],
        f"{front}.mlp.up_proj.weight": p["u"],
        f"{front}.mlp.down_proj.weight": p["d"],
    }


def as_gguf(p, heads):
    """llama.cpp's names and order of query and key rows."""

    def turned(rows):
        return rows.reshape(heads, 2, 2, -1).swapaxes(1, 2).reshape(rows.shape).copy()

    return {
        "token_embd.weight": p["e"],
        "blk.0.ffn_norm.weight": p["n"],
        "blk.0.attn_q.weight": turned(p["q"]),
        "blk.0.attn_k.weight": turned(p["k"]),
        "blk.0.ffn_gate.weight": p["g"],
        "blk.0.ffn_up.weight": p["u"],
        "blk.0.ffn_down.weight": p["d"],
    }


def as_fused(p, *, interleaved, stacked):
    """Gate and up in one tensor: Phi-3's halves, or gpt-oss's alternating columns of stacked experts."""
    if stacked:
        both = np.empty((1, p["g"].shape[1], 2 * len(p["g"])), "<f4")
        both[0, :, 0::2], both[0, :, 1::2] = p["g"].T, p["u"].T
        if not interleaved:
            both[0] = np.concatenate([p["g"], p["u"]]).T
        names = {"mlp.experts.gate_up_proj": both, "mlp.experts.down_proj": p["d"].T[None].copy()}
    else:
        names = {"mlp.gate_up_proj.weight": np.concatenate([p["g"], p["u"]]), "mlp.down_proj.weight": p["d"]}
    if interleaved:
        names["mlp.experts.gate_up_proj_bias"] = np.zeros((1, 2 * len(p["g"])), "<f4")
    front = "model.layers.0"
    return {f"{front}.post_attention_layernorm.weight": p["n"]} | {
        f"{front}.{k}": v for k, v in names.items()
    }


def assert_same(one, other):
    """Blocks hold the same numbers."""
    assert (one.units, one.width) == (other.units, other.width)
    np.testing.assert_array_equal(one.gate.whole(), other.gate.whole())
    np.testing.assert_array_equal(one.up.whole(), other.up.whole())
    np.testing.assert_array_equal(one.down.whole(), other.down.whole())
    np.testing.assert_array_equal(one.gain, other.gain)
    np.testing.assert_array_equal(block_invariants(one).columns(), block_invariants(other).columns())


@settings(deadline=None, max_examples=25)
@given(sizes)
def test_gguf_and_safetensors_agree(size):
    """Law: equal blocks, equal embeddings, equal queries and keys."""
    heads, units, seed = size
    p = parts(heads, units, seed)
    values = {"general.architecture": "llama", "llama.attention.head_count": heads}
    one = network_from(as_llama(p), {"num_attention_heads": heads, "hidden_size": 4 * heads})
    other = network_from(as_gguf(p, heads), gguf=values)
    assert_same(one.blocks[0], other.blocks[0])
    np.testing.assert_array_equal(one.embedding.whole(), other.embedding.whole())
    for role in ("query", "key"):
        a, b = (next(m for m in n.matrices if m.place.role == role) for n in (one, other))
        np.testing.assert_array_equal(a.whole(), b.whole())
        np.testing.assert_array_equal(a.gather([3, 1]), b.gather([3, 1]))


@settings(deadline=None, max_examples=25)
@given(sizes, st.sampled_from([(False, False), (False, True), (True, True)]))
def test_fused_and_apart_agree(size, how):
    """Law: splitting undoes fusing, for halves and alternating rows, plain and stacked."""
    p = parts(*size)
    one = network_from(as_llama(p)).blocks[0]
    other = network_from(as_fused(p, interleaved=how[0], stacked=how[1])).blocks[0]
    assert_same(one, other)


@settings(max_examples=300)
@given(
    st.text(max_size=60)
    | st.from_regex(r"[a-z_]{1,8}([./:](\d{1,30}|layers|experts|h|weight|mlp)){0,8}", fullmatch=True)
)
def test_every_name_is_taken_apart(name):
    """Law: any text gives an answer, with numbers in bounds."""
    parsed = parse_name(name)
    assert all(0 <= number < 10**9 for number in parsed.layer)


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["num_attention_heads", "num_key_value_heads", "head_dim", "hidden_size", "n_head"]),
        st.integers(-8, 40) | st.floats() | st.text(max_size=3) | st.integers(10**12, 10**15),
    ),
    st.sampled_from(["gpt_neox", "llama", "internlm2", "falcon", ""]),
)
def test_lies_in_a_configuration_break_nothing(config, architecture):
    """Law: whatever head counts are stated, every number of a joint matrix is there once."""
    front = "model.layers.0"
    for name in ("attention.query_key_value", "attention.wqkv", "self_attn.qkv_proj", "attention.wq"):
        arrays = {f"{front}.{name}.weight": np.arange(48 * 16, dtype="<f4").reshape(48, 16)}
        arrays[f"{front}.input_layernorm.weight"] = np.ones(16, "<f4")
        network = network_from(arrays, config | {"model_type": architecture})
        numbers = np.concatenate([m.whole().ravel() for m in network.matrices])
        assert sorted(numbers.tolist()) == list(range(48 * 16))


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.from_regex(_NAMES, fullmatch=True),
        st.lists(st.integers(0, 5), max_size=4),
        max_size=12,
    )
)  # fmt: skip
def test_any_names_and_shapes_give_a_network(tensors):
    """Law: no combination of names and shapes breaks it, and no tensor of weights is lost."""
    arrays = {name: np.zeros(shape, "<f4") for name, shape in tensors.items()}
    network = network_from(arrays)
    stored = {name for name, a in arrays.items() if a.ndim > 1 and a.size}
    assert {m.tensor.name for m in network.matrices} == stored
    for matrix in network.matrices:
        assert matrix.whole().shape == matrix.shape
