"""Tiny gated models with embeddings, copies of them, and fingerprints without any model behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from build.safetensors import safetensors_bytes
from gauger.trace.fingerprints.make import QUERY, Detail, make_fingerprint
from gauger.trace.fingerprints.records import (
    GATED,
    SPREADS,
    BlockNote,
    Declared,
    Document,
    Fingerprint,
    Reading,
    Structure,
)

Tensors = dict[str, np.ndarray]
LAYERS, WIDTH, UNITS, TOKENS = 4, 48, 128, 320


def tiny_llama(seed: int, layers: int = LAYERS, units: int = UNITS) -> Tensors:
    """A model that nobody trained: every number is drawn, the units in different sizes."""
    draw = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> np.ndarray:
        scale = draw.lognormal(0.0, 0.4, (rows, 1))
        return (scale * draw.normal(0.0, 0.05, (rows, columns))).astype("<f4")

    tensors = {"model.embed_tokens.weight": matrix(TOKENS, WIDTH)}
    for layer in range(layers):
        front = f"model.layers.{layer}."
        for name in ("q", "k", "v", "o"):
            tensors[f"{front}self_attn.{name}_proj.weight"] = matrix(WIDTH, WIDTH)
        tensors[f"{front}mlp.gate_proj.weight"] = matrix(units, WIDTH)
        tensors[f"{front}mlp.up_proj.weight"] = matrix(units, WIDTH)
        tensors[f"{front}mlp.down_proj.weight"] = matrix(units, WIDTH).T.copy()
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{front}{norm}.weight"] = np.ones(WIDTH, "<f4")
    tensors["model.norm.weight"] = np.ones(WIDTH, "<f4")
    return tensors


def tuned(tensors: Tensors, seed: int, share: float) -> Tensors:
    """A copy with noise on every matrix: `share` of its own size."""
    draw = np.random.default_rng(seed)
    return {
        name: (t + share * t.std() * draw.normal(size=t.shape)).astype("<f4") if t.ndim > 1 else t
        for name, t in tensors.items()
    }


def rewritten(tensors: Tensors, seed: int) -> Tensors:
    """The same function: residual stream rotated, units in another order (all gains are 1)."""
    draw = np.random.default_rng(seed)
    turn = np.linalg.qr(draw.normal(size=(WIDTH, WIDTH)))[0]
    copy = {}
    orders = {}
    for name, t in tensors.items():
        if t.ndim == 1:
            copy[name] = t
        elif name.endswith(("down_proj.weight", "o_proj.weight")):
            copy[name] = turn.T @ t
        else:
            copy[name] = t @ turn
    for name in tensors:
        if "mlp" in name:
            layer = name.split(".mlp")[0]
            order = orders.setdefault(
                layer, draw.permutation(tensors[f"{layer}.mlp.up_proj.weight"].shape[0])
            )
            copy[name] = copy[name][:, order] if "down" in name else copy[name][order]
    return {name: np.ascontiguousarray(t, "<f4") for name, t in copy.items()}


def quantised(tensors: Tensors, levels: int = 255) -> Tensors:
    """A copy whose matrices lie on a grid of so many levels for each row."""
    copy = {}
    for name, t in tensors.items():
        if t.ndim == 1:
            copy[name] = t
            continue
        step = 2 * np.abs(t).max(axis=1, keepdims=True) / levels
        copy[name] = (np.rint(t / step) * step).astype("<f4")
    return copy


def written(tensors: Tensors, folder: Path, name: str = "model.safetensors") -> Path:
    """The model as a file in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(safetensors_bytes(tensors))
    return path


def fingerprinted(tensors: Tensors, folder: Path, key: str = "query", detail: Detail = QUERY) -> Fingerprint:
    """The fingerprint of these tensors."""
    return make_fingerprint(written(tensors, folder), Declared(key=key), detail=detail)


def drawn(
    key: str, seed: int, layers: int = 6, units: int = 128, parent: int = -1, noise: float = 0.0
) -> Fingerprint:
    """A fingerprint of units alone, drawn from a seed, or from a parent's with noise."""
    draw = np.random.default_rng(seed)
    source = np.random.default_rng(parent) if parent >= 0 else draw
    arrays = {"samples": np.zeros((0, 64), np.float32)}
    notes = []
    for layer in range(layers):
        values = source.normal(size=(units, len(GATED)))
        if parent >= 0:
            values = values + noise * draw.normal(size=values.shape)
        arrays[f"units.{layer}"] = values.astype(np.float16)
        notes.append(
            BlockNote(
                component=f"layers.{layer}",
                layer=layer,
                units=units,
                width=64,
                count=units,
                features=GATED,
                centres=(0.0,) * len(GATED),
            )
        )
    arrays["spreads"] = np.zeros((layers, len(GATED), SPREADS), np.float32)
    document = Document(
        tool="drawn",
        declared=Declared(key=key),
        structure=Structure(layers=layers, units=(units,), width=64),
        blocks=tuple(notes),
        reading=Reading(whole=False, read_bytes=0, total_bytes=0),
    )
    return Fingerprint(document=document, arrays=arrays)
