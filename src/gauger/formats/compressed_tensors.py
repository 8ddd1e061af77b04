"""compressed-tensors: integers packed into words along the inputs, and four-bit floats in two layouts.

Sources: the formats `pack-quantized`, `nvfp4-pack-quantized` and `mxfp4-pack-quantized` of the
compressed-tensors package; OCP Microscaling Formats (MX) Specification 1.0 for E2M1 and E8M0.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
import numpy.typing as npt

from gauger.core.errors import GaugerError, Malformed
from gauger.formats.codes import CodeRows
from gauger.formats.column_words import stems
from gauger.formats.composite import Directory, Logical
from gauger.formats.decoders import E2M1
from gauger.formats.fp8 import scale_rows
from gauger.formats.gptq import unpack_columns
from gauger.formats.number_types import Floats
from gauger.formats.rows import Rows
from gauger.formats.scaled import Scaled, ScaleTable

_WORD = 32
_BITS = (4, 8, 2, 3, 5, 6, 7)
_LEAVES = ("_scale", "_zero_point", "_g_idx", "_shape", "_global_scale")
_MICRO = 32
"""Numbers that share a power of two in MXFP4; in NVFP4 16 share a scale."""


def find_compressed_tensors(directory: Directory) -> Iterator[Logical]:
    """Weights stored as `X_packed` with `X_scale` and, for integers, `X_shape`."""
    for name in stems(directory, "_packed"):
        packed = f"{name}_packed"
        if f"{name}_scale" not in directory.entries:
            continue
        try:
            is_words = directory.dtype(packed) in ("I32", "torch.IntStorage")
            rows, kind = _integers(directory, name) if is_words else _floats(directory, name)
        except GaugerError as error:
            directory.unread.append((packed, error.message))
            continue
        stem = name.rpartition(".")[0]
        beside = [f"{name}{leaf}" for leaf in _LEAVES] + [f"{stem}.input_global_scale"]
        stored = (packed, *(one for one in beside if one in directory.entries))
        yield Logical(name=name, rows=rows, quantiser=kind, stored=stored)


def _integers(directory: Directory, name: str) -> tuple[Rows, str]:
    packed = directory.shape(f"{name}_packed")
    shape = _said_shape(directory, name)
    if len(shape) != len(packed) or shape[:-1] != packed[:-1]:
        raise Malformed("its shape does not fit its packed integers")
    bits, per_word = _layout(shape[-1], packed[-1])
    codes = CodeRows(
        directory.octets(f"{name}_packed"),
        shape,
        stored_row=4 * packed[-1],
        bits=bits,
        per_word=per_word,
    )
    if 4 * prod(packed) != directory.entries[f"{name}_packed"].size_bytes:
        raise Malformed("its packed integers are no words")
    table, step = directory.scales(f"{name}_scale", shape)
    zero = _zero_points(directory, name, shape, bits, per_word)
    return Scaled(codes, table, zero, step=step, groups=_groups(directory, name, shape, table)), f"int{bits}"


def _layout(columns: int, words: int) -> tuple[int, int]:
    """Bits of a code, and codes in one word; 0 of the latter where codes run across words without a gap.

    Older versions leave bits over that do not hold a whole code, newer ones do not.
    """
    for bits in _BITS:
        if -(-columns * bits // _WORD) == words:
            return bits, 0
        if -(-columns // (_WORD // bits)) == words:
            return bits, _WORD // bits
    raise Malformed("its packed integers do not fit its shape with any number of bits")


def _said_shape(directory: Directory, name: str) -> tuple[int, ...]:
    if prod(directory.shape(f"{name}_shape")) not in range(1, 5):
        raise Malformed("its shape is missing")
    sizes = directory.array(f"{name}_shape").reshape(-1).tolist()
    if not all(size == size // 1 and 0 < size < 1 << 24 for size in sizes):
        raise Malformed("its shape is no shape")
    return tuple(int(size) for size in sizes)


def _zero_points(
    directory: Directory, name: str, shape: tuple[int, ...], bits: int, per_word: int
) -> ScaleTable | float:
    """Codes are stored above half their range; zero points likewise, packed along the outputs."""
    zero, half = f"{name}_zero_point", float(1 << bits - 1)
    if zero not in directory.entries:
        return half
    if directory.dtype(zero) in ("I32", "torch.IntStorage") and len(directory.shape(zero)) == 2:
        rows: Rows = _PackedDown(directory, zero, shape[0], bits, per_word)
    else:
        rows = _Shifted(directory.rows(zero), half)
    return directory.scales(zero, shape, rows=rows)[0]


class _PackedDown(Rows):
    """A small table whose rows are packed into words: those of one column follow each other."""

    def __init__(self, directory: Directory, name: str, count: int, bits: int, per_word: int) -> None:
        self._data = directory.octets(name)
        self._packed = directory.shape(name)
        self._bits = bits
        self._per_word = per_word
        words = -(-count // per_word) if per_word else -(-count * bits // _WORD)
        if self._packed[0] != words or self._data.size_bytes != 4 * prod(self._packed):
            raise Malformed("its zero points do not fit")
        self.shape = (count, self._packed[1])

    @property
    def row_bytes(self) -> int:
        return self.columns

    def rows(self, first: int, count: int) -> Floats:
        words = self._data.read(0, self._data.size_bytes).view("<u4").reshape(self._packed)
        if not self._per_word:
            codes = unpack_columns(words, self._bits)
        else:
            shifts = np.arange(self._per_word, dtype=np.uint32)[None, :, None] * np.uint32(self._bits)
            codes = (words[:, None, :] >> shifts & np.uint32((1 << self._bits) - 1)).astype(np.uint8)
            codes = codes.reshape(-1, words.shape[1])
        return codes[first : first + count].astype(np.float32)


class _Shifted(Rows):
    """Numbers with a constant added."""

    def __init__(self, rows: Rows, added: float) -> None:
        self.shape = rows.shape
        self._rows = rows
        self._added = np.float32(added)

    @property
    def row_bytes(self) -> int:
        return self._rows.row_bytes

    def rows(self, first: int, count: int) -> Floats:
        numbers = self._rows.rows(first, count)
        numbers += self._added
        return numbers


def _groups(
    directory: Directory, name: str, shape: tuple[int, ...], table: ScaleTable
) -> npt.NDArray[np.int64] | None:
    """In activation order, inputs of one group do not stand side by side."""
    if f"{name}_g_idx" not in directory.entries:
        return None
    groups = directory.array(f"{name}_g_idx").reshape(-1)
    if (groups < 0).all():
        return None
    if len(groups) != shape[-1] or not ((groups >= 0) & (groups < table.columns)).all():
        raise Malformed("its g_idx names groups that are not there")
    return groups.astype(np.int64)


def _floats(directory: Directory, name: str) -> tuple[Rows, str]:
    packed = directory.shape(f"{name}_packed")
    return four_bit_floats(
        directory,
        codes=f"{name}_packed",
        scale=f"{name}_scale",
        shape=(*packed[:-1], 2 * packed[-1]),
        factor=f"{name}_global_scale",
        divide=True,
    )


def four_bit_floats(
    directory: Directory,
    *,
    codes: str,
    scale: str,
    shape: tuple[int, ...],
    factor: str = "",
    divide: bool = False,
) -> tuple[Rows, str]:
    """Rows of a weight in E2M1 with a scale for each 16 (a float) or 32 numbers (a power of two).

    Args:
        directory: Where it is stored.
        codes: Name of the packed codes, two to a byte.
        scale: Name of the scales.
        shape: Of the weight.
        factor: Name of one more scale for the whole weight, where there may be one.
        divide: Whether that scale divides.

    Returns:
        The rows, and the quantiser's name.

    Raises:
        Malformed: sizes that do not fit.
        Unreadable: as the readers.
        LimitExceeded: as the readers.
    """
    if directory.entries[codes].size_bytes * 2 != prod(shape):
        raise Malformed("its codes are not two to a byte")
    rows = CodeRows(directory.octets(codes), shape, stored_row=shape[-1] // 2, bits=4, table=E2M1)
    given = scale_rows(directory, scale)
    table, step = directory.scales(scale, shape, rows=given)
    one = 1.0
    if factor in directory.entries:
        value = directory.array(factor).reshape(-1)
        if value.size != 1:
            raise Malformed("its second scale is not one number")
        with np.errstate(all="ignore"):
            one = float(1 / value[0] if divide else value[0])
    return Scaled(rows, table, step=step, factor=one), "mxfp4" if step == _MICRO else "nvfp4"
