"""Which rows of two models' embeddings belong to the same piece of text?"""

from __future__ import annotations

import hashlib
from itertools import count, islice

import numpy as np
import numpy.typing as npt

from gauger.formats.model_file import TokenizerFacts
from gauger.formats.tokenizer_json import as_bytes
from gauger.trace.vocabulary import vocabulary_of
from gauger.trace.weights.network import Network

Ids = npt.NDArray[np.int64]


def piece_rows(tokens: TokenizerFacts) -> dict[bytes, int]:
    """Which row of the embedding belongs to which piece of text, in one spelling for all tokenizers?

    Byte-level, SentencePiece and WordPiece spellings come out alike: a word's start is a space. Of pieces
    that come out the same the first counts; special tokens are spelled as written. The rows of ordinary
    pieces are those that added tokens leave free, in order.
    """
    added = {number for number, _ in tokens.added}
    special = {as_bytes(text) for _, text in tokens.added}
    free = (number for number in count() if number not in added)
    ids = [n for n, piece in zip(free, tokens.pieces, strict=False) if piece not in special]
    rows: dict[bytes, int] = {}
    for number, piece in zip(ids, vocabulary_of(tokens).pieces, strict=True):
        rows.setdefault(piece, number)
    for number, text in tokens.added:
        rows.setdefault(as_bytes(text), number)
    rows.pop(b"", None)
    return rows


def token_rows(a: Network, b: Network) -> tuple[Ids, Ids]:
    """Which rows of both token embeddings belong together, whatever was added, pruned or reordered?

    By piece where both have a tokenizer; else by number where both embeddings have as many rows (one of them
    may be padded: fewer than 1,024 rows or 2 % apart counts as that, and the rows both have are taken).

    Returns:
        Two int64 arrays of one length, rising in the first; empty where nothing tells.
    """
    if a.embedding is None or b.embedding is None:
        return _nothing()
    rows_a, rows_b = a.embedding.shape[0], b.embedding.shape[0]
    if a.tokens is None or b.tokens is None or not a.tokens.pieces or not b.tokens.pieces:
        if not _same_size(rows_a, rows_b):
            return _nothing()
        same = np.arange(min(rows_a, rows_b), dtype=np.int64)
        return same, same
    pieces_a, pieces_b = piece_rows(a.tokens), piece_rows(b.tokens)
    pairs = sorted(
        (pieces_a[piece], pieces_b[piece])
        for piece in pieces_a.keys() & pieces_b.keys()
        if pieces_a[piece] < rows_a and pieces_b[piece] < rows_b
    )
    if not pairs:
        return _nothing()
    both = np.array(pairs, dtype=np.int64)
    return both[:, 0], both[:, 1]


def shared_tokens(a: Network, b: Network, most: int = 256) -> tuple[Ids, Ids]:
    """Which rows of both token embeddings are good for comparing them: a fixed sample of what they share?

    Ordinary pieces of text only. The sample is drawn by the lowest SHA-256 of the piece (of the number where
    there are no tokenizers), so that it is the same for every pair that shares the pieces.

    Returns:
        Two int64 arrays of one length, at most `most`, in the order of the hashes; see `token_rows`.
    """
    ids_a, ids_b = token_rows(a, b)
    if not len(ids_a):
        return ids_a, ids_b
    names: dict[int, bytes] = {}
    if a.tokens is not None and b.tokens is not None and a.tokens.pieces and b.tokens.pieces:
        special = {number for number, _ in a.tokens.added}
        names = {number: piece for piece, number in piece_rows(a.tokens).items() if number not in special}
        kept = [at for at, number in enumerate(ids_a.tolist()) if number in names]
    else:
        names = {number: b"%d" % number for number in ids_a.tolist()}
        kept = list(range(len(ids_a)))
    digests = ((hashlib.sha256(names[int(ids_a[at])]).digest(), at) for at in kept)
    chosen = [at for _, at in islice(sorted(digests), most)]
    return ids_a[chosen], ids_b[chosen]


def _same_size(rows_a: int, rows_b: int) -> bool:
    gap = abs(rows_a - rows_b)
    return gap == 0 or (gap < _PADDING and gap <= _SHARE * max(rows_a, rows_b))


_PADDING = 1024
_SHARE = 0.02
"""Vocabularies are padded to multiples of 64 to 1,024 rows at most."""


def _nothing() -> tuple[Ids, Ids]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)
