"""Two models, one verdict: which tensors are which, which tests say so, and what was done."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from gauger.core.comparison import Comparison
from gauger.core.errors import GaugerError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.trace.weights.adapters import adapter_alone
from gauger.trace.weights.block import Block
from gauger.trace.weights.correspond import correspond
from gauger.trace.weights.every_number import same_files, with_all_numbers
from gauger.trace.weights.found import CLAIM, Found
from gauger.trace.weights.gates import with_gates
from gauger.trace.weights.identity import MOST_BYTES, equality
from gauger.trace.weights.links import link_of, same_basis
from gauger.trace.weights.opened import Opened
from gauger.trace.weights.sketch import orders
from gauger.trace.weights.units import Aligned, aligned, invariants_of, matched
from gauger.trace.weights.verdict import comparison

_PREFIX_BYTES = 1 << 30
_PREFIX_UNITS = 1024
_MOST_BLOCKS = 4096
"""Of each side: 16 million pairs, 130 MB."""


def compare_models(a: Path, b: Path, limits: Limits = DEFAULT_LIMITS) -> Comparison:
    """What has the model at `a` to do with the one at `b`?

    Args:
        a: The subject: a file of weights or a folder.
        b: The reference, likewise.
        limits: Bounds.

    Raises:
        GaugerError: one of them cannot be opened at all.
    """
    with Opened.at(a, limits) as ours, Opened.at(b, limits) as theirs:
        return compare_opened(ours, theirs)


@np.errstate(all="ignore")  # hostile numbers overflow, and are no finding
def compare_opened(ours: Opened, theirs: Opened, subject: str = "", reference: str = "") -> Comparison:
    """What have these two to do with each other? Ids for the record are given by the caller."""
    subject, reference = subject or ours.name, reference or theirs.name
    thin = adapter_alone(ours, theirs, subject, reference)
    if thin is not None:
        return thin
    found = find(ours, theirs)
    said = comparison(found, subject, reference)
    if not said.relation and _same_files(ours, theirs):
        return same_files(said, found)
    if said.verdict not in ("identical", "converted") or said.facts.get("change", 1.0) != 0.0:
        return said
    matrices = (ours.network.matrices, theirs.network.matrices)
    seen = equality(ours.weights, theirs.weights, found.good, matrices, ours.limits)
    return with_all_numbers(said, seen, found)


def _same_files(ours: Opened, theirs: Opened) -> bool:
    """Are the files equal byte by byte? Asked where the numbers say nothing: untrained tables."""
    if max(ours.weights.total_bytes, theirs.weights.total_bytes) > MOST_BYTES:
        return False
    try:
        return ours.weights.same_bytes(theirs.weights)
    except GaugerError:
        return False


def find(ours: Opened, theirs: Opened, *, thorough: bool = False) -> Found:
    """What do correspondences and tests say of the pair?

    Args:
        ours: The subject.
        theirs: The reference.
        thorough: Run every test, also where an earlier one decided (a benchmark's question).
    """
    matches, _ = correspond(ours.sketches, theirs.sketches)
    links = with_gates([link_of(m) for m in matches], ours.limits)
    looks = max(1, _looks(ours, theirs))
    tests = same_basis(links, looks, ours.limits, CLAIM)
    found = Found(ours, theirs, links, tests, looks)
    if not found.feed_forward_open and not thorough:
        return found
    found.aligned = _aligned(ours, theirs)
    if not found.units_aligned or thorough:
        found.matched = matched(ours.with_tokens(), theirs.with_tokens())
    return found


def _looks(ours: Opened, theirs: Opened) -> int:
    """How many pairs of tensors of one size are looked at, in every order of axes?"""
    sizes = Counter(sketch.lengths for sketch in theirs.sketches)
    return sum(sizes[sketch.lengths] * orders(sketch.lengths) for sketch in ours.sketches)


def _some(blocks: list[Block]) -> list[Block]:
    """All of them, or as many as are compared pair by pair, evenly spread."""
    return blocks[:: -(-len(blocks) // _MOST_BLOCKS)] if blocks else blocks


def _aligned(ours: Opened, theirs: Opened) -> Aligned | None:
    sizes = [{block.units for block in one.network.blocks} for one in (ours, theirs)]
    common = sizes[0] & sizes[1]
    a, b = (_some([x for x in one.network.blocks if x.units in common]) for one in (ours, theirs))
    if not a or not b:
        return None
    size = sum(x.units * x.width * 4 for x in (*a, *b))
    units = (
        _PREFIX_UNITS
        if 3 * size > _PREFIX_BYTES and a[0].gate is not None and b[0].gate is not None
        else None
    )
    return aligned(a, b, invariants_of(a, units=units), invariants_of(b, units=units))
