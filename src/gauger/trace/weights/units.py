"""The tests on hidden units: aligned over all pairs of layers, and matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.comparison import TestOutcome
from gauger.core.readings import Measured, Unmeasured
from gauger.formats.number_types import Floats
from gauger.stats.matching import AGREEMENT_FLOOR, MatchedTest, procrustes_factors, two_view_test
from gauger.stats.pairing import normal_scores, pairing_scores, pairing_test, usable_columns
from gauger.trace.weights.invariants import UnitInvariants, block_invariants
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.network import Block, Network
from gauger.trace.weights.tokens import shared_tokens

SAMPLED_UNITS = 256
"""Units of a layer that are matched. Agreement of independent models is about one in a hundred, of copies
nearly all (docs/methods/matched-units.md), and a one-to-one matching of 256 takes some 20 ms."""

FEWEST_TOKENS = 64
"""Shared tokens below which the matched test says nothing. Source: docs/methods/matched-units.md."""

_LENS_TOKENS = 256
_PROBED_UNITS = 32
_LAYERS_TESTED = 8
_PROBED_BLOCKS = 256
"""Blocks of each side among which partners are looked for, evenly spread: thousands of experts against
thousands would take hours, and a few shared ones tell."""
_BOUNDED = 6
_ALIGNED_TOKENS = 2048
_ALIGNED_NUMBERS = 3 << 20
"""Numbers of the shared tokens' embeddings of one side that the alignment takes: with their factors, which
are as large, and what the decompositions need, under 200 MB for two models."""

Numbers = npt.NDArray[np.float64]
_Seen = Callable[[Floats], Floats]


class Aligned(msgspec.Struct, frozen=True, eq=False):
    """What the aligned test found.

    Attributes:
        z: float64 array of shape (blocks of ours, blocks of theirs); 0 where two cannot be paired.
        outcomes: The best pair of each of the strongest layers, with rigorous bounds.
        looks: How many pairs were looked at.
        partner: For each block of ours the block of theirs with the largest z; -1 where it is not
            significant.
        ours: Components of our blocks.
        theirs: Components of their blocks.
        likeness: Median over the linked layers of the mean correlation of paired scores.
        alike: That correlation for each block of ours with its partner; 0 where it has none.
    """

    z: Numbers
    outcomes: tuple[TestOutcome, ...]
    looks: int
    partner: tuple[int, ...]
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    likeness: float = 0.0
    alike: tuple[float, ...] = ()


class Matched(msgspec.Struct, frozen=True, eq=False):
    """What the matched test found.

    Attributes:
        outcomes: One for each tested pair of layers.
        partner: For each tested block of ours (index) the block of theirs that the lens found for it.
        agreement: Median share of units on which both matchings agree.
        likeness: Median |correlation| of matched units' responses.
        tokens: Shared tokens used.
        detail: Why nothing was tested, where nothing was.
    """

    outcomes: tuple[TestOutcome, ...] = ()
    partner: dict[int, int] = {}
    agreement: float = 0.0
    likeness: float = 0.0
    tokens: int = 0
    detail: str = ""


def invariants_of(blocks: Sequence[Block], *, units: int | None = None) -> list[UnitInvariants]:
    """The invariants of each block; of its first `units` units where that is given, by rows alone."""
    if units is None:
        return [block_invariants(block) for block in blocks]
    return [block_invariants(block, 0, min(units, block.units), partial=True) for block in blocks]


def scores_of(invariants: UnitInvariants) -> Numbers:
    """The whitened scores of the aligned test: cosines, and sizes that no rescaling changes."""
    return normal_scores(_columns(invariants))


def _columns(found: UnitInvariants) -> Numbers:
    """Beside a gate, up and down may both change sign, so their cosines with it count without one."""
    with_gate = [np.abs(c) for c in (found.cos_gate_up, found.cos_gate_down) if c is not None]
    columns: list[Floats] = [*with_gate, *([found.cos_up_down] if found.cos_up_down is not None else [])]
    if found.log_gate is not None and found.log_down is not None:
        columns += [found.log_gate, found.log_up + found.log_down]
    else:
        columns += [c for c in (found.log_gate, found.log_up, found.log_down) if c is not None]
    return np.column_stack(columns).astype(np.float64)


def _scores(a: Sequence[UnitInvariants], b: Sequence[UnitInvariants]) -> tuple[list[Numbers], list[Numbers]]:
    """Scores of all blocks of both, on the columns that tell something in each of them."""
    tables = [[_columns(i) for i in side] for side in (a, b)]
    widths = {t.shape[1] for side in tables for t in side}
    if len(widths) > 1:
        return [normal_scores(t) for t in tables[0]], [normal_scores(t) for t in tables[1]]
    usable = set.intersection(*(set(usable_columns(t)) for side in tables for t in side))
    first, second = ([normal_scores(t, sorted(usable)) for t in side] for side in tables)
    return first, second


def aligned(
    ours: Sequence[Block], theirs: Sequence[Block], a: Sequence[UnitInvariants], b: Sequence[UnitInvariants]
) -> Aligned:
    """Is unit j of a layer of ours unit j of a layer of theirs, over all pairs of layers of one size?

    One matrix product gives z for all pairs. The rigorous bound is computed for the strongest pair of at most
    six layers and corrected for all pairs that were looked at.
    """
    xs, ys = _scores(a, b)
    z = pairing_scores(xs, ys)
    sizes = Counter(y.shape for y in ys)
    looks = sum(sizes[x.shape] for x in xs if x.size)
    outcomes: list[TestOutcome] = []
    partner = [-1] * len(ours)
    if not looks:
        return Aligned(z=z, outcomes=(), looks=0, partner=tuple(partner))
    best = z.argmax(axis=1)
    threshold = 5.0 + np.sqrt(2.0 * np.log(max(looks, 2)))
    for row in np.argsort(-z.max(axis=1), kind="stable"):
        column = int(best[row])
        if z[row, column] >= threshold:
            partner[int(row)] = column
    chosen = _spread([int(r) for r in np.argsort(-z.max(axis=1), kind="stable")], partner)
    for row in chosen:
        column = int(best[row])
        test = pairing_test(xs[row], ys[column])
        outcomes.append(
            outcome(
                "aligned-units",
                f"{ours[row].component} ~ {theirs[column].component}",
                test.z,
                test.p_value,
                test.log_bound,
                looks,
                test.units,
            )
        )
    alike = _alike(z, xs, partner)
    return Aligned(
        z=z,
        outcomes=tuple(outcomes),
        looks=looks,
        partner=tuple(partner),
        ours=tuple(block.component for block in ours),
        theirs=tuple(block.component for block in theirs),
        likeness=_median([value for value in alike if value]),
        alike=alike,
    )


def _alike(z: Numbers, xs: Sequence[Numbers], partner: Sequence[int]) -> tuple[float, ...]:
    """Z of a pairing with mean correlation r is r · √(features · (units - 1))."""
    return tuple(
        float(z[row, column] / np.sqrt(xs[row].shape[1] * (len(xs[row]) - 1))) if column >= 0 else 0.0
        for row, column in enumerate(partner)
    )


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else 0.0


def _spread(ranked: Sequence[int], partner: Sequence[int]) -> list[int]:
    """The strongest, and then others with a partner, evenly through the model."""
    linked = sorted(row for row in ranked if partner[row] >= 0)
    if len(linked) <= _BOUNDED:
        return list(ranked[:_BOUNDED])
    picks = np.unique(np.linspace(0, len(linked) - 1, _BOUNDED).round().astype(int))
    return [linked[int(n)] for n in picks]


def matched(a: Network, b: Network, *, layers: int = _LAYERS_TESTED) -> Matched:
    """Are the units of ours those of theirs in another order, in another basis, or in another number?

    Shared tokens' embeddings are pushed through both models' input rows; units are matched one to one on two
    views, and the matchings are compared. No forward pass. O(layers² · units · tokens) for the layer map.
    """
    lack = _lack(a, b)
    if lack:
        return Matched(detail=lack)
    ids_a, ids_b = shared_tokens(a, b, _LENS_TOKENS)
    if len(ids_a) < FEWEST_TOKENS:
        return Matched(detail=f"the models share {len(ids_a)} tokens, {FEWEST_TOKENS} are needed")
    lens = _Lens(_embedded(a, ids_a), _embedded(b, ids_b))
    found = _by_views(a, b, lens, layers, len(ids_a))
    widest = max(a.blocks[0].width, b.blocks[0].width)
    most = min(_ALIGNED_TOKENS, _ALIGNED_NUMBERS // max(1, widest))
    if found.agreement >= AGREEMENT_FLOOR or most < 2 * FEWEST_TOKENS:
        return found
    ids_a, ids_b = shared_tokens(a, b, most)
    if len(ids_a) < 2 * FEWEST_TOKENS:
        return found
    turned = _Turned(*procrustes_factors(_embedded(a, ids_a), _embedded(b, ids_b)))
    again = _by_views(a, b, turned, layers, len(ids_a))
    return again if again.agreement > found.agreement else found


def _lack(a: Network, b: Network) -> str:
    if not a.blocks or not b.blocks:
        return "one of the models has no feed-forward blocks that are known"
    if a.embedding is None or b.embedding is None:
        return "one of the models has no token embeddings that are known"
    return ""


def _embedded(network: Network, ids: Sequence[int] | npt.NDArray[np.int64]) -> Floats:
    assert network.embedding is not None  # noqa: S101 - `_lack` asked
    rows = _finite(network.embedding.gather(list(ids)).astype(np.float32))
    rows = rows - rows.mean(axis=0)
    return unit_rows(rows)


class _Lens:
    """Compares units by their responses to shared tokens: needs no basis and no equal width."""

    def __init__(self, a: Floats, b: Floats) -> None:
        self.tokens_a, self.tokens_b = a, b

    def ours(self, rows: Floats) -> Floats:
        return _standard(rows @ self.tokens_a.T)

    def theirs(self, rows: Floats) -> Floats:
        return _standard(rows @ self.tokens_b.T)


class _Turned:
    """Compares units by their rows, after both bases were turned onto one by the shared tokens."""

    def __init__(self, left: Numbers, right: Numbers) -> None:
        self.left, self.right = left.astype(np.float32), right.astype(np.float32)

    def ours(self, rows: Floats) -> Floats:
        return unit_rows(rows @ self.left)

    def theirs(self, rows: Floats) -> Floats:
        return unit_rows(rows @ self.right)


def _standard(responses: Floats) -> Floats:
    return unit_rows(responses - responses.mean(axis=1, keepdims=True))


def unit_rows(rows: Floats) -> Floats:
    """The rows at length 1; those without length stay as they are."""
    found: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-20)
    return found


def _views(block: Block, rows: Sequence[int] | None, seen: _Seen) -> tuple[Floats, Floats]:
    """Two views of units: gate and up rows with the norm's gain, or input rows and output columns."""
    if block.gate is not None:
        return _seen(block.gate, rows, block.gain, seen), _seen(block.up, rows, block.gain, seen)
    return _seen(block.up, rows, block.gain, seen), _seen(block.down.turned(), rows, None, seen)


def _seen(matrix: Matrix, rows: Sequence[int] | None, gain: Floats | None, seen: _Seen) -> Floats:
    """These units as the space shows them, some rows at a time: large matrices are never held whole."""
    blocks = matrix.blocks() if rows is None else [matrix.gather(list(rows))]
    return np.concatenate([seen(_finite(block if gain is None else block * gain)) for block in blocks])


def _finite(rows: Floats) -> Floats:
    """Rows with a number that is none as zeros: they have no contrast, and the test leaves them out."""
    usable = np.isfinite(rows).all(axis=1, keepdims=True)
    return rows if usable.all() else np.where(usable, rows, np.float32(0.0))


def _sample(units: int, count: int) -> list[int]:
    return [int(n) for n in np.unique(np.linspace(0, units - 1, min(count, units)).round())]


def _by_views(a: Network, b: Network, space: _Lens | _Turned, layers: int, tokens: int) -> Matched:
    partner, ranked = _layer_partners(a, b, space)
    outcomes: list[TestOutcome] = []
    agreements: list[float] = []
    likeness: list[float] = []
    pairs: dict[int, int] = {}
    looks = len(a.blocks) * len(b.blocks)
    for row in ranked[:layers]:
        test, alike = _tested(a.blocks[row], b.blocks[partner[row]], space)
        pairs[row] = partner[row]
        agreements.append(test.agreement)
        likeness.append(alike)
        name = f"{a.blocks[row].component} ~ {b.blocks[partner[row]].component}"
        outcomes.append(
            outcome(
                "matched-units", name, test.rho, test.p_value, test.log_bound, looks, test.units, unit="rho"
            )
        )
    return Matched(
        outcomes=tuple(outcomes),
        partner=pairs,
        agreement=float(np.median(agreements)) if agreements else 0.0,
        likeness=float(np.median(likeness)) if likeness else 0.0,
        tokens=tokens,
    )


def _tested(ours: Block, theirs: Block, space: _Lens | _Turned) -> tuple[MatchedTest, float]:
    one_a, two_a = _views(ours, _sample(ours.units, SAMPLED_UNITS), space.ours)
    one_b, two_b = _views(theirs, None, space.theirs)
    first, second = np.abs(one_a @ one_b.T), np.abs(two_a @ two_b.T)
    if first.shape[0] > first.shape[1]:
        first, second = first.T, second.T
    test = two_view_test(first, second)
    kept = np.flatnonzero(test.matching >= 0)
    picked = first[kept, test.matching[kept]]
    return test, float(np.median(picked)) if picked.size else 0.0


def _layer_partners(a: Network, b: Network, space: _Lens | _Turned) -> tuple[dict[int, int], list[int]]:
    """For each block of ours the block of theirs where its units find their likes; surest first."""
    rows, columns = (_sample(len(side.blocks), _PROBED_BLOCKS) for side in (a, b))
    probed = [a.blocks[row] for row in rows]
    probes = [_first_view(block, _sample(block.units, _PROBED_UNITS), space.ours) for block in probed]
    stacked = np.concatenate(probes)
    ends = np.cumsum([len(p) for p in probes])[:-1]
    score = np.zeros((len(rows), len(columns)))
    for place, column in enumerate(columns):
        best = np.abs(stacked @ _first_view(b.blocks[column], None, space.theirs).T).max(axis=1)
        score[:, place] = [np.median(part) for part in np.split(best, ends)]
    partner = {row: columns[int(found.argmax())] for row, found in zip(rows, score, strict=True)}
    top2 = np.sort(score, axis=1)
    gap = top2[:, -1] - (top2[:, -2] if score.shape[1] > 1 else 0.0)
    return partner, [rows[int(r)] for r in np.argsort(-gap, kind="stable")]


def _first_view(block: Block, rows: Sequence[int] | None, seen: _Seen) -> Floats:
    return _seen(block.gate if block.gate is not None else block.up, rows, block.gain, seen)


def outcome(
    test: str,
    component: str,
    statistic: float,
    p_value: float,
    log_bound: float,
    looks: int,
    units: int,
    unit: str = "z",
) -> TestOutcome:
    """One test as the dossier keeps it: bounds corrected for the looks, above the smallest float."""
    corrected = min(0.0, log_bound + float(np.log(max(looks, 1))))
    bound = max(float(np.exp(max(corrected, -690.0))), 1e-299)
    p = min(max(float(p_value), 1e-299), 1.0)
    return TestOutcome(
        test=test,  # type: ignore[arg-type]  # callers name one of the closed set
        component=component,
        statistic=Measured.exact(float(statistic), unit, units) if np.isfinite(statistic)
        else Unmeasured(reason="too-little-data"),
        p_value=Measured.exact(p, "p-value", units),
        p_bound=Measured.exact(bound, "p-value", units),
        looks=looks,
        units=units,
    )  # fmt: skip


def value(test: TestOutcome) -> float:
    """The test's corrected bound; 1 where there is none."""
    return test.p_bound.value if isinstance(test.p_bound, Measured) else 1.0
