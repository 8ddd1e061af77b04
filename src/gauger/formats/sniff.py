"""Which format do the first bytes say? Magic numbers first, a file's name only where bytes cannot tell."""

from __future__ import annotations

import re

from gauger.formats.source import Source

HEAD_BYTES = 4096
"""How much of a file `sniff` needs; fewer bytes are fine where the file is shorter."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"GGUF", "gguf"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (4, b"TFL3", "tflite"),
    (0, b"\x93NUMPY", "numpy"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"lmgg", "ggml"),
    (0, b"tjgg", "ggml"),
    (0, b"fmgg", "ggml"),
)
"""Offset, bytes, format. Sources: the GGUF specification; HDF5 file format 3.0 §II.A; TensorFlow Lite schema
`file_identifier`; NumPy NEP 1; APPNOTE 4.3.16; RFC 1952; llama.cpp's pre-GGUF loaders (`ggml`, `ggjt`, `ggmf`
as little-endian words)."""

_PADDLE_HEAD = b"\0" * 16
"""Version 0, no levels, tensor version 0; then the length of a short message that begins with a type and a
dimension. Source: `SerializeToStream` of PaddlePaddle."""

CTRANSLATE2_VERSIONS = range(2, 9)
"""Of `model.bin`: 6 is written today. Source: `binary_version` in CTranslate2 4."""

_ONNX_FIELDS = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2}
"""Fields of ONNX `ModelProto` with their wire types. Source: onnx.proto3 of ONNX 1.18."""

_OPENVINO = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?<net\s[^>]*>\s*<layers>")
_MAX_IR_VERSION = 64
_SAFETENSORS_HEAD = re.compile(rb"\{\s*\"")
_TOKENIZER_KEYS = (b'"added_tokens"', b'"pre_tokenizer"', b'"truncation"', b'"normalizer"')
_JSON_NAMES = {
    "tokenizer.json": "tokenizer-json",
    "tokenizer_config.json": "tokenizer-config",
    "config.json": "model-config",
    "adapter_config.json": "adapter-config",
    "generation_config.json": "generation-config",
    "params.json": "params-json",
    "vocab.json": "vocab-json",
}

WEIGHTS = frozenset(
    {
        "safetensors",
        "gguf",
        "onnx",
        "pytorch-zip",
        "pickle",
        "tflite",
        "paddle",
        "ctranslate2",
        "hdf5",
        "ggml",
        "openvino",
        "npz",
    }
)
"""Formats for which there is a reader of weights."""


def sniff(head: bytes, size_bytes: int, name: str = "") -> str:
    """Which format is a file that begins with these bytes?

    Args:
        head: The first `HEAD_BYTES` of the file, or all of it.
        size_bytes: Of the whole file.
        name: The file's name or path; decides only between kinds of text, and for archives and protobuf
            messages whose first bytes fit several formats.

    Returns:
        `safetensors`, `gguf`, `onnx`, `pytorch-zip`, `zip`, `pickle`, `sentencepiece`, `tokenizer-json`,
        `safetensors-index`, the other names of `_JSON_NAMES` and `_MAGIC`, `json`, or empty.
    """
    for offset, magic, found in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return found
    base = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if head[:4] == b"PK\x03\x04":
        return _zip_kind(head, base)
    if _is_safetensors(head, size_bytes):
        return "safetensors"
    if _is_pickle(head) or (base.endswith(_PICKLE_NAMES) and head[:1] in TEXT_PICKLE_STARTS):
        return "pickle"
    if head[:1] == b"\x08" and _is_onnx(head, size_bytes):
        return "onnx"
    if head[:1] == b"\x0a" and base.endswith((".pdmodel", "__model__")):
        return "paddle-program"
    if head[:1] == b"\x0a" and _is_sentencepiece(head):
        return "sentencepiece"
    if head[:16] == _PADDLE_HEAD and head[17:21] == b"\0\0\0\x08" and head[22:23] == b"\x10":
        return "paddle"
    if _is_ctranslate2(head):
        return "ctranslate2"
    if _OPENVINO.match(head):
        return "openvino"
    return _text_kind(head, base)


def sniff_source(source: Source) -> str:
    """Which format is this source?

    Reads at most `HEAD_BYTES` of it; of an archive whose first member tells nothing, also the last 64 KB,
    where TorchScript's directory names `data.pkl`.

    Raises:
        Unreadable: the bytes cannot be had.
        Malformed: the source became shorter meanwhile.
    """
    head = source.read_at(0, min(HEAD_BYTES, source.size_bytes))
    kind = sniff(head, source.size_bytes, source.name)
    if not kind and source.name.lower().endswith(".llamafile"):
        return "zip" if _ends_as_zip(source) else ""
    if kind == "zip":
        length = min(_TAIL_BYTES, source.size_bytes)
        if b"/data.pkl" in source.read_at(source.size_bytes - length, length):
            return "pytorch-zip"
    return kind


_TAIL_BYTES = 1 << 16


def _ends_as_zip(source: Source) -> bool:
    """A llamafile is a program with an archive behind it, in which the GGUF file is stored."""
    length = min(_TAIL_BYTES, source.size_bytes)
    return b"PK\x05\x06" in source.read_at(source.size_bytes - length, length)


def _zip_kind(head: bytes, base: str) -> str:
    """A PyTorch archive has `<folder>/data.pkl` as its first member; odd ones go by their name."""
    length = int.from_bytes(head[26:28], "little")
    first = head[30 : 30 + length]
    if first.endswith(b".npy"):
        return "npz"
    if first.endswith((b"data.pkl", b"/.format_version", b"/.data/serialization_id")):
        return "pytorch-zip"
    return "pytorch-zip" if base.endswith((".pt", ".pth", ".ckpt", "pytorch_model.bin")) else "zip"


def _is_safetensors(head: bytes, size_bytes: int) -> bool:
    length = int.from_bytes(head[:8], "little")
    if len(head) < 10 or length < 2:
        return False
    if head[8:10] == b"{}":
        return length <= size_bytes - 8
    return length < 1 << 40 and _SAFETENSORS_HEAD.match(head, 8) is not None


def _is_pickle(head: bytes) -> bool:
    """Protocol 2 to 5 begins with PROTO; 4 and 5 go on with FRAME. Source: Python's `pickletools`."""
    return len(head) >= 3 and head[0] == 0x80 and 2 <= head[1] <= 5 and head[2] in _PICKLE_STARTS


_PICKLE_NAMES = (".pkl", ".pickle", ".joblib", ".dill")
TEXT_PICKLE_STARTS = frozenset(bytes([c]) for c in b"(cGFILSUVN]})l")
"""Protocols 0 and 1 have no mark of their own: such a file goes by its name and a first opcode that can begin
an object."""

_PICKLE_STARTS = frozenset(b"\x95}](c\x8c\x8aX\x8e\x8f)K\x88\x89NJMGqU\x8bCB\x96\x8d\x94e\x80")
"""Opcodes with which an object can begin."""


def _is_onnx(head: bytes, size_bytes: int) -> bool:
    """Are these the first fields of a `ModelProto`: a small version, then known fields that fit the file?"""
    fields = _fields(head)
    if not fields or fields[0][0] != 1 or not 1 <= fields[0][2] <= _MAX_IR_VERSION:
        return False
    known = all(_ONNX_FIELDS.get(number) == wire for number, wire, _ in fields)
    return known and len(fields) >= (2 if _whole(fields, size_bytes) else 3)


def _fields(head: bytes) -> list[tuple[int, int, int]]:
    """Number, wire type and value or length of the top-level fields, as far as `head` goes."""
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(head) and len(found) < 8:
        tag, at = _varint(head, at)
        value, at = _varint(head, at)
        if at < 0:
            break
        found.append((tag >> 3, tag & 7, value))
        if tag & 7 == 2:
            at += value
    return found


def _whole(fields: list[tuple[int, int, int]], size_bytes: int) -> bool:
    return sum(value for _, wire, value in fields if wire == 2) <= size_bytes


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Value and next place; -1 where the bytes end or the number is too long."""
    value = 0
    for shift in range(0, 64, 7):
        if at < 0 or at >= len(data):
            return 0, -1
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    return 0, -1


def _is_ctranslate2(head: bytes) -> bool:
    """Are these the version, and the name of a specification with its zero, as a `model.bin` begins?"""
    length = int.from_bytes(head[4:6], "little")
    name = head[6 : 6 + length]
    return (
        int.from_bytes(head[:4], "little") in CTRANSLATE2_VERSIONS
        and 2 <= length <= 100
        and len(name) == length
        and name.endswith(b"\0")
        and name[:-1].isalnum()
    )


def _is_sentencepiece(head: bytes) -> bool:
    """A `ModelProto` of SentencePiece begins with pieces: text, then a score as a 32-bit float (tag 0x15)."""
    length, at = _varint(head, 1)
    if at < 0 or not 3 <= length <= 1024 or head[at : at + 1] != b"\x0a":
        return False
    text, inner = _varint(head, at + 1)
    return inner > 0 and text < length and head[inner + text : inner + text + 1] in (b"\x15", b"\x18")


def _text_kind(head: bytes, base: str) -> str:
    stripped = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not stripped.startswith((b"{", b"[")):
        return ""
    if base in _JSON_NAMES:
        return _JSON_NAMES[base]
    if base.endswith(".index.json") or b'"weight_map"' in head:
        return "safetensors-index"
    if sum(key in head for key in _TOKENIZER_KEYS) >= 2:
        return "tokenizer-json"
    return "json"
