"""Tiny tokenizers in the formats that real ones come in."""

from __future__ import annotations

import json
from typing import Any

from build.onnx import chunk, number


def tokenizer_json(*, pairs: bool = False, kind: str = "BPE") -> bytes:
    """A `tokenizer.json` of three pieces, one merge and one added token that also is in the vocabulary."""
    vocab: Any = {"ab": 2, "a": 0, "b": 1, "<s>": 3}
    model: dict[str, Any] = {"type": kind, "vocab": vocab}
    if kind == "BPE":
        model["merges"] = [["a", "b"]] if pairs else ["a b"]
    if kind == "Unigram":
        model["vocab"] = [["a", -1.0], ["b", -2.0], ["ab", -3.5], ["<s>", 0.0]]
    added = [{"id": 3, "content": "<s>", "special": True, "lstrip": False}]
    document = {
        "version": "1.0",
        "truncation": None,
        "added_tokens": added,
        "normalizer": None,
        "model": model,
    }
    return json.dumps(document).encode()


def sentencepiece(pieces: list[tuple[str, int]], model_type: int = 1) -> bytes:
    """A SentencePiece model of these pieces (text, kind)."""
    out = b""
    for text, kind in pieces:
        score = b"\x15\x00\x00\x80\xbf"
        out += chunk(1, chunk(1, text) + score + (number(3, kind) if kind != 1 else b""))
    return out + chunk(2, number(3, model_type))
