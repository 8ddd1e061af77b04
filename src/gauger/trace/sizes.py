"""Sizes of a model in one spelling: from a configuration, from GGUF keys, or from the tensors themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gauger.core.record import Facts, Scalar
from gauger.formats.configs import language_fact
from gauger.formats.model_file import TensorEntry

Sizes = dict[str, float]

CORE = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "intermediate_size",
)
"""What two models share when their transformer blocks have the same shape."""

TELLING = ("vocab_size", "rope_theta", "num_experts", "head_dim")
"""What tells models of one shape apart."""

NUMBERS = ("bos_token_id", "eos_token_id")
"""Numbers of control tokens: shown beside the rest."""

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "num_hidden_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "num_attention_heads": ("num_attention_heads", "n_head", "n_heads"),
    "num_key_value_heads": ("num_key_value_heads", "num_kv_heads", "n_kv_heads", "multi_query_group_num"),
    "intermediate_size": ("intermediate_size", "n_inner", "ffn_hidden_size", "hidden_dim"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "rope_theta": ("rope_theta", "rope_parameters.rope_theta", "rotary_emb_base", "rope_scaling.rope_theta"),
    "num_experts": ("num_experts", "n_routed_experts", "num_local_experts"),
    "head_dim": ("head_dim", "kv_channels"),
    "bos_token_id": ("bos_token_id",),
    "eos_token_id": ("eos_token_id",),
}
"""Our name → names in published configurations, most usual first. Source: the configuration classes of GPT-2,
DistilBERT, NeoX, ChatGLM, DeepSeek, Mixtral and Llama as documented by the transformers library."""

_GGUF: dict[str, str] = {
    "hidden_size": "embedding_length",
    "num_hidden_layers": "block_count",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "intermediate_size": "feed_forward_length",
    "vocab_size": "vocab_size",
    "rope_theta": "rope.freq_base",
    "num_experts": "expert_count",
    "head_dim": "attention.key_length",
}
"""Our name → GGUF key behind the architecture's prefix. Source: the GGUF specification."""

_LAYER = re.compile(r"(?:^|\.)(?:layers?|h|blk|block|blocks)\.(\d+)\.")
_EMBEDDING = re.compile(
    r"(?:^|\.)(?:embed_tokens|wte|word_embeddings|tok_embeddings|token_embd|embed_in|embedding\.word_embeddings)"
    r"\.weight$"
)
_UP = re.compile(
    r"(?:mlp\.(?:up_proj|c_fc|dense_h_to_4h|fc1|fc_in)|feed_forward\.w3|intermediate\.dense|ffn_up|ffn\.lin1)\.weight$"
)


def sizes_of_config(facts: Facts) -> Sizes:
    """Which sizes does this configuration declare? Multimodal ones by their language model.

    A missing number of key-value heads is that of the attention heads, as the published classes take it.
    """
    found: Sizes = {}
    for name, spellings in _SPELLINGS.items():
        values = (language_fact(facts, spelling) for spelling in spellings)
        number = next((n for v in values if (n := _number(v)) is not None), None)
        if number is not None:
            found[name] = number
    if "num_attention_heads" in found:
        found.setdefault("num_key_value_heads", found["num_attention_heads"])
    return found


def sizes_of_gguf(metadata: Facts) -> Sizes:
    """Which sizes do this GGUF's keys declare?"""
    architecture = metadata.get("general.architecture")
    found: Sizes = {}
    for name, key in _GGUF.items():
        number = _number(metadata.get(f"{architecture}.{key}"))
        if number is not None:
            found[name] = number
    for name, key in (("bos_token_id", "bos_token_id"), ("eos_token_id", "eos_token_id")):
        number = _number(metadata.get(f"tokenizer.ggml.{key}"))
        if number is not None:
            found[name] = number
    return found


def sizes_of_tensors(tensors: Iterable[TensorEntry]) -> Sizes:
    """Which sizes do the shapes of these tensors give, whatever a configuration says?

    Only what the shapes tell without doubt: vocabulary and width from the token embedding, layers from the
    numbers in names, the feed-forward width from the up projection (the side that is not the model's width).
    """
    found: Sizes = {}
    layers: set[int] = set()
    up: tuple[int, ...] = ()
    for tensor in tensors:
        layer = _LAYER.search(tensor.name)
        if layer:
            layers.add(int(layer[1][:9]))
        if _EMBEDDING.search(tensor.name) and len(tensor.shape) == 2:
            found["vocab_size"], found["hidden_size"] = float(tensor.shape[0]), float(tensor.shape[1])
        if not up and len(tensor.shape) == 2 and _UP.search(tensor.name):
            up = tensor.shape
    if layers:
        found["num_hidden_layers"] = float(len(layers))
    width = found.get("hidden_size")
    if up and width in up:
        found["intermediate_size"] = float(up[0] if up[1] == width else up[1])
    return found


def _number(value: Scalar | tuple[Scalar, ...] | None) -> float | None:
    """The number, of a list the first; None for anything else."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
