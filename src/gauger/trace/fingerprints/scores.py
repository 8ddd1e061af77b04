"""Which numbers of a block are compared: whitened normal scores, one set for each kind of block."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from gauger.stats.pairing import normal_scores
from gauger.trace.fingerprints.records import BlockNote

Kind = Literal["gated", "gated-rows", "plain", "plain-rows"]
"""`…-rows`: from the rows of gate and up alone, which is what a remote model's first bytes give."""

Numbers = npt.NDArray[np.float64]

COLUMNS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "gated": (("cos-gate-up",), ("cos-gate-down",), ("cos-up-down",), ("log-gate",), ("log-up", "log-down")),
    "gated-rows": (("cos-gate-up",), ("log-gate",), ("log-up",)),
    "plain": (("cos-up-down",), ("log-up",), ("log-down",)),
    "plain-rows": (("log-up",),),
}
"""Kind → columns, each a sum of invariants. With a gate only ‖u‖·‖d‖ is free of a unit's scale."""


def kinds_of(block: BlockNote) -> tuple[Kind, ...]:
    """In which ways can this block be compared? The fullest first."""
    have = set(block.features)
    return tuple(
        kind
        for kind, columns in COLUMNS.items()
        if have.issuperset(name for names in columns for name in names) and _gate(kind) == _gated(have)
    )


def block_scores(block: BlockNote, invariants: npt.NDArray[np.float16], kind: Kind, count: int) -> Numbers:
    """What are the scores of the first `count` units?

    Returns:
        float64 array of shape (count, columns of the kind) with X'X = count · 1; an empty one where a column
        carries nothing (duplicated units, zeros).
    """
    part = invariants[:count].astype(np.float64)
    table = np.stack(
        [
            sum((part[:, block.features.index(name)] for name in names), np.zeros(len(part)))
            for names in COLUMNS[kind]
        ],
        axis=1,
    )
    scores = normal_scores(table, range(table.shape[1]))
    return scores if scores.shape[1] == table.shape[1] else np.zeros((0, table.shape[1]))


def _gate(kind: Kind) -> bool:
    return kind.startswith("gated")


def _gated(features: set[str]) -> bool:
    return "log-gate" in features
