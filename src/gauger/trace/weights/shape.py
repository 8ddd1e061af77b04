"""Which layers, tokens and units of one model are which of the other's?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from gauger.core.errors import GaugerError
from gauger.formats.number_types import Floats
from gauger.trace.weights.block import Block
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.network import Network
from gauger.trace.weights.tokens import token_rows
from gauger.trace.weights.units import unit_rows

_LAYER = re.compile(r"^(?:(?P<tower>.+)\.)?layers\.(?P<number>\d+)(?:\.|$)")
_SAME_ROW = 0.9
_SAME_ROWS = 0.5
_PROBED = 64
_FEWEST_TOKENS = 16
_MOST_SEARCHED = 1 << 29
_DIFFERENT = 0.8
_TWICE = 0.98


def layer_of(component: str) -> tuple[str, int] | None:
    """Tower and number of the layer that this component belongs to, or None."""
    found = _LAYER.match(component)
    return (found["tower"] or "", int(found["number"])) if found else None


def layers_of(network: Network) -> dict[str, list[int]]:
    """The numbers of the layers of each tower."""
    found: dict[str, set[int]] = defaultdict(set)
    for matrix in network.matrices:
        place = layer_of(matrix.place.component)
        if place is not None:
            found[place[0]].add(place[1])
    return {tower: sorted(numbers) for tower, numbers in found.items()}


def layer_map(pairs: Iterable[tuple[str, str]], layers: Sequence[int], tower: str) -> tuple[int, ...]:
    """For each layer of ours the layer of theirs that most of its parts are linked to; -1 where none is."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for ours, theirs in pairs:
        a, b = layer_of(ours), layer_of(theirs)
        if a is not None and b is not None and a[0] == tower:
            votes[a[1]][b[1]] += 1
    return tuple(votes[n].most_common(1)[0][0] if votes[n] else -1 for n in layers)


def main_tower(layers: Mapping[str, Sequence[int]]) -> str:
    """The tower with the most layers, the unnamed one first."""
    return max(layers, key=lambda t: (len(layers[t]), t == "", t), default="")


class Vocabulary(msgspec.Struct, frozen=True):
    """How the token embeddings of both hang together.

    Attributes:
        shared: Tokens that both have.
        equal: Share of compared rows with a cosine of 0.9 or more.
        cosine: Median cosine of compared rows.
        moved: Tokens stand in other rows.
        ours: Rows of ours.
        theirs: Rows of theirs.
    """

    shared: int
    equal: float
    cosine: float
    moved: bool
    ours: int
    theirs: int


def vocabulary(a: Network, b: Network, most: int = 512) -> Vocabulary | None:
    """Are the rows of the token embeddings the same for the same tokens? None where it cannot be said.

    Tokens are aligned by their pieces where both tokenizers are known, else by number: added ones come last.
    """
    if a.embedding is None or b.embedding is None or a.embedding.shape[1] != b.embedding.shape[1]:
        return None
    rows = token_rows(a, b)
    if not len(rows[0]) and (a.tokens is None or b.tokens is None):
        first = np.arange(min(a.embedding.shape[0], b.embedding.shape[0]))
        rows = first, first
    if len(rows[0]) < _FEWEST_TOKENS:
        return None
    picks = np.unique(np.linspace(0, len(rows[0]) - 1, min(most, len(rows[0]))).round().astype(int))
    ids_a, ids_b = np.asarray(rows[0])[picks], np.asarray(rows[1])[picks]
    try:
        x, y = a.embedding.gather(ids_a), b.embedding.gather(ids_b)
    except GaugerError:
        return None
    cosine = _row_cosines(x - x.mean(axis=0), y - y.mean(axis=0))
    if float((cosine >= _SAME_ROW).mean()) < _SAME_ROWS:
        return _elsewhere(a.embedding, b.embedding)
    return Vocabulary(
        shared=len(rows[0]),
        equal=float((cosine >= _SAME_ROW).mean()),
        cosine=float(np.median(cosine)),
        moved=bool((np.asarray(rows[0]) != np.asarray(rows[1])).mean() > 0.5),
        ours=a.embedding.shape[0],
        theirs=b.embedding.shape[0],
    )


def _elsewhere(ours: Matrix, theirs: Matrix) -> Vocabulary | None:
    """Are the rows of the smaller embedding found at any places of the larger one? None where they are not.

    Every row of the larger one is looked at, a block at a time, for 64 of the smaller: O(64 · numbers).
    """
    few, many = (ours, theirs) if ours.shape[0] <= theirs.shape[0] else (theirs, ours)
    picks = np.unique(np.linspace(0, few.shape[0] - 1, min(_PROBED, few.shape[0])).round().astype(int))
    if many.shape[0] * many.shape[1] > _MOST_SEARCHED:
        return None
    try:
        probes = few.gather(picks)
        best = np.full(len(probes), -1.0, np.float32)
        partner = np.zeros(len(probes), np.int64)
        first = 0
        for block in many.blocks():
            cosine = _cosines(probes, block)
            top = cosine.argmax(axis=1)
            better = cosine[np.arange(len(probes)), top] > best
            best = np.where(better, cosine.max(axis=1), best)
            partner = np.where(better, first + top, partner)
            first += len(block)
    except GaugerError:
        return None
    # unrelated rows may all be alike, as those of untrained tokens; then they share a few partners
    own = len(np.unique(partner)) >= _DIFFERENT * len(partner)
    equal = float((best >= _SAME_ROW).mean()) if own else 0.0
    return Vocabulary(
        shared=round(equal * few.shape[0]),
        equal=equal,
        cosine=float(np.median(best)),
        moved=True,
        ours=ours.shape[0],
        theirs=theirs.shape[0],
    )


class Width(msgspec.Struct, frozen=True):
    """Which units of a block of theirs are left in a block of ours.

    Attributes:
        found: Share of probed units of the narrower block that are found in the wider one, on both views.
        cosine: Median cosine of those found.
        probed: How many were looked for.
        repeated: Share of those found that stand in the wider block more than once: it was made wider.
    """

    found: float
    cosine: float
    probed: int
    repeated: float = 0.0


def width(ours: Block, theirs: Block) -> Width:
    """Are the units of the narrower block a selection of those of the wider one, in one basis?

    A unit counts where its nearest input row and its nearest second view (up row, or output column) are the
    same unit with a cosine of 0.5 or more.

    Raises:
        GaugerError: as `Matrix.rows`.
    """
    narrow, wide = (ours, theirs) if ours.units <= theirs.units else (theirs, ours)
    picks = np.unique(np.linspace(0, narrow.units - 1, min(_PROBED, narrow.units)).round().astype(int))
    first = _cosines(_first(narrow).gather(picks), _first(wide).whole())
    second = _cosines(_second(narrow).gather(picks), _second(wide).whole())
    best, again = first.argmax(axis=1), second.argmax(axis=1)
    top = first[np.arange(len(picks)), best]
    hit = (best == again) & (top >= _SAME_ROWS)
    twice = (first >= _TWICE * top[:, None]).sum(axis=1) > 1
    return Width(
        found=float(hit.mean()),
        cosine=float(np.median(top[hit])) if hit.any() else 0.0,
        probed=len(picks),
        repeated=float(twice[hit].mean()) if hit.any() else 0.0,
    )


def _first(block: Block) -> Matrix:
    return block.gate if block.gate is not None else block.up


def _second(block: Block) -> Matrix:
    return block.up if block.gate is not None else block.down.turned()


def _cosines(a: Floats, b: Floats) -> Floats:
    return unit_rows(a) @ unit_rows(b).T


def _row_cosines(a: Floats, b: Floats) -> Floats:
    found: Floats = (unit_rows(a) * unit_rows(b)).sum(axis=1)
    return found
