"""`tokenizer.json`, the file of the `tokenizers` library: BPE, Unigram, WordPiece."""

from __future__ import annotations

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.source import Source

_KINDS = {"BPE": "bpe", "Unigram": "unigram", "WordPiece": "wordpiece", "WordLevel": "wordlevel"}


class _Added(msgspec.Struct, frozen=True):
    id: int
    content: str


class _Model(msgspec.Struct, frozen=True):
    type: str = ""
    vocab: dict[str, int] | list[tuple[str, float]] = {}
    merges: list[str | tuple[str, str]] = []


class _File(msgspec.Struct, frozen=True):
    model: _Model
    added_tokens: list[_Added] = []


_DECODER = msgspec.json.Decoder(_File)


def read_tokenizer_json(source: Source, limits: Limits) -> TokenizerFacts:
    """What does this `tokenizer.json` consist of?

    Pieces that are also in `added_tokens` are left out of the base vocabulary, so that a GGUF and a
    `tokenizer.json` of one tokenizer give the same pieces.

    Args:
        source: The file.
        limits: Bounds. Peak memory is at most some 600 MB for a hostile file of 64 MB, and about eight times
            the file for an honest one.

    Raises:
        Malformed: not JSON, or not a tokenizer.
        LimitExceeded: too long, or more pieces or merges than allowed.
        Unreadable: the bytes cannot be had.
    """
    size = limits.check(source.size_bytes, "tokenizer_bytes", subject=source.name)
    data = source.read_at(0, size)
    opened, commas = data.count(b"[") + data.count(b"{"), data.count(b",")
    if opened > limits.items or commas > 2 * limits.items:
        raise LimitExceeded(f"more than {limits.items} pieces and merges", subject=source.name)
    try:
        parsed = _DECODER.decode(data)
    except RecursionError as error:
        raise LimitExceeded("nested too deeply", subject=source.name) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise Malformed(f"not a tokenizer: {printable(str(error), 200)}", subject=source.name) from error
    return _facts(parsed)


def _facts(parsed: _File) -> TokenizerFacts:
    model = parsed.model
    added = {token.content: token.id for token in parsed.added_tokens}
    if isinstance(model.vocab, dict):
        ordered = sorted(model.vocab.items(), key=lambda item: (item[1], item[0]))
        pieces = [piece for piece, _ in ordered if piece not in added]
    else:
        pieces = [piece for piece, _ in model.vocab if piece not in added]
    return TokenizerFacts(
        kind=_KINDS.get(model.type, "") or _guessed_kind(model),
        pieces=tuple(as_bytes(piece) for piece in pieces),
        merges=tuple(as_bytes(m if isinstance(m, str) else f"{m[0]} {m[1]}") for m in model.merges),
        added=tuple(sorted((number, content) for content, number in added.items())),
    )


def _guessed_kind(model: _Model) -> str:
    """Files of 2020 and before name no type; merges and scores tell."""
    if isinstance(model.vocab, list):
        return "unigram"
    return "bpe" if model.merges else "wordpiece" if "[UNK]" in model.vocab else ""


def as_bytes(text: str) -> bytes:
    """The text as UTF-8, a lone surrogate (legal in JSON) as three bytes rather than an error."""
    return text.encode("utf-8", "surrogatepass")
