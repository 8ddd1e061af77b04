"""Units of models that never were: seeded tables of many structures, unrelated or partly inherited."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
Draw = np.random.Generator


def gaussian(draw: Draw, units: int) -> Table:
    """Five independent normal features."""
    return draw.normal(size=(units, 5))


def heavy_tailed(draw: Draw, units: int) -> Table:
    """Features without a variance (Student's t with two degrees of freedom)."""
    return draw.standard_t(2, size=(units, 5))


def low_rank(draw: Draw, units: int) -> Table:
    """Six features of two hidden causes."""
    return draw.normal(size=(units, 2)) @ draw.normal(size=(2, 6))


def correlated(draw: Draw, units: int) -> Table:
    """Features that mostly follow one common cause, as the norms of a unit's rows do."""
    return draw.normal(size=(units, 5)) + 3.0 * draw.normal(size=(units, 1))


def skewed(draw: Draw, units: int) -> Table:
    """Log-normal features."""
    return np.exp(draw.normal(size=(units, 3)))


def single(draw: Draw, units: int) -> Table:
    """One exponential feature."""
    return draw.exponential(size=(units, 1))


def wide(draw: Draw, units: int) -> Table:
    """More features than a narrow kernel has."""
    return draw.standard_t(4, size=(units, 20))


STRUCTURES: dict[str, Callable[[Draw, int], Table]] = {
    function.__name__: function
    for function in (gaussian, heavy_tailed, low_rank, correlated, skewed, single, wide)
}


def inherited(draw: Draw, parent: Table, share: float) -> Table:
    """A table of the parent's structure in which this share of the units are the parent's own."""
    units = len(parent)
    child = parent[draw.permutation(units)].copy()
    kept = draw.permutation(units)[: round(share * units)]
    child[kept] = parent[kept]
    return child


def two_views(draw: Draw, units: int, alike: float, strength: float = 6.0) -> tuple[Table, Table]:
    """Similarities in two views whose matchings agree on about this share of the units, else by chance."""
    first, second = draw.normal(size=(units, units)), draw.normal(size=(units, units))
    partner = draw.permutation(units)
    for unit in draw.permutation(units)[: round(alike * units)]:
        first[unit, partner[unit]] += strength
        second[unit, partner[unit]] += strength
    return first, second
