"""Weights whose format itself says which tensors scale them: ONNX, TensorFlow Lite, CTranslate2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

from gauger.core.errors import GaugerError, Malformed
from gauger.formats.bitsandbytes import FP4, NF4, BlockwiseRows
from gauger.formats.codes import CodeRows
from gauger.formats.composite import Directory, Logical
from gauger.formats.model_file import QuantisedPair
from gauger.formats.number_types import Floats
from gauger.formats.rows import Rows
from gauger.formats.scaled import Scaled, ScaleTable, spread


def find_pairs(directory: Directory) -> Iterator[Logical]:
    """One weight for each of `ModelFile.pairs`; scales that several weights share belong to the first."""
    used: set[str] = set()
    for pair in directory.file.pairs:
        if pair.weight not in directory.entries or pair.scale not in directory.entries:
            continue
        try:
            rows, kind = _rows(directory, pair)
        except GaugerError as error:
            directory.unread.append((pair.weight, error.message))
            continue
        names = (pair.weight, pair.scale, pair.zero_point)
        stored = tuple(name for name in names if name in directory.entries and name not in used)
        used.update(stored)
        yield Logical(name=pair.weight, rows=rows, quantiser=kind, stored=stored)


def _rows(directory: Directory, pair: QuantisedPair) -> tuple[Rows, str]:
    if pair.kind == "nbits":
        return _n_bits(directory, pair)
    if pair.kind in ("nf4", "fp4"):
        scales = prod(directory.shape(pair.scale))
        return BlockwiseRows(
            directory.octets(pair.weight),
            pair.shape,
            table=NF4 if pair.kind == "nf4" else FP4,
            scales=(
                scales,
                lambda: directory.held.get(("scales", pair.weight), _flat(directory, pair.scale)),
            ),
            block=pair.block,
            name=pair.weight,
        ), pair.kind
    return _scaled(directory, pair)


def _scaled(directory: Directory, pair: QuantisedPair) -> tuple[Rows, str]:
    codes = directory.rows(pair.weight)
    scale, step = _table(directory, pair.scale, codes.shape, pair)
    zero: ScaleTable | float = 0.0
    if pair.zero_point:
        zero = _table(directory, pair.zero_point, codes.shape, pair)[0]
    return Scaled(codes, scale, zero, step=step, divide=pair.divide), _kind(directory.dtype(pair.weight))


def _table(
    directory: Directory, name: str, shape: tuple[int, ...], pair: QuantisedPair
) -> tuple[ScaleTable, int]:
    given = directory.shape(name)
    if len(given) == 2 and len(shape) == 3:
        given = (given[0], 1, given[1])
    given, steps = spread(shape, given, axis=pair.axis, block=pair.block)
    rows = directory.rows(name, shape=given)
    table = ScaleTable(rows, given, steps, key=("scales", name), held=directory.held)
    return table, steps[-1] if steps else 1


def _kind(dtype: str) -> str:
    if "FLOAT8" in dtype or dtype.startswith("F8"):
        return "fp8"
    if dtype in ("INT4", "UINT4"):
        return "int4"
    return {"FLOAT4E2M1": "fp4"}.get(dtype, "int16" if "16" in dtype else "int8")


def _n_bits(directory: Directory, pair: QuantisedPair) -> tuple[Rows, str]:
    """Codes of a few bits in blocks along the inputs, each row's codes and zero points in whole bytes."""
    count, columns, bits = *pair.shape, pair.bits
    if bits not in (2, 4, 8) or pair.block <= 0 or columns <= 0:
        raise Malformed("blocks of a size or codes of a length that no operator has")
    blocks = -(-columns // pair.block)
    data = directory.octets(pair.weight)
    stored = data.size_bytes // count if count else 0
    if stored * count != data.size_bytes or stored * 8 // bits not in (columns, blocks * pair.block):
        raise Malformed("its codes do not fit its shape")
    codes = CodeRows(data, pair.shape, stored_row=stored, bits=bits)
    steps = (1, pair.block)
    rows = directory.rows(pair.scale, shape=(count, blocks))
    scale = ScaleTable(rows, (count, blocks), steps, key=("scales", pair.scale), held=directory.held)
    return Scaled(codes, scale, _n_bit_zeros(directory, pair, blocks), step=pair.block), f"int{bits}"


def _n_bit_zeros(directory: Directory, pair: QuantisedPair, blocks: int) -> ScaleTable | float:
    if not pair.zero_point:
        return float(1 << pair.bits - 1)
    count, given = pair.shape[0], (pair.shape[0], blocks)
    if directory.dtype(pair.zero_point) == "UINT8":
        data = directory.octets(pair.zero_point)
        stored = -(-blocks * pair.bits // 8)
        if stored * count != data.size_bytes:
            raise Malformed("its zero points do not fit its shape")
        rows: Rows = CodeRows(data, given, stored_row=stored, bits=pair.bits)
    else:
        rows = directory.rows(pair.zero_point, shape=given)
    return ScaleTable(rows, given, (1, pair.block), key=("scales", pair.zero_point), held=directory.held)


def _flat(directory: Directory, name: str) -> Callable[[], Floats]:
    return lambda: directory.array(name).reshape(-1)
