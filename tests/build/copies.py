"""A tiny gated language model with random weights, and copies of it that were edited in one way each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from gguf.constants import GGMLQuantizationType
from gguf.quants import quantize

from build.gguf import gguf_bytes
from build.safetensors import safetensors_bytes

LAYERS, WIDTH, UNITS, TOKENS, HEADS = 4, 64, 160, 512, 4
Tensors = dict[str, np.ndarray]


def parent(seed: int = 0, *, layers: int = LAYERS, units: int = UNITS, width: int = WIDTH) -> Tensors:
    """Weights of a Llama-style model: heavy-tailed, so that units differ in size as trained ones do."""
    draw = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> np.ndarray:
        sizes = np.exp(0.4 * draw.standard_normal((rows, 1)))
        return (sizes * draw.standard_normal((rows, columns)) * 0.05).astype(np.float32)

    tensors: Tensors = {"model.embed_tokens.weight": matrix(TOKENS, width)}
    for layer in range(layers):
        prefix = f"model.layers.{layer}."
        for name in ("q", "k", "v", "o"):
            tensors[f"{prefix}self_attn.{name}_proj.weight"] = matrix(width, width)
        tensors[f"{prefix}mlp.gate_proj.weight"] = matrix(units, width)
        tensors[f"{prefix}mlp.up_proj.weight"] = matrix(units, width)
        tensors[f"{prefix}mlp.down_proj.weight"] = matrix(width, units)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{prefix}{norm}.weight"] = np.ones(width, np.float32)
    tensors["model.norm.weight"] = np.ones(width, np.float32)
    return tensors


def each(tensors: Tensors, change: Callable[[np.ndarray], np.ndarray]) -> Tensors:
    """Every matrix changed; one-dimensional tensors stay."""
    return {name: change(t) if t.ndim == 2 else t for name, t in tensors.items()}


def noise(tensors: Tensors, size: float, seed: int = 1) -> Tensors:
    """Noise of that size relative to each matrix."""
    draw = np.random.default_rng(seed)
    return each(tensors, lambda t: t + size * t.std() * draw.standard_normal(t.shape).astype(np.float32))


def kept_layers(tensors: Tensors, layers: list[int]) -> Tensors:
    """Only these layers, in this order, renumbered."""
    found = {name: t for name, t in tensors.items() if ".layers." not in name}
    for new, old in enumerate(layers):
        prefix = f"model.layers.{old}."
        for name, tensor in tensors.items():
            if name.startswith(prefix):
                found[f"model.layers.{new}.{name.removeprefix(prefix)}"] = tensor
    return found


def units_permuted(tensors: Tensors, seed: int = 2) -> Tensors:
    """The hidden units of every block in another order: the outputs stay."""
    draw = np.random.default_rng(seed)
    found = dict(tensors)
    for name in [n for n in tensors if n.endswith("gate_proj.weight")]:
        order = draw.permutation(tensors[name].shape[0])
        stem = name.removesuffix("gate_proj.weight")
        found[name] = tensors[name][order]
        found[f"{stem}up_proj.weight"] = tensors[f"{stem}up_proj.weight"][order]
        found[f"{stem}down_proj.weight"] = tensors[f"{stem}down_proj.weight"][:, order]
    return found


def rotated(tensors: Tensors, seed: int = 3) -> Tensors:
    """The residual stream in another basis: the outputs stay, for gains of one."""
    width = tensors["model.embed_tokens.weight"].shape[1]
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((width, width)))[0].astype(np.float32)
    found = {}
    for name, tensor in tensors.items():
        writes = name.endswith(("o_proj.weight", "down_proj.weight"))
        found[name] = tensor if tensor.ndim == 1 else turn.T @ tensor if writes else tensor @ turn
    return found


def narrower(tensors: Tensors, units: int, seed: int = 4) -> Tensors:
    """Only so many units of every block."""
    draw = np.random.default_rng(seed)
    found = dict(tensors)
    for name in [n for n in tensors if n.endswith("gate_proj.weight")]:
        keep = np.sort(draw.choice(tensors[name].shape[0], units, replace=False))
        stem = name.removesuffix("gate_proj.weight")
        found[name] = tensors[name][keep]
        found[f"{stem}up_proj.weight"] = tensors[f"{stem}up_proj.weight"][keep]
        found[f"{stem}down_proj.weight"] = tensors[f"{stem}down_proj.weight"][:, keep]
    return found


def with_adapter(tensors: Tensors, rank: int = 4, seed: int = 5) -> Tensors:
    """A product of two thin matrices added to every query and value matrix."""
    draw = np.random.default_rng(seed)
    found = dict(tensors)
    for name, tensor in tensors.items():
        if name.endswith(("q_proj.weight", "v_proj.weight")):
            thin = draw.standard_normal((tensor.shape[0], rank)) @ draw.standard_normal(
                (rank, tensor.shape[1])
            )
            found[name] = tensor + (0.05 * tensor.std() * thin).astype(np.float32)
    return found


def written(folder: Path, tensors: Tensors, name: str = "model.safetensors") -> Path:
    """The folder, with these weights in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(safetensors_bytes({k: np.ascontiguousarray(v) for k, v in tensors.items()}))
    return folder


_GGUF_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


def as_gguf(tensors: Tensors, kind: str = "F32") -> bytes:
    """The model as GGUF, its matrices in this type."""
    stored = {}
    for name, tensor in tensors.items():
        for old, new in _GGUF_NAMES.items():
            name = name.replace(old, new)  # noqa: PLW2901 - renamed step by step
        name = name.replace("model.layers.", "blk.").replace("model.embed_tokens", "token_embd")  # noqa: PLW2901
        own = GGMLQuantizationType[kind if tensor.ndim == 2 else "F32"]
        data = quantize(np.ascontiguousarray(tensor, np.float32), own)
        stored[name.replace("model.norm", "output_norm")] = (tensor.shape, int(own), data.tobytes())
    return gguf_bytes({"general.architecture": "qwen2"}, stored)
