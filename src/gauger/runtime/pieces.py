"""Between text and numbers: which pieces a prompt consists of, and which bytes each piece stands for.

The encoding itself is the `tokenizers` package's (Apache-2.0, no torch); a GGUF file's tokenizer is rebuilt
from its own vocabulary and merges.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gauger.core.errors import Malformed, MissingExtra, Unreadable
from gauger.core.limits import Limits
from gauger.formats.bounded_json import json_object
from gauger.formats.source import FileSource

if TYPE_CHECKING:
    from gauger.formats.model_file import ModelFile

_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_WORD_MARK = "\u2581"
_KINDS = frozenset({"BPE", "Unigram", "WordPiece", "WordLevel"})
_PAIR = 2
_NODES = 8_000_000
"""Of a tokenizer's JSON: vocabulary and merges of the largest known ones together."""


class Encoded(msgspec.Struct, frozen=True, kw_only=True):
    """A text as a model reads it.

    Attributes:
        ids: Numbers of its pieces.
        ends: For each, the offset in characters where its text ends; 0 for pieces that stand for no text.
    """

    ids: tuple[int, ...]
    ends: tuple[int, ...]


class Tokens:
    """A tokenizer with the bytes of every piece.

    Args:
        encoder: A `tokenizers.Tokenizer`.
        start: The piece that stands before every text, where the encoder does not add it itself.
    """

    def __init__(self, encoder: Any, start: int | None = None) -> None:
        self._encoder = encoder
        self._start = start
        vocabulary: dict[str, int] = encoder.get_vocab(with_added_tokens=True)
        added = set(encoder.get_added_tokens_decoder())
        spelled = [""] * (1 + max(vocabulary.values(), default=-1))
        byte_level = _looks_byte_level(vocabulary)
        for text, number in vocabulary.items():
            plain = text.encode() if number in added else _bytes_of(text, byte_level=byte_level)
            spelled[number] = plain.decode("latin-1")
        self.spelled: tuple[str, ...] = tuple(spelled)

    @property
    def digest(self) -> str:
        """SHA-256 over all pieces in id order, each with its length."""
        framed = (len(p).to_bytes(4, "little") + p.encode("latin-1") for p in self.spelled)
        return hashlib.sha256(b"".join(framed)).hexdigest()

    def encode(self, text: str) -> Encoded:
        """Which pieces is this text for the model, the start piece included where the tokenizer adds one?"""
        found = self._encoder.encode(text)
        ids, ends = list(found.ids), [end for _, end in found.offsets]
        if self._start is not None and ids[:1] != [self._start]:
            ids, ends = [self._start, *ids], [0, *ends]
        return Encoded(ids=tuple(ids), ends=tuple(ends))

    def decode(self, ids: list[int]) -> str:
        """Which text are these pieces?"""
        return str(self._encoder.decode(ids))


def tokens_in(folder: Path, limits: Limits) -> Tokens:
    """The tokenizer of a model's folder, from `tokenizer.json`.

    Raises:
        Unreadable: there is none.
        Malformed: the file is not one.
        MissingExtra: `tokenizers` is not installed.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise Unreadable("there is no tokenizer.json beside the weights", subject=folder.name)
    with FileSource(path, name=path.name) as source:
        size = limits.check(source.size_bytes, "tokenizer_bytes", subject=path.name)
        data = source.read_at(0, size)
    library = _library()
    kind = json_object(data, msgspec.structs.replace(limits, nodes=_NODES), path.name).get("model")
    if not isinstance(kind, dict) or kind.get("type") not in _KINDS:
        raise Malformed("no tokenizer of a kind that can be used", subject=path.name)
    encoder = library.Tokenizer.from_str(data.decode("utf-8"))
    encoder.no_truncation()
    encoder.no_padding()
    return Tokens(encoder)


def tokens_of_gguf(file: ModelFile) -> Tokens:
    """The tokenizer inside a GGUF header: byte-level BPE as GPT-2's, or SentencePiece-like BPE.

    Raises:
        Malformed: the header holds no vocabulary of such a kind.
        MissingExtra: `tokenizers` is not installed.
    """
    facts = file.tokenizer
    if facts is None or facts.kind != "bpe" or not facts.merges:
        raise Malformed("the header holds no byte-level BPE vocabulary", subject=file.parts[0])
    library = _library()
    added = dict(facts.added)
    order: dict[str, int] = {}
    number = 0
    for piece in facts.pieces:
        while number in added:
            number += 1
        order[piece.decode("utf-8", "replace")] = number
        number += 1
    for ident, text in facts.added:
        order.setdefault(text, ident)
    merges = [tuple(m.decode("utf-8", "replace").split(" ", 1)) for m in facts.merges]
    if not all(len(pair) == _PAIR and all(p in order for p in (*pair, "".join(pair))) for pair in merges):
        raise Malformed("the merges name pieces that are not in the vocabulary", subject=file.parts[0])
    encoder = library.Tokenizer(library.models.BPE(vocab=order, merges=merges))
    first = library.pre_tokenizers.Digits(individual_digits=True)
    level = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    splits = [first, level] if facts.pre in _DIGITS_APART else [level]
    encoder.pre_tokenizer = library.pre_tokenizers.Sequence(splits)
    encoder.decoder = library.decoders.ByteLevel()
    encoder.add_special_tokens([text for _, text in facts.added])
    start = file.metadata.get("tokenizer.ggml.bos_token_id")
    wanted = bool(file.metadata.get("tokenizer.ggml.add_bos_token", False))
    return Tokens(encoder, start if wanted and isinstance(start, int) else None)


_DIGITS_APART = {"smollm", "starcoder", "refact", "command-r", "codeshell"}
"""Pre-tokenizers that take digits one by one before GPT-2's splitting. Source: llama.cpp, `llama-vocab.cpp`
(the case list of pre-tokenizer types)."""


def _library() -> Any:
    try:
        import tokenizers  # noqa: PLC0415 - part of an extra
        import tokenizers.decoders  # noqa: PLC0415
        import tokenizers.models  # noqa: PLC0415
        import tokenizers.pre_tokenizers  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra(
            "running a model needs the tokenizers package", hint="pip install 'gauger[run]'"
        ) from error
    return tokenizers


def _looks_byte_level(vocabulary: dict[str, int]) -> bool:
    return any(piece.startswith("\u0120") for piece in vocabulary) and not any(
        piece.startswith(_WORD_MARK) for piece in vocabulary
    )


def _bytes_of(piece: str, *, byte_level: bool) -> bytes:
    if byte_level:
        return b"".join(bytes([_BYTES[c]]) if c in _BYTES else c.encode() for c in piece)
    coded = _BYTE_TOKEN.fullmatch(piece)
    if coded:
        return bytes([int(coded[1], 16)])
    return piece.replace(_WORD_MARK, " ").encode("utf-8", "surrogatepass")


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's printable character for every byte: itself where it prints, else from 256 upwards in order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in set(plain)]
    return {chr(b): b for b in plain} | {chr(256 + n): b for n, b in enumerate(others)}


_BYTES = _byte_alphabet()
