"""PaddlePaddle inference models: `.pdiparams` for the numbers, `.pdmodel` or `.json` beside it for the names.

The numbers stand one tensor after the other and carry no names: the program lists them, and the writer sorts
them. Source: `SerializeToStream` and `save_combine_op` in PaddlePaddle, and its `framework.proto`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.bounded_json import bounded_json
from gauger.formats.distinct import Distinct
from gauger.formats.extents import MAX_DIMENSIONS, elements_of
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.protobuf import BYTES, VARINT, Field, Wire, signed
from gauger.formats.sniff import sniff_source
from gauger.formats.source import MemorySource, Source
from gauger.formats.window import Window

_TYPES: dict[int, tuple[str, int]] = {
    0: ("BOOL", 1), 1: ("INT16", 2), 2: ("INT32", 4), 3: ("INT64", 8), 4: ("FP16", 2), 5: ("FP32", 4),
    6: ("FP64", 8), 20: ("UINT8", 1), 21: ("INT8", 1), 22: ("BF16", 2), 23: ("COMPLEX64", 8),
    24: ("COMPLEX128", 16), 32: ("FLOAT8E4M3FN", 1), 33: ("FLOAT8E5M2", 1),
}  # fmt: skip
"""`VarType.Type`: name, bytes of one number."""

_FEED, _FETCH, _RAW = 9, 10, 17
_MOST_DESCRIPTION = 4096


class _Named(msgspec.Struct, frozen=True):
    """A parameter as the program declares it; the shape is None where it does not say."""

    name: str
    shape: tuple[int, ...] | None


def read_paddle(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What do these files, which are one model, hold?

    Args:
        sources: The `.pdiparams`, and the program (`.pdmodel` or `.json`) where there is one, in any order.
        limits: Bounds.

    Returns:
        The model. Without a program, or where it does not fit, tensors are called `tensor-0`, `tensor-1` ...
        Linear layers stand as (inputs, outputs), as Paddle keeps them.

    Raises:
        Malformed: no file of parameters, or one that is not as the format says.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    kinds = [sniff_source(source) for source in sources]
    if "paddle" not in kinds:
        raise Malformed("the parameters of the program are not here", subject=sources[0].name)
    params = sources[kinds.index("paddle")]
    remarks: list[str] = []
    entries = _tensors(params, limits, remarks)
    facts: Facts = {}
    for source, kind in zip(sources, kinds, strict=True):
        if source is not params and kind in ("paddle-program", "json"):
            declared = _program(source, limits) if kind == "paddle-program" else _graph(source, limits)
            facts["program"] = "protobuf" if kind == "paddle-program" else "json"
            entries = _with_names(entries, declared, source.name, remarks)
            break
    else:
        remarks.append(f"{params.name}: no program beside it, so the tensors have no names")
    return ModelFile(
        format="paddle",
        parts=(params.name,),
        tensors=tuple(entries),
        metadata=facts,
        remarks=tuple(remarks),
        read_bytes=sum(s.read_bytes for s in sources),
    )


def _tensors(source: Source, limits: Limits, remarks: list[str]) -> list[TensorEntry]:
    """Every tensor from front to back, without names."""
    window = Window(source, limits)
    entries: list[TensorEntry] = []
    at = 0
    while at < source.size_bytes:
        limits.check(len(entries) + 1, "tensors", subject=source.name)
        try:
            dtype, shape, size, begin = _head(window, at)
        except Malformed as error:
            if not entries:
                raise
            remarks.append(f"{source.name}: cut off behind {len(entries)} tensors: {error.message}")
            break
        name = f"tensor-{len(entries)}"
        entries.append(TensorEntry(name=name, dtype=dtype, shape=shape, offset=begin, size_bytes=size))
        at = begin + size
        if at > source.size_bytes:
            remarks.append(f"{source.name}: cut off inside the last of {len(entries)} tensors")
    return entries


def _head(window: Window, at: int) -> tuple[str, tuple[int, ...], int, int]:
    """Type, shape, bytes and place of the numbers of the tensor whose head begins here."""
    subject = window.source.name
    version, levels = window.u32(at), window.u64(at + 4)
    at += 12
    for _ in range(min(levels, 64)):
        at += 8 + window.u64(at)
    if version or levels > 64 or window.u32(at):
        raise Malformed(f"no tensor begins before byte {at}", subject=subject)
    length = window.i32(at + 4)
    if not 0 < length <= _MOST_DESCRIPTION:
        raise Malformed(f"a description of {length} bytes", subject=subject)
    kind, shape = _description(window.take(at + 8, length), window.limits, subject)
    dtype, item = _TYPES.get(kind, ("", 0))
    if not item:
        raise Malformed(f"numbers of unknown type {kind} at byte {at}", subject=subject)
    return dtype, shape, item * elements_of(shape, name="", subject=subject), at + 8 + length


def _description(data: bytes, limits: Limits, subject: str) -> tuple[int, tuple[int, ...]]:
    """Type and shape of a `TensorDesc`: 1 data_type, 2 dims."""
    wire = Wire(MemorySource(data, name=subject), limits)
    kind, shape = -1, list[int]()
    for field in wire.fields(0, len(data)):
        if field.number == 1 and field.wire == VARINT:
            kind = field.value
        elif field.number == 2 and len(shape) <= MAX_DIMENSIONS:
            shape += [signed(value) for value in wire.numbers(field)]
    return kind, tuple(shape)


def _program(source: Source, limits: Limits) -> list[_Named]:
    """Persistable variables of a `ProgramDesc` (1 blocks; of a block 3 vars) except inputs and outputs."""
    wire = Wire(source, limits)
    found: dict[str, _Named] = {}
    for block in wire.whole():
        if block.number != 1 or block.wire != BYTES:
            continue
        for part in wire.inside(block):
            if part.number == 3 and part.wire == BYTES:
                named = _variable(wire, part)
                if named is not None:
                    found.setdefault(named.name, named)
    return list(found.values())


def _variable(wire: Wire, field: Field) -> _Named | None:
    """A `VarDesc`: 1 name, 2 type (1 kind, 3 tensor (1 description)), 3 persistable."""
    name, kind, kept, shape = "", -1, False, None
    for part in wire.inside(field):
        if part.number == 1 and part.wire == BYTES:
            name = wire.text(part)
        elif part.number == 3 and part.wire == VARINT:
            kept = bool(part.value)
        elif part.number == 2 and part.wire == BYTES:
            for inner in wire.inside(part):
                if inner.number == 1 and inner.wire == VARINT:
                    kind = inner.value
                elif inner.number == 3 and inner.wire == BYTES:
                    shape = _shape(wire, inner)
    return _Named(name, shape) if kept and name and kind not in (_FEED, _FETCH, _RAW) else None


def _shape(wire: Wire, field: Field) -> tuple[int, ...] | None:
    for part in wire.inside(field):
        if part.number == 1 and part.wire == BYTES:
            data = wire.content(part)
            return _description(data, wire.limits, wire.source.name)[1]
    return None


def _graph(source: Source, limits: Limits) -> list[_Named]:
    """Parameters of a program in JSON (Paddle 3): operations `p`, whose last attribute is the name."""
    data = source.read_at(0, limits.check(source.size_bytes, "text_file_bytes", subject=source.name))
    document = bounded_json(data, limits, source.name)
    found: dict[str, _Named] = {}
    waiting: list[Any] = [document.get("program") if isinstance(document, dict) else None]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict) and value.get("#") in ("p", "0.parameter", "builtin.parameter"):
            named = _parameter(value)
            if named is not None:
                found.setdefault(named.name, named)
        elif isinstance(value, dict):
            waiting += [value[key] for key in ("ops", "blocks", "regions") if key in value]
    return list(found.values())


def _parameter(operation: dict[str, Any]) -> _Named | None:
    attributes = operation.get("A")
    texts = [a for a in attributes if isinstance(a, str)] if isinstance(attributes, list) else []
    out = operation.get("O")
    kind = out.get("TT") if isinstance(out, dict) else None
    described = kind.get("D") if isinstance(kind, dict) else None
    shape = next((d for d in described if _is_shape(d)), None) if isinstance(described, list) else None
    return _Named(texts[-1], tuple(shape) if shape is not None else None) if texts else None


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(type(size) is int for size in value)


def _with_names(
    entries: list[TensorEntry], declared: list[_Named], program: str, remarks: list[str]
) -> list[TensorEntry]:
    """The entries under the program's names, where number and shapes agree in sorted order or as written."""
    for order in (sorted(declared, key=lambda named: named.name), declared):
        fits = zip(entries, order, strict=False)
        if len(entries) <= len(order) and all(n.shape in (None, e.shape) for e, n in fits):
            names = Distinct()
            if len(order) > len(entries):
                remarks.append(f"{program}: declares {len(order)} parameters, {len(entries)} are there")
            return [
                msgspec.structs.replace(entry, name=names.take(printable(named.name, 1000)))
                for entry, named in zip(entries, order, strict=False)
            ]
    remarks.append(f"{program}: its {len(declared)} parameters do not fit the {len(entries)} tensors")
    return entries
