"""What does a small decoder expect next? Forward passes in numpy, several texts at once, without torch.

Source: RMSNorm arXiv 1910.07467, rotary positions 2104.09864, gated SiLU 2002.05202, grouped queries
2305.13245, GPT-2 as published with its weights. float32 throughout, softmax in float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np

from gauger.core.errors import Malformed
from gauger.formats.number_types import Floats
from gauger.runtime.architecture import Architecture

_TOGETHER = 512
"""Pieces of text in one pass: matrices are read once for all of them; a block of activations stays small."""


_EMBEDDINGS = ("model.embed_tokens.weight", "transformer.wte.weight", "wte.weight")


class Decoder:
    """A decoder with its numbers in memory.

    Args:
        weights: By Hugging Face's names.
        architecture: Sizes and constants.
        subject: The model, for messages.
    """

    ident = "numpy"

    def __init__(self, weights: Mapping[str, Floats], architecture: Architecture, subject: str) -> None:
        self._weights, self._is, self._subject = weights, architecture, subject

    def scores(self, texts: Sequence[Sequence[int]]) -> Iterator[Floats]:
        """Natural log-probabilities after every piece: a float32 (pieces, vocabulary) for each text.

        Raises:
            Malformed: a tensor is missing, or its shape does not fit.
        """
        for group in _groups(texts):
            try:
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                    hidden, bounds = self._hidden(group)
                    head = self._head()
                    for first, last in bounds:
                        yield log_softmax(hidden[first:last] @ head.T)
            except (KeyError, ValueError, IndexError, StopIteration) as error:
                raise Malformed(
                    f"the tensors do not fit the architecture: {error}", subject=self._subject
                ) from error

    def _head(self) -> Floats:
        tied = next(n for n in _EMBEDDINGS if n in self._weights)
        return self._weights.get("lm_head.weight", self._weights[tied])

    def _hidden(self, texts: Sequence[Sequence[int]]) -> tuple[Floats, list[tuple[int, int]]]:
        ends = list(accumulate((len(text) for text in texts), initial=0))
        bounds = list(pairwise(ends))
        ids = np.array([number for text in texts for number in text])
        places = np.concatenate([np.arange(last - first) for first, last in bounds])
        run = _gpt2 if self._is.kind == "gpt2" else _llama
        return run(self._weights, self._is, ids, places, bounds), bounds


def log_softmax(scores: Floats) -> Floats:
    """Rows of natural logs of probabilities."""
    raised = scores.astype(np.float64)
    raised -= raised.max(-1, keepdims=True)
    raised -= np.log(np.exp(raised).sum(-1, keepdims=True))
    return raised.astype(np.float32)


def _groups(texts: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    group: list[Sequence[int]] = []
    for text in texts:
        if group and sum(map(len, group)) + len(text) > _TOGETHER:
            yield group
            group = []
        group.append(text)
    if group:
        yield group


def _llama(
    w: Mapping[str, Floats], a: Architecture, ids: Floats, places: Floats, bounds: list[tuple[int, int]]
) -> Floats:
    x = w["model.embed_tokens.weight"][ids]
    for layer in range(a.layers):
        at = f"model.layers.{layer}"
        y = _rms(x, w[f"{at}.input_layernorm.weight"], a.epsilon)
        query, key, value = (_heads(w, y, f"{at}.self_attn", name, a) for name in "qkv")
        turn = _angles(places, query.shape[-1], a.theta)
        mixed = _attend(_turned(query, turn, a), _turned(key, turn, a), value, bounds)
        x = x + _linear(w, mixed, f"{at}.self_attn.o_proj")
        y = _rms(x, w[f"{at}.post_attention_layernorm.weight"], a.epsilon)
        gate = _linear(w, y, f"{at}.mlp.gate_proj")
        x = x + _linear(
            w, gate / (1 + np.exp(-gate)) * _linear(w, y, f"{at}.mlp.up_proj"), f"{at}.mlp.down_proj"
        )
    return _rms(x, w["model.norm.weight"], a.epsilon)


def _heads(w: Mapping[str, Floats], y: Floats, at: str, name: str, a: Architecture) -> Floats:
    """Queries, keys or values as (pieces, heads, width of a head), normed where the model does so."""
    count = a.heads if name == "q" else a.groups
    parted = _linear(w, y, f"{at}.{name}_proj").reshape(len(y), count, -1)
    gain = w.get(f"{at}.{name}_norm.weight")
    return parted if gain is None else _rms(parted, gain, a.epsilon)


def _linear(w: Mapping[str, Floats], x: Floats, name: str) -> Floats:
    out = x @ w[f"{name}.weight"].T
    bias = w.get(f"{name}.bias")
    return out if bias is None else out + bias


def _rms(x: Floats, gain: Floats, epsilon: float) -> Floats:
    normed: Floats = x / np.sqrt(np.square(x).mean(-1, keepdims=True) + np.float32(epsilon)) * gain
    return normed


def _angles(places: Floats, width: int, theta: float) -> tuple[Floats, Floats]:
    half = width // 2
    angle = places[:, None] * theta ** (-np.arange(half) / half)
    return np.cos(angle)[:, None].astype(np.float32), np.sin(angle)[:, None].astype(np.float32)


def _turned(x: Floats, turn: tuple[Floats, Floats], a: Architecture) -> Floats:
    cos, sin = turn
    half = x.shape[-1] // 2
    first, second = (x[..., 0::2], x[..., 1::2]) if a.interleaved else (x[..., :half], x[..., half:])
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], -1)


def _attend(query: Floats, key: Floats, value: Floats, bounds: list[tuple[int, int]]) -> Floats:
    """Causal attention inside each text; queries of a group share their key head."""
    group = query.shape[1] // key.shape[1]
    out = np.empty((len(query), query.shape[1], value.shape[-1]), np.float32)
    for first, last in bounds:
        here = slice(first, last)
        k, v = np.repeat(key[here], group, 1), np.repeat(value[here], group, 1)
        scores = np.einsum("qhd,khd->hqk", query[here], k) / np.float32(np.sqrt(query.shape[-1]))
        scores = np.where(np.tri(last - first, dtype=bool), scores, -np.inf)
        raised = np.exp(scores - scores.max(-1, keepdims=True))
        out[here] = np.einsum("hqk,khd->qhd", raised / raised.sum(-1, keepdims=True), v)
    return out.reshape(len(query), -1)


def _gpt2(
    w: Mapping[str, Floats], a: Architecture, ids: Floats, places: Floats, bounds: list[tuple[int, int]]
) -> Floats:
    root = "transformer." if "transformer.wte.weight" in w else ""

    def norm(x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt(np.square(centred).mean(-1, keepdims=True) + np.float32(a.epsilon))
        normed: Floats = centred / scale * w[f"{root}{name}.weight"] + w[f"{root}{name}.bias"]
        return normed

    def apply(x: Floats, name: str) -> Floats:
        mapped: Floats = x @ w[f"{root}{name}.weight"] + w[f"{root}{name}.bias"]
        return mapped

    x = w[f"{root}wte.weight"][ids] + w[f"{root}wpe.weight"][places]
    for layer in range(a.layers):
        fused = apply(norm(x, f"h.{layer}.ln_1"), f"h.{layer}.attn.c_attn")
        query, key, value = (part.reshape(len(x), a.heads, -1) for part in np.split(fused, 3, -1))
        x = x + apply(_attend(query, key, value, bounds), f"h.{layer}.attn.c_proj")
        y = apply(norm(x, f"h.{layer}.ln_2"), f"h.{layer}.mlp.c_fc")
        y = 0.5 * y * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (y + np.float32(0.044715) * y**3)))
        x = x + apply(y, f"h.{layer}.mlp.c_proj")
    out: Floats = norm(x, "ln_f")
    return out
