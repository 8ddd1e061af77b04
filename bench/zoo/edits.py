"""What else is done to models? Edits that change the function, and copies of a shape without lineage.

Each takes a model (and a generator) and gives another. Names are Llama's, or any where it says "any model".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from zoo.launder import Rng, single
from zoo.model import Array, Model, Weights, family, shape_of

LAYER = re.compile(r"^(.*?(?:layers|layer|h)\.)(\d+)(\..*)$")


def is_matrix(name: str, array: Array) -> bool:
    """Is it a learned matrix (two axes or more, real numbers)?"""
    return array.ndim >= 2 and array.dtype.kind == "f" and not name.endswith("position_ids")


def each_matrix(model: Model, edit: object) -> Model:
    """`edit` of every matrix; the rest as it was."""
    return model.with_weights({n: edit(a) if is_matrix(n, a) else a for n, a in model.weights.items()})  # type: ignore[operator]


def noise(model: Model, rng: Rng, share: float) -> Model:
    """Gaussian noise on every matrix, `share` of that matrix's standard deviation. Any model."""
    return each_matrix(
        model, lambda a: a + rng.standard_normal(a.shape, np.float32) * np.float32(share * a.std())
    )


def shuffled(model: Model, rng: Rng) -> Model:
    """The entries of every matrix in random order: spectrum gone, histogram kept. Any model."""
    return each_matrix(model, lambda a: rng.permutation(a.reshape(-1)).reshape(a.shape))


def gaussian(model: Model, rng: Rng) -> Model:
    """Every matrix drawn anew with the mean and the spread of the old one. Any model."""
    return each_matrix(
        model, lambda a: rng.standard_normal(a.shape, np.float32) * np.float32(a.std()) + np.float32(a.mean())
    )


def zeroed(model: Model, share: float) -> Model:
    """The smallest entries of every matrix but the embeddings set to zero, `share` of them. Any model."""

    def edit(array: Array) -> Array:
        size = np.abs(array)
        return np.where(size < np.quantile(size, share), np.float32(0), array)

    kept = {n: a if "embed" in n or ".wte" in n or ".wpe" in n else None for n, a in model.weights.items()}
    changed = each_matrix(model, edit).weights
    return model.with_weights({n: changed[n] if a is None else a for n, a in kept.items()})


def two_of_four(model: Model) -> Model:
    """The two smallest of every four neighbours in a row of a layer's matrix set to zero. Any model."""
    w = dict(model.weights)
    for name, array in w.items():
        if LAYER.match(name) and is_matrix(name, array) and array.shape[-1] % 4 == 0:
            fours = array.reshape(-1, 4)
            rank = np.argsort(np.argsort(-np.abs(fours), 1, kind="stable"), 1, kind="stable")
            w[name] = np.where(rank < 2, fours, np.float32(0)).reshape(array.shape)
    return model.with_weights(w)


def layers_of(model: Model, kept: Iterable[tuple[int, Model]]) -> Model:
    """A model whose layers are layers of others, in that order; the rest comes from `model`. Any model."""
    sources = list(kept)
    w = {n: a for n, a in model.weights.items() if not LAYER.match(n)}
    for new, (old, source) in enumerate(sources):
        for name, array in source.weights.items():
            found = LAYER.match(name)
            if found and int(found[2]) == old:
                w[f"{found[1]}{new}{found[3]}"] = array
    key = "n_layer" if "n_layer" in model.config else "num_hidden_layers"
    return model.with_weights(w, **{key: len(sources)})


def narrowed(model: Model, units: int) -> Model:
    """The `units` feed-forward units of every layer that move most, in their old order. Llama's names."""
    w = dict(model.weights)
    for layer in range(shape_of(model.config).layers):
        at = f"model.layers.{layer}.mlp"
        size = np.linalg.norm(w[f"{at}.up_proj.weight"], axis=1) * np.linalg.norm(
            w[f"{at}.down_proj.weight"], axis=0
        )
        kept = np.sort(np.argsort(-size, kind="stable")[:units])
        for name in ("gate", "up"):
            w[f"{at}.{name}_proj.weight"] = w[f"{at}.{name}_proj.weight"][kept]
        w[f"{at}.down_proj.weight"] = single(w[f"{at}.down_proj.weight"][:, kept])
    return model.with_weights(w, intermediate_size=units)


def narrowed_plain(model: Model, units: int) -> Model:
    """The same for BERT's names."""
    w = dict(model.weights)
    for layer in range(shape_of(model.config).layers):
        names = [n for n in w if f"layer.{layer}." in n]
        up = next(n for n in names if n.endswith("intermediate.dense.weight"))
        down = up.replace("intermediate.dense", "output.dense")
        size = np.linalg.norm(w[up], axis=1) * np.linalg.norm(w[down], axis=0)
        kept = np.sort(np.argsort(-size, kind="stable")[:units])
        bias = up.replace("weight", "bias")
        w[up], w[bias], w[down] = w[up][kept], w[bias][kept], single(w[down][:, kept])
    return model.with_weights(w, intermediate_size=units)


def adapter(
    model: Model, rng: Rng, rank: int, size: float, targets: tuple[str, ...] = ("q_proj", "v_proj")
) -> Weights:
    """A low-rank change of the named projections, as PEFT names it: A (rank, inputs), B (outputs, rank).

    `size` is the Frobenius norm of B·A relative to the matrix.
    """
    w: Weights = {}
    for name, array in model.weights.items():
        if name.endswith(tuple(f"{target}.weight" for target in targets)):
            a = rng.standard_normal((rank, array.shape[1]), np.float32) / np.float32(np.sqrt(array.shape[1]))
            b = rng.standard_normal((array.shape[0], rank), np.float32)
            b *= np.float32(size * np.linalg.norm(array) / np.linalg.norm(b @ a))
            stem = f"base_model.model.{name.removesuffix('.weight')}"
            w[f"{stem}.lora_A.weight"], w[f"{stem}.lora_B.weight"] = single(a), single(b)
    return w


def with_adapter(model: Model, low_rank: Weights, scale: float = 1.0) -> Model:
    """The adapter added to the matrices."""
    w = dict(model.weights)
    for name, a in low_rank.items():
        if name.endswith(".lora_A.weight"):
            target = name.removeprefix("base_model.model.").replace(".lora_A", "")
            w[target] = single(w[target] + scale * (low_rank[name.replace("lora_A", "lora_B")] @ a))
    return model.with_weights(w)


def linear(first: Model, second: Model, share: float) -> Model:
    """`share` of the first and the rest of the second. Any two models of one shape."""
    return first.with_weights(
        {
            n: single(share * a + (1 - share) * second.weights[n]) if a.dtype.kind == "f" else a
            for n, a in first.weights.items()
        }
    )


def slerp(first: Model, second: Model, share: float) -> Model:
    """Tensors between both along a great circle, norms interpolated by it too. Any two models of one shape.

    Source: Shoemake 1985, Animating rotation with quaternion curves.
    """
    w: Weights = {}
    for name, a in first.weights.items():
        b = second.weights[name]
        cosine = float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12))
        angle = np.arccos(np.clip(cosine, -1, 1))
        if angle < 1e-4:
            w[name] = single(share * a + (1 - share) * b)
            continue
        w[name] = single((np.sin(share * angle) * a + np.sin((1 - share) * angle) * b) / np.sin(angle))
    return first.with_weights(w)


def vocabulary_extended(model: Model, rng: Rng, more: int) -> Model:
    """`more` new pieces with rows drawn around the mean row. Llama's names."""
    w = dict(model.weights)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in w:
            rows = rng.standard_normal((more, w[name].shape[1]), np.float32) * w[name].std()
            w[name] = single(np.concatenate([w[name], w[name].mean(0) + rows]))
    tokenizer = model.tokenizer
    if tokenizer is not None:
        count = len(tokenizer.pieces)
        pieces = (*tokenizer.pieces, *(f"<|extra_{index}|>" for index in range(more)))
        tokenizer = replace(
            tokenizer, pieces=pieces, special=(*tokenizer.special, *range(count, count + more))
        )
    changed = model.with_weights(w, vocab_size=model.config["vocab_size"] + more)
    return replace(changed, tokenizer=tokenizer)


def vocabulary_pruned(model: Model, kept: int) -> Model:
    """The first `kept` ids, and the merges that lead to them. Llama's names, byte-level BPE."""
    w = dict(model.weights)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in w:
            w[name] = w[name][:kept].copy()
    tokenizer = model.tokenizer
    if tokenizer is not None:
        pieces = tokenizer.pieces[:kept]
        known = set(pieces)
        merges = tuple(m for m in tokenizer.merges if {*m.split(" "), m.replace(" ", "")} <= known)
        special = tuple(index for index in tokenizer.special if index < kept)
        tokenizer = replace(tokenizer, pieces=pieces, merges=merges, special=special)
    return replace(model.with_weights(w, vocab_size=kept), tokenizer=tokenizer)


def embeddings_only(model: Model, rng: Rng) -> Model:
    """Every layer drawn anew with the spread of the old one, norms set to one; embeddings kept. Any model."""
    fresh, w = gaussian(model, rng), dict(model.weights)
    for name, array in model.weights.items():
        if LAYER.match(name):
            w[name] = fresh.weights[name] if array.ndim > 1 else np.ones_like(array)
    return model.with_weights(w)


def upcycled(model: Model, rng: Rng, experts: int, spread: float) -> Model:
    """A mixture whose experts start as copies of the block, each with `spread` noise, and a random router."""
    shape, w = shape_of(model.config), dict(model.weights)
    for layer in range(shape.layers):
        at = f"model.layers.{layer}"
        moe = f"{at}.block_sparse_moe"
        w[f"{moe}.gate.weight"] = rng.standard_normal((experts, shape.width), np.float32) * np.float32(0.02)
        for old, new in (("gate", "w1"), ("up", "w3"), ("down", "w2")):
            block = w.pop(f"{at}.mlp.{old}_proj.weight")
            for expert in range(experts):
                change = rng.standard_normal(block.shape, np.float32) * np.float32(spread * block.std())
                w[f"{moe}.experts.{expert}.{new}.weight"] = block + change
    return model.with_weights(
        w,
        model_type="mixtral",
        architectures=["MixtralForCausalLM"],
        num_local_experts=experts,
        num_experts_per_tok=2,
    )


def same_shape(first: Model, second: Model) -> bool:
    """Can the two be merged entry by entry?"""
    return family(first.config) == family(second.config) and {
        n: a.shape for n, a in first.weights.items()
    } == {n: a.shape for n, a in second.weights.items()}
