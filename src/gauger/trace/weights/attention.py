"""Attention matrices: joint ones taken apart, and rows that a converter reordered put back."""

from __future__ import annotations

import numpy as np

from gauger.trace.sizes import Sizes
from gauger.trace.weights.matrix import Indices, Picks

PARTS = ("query", "key", "value")

REORDERED_IN_GGUF = frozenset({
    "llama", "mistral3", "deci", "baichuan", "xverse", "internlm2", "granite", "granitemoe", "granitehybrid",
    "olmo", "smollm3", "arcee", "minicpm", "chameleon", "deepseek", "bailingmoe", "llada", "apertus",
})  # fmt: skip
"""GGUF architectures whose query and key rows llama.cpp's converter reorders, for its own order of rotary
pairs.
Source: the model classes of `convert_hf_to_gguf.py` that call `permute`."""

_MOST = 1e7

_DEVELOPERS_OWN = ("attention.wq", "attention.wk")
"""Query and key of Meta's and Mistral's releases, in the order that llama.cpp keeps. Source: the conversion
scripts of the transformers library, which `permute` them on the way in."""

_BY_HEAD = frozenset(
    {"gpt_neox", "bloom", "falcon", "RefinedWeb", "RefinedWebModel", "persimmon", "gpt_neox_japanese"}
)
"""Architectures whose `query_key_value` holds query, key and value of one head (or group) after another."""


def heads_of(sizes: Sizes, width: int) -> tuple[int, int, int]:
    """Query heads, key-value heads and head size; zeros where unknown."""
    heads = count_of(sizes, "num_attention_heads")
    pairs = count_of(sizes, "num_key_value_heads") or heads
    size = count_of(sizes, "head_dim") or (width // heads if heads else 0)
    return heads, pairs, size


def count_of(sizes: Sizes, name: str) -> int:
    """How many, as stated? 0 for what is missing or no sensible number."""
    value = sizes.get(name, 0.0)
    return int(value) if 0 < value < _MOST else 0


def is_reordered(format_name: str, architecture: str, path: tuple[str, ...]) -> bool:
    """Do query and key rows stand in another order than in the transformers library?"""
    if format_name == "gguf":
        return architecture in REORDERED_IN_GGUF
    return ".".join(path[-2:]) in _DEVELOPERS_OWN


def restored_order(rows: int, heads: int) -> Indices | None:
    """Where do the rows of a reordered query or key matrix stand in the file? None where it does not divide.

    llama.cpp's converter turns, in each head, (2, half) into (half, 2): row 2·i + j of a head holds what was
    row j·half + i. Law: the inverse of that order.

    Source: `LlamaModel.permute` in llama.cpp's `convert_hf_to_gguf.py`.
    """
    if not heads or rows % (2 * heads):
        return None
    half = rows // heads // 2
    order = np.arange(rows, dtype=np.int64).reshape(heads, half, 2).swapaxes(1, 2)
    return order.reshape(rows)


def arrangement(role: str, architecture: str, name: str) -> str:
    """How do query, key and value stand in a joint matrix: `behind` each other, or `by group` of heads?"""
    if role.endswith("by group"):
        return "by group"
    if "query_key_value" in name and (
        architecture in _BY_HEAD
        or name.startswith(("gpt_neox.", "transformer.h.", "h."))
        or (architecture == "chatglm" and "encoder" not in name)
    ):
        return "by group"
    return "behind"


def split_joint(outputs: int, width: int, sizes: Sizes, order: str) -> dict[str, Picks] | None:
    """Which outputs of a joint matrix are query, key and value? None where nothing tells.

    Without head counts, three equal parts are taken where the outputs are three times the width, and queries
    of the stream's width with equal keys and values otherwise.
    """
    heads, pairs, size = heads_of(sizes, width)
    if heads and pairs and (heads + 2 * pairs) * size != outputs:
        if 3 * heads * size == outputs:
            pairs = heads
        elif (heads + 2) * size == outputs:
            pairs = 1
        else:
            heads = 0
    if order == "by group":
        return _by_group(outputs, heads, pairs, size) if heads and not heads % pairs else None
    queries = heads * size if heads else width
    if not queries or (outputs - queries) % 2 or outputs <= queries:
        return None
    each = (outputs - queries) // 2
    bounds = (0, queries, queries + each, outputs)
    return {part: range(bounds[n], bounds[n + 1]) for n, part in enumerate(PARTS)}


def _by_group(outputs: int, heads: int, pairs: int, size: int) -> dict[str, Picks]:
    every = np.arange(outputs, dtype=np.int64).reshape(pairs, heads // pairs + 2, size)
    return {
        "query": every[:, :-2].reshape(-1),
        "key": every[:, -2].reshape(-1),
        "value": every[:, -1].reshape(-1),
    }
