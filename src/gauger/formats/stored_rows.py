"""Rows of a tensor as the file stores it: plain numbers, blocks, views with strides, numbers one by one."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.decoders import Decoder, decoder_of, why_not
from gauger.formats.entry_bytes import EntryBytes, PlainBytes, entry_bytes
from gauger.formats.held import Held
from gauger.formats.model_file import TensorEntry
from gauger.formats.number_types import Floats, bytes_per_number
from gauger.formats.rows import Rows
from gauger.formats.source import FileSource, Source
from gauger.formats.varint_rows import NumbersOneByOne

HELD_BLOCKS = 8
"""How many blocks (`Limits.block_bytes`) of a tensor that cannot be read by rows are held at a time."""


def stored_rows(
    source: Source,
    entry: TensorEntry,
    limits: Limits,
    *,
    big_endian: bool = False,
    held: Held | None = None,
) -> Rows:
    """How are the rows of this stored tensor read?

    Args:
        source: The part that holds it.
        entry: From the model's directory.
        limits: Bounds.
        big_endian: Whether the file's numbers begin with their highest byte.
        held: Where what cannot be read by rows is kept.

    Raises:
        Unreadable: its type or its place cannot be read; the message says why.
        Malformed: size and shape contradict each other.
        LimitExceeded: it is packed tighter than the bounds allow.
    """
    if entry.encoding is not None and entry.encoding.kind != "deflate":
        return NumbersOneByOne(source, entry, limits)
    decoder = decoder_of(entry.dtype, big_endian=big_endian)
    if decoder is None:
        raise Unreadable(why_not(entry.dtype, big_endian=big_endian), subject=source.name)
    _check_size(entry, decoder, source.name)
    data = entry_bytes(source, entry, limits)
    if entry.strides:
        return StridedRows(data, entry, decoder, held or Held(HELD_BLOCKS * limits.block_bytes))
    if (
        entry.dtype in _FLOAT32
        and not big_endian
        and entry.encoding is None
        and isinstance(source, FileSource)
    ):
        return Float32Rows(source, entry)
    return StoredRows(data, entry.shape, decoder, subject=source.name)


_FLOAT32 = frozenset({"F32", "FLOAT", "FLOAT32", "FP32", "torch.FloatStorage"})


def _check_size(entry: TensorEntry, decoder: Decoder, subject: str) -> None:
    elements = prod(entry.shape)
    columns = entry.shape[-1] if entry.shape else 1
    if decoder.numbers > _SUB_BYTE and columns % decoder.numbers and elements:
        raise Malformed(
            f"tensor {printable(entry.name, 80)}: a row is no whole number of blocks", subject=subject
        )
    wanted = -(-elements * decoder.size_bytes // decoder.numbers)
    if wanted != entry.size_bytes:
        raise Malformed(
            f"tensor {printable(entry.name, 80)}: {wanted} bytes are needed, it has {entry.size_bytes}",
            subject=subject,
        )


_SUB_BYTE = 4
"""Units of at most four numbers are types smaller than a byte; their rows may begin inside a unit."""


class StoredRows(Rows):
    """Rows that stand one after the other.

    Args:
        data: The tensor's bytes.
        shape: Its shape.
        decoder: Its number type.
        subject: The file, for messages.
    """

    def __init__(
        self, data: EntryBytes, shape: tuple[int, ...], decoder: Decoder, *, subject: str = ""
    ) -> None:
        self.shape = shape
        self._data = data
        self._decoder = decoder
        self._subject = subject

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return -(-self.columns * self._decoder.size_bytes // self._decoder.numbers)

    def announce(self, stretches: Sequence[tuple[int, int]]) -> None:
        """See `Rows.announce`."""
        if isinstance(self._data, PlainBytes):
            self._data.announce([self._place(first, end) for first, end in stretches])

    def _place(self, first: int, end: int) -> tuple[int, int]:
        """Where the bytes of these rows begin and end. The last unit may be cut short."""
        unit, size = self._decoder.numbers, self._decoder.size_bytes
        stop = min(-(-end * self.columns // unit) * size, self._data.size_bytes)
        return first * self.columns // unit * size, stop

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        unit, size = self._decoder.numbers, self._decoder.size_bytes
        begin, end = first * self.columns, (first + count) * self.columns
        head = begin // unit
        if self._data.in_pieces and begin % unit == 0 and end % unit == 0:
            return self._by_pieces(head, end // unit).reshape(count, self.columns)
        start, stop = self._place(first, first + count)
        octets = self._data.read(start, max(0, stop - start))
        if len(octets) % size:
            octets = np.concatenate([octets, np.zeros(-len(octets) % size, np.uint8)])
        numbers = self._decoder.decode(octets)
        return numbers[begin - head * unit : end - head * unit].reshape(count, self.columns)

    def _by_pieces(self, head: int, tail: int) -> Floats:
        """Whole units, each piece decoded while it is still in the processor's cache."""
        unit, size, step = self._decoder.numbers, self._decoder.size_bytes, self._decoder.piece_units
        numbers = np.empty((tail - head) * unit, np.float32)
        for first in range(head, tail, step):
            last = min(first + step, tail)
            octets = self._data.read(first * size, (last - first) * size)
            self._decoder.fill(octets, numbers[(first - head) * unit : (last - head) * unit])
        return numbers


class Float32Rows(Rows):
    """Rows of float32 in a local file: read straight into the array that is returned.

    Args:
        source: The file.
        entry: The tensor.
    """

    def __init__(self, source: FileSource, entry: TensorEntry) -> None:
        self.shape = entry.shape
        self._source = source
        self._offset = entry.offset

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return 4 * self.columns

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        begin = self._offset + first * self.row_bytes
        if begin + count * self.row_bytes > self._source.size_bytes:
            raise Malformed("the file ends before the tensor does", subject=self._source.name)
        numbers = np.empty((count, self.columns), "<f4")
        if numbers.size:
            self._source.read_into(begin, numbers.data.cast("B"))
        return numbers


class StridedRows(Rows):
    """A view of a storage whose numbers do not stand row by row: a transposed or cut tensor.

    A view that spans at most eight blocks is read once and kept; of a larger one of two dimensions, each
    column is read by itself.

    Args:
        data: Bytes from the view's first number on.
        entry: With its strides.
        decoder: Of whole numbers only.
        held: Where small views are kept.

    Raises:
        LimitExceeded: a large view of more than two dimensions.
        Malformed: strides that do not fit the shape.
    """

    def __init__(self, data: EntryBytes, entry: TensorEntry, decoder: Decoder, held: Held) -> None:
        if len(entry.strides) != len(entry.shape) or decoder.numbers != 1:
            raise Malformed(f"tensor {printable(entry.name, 80)}: its strides do not fit its shape")
        self.shape = entry.shape
        self._data = data
        self._item = bytes_per_number(entry.dtype)
        self._decode = decoder.decode
        self._strides = entry.strides
        self._span = 1 + sum((n - 1) * s for n, s in zip(entry.shape, entry.strides, strict=True) if n)
        self._held = held
        self._key = ("view", entry.name)
        self._small = self._span * self._item <= held.most_bytes
        if not self._small and len(entry.shape) != 2:
            raise LimitExceeded(f"tensor {printable(entry.name, 80)}: a view of many dimensions")

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return self._item * self.columns

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        if not count or not self.columns:
            return np.zeros((count, self.columns), np.float32)
        if not self._small:
            return self._by_column(first, count)
        whole = self._held.get(self._key, lambda: self._data.read(0, self._span * self._item))
        places = np.zeros(count, np.int64)
        left = np.arange(first, first + count)
        for size, stride in zip(self.shape[-2::-1], self._strides[-2::-1], strict=True):
            places += left % size * stride
            left //= size
        across = np.arange(self.columns) * (self._strides[-1] if self._strides else 0)
        items = whole.reshape(-1, self._item)[places[:, None] + across]
        return self._decode(items.reshape(-1)).reshape(count, self.columns)

    def _by_column(self, first: int, count: int) -> Floats:
        down, across = self._strides
        numbers = np.empty((count, self.columns), np.float32)
        length = ((count - 1) * down + 1) * self._item
        for column in range(self.columns):
            octets = self._data.read((first * down + column * across) * self._item, length)
            items = octets.reshape(-1, self._item)[::down] if down else octets.reshape(-1, self._item)
            numbers[:, column] = self._decode(np.ascontiguousarray(items).reshape(-1))
        return numbers
