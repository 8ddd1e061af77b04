"""Are the tests' p-values uniform where there is nothing to find? Every test on independent pairs of the zoo.

One pair of models for each pair of roots. It gives the p-values of every pair of layers (aligned), of every
layer with the one that the test itself pairs it with (matched), and of one tensor (same basis): nothing is
chosen for being small.
"""

from __future__ import annotations

import itertools
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pairs import Pair, made_negatives, spread, truths

from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.readings import Measured
from gauger.stats.combine import uniform_ks
from gauger.stats.pairing import pairing_test
from gauger.stats.same_basis import same_basis_test
from gauger.trace.weights.opened import Opened
from gauger.trace.weights.units import invariants_of, matched, scores_of

HEAD = ["family", "test", "model pairs", "tests", "KS p", "below .05", "smallest p", "largest statistic"]
FEWEST, LARGEST = 16, 1024  # rows and columns: smaller ones have no power, larger ones are embeddings


def root_pairs(folder: Path, most: int) -> dict[str, list[Pair]]:
    """One pair of independent models for each pair of roots, by family; which, is drawn by their names."""
    by_family: dict[str, dict[str, Pair]] = defaultdict(dict)
    for pair in sorted(made_negatives(truths(folder)), key=lambda p: zlib.crc32(f"{p.a}/{p.b}".encode())):
        by_family[pair.family].setdefault(pair.roots, pair)
    return {family: spread(list(pairs.values()), most) for family, pairs in sorted(by_family.items())}


def aligned(a: Opened, b: Opened) -> Iterator[tuple[str, float, float]]:
    """The aligned test of every pair of layers."""
    xs = [scores_of(i) for i in invariants_of(a.network.blocks)]
    ys = [scores_of(i) for i in invariants_of(b.network.blocks)]
    for x, y in itertools.product(xs, ys):
        if x.shape == y.shape and x.size:
            test = pairing_test(x, y)
            yield "aligned-units", test.p_value, test.z


def matched_units(a: Opened, b: Opened) -> Iterator[tuple[str, float, float]]:
    """The matched test of every layer with the one that it is paired with."""
    for outcome in matched(a.network, b.network).outcomes:
        if isinstance(outcome.p_value, Measured) and isinstance(outcome.statistic, Measured):
            yield "matched-units", outcome.p_value.value, outcome.statistic.value


def same_basis(a: Opened, b: Opened) -> Iterator[tuple[str, float, float]]:
    """The same-basis test of one tensor, drawn by the models' names, among those of equal shape and place.

    One, because all that read the residual stream share its pairing; no embeddings, whose tokens are equal.
    """
    there = {(m.tensor.name, m.shape): m for m in b.network.matrices}
    both = [
        (mine, there[mine.tensor.name, mine.shape])
        for mine in a.network.matrices
        if (mine.tensor.name, mine.shape) in there
        and min(mine.shape) >= FEWEST
        and max(mine.shape) <= LARGEST
    ]
    if both:
        mine, theirs = both[zlib.crc32(f"{b.name}~{a.name}".encode()) % len(both)]
        for side in ("rows", "columns"):
            test = same_basis_test(mine.whole(), theirs.whole(), exchangeable=side)  # type: ignore[arg-type]
            yield f"same-basis, {side}", test.p_value, test.z


def rows(folder: Path, most: int) -> list[list[str]]:
    """One line for each family and test."""
    found = []
    for family, pairs in root_pairs(folder, most).items():
        values: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for pair in pairs:
            with (
                Opened.at(folder / pair.a, DEFAULT_LIMITS) as a,
                Opened.at(folder / pair.b, DEFAULT_LIMITS) as b,
            ):
                for test, p, z in (*aligned(a, b), *matched_units(a, b), *same_basis(a, b)):
                    values[test].append((p, z))
        for test, measured in sorted(values.items()):
            p_values = np.array([p for p, _ in measured])
            largest = max(z for _, z in measured)
            found.append(
                [
                    family,
                    test,
                    str(len(pairs)),
                    str(len(p_values)),
                    f"{uniform_ks(p_values):.3f}",
                    f"{(p_values < 0.05).mean():.1%}",
                    f"{p_values.min():.1e}",
                    f"{largest:.2f}",
                ]
            )
    return found
