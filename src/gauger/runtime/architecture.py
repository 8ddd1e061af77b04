"""Which sizes and arithmetic a decoder has, read from its configuration or its GGUF header."""

from __future__ import annotations

import msgspec

from gauger.core.errors import Malformed, Unreadable
from gauger.core.record import Facts

LLAMA_LIKE = frozenset({"llama", "mistral", "qwen2", "qwen3"})
"""Pre-norm decoders with RMSNorm, rotary positions and a gated SiLU block; biases and norms of queries and
keys are used where the file holds them. Source: the architectures' published checkpoints."""

_MOST_LAYERS = 512
_MOST_WIDTH = 1 << 16


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    """What the numpy forward pass needs to know.

    Attributes:
        kind: `llama` or `gpt2`.
        layers: Number of decoder layers.
        heads: Query heads.
        groups: Key and value heads.
        epsilon: Of the norms.
        theta: Base of the rotary positions.
        interleaved: Rotary pairs are neighbours (llama.cpp's order for Llama) and not half a head apart.
    """

    kind: str
    layers: int
    heads: int
    groups: int
    epsilon: float
    theta: float = 10_000.0
    interleaved: bool = False


def of_config(config: Facts, subject: str) -> Architecture:
    """The architecture that a `config.json` states.

    Raises:
        Unreadable: one that this forward pass does not know, or with scaled rotary positions.
        Malformed: a size is missing or out of range.
    """
    kind = str(config.get("model_type", ""))
    scaled = str(config.get("rope_scaling.rope_type", config.get("rope_scaling.type", "default")))
    if scaled != "default" or (kind not in LLAMA_LIKE and kind != "gpt2"):
        raise _unknown(kind, subject)
    names = _GPT2 if kind == "gpt2" else _HUB
    if kind == "gpt2" and str(config.get("activation_function", "gelu_new")) != "gelu_new":
        raise _unknown(f"gpt2 with {config['activation_function']}", subject)
    if kind != "gpt2" and str(config.get("hidden_act", "silu")) != "silu":
        raise _unknown(f"{kind} with {config['hidden_act']}", subject)
    heads = _count(config, names["heads"], subject)
    theta = config.get("rope_theta", config.get("rope_parameters.rope_theta", 10_000.0))
    return Architecture(
        kind="gpt2" if kind == "gpt2" else "llama",
        layers=_count(config, names["layers"], subject),
        heads=heads,
        groups=_count(config, "num_key_value_heads", subject) if "num_key_value_heads" in config else heads,
        epsilon=_positive(config.get(names["epsilon"], 1e-5), subject),
        theta=_positive(theta, subject),
    )


def of_gguf(metadata: Facts, subject: str) -> Architecture:
    """The architecture that a GGUF header states. Raises as `of_config`."""
    kind = str(metadata.get("general.architecture", ""))
    if kind not in LLAMA_LIKE or f"{kind}.rope.scaling.type" in metadata:
        raise _unknown(kind, subject)
    heads = _count(metadata, f"{kind}.attention.head_count", subject)
    groups = f"{kind}.attention.head_count_kv"
    return Architecture(
        kind="llama",
        layers=_count(metadata, f"{kind}.block_count", subject),
        heads=heads,
        groups=_count(metadata, groups, subject) if groups in metadata else heads,
        epsilon=_positive(metadata.get(f"{kind}.attention.layer_norm_rms_epsilon", 1e-5), subject),
        theta=_positive(metadata.get(f"{kind}.rope.freq_base", 10_000.0), subject),
        interleaved=kind == "llama",
    )


_HUB = {"layers": "num_hidden_layers", "heads": "num_attention_heads", "epsilon": "rms_norm_eps"}
_GPT2 = {"layers": "n_layer", "heads": "n_head", "epsilon": "layer_norm_epsilon"}


def _unknown(kind: str, subject: str) -> Unreadable:
    return Unreadable(
        f"the built-in forward pass does not know the architecture {kind!r}",
        subject=subject,
        hint="pip install 'gauger[models]' runs it with torch and transformers",
    )


def _count(facts: Facts, name: str, subject: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or not 0 < value <= _MOST_WIDTH:
        raise Malformed(f"{name} is {value!r}", subject=subject)
    if name in {"num_hidden_layers", "n_layer"} and value > _MOST_LAYERS:
        raise Malformed(f"{name} is {value!r}", subject=subject)
    return value


def _positive(value: object, subject: str) -> float:
    if isinstance(value, int | float) and 0 < value < float("inf"):
        return float(value)
    raise Malformed(f"a constant of the architecture is {value!r}", subject=subject)
