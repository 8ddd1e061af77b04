"""The search: coarse over everything by matrix products, fine on the few that stand out."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gauger.core.errors import GaugerError
from gauger.trace.fingerprints.hit import Hit, TensorPair, TestedPair
from gauger.trace.fingerprints.index import (
    BLOCKS,
    UNITS,
    Index,
    block_of,
    direction,
    sample_of,
    sampled,
    spread,
)
from gauger.trace.fingerprints.lattice import orders
from gauger.trace.fingerprints.pairs import (
    Known,
    UnitTests,
    lens_tests,
    row_tests,
    tensor_pairs,
    unit_tests,
)
from gauger.trace.fingerprints.records import Fingerprint
from gauger.trace.fingerprints.scores import COLUMNS, Kind, block_scores, kinds_of
from gauger.trace.fingerprints.store import load_fingerprint
from gauger.trace.fingerprints.verdict import CLAIM, Done, done_by, laundered, significant

CANDIDATES = 16
"""Fingerprints that are opened, for each way of finding them."""
_QUERY_BLOCKS = 48
_QUERY_TENSORS = 8
_CHUNK = 8192
_PROMISING_Z = 4.5
_SAMPLE_Z = 3.0
_FEWEST_EXCESS = 1.0
_LENS_ALL = 64
_LENSES = 4

Table = npt.NDArray[np.float32]


class Searcher:
    """Searches one index.

    Args:
        index: The compiled library.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: Known = {}
        self._full = False

    def search(self, query: Fingerprint, *, most: int) -> tuple[Hit, ...]:
        """See `Library.search`."""
        self._known = {}
        self._full = all(len(kinds_of(block)) > 1 for block in query.document.blocks)
        if not self._index.listed:
            return ()
        by_units, unit_looks = self._by_units(query)
        by_samples, sample_looks = self._by_samples(query)
        by_digest = self._index.with_digests(
            t.digest for t in query.document.tensors if t.digest and len(t.shape) > 1 and not t.fixed
        )
        lens_looks = len(query.document.lenses) * _LENSES * len(self._index.listed)
        looks = max(unit_looks + sample_looks + lens_looks, 1)
        chosen = sorted(
            {*_best(by_units), *_best(by_samples), *_best({k: float(v) for k, v in by_digest.items()})}
        )
        hits = [hit for n in chosen for hit in self._examined(query, n, looks, alike=n in by_digest)]
        if not any(hit.alteration != "shared-initialisation" for hit in hits):
            hits += [
                hit for number in self._by_spread(query) for hit in self._through_lens(query, number, looks)
            ]
        return tuple(sorted(hits, key=_surest)[:most])

    def _by_units(self, query: Fingerprint) -> tuple[dict[int, float], int]:
        """Sum of the two largest z over different blocks of the query, for each promising fingerprint."""
        groups: dict[tuple[Kind, int], list[int]] = defaultdict(list)
        for number, block in enumerate(query.document.blocks):
            if block.count >= min(block.units, UNITS):
                for kind in kinds_of(block):
                    groups[kind, block.units].append(number)
        scores: dict[int, float] = {}
        looks = 0
        for (kind, units), numbers in sorted(groups.items()):
            found = self._index.blocks(kind, units)
            if found is None:
                continue
            stored, where, all_blocks = found
            looks += len(numbers) * all_blocks
            if kind.endswith("-rows") and self._all_described(kind, units, len(stored)):
                continue
            picked = [numbers[i] for i in spread(len(numbers), _QUERY_BLOCKS)]
            for owner, score in self._products(query, kind, units, picked, stored, where).items():
                scores[owner] = max(scores.get(owner, 0.0), score)
        return scores, looks

    def _all_described(self, kind: Kind, units: int, rows: int) -> bool:
        """Have all blocks of that size, of which the rows could be compared, been compared in full?"""
        full = self._index.blocks("gated" if kind == "gated-rows" else "plain", units)
        return full is not None and len(full[0]) == rows and self._full

    def _products(
        self,
        query: Fingerprint,
        kind: Kind,
        units: int,
        picked: list[int],
        stored: npt.NDArray[Any],
        where: npt.NDArray[np.int32],
    ) -> dict[int, float]:
        n, k = min(units, UNITS), len(COLUMNS[kind])
        sets = [
            block_scores(block_of(query.document, b), query.arrays[f"units.{b}"], kind, n).reshape(-1)
            for b in picked
        ]
        ours = [s for s in sets if s.size == n * k]
        if not ours:
            return {}
        left: Table = np.stack(ours).astype(np.float32) / np.float32(n * math.sqrt(k / (n - 1)))
        best = np.zeros((len(self._index.listed), len(ours)), np.float32)
        for start in range(0, len(stored), _CHUNK):
            z = stored[start : start + _CHUNK].astype(np.float32) @ left.T
            np.maximum.at(best, where[start : start + _CHUNK, 0], z)
        top = np.sort(best, axis=1)[:, -2:]
        kept = np.flatnonzero(top[:, -1] >= max(_PROMISING_Z, _chance(len(stored) * len(ours)) + 1.0))
        return {int(owner): float(top[owner].sum()) for owner in kept}

    def _by_samples(self, query: Fingerprint) -> tuple[dict[int, float], int]:
        """How far the samples of each fingerprint's tensors stand out together, and the looks."""
        document = query.document
        by_shape: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number in sampled(document):
            by_shape[document.tensors[number].shape].append(number)
        total = np.zeros(len(self._index.listed), np.float64)
        comparable: set[int] = set()
        looks = 0
        for shape, numbers in sorted(by_shape.items()):
            found = self._index.samples(shape)
            if found is None:
                continue
            stored, where, count = found
            looks += len(numbers) * count * len(orders(shape))
            comparable.update(np.unique(where[:, 0]).tolist() if len(comparable) <= CANDIDATES else ())
            picked = [numbers[i] for i in spread(len(numbers), _QUERY_TENSORS)]
            total += self._likeness([sample_of(query, n) for n in picked], shape, stored, where)
        few = comparable if len(comparable) <= CANDIDATES else set()
        chosen = sorted({*np.flatnonzero(total >= _FEWEST_EXCESS).tolist(), *few})
        return {n: float(total[n]) for n in chosen}, looks

    def _likeness(
        self,
        samples: list[Table],
        shape: tuple[int, ...],
        stored: npt.NDArray[Any],
        where: npt.NDArray[np.int32],
    ) -> npt.NDArray[np.float64]:
        """How far above chance the likest tensors of each fingerprint are, over all samples of one shape."""
        kept = [s for s in samples if s.ndim == len(shape) and s.size == stored.shape[1]]
        ways = orders(shape)
        best = np.zeros((len(self._index.listed), len(kept)), np.float32)
        if not kept:
            return np.zeros(len(best), np.float64)
        left: Table = np.concatenate([[direction(s.transpose(way)) for s in kept] for way in ways])
        for start in range(0, len(stored), 8 * _CHUNK):
            cosines = stored[start : start + 8 * _CHUNK].astype(np.float32) @ left.T
            likest = cosines.reshape(-1, len(ways), len(kept)).max(axis=1)
            np.maximum.at(best, where[start : start + 8 * _CHUNK, 0], likest)
        freedom = math.prod(max(n - 1, 1) for n in kept[0].shape)
        chance = max(_SAMPLE_Z, _chance(len(stored)))
        excess: npt.NDArray[np.float64] = np.maximum(best * np.float64(math.sqrt(freedom)) - chance, 0.0)
        return np.asarray(excess.sum(axis=1), np.float64)

    def _by_spread(self, query: Fingerprint) -> list[int]:
        """The fingerprints whose units are spread most like the query's, in whatever order and basis."""
        where = self._index.arrays["spread_where"]
        if not query.document.lenses or not len(where):
            return []
        if len(self._index.listed) <= _LENS_ALL:
            return sorted({int(owner) for owner in where[:, 0]})
        stored = self._index.arrays["spreads"]
        deviation = np.maximum(stored[:: max(1, len(stored) // 4096)].std(axis=0), 1e-6)
        nearest = np.full(len(self._index.listed), np.inf)
        for lens in query.document.lenses:
            ours = query.arrays["spreads"][lens.block].reshape(-1)
            distance = np.linalg.norm((stored - ours) / deviation, axis=1)
            np.minimum.at(nearest, where[:, 0], distance)
        return sorted(int(n) for n in np.argsort(nearest, kind="stable")[:CANDIDATES])

    def _examined(self, query: Fingerprint, number: int, looks: int, *, alike: bool) -> list[Hit]:
        """The hit, where two places or equal numbers (`alike`: some digests are equal) show dependence."""
        theirs = self._opened(number)
        if theirs is None:
            return []
        units = unit_tests(query, theirs, looks, self._known)
        rows, _ = row_tests(query, theirs, looks)
        tests = (*units.tests, *rows)
        shown = significant(tests)
        if len(shown) < 2 and not alike:
            return []
        pairs = tensor_pairs(query, theirs)
        done = done_by(pairs, units, shown, query, theirs)
        if done.tier != "identity" and len(shown) < 2:
            return []
        return [self._hit(query, number, theirs, done, tests, units, pairs, looks)]

    def _through_lens(self, query: Fingerprint, number: int, looks: int) -> list[Hit]:
        theirs = self._opened(number)
        if theirs is None:
            return []
        tests = lens_tests(query, theirs, looks)
        if len(significant(tests)) < 2 or len({t.theirs for t in significant(tests)}) < 2:
            return []
        pairs = tensor_pairs(query, theirs)
        return [self._hit(query, number, theirs, laundered(), tests, UnitTests((), (), 0), pairs, looks)]

    def _opened(self, number: int) -> Fingerprint | None:
        try:
            return load_fingerprint(Path(self._index.listed[number].file))
        except GaugerError:
            return None

    def _hit(
        self,
        query: Fingerprint,
        number: int,
        theirs: Fingerprint,
        done: Done,
        tests: tuple[TestedPair, ...],
        units: UnitTests,
        pairs: tuple[TensorPair, ...],
        looks: int,
    ) -> Hit:
        listed = self._index.listed[number]
        shown = significant(tests)
        bounds = sorted(test.log_bound for test in shown)
        return Hit(
            key=theirs.key,
            declared=theirs.document.declared,
            trust=listed.trust,
            file=listed.file,
            content=theirs.content_digest(),
            tier=done.tier,
            relation=done.relation,  # type: ignore[arg-type]  # one of the closed set
            inverse=done.inverse,
            alteration=done.alteration,  # type: ignore[arg-type]  # one of the closed set
            quantiser=done.quantiser,
            z=max((test.z for test in tests), default=0.0),
            log_bound=-math.inf if done.tier == "identity" else bounds[1] if len(bounds) > 1 else 0.0,
            looks=looks,
            places=len(shown),
            layer_map=units.layer_map,
            query_blocks=tuple(block.component for block in query.document.blocks),
            blocks=tuple(block.component for block in theirs.document.blocks),
            tests=tuple(sorted(tests, key=lambda t: t.log_bound)),
            tensors=pairs,
            equal_tensors=sum(pair.equal for pair in pairs),
            compared_tensors=len(pairs),
            share=done.share,
            same_tokenizer=_same_tokenizer(query, theirs),
            remarks=done.remarks,
        )


def _chance(looks: int) -> float:
    """About how large the largest of so many independent z is."""
    return math.sqrt(2.0 * math.log(max(looks, 2)))


def _best(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda n: (-scores[n], n))[:CANDIDATES]


def _surest(hit: Hit) -> tuple[Any, ...]:
    """Equal numbers first, then what hangs together closest, by share and by the change of its tensors."""
    order = ("identity", "same-base", "laundered", "behaviour", "none")
    changes = sorted(pair.change for pair in hit.tensors if len(pair.shape) > 1 and not pair.fixed)
    weak = hit.alteration == "shared-initialisation"
    middle = changes[len(changes) // 2] if changes else 1.0
    return (
        weak,
        hit.alteration != "identical",
        order.index(hit.tier),
        -round(hit.share, 2),
        round(middle, 4),
        hit.log_bound,
        hit.key,
        hit.file,
    )


def _same_tokenizer(ours: Fingerprint, theirs: Fingerprint) -> bool | None:
    a, b = ours.document.tokenizer, theirs.document.tokenizer
    return None if a is None or b is None else a.vocabulary_sha256 == b.vocabulary_sha256


__all__ = ["BLOCKS", "CANDIDATES", "CLAIM", "Searcher"]
