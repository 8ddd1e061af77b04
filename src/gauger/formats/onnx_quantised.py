"""Which weights of an ONNX graph are small numbers, and what scales them: the operators tell.

Sources: the operator schemas of ONNX 1.18, and ONNX Runtime's `ContribOperators.md` for the domain
`com.microsoft`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from gauger.formats.model_file import QuantisedPair

Shapes = Mapping[str, tuple[tuple[int, ...], str]]
"""By name of a stored tensor: its shape and type."""


class OnnxNode(NamedTuple):
    """One operator with what its weights are named.

    Attributes:
        operator: Its type.
        inputs: Names, empty for one that is left out.
        outputs: Names.
        integers: Its integer attributes.
        prefix: Of the names of tensors in the graph that it stands in.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    integers: Mapping[str, int]
    prefix: str = ""


class _Operand(NamedTuple):
    """Positions of weight, scale and zero point among the inputs, and the axis of a list of scales."""

    weight: int
    scale: int
    zero: int
    axis: int


_OPERANDS: dict[str, tuple[_Operand, ...]] = {
    "DequantizeLinear": (_Operand(0, 1, 2, 1),),
    "QLinearMatMul": (_Operand(0, 1, 2, 0), _Operand(3, 4, 5, -1)),
    "QLinearConv": (_Operand(3, 4, 5, 0),),
    "QGemm": (_Operand(3, 4, 5, -1),),
    "QAttention": (_Operand(1, 4, 7, -1),),
    "DynamicQuantizeMatMul": (_Operand(1, 2, 3, -1),),
    "MatMulIntegerToFloat": (_Operand(1, 3, 5, -1),),
    "DynamicQuantizeLSTM": (_Operand(1, 8, 9, 0), _Operand(2, 10, 11, 0)),
    "QEmbedLayerNormalization": tuple(_Operand(2 + n, 8 + n, 13 + n, 0) for n in range(5)),
    "MatMulNBits": (_Operand(1, 2, 3, 0),),
    "MatMulBnb4": (_Operand(1, 2, -1, 0),),
    "GatherBlockQuantized": (_Operand(0, 2, 3, 1),),
    "QMoE": tuple(_Operand(n, n + 1, -1, 0) for n in (2, 5, 8)),
}
_INTEGER_PRODUCTS = {"MatMulInteger": -1, "ConvInteger": 0}
"""Products of integers that are scaled by a later `Mul`: the weight's axis of outputs."""
_FOLLOWED = frozenset({"Cast", "Mul", "Identity"})
WANTED = frozenset(_OPERANDS) | frozenset(_INTEGER_PRODUCTS) | _FOLLOWED
"""Operators that `quantised_pairs` wants to see."""
_NAMES = (
    ("_quantized", "_scale", "_zero_point"),
    ("_q", "_scale", "_zp"),
    ("_q", "_scale", "_zero_point"),
    ("_int8", "_scale", "_zp"),
    ("_int8", "_scale", "_zero_point"),
    ("_q8", "_scale", "_zp"),
    ("_quant", "_scale", "_zero_point"),
    (".q", ".scale", ".zp"),
    ("_q", "_s", "_z"),
    ("", "_scale", "_zero_point"),
    ("", "_scale", "_zp"),
    ("", ".scale", ".zero_point"),
)
"""Spellings of weight, scale and zero point. `_quantized`: ONNX Runtime's dynamic quantiser; the others: seen
in exports written by hand."""
_SMALL = frozenset({"INT8", "UINT8", "INT4", "UINT4", "INT16", "UINT16"})
_FLOATS = frozenset({"FLOAT", "FLOAT16", "BFLOAT16", "DOUBLE"})


def quantised_pairs(nodes: Sequence[OnnxNode], shapes: Shapes) -> tuple[QuantisedPair, ...]:
    """Which stored tensors are weights in small numbers? From the graph where it says so, else by names.

    Args:
        nodes: Those whose operator is in `WANTED`.
        shapes: Of all stored tensors.

    Returns:
        By name of the weight; the first use of a weight counts.
    """
    same = {
        f"{node.prefix}{node.outputs[0]}": f"{node.prefix}{node.inputs[0]}"
        for node in nodes
        if node.operator == "Identity" and node.inputs and node.outputs
    }
    found: dict[str, QuantisedPair] = {}
    for node in nodes:
        for operand in _OPERANDS.get(node.operator, ()):
            pair = _operand(node, operand, shapes, same)
            if pair is not None:
                found.setdefault(pair.weight, pair)
    for pair in _products(nodes, shapes, same):
        found.setdefault(pair.weight, pair)
    for pair in _by_names(shapes.keys() - found.keys(), shapes):
        found.setdefault(pair.weight, pair)
    return tuple(found[name] for name in sorted(found))


def _named(node: OnnxNode, place: int, shapes: Shapes, same: Mapping[str, str]) -> str:
    """The stored tensor at this input, looked for from the innermost graph outwards; else empty."""
    if not 0 <= place < len(node.inputs) or not node.inputs[place]:
        return ""
    prefix = node.prefix
    while True:
        name = f"{prefix}{node.inputs[place]}"
        for _ in range(4):
            if name in shapes:
                return name
            name = same.get(name, "")
        if not prefix:
            return ""
        prefix = prefix.removesuffix("/").rpartition("/")[0]
        prefix = f"{prefix}/" if prefix else ""


def _operand(
    node: OnnxNode, operand: _Operand, shapes: Shapes, same: Mapping[str, str]
) -> QuantisedPair | None:
    weight = _named(node, operand.weight, shapes, same)
    scale = _named(node, operand.scale, shapes, same)
    if not weight or not scale:
        return None
    zero = _named(node, operand.zero, shapes, same)
    axis = node.integers.get("axis", operand.axis)
    if node.operator == "QGemm" and node.integers.get("transB"):
        axis = 0
    packed = _PACKED.get(node.operator)
    if packed is not None and (shapes[weight][1] == "UINT8" or node.operator == "MatMulBnb4"):
        return packed(node, QuantisedPair(weight=weight, scale=scale, zero_point=zero), shapes)
    if node.operator == "GatherBlockQuantized":
        axis = node.integers.get("quantize_axis", 1)
    block = node.integers.get("block_size", 128 if node.operator == "GatherBlockQuantized" else 0)
    return QuantisedPair(weight=weight, scale=scale, zero_point=zero, axis=axis, block=max(0, block))


def _matmul_n_bits(node: OnnxNode, pair: QuantisedPair, _: Shapes) -> QuantisedPair:
    bits = node.integers.get("bits", 4)
    shape = (node.integers.get("N", 0), node.integers.get("K", 0))
    return _with(pair, "nbits", bits, node.integers.get("block_size", 0), shape)


def _matmul_bnb(node: OnnxNode, pair: QuantisedPair, _: Shapes) -> QuantisedPair:
    kind = "nf4" if node.integers.get("quant_type", 1) else "fp4"
    shape = (node.integers.get("N", 0), node.integers.get("K", 0))
    return _with(pair, kind, 4, node.integers.get("block_size", 0), shape)


def _gather(node: OnnxNode, pair: QuantisedPair, shapes: Shapes) -> QuantisedPair:
    bits = node.integers.get("bits", 4)
    given = shapes[pair.weight][0]
    columns = given[-1] * 8 // bits if given and bits > 0 else 0
    return _with(pair, "nbits", bits, node.integers.get("block_size", 128), (*given[:-1], columns))


def _experts(node: OnnxNode, pair: QuantisedPair, shapes: Shapes) -> QuantisedPair:
    bits = node.integers.get("expert_weight_bits", 4)
    given = shapes[pair.weight][0]
    columns = given[-1] * 8 // bits if given and bits > 0 else 0
    return _with(pair, "nbits", bits, node.integers.get("block_size", 0) or columns, (*given[:-1], columns))


_PACKED = {
    "MatMulNBits": _matmul_n_bits,
    "MatMulBnb4": _matmul_bnb,
    "GatherBlockQuantized": _gather,
    "QMoE": _experts,
}


def _with(pair: QuantisedPair, kind: str, bits: int, block: int, shape: tuple[int, ...]) -> QuantisedPair:
    if min(shape, default=0) < 0:
        shape = ()
    return QuantisedPair(
        weight=pair.weight,
        scale=pair.scale,
        zero_point=pair.zero_point,
        kind=kind,
        bits=bits,
        block=max(0, block),
        shape=shape,
    )


def _products(nodes: Sequence[OnnxNode], shapes: Shapes, same: Mapping[str, str]) -> Iterable[QuantisedPair]:
    """Weights of `MatMulInteger` and `ConvInteger`: their scale comes in behind them."""
    users: dict[str, list[OnnxNode]] = {}
    makers: dict[str, OnnxNode] = {}
    for node in nodes:
        if node.operator in ("Cast", "Mul"):
            makers |= {f"{node.prefix}{name}": node for name in node.outputs}
            for name in node.inputs:
                users.setdefault(f"{node.prefix}{name}", []).append(node)
    for node in nodes:
        if node.operator not in _INTEGER_PRODUCTS or not node.outputs:
            continue
        weight = _named(node, 1, shapes, same)
        scale = _scale_behind(node, weight, users, makers, shapes, same) if weight else ""
        if weight and scale:
            zero = _named(node, 3, shapes, same)
            axis = _INTEGER_PRODUCTS[node.operator]
            yield QuantisedPair(weight=weight, scale=scale, zero_point=zero, axis=axis)


def _kinship(name: str, other: str) -> int:
    """How long two names begin alike: a weight's scale is mostly named after it, not after the activation."""
    return next((place for place, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), len(other))


def _scale_behind(
    node: OnnxNode,
    weight: str,
    users: Mapping[str, list[OnnxNode]],
    makers: Mapping[str, OnnxNode],
    shapes: Shapes,
    same: Mapping[str, str],
) -> str:
    at = f"{node.prefix}{node.outputs[0]}"
    for _ in range(3):
        following = next(iter(users.get(at, ())), None)
        if following is None or not following.outputs:
            return ""
        if following.operator == "Mul":
            other = [place for place, n in enumerate(following.inputs) if f"{following.prefix}{n}" != at]
            found = [_named(following, place, shapes, same) for place in other]
            for place in other:
                maker = makers.get(f"{following.prefix}{following.inputs[place]}")
                if maker is not None:
                    found += [_named(maker, n, shapes, same) for n in range(len(maker.inputs))]
            scales = [name for name in found if name and shapes[name][1] in _FLOATS]
            return max(scales, key=lambda name: _kinship(name, weight), default="")
        at = f"{following.prefix}{following.outputs[0]}"
    return ""


def _by_names(names: Iterable[str], shapes: Shapes) -> Iterable[QuantisedPair]:
    for name in sorted(names):
        shape, dtype = shapes[name]
        if dtype not in _SMALL or not shape:
            continue
        for ending, scale_ending, zero_ending in _NAMES:
            stem = name.removesuffix(ending)
            scale, zero = stem + scale_ending, stem + zero_ending
            if (ending and stem == name) or scale not in shapes or shapes[scale][1] not in _FLOATS:
                continue
            yield QuantisedPair(
                weight=name,
                scale=scale,
                zero_point=zero if zero in shapes else "",
                axis=_likely_axis(shape, shapes[scale][0]),
            )
            break


def _likely_axis(shape: tuple[int, ...], scale: tuple[int, ...]) -> int:
    """Where a list of scales runs when nothing says so: the last axis of a matrix, the first of a filter."""
    count = prod(scale)
    if len(shape) == 2 and shape[1] == count:
        return 1
    return next((axis for axis, size in enumerate(shape) if size == count), 1)
