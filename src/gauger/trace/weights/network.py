"""A model's weights as a network: feed-forward blocks, embeddings, and every matrix with its place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import prod

from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.configs import language_fact
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.weights import Tensor, Weights
from gauger.trace.sizes import Sizes, sizes_of_config, sizes_of_gguf
from gauger.trace.weights.architecture import architecture_of
from gauger.trace.weights.attention import (
    arrangement,
    count_of,
    heads_of,
    is_reordered,
    restored_order,
    split_joint,
)
from gauger.trace.weights.block import Block
from gauger.trace.weights.feed_forward import Triple, lies_transposed, roles_of_group, triples
from gauger.trace.weights.matrix import Matrix, View, whole_view
from gauger.trace.weights.members import Member, component_of, members_of, width_of
from gauger.trace.weights.name_table import FEED_FORWARD_ROLES
from gauger.trace.weights.nameless import width_of_nameless, with_nameless
from gauger.trace.weights.names import parse_name
from gauger.trace.weights.norms import gain_offset, norm_before, norms_of, sides_with_end
from gauger.trace.weights.orientation import Orientation
from gauger.trace.weights.place import Place
from gauger.trace.weights.recurrent import recurrent_of

__all__ = ["Block", "Matrix", "Network", "is_matrix", "network_of"]

_INTEGERS = frozenset({
    "I64", "INT64", "I32", "INT32", "BOOL", "I16", "INT16", "U16", "UINT16", "U32", "UINT32", "U64", "UINT64",
    "torch.LongStorage", "torch.IntStorage", "torch.ShortStorage", "torch.BoolStorage",
})  # fmt: skip
"""Plain tensors of these types are counters, positions and masks, not weights."""

_MOST_BLOCKS = 100_000
"""A model of 100 layers with 1,000 experts each; more are left as plain matrices."""

_UNTOLD = ("w1", "w2", "w3", "v1", "fc0", "noact", "router?")
"""What numbered names are called before their company tells their role."""

_GroupKey = tuple[str, str, tuple[str, ...]]


class Network:
    """What a model's weights consist of.

    Attributes:
        weights: Where the numbers are read.
        blocks: Feed-forward blocks, in the order of stacks, layers and experts.
        embedding: Token embedding, one row for each token, or None.
        unembedding: A stored output matrix (tokens, width); None where there is none or the embedding serves.
        matrices: Every tensor of two or more dimensions: fused ones split, stacked experts apart,
        convolutions
            as (out, in · kernel); in the file's order.
        architecture: As the configuration or header calls it, else as the names suggest, else empty.
        remarks: What could not be placed, one sentence each.
        tokens: The tokenizer.
    """

    def __init__(
        self,
        weights: Weights,
        *,
        blocks: Sequence[Block],
        matrices: Sequence[Matrix],
        architecture: str,
        remarks: Sequence[str] = (),
        tokens: TokenizerFacts | None = None,
        tied: bool = False,
    ) -> None:
        self.weights = weights
        self.blocks = tuple(blocks)
        self.matrices = tuple(matrices)
        self.architecture = architecture
        self.remarks = tuple(remarks)
        self.tokens = tokens
        self.embedding = _only(self.matrices, "embeddings", "token-embedding")
        self.unembedding = _only(self.matrices, "unembedding", "unembedding")
        self.tied = tied and self.unembedding is None and self.embedding is not None

    def layer(self, component: str) -> tuple[Matrix, ...]:
        """The matrices of this component, in the file's order."""
        return tuple(m for m in self.matrices if m.place.component == component)


def network_of(
    weights: Weights, config: Facts | None = None, tokenizer: TokenizerFacts | None = None
) -> Network:
    """Which blocks and matrices do these weights make up?

    Reads no numbers. Every tensor of two or more dimensions is in `matrices`, known or not.

    Args:
        weights: The opened model.
        config: Facts of its `config.json` (`formats.configs.read_config`); head counts and the architecture
            come from it. GGUF has them in its header.
        tokenizer: The tokenizer beside it; the one inside the file by default.
    """
    return _Builder(weights, config or {}, tokenizer or weights.file.tokenizer).network()


class _Builder:
    """Builds one network."""

    def __init__(self, weights: Weights, config: Facts, tokens: TokenizerFacts | None) -> None:
        self.weights = weights
        self.tokens = tokens
        self.config = config
        metadata = weights.file.metadata
        self.format = weights.file.format
        self.sizes: Sizes = sizes_of_config(config) or sizes_of_gguf(metadata)
        names = [parse_name(t.name) for t in weights.tensors]
        members = members_of(weights.tensors, names)
        self.widths = _widths(members, count_of(self.sizes, "hidden_size"))
        self.widths[""] = self.widths[""] or width_of_nameless(members)
        self.members = with_nameless(members, self.widths[""])
        self.recurrent = recurrent_of(weights.tensors)
        self.architecture = architecture_of(config, metadata, weights.tensors)
        self.norms = norms_of(self.members)
        self.ends = sides_with_end(self.members)
        self.remarks: list[str] = []
        self.made: dict[str, list[Matrix]] = {}
        self.components: set[str] = set()
        self.blocks: list[tuple[tuple[str, int, tuple[int, str]], Block]] = []

    def network(self) -> Network:
        groups = self._groups()
        directions = {key: self._direction(group) for key, group in groups.items()}
        told = (
            (group[0], known)
            for key, group in groups.items()
            if (known := directions[key]) is not None and all(len(m.tensor.shape) <= 2 for m in group)
        )
        self.orientation = Orientation(self.format, self.members, told)
        for key, group in groups.items():
            self._feed_forward(key, group, directions[key])
        for member in self.members:
            if member.tensor.name not in self.made and is_matrix(member.tensor):
                self.made[member.tensor.name] = list(self._others(member))
        matrices = [m for t in self.weights.tensors for m in self.made.get(t.name, ())]
        ordered = [block for _, block in sorted(self.blocks, key=lambda found: found[0])]
        return Network(
            self.weights,
            blocks=ordered,
            matrices=matrices,
            architecture=self.architecture,
            remarks=[*self.remarks, *self._unread()],
            tokens=self.tokens,
            tied=language_fact(self.config, "tie_word_embeddings") is not False,
        )

    def _unread(self) -> Iterator[str]:
        reasons = Counter(reason for _, reason in self.weights.unread)
        for reason, count in sorted(reasons.items()):
            yield f"the numbers of {count} tensors cannot be read: {printable(reason, 200)}"

    def _groups(self) -> dict[_GroupKey, list[Member]]:
        groups: dict[_GroupKey, list[Member]] = defaultdict(list)
        for member in self.members:
            if member.part and member.role in FEED_FORWARD_ROLES:
                groups[member.group].append(member)
        return groups

    def _direction(self, group: Sequence[Member]) -> bool | None:
        if self.format == "gguf":
            return False
        tensors = roles_of_group(_weights(group))
        lengths = {m.role: m.tensor.shape[-1] for m in group if m.name.kind == "bias" and m.tensor.shape}
        return lies_transposed(tensors, lengths, self.widths.get(group[0].name.side, 0))

    def _feed_forward(self, key: _GroupKey, group: Sequence[Member], direction: bool | None) -> None:  # noqa: FBT001 - a fact with an unknown
        part, expert, prefix = key
        tensors = roles_of_group(_weights(group))
        first = group[0]
        if self.format == "gguf":
            tensors = _right_way(tensors, self.widths.get(first.name.side, 0))
        interleaved = self.architecture in ("gpt_oss", "gpt-oss") or any(
            m.name.kind == "bias" and m.role == "gate-up" and len(m.tensor.shape) == 2 for m in group
        )
        found = triples(
            self.weights,
            part,
            expert,
            tensors,
            transposed=self.orientation.usual if direction is None else direction,
            interleaved=interleaved,
        )
        if not found or len(self.blocks) + len(found) > _MOST_BLOCKS:
            return
        norm = norm_before(
            self.norms.get(part, {}),
            first.prefix,
            ends_normed=first.name.side in self.ends,
            side=first.name.side,
        )
        for triple in found:
            self._block(part, first, prefix, triple, norm)

    def _block(
        self, part: str, first: Member, prefix: tuple[str, ...], triple: Triple, norm: Tensor | None
    ) -> None:
        component = component_of(part, triple.expert)
        if component in self.components:
            component = f"{component}.{'.'.join(prefix) or 'feed_forward'}"
        self.components.add(component)
        for matrix in (triple.gate, triple.up, triple.down):
            if matrix is not None:
                placed = matrix.placed(Place(component=component, role=matrix.place.role))
                self.made.setdefault(matrix.tensor.name, []).append(placed)
        block = Block(
            component,
            first.layer,
            triple.expert,
            gate=triple.gate,
            up=triple.up,
            down=triple.down,
            norm=norm,
            offset=gain_offset(self.architecture, self.format, first.name.side),
        )
        number = int(triple.expert) if triple.expert.isdecimal() else -1
        stack = part.rstrip("0123456789.")
        self.blocks.append(((stack, first.layer, (number, triple.expert + component)), block))

    def _others(self, member: Member) -> Iterator[Matrix]:
        tensor, role = member.tensor, member.role
        component = component_of(member.part, member.name.expert if member.name.expert != "*" else "")
        if role in _UNTOLD:
            role = ""
        if role in ("token-embedding?", "unembedding?"):
            role = role.rstrip("?") if len(tensor.shape) == 2 and tensor.shape[0] >= 256 else ""
        if not member.part:
            component = _outside(role, member.name.side)
        if tensor.name in self.recurrent:
            recurrent = self.recurrent[tensor.name]
            place = Place(component=component, role=recurrent.role)
            for view in recurrent.views:
                yield Matrix(self.weights, tensor, place, view, gates=recurrent.gates)
            return
        if role.endswith("embedding") and len(tensor.shape) == 3 and tensor.shape[0] == 1:
            view = View(rows=range(tensor.shape[1]))
            yield Matrix(self.weights, tensor, Place(component=component, role=role), view)
            return
        if len(tensor.shape) > 2:
            view = whole_view(tensor)
            yield Matrix(self.weights, tensor, Place(component=component, role=role or _kernel(tensor)), view)
            return
        if role.startswith("query-key-value") and role in ("query-key-value", "query-key-value by group"):
            yield from self._joint(member, component)
            return
        turned = self.orientation.lies_turned(member, role, self.widths.get(member.name.side, 0))
        if role == "key-value" and not tensor.shape[0] % 2 and not turned:
            half = tensor.shape[0] // 2
            for kind, picks in (("key", range(half)), ("value", range(half, 2 * half))):
                place = Place(component=component, role=f"cross-{kind}" if member.crosses else kind)
                yield Matrix(self.weights, tensor, place, View(rows=picks))
            return
        crossed = f"cross-{role}" if member.crosses and role in ("query", "key", "value", "output") else role
        view = whole_view(tensor, transposed=turned)
        if role in ("query", "key") and is_reordered(self.format, self.architecture, member.name.path):
            heads, pairs, _ = heads_of(self.sizes, tensor.shape[-1])
            order = restored_order(tensor.shape[0], heads if role == "query" else pairs)
            view = View(rows=order) if order is not None else view
        yield Matrix(self.weights, tensor, Place(component=component, role=crossed), view)

    def _joint(self, member: Member, component: str) -> Iterator[Matrix]:
        """Query, key and value in one tensor."""
        tensor = member.tensor
        width = self.widths.get(member.name.side, 0)
        rows, columns = tensor.shape
        turned = (
            rows == width
            if rows != columns and width in (rows, columns)
            else self.orientation.lies_turned(member, member.role, width)
        )
        outputs = columns if turned else rows
        sizes = self.sizes if member.name.side in ("", "text", "decoder", "encoder") else {}
        order = arrangement(member.role, self.architecture, tensor.name)
        parts = split_joint(outputs, width, sizes, order)
        if parts is None:
            place = Place(component=component, role="query-key-value")
            yield Matrix(self.weights, tensor, place, whole_view(tensor, transposed=turned))
            return
        for role, picks in parts.items():
            view = View(rows=range(rows), columns=picks, transposed=True) if turned else View(rows=picks)
            yield Matrix(self.weights, tensor, Place(component=component, role=role), view)


def _widths(members: Sequence[Member], declared: int) -> dict[str, int]:
    """Width of the residual stream by side; the plain side has another one's where it has none itself."""
    widths = {side: width_of(members, side, 0) for side in sorted({m.name.side for m in members})}
    others = (widths.get(side, 0) for side in ("decoder", "encoder", "text", *widths))
    widths[""] = widths.get("", 0) or declared or next((width for width in others if width), 0)
    return widths


def is_matrix(tensor: Tensor) -> bool:
    """Is this a tensor of weights in two or more dimensions, not one of counters or positions?"""
    if len(tensor.shape) < 2 or not prod(tensor.shape):
        return False
    return bool(tensor.quantiser) or tensor.dtype not in _INTEGERS


def _weights(group: Sequence[Member]) -> list[Member]:
    return [m for m in group if m.name.is_weight and is_matrix(m.tensor)]


def _right_way(tensors: dict[str, Tensor], width: int) -> dict[str, Tensor]:
    """Up and down by their shapes: early vision files of GGUF have the two names exchanged."""
    if set(tensors) == {"up", "down"} and tensors["up"].shape[-2:-1] == (width,) != tensors["up"].shape[-1:]:
        return {"up": tensors["down"], "down": tensors["up"]}
    return tensors


def _kernel(tensor: Tensor) -> str:
    return "convolution" if len(tensor.shape) in (3, 4, 5) else ""


def _outside(role: str, side: str) -> str:
    if role == "unembedding":
        return "unembedding"
    if role.endswith("embedding"):
        return f"{side}.embeddings" if side in ("vision", "audio", "talker", "mtp") else "embeddings"
    return side if side in ("vision", "audio") else "other"


def _only(matrices: Sequence[Matrix], component: str, role: str) -> Matrix | None:
    found = [m for m in matrices if m.place == Place(component=component, role=role)]
    return max(found, key=lambda m: m.shape[0], default=None)
