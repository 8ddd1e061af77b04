"""Which vocabulary items a fingerprint's lens looks through: the same ones in every model that has them."""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.formats.model_file import TokenizerFacts
from gauger.trace.weights.tokens import piece_rows

BY_NUMBER = 1 << 63
"""Hashes with this bit stand for a row's number, the others for a piece."""
_SHARE_BY_NUMBER = 4


class TokenSet(msgspec.Struct, frozen=True, eq=False):
    """Chosen rows of an embedding.

    Attributes:
        ids: int32, the rows.
        hashes: uint64: 63 bits of the hash of the piece, or of the row's number with the top bit set.
    """

    ids: npt.NDArray[np.int32]
    hashes: npt.NDArray[np.uint64]


def chosen_tokens(tokenizer: TokenizerFacts | None, rows: int, most: int) -> TokenSet:
    """Which rows of an embedding with so many rows are looked at?

    Pieces and row numbers with the lowest hashes: whether an item is among them depends on the item alone, so
    that vocabularies that overlap share many. A quarter goes by number, for files without their tokenizer;
    all where there is none.

    Laws: a smaller set is part of a larger one; the order of pieces does not matter.
    """
    pieces: dict[bytes, int] = {}
    if tokenizer is not None:
        special = {number for number, _ in tokenizer.added}
        pieces = {p: n for p, n in piece_rows(tokenizer).items() if n < rows and n not in special}
    hashed = sorted((_hash(piece), row) for piece, row in pieces.items())
    by_piece = hashed[: most - most // _SHARE_BY_NUMBER]
    by_number = sorted((_hash(b"row %d" % n) | BY_NUMBER, n) for n in range(rows))[: most - len(by_piece)]
    found = sorted([*by_piece, *by_number])
    return TokenSet(
        np.array([row for _, row in found], np.int32), np.array([key for key, _ in found], np.uint64)
    )


def shared(
    ours: npt.NDArray[np.uint64], theirs: npt.NDArray[np.uint64], *, same_rows: bool, fewest: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """At which places of both sets is the same item?

    By piece where enough pieces are shared; else by row number, if both embeddings have the same number of
    rows.
    """
    _, a, b = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    pieces = ours[a] < np.uint64(BY_NUMBER)
    if int(pieces.sum()) >= fewest:
        return a[pieces], b[pieces]
    return (a[~pieces], b[~pieces]) if same_rows else (a[:0], b[:0])


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1
