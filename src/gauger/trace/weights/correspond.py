"""Which tensor of one model is which of the other, by their numbers: names only say where to look first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import msgspec
import numpy as np

from gauger.formats.number_types import Floats
from gauger.trace.weights.sketch import Sketch, centred, orders, variants

LINKED = 0.05
"""The least cosine that is called a link at all. Source: docs/methods/weights.md."""

SCREEN_Z = 7.0
"""How far a sketch's cosine must stand above chance to be tested; the tests decide, this only saves their
time."""

_SAME_PLACE = 0.5
_MOST_PAIRS = 4_000_000
"""Cosines that are held at a time."""
_THIN = 512


class Match(msgspec.Struct, frozen=True, eq=False):
    """One tensor of the subject and the one of the reference that is most like it.

    Attributes:
        ours: The subject's tensor.
        theirs: The reference's.
        order: Axes of `theirs` in the order in which they fit `ours`.
        cosine: Of the centred sketches.
        plain: Of the sketches as they are.
        runner_up: The next best cosine among the reference's tensors of that size; 0.0 where there is none.
        alone: Whether there was no other tensor of that size.
        candidates: Among how many tensors of that size, each in every order of its axes, it is the best.
    """

    ours: Sketch
    theirs: Sketch
    order: tuple[int, ...]
    cosine: float
    plain: float
    runner_up: float
    alone: bool
    candidates: int = 1

    @property
    def z(self) -> float:
        """How far the cosine stands above chance, for sketches of independent numbers."""
        return self.cosine * float(np.sqrt(max(self.ours.values.size - sum(self.ours.values.shape), 1)))

    @property
    def pair(self) -> tuple[Floats, Floats]:
        """The numbers of both sketches in one order of axes."""
        return self.ours.values, self.theirs.values.transpose(self.order)


def correspond(ours: Sequence[Sketch], theirs: Sequence[Sketch]) -> tuple[list[Match], list[Sketch]]:
    """Which tensor of theirs is each of ours most like, and which of ours have none of their size?

    A tensor at the same place (same component and role) is taken where its cosine is high; else the best of
    all of its size. Several of ours may have one of theirs (stacked layers, tied embeddings).
    """
    by_size: dict[tuple[int, ...], list[Sketch]] = defaultdict(list)
    for sketch in theirs:
        if sketch.finite:
            by_size[sketch.lengths].append(sketch)
    groups: dict[tuple[int, ...], list[Sketch]] = defaultdict(list)
    alone: list[Sketch] = []
    for sketch in ours:
        if sketch.finite and sketch.lengths in by_size:
            groups[sketch.lengths].append(sketch)
        elif sketch.finite:
            alone.append(sketch)
    matches = [m for lengths, group in groups.items() for m in _matched(group, by_size[lengths])]
    return matches, alone


def _matched(ours: Sequence[Sketch], theirs: Sequence[Sketch]) -> list[Match]:
    placed = {_place(s): s for s in theirs if _place(s)}
    found: list[Match] = []
    open_ones: list[Sketch] = []
    for sketch in ours:
        same = placed.get(_place(sketch))
        match = _best(sketch, [same], alone=len(theirs) == 1) if same is not None else None
        if match is not None and match.cosine >= _SAME_PLACE:
            found.append(match)
        else:
            open_ones.append(sketch)
    found += _searched(open_ones, theirs)
    candidates = len(theirs) * orders(theirs[0].lengths)
    return [msgspec.structs.replace(match, candidates=candidates) for match in found]


def _place(sketch: Sketch) -> str:
    place = sketch.matrix.place
    return f"{place.component} {place.role}" if place.role else ""


def _searched(ours: Sequence[Sketch], theirs: Sequence[Sketch]) -> list[Match]:
    """Every one of ours against every one of theirs: one matrix product for each order of axes."""
    if not ours:
        return []
    thin = len(ours) * len(theirs) > _MOST_PAIRS // 16
    turned = [
        _stacked([next(islice(variants(s), number, None))[1] for s in theirs], thin=thin)
        for number in range(orders(theirs[0].lengths))
    ]
    step = max(1, _MOST_PAIRS // len(theirs))
    found: list[Match] = []
    for first in range(0, len(ours), step):
        part = ours[first : first + step]
        mine = _stacked([s.values for s in part], thin=thin)
        best = mine @ turned[0].T
        for other in turned[1:]:
            np.maximum(best, mine @ other.T, out=best)
        for row, sketch in zip(best, part, strict=True):
            top = int(row.argmax())
            match = _best(sketch, [theirs[top]], alone=len(theirs) == 1)
            row[top] = -2.0
            rest = float(row.max()) if len(theirs) > 1 else 0.0
            found.append(msgspec.structs.replace(match, runner_up=rest))
    return found


def _stacked(values: Sequence[Floats], *, thin: bool) -> Floats:
    rows = np.stack([centred(v) for v in values])
    if thin and rows.shape[1] > _THIN:
        rows = rows[:, :: -(-rows.shape[1] // _THIN)]
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)
    return rows


def _best(ours: Sketch, theirs: Sequence[Sketch], *, alone: bool) -> Match:
    mine = centred(ours.values)
    best: Match | None = None
    for sketch in theirs:
        for order, values in variants(sketch):
            cosine = float(mine @ centred(values))
            if best is None or cosine > best.cosine + 1e-6:
                plain = _cosine(ours.values, values)
                best = Match(ours, sketch, order, cosine, plain, 0.0, alone)
    assert best is not None  # noqa: S101 - there is always the stored order
    return best


def _cosine(a: Floats, b: Floats) -> float:
    x, y = a.reshape(-1).astype(np.float64), b.reshape(-1).astype(np.float64)
    size = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(x @ y) / size if size > 0 else 0.0
