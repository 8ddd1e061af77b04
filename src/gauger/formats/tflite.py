"""TensorFlow Lite (LiteRT): constant tensors with their places, and the scales of quantised ones.

Source of field numbers and types: `schema.fbs` of TensorFlow Lite, version 3
(https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.distinct import Distinct
from gauger.formats.extents import MAX_DIMENSIONS, elements_of
from gauger.formats.flatbuffers import Table, root
from gauger.formats.model_file import ModelFile, QuantisedPair, TensorEntry
from gauger.formats.source import Source
from gauger.formats.window import Window

_TYPES: dict[int, tuple[str, int]] = {
    0: ("FLOAT32", 32), 1: ("FLOAT16", 16), 2: ("INT32", 32), 3: ("UINT8", 8), 4: ("INT64", 64),
    5: ("STRING", 0), 6: ("BOOL", 8), 7: ("INT16", 16), 8: ("COMPLEX64", 64), 9: ("INT8", 8),
    10: ("FLOAT64", 64), 11: ("COMPLEX128", 128), 12: ("UINT64", 64), 15: ("UINT32", 32),
    16: ("UINT16", 16), 17: ("INT4", 4), 18: ("BFLOAT16", 16),
}  # fmt: skip
"""`TensorType`: name, bits of one number (0: not of one size)."""

_TEXT = 4000
_MOST_OPERATORS = 1000
_SCALE, _ZERO = ":scale", ":zero_point"


class _Walk:
    """What is gathered on the way through the file."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.window = Window(source, limits)
        self.limits = limits
        self.names = Distinct()
        self.buffers: list[tuple[int, int]] = []
        self.entries: list[TensorEntry] = []
        self.pairs: list[QuantisedPair] = []
        self.remarks: list[str] = []


def read_tflite(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this TensorFlow Lite model hold?

    Tensors without a buffer (inputs, intermediate results) are left out. The scales and zero points of a
    quantised weight `w` are listed as `w:scale` and `w:zero_point`: they lie in the file like any numbers.

    Args:
        sources: The file.
        limits: Bounds. Memory grows with the number of tensors, some 500 bytes each.

    Raises:
        Malformed: not TensorFlow Lite, places outside the file, a size that does not fit type and shape.
        LimitExceeded: too many tensors or values.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    walk = _Walk(source, limits)
    if walk.window.take(4, 4) != b"TFL3":
        raise Malformed("is not TensorFlow Lite of version 3", subject=source.name)
    model = root(walk.window)
    walk.buffers = [_buffer(table) for table in model.tables(4)]
    operators: Counter[str] = Counter()
    codes = [_operator(table) for table in model.tables(1)]
    for number, graph in enumerate(model.tables(2)):
        for tensor in graph.tables(0):
            _tensor(walk, tensor)
        for node in graph.tables(3):
            index = node.scalar(0, "I")
            code = codes[index] if index < len(codes) else "unknown"
            if code in operators or len(operators) < _MOST_OPERATORS:
                operators[code] += 1
        limits.check(number, "nodes", subject=source.name)
    return ModelFile(
        format="tflite",
        parts=(source.name,),
        tensors=tuple(walk.entries),
        metadata=_facts(model, operators),
        remarks=tuple(walk.remarks),
        read_bytes=source.read_bytes,
        pairs=tuple(sorted(walk.pairs, key=lambda pair: pair.weight)),
    )


def _facts(model: Table, operators: Counter[str]) -> Facts:
    facts: Facts = {
        "version": model.scalar(0, "I"),
        "description": printable(model.text(3), _TEXT),
        "operators": tuple(f"{name}×{n}" for name, n in sorted(operators.items())[:256]),
    }
    names = [printable(graph.text(4), 200) for graph in model.tables(2)]
    facts["graphs"] = tuple(names[:64])
    return facts


def _buffer(table: Table) -> tuple[int, int]:
    """Place and size: inside the FlatBuffer, or behind it for models above 2 GB."""
    begin, count = table.vector(0, 1)
    offset, size = table.scalar(1, "Q"), table.scalar(2, "Q")
    return (offset, size) if not count and offset > 1 else (begin, count)


def _operator(table: Table) -> str:
    """The builtin operator's number (the newer field where it is set), or the custom operator's name."""
    custom = table.text(1)
    return printable(custom, 80) if custom else f"builtin-{max(table.scalar(0, 'b'), table.scalar(3, 'i'))}"


def _tensor(walk: _Walk, table: Table) -> None:
    index = table.scalar(2, "I")
    if not index or index >= len(walk.buffers) or not walk.buffers[index][1]:
        return
    offset, size = walk.buffers[index]
    subject = walk.window.source.name
    walk.limits.check(len(walk.entries) + 1, "tensors", subject=subject)
    dtype, bits = _TYPES.get(kind := table.scalar(1, "b"), (f"type-{kind}", 0))
    count = table.vector(0, 4)[1]
    if count > MAX_DIMENSIONS:
        raise Malformed(f"a tensor of {count} dimensions", subject=subject)
    name = walk.names.take(printable(table.text(3), 1000) or f"tensor-{len(walk.entries)}")
    shape = table.numbers(0, "i", 4)
    elements = elements_of(shape, name=name, subject=subject)
    if bits and size != (elements * bits + 7) // 8:
        raise Malformed(
            f"tensor {printable(name, 80)}: {dtype} {list(shape)} does not fit its {size} bytes",
            subject=subject,
        )
    if offset + size > walk.window.source.size_bytes:
        walk.remarks.append(f"{subject}: cut off inside {printable(name, 80)}")
    walk.entries.append(TensorEntry(name=name, dtype=dtype, shape=shape, offset=offset, size_bytes=size))
    details = table.table(4)
    if details is not None and dtype in ("INT8", "UINT8", "INT16", "INT4", "INT32"):
        _scales(walk, name, details)


def _scales(walk: _Walk, name: str, details: Table) -> None:
    """Lists the scales and zero points of a quantised tensor as tensors of their own."""
    begin, count = details.vector(2, 4)
    if not count:
        return
    scale = walk.names.take(name + _SCALE)
    walk.entries.append(
        TensorEntry(name=scale, dtype="FLOAT32", shape=(count,), offset=begin, size_bytes=4 * count)
    )
    zeros, zero_count = details.vector(3, 8)
    zero = ""
    if zero_count == count and any(details.numbers(3, "q", 8)):
        zero = walk.names.take(name + _ZERO)
        walk.entries.append(
            TensorEntry(name=zero, dtype="INT64", shape=(count,), offset=zeros, size_bytes=8 * count)
        )
    axis = details.scalar(6, "i") if count > 1 else 0
    walk.pairs.append(QuantisedPair(weight=name, scale=scale, zero_point=zero, axis=axis))
