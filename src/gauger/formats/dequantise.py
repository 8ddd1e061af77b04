"""Tensor data as float32, block of rows by block of rows, from every format's number types.

For one stored tensor at a time; `gauger.formats.weights` opens a whole model and puts quantised weights
together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

import numpy as np

from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.decoders import decoder_of, why_not
from gauger.formats.gguf_types import BLOCKS
from gauger.formats.model_file import TensorEntry
from gauger.formats.number_types import Floats, bytes_per_number
from gauger.formats.source import Source

_FLOAT_BYTES = 4


def can_read(entry: TensorEntry) -> bool:
    """Can this tensor's numbers be read by range? False for types without a decoder or without a place."""
    known = bytes_per_number(entry.dtype) or entry.dtype in BLOCKS
    return bool(known) and not why_not(entry.dtype) and entry.offset >= 0 and not entry.strides


def read_rows(
    source: Source, entry: TensorEntry, limits: Limits, *, big_endian: bool = False
) -> Iterator[Floats]:
    """What are this tensor's numbers?

    Args:
        source: The part that `entry.source` points to.
        entry: From the model's directory.
        limits: `block_bytes` bounds the float32 bytes of one block.
        big_endian: As the GGUF header says (`gguf.byte_order`).

    Yields:
        float32 arrays of shape (rows, columns): all dimensions but the last are flattened into rows; a scalar
        is one row of one column. Together they hold the tensor in order. Peak memory about four blocks.

    Raises:
        Unreadable: the type or its place cannot be read (`can_read` is False), or the bytes cannot be had.
        Malformed: size and shape contradict each other, or the file ends before the tensor does.
        LimitExceeded: one row is larger than a block.
    """
    columns = entry.shape[-1] if entry.shape else 1
    rows = prod(entry.shape[:-1])
    decode, row_bytes = _decoder(entry, columns, source.name, big_endian=big_endian)
    if rows * row_bytes != entry.size_bytes:
        raise Malformed(
            f"tensor {printable(entry.name, 80)}: {rows} × {row_bytes} bytes are not {entry.size_bytes}",
            subject=source.name,
        )
    if not rows or not columns:
        return
    step = limits.block_bytes // (_FLOAT_BYTES * columns)
    if not step:
        raise LimitExceeded(
            f"tensor {printable(entry.name, 80)}: a row of {columns} numbers is larger than a block",
            subject=source.name,
        )
    for first in range(0, rows, step):
        count = min(step, rows - first)
        data = source.read_at(entry.offset + first * row_bytes, count * row_bytes)
        yield decode(data).reshape(count, columns)


def read_tensor(source: Source, entry: TensorEntry, limits: Limits, *, big_endian: bool = False) -> Floats:
    """What are the numbers of a tensor of at most one block, in its own shape?

    Raises:
        LimitExceeded: it is larger than a block; use `read_rows`.
        Unreadable: as `read_rows`.
        Malformed: as `read_rows`.
    """
    limits.check(_FLOAT_BYTES * prod(entry.shape), "block_bytes", subject=source.name)
    blocks = list(read_rows(source, entry, limits, big_endian=big_endian))
    flat = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return flat.reshape(entry.shape)


def read_scaled_rows(
    source: Source,
    entry: TensorEntry,
    limits: Limits,
    *,
    scale: Floats,
    zero_point: Floats | None = None,
    axis: int = 1,
) -> Iterator[Floats]:
    """What are the numbers of a tensor of small integers that are to be scaled: `(q - zero_point) * scale`?

    Args:
        source: The part that holds the integers.
        entry: The integer tensor.
        limits: Bounds.
        scale: One number; as many along `axis` as the tensor is long there; or two dimensions, broadcast.
        zero_point: Of the same shape as `scale`, or None for 0.
        axis: As in ONNX's DequantizeLinear; may be negative.

    Yields:
        As `read_rows`.

    Raises:
        Malformed: the scales do not fit the tensor; as `read_rows`.
        Unreadable: as `read_rows`.
        LimitExceeded: as `read_rows`.
    """
    scales = _along(scale, entry, axis, source.name)
    zeros = _along(zero_point, entry, axis, source.name) if zero_point is not None else np.zeros_like(scales)
    first = 0
    for block in read_rows(source, entry, limits):
        rows = slice(first, first + len(block))
        part, zero = (x[rows] if len(x) > 1 else x for x in (scales, zeros))
        yield (block - zero) * part
        first += len(block)


def _along(values: Floats, entry: TensorEntry, axis: int, subject: str) -> Floats:
    """Scales as an array of two dimensions that broadcasts over rows and columns."""
    if values.size == 1:
        return values.reshape(1, 1)
    shape = entry.shape
    if (
        len(shape) == 2
        and values.ndim == 2
        and all(v in (1, n) for v, n in zip(values.shape, shape, strict=True))
    ):
        return values
    if values.ndim == 1 and -len(shape) <= axis < len(shape) and len(values) == shape[axis]:
        axis %= len(shape)
        if axis == len(shape) - 1:
            return values.reshape(1, -1)
        return np.tile(np.repeat(values, prod(shape[axis + 1 : -1])), prod(shape[:axis])).reshape(-1, 1)
    raise Malformed(
        f"tensor {printable(entry.name, 80)} of {list(shape)}: scales of {list(values.shape)} do not fit",
        subject=subject,
    )


def _decoder(
    entry: TensorEntry, columns: int, subject: str, *, big_endian: bool
) -> tuple[Callable[[bytes], Floats], int]:
    """The function from bytes to numbers, and the bytes of one row."""
    if not can_read(entry):
        raise Unreadable(
            f"tensor {printable(entry.name, 80)}: numbers of type {entry.dtype} cannot be read here",
            subject=subject,
        )
    decoder = decoder_of(entry.dtype, big_endian=big_endian)
    if decoder is None:
        raise Unreadable(
            f"tensor {printable(entry.name, 80)}: {why_not(entry.dtype, big_endian=big_endian)}",
            subject=subject,
        )
    if columns % decoder.numbers:
        raise Malformed(
            f"tensor {printable(entry.name, 80)}: a row is no whole number of blocks", subject=subject
        )
    whole = decoder

    def decode(data: bytes) -> Floats:
        return whole.decode(np.frombuffer(data, np.uint8))

    return decode, columns // decoder.numbers * decoder.size_bytes
