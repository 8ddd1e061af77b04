"""The tensors of a network with what their names say, and the labels of the parts they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from gauger.formats.weights import Tensor
from gauger.trace.weights.name_table import is_norm, role_of
from gauger.trace.weights.names import LAYER_WORDS, Name
from gauger.trace.weights.place import OTHER

_CONTAINERS = frozenset(
    {"mlp", "ffn", "feed_forward", "DenseReluDense", "ff", "block_sparse_moe", "moe", "mlps"}
)
"""Modules that only hold a feed-forward block."""

_CROSS = frozenset({"encoder_attn", "EncDecAttention", "cross_attn", "crossattention", "cross_attention"})
_NOT_THE_STREAM = ("q_", "k_", "kv_", "_q", "_k", "query", "key", "head")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One tensor and what its name says.

    Attributes:
        tensor: The tensor.
        name: Its name, taken apart.
        part: The label of the layer it belongs to (`layers.3`, `vision.layers.2`), or empty.
        layer: The layer's running number in its stack, -1 outside of layers.
        role: As `name_table.role_of` says; empty for none.
        prefix: The modules between the layer and the ones that name the role.
    """

    tensor: Tensor
    name: Name
    part: str
    layer: int
    role: str
    prefix: tuple[str, ...]

    @property
    def group(self) -> tuple[str, str, tuple[str, ...]]:
        """Tensors of one feed-forward block have this in common."""
        prefix = self.prefix
        while prefix and prefix[-1] in _CONTAINERS:
            prefix = prefix[:-1]
        return self.part, self.name.expert, prefix

    @property
    def crosses(self) -> bool:
        """Is it part of a decoder's attention to the encoder?"""
        path = self.name.path
        return any(p in _CROSS for p in path) or (self.name.side == "decoder" and path[:1] == ("attention",))


def members_of(tensors: Sequence[Tensor], names: Sequence[Name]) -> tuple[Member, ...]:
    """Which tensor sits in which layer?"""
    labels = _labels(names)
    numbers = _numbers(names)
    found = []
    for tensor, name in zip(tensors, names, strict=True):
        role, length = role_of(name.path)
        if name.adapter and role:
            role = f"{role.rstrip('?')} adapter-{name.adapter}"
        part = _part(name, labels)
        found.append(
            Member(
                tensor=tensor,
                name=name,
                part=part,
                layer=numbers.get((name.stack, name.word, name.layer), -1),
                role="" if role.endswith("?") and part else role.rstrip("?") if part else role,
                prefix=name.path[: len(name.path) - length],
            )
        )
    return tuple(found)


def width_of(members: Sequence[Member], side: str, default: int) -> int:
    """How wide is the residual stream of this side? 0 where nothing tells.

    The commonest length of the gains of normalisation layers, those of single heads left out; else the width
    of the embedding; else `default`.
    """
    votes: dict[int, int] = defaultdict(int)
    for member in members:
        name = member.name
        if name.side != side or member.layer < 0 or len(member.tensor.shape) != 1 or not is_norm(name.path):
            continue
        if not any(word in name.path[-1].lower() for word in _NOT_THE_STREAM):
            votes[member.tensor.shape[0]] += 1
    if votes:
        return max(sorted(votes), key=lambda length: votes[length])
    for member in members:
        if (
            member.role == "token-embedding"
            and len(member.tensor.shape) == 2
            and member.name.side in (side, "")
        ):
            return member.tensor.shape[1]
    return default


def _labels(names: Sequence[Name]) -> dict[tuple[str, str, str], str]:
    """Side, stack and word → what to call it. A lone encoder or decoder needs no name.

    Stacks of one label are told apart by their prefix; an export's constants, which have no parameters'
    names, make no stack of their own.
    """
    stacks = sorted({(n.side, n.stack, n.word) for n in names if n.layer})
    with_parameters = {(n.side, n.stack, n.word) for n in names if n.layer and n.kind}
    sides = {side for side, _, _ in stacks}
    lone = {"encoder", "decoder"} & sides
    plain = lone if len(lone) == 1 and "" not in sides else set()
    labels: dict[tuple[str, str, str], str] = {}
    taken: dict[str, int] = defaultdict(int)
    for side, stack, word in stacks:
        shown = "" if side in plain else side
        label = f"{shown}." if shown else ""
        label += "layers" if word in LAYER_WORDS else word
        labels[side, stack, word] = label
        taken[label] += (side, stack, word) in with_parameters
    for key, label in labels.items():
        if taken[label] > 1 and key[1] and key in with_parameters:
            labels[key] = f"{key[1]}.{key[2]}"
    return labels


def _part(name: Name, labels: dict[tuple[str, str, str], str]) -> str:
    if not name.layer:
        return ""
    return ".".join([labels[name.side, name.stack, name.word], *(str(n) for n in name.layer)])


def _numbers(names: Sequence[Name]) -> dict[tuple[str, str, tuple[int, ...]], int]:
    """Layers in stages are counted through; all others keep their number."""
    numbers: dict[tuple[str, str, tuple[int, ...]], int] = {}
    staged: dict[tuple[str, str], set[tuple[int, ...]]] = defaultdict(set)
    for name in names:
        if len(name.layer) == 1:
            numbers[name.stack, name.word, name.layer] = name.layer[0]
        elif name.layer:
            staged[name.stack, name.word].add(name.layer)
    for (stack, word), layers in staged.items():
        for number, layer in enumerate(sorted(layers)):
            numbers[stack, word, layer] = number
    return numbers


def component_of(part: str, expert: str = "") -> str:
    """What is this part called, its expert included?"""
    return (f"{part}.experts.{expert}" if expert else part) or OTHER
