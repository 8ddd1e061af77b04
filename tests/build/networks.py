"""Networks out of arrays: written as a file in memory and read back."""

from __future__ import annotations

from typing import Any

import numpy as np

from build.gguf import gguf_bytes
from build.safetensors import safetensors_bytes
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of
from gauger.trace.weights.network import Network, network_of


def network_from(
    arrays: dict[str, np.ndarray],
    config: dict[str, Any] | None = None,
    *,
    gguf: dict[str, Any] | None = None,
    tokens: TokenizerFacts | None = None,
) -> Network:
    """The network of these arrays: as safetensors, or as GGUF with these key-values."""
    if gguf is None:
        data = safetensors_bytes(arrays)
    else:
        data = gguf_bytes(gguf, {n: (a.shape, 0, a.tobytes()) for n, a in arrays.items()})
    return network_of(weights_of([MemorySource(data, name="model")]), config, tokens)


def gated(
    units: int = 40, width: int = 16, *, layers: int = 2, vocabulary: int = 300, seed: int = 0, heads: int = 0
) -> dict[str, np.ndarray]:
    """A Llama-like model with random weights, float32; with attention where heads are given."""
    random = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype("<f4")

    arrays = {"model.embed_tokens.weight": normal(vocabulary, width)}
    for number in range(layers):
        front = f"model.layers.{number}"
        arrays[f"{front}.post_attention_layernorm.weight"] = 1 + normal(width) / 10
        arrays[f"{front}.mlp.gate_proj.weight"] = normal(units, width)
        arrays[f"{front}.mlp.up_proj.weight"] = normal(units, width)
        arrays[f"{front}.mlp.down_proj.weight"] = normal(width, units)
        for name in "qkvo" if heads else "":
            arrays[f"{front}.self_attn.{name}_proj.weight"] = normal(width, width)
    return arrays
