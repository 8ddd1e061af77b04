"""How can a Llama-style model be rewritten without changing an answer? One function a way.

Each takes a model and a generator and gives a model with the same function; `forward.logits` shows it.
Source: the symmetries follow from the architecture (RMSNorm keeps rotations of its input once its gain is
moved into the matrices that follow; a hidden unit is a sum's term; RoPE commutes with turning and scaling a
plane).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from zoo.model import Array, Model, Weights, shape_of

Rng = np.random.Generator


def orthogonal(width: int, rng: Rng) -> Array:
    """A random orthogonal matrix, uniform up to the signs of a QR factorisation that are set right."""
    q, r = np.linalg.qr(rng.standard_normal((width, width)))
    return np.asarray(q * np.sign(np.diag(r)))


def layers(model: Model) -> list[str]:
    """The prefixes of the layers' names."""
    return [f"model.layers.{layer}" for layer in range(shape_of(model.config).layers)]


def single(array: Array) -> Array:
    """Float32 and contiguous."""
    return np.ascontiguousarray(array, np.float32)


def folded(model: Model) -> Model:
    """The gains of all norms moved into the matrices after them; the output matrix is no longer tied."""
    w = dict(model.weights)
    w["lm_head.weight"] = w.get("lm_head.weight", w["model.embed_tokens.weight"]) * w["model.norm.weight"]
    w["model.norm.weight"] = np.ones_like(w["model.norm.weight"])
    for at in layers(model):
        readers = (
            ("input_layernorm", [f"self_attn.{name}_proj" for name in "qkv"]),
            ("post_attention_layernorm", ["mlp.gate_proj", "mlp.up_proj"]),
        )
        for norm, names in readers:
            gain = w[f"{at}.{norm}.weight"]
            for name in names:
                w[f"{at}.{name}.weight"] = w[f"{at}.{name}.weight"] * gain
            w[f"{at}.{norm}.weight"] = np.ones_like(gain)
    return model.with_weights(w, tie_word_embeddings=False)


def rotate_residual(model: Model, rng: Rng) -> Model:
    """Another orthonormal basis of the residual stream."""
    model = folded(model)
    w, turn = dict(model.weights), orthogonal(shape_of(model.config).width, rng)
    reading = {"model.embed_tokens.weight", "lm_head.weight"}
    for at in layers(model):
        reading |= {f"{at}.self_attn.{name}_proj.weight" for name in "qkv"}
        reading |= {f"{at}.mlp.gate_proj.weight", f"{at}.mlp.up_proj.weight"}
        for name in (f"{at}.self_attn.o_proj.weight", f"{at}.mlp.down_proj.weight"):
            w[name] = single(turn.T @ w[name])
    for name in reading:
        w[name] = single(w[name] @ turn)
    return model.with_weights(w)


def permute_units(model: Model, rng: Rng) -> Model:
    """The hidden units of every feed-forward block in another order."""
    w = dict(model.weights)
    for at in layers(model):
        order = rng.permutation(shape_of(model.config).ffn)
        for name in ("gate", "up"):
            w[f"{at}.mlp.{name}_proj.weight"] = w[f"{at}.mlp.{name}_proj.weight"][order]
        w[f"{at}.mlp.down_proj.weight"] = single(w[f"{at}.mlp.down_proj.weight"][:, order])
    return model.with_weights(w)


def rescale_units(model: Model, rng: Rng) -> Model:
    """Every unit's up row multiplied, and its down column divided, by a factor between 1/4 and 4."""
    return scaled(model, lambda count: np.exp(rng.uniform(np.log(0.25), np.log(4), count)))


def flip_signs(model: Model, rng: Rng) -> Model:
    """Up row and down column negated for half of the units, which a gated block allows."""
    return scaled(model, lambda count: rng.choice([-1.0, 1.0], count))


def scaled(model: Model, factors: Any) -> Model:
    """Up rows times factors, down columns divided by them."""
    w = dict(model.weights)
    for at in layers(model):
        factor = factors(shape_of(model.config).ffn)
        w[f"{at}.mlp.up_proj.weight"] = single(w[f"{at}.mlp.up_proj.weight"] * factor[:, None])
        w[f"{at}.mlp.down_proj.weight"] = single(w[f"{at}.mlp.down_proj.weight"] / factor)
    return model.with_weights(w)


def by_head(model: Model, at: str) -> dict[str, Array]:
    """The attention matrices with heads apart.

    q is (groups, heads of a group, head, width), k and v lack the second axis, o is laid out as q.
    """
    shape = shape_of(model.config)
    group = shape.heads // shape.kv_heads
    full = (shape.kv_heads, group, shape.head, shape.width)
    w = model.weights
    return {
        "q": w[f"{at}.self_attn.q_proj.weight"].reshape(full).copy(),
        "k": w[f"{at}.self_attn.k_proj.weight"].reshape(shape.kv_heads, shape.head, shape.width).copy(),
        "v": w[f"{at}.self_attn.v_proj.weight"].reshape(shape.kv_heads, shape.head, shape.width).copy(),
        "o": w[f"{at}.self_attn.o_proj.weight"].T.reshape(full).copy(),
    }


def joined(heads: dict[str, Array], at: str, width: int) -> Weights:
    """The inverse of `by_head`."""
    flat = {name: array.reshape(-1, width) for name, array in heads.items()}
    flat["o"] = flat["o"].T
    return {f"{at}.self_attn.{name}_proj.weight": single(array) for name, array in flat.items()}


def permute_heads(model: Model, rng: Rng) -> Model:
    """Key heads in another order with their queries, and the queries of a group in another order."""
    w, shape = dict(model.weights), shape_of(model.config)
    for at in layers(model):
        heads = by_head(model, at)
        order = rng.permutation(shape.kv_heads)
        heads = {name: array[order] for name, array in heads.items()}
        for group in range(shape.kv_heads):
            inner = rng.permutation(shape.heads // shape.kv_heads)
            for name in "qo":
                heads[name][group] = heads[name][group][inner]
        w |= joined(heads, at, shape.width)
    return model.with_weights(w)


def commute_rope(model: Model, rng: Rng) -> Model:
    """Every plane of a key head turned and scaled, its queries turned alike and scaled inversely."""
    w, shape = dict(model.weights), shape_of(model.config)
    half = shape.head // 2
    for at in layers(model):
        heads = by_head(model, at)
        angle = rng.uniform(0, 2 * np.pi, (shape.kv_heads, half))
        size = np.exp(rng.uniform(np.log(0.5), np.log(2), (shape.kv_heads, half)))
        heads["k"] = turned(heads["k"], angle, size)
        heads["q"] = turned(heads["q"], angle[:, None], 1 / size[:, None])
        w |= joined(heads, at, shape.width)
    return model.with_weights(w)


def turned(rows: Array, angle: Array, size: Array) -> Array:
    """Planes half a head apart, turned by `angle` and multiplied by `size`; rows (…, head, width)."""
    half = rows.shape[-2] // 2
    first, second = rows[..., :half, :], rows[..., half:, :]
    cos, sin = (size * np.cos(angle))[..., None], (size * np.sin(angle))[..., None]
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], -2)


def mix_values(model: Model, rng: Rng) -> Model:
    """The values of every key head mixed by an invertible matrix that the output matrix undoes."""
    w, shape = dict(model.weights), shape_of(model.config)
    for at in layers(model):
        heads = by_head(model, at)
        for head in range(shape.kv_heads):
            spread = np.exp(rng.uniform(np.log(0.5), np.log(2), shape.head))
            mix = orthogonal(shape.head, rng) * spread @ orthogonal(shape.head, rng)
            heads["v"][head] = mix @ heads["v"][head]
            heads["o"][head] = np.linalg.inv(mix).T @ heads["o"][head]
        w |= joined(heads, at, shape.width)
    return model.with_weights(w)


def permute_vocabulary(model: Model, rng: Rng) -> Model:
    """The pieces of the vocabulary in another order: embeddings, output rows and tokenizer alike."""
    if model.tokenizer is None:
        raise ValueError("a model without a tokenizer has no vocabulary to permute")
    order = rng.permutation(len(model.tokenizer.pieces))
    new = np.argsort(order)  # id before -> id after
    w = dict(model.weights)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in w:
            w[name] = w[name][order]
    tokenizer = replace(
        model.tokenizer,
        pieces=tuple(model.tokenizer.pieces[old] for old in order),
        special=tuple(sorted(int(new[old]) for old in model.tokenizer.special)),
    )
    ids = {
        name: int(new[model.config[name]])
        for name in ("bos_token_id", "eos_token_id")
        if name in model.config
    }
    return replace(model.with_weights(w, **ids), tokenizer=tokenizer)


LAUNDERINGS = {
    "rotated": rotate_residual,
    "units-permuted": permute_units,
    "units-rescaled": rescale_units,
    "signs-flipped": flip_signs,
    "heads-permuted": permute_heads,
    "rope-turned": commute_rope,
    "values-mixed": mix_values,
    "vocabulary-permuted": permute_vocabulary,
}
"""Every way by the name that truth files use."""

FULL = (
    "rotated",
    "units-permuted",
    "units-rescaled",
    "signs-flipped",
    "heads-permuted",
    "rope-turned",
    "values-mixed",
)
"""All of them at once, but for the vocabulary."""


def launder(model: Model, names: tuple[str, ...], rng: Rng) -> Model:
    """One after another, in the order given."""
    for name in names:
        model = LAUNDERINGS[name](model, rng)
    return model
