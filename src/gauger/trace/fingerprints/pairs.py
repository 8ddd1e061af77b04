"""Two fingerprints beside each other: the tests of their units, rows and lenses, and tensor by tensor."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.stats.combine import bonferroni
from gauger.stats.matching import two_view_test
from gauger.stats.pairing import pairing_scores, pairing_test
from gauger.stats.same_basis import same_basis_test
from gauger.trace.fingerprints.hit import TensorPair, TestedPair
from gauger.trace.fingerprints.index import direction, sample_of, spread
from gauger.trace.fingerprints.lattice import orders
from gauger.trace.fingerprints.records import BlockNote, Fingerprint, TensorNote
from gauger.trace.fingerprints.scores import Kind, block_scores, kinds_of
from gauger.trace.fingerprints.token_set import shared

SCREEN_Z = 6.0
"""Pairs below it are not worth a bound: the claim threshold, corrected for a thousand looks, is z 6.2."""
FEWEST_TOKENS = 32
_BOUNDED = 6
_SMALLEST = 1e-30
_MOST_LENS_PAIRS = 256
_MOST_BLOCKS = 4096
"""Of one kind and size on each side, evenly spread: 16 million pairs, 130 MB."""

Numbers = npt.NDArray[np.float64]


class UnitTests(msgspec.Struct, frozen=True, eq=False):
    """T1 on all pairs of blocks.

    Attributes:
        tests: The strongest pairs with their corrected bounds.
        layer_map: For each block of ours the partner's number, -1 where none stands out.
        looks: Pairs of blocks that were looked at.
    """

    tests: tuple[TestedPair, ...]
    layer_map: tuple[int, ...]
    looks: int


Known = dict[tuple[int, Kind, int], Numbers]
"""Scores of the query's blocks that were worked out before, by block, kind and count."""


def unit_tests(ours: Fingerprint, theirs: Fingerprint, looks: int, known: Known | None = None) -> UnitTests:
    """Is unit j of a block of ours unit j of a block of theirs?

    Blocks are compared in the fullest way that both allow, over the units that both describe. One matrix
    product gives z for all pairs; bounds are computed for at most six pairs of distinct blocks.
    """
    a, b = ours.document.blocks, theirs.document.blocks
    best = np.full(len(a), 0.0)
    partner = np.full(len(a), -1, np.int64)
    sets: dict[int, tuple[Numbers, Numbers]] = {}
    looked = 0
    for kind, count, left, right in _families(a, b):
        xs = [_known_scores(ours, i, kind, count, known if known is not None else {}) for i in left]
        ys = [block_scores(b[j], theirs.arrays[f"units.{j}"], kind, count) for j in right]
        looked += len(xs) * len(ys)
        z = pairing_scores(xs, ys)
        for row, i in enumerate(left):
            column = int(z[row].argmax())
            if z[row, column] > best[i]:
                best[i], partner[i] = z[row, column], right[column]
                sets[i] = (xs[row], ys[column])
    partner[best < _standing_out(looked)] = -1
    tests = [_unit_test(a[i], b[int(partner[i])], *sets[i], looks) for i in _distinct(best, partner)]
    return UnitTests(tuple(tests), tuple(int(p) for p in partner), looked)


def _known_scores(ours: Fingerprint, block: int, kind: Kind, count: int, known: Known) -> Numbers:
    key = (block, kind, count)
    if key not in known:
        known[key] = block_scores(ours.document.blocks[block], ours.arrays[f"units.{block}"], kind, count)
    return known[key]


def _families(
    a: Sequence[BlockNote], b: Sequence[BlockNote]
) -> Iterator[tuple[Kind, int, list[int], list[int]]]:
    """Blocks of one unit count that can be compared in one way: kind, common count, ours, theirs."""
    ours: dict[tuple[int, tuple[Kind, ...]], list[int]] = defaultdict(list)
    theirs: dict[tuple[int, tuple[Kind, ...]], list[int]] = defaultdict(list)
    for table, blocks in ((ours, a), (theirs, b)):
        for number, block in enumerate(blocks):
            table[block.units, kinds_of(block)].append(number)
    for (units, kinds), left in sorted(ours.items()):
        for (others, known), right in sorted(theirs.items()):
            common = [kind for kind in kinds if kind in known]
            if units == others and common:
                few, others_few = (
                    [side[n] for n in spread(len(side), _MOST_BLOCKS)] for side in (left, right)
                )
                count = min(a[i].count for i in few)
                yield common[0], min(count, *(b[j].count for j in others_few)), few, others_few


def _distinct(best: Numbers, partner: npt.NDArray[np.int64]) -> list[int]:
    """The strongest blocks of ours, no two with one partner, at most six."""
    chosen: dict[int, int] = {}
    for i in np.argsort(-best, kind="stable"):
        if partner[i] >= 0 and int(partner[i]) not in chosen.values() and len(chosen) < _BOUNDED:
            chosen[int(i)] = int(partner[i])
    return list(chosen)


def _unit_test(ours: BlockNote, theirs: BlockNote, x: Numbers, y: Numbers, looks: int) -> TestedPair:
    test = pairing_test(x, y)
    return TestedPair(
        test="aligned-units",
        ours=ours.component,
        theirs=theirs.component,
        z=test.z,
        correlation=test.z / math.sqrt(max((test.units - 1) * x.shape[1], 1)),
        log_bound=bonferroni(test.log_bound, looks),
        units=test.units,
    )


def _standing_out(looks: int) -> float:
    return 4.0 + math.sqrt(2.0 * math.log(max(looks, 2)))


def row_tests(ours: Fingerprint, theirs: Fingerprint, looks: int) -> tuple[tuple[TestedPair, ...], int]:
    """Do rows and columns of equally shaped tensors stand in one basis? Tests, and pairs looked at.

    Each of our tensors is tested against the one of theirs that is most like it; every way to order axes of
    one length counts as a look.
    """
    found: list[tuple[float, int, int, Numbers, Numbers]] = []
    by_shape: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, tensor in enumerate(theirs.document.tensors):
        if tensor.rows >= 0 and not tensor.fixed:
            by_shape[tensor.shape].append(number)
    looked = 0
    for number, tensor in enumerate(ours.document.tensors):
        if tensor.rows < 0 or tensor.fixed or tensor.shape not in by_shape:
            continue
        looked += len(by_shape[tensor.shape]) * len(orders(tensor.shape))
        best = _best_rows(ours, number, theirs, by_shape[tensor.shape])
        if best is not None:
            found.append(best)
    found.sort(key=lambda one: -one[0])
    tests: list[TestedPair] = []
    taken: set[int] = set()
    for z, number, other, a, b in found:
        if z >= SCREEN_Z and other not in taken and len(tests) < 2 * _BOUNDED:
            taken.add(other)
            names = _called(ours.document.tensors, number), _called(theirs.document.tensors, other)
            tests.append(_row_test(names, a, b, looks))
    embedded = _embedding_test(ours, theirs, looks)
    return tuple(tests + ([embedded] if embedded else [])), looked + 1


def _best_rows(
    ours: Fingerprint, number: int, theirs: Fingerprint, others: Sequence[int]
) -> tuple[float, int, int, Numbers, Numbers] | None:
    a = _plane(ours.arrays[f"rows.{ours.document.tensors[number].rows}"])
    left = direction(a)
    freedom = math.sqrt(max((a.shape[0] - 1) * max(a.shape[1] - 1, 1), 1))
    best: tuple[float, int, int, Numbers, Numbers] | None = None
    for other in others:
        note = theirs.document.tensors[other]
        stored = theirs.arrays[f"rows.{note.rows}"]
        for order in orders(note.shape) if stored.ndim == len(note.shape) else ():
            b = _plane(stored.transpose(order))
            z = float(left @ direction(b)) * freedom if b.shape == a.shape else -1.0
            if z > 0 and (best is None or z > best[0]):
                best = (z, number, other, a, b)
    return best


def _plane(values: npt.NDArray[Any]) -> Numbers:
    return values.astype(np.float64).reshape(values.shape[0], -1)


def _row_test(names: tuple[str, str], a: Numbers, b: Numbers, looks: int) -> TestedPair:
    rows_have_meaning = "embedding" in names[0]
    test = same_basis_test(a, b, exchangeable="columns" if rows_have_meaning else "either")
    return TestedPair(
        test="same-basis",
        ours=names[0],
        theirs=names[1],
        z=test.z,
        correlation=float(direction(a) @ direction(b)),
        log_bound=bonferroni(test.log_bound, looks),
        units=test.units,
    )


def _embedding_test(ours: Fingerprint, theirs: Fingerprint, looks: int) -> TestedPair | None:
    """Rows of shared tokens, whatever the vocabularies' order and size; columns have none."""
    if ours.document.structure.width != theirs.document.structure.width:
        return None
    places = _shared_tokens(ours, theirs)
    if places is None:
        return None
    a = ours.arrays["tokens.embedding"][places[0]].astype(np.float64)
    b = theirs.arrays["tokens.embedding"][places[1]].astype(np.float64)
    if a.shape != b.shape:
        return None
    test = same_basis_test(a, b, exchangeable="columns")
    if test.z < SCREEN_Z:
        return None
    return TestedPair(
        test="same-basis",
        ours="embeddings of shared tokens",
        theirs="embeddings of shared tokens",
        z=test.z,
        correlation=float(direction(a) @ direction(b)),
        log_bound=bonferroni(test.log_bound, looks),
        units=test.units,
    )


def _shared_tokens(
    ours: Fingerprint, theirs: Fingerprint
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]] | None:
    if "tokens.hashes" not in ours.arrays or "tokens.hashes" not in theirs.arrays:
        return None
    a, b = shared(
        ours.arrays["tokens.hashes"],
        theirs.arrays["tokens.hashes"],
        same_rows=ours.document.structure.vocabulary == theirs.document.structure.vocabulary,
        fewest=FEWEST_TOKENS,
    )
    return (a, b) if len(a) >= FEWEST_TOKENS else None


def lens_looks(ours: Fingerprint, theirs: Fingerprint) -> int:
    """How many pairs of blocks would the lens look at?"""
    return len(ours.document.lenses) * len(theirs.document.lenses)


def lens_tests(ours: Fingerprint, theirs: Fingerprint, looks: int) -> tuple[TestedPair, ...]:
    """Are the units of some block of ours those of a block of theirs, in whatever order and basis?

    Units are matched one to one by their responses to shared tokens, on two views, and the matchings are
    compared.
    """
    places = _shared_tokens(ours, theirs)
    if places is None or lens_looks(ours, theirs) > _MOST_LENS_PAIRS:
        return ()
    a = [_views(ours, n, places[0]) for n in range(len(ours.document.lenses))]
    b = [_views(theirs, n, places[1]) for n in range(len(theirs.document.lenses))]
    tests = [_lens_test(ours, theirs, i, j, x, y, looks) for j, y in enumerate(b) for i, x in enumerate(a)]
    return tuple(sorted((t for t in tests if t is not None and t.log_bound < 0), key=lambda t: t.log_bound))


def _views(fingerprint: Fingerprint, number: int, tokens: npt.NDArray[np.intp]) -> tuple[Numbers, Numbers]:
    return (
        _standard(fingerprint.arrays[f"lens.{number}.first"][:, tokens]),
        _standard(fingerprint.arrays[f"lens.{number}.second"][:, tokens]),
    )


def _standard(responses: npt.NDArray[Any]) -> Numbers:
    moved = responses.astype(np.float64)
    moved = moved - moved.mean(axis=1, keepdims=True)
    lengths: Numbers = np.linalg.norm(moved, axis=1, keepdims=True)
    standard: Numbers = moved / np.maximum(lengths, 1e-12)
    return standard


def _lens_test(
    ours: Fingerprint,
    theirs: Fingerprint,
    i: int,
    j: int,
    x: tuple[Numbers, Numbers],
    y: tuple[Numbers, Numbers],
    looks: int,
) -> TestedPair | None:
    first, second = np.abs(x[0] @ y[0].T), np.abs(x[1] @ y[1].T)
    if float(np.median(first.max(axis=0))) < _LEAST_LIKENESS:
        return None
    if first.shape[0] > first.shape[1]:
        first, second = first.T, second.T
    test = two_view_test(first, second)
    return TestedPair(
        test="matched-units",
        ours=ours.document.blocks[ours.document.lenses[i].block].component,
        theirs=theirs.document.blocks[theirs.document.lenses[j].block].component,
        correlation=test.rho,
        z=test.rho * math.sqrt(max(test.units - 1, 1)),
        log_bound=bonferroni(test.log_bound, looks),
        units=test.units,
    )


_LEAST_LIKENESS = 0.35
"""Median of the best |correlation| below which two blocks share no units, and no matching is tried.

Source: largest value between blocks of the wrong layer in a prototype's measurement of layer alignment.
"""


def tensor_pairs(ours: Fingerprint, theirs: Fingerprint) -> tuple[TensorPair, ...]:
    """Which tensor of theirs is each of ours most like, and how do both differ?

    A tensor of equal digest, else the one at the same place where their cosine is high, else the most alike.
    One matrix product for each shape.
    """
    groups: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[list[int], list[int]]] = {}
    for side, fingerprint in enumerate((ours, theirs)):
        for number, tensor in enumerate(fingerprint.document.tensors):
            if tensor.sample and len(tensor.sample) == len(tensor.shape):
                groups.setdefault((tensor.shape, tensor.sample), ([], []))[side].append(number)
    found: dict[int, TensorPair] = {}
    for (shape, _), (left, right) in groups.items():
        if left and right:
            found.update(zip(left, _group_pairs(ours, left, theirs, right, shape), strict=True))
    return tuple(found[number] for number in sorted(found))


def _group_pairs(
    ours: Fingerprint, left: Sequence[int], theirs: Fingerprint, right: Sequence[int], shape: tuple[int, ...]
) -> Iterator[TensorPair]:
    """For each of our tensors of one shape the pair with the one of theirs that is most like it."""
    ways = orders(shape)
    turned = [(n, sample_of(theirs, n).transpose(way)) for n in right for way in ways]
    kept = [(n, values) for n, values in turned if values.shape == ours.document.tensors[left[0]].sample]
    stacked = np.stack([direction(values) for _, values in kept])
    cosines = np.stack([direction(sample_of(ours, n)) for n in left]) @ stacked.T
    for row, number in enumerate(left):
        tensor = ours.document.tensors[number]
        rank = cosines[row].astype(np.float64)
        for column, (other, _) in enumerate(kept):
            note = theirs.document.tensors[other]
            same_place = bool(tensor.role) and (note.component, note.role) == (tensor.component, tensor.role)
            rank[column] += 4.0 * (bool(tensor.digest) and tensor.digest == note.digest)
            rank[column] += 2.0 * (same_place and cosines[row, column] >= _SAME_PLACE)
        best = int(rank.argmax())
        other, values = kept[best]
        names = _called(ours.document.tensors, number), _called(theirs.document.tensors, other)
        note = theirs.document.tensors[other]
        yield _tensor_pair(names, tensor, sample_of(ours, number), note, values, cosines[row, best])


def _tensor_pair(
    names: tuple[str, str],
    tensor: TensorNote,
    sample: npt.NDArray[np.float32],
    note: TensorNote,
    values: npt.NDArray[np.float32],
    cosine: float,
) -> TensorPair:
    change, rounding = _difference(sample, values)
    return TensorPair(
        ours=names[0],
        theirs=names[1],
        shape=tensor.shape,
        cosine=float(cosine),
        change=change,
        rounding=rounding,
        equal=bool(tensor.digest) and tensor.digest == note.digest,
        quantiser=(tensor.quantiser, note.quantiser),
        dtype=(tensor.dtype, note.dtype),
        fixed=tensor.fixed or note.fixed,
    )


_SAME_PLACE = 0.5


def _difference(ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> tuple[float, float]:
    """‖ours − theirs‖ / ‖theirs‖, and the largest relative difference among numbers that are not tiny."""
    a, b = ours.reshape(-1).astype(np.float64), theirs.reshape(-1).astype(np.float64)
    size = float(np.linalg.norm(b))
    change = float(np.linalg.norm(a - b)) / max(size, _SMALLEST)
    large = np.abs(b) > 1e-3 * float(np.abs(b).max(initial=_SMALLEST))
    rounding = float((np.abs(a - b)[large] / np.abs(b)[large]).max(initial=0.0)) if large.any() else 0.0
    return min(change, 1e30), min(rounding, 1e30)


def _called(tensors: Sequence[TensorNote], number: int) -> str:
    """What to call a tensor: by its place, and by its number where others have the same."""
    tensor = tensors[number]
    name = f"{tensor.component} {tensor.role}".strip()
    told = bool(tensor.role) and tensor.component not in ("other", "vectors")
    return name if told else f"{name} #{number}"
