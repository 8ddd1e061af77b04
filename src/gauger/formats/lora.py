"""Low-rank adapters: which pairs of small matrices change which weight, and by how much.

Sources: Hu et al. 2021 (arXiv:2106.09685); names and `adapter_config.json` as PEFT writes them; Kalajdzievski
2023 (arXiv:2312.03732) for the scale of rank-stabilised adapters; llama.cpp's adapter files in GGUF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite, sqrt
from typing import Any

import msgspec

from gauger.core.errors import Malformed
from gauger.core.text import printable
from gauger.formats.weights import Tensor, Weights

_SPELLINGS = (
    (".lora_A", ".lora_B", ".weight"),
    (".lora_embedding_A", ".lora_embedding_B", ""),
    (".lora_down", ".lora_up", ".weight"),
    (".lora.down", ".lora.up", ".weight"),
    (".lora_a", ".lora_b", ""),
    ("_lora.down", "_lora.up", ".weight"),
)
"""First matrix, second matrix, what follows: of PEFT (twice), kohya, diffusers (twice), llama.cpp."""
_PREFIXES = ("base_model.model.", "base_model.", "module.")
_ALPHA_OF_FILE = "adapter.lora.alpha"


class LoraPair(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter adds to one weight: `scale · b · a`.

    Attributes:
        target: Name of the weight in the base model.
        a: The first matrix, (rank, inputs).
        b: The second matrix, (outputs, rank).
        rank: Of their product at most.
        scale: What it is multiplied by: alpha / rank, or alpha / √rank where the configuration says so.
        scale_known: Whether alpha was said; else `scale` is 1.
        transposed: Whether the sum is with the transposed weight: embeddings are stored (entries, width).
        magnitude: Of a weight-decomposed adapter (DoRA), which rescales each output; else None.
    """

    target: str
    a: Tensor
    b: Tensor
    rank: int
    scale: float
    scale_known: bool
    transposed: bool = False
    magnitude: Tensor | None = None


def lora_pairs(weights: Weights, adapter_config: Mapping[str, Any] | None = None) -> tuple[LoraPair, ...]:
    """Which weights does this adapter change?

    Args:
        weights: The opened adapter.
        adapter_config: `adapter_config.json`; without it, alpha is looked for beside each pair and in the
            file's header.

    Returns:
        Pairs in the order of the file; none where this is no adapter.

    Raises:
        Malformed: two matrices of a pair do not fit each other.
    """
    config = adapter_config or {}
    by_name = {tensor.name: tensor for tensor in weights.tensors}
    return tuple(
        _pair(weights, by_name, config, stem, first, second) for stem, first, second in _matched(by_name)
    )


def _matched(by_name: Mapping[str, Tensor]) -> Iterator[tuple[str, str, str]]:
    """Stem, name of the first matrix, name of the second. `.default` is PEFT's name of the adapter itself."""
    for name in by_name:
        for first, second, ending in _SPELLINGS:
            stem, found, behind = name.rpartition(first)
            adapter = behind[: len(behind) - len(ending)]
            other = f"{stem}{second}{behind}"
            if not found or not behind.endswith(ending) or other not in by_name:
                continue
            if not adapter or (adapter.startswith(".") and "." not in adapter[1:]):
                yield stem, name, other
                break


def _pair(
    weights: Weights,
    by_name: Mapping[str, Tensor],
    config: Mapping[str, Any],
    stem: str,
    first: str,
    second: str,
) -> LoraPair:
    a, b = by_name[first], by_name[second]
    if len(a.shape) < 2 or len(b.shape) < 2 or a.shape[0] != b.shape[1] or not a.shape[0]:
        raise Malformed(
            f"{printable(stem, 200)}: {list(a.shape)} and {list(b.shape)} are no pair of one rank",
            subject=weights.file.parts[0] if weights.file.parts else "",
        )
    module = stem
    for prefix in _PREFIXES:
        module = module.removeprefix(prefix)
    alpha = _alpha(weights, by_name, config, stem, module)
    rank = a.shape[0]
    divisor = sqrt(rank) if config.get("use_rslora") is True else rank
    magnitude = by_name.get(f"{stem}.lora_magnitude_vector") or by_name.get(
        f"{stem}.lora_magnitude_vector.weight"
    )
    return LoraPair(
        target=module if module.endswith(".weight") else f"{module}.weight",
        a=a,
        b=b,
        rank=rank,
        scale=1.0 if alpha is None else alpha / divisor,
        scale_known=alpha is not None,
        transposed=".lora_embedding_" in first or config.get("fan_in_fan_out") is True,
        magnitude=magnitude,
    )


def _alpha(
    weights: Weights, by_name: Mapping[str, Tensor], config: Mapping[str, Any], stem: str, module: str
) -> float | None:
    """From the pattern that names the module, the configuration, the file's header, or a number beside it."""
    patterns = config.get("alpha_pattern")
    if isinstance(patterns, Mapping):
        for key in sorted(str(key) for key in patterns):
            if (module == key or module.endswith(f".{key}")) and (
                found := _number(patterns.get(key))
            ) is not None:
                return found
    for said in (config.get("lora_alpha"), weights.file.metadata.get(_ALPHA_OF_FILE)):
        if (found := _number(said)) is not None:
            return found
    beside = by_name.get(f"{stem}.alpha")
    if beside is not None and all(size == 1 for size in beside.shape):
        return _number(float(weights.rows(beside)[0, 0]))
    return None


def _number(said: object) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return float(said) if abs(said) < 1 << 53 and isfinite(said) else None
