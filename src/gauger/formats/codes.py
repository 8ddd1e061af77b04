"""Small codes packed into bytes or words, row by row, and what each of them stands for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gauger.formats.decoders import Decoder, nibbles
from gauger.formats.entry_bytes import EntryBytes, PlainBytes
from gauger.formats.number_types import Floats, Octets
from gauger.formats.rows import Rows

_BYTE = 8


def unpack(octets: Octets, bits: int, *, per_word: int = 0) -> Octets:
    """Which codes do these packed rows hold? Lowest bits first.

    Args:
        octets: Of shape (rows, bytes of a row).
        bits: Of one code, 1 to 8.
        per_word: Codes in one little-endian word of 32 bits, where bits are left over at its top; 0 where
            codes follow each other without a gap, across bytes and words.

    Returns:
        uint8 array of shape (rows, codes).
    """
    if per_word and per_word * bits != 32:
        shifts = np.arange(per_word, dtype=np.uint32) * np.uint32(bits)
        codes = octets.view("<u4")[:, :, None] >> shifts & np.uint32((1 << bits) - 1)
        small: Octets = codes.astype(np.uint8).reshape(len(octets), -1)
        return small
    if bits == _BYTE:
        return octets
    if _BYTE % bits == 0:
        count = _BYTE // bits
        spread = np.empty((*octets.shape, count), np.uint8)
        for place in range(count):
            np.right_shift(octets, place * bits, out=spread[:, :, place])
        spread &= (1 << bits) - 1
        return spread.reshape(len(octets), -1)
    single = np.unpackbits(octets, axis=1, bitorder="little")
    whole = single[:, : single.shape[1] // bits * bits].reshape(len(octets), -1, bits)
    codes = np.zeros(whole.shape[:2], np.uint8)
    for place in range(bits):
        codes |= whole[:, :, place] << place
    return codes


class CodeRows(Rows):
    """Rows of packed codes, each looked up in a table.

    Args:
        data: The bytes.
        shape: Of the numbers; codes at the end of a row that are more than its columns are padding.
        stored_row: Bytes of one row.
        bits: Of one code.
        table: What the codes stand for; None for themselves.
        per_word: As in `unpack`.
    """

    def __init__(
        self,
        data: EntryBytes,
        shape: tuple[int, ...],
        *,
        stored_row: int,
        bits: int,
        table: Floats | None = None,
        per_word: int = 0,
    ) -> None:
        self.shape = shape
        self._data = data
        self._stored_row = stored_row
        self._bits = bits
        self._per_word = per_word
        values = table if table is not None else np.arange(1 << bits, dtype=np.float32)
        self._table = values
        self._decoder = Decoder(2, 1, nibbles(values)) if bits == _BYTE // 2 else None

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return self._stored_row

    def announce(self, stretches: Sequence[tuple[int, int]]) -> None:
        """See `Rows.announce`."""
        if isinstance(self._data, PlainBytes):
            self._data.announce(
                [(first * self._stored_row, end * self._stored_row) for first, end in stretches]
            )

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        octets = self._data.read(first * self._stored_row, count * self._stored_row)
        if self._decoder is not None:
            numbers = self._decoder.decode(octets).reshape(count, -1)
        else:
            table = octets.reshape(count, self._stored_row)
            numbers = self._table[unpack(table, self._bits, per_word=self._per_word)]
        return numbers if numbers.shape[1] == self.columns else numbers[:, : self.columns].copy()
