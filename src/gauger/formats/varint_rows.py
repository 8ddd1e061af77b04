"""Numbers that a message stores one by one: packed varints, or each behind its own tag.

Source: https://protobuf.dev/programming-guides/encoding/, and `onnx.proto3` of ONNX 1.18 for which
field holds which type: `int32_data` holds eight- and sixteen-bit integers and the bits of 16-bit and 8-bit
floats.
"""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from gauger.core.errors import Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.decoders import decoder_of, why_not
from gauger.formats.model_file import TensorEntry
from gauger.formats.number_types import Floats, Octets, bytes_per_number
from gauger.formats.rows import Rows
from gauger.formats.source import Source

_PIECE = 1 << 18
_LONGEST = 10
_FIXED = {"tagged-4": 4, "tagged-8": 8}
Words = npt.NDArray[np.uint64]


class NumbersOneByOne(Rows):
    """Rows of a tensor whose numbers have to be decoded one after the other.

    The first use walks the whole message once and remembers, for each piece of 256 KB, which number begins
    it; reading rows then costs a piece or two.

    Args:
        source: The part.
        entry: With its encoding.
        limits: Bounds.

    Raises:
        Unreadable: a type that no such field holds.
    """

    def __init__(self, source: Source, entry: TensorEntry, limits: Limits) -> None:
        if entry.encoding is None:
            raise Unreadable("its numbers are not stored one by one", subject=source.name)
        self._four_bits = decoder_of(entry.dtype) is not None and not bytes_per_number(entry.dtype)
        decoder = decoder_of(entry.dtype)
        if decoder is None:
            raise Unreadable(why_not(entry.dtype), subject=source.name)
        limits.check(entry.encoding.size_bytes, "unpacked_bytes", subject=source.name)
        self.shape = entry.shape
        self._source = source
        self._place = entry.encoding
        self._decoder = decoder
        self._stored = prod(entry.shape) if not self._four_bits else -(-prod(entry.shape) // 2)
        self._width = bytes_per_number(entry.dtype) or 1
        self._name = printable(entry.name, 80)
        self._starts: list[tuple[int, int]] = []

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return self.columns * self._width

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        begin, end = first * self.columns, (first + count) * self.columns
        unit = self._decoder.numbers
        head, tail = begin // unit, -(-end // unit)
        octets = self._values(head, tail)
        return self._decoder.decode(octets)[begin - head * unit : end - head * unit].reshape(
            count, self.columns
        )

    def _values(self, first: int, stop: int) -> Octets:
        """The bytes that `raw_data` would have for these numbers."""
        width = _FIXED.get(self._place.kind)
        if width is not None:
            return self._fixed(width, first, stop)
        words = self._varints(first, stop)
        return words.astype(f"<u{self._width}").view(np.uint8)

    def _fixed(self, width: int, first: int, stop: int) -> Octets:
        """Each number behind a tag of one byte: all steps are equal."""
        if self._place.size_bytes != self._stored * (width + 1) or width != self._width:
            raise self._wrong()
        data = self._source.read_at(self._place.offset + first * (width + 1), (stop - first) * (width + 1))
        table = np.frombuffer(data, np.uint8).reshape(-1, width + 1)
        if len(table) and (table[:, 0] != table[0, 0]).any():
            raise self._wrong()
        return np.ascontiguousarray(table[:, 1:]).reshape(-1)

    def _varints(self, first: int, stop: int) -> Words:
        if not self._starts:
            self._index()
        tagged = self._place.kind == "tagged-varints"
        if tagged:
            first, stop = 2 * first, 2 * stop
        number = max(0, np.searchsorted([start for start, _ in self._starts], first, "right").item() - 1)
        found: list[Words] = []
        while number < len(self._starts) and (at := self._starts[number])[0] < stop:
            after = self._starts[number + 1][1] if number + 1 < len(self._starts) else self._place.size_bytes
            values = _decode(self._source.read_at(self._place.offset + at[1], after - at[1]))
            found.append(values[max(0, first - at[0]) : stop - at[0]])
            number += 1
        words = np.concatenate(found) if found else np.zeros(0, np.uint64)
        if len(words) != stop - first:
            raise self._wrong()
        if tagged and len(words) and (words[::2] != words[0]).any():
            raise self._wrong()
        return words[1::2] if tagged else words

    def _index(self) -> None:
        """Finds, for each piece, its first byte that begins a number, and that number's place in the row."""
        size, at, number = self._place.size_bytes, 0, 0
        starts: list[tuple[int, int]] = []
        while at < size:
            data = self._source.read_at(self._place.offset + at, min(_PIECE, size - at))
            ends = np.flatnonzero(np.frombuffer(data, np.uint8) < 0x80)
            if not len(ends):
                raise self._wrong()
            starts.append((number, at))
            number += len(ends)
            at += int(ends[-1]) + 1
            if at < size and len(data) < _LONGEST:
                raise self._wrong()
        wanted = 2 * self._stored if self._place.kind == "tagged-varints" else self._stored
        if number != wanted:
            raise self._wrong()
        self._starts = starts or [(0, 0)]

    def _wrong(self) -> Malformed:
        return Malformed(
            f"tensor {self._name}: not as many numbers as its shape asks for", subject=self._source.name
        )


def _decode(data: bytes) -> Words:
    """All varints of these bytes, which end with a whole one."""
    octets = np.frombuffer(data, np.uint8)
    if not len(octets):
        return np.zeros(0, np.uint64)
    ends = np.flatnonzero(octets < 0x80)
    if not len(ends) or ends[-1] != len(octets) - 1:
        raise Malformed("a number does not end")
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST:
        raise Malformed("a number is longer than ten bytes")
    values: Words = (octets[starts] & 0x7F).astype(np.uint64)
    for place in range(1, int(lengths.max())):
        longer = np.flatnonzero(lengths > place)
        part = (octets[starts[longer] + place] & 0x7F).astype(np.uint64)
        values[longer] |= part << np.uint64(7 * place)
    return values
