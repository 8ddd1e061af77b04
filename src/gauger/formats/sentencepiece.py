"""SentencePiece models: pieces, their kinds, and which algorithm made them.

Source: `sentencepiece_model.proto` of SentencePiece 0.2: ModelProto 1 pieces, 2 trainer_spec;
SentencePiece 1 piece, 2 score, 3 type; TrainerSpec 3 model_type.
"""

from __future__ import annotations

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.formats.gguf_types import CONTROL, NORMAL, UNKNOWN, USER_DEFINED
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.protobuf import BYTES, VARINT, Field, Wire
from gauger.formats.source import Source

_KINDS = {1: "unigram", 2: "bpe", 3: "word", 4: "char"}
_ADDED = frozenset({UNKNOWN, CONTROL, USER_DEFINED})


def read_sentencepiece(source: Source, limits: Limits) -> TokenizerFacts:
    """What does this SentencePiece model consist of?

    Unknown, control and user-defined pieces count as added, as they do in `tokenizer.json`.

    Args:
        source: The file.
        limits: Bounds. Peak memory about five times the file, at most some 300 MB.

    Raises:
        Malformed: not such a message, or it holds no pieces.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    limits.check(source.size_bytes, "tokenizer_bytes", subject=source.name)
    wire = Wire(source, limits)
    pieces: list[bytes] = []
    added: list[tuple[int, str]] = []
    kind = "unigram"
    number = 0
    for field in wire.whole():
        if field.number == 1:
            text, sort = _piece(wire, field)
            if sort in _ADDED:
                added.append((number, text.decode("utf-8", "replace")))
            else:
                pieces.append(text)
            number += 1
        elif field.number == 2:
            kind = _kind(wire, field)
    if not number:
        raise Malformed("no pieces", subject=source.name)
    return TokenizerFacts(kind=kind, pieces=tuple(pieces), added=tuple(added))


def _piece(wire: Wire, field: Field) -> tuple[bytes, int]:
    text, sort = b"", NORMAL
    for part in wire.inside(field):
        if part.number == 1 and part.wire == BYTES:
            text = wire.content(part)
        elif part.number == 3 and part.wire == VARINT:
            sort = part.value
    return text, sort


def _kind(wire: Wire, field: Field) -> str:
    """The trainer's model type, 1 (unigram) unless it says otherwise."""
    chosen = 1
    for part in wire.inside(field):
        if part.number == 3 and part.wire == VARINT:
            chosen = part.value
    return _KINDS.get(chosen, "")
