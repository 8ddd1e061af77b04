"""ONNX: initialisers and constants with their places, external data, quantised weights with their scales.

Source of field numbers: `onnx.proto3` of ONNX 1.18 (https://github.com/onnx/onnx).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.extents import elements_of
from gauger.formats.model_file import ModelFile, QuantisedPair, TensorEntry
from gauger.formats.onnx_quantised import WANTED, OnnxNode, quantised_pairs
from gauger.formats.onnx_tensor import BITS, Stored, read_stored
from gauger.formats.protobuf import BYTES, VARINT, CutOff, Field, Wire, signed
from gauger.formats.source import Source

TEXT = 4000
_MODEL_TEXT = {2: "producer_name", 3: "producer_version", 4: "domain", 6: "doc_string"}
_MODEL_NUMBERS = {1: "ir_version", 5: "model_version"}
_GRAPH, _OPSET, _PROPERTY, _SPARSE = 7, 8, 14, 15


class OnnxModel(msgspec.Struct, frozen=True, kw_only=True):
    """An ONNX file as a model, with what only this format has.

    Attributes:
        model: The directory of tensors and the header.
        pairs: Quantised weights with their scales, by weight name.
        inputs: Names of the graph's inputs.
        outputs: Names of the graph's outputs.
    """

    model: ModelFile
    pairs: tuple[QuantisedPair, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


class _Walk(msgspec.Struct, kw_only=True):
    """What is gathered on the way through the file."""

    wire: Wire
    limits: Limits
    facts: Facts
    tensors: list[Stored]
    operators: Counter[str]
    nodes: list[OnnxNode]
    inputs: list[str]
    outputs: list[str]
    remarks: list[str]


def read_onnx(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this ONNX model say it holds? See `read_onnx_model`."""
    return read_onnx_model(sources, limits).model


def read_onnx_model(sources: Sequence[Source], limits: Limits) -> OnnxModel:
    """What does this ONNX model say it holds?

    Weights are passed over, not read: raw and packed numbers are given by their place in the file. A cut
    file gives what stands before the cut, with a remark.

    Args:
        sources: The model, then its external data, called by base names.
        limits: Bounds. Peak memory is at most some 300 MB.

    Raises:
        Malformed: not the messages that ONNX says, or a tensor whose bytes do not fit its shape.
        LimitExceeded: too many fields or tensors, graphs nested too deeply.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    walk = _Walk(
        wire=Wire(source, limits),
        limits=limits,
        facts={},
        tensors=[],
        operators=Counter(),
        nodes=[],
        inputs=[],
        outputs=[],
        remarks=[],
    )
    try:
        for field in walk.wire.whole():
            _model_field(walk, field)
    except CutOff as error:
        walk.remarks.append(f"{source.name}: cut off: {error.message}; what stands behind the cut is missing")
    entries = _placed(walk, sources)
    pairs = quantised_pairs(walk.nodes, {entry.name: (entry.shape, entry.dtype) for entry in entries})
    walk.facts["operators"] = tuple(f"{name}×{n}" for name, n in sorted(walk.operators.items())[:256])
    model = ModelFile(
        format="onnx",
        parts=tuple(s.name for s in sources),
        tensors=tuple(entries),
        metadata=walk.facts,
        remarks=tuple(walk.remarks),
        pairs=pairs,
        read_bytes=sum(s.read_bytes for s in sources),
    )
    return OnnxModel(
        model=model,
        pairs=pairs,
        inputs=tuple(walk.inputs),
        outputs=tuple(walk.outputs),
    )


def _model_field(walk: _Walk, field: Field) -> None:
    wire = walk.wire
    if field.number in _MODEL_TEXT and field.wire == BYTES:
        walk.facts[_MODEL_TEXT[field.number]] = printable(wire.text(field), TEXT)
    elif field.number in _MODEL_NUMBERS and field.wire == VARINT:
        walk.facts[_MODEL_NUMBERS[field.number]] = signed(field.value)
    elif field.number == _GRAPH:
        _graph(walk, field, prefix="", depth=0)
    elif field.number == _OPSET:
        domain, version = "", 0
        for part in wire.inside(field):
            domain = wire.text(part) if part.number == 1 and part.wire == BYTES else domain
            version = signed(part.value) if part.number == 2 else version
        walk.facts[printable(f"opset.{domain or 'ai.onnx'}", 200)] = version
    elif field.number == _PROPERTY and len(walk.facts) < walk.limits.nodes:
        key, value = _two_texts(wire, field)
        walk.facts[printable(key, 200)] = printable(value, TEXT)


def _graph(walk: _Walk, field: Field, *, prefix: str, depth: int) -> None:
    walk.limits.check(depth, "depth", subject=walk.wire.source.name)
    for part in walk.wire.inside(field):
        if part.number == 1:
            _node(walk, part, prefix, depth)
        elif part.number == 2 and not prefix and part.wire == BYTES:
            walk.facts["graph"] = printable(walk.wire.text(part), TEXT)
        elif part.number == 5:
            _keep(walk, read_stored(walk.wire, part), prefix)
        elif part.number == _SPARSE:
            _keep(walk, _sparse(walk.wire, part), prefix)
        elif part.number in (11, 12) and not prefix:
            named = walk.inputs if part.number == 11 else walk.outputs
            named += [walk.wire.text(p) for p in walk.wire.inside(part) if p.number == 1 and p.wire == BYTES]


def _sparse(wire: Wire, field: Field) -> Stored:
    """A tensor of which only some numbers are stored (SparseTensorProto: 1 values, 3 dims); not read."""
    name, shape = "", []
    for part in wire.inside(field):
        if part.number == 1:
            name = read_stored(wire, part).name
        elif part.number == 3:
            shape += [signed(value) for value in wire.numbers(part)]
    return Stored(name=name, dtype="SPARSE", shape=tuple(shape), offset=-1, size_bytes=-1)


def _node(walk: _Walk, field: Field, prefix: str, depth: int) -> None:
    """Counts the operator; finds constants, graphs inside it, and what a weight is scaled by."""
    wire = walk.wire
    inputs: list[str] = []
    outputs: list[str] = []
    name, operator = "", ""
    attributes: list[Field] = []
    for part in wire.inside(field):
        if part.number == 5:
            attributes.append(part)
        elif part.number == 1 and part.wire == BYTES:
            inputs.append(wire.text(part))
        elif part.number == 2 and part.wire == BYTES:
            outputs.append(wire.text(part))
        elif part.number == 3 and part.wire == BYTES:
            name = wire.text(part)
        elif part.number == 4 and part.wire == BYTES:
            operator = printable(wire.text(part), 80)
    if operator in walk.operators or len(walk.operators) < _MOST_OPERATORS:
        walk.operators[operator] += 1
    if operator in WANTED:
        walk.nodes.append(
            OnnxNode(operator, tuple(inputs), tuple(outputs), _integers(wire, attributes), prefix)
        )
    output = outputs[0] if outputs else ""
    for attribute in attributes:
        _attribute(walk, attribute, prefix=prefix, node=name or output, output=output, depth=depth)


_MOST_OPERATORS = 1000


def _integers(wire: Wire, attributes: Iterable[Field]) -> dict[str, int]:
    """The attributes that are one integer (AttributeProto: 1 name, 3 i)."""
    found: dict[str, int] = {}
    for attribute in attributes:
        parts = {part.number: part for part in wire.inside(attribute)}
        if 1 in parts and parts[1].wire == BYTES and 3 in parts and parts[3].wire == VARINT:
            found[wire.text(parts[1])] = signed(parts[3].value)
    return found


def _attribute(walk: _Walk, field: Field, *, prefix: str, node: str, output: str, depth: int) -> None:
    """Tensors of `Constant` nodes are weights in many exports; `If` and `Loop` hold whole graphs."""
    label = ""
    for part in walk.wire.inside(field):
        if part.number == 1 and part.wire == BYTES:
            label = walk.wire.text(part)
        elif part.number == 5:
            stored = read_stored(walk.wire, part)
            _keep(walk, msgspec.structs.replace(stored, name=output or stored.name), prefix)
        elif part.number in (6, 11):
            _graph(walk, part, prefix=f"{prefix}{node}.{label}/", depth=depth + 1)


def _keep(walk: _Walk, stored: Stored, prefix: str) -> None:
    walk.limits.check(len(walk.tensors) + 1, "tensors", subject=walk.wire.source.name)
    name = f"{prefix}{stored.name}"
    walk.limits.check(len(name), "string_bytes", subject=walk.wire.source.name)
    walk.tensors.append(msgspec.structs.replace(stored, name=name) if prefix else stored)


def _placed(walk: _Walk, sources: Sequence[Source]) -> list[TensorEntry]:
    """Directory entries: each tensor's bytes in the model or in one of its external files."""
    parts = {s.name.rsplit("/", 1)[-1]: number for number, s in enumerate(sources)}
    absent: set[str] = set()
    outside: set[str] = set()
    entries = []
    for stored in walk.tensors:
        source, offset = 0, stored.offset
        if stored.external is not None:
            base = stored.external.removeprefix("./")
            if _leaves(base):
                outside.add(stored.external)
            elif base not in parts:
                absent.add(base)
            source = parts.get(base, 0)
            offset = stored.offset if base in parts else -1
        entry = _entry(stored, source, offset, sources[source])
        if source and offset + entry.size_bytes > sources[source].size_bytes:
            walk.remarks.append(f"{sources[source].name}: cut off inside {printable(stored.name, 80)}")
        entries.append(entry)
    name = sources[0].name
    walk.remarks += [f"{name}: external data is not here: {printable(x, 120)}" for x in sorted(absent)[:5]]
    walk.remarks += [
        f"{name}: external data outside the model's folder: {printable(x, 120)}" for x in sorted(outside)[:5]
    ]
    return entries


def _leaves(path: str) -> bool:
    """A path that names another folder: ours have to lie beside the model."""
    return "/" in path or "\\" in path or path in ("", ".", "..") or ":" in path


def _entry(stored: Stored, source: int, offset: int, holder: Source) -> TensorEntry:
    bits = BITS.get(stored.dtype, 0)
    elements = elements_of(stored.shape, name=stored.name, subject=holder.name)
    wanted = (elements * bits + 7) // 8
    if bits and stored.size_bytes >= 0 and stored.size_bytes != wanted:
        raise Malformed(
            f"tensor {printable(stored.name, 80)}: {stored.dtype} {list(stored.shape)} needs {wanted} bytes, "
            f"{stored.size_bytes} are given",
            subject=holder.name,
        )
    return TensorEntry(
        name=stored.name,
        dtype=stored.dtype,
        shape=stored.shape,
        source=source,
        offset=offset,
        size_bytes=stored.size_bytes if stored.size_bytes >= 0 else wanted,
        encoding=stored.encoding,
    )


def _two_texts(wire: Wire, field: Field) -> tuple[str, str]:
    key, value = "", ""
    for part in wire.inside(field):
        if part.number == 1 and part.wire == BYTES:
            key = wire.text(part)
        elif part.number == 2 and part.wire == BYTES:
            value = wire.text(part)
    return key, value
