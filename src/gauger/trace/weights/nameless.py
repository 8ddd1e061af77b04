"""Matrices that an export left without names: placed by their shapes and their order in the graph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from gauger.trace.weights.members import Member

_NAMELESS = re.compile(
    r"^(?:[A-Za-z]+::)?(?:MatMul|Gemm|val|Constant|const|weight|linear|_?v|t|initializer)?_?(\d+)(?:_\w+|\.w_0)?$"
)
"""What exporters call a constant that has lost its name. Sources: `onnx::MatMul_123` of PyTorch's first
exporter, `val_49` of its second, bare numbers of older ones;
`linear_77.w_0` of Paddle."""

_ATTENTION = {4: ("query", "key", "value", "output"), 2: ("query-key-value", "output")}
_LARGEST = 64
_ENOUGH = 6


def with_nameless(members: Sequence[Member], width: int) -> tuple[Member, ...]:
    """The same tensors, those without names given the place that shapes and order tell.

    A feed-forward block is a matrix from the stream's width to another size (two of one shape: gate, then up)
    and, next in the order of numbers, one back. What stands between two blocks is the attention of the
    second:
    four matrices are query, key, value, output, two a joint one and the output. Everything else stays
    unplaced. Exporters number constants in the order of use.

    Args:
        members: All tensors.
        width: Of the residual stream; 0 leaves everything as it is.
    """
    nameless = sorted(_nameless(members), key=lambda found: found[0])
    if not width or len(nameless) < 2:
        return tuple(members)
    given: dict[int, tuple[str, str]] = {}
    stacks = {member.part.rpartition(".")[0] for member in members if member.layer >= 0 and member.name.kind}
    stack = stacks.pop() if len(stacks) == 1 else "layers"
    layer, waiting, at = 0, [], 0
    shapes = [members[index].tensor.shape for _, index in nameless]
    while at < len(nameless):
        size = _block_at(shapes, at, width)
        if not size:
            waiting.append(nameless[at][1])
            at += 1
            continue
        roles = ("gate", "up", "down")[3 - size :]
        placed = [nameless[at + n][1] for n in range(size)]
        attention = _ATTENTION.get(len(waiting), ())
        pairs = [*zip(waiting, attention, strict=False), *zip(placed, roles, strict=True)]
        given |= {index: (f"{stack}.{layer}", role) for index, role in pairs}
        layer, waiting, at = layer + 1, [], at + size
    return tuple(
        _given(member, layer_role) if (layer_role := given.get(n)) else member
        for n, member in enumerate(members)
    )


def width_of_nameless(members: Sequence[Member]) -> int:
    """How wide is the stream between matrices without names? Their commonest side; 0 below six of it."""
    sides = Counter(side for _, index in _nameless(members) for side in members[index].tensor.shape)
    width, count = max(sides.items(), key=lambda found: (found[1], -found[0]), default=(0, 0))
    return width if count >= _ENOUGH else 0


def _given(member: Member, place: tuple[str, str]) -> Member:
    part, role = place
    return msgspec.structs.replace(
        member, part=part, layer=int(part.rpartition(".")[2]), role=role, prefix=()
    )


def _nameless(members: Sequence[Member]) -> Iterator[tuple[int, int]]:
    """Number in the name and index of every matrix without a name."""
    for index, member in enumerate(members):
        if member.part or member.role or len(member.tensor.shape) != 2 or min(member.tensor.shape) < 2:
            continue
        found = _NAMELESS.match(member.tensor.name)
        if found:
            yield int(found[1][:_LARGEST]), index


def _block_at(shapes: Sequence[tuple[int, ...]], at: int, width: int) -> int:
    """How many matrices from here on are a feed-forward block: 3 with a gate, 2 without, 0 for none?"""
    first = shapes[at]
    if width not in first or first[0] == first[1]:
        return 0
    back = first[::-1]
    if shapes[at + 1 : at + 3] == [first, back]:
        return 3
    return 2 if shapes[at + 1 : at + 2] == [back] and max(first) > width else 0
