"""The other files of a tokenizer: configs, word lists, merges, ranks; and a folder of them as one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.sentencepiece import read_sentencepiece
from gauger.formats.source import Source
from gauger.formats.tokenizer_json import as_bytes, read_tokenizer_json

NAMES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
    "chat_template.jinja",
    "chat_template.json",
)
"""Base names that `read_tokenizer` looks at; besides, any name that ends in `.tiktoken`."""

_BRACKETED = re.compile(r"\[(PAD|UNK|CLS|SEP|MASK)\]")


def read_tokenizer(sources: Mapping[str, Source], limits: Limits) -> TokenizerFacts | None:
    """Which tokenizer do the files of this folder make up? None where there is none.

    The vocabulary comes from the first of `tokenizer.json`, a SentencePiece model, `vocab.json` with
    `merges.txt`, `vocab.txt`, `*.tiktoken`; class, template and added tokens from the configs beside it.

    Args:
        sources: By base name.
        limits: Bounds.

    Raises:
        Malformed: a file is not what its name says.
        LimitExceeded: a file is above the bounds.
        Unreadable: the bytes cannot be had.
    """
    facts = _vocabulary(sources, limits)
    if "tokenizer_config.json" in sources:
        facts = _joined(facts, read_tokenizer_config(sources["tokenizer_config.json"], limits))
    template = _separate_template(sources, limits)
    if template:
        facts = msgspec.structs.replace(facts or TokenizerFacts(), chat_template=template)
    return facts


def read_tokenizer_config(source: Source, limits: Limits) -> TokenizerFacts:
    """What does `tokenizer_config.json` say: class, chat template, added tokens? There are no pieces in it.

    Of several named templates, the one called `default` (or the first) is taken.

    Raises:
        Malformed: not a JSON object.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    data = json_object(
        _whole(source, limits), limits, source.name, size_field="tokenizer_bytes", nodes=limits.nodes
    )
    decoder = data.get("added_tokens_decoder")
    added = (
        [_decoder_entry(key, value) for key, value in decoder.items()] if isinstance(decoder, dict) else []
    )
    declared = data.get("tokenizer_class")
    return TokenizerFacts(
        added=tuple(sorted(item for item in added if item)),
        chat_template=_template(data.get("chat_template")),
        declared_class=printable(declared, 200) if isinstance(declared, str) else "",
    )


def read_vocab_txt(source: Source, limits: Limits) -> TokenizerFacts:
    """Which pieces does a WordPiece list hold, one a line?

    The five bracketed tokens of BERT count as added, as they do in its `tokenizer.json`.

    Raises:
        Malformed: not UTF-8.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    lines = _lines(source, limits)
    bracketed = {n: line for n, line in enumerate(lines) if _BRACKETED.fullmatch(line)}
    return TokenizerFacts(
        kind="wordpiece",
        pieces=tuple(line.encode() for n, line in enumerate(lines) if n not in bracketed),
        added=tuple(bracketed.items()),
    )


def read_vocab_json(vocab: Source, merges: Source | None, limits: Limits) -> TokenizerFacts:
    """Which pieces and merges do GPT-2's two files hold?

    Raises:
        Malformed: not an object of pieces and ids, or not UTF-8.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    data = _whole(vocab, limits)
    table = json_object(data, limits, vocab.name, size_field="tokenizer_bytes", nodes=limits.items)
    if not all(isinstance(number, int) for number in table.values()):
        raise Malformed("a piece has no number", subject=vocab.name)
    rules = _lines(merges, limits) if merges is not None else []
    return TokenizerFacts(
        kind="bpe" if merges is not None else "",
        pieces=tuple(as_bytes(piece) for piece, _ in sorted(table.items(), key=lambda i: (i[1], i[0]))),
        merges=tuple(rule.encode() for rule in rules if rule and not rule.startswith("#version")),
    )


def read_tiktoken(source: Source, limits: Limits) -> TokenizerFacts:
    """Which pieces does a rank file hold, each a line of base64 and rank? The pieces are raw bytes.

    Raises:
        Malformed: a line is something else.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    ranked: list[tuple[int, bytes]] = []
    for number, line in enumerate(_lines(source, limits), start=1):
        encoded, _, rank = line.partition(" ")
        try:
            if line:
                ranked.append((int(rank[:_RANK_DIGITS]), base64.b64decode(encoded, validate=True)))
        except (binascii.Error, ValueError) as error:
            raise Malformed(f"line {number} is not a piece and its rank", subject=source.name) from error
    return TokenizerFacts(kind="rank-bpe", pieces=tuple(piece for _, piece in sorted(ranked)))


_RANK_DIGITS = 12


def _vocabulary(sources: Mapping[str, Source], limits: Limits) -> TokenizerFacts | None:
    if "tokenizer.json" in sources:
        return read_tokenizer_json(sources["tokenizer.json"], limits)
    for name in ("tokenizer.model", "spiece.model", "sentencepiece.bpe.model"):
        if name in sources:
            return read_model_or_ranks(sources[name], limits)
    if "vocab.json" in sources:
        return read_vocab_json(sources["vocab.json"], sources.get("merges.txt"), limits)
    if "vocab.txt" in sources:
        return read_vocab_txt(sources["vocab.txt"], limits)
    ranks = sorted(name for name in sources if name.endswith(".tiktoken"))
    return read_tiktoken(sources[ranks[0]], limits) if ranks else None


def read_model_or_ranks(source: Source, limits: Limits) -> TokenizerFacts:
    """Which tokenizer is a `tokenizer.model`? SentencePiece for most; Llama 3 and Kimi put ranks there.

    Raises:
        Malformed: neither of them.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    head = source.read_at(0, min(1, source.size_bytes))
    return read_sentencepiece(source, limits) if head == b"\x0a" else read_tiktoken(source, limits)


def _joined(facts: TokenizerFacts | None, config: TokenizerFacts) -> TokenizerFacts:
    if facts is None:
        return config
    added = dict(config.added) | dict(facts.added)
    texts = {as_bytes(text) for text in added.values()}
    return msgspec.structs.replace(
        facts,
        pieces=tuple(piece for piece in facts.pieces if piece not in texts),
        added=tuple(sorted(added.items())),
        chat_template=config.chat_template or facts.chat_template,
        declared_class=config.declared_class or facts.declared_class,
    )


def _separate_template(sources: Mapping[str, Source], limits: Limits) -> str:
    if "chat_template.jinja" in sources:
        source = sources["chat_template.jinja"]
        limits.check(source.size_bytes, "string_bytes", subject=source.name)
        return source.read_at(0, source.size_bytes).decode("utf-8", "replace")
    if "chat_template.json" in sources:
        source = sources["chat_template.json"]
        data = json_object(source.read_at(0, limits.check(source.size_bytes, "text_file_bytes")), limits)
        return _template(data.get("chat_template"))
    return ""


def _template(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    named = [(i.get("name"), i.get("template")) for i in value if isinstance(i, dict)]
    texts = [(name, text) for name, text in named if isinstance(text, str)]
    return next((text for name, text in texts if name == "default"), texts[0][1] if texts else "")


def _decoder_entry(key: str, value: Any) -> tuple[int, str] | None:
    content = value.get("content") if isinstance(value, dict) else None
    return (int(key), content) if key.isascii() and key.isdigit() and isinstance(content, str) else None


def _whole(source: Source, limits: Limits) -> bytes:
    return source.read_at(0, limits.check(source.size_bytes, "tokenizer_bytes", subject=source.name))


def _lines(source: Source, limits: Limits) -> list[str]:
    data = _whole(source, limits)
    if data.count(b"\n") > limits.items:
        raise LimitExceeded(f"more than {limits.items} lines", subject=source.name)
    try:
        return data.decode().removesuffix("\n").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8", subject=source.name) from error
