"""Null sets of the permutation tests: seeded pairs that have nothing to do with each other."""

from __future__ import annotations

from functools import cache

import numpy as np

from build.unit_sets import STRUCTURES, Table, two_views
from gauger.stats.matching import MatchedTest, constrained_test, two_view_test
from gauger.stats.pairing import PairingTest, normal_scores, pairing_scores, pairing_test, usable_columns
from gauger.stats.same_basis import same_basis_test

ALIGNED_SIZES = {32: 120, 128: 90, 512: 60, 2048: 30}
"""Units of a block, and how many unrelated pairs of each structure."""

MATCHED_SIZES = {64: 250, 128: 200, 384: 50}
SHAPES = {(32, 27): 400, (64, 144): 300, (256, 128): 100}


@cache
def aligned(structure: str, *, scores: bool) -> dict[int, tuple[PairingTest, ...]]:
    """The aligned test on unrelated blocks, by size; on normal scores or on the numbers themselves."""
    draw = np.random.default_rng([11, sorted(STRUCTURES).index(structure), scores])
    found: dict[int, tuple[PairingTest, ...]] = {}
    for units, count in ALIGNED_SIZES.items():
        pairs = [
            (STRUCTURES[structure](draw, units), STRUCTURES[structure](draw, units)) for _ in range(count)
        ]
        found[units] = tuple(pairing_test(*(_scored(x, y) if scores else (x, y))) for x, y in pairs)
    return found


def _scored(x: Table, y: Table) -> tuple[Table, Table]:
    """Both models on the columns that both can use, as the tracer does it."""
    shared = sorted(set(usable_columns(x)) & set(usable_columns(y)))
    return normal_scores(x, shared), normal_scores(y, shared)


@cache
def layer_pairs(models: int, layers: int, units: int) -> Table:
    """Which z have the layer pairs of one model and others that have nothing to do with it?"""
    draw = np.random.default_rng(99)
    kinds = list(STRUCTURES.values())[:4]
    first = [normal_scores(draw.normal(size=(units, 5)) ** 3) for _ in range(layers)]
    others = [normal_scores(kinds[n % 4](draw, units)[:, :5]) for n in range(models * layers)]
    return pairing_scores(first, others)


@cache
def matched(alike: float) -> dict[int, tuple[MatchedTest, ...]]:
    """The matched test on unrelated models, a share of whose units converged to the same function."""
    draw = np.random.default_rng([2025, round(1000 * alike)])
    return {
        units: tuple(two_view_test(*two_views(draw, units, alike)) for _ in range(count))
        for units, count in MATCHED_SIZES.items()
    }


@cache
def clustered(units: int, clusters: int, count: int) -> tuple[MatchedTest, ...]:
    """The matched test on unrelated models whose units fall into the same kinds in both views."""
    draw = np.random.default_rng(2026)
    found = []
    for _ in range(count):
        centres = draw.normal(size=(2, clusters, 24))
        kinds = draw.integers(clusters, size=(2, units))
        rows = [[centres[view][kind] + draw.normal(size=(units, 24)) for view in (0, 1)] for kind in kinds]
        found.append(two_view_test(rows[0][0] @ rows[1][0].T, rows[0][1] @ rows[1][1].T))
    return tuple(found)


@cache
def constrained(structure: str) -> tuple[MatchedTest, ...]:
    """The exact test on unrelated rows."""
    draw = np.random.default_rng([14, sorted(STRUCTURES).index(structure)])
    make = STRUCTURES[structure]
    return tuple(
        constrained_test(make(draw, units), make(draw, units)) for units in (32, 96) for _ in range(100)
    )


@cache
def same_basis(side: str) -> tuple[PairingTest, ...]:
    """The same-basis test on unrelated heavy-tailed tensors; the side with an order has a profile."""
    draw = np.random.default_rng([2028, len(side)])
    found = []
    for (rows, columns), count in SHAPES.items():
        for _ in range(count):
            profile = np.exp(draw.normal(size=(rows, 1) if side == "columns" else (1, columns)))
            a, b = (profile * (draw.standard_t(3, (rows, columns)) + profile) for _ in range(2))
            found.append(same_basis_test(a, b, exchangeable=side))  # type: ignore[arg-type]
    return tuple(found)
