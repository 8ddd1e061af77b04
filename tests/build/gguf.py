"""Tiny GGUF files in either byte order, honest and otherwise."""

from __future__ import annotations

import struct
from typing import Any

ALIGNMENT = 32
QWEN_LIKE = {
    "general.architecture": "qwen2",
    "general.name": "Tiny",
    "qwen2.block_count": 1,
    "qwen2.attention.layer_norm_rms_epsilon": 1e-6,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "qwen2",
    "tokenizer.ggml.tokens": ["a", "b", "ab", "<|end|>", "[PAD4]", "[PAD5]"],
    "tokenizer.ggml.token_type": [1, 1, 1, 3, 5, 4],
    "tokenizer.ggml.merges": ["a b"],
    "tokenizer.chat_template": "{{ messages }}",
}


def text(value: str | bytes, order: str = "<") -> bytes:
    """A GGUF string."""
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack(f"{order}Q", len(raw)) + raw


def value_bytes(value: Any, order: str = "<") -> bytes:
    """A value with its kind in front; lists of one kind become arrays."""
    if isinstance(value, list):
        kind = _kind(value[0]) if value else 4
        body = b"".join(value_bytes(item, order)[4:] for item in value)
        return struct.pack(f"{order}IIQ", 9, kind, len(value)) + body
    kind = _kind(value)
    if kind == 8:
        return struct.pack(f"{order}I", 8) + text(value, order)
    code = {4: "I", 6: "f", 7: "?", 5: "i", 10: "Q"}[kind]
    return struct.pack(f"{order}I{code}", kind, value)


def _kind(value: Any) -> int:
    if isinstance(value, bool):
        return 7
    if isinstance(value, int):
        return 4 if 0 <= value < 1 << 32 else 10
    if isinstance(value, float):
        return 6
    return 9 if isinstance(value, list) else 8


def gguf_bytes(
    values: dict[str, Any],
    tensors: dict[str, tuple[tuple[int, ...], int, bytes]] | None = None,
    *,
    version: int = 3,
    order: str = "<",
    offsets: dict[str, int] | None = None,
) -> bytes:
    """A whole file.

    Args:
        values: The key-values.
        tensors: Name to shape (outermost first), type number and bytes.
        version: Of the format.
        order: Byte order, `<` or `>`.
        offsets: Offsets that lie, by tensor name.
    """
    tensors = tensors or {}
    head = b"GGUF" + struct.pack(f"{order}IQQ", version, len(tensors), len(values))
    for key, value in values.items():
        head += text(key, order) + value_bytes(value, order)
    at, body = 0, b""
    for name, (shape, kind, data) in tensors.items():
        head += text(name, order) + struct.pack(f"{order}I", len(shape))
        head += b"".join(struct.pack(f"{order}Q", size) for size in reversed(shape))
        head += struct.pack(f"{order}IQ", kind, (offsets or {}).get(name, at))
        padded = data + b"\0" * (-len(data) % ALIGNMENT)
        body, at = body + padded, at + len(padded)
    return head + b"\0" * (-len(head) % ALIGNMENT) + body


def tiny_gguf(**more: Any) -> bytes:
    """A small honest model with a tokenizer and two tensors."""
    tensors = {
        "token_embd.weight": ((5, 4), 0, struct.pack("<20f", *range(20))),
        "output_norm.weight": ((4,), 0, struct.pack("<4f", *range(4))),
    }
    return gguf_bytes(QWEN_LIKE | more, tensors)
