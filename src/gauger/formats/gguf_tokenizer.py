"""The tokenizer inside a GGUF header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gauger.core.errors import Malformed
from gauger.formats.gguf_types import CONTROL, NORMAL, TOKENIZER_KINDS, UNKNOWN, USER_DEFINED
from gauger.formats.model_file import TokenizerFacts

TOKENS = "tokenizer.ggml.tokens"
TYPES = "tokenizer.ggml.token_type"
MERGES = "tokenizer.ggml.merges"
LISTS = frozenset({TOKENS, TYPES, MERGES})
"""Long lists that are kept; scores and the like are passed over."""

_ADDED = frozenset({UNKNOWN, CONTROL, USER_DEFINED})
_FILLER = re.compile(rb"\[PAD\d+\]")
_SPECIAL_SPELLING = re.compile(
    rb"<\|[^|]{1,80}\|>|<\xef\xbd\x9c.{1,80}\xef\xbd\x9c>|</?s>|</?think>|<(?:unk|pad|bos|eos|mask)>"
)
"""How special tokens are spelled by convention, the full-width bars of DeepSeek included; asked only of files
that do not say what kind their tokens are."""


def tokenizer_facts(
    values: Mapping[str, Any], lists: Mapping[str, Sequence[Any]], *, subject: str
) -> TokenizerFacts | None:
    """Which tokenizer do these key-values describe? None where there is none.

    The base vocabulary is what is left when unknown, control and user-defined tokens are taken out: the same
    pieces that `tokenizer.json` holds outside `added_tokens`. Filler tokens that converters add up to a round
    number (`[PAD151936]`, unused or user-defined) are in neither. Where a file has no kinds, the spelling
    decides.

    Raises:
        Malformed: the lists are not of the right kind, or do not belong together.
    """
    tokens = _bytes_list(lists.get(TOKENS, ()), TOKENS, subject)
    model = _text(values.get("tokenizer.ggml.model"))
    template = _text(values.get("tokenizer.chat_template"))
    if not tokens and not model and not template:
        return None
    types = lists.get(TYPES, ())
    if types and len(types) != len(tokens):
        raise Malformed(f"{len(tokens)} tokens but {len(types)} token types", subject=subject)
    pieces, added = _sorted_out(tokens, types)
    return TokenizerFacts(
        kind=TOKENIZER_KINDS.get(model, ""),
        pieces=tuple(pieces),
        merges=tuple(_bytes_list(lists.get(MERGES, ()), MERGES, subject)),
        added=tuple(added),
        pre=_text(values.get("tokenizer.ggml.pre")),
        chat_template=template,
        declared_class=model,
    )


def _sorted_out(
    tokens: Sequence[bytes], types: Sequence[Any]
) -> tuple[Sequence[bytes], list[tuple[int, str]]]:
    if not types:
        types = [CONTROL if _SPECIAL_SPELLING.fullmatch(token) else NORMAL for token in tokens]
    pieces: list[bytes] = []
    added: list[tuple[int, str]] = []
    for number, (token, kind) in enumerate(zip(tokens, types, strict=True)):
        if kind != NORMAL and _FILLER.fullmatch(token):
            continue
        if kind in _ADDED:
            added.append((number, token.decode("utf-8", "replace")))
        else:
            pieces.append(token)
    return pieces, added


def _bytes_list(items: Sequence[Any], key: str, subject: str) -> Sequence[bytes]:
    if items and not isinstance(items[0], bytes):
        raise Malformed(f"{key} is not a list of strings", subject=subject)
    return items


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
