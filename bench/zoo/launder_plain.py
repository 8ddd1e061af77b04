"""How can a block without a gate (GPT-2, BERT) be rewritten without changing an answer?

LayerNorm subtracts the mean, so only a permutation of the residual stream is free (and, with biases and gains
permuted alike, exact); units and heads can be reordered, values mixed, queries mixed against keys.
"""

from __future__ import annotations

import numpy as np
from zoo.launder import Rng, orthogonal, single
from zoo.model import Array, Model, Weights, family, shape_of


class Plain:
    """The matrices of GPT-2 and BERT behind one orientation, (outputs, inputs), while they are changed."""

    def __init__(self, model: Model) -> None:
        """A copy of the model's names; arrays are replaced, never written to."""
        self.model, self.shape = model, shape_of(model.config)
        self.gpt2 = family(model.config) == "gpt2"
        self.w: Weights = dict(model.weights)
        bare = "embeddings.word_embeddings.weight" in model.weights
        self.root = "transformer." if self.gpt2 else "" if bare else "bert."

    def at(self, layer: int) -> str:
        """The prefix of a layer."""
        return f"{self.root}h.{layer}" if self.gpt2 else f"{self.root}encoder.layer.{layer}"

    def heads(self, layer: int) -> dict[str, tuple[Array, Array]]:
        """Query, key, value as (heads, head, width) with bias, and output as (width, heads, head)."""
        shape, at = self.shape, self.at(layer)
        split = (shape.heads, shape.head)
        if self.gpt2:
            matrix = self.w[f"{at}.attn.c_attn.weight"].T.reshape(3, *split, shape.width)
            bias = self.w[f"{at}.attn.c_attn.bias"].reshape(3, *split)
            out = self.w[f"{at}.attn.c_proj.weight"].T
        else:
            names = [f"{at}.attention.self.{name}" for name in ("query", "key", "value")]
            matrix = np.stack([self.w[f"{name}.weight"].reshape(*split, shape.width) for name in names])
            bias = np.stack([self.w[f"{name}.bias"].reshape(split) for name in names])
            out = self.w[f"{at}.attention.output.dense.weight"]
        parts = {name: (matrix[i].copy(), bias[i].copy()) for i, name in enumerate("qkv")}
        return {**parts, "o": (out.reshape(shape.width, *split).copy(), np.zeros(0))}

    def put_heads(self, layer: int, parts: dict[str, tuple[Array, Array]]) -> None:
        """The inverse of `heads`."""
        at, width = self.at(layer), self.shape.width
        out = parts["o"][0].reshape(width, -1)
        if self.gpt2:
            rows = np.concatenate([parts[name][0].reshape(-1, width) for name in "qkv"])
            self.w[f"{at}.attn.c_attn.weight"] = single(rows.T)
            self.w[f"{at}.attn.c_attn.bias"] = single(np.concatenate([parts[n][1].ravel() for n in "qkv"]))
            self.w[f"{at}.attn.c_proj.weight"] = single(out.T)
            return
        for part, name in zip("qkv", ("query", "key", "value"), strict=True):
            self.w[f"{at}.attention.self.{name}.weight"] = single(parts[part][0].reshape(-1, width))
            self.w[f"{at}.attention.self.{name}.bias"] = single(parts[part][1].ravel())
        self.w[f"{at}.attention.output.dense.weight"] = single(out)

    def done(self) -> Model:
        """The model with what was changed."""
        return self.model.with_weights(self.w)


def permute_units(model: Model, rng: Rng) -> Model:
    """The hidden units of every feed-forward block in another order."""
    plain = Plain(model)
    for layer in range(plain.shape.layers):
        at, order, w = plain.at(layer), rng.permutation(plain.shape.ffn), plain.w
        if plain.gpt2:
            w[f"{at}.mlp.c_fc.weight"] = single(w[f"{at}.mlp.c_fc.weight"][:, order])
            w[f"{at}.mlp.c_fc.bias"] = w[f"{at}.mlp.c_fc.bias"][order]
            w[f"{at}.mlp.c_proj.weight"] = w[f"{at}.mlp.c_proj.weight"][order]
            continue
        for kind in ("weight", "bias"):
            w[f"{at}.intermediate.dense.{kind}"] = w[f"{at}.intermediate.dense.{kind}"][order]
        w[f"{at}.output.dense.weight"] = single(w[f"{at}.output.dense.weight"][:, order])
    return plain.done()


def permute_heads(model: Model, rng: Rng) -> Model:
    """Attention heads in another order."""
    plain = Plain(model)
    for layer in range(plain.shape.layers):
        order, parts = rng.permutation(plain.shape.heads), plain.heads(layer)
        moved = {name: (parts[name][0][order], parts[name][1][order]) for name in "qkv"}
        plain.put_heads(layer, {**moved, "o": (parts["o"][0][:, order], parts["o"][1])})
    return plain.done()


def mix_heads(model: Model, rng: Rng) -> Model:
    """Queries mixed against keys, and values against the output, head by head."""
    plain = Plain(model)
    for layer in range(plain.shape.layers):
        parts = plain.heads(layer)
        for head in range(plain.shape.heads):
            for mixed, against in (("qk", "k"), ("vo", "o")):
                spread = np.exp(rng.uniform(np.log(0.5), np.log(2), plain.shape.head))
                mix = orthogonal(plain.shape.head, rng) * spread @ orthogonal(plain.shape.head, rng)
                inverse, (rows, bias) = np.linalg.inv(mix), parts[mixed[0]]
                rows[head], bias[head] = mix @ rows[head], mix @ bias[head]
                if against == "k":
                    rows, bias = parts["k"]
                    rows[head], bias[head] = inverse.T @ rows[head], inverse.T @ bias[head]
                else:
                    parts["o"][0][:, head] = parts["o"][0][:, head] @ inverse
        plain.put_heads(layer, parts)
    return plain.done()


def permute_residual(model: Model, rng: Rng) -> Model:
    """The coordinates of the residual stream in another order, in every tensor that has them."""
    shape = shape_of(model.config)
    order, w = rng.permutation(shape.width), {}
    for name, array in model.weights.items():
        moved = array
        for axis in residual_axes(name, gpt2=family(model.config) == "gpt2"):
            moved = np.take(moved, order, axis)
        w[name] = np.ascontiguousarray(moved)
    return model.with_weights(w)


def residual_axes(name: str, *, gpt2: bool) -> tuple[int, ...]:
    """Which axes of a tensor run along the residual stream?"""
    part = name.rpartition(".")[0]
    writes = part.endswith(("c_proj", "output.dense", "transform.dense"))
    reads = part.endswith(
        ("c_attn", "c_fc", "query", "key", "value", "intermediate.dense", "transform.dense")
    )
    if name.endswith("position_ids"):
        return ()
    if name == "cls.predictions.bias" or part.endswith("pooler.dense"):
        return (1,) if name.endswith("pooler.dense.weight") else ()
    if name.endswith("bias") or "norm" in part.lower() or part.rpartition(".")[2].startswith("ln_"):
        return () if reads and not writes else (0,)
    if "embeddings" in name or part.endswith(("wte", "wpe")):
        return (1,)
    output_axis, input_axis = (1, 0) if gpt2 else (0, 1)
    return tuple(axis for axis, there in ((output_axis, writes), (input_axis, reads)) if there)


LAUNDERINGS = {
    "units-permuted": permute_units,
    "heads-permuted": permute_heads,
    "heads-mixed": mix_heads,
    "residual-permuted": permute_residual,
}
"""Every way by the name that truth files use."""


def launder(model: Model, names: tuple[str, ...], rng: Rng) -> Model:
    """One after another, in the order given."""
    for name in names:
        model = LAUNDERINGS[name](model, rng)
    return model
