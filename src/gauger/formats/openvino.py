"""OpenVINO's intermediate representation: constants of the `.xml` with their places in the `.bin`.

Source: the description of IR 11 (https://docs.openvino.ai, "OpenVINO IR format"), and NNCF for how compressed
weights are written: small integers, Convert, Subtract of the zero point, Multiply by the scale, Reshape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.bounded_xml import Element, walk_xml
from gauger.formats.distinct import Distinct
from gauger.formats.extents import elements_of
from gauger.formats.model_file import ModelFile, QuantisedPair, TensorEntry
from gauger.formats.sniff import sniff_source
from gauger.formats.source import Source

_TYPES: dict[str, tuple[str, int]] = {
    "f64": ("FLOAT64", 64), "f32": ("FLOAT32", 32), "f16": ("FLOAT16", 16), "bf16": ("BFLOAT16", 16),
    "i64": ("INT64", 64), "i32": ("INT32", 32), "i16": ("INT16", 16), "i8": ("INT8", 8), "i4": ("INT4", 4),
    "u64": ("UINT64", 64), "u32": ("UINT32", 32), "u16": ("UINT16", 16), "u8": ("UINT8", 8),
    "u4": ("UINT4", 4), "boolean": ("BOOL", 8), "f8e4m3": ("FLOAT8E4M3FN", 8), "f8e5m2": ("FLOAT8E5M2", 8),
    "f8e8m0": ("FLOAT8E8M0", 8), "nf4": ("NF4", 4), "f4e2m1": ("FLOAT4E2M1", 4), "u1": ("U1", 1),
}  # fmt: skip
"""Element types: the name in ONNX's words, bits."""

_SMALL = frozenset({"INT8", "UINT8", "INT4", "UINT4", "FLOAT8E4M3FN", "FLOAT8E5M2"})
_TEXT = 4000
_MOST_OPERATORS = 1000
_PASSED = frozenset({"Convert"})


class _Layer(msgspec.Struct):
    """One layer of the graph, as far as it is needed."""

    ident: str
    name: str
    kind: str
    data: Mapping[str, str]


class _Graph:
    """Layers and edges of the outermost graph; layers of graphs inside it are constants alone."""

    def __init__(self, limits: Limits, subject: str) -> None:
        self.limits = limits
        self.subject = subject
        self.facts: Facts = {}
        self.operators: Counter[str] = Counter()
        self.constants: list[_Layer] = []
        self.kinds: dict[str, str] = {}
        self.inputs: dict[str, dict[int, str]] = {}
        self.users: dict[str, list[str]] = {}
        self._layer: _Layer | None = None

    def element(self, element: Element) -> None:
        """Takes in one element, in the order of the document."""
        name, given = element.name, element.attributes
        if name == "net" and not element.depth:
            for key in ("name", "version"):
                if key in given:
                    self.facts[key] = printable(given[key], _TEXT)
        elif name == "layer":
            inner = element.depth > _LAYER_DEPTH
            self._layer = _Layer(
                "" if inner else given.get("id", ""), given.get("name", ""), given.get("type", ""), {}
            )
            self._count(self._layer)
        elif name == "data" and self._layer is not None and not self._layer.data:
            self._layer.data = given
            if self._layer.kind == "Const":
                self.limits.check(len(self.constants) + 1, "tensors", subject=self.subject)
                self.constants.append(self._layer)
        elif name == "edge" and element.depth == _LAYER_DEPTH:
            source, target = given.get("from-layer", ""), given.get("to-layer", "")
            self.inputs.setdefault(target, {})[_number(given.get("to-port", "0"))] = source
            self.users.setdefault(source, []).append(target)

    def _count(self, layer: _Layer) -> None:
        kind = printable(layer.kind, 80)
        if kind in self.operators or len(self.operators) < _MOST_OPERATORS:
            self.operators[kind] += 1
        if layer.ident:
            self.kinds[layer.ident] = layer.kind

    def other_input(self, ident: str, known: str) -> str:
        """The layer that feeds the other input of this one, Convert passed over; else empty."""
        for source in self.inputs.get(ident, {}).values():
            if source != known:
                if self.kinds.get(source) in _PASSED:
                    return next(iter(self.inputs.get(source, {}).values()), "")
                return source
        return ""


_LAYER_DEPTH = 2
"""`net/layers/layer`: a layer of an inner graph (`If`, `Loop`) lies deeper."""


def read_openvino(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this OpenVINO model hold?

    Weights in small integers come with their scales (`ModelFile.pairs`); those in groups are listed as
    (outputs, inputs), their scales as (outputs, groups).

    Args:
        sources: The `.xml`, and its `.bin`, in any order.
        limits: Bounds: `header_bytes` and `nodes` for the document.

    Raises:
        Malformed: no such document, one with a document type, or sizes that do not fit.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    kinds = [sniff_source(source) for source in sources]
    if "openvino" not in kinds:
        raise Malformed("the description of the model is not here", subject=sources[0].name)
    document = sources[kinds.index("openvino")]
    graph = _Graph(limits, document.name)
    for element in walk_xml(document, limits):
        graph.element(element)
    if not graph.kinds:
        raise Malformed("is not the description of a network", subject=document.name)
    numbers = next((s for s, kind in zip(sources, kinds, strict=True) if kind != "openvino"), None)
    remarks: list[str] = []
    if numbers is None and graph.constants:
        remarks.append(f"{document.name}: the file with its numbers (.bin) is not here")
    entries, by_layer = _entries(graph, numbers)
    if numbers is not None:
        cut = sum(e.offset + e.size_bytes > numbers.size_bytes for e in entries)
        if cut:
            remarks.append(f"{numbers.name}: cut off: {cut} of {len(entries)} tensors are not whole")
    pairs = _pairs(graph, entries, by_layer)
    graph.facts["operators"] = tuple(f"{name}×{n}" for name, n in sorted(graph.operators.items())[:256])
    return ModelFile(
        format="openvino",
        parts=(document.name, numbers.name) if numbers is not None else (document.name,),
        tensors=tuple(entries),
        metadata=graph.facts,
        remarks=tuple(remarks),
        pairs=tuple(sorted(pairs, key=lambda pair: pair.weight)),
        read_bytes=sum(s.read_bytes for s in sources),
    )


def _entries(graph: _Graph, numbers: Source | None) -> tuple[list[TensorEntry], dict[str, int]]:
    """All constants with numbers, and which entry each layer of the outermost graph is."""
    names = Distinct()
    entries: list[TensorEntry] = []
    by_layer: dict[str, int] = {}
    for layer in graph.constants:
        name = names.take(printable(layer.name, 1000) or f"constant-{len(entries)}")
        dtype, bits = _TYPES.get(kind := layer.data.get("element_type", ""), (printable(kind, 40), 0))
        if kind == "string":
            continue
        shape = tuple(_number(text) for text in layer.data.get("shape", "").split(",") if text.strip())
        offset, size = _number(layer.data.get("offset", "")), _number(layer.data.get("size", ""))
        elements = elements_of(shape, name=name, subject=graph.subject)
        if bits and size != (elements * bits + 7) // 8:
            raise Malformed(
                f"tensor {printable(name, 80)}: {dtype} {list(shape)} does not fit its {size} bytes",
                subject=graph.subject,
            )
        if layer.ident:
            by_layer[layer.ident] = len(entries)
        entries.append(
            TensorEntry(
                name=name,
                dtype=dtype,
                shape=shape,
                source=1 if numbers is not None else 0,
                offset=offset if numbers is not None else -1,
                size_bytes=size,
            )
        )
    return entries, by_layer


def _pairs(graph: _Graph, entries: list[TensorEntry], by_layer: Mapping[str, int]) -> list[QuantisedPair]:
    """Small numbers that pass Convert, perhaps Subtract, then Multiply; groups are laid out in their rows."""
    pairs: dict[str, QuantisedPair] = {}
    for ident, number in by_layer.items():
        if entries[number].dtype not in _SMALL:
            continue
        found = _scaled_by(graph, ident)
        scale, zero = (by_layer.get(name, -1) for name in found)
        if scale < 0 or entries[scale].dtype not in ("FLOAT16", "FLOAT32", "BFLOAT16"):
            continue
        used = [place for place in (number, scale, zero) if place >= 0]
        block = _in_rows(entries, used)
        pairs[entries[number].name] = QuantisedPair(
            weight=entries[number].name,
            scale=entries[scale].name,
            zero_point=entries[zero].name if zero >= 0 else "",
            axis=1 if block else 0,
            block=block,
        )
    return list(pairs.values())


def _scaled_by(graph: _Graph, ident: str) -> tuple[str, str]:
    """Layers of scale and zero point; empty where there is none."""
    zero, at = "", ident
    for _ in range(3):
        following = next(iter(graph.users.get(at, ())), "")
        kind = graph.kinds.get(following, "")
        if kind == "Multiply":
            return graph.other_input(following, at), zero
        if kind == "Subtract" and graph.inputs[following].get(0) == at:
            zero = graph.other_input(following, at)
        elif kind != "Convert":
            return "", ""
        at = following
    return "", ""


def _in_rows(entries: list[TensorEntry], used: Sequence[int]) -> int:
    """Weights of (rows, groups, group) become (rows, columns); returns the length of a group, 0 for none."""
    shapes = [entries[place].shape for place in used]
    weight, scale = shapes[:2]
    if len(weight) != 3 or len(scale) != 3 or scale != (weight[0], weight[1], 1) or weight[2] < 2:
        return 0
    if any(len(shape) != 3 for shape in shapes):
        return 0
    for place, shape in zip(used, shapes, strict=True):
        entries[place] = msgspec.structs.replace(entries[place], shape=(shape[0], shape[1] * shape[2]))
    return weight[2]


def _number(text: str) -> int:
    """A whole number of at most 18 digits.

    Raises:
        Malformed: it is none.
    """
    stripped = text.strip()
    if not stripped.isascii() or not stripped.isdigit():
        raise Malformed(f"{printable(text, 40)!r} is not a size")
    if len(stripped) > 18:
        raise LimitExceeded("a size of more than 18 digits")
    return int(stripped)
