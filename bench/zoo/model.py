"""What is a model here? Arrays under Hugging Face's names, a config and a tokenizer, all in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Weights = dict[str, Array]


@dataclass(frozen=True)
class Tokenizer:
    """A byte-level BPE tokenizer.

    Attributes:
        pieces: In the order of their ids, in the printable byte alphabet of GPT-2.
        merges: `left right`, first merge first.
        special: Ids that stand for no text.
        kind: `bpe`, or `wordpiece` (no merges).
        pattern: Regular expression of the words that merges stay inside; empty for GPT-2's own.
    """

    pieces: tuple[str, ...]
    merges: tuple[str, ...] = ()
    special: tuple[int, ...] = ()
    kind: str = "bpe"
    pattern: str = ""


@dataclass(frozen=True)
class Model:
    """One model, as a folder will hold it.

    Attributes:
        weights: By Hugging Face's tensor names, float32.
        config: As in `config.json`.
        tokenizer: None where the model reads no text.
        extra: Further JSON files, by name (`adapter_config.json`).
    """

    weights: Weights
    config: dict[str, Any]
    tokenizer: Tokenizer | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def with_weights(self, weights: Weights, **config: Any) -> Model:
        """The same model with other numbers, and with `config` changed where it is given."""
        return replace(self, weights=weights, config={**self.config, **config})


@dataclass(frozen=True)
class Shape:
    """The sizes of a decoder or encoder, read from its config."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head: int
    ffn: int
    vocabulary: int


def shape_of(config: dict[str, Any]) -> Shape:
    """Which sizes does a config state? GPT-2's names are understood too."""
    width = config.get("hidden_size") or config["n_embd"]
    heads = config.get("num_attention_heads") or config["n_head"]
    return Shape(
        layers=config.get("num_hidden_layers") or config["n_layer"],
        width=width,
        heads=heads,
        kv_heads=config.get("num_key_value_heads", heads),
        head=config.get("head_dim", width // heads),
        ffn=config.get("intermediate_size") or config.get("n_inner") or 4 * width,
        vocabulary=config["vocab_size"],
    )


def family(config: dict[str, Any]) -> str:
    """Which family of layers is it: `llama`, `mixtral`, `gpt2`, `bert`, `conv` or `gru`?"""
    return str(config["model_type"])
