"""bitsandbytes: NF4 and FP4 with absolute maxima of blocks, those perhaps quantised once more, and LLM.int8.

Sources: Dettmers et al. 2023 (arXiv:2305.14314) for NF4 and double quantisation; Dettmers et al. 2022
(arXiv:2208.07339) for LLM.int8; names of tensors as transformers serialises them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

import msgspec
import numpy as np

from gauger.core.errors import GaugerError, Malformed
from gauger.core.text import printable
from gauger.formats.composite import Directory, Logical
from gauger.formats.decoders import Decoder, nibbles
from gauger.formats.entry_bytes import EntryBytes
from gauger.formats.extents import elements_of
from gauger.formats.number_types import Floats
from gauger.formats.rows import Rows
from gauger.formats.scaled import Scaled

_STATE = ".quant_state.bitsandbytes__"
_INT8_RANGE = 127
NF4 = np.array(
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023,
        1.0,
    ],
    np.float32,
)  # fmt: skip
"""Quantiles of the normal distribution. Source: appendix E of arXiv:2305.14314."""
_FP4 = np.array([0, 0.0625, 8, 12, 4, 6, 2, 3], np.float32) / np.float32(12)
FP4 = np.concatenate([_FP4, -_FP4])
"""Its own code of four-bit floats, scaled so that the largest is 1. Source: the package's documentation of
`create_fp4_map`."""


class _State(msgspec.Struct, frozen=True):
    """The JSON text that is stored as a tensor."""

    quant_type: str
    blocksize: int
    shape: tuple[int, ...]
    nested_blocksize: int = 256
    nested_offset: float = 0.0


class BlockwiseRows(Rows):
    """Rows of a weight whose codes stand flat, two to a byte, with a scale for each block of them.

    Args:
        data: The codes.
        shape: Of the weight.
        table: What the sixteen codes stand for.
        scales: How many there are, and all of them when they are asked for.
        block: Numbers of one block.
        name: Of the tensor, for messages.

    Raises:
        Malformed: too few codes or scales.
    """

    def __init__(
        self,
        data: EntryBytes,
        shape: tuple[int, ...],
        *,
        table: Floats,
        scales: tuple[int, Callable[[], Floats]],
        block: int,
        name: str,
    ) -> None:
        elements = elements_of(shape, name=name, subject="")
        if block <= 0 or table.size != 16 or data.size_bytes != -(-elements // 2):
            raise Malformed("codes do not fit the shape in their state")
        if scales[0] != -(-elements // block):
            raise Malformed(f"{scales[0]} scales for {elements} numbers in blocks of {block}")
        self.shape = shape
        self._data = data
        self._decoder = Decoder(2, 1, nibbles(table.reshape(-1), swapped=True))
        self._scales = scales[1]
        self._block = block

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return -(-self.columns // 2)

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        begin, end = first * self.columns, (first + count) * self.columns
        octets = self._data.read(begin // 2, -(-end // 2) - begin // 2)
        numbers = self._decoder.decode(octets)[begin % 2 :][: end - begin]
        blocks = np.arange(begin // self._block, -(-end // self._block))
        lengths = np.minimum((blocks + 1) * self._block, end) - np.maximum(blocks * self._block, begin)
        with np.errstate(all="ignore"):
            numbers = numbers * np.repeat(self._scales()[blocks], lengths)
        return numbers.reshape(count, self.columns)


def find_bitsandbytes(directory: Directory) -> Iterator[Logical]:
    """Weights with a state of bitsandbytes beside them, and eight-bit ones with `SCB`, a scale a row."""
    for state in [name for name in directory.entries if _STATE in name]:
        weight = state.partition(_STATE)[0]
        try:
            if weight in directory.entries:
                yield _four_bits(directory, weight, state)
        except GaugerError as error:
            directory.unread.append((weight, error.message))
    for scale in [name for name in directory.entries if name.endswith(".SCB")]:
        stem = scale.removesuffix(".SCB")
        weight = f"{stem}.weight"
        if directory.dtype(weight) not in ("I8", "torch.CharStorage"):
            continue
        try:
            codes = directory.rows(weight)
            table, step = directory.scales(scale, codes.shape)
        except GaugerError as error:
            directory.unread.append((weight, error.message))
            continue
        rows = Scaled(codes, table, step=step, factor=1 / _INT8_RANGE)
        form = f"{stem}.weight_format"
        stored = (weight, scale, form) if form in directory.entries else (weight, scale)
        yield Logical(name=weight, rows=rows, quantiser="int8", stored=stored)


def _four_bits(directory: Directory, weight: str, name: str) -> Logical:
    state = _state(directory, name)
    nested = f"{weight}.nested_absmax" in directory.entries
    leaves = ["absmax", "quant_map", *(["nested_absmax", "nested_quant_map"] if nested else [])]
    missing = [leaf for leaf in leaves if f"{weight}.{leaf}" not in directory.entries]
    if missing:
        raise Malformed(f"{missing[0]} is missing beside it")

    def scales() -> Floats:
        codes = directory.array(f"{weight}.absmax").reshape(-1)
        return _nested(directory, weight, codes, state) if nested else codes

    key = ("scales", weight)
    rows = BlockwiseRows(
        directory.octets(weight),
        state.shape,
        table=directory.array(f"{weight}.quant_map"),
        scales=(prod(directory.shape(f"{weight}.absmax")), lambda: directory.held.get(key, scales)),
        block=state.blocksize,
        name=weight,
    )
    stored = (weight, *(f"{weight}.{leaf}" for leaf in leaves), name)
    return Logical(name=weight, rows=rows, quantiser=printable(state.quant_type, 20), stored=stored)


def _nested(directory: Directory, weight: str, codes: Floats, state: _State) -> Floats:
    """Scales that were quantised once more, in blocks of their own, around their mean."""
    outer = directory.array(f"{weight}.nested_absmax").reshape(-1)
    table = directory.array(f"{weight}.nested_quant_map").reshape(-1)
    block = state.nested_blocksize
    if table.size != 256 or block <= 0 or outer.size != -(-codes.size // block):
        raise Malformed("scales of scales do not fit")
    if not ((codes >= 0) & (codes < table.size)).all():
        raise Malformed("scales that are no codes")
    with np.errstate(all="ignore"):
        inner = table[codes.astype(np.int64)] * np.repeat(outer, min(block, codes.size))[: codes.size]
        return inner + np.float32(state.nested_offset)


def _state(directory: Directory, name: str) -> _State:
    data = directory.octets(name)
    directory.limits.check(data.size_bytes, "line_bytes", subject=name)
    try:
        state = msgspec.json.decode(data.read(0, data.size_bytes).tobytes(), type=_State)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed(
            f"its state is not as bitsandbytes writes it: {printable(str(error), 120)}"
        ) from error
    if not state.shape or prod(state.shape) <= 0 or min(state.shape) <= 0:
        raise Malformed("its state has no proper shape")
    return state
