"""What does a model answer? Forward passes in numpy, small enough to be believed, to check rewritings.

One sequence, no cache, float64 inside, so that a difference of logits is the edit's and not the arithmetic's.
Source: RMSNorm arXiv 1910.07467, RoPE 2104.09864, SwiGLU 2002.05202, GPT-2 and BERT as published; the
names and the half-split rotary order are those of Hugging Face's checkpoints.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erf
from zoo.model import Array, Model, Shape, Weights, family, shape_of


def logits(model: Model, ids: list[int]) -> Array:
    """Scores of every piece after every token, float64 array of shape (tokens, vocabulary)."""
    return {"llama": llama, "mixtral": llama, "gpt2": gpt2, "bert": bert}[family(model.config)](model, ids)


def softmax(scores: Array) -> Array:
    """Rows that sum to one."""
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def rms_norm(x: Array, gain: Array, epsilon: float) -> Array:
    """Rows divided by their root mean square, times the gain."""
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * gain


def layer_norm(x: Array, gain: Array, bias: Array, epsilon: float) -> Array:
    """Rows centred and scaled to variance one, times the gain, plus the bias."""
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + epsilon) * gain + bias


def gelu(x: Array) -> Array:
    """The exact GELU."""
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def gelu_tanh(x: Array) -> Array:
    """GPT-2's approximation of GELU."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def silu(x: Array) -> Array:
    """Values times their logistic function."""
    return x / (1 + np.exp(-x))


def rotate(x: Array, theta: float) -> Array:
    """RoPE on an array of shape (tokens, heads, head), pairs half a head apart."""
    half = x.shape[-1] // 2
    angle = np.arange(len(x))[:, None] * theta ** (-np.arange(half) / half)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    first, second = x[..., :half], x[..., half:]
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], -1)


def attend(query: Array, key: Array, value: Array, *, causal: bool) -> Array:
    """Attention over arrays of shape (tokens, heads, head); fewer key heads serve groups of queries."""
    group = query.shape[1] // key.shape[1]
    key, value = np.repeat(key, group, 1), np.repeat(value, group, 1)
    scores = np.einsum("qhd,khd->hqk", query, key) / np.sqrt(query.shape[-1])
    if causal:
        scores = np.where(np.tri(len(query), dtype=bool), scores, -np.inf)
    return np.einsum("hqk,khd->qhd", softmax(scores), value).reshape(len(query), -1)


def experts(x: Array, weights: Weights, at: str, per_token: int) -> Array:
    """A mixture's block: the best experts of every token, their shares normalised to one."""
    router = x @ weights[f"{at}.gate.weight"].T
    chosen = np.argsort(-router, -1, kind="stable")[:, :per_token]
    share = softmax(np.take_along_axis(router, chosen, -1))
    out = np.zeros_like(x)
    for token, (row, picks) in enumerate(zip(x, chosen, strict=True)):
        for rank, expert in enumerate(picks):
            name = f"{at}.experts.{expert}"
            hidden = silu(weights[f"{name}.w1.weight"] @ row) * (weights[f"{name}.w3.weight"] @ row)
            out[token] += share[token, rank] * (weights[f"{name}.w2.weight"] @ hidden)
    return out


def llama_layer(x: Array, model: Model, shape: Shape, layer: int) -> Array:
    """One decoder layer with its two residual additions."""
    weights, config, at = model.weights, model.config, f"model.layers.{layer}"
    epsilon = config["rms_norm_eps"]
    theta = config.get("rope_theta", 10000.0)
    y = rms_norm(x, weights[f"{at}.input_layernorm.weight"], epsilon)
    heads = {
        name: (y @ weights[f"{at}.self_attn.{name}_proj.weight"].T).reshape(len(y), -1, shape.head)
        for name in "qkv"
    }
    mixed = attend(rotate(heads["q"], theta), rotate(heads["k"], theta), heads["v"], causal=True)
    x = x + mixed @ weights[f"{at}.self_attn.o_proj.weight"].T
    y = rms_norm(x, weights[f"{at}.post_attention_layernorm.weight"], epsilon)
    if "num_local_experts" in config:
        return x + experts(y, weights, f"{at}.block_sparse_moe", config["num_experts_per_tok"])
    gate, up = (y @ weights[f"{at}.mlp.{name}_proj.weight"].T for name in ("gate", "up"))
    return x + (silu(gate) * up) @ weights[f"{at}.mlp.down_proj.weight"].T


def llama(model: Model, ids: list[int]) -> Array:
    """Logits of a Llama-style decoder, or of a Mixtral-style mixture."""
    shape = shape_of(model.config)
    x = model.weights["model.embed_tokens.weight"][ids].astype(np.float64)
    for layer in range(shape.layers):
        x = llama_layer(x, model, shape, layer)
    x = rms_norm(x, model.weights["model.norm.weight"], model.config["rms_norm_eps"])
    head = model.weights.get("lm_head.weight", model.weights["model.embed_tokens.weight"])
    return np.asarray(x @ head.T)


def gpt2(model: Model, ids: list[int]) -> Array:
    """Logits of a GPT-2-style decoder, whose matrices are stored as (inputs, outputs)."""
    weights, shape, epsilon = model.weights, shape_of(model.config), model.config["layer_norm_epsilon"]

    def norm(x: Array, name: str) -> Array:
        return layer_norm(x, weights[f"{name}.weight"], weights[f"{name}.bias"], epsilon)

    def apply(x: Array, name: str) -> Array:
        return np.asarray(x @ weights[f"{name}.weight"] + weights[f"{name}.bias"])

    x = (
        weights["transformer.wte.weight"][ids].astype(np.float64)
        + weights["transformer.wpe.weight"][: len(ids)]
    )
    for layer in range(shape.layers):
        at = f"transformer.h.{layer}"
        fused = apply(norm(x, f"{at}.ln_1"), f"{at}.attn.c_attn")
        query, key, value = fused.reshape(len(ids), 3, shape.heads, shape.head).transpose(1, 0, 2, 3)
        x = x + apply(attend(query, key, value, causal=True), f"{at}.attn.c_proj")
        x = x + apply(gelu_tanh(apply(norm(x, f"{at}.ln_2"), f"{at}.mlp.c_fc")), f"{at}.mlp.c_proj")
    return np.asarray(norm(x, "transformer.ln_f") @ weights["transformer.wte.weight"].T)


def bert(model: Model, ids: list[int]) -> Array:
    """What an encoder says of every token: hidden states, or logits where there is a masked-language head."""
    bare = "embeddings.word_embeddings.weight" in model.weights
    prefix = "" if bare else "bert."
    weights, shape, epsilon = model.weights, shape_of(model.config), model.config["layer_norm_eps"]

    def norm(x: Array, name: str) -> Array:
        return layer_norm(x, weights[f"{name}.weight"], weights[f"{name}.bias"], epsilon)

    def apply(x: Array, name: str) -> Array:
        return np.asarray(x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])

    words = weights[f"{prefix}embeddings.word_embeddings.weight"]
    x = words[ids].astype(np.float64) + weights[f"{prefix}embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(
        x + weights[f"{prefix}embeddings.token_type_embeddings.weight"][0], f"{prefix}embeddings.LayerNorm"
    )
    for layer in range(shape.layers):
        at = f"{prefix}encoder.layer.{layer}"
        query, key, value = (
            apply(x, f"{at}.attention.self.{name}").reshape(len(ids), shape.heads, shape.head)
            for name in ("query", "key", "value")
        )
        mixed = apply(attend(query, key, value, causal=False), f"{at}.attention.output.dense")
        x = norm(x + mixed, f"{at}.attention.output.LayerNorm")
        hidden = apply(gelu(apply(x, f"{at}.intermediate.dense")), f"{at}.output.dense")
        x = norm(x + hidden, f"{at}.output.LayerNorm")
    if "cls.predictions.bias" not in weights:
        return x
    x = norm(gelu(apply(x, "cls.predictions.transform.dense")), "cls.predictions.transform.LayerNorm")
    return np.asarray(x @ words.T + weights["cls.predictions.bias"])
