"""Models out of arrays, opened for comparison without a file."""

from __future__ import annotations

import numpy as np

from build.copies import Tensors
from build.safetensors import safetensors_bytes
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.record import Facts
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of
from gauger.trace.weights.correspond import Match, correspond
from gauger.trace.weights.opened import Opened
from gauger.trace.weights.sketch import Sketch, sketch_of


def opened(
    tensors: Tensors,
    *,
    tokens: TokenizerFacts | None = None,
    config: Facts | None = None,
    adapter: Facts | None = None,
    limits: Limits = DEFAULT_LIMITS,
    name: str = "model",
) -> Opened:
    """A model of these tensors, as safetensors."""
    stored = {key: np.ascontiguousarray(value) for key, value in tensors.items()}
    weights = weights_of([MemorySource(safetensors_bytes(stored), name=f"{name}.safetensors")], limits)
    return Opened(weights, limits, config=config, tokenizer=tokens, name=name, adapter_config=adapter)


def sketched(values: np.ndarray, name: str = "x") -> Sketch:
    """The sketch of one tensor."""
    model = opened({name: values})
    return sketch_of(model.network.matrices[0], DEFAULT_LIMITS)


def matched(ours: np.ndarray, theirs: np.ndarray, name: str = "x") -> Match:
    """The match of the one tensor of each side."""
    (match,), _ = correspond(opened({name: ours}).sketches, opened({name: theirs}).sketches)
    return match


def vocabulary(pieces: list[str]) -> TokenizerFacts:
    """A tokenizer of these pieces."""
    return TokenizerFacts(kind="unigram", pieces=tuple(piece.encode() for piece in pieces))
