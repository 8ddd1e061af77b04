"""The 2 x 2 table: are the weights linked, is the behaviour closer? And what each cell means, in words."""

from __future__ import annotations

from typing import Literal

import msgspec

WeightsRow = Literal["linked", "independent", "not-measured"]
BehaviourColumn = Literal["closer", "not-closer", "undecided"]

ABSENCE = (
    "Absence proves nothing: training on few outputs, further training afterwards or other prompts leave no "
    "trace that this test can see."
)
MIMICS = (
    "The same would be seen if both were trained on the same data, if a third model taught both, or if texts "
    "of the candidate were in the public data that the subject was trained on; behaviour alone cannot tell "
    "these apart."
)
TEXT_ONLY = (
    "Only texts were compared, without probabilities: style is weak evidence, and such a result is never "
    "more than consistent with."
)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the table, for one candidate.

    Attributes:
        weights: The row.
        behaviour: The column.
        words: What the cell means, with the candidate's name.
        caveats: What must be said with it.
    """

    weights: WeightsRow
    behaviour: BehaviourColumn
    words: str
    caveats: tuple[str, ...]


def cell(weights: WeightsRow, behaviour: BehaviourColumn, candidate: str) -> Cell:
    """Which cell is it, and what does it say of this candidate?"""
    words, caveats = _WORDS[weights, behaviour]
    return Cell(
        weights=weights,
        behaviour=behaviour,
        words=words.format(x=candidate),
        caveats=tuple(c.format(x=candidate) for c in caveats),
    )


_CLOSER_UNMEASURED = (
    "behaviour closer to {x} than to every control; whether by weights, by outputs, by shared data or by a "
    "common teacher was not measured"
)
_WORDS: dict[tuple[WeightsRow, BehaviourColumn], tuple[str, tuple[str, ...]]] = {
    ("linked", "closer"): ("derived from {x}", ()),
    ("linked", "not-closer"): ("derived from {x}, behaviour overwritten by later training", ()),
    ("linked", "undecided"): ("derived from {x} by its weights; behaviour not decided", ()),
    ("independent", "closer"): (
        "consistent with distillation from {x}, or with shared data, or with a common teacher",
        (MIMICS,),
    ),
    ("independent", "not-closer"): ("no evidence either way", (ABSENCE,)),
    ("independent", "undecided"): ("not decided", (ABSENCE,)),
    ("not-measured", "closer"): (
        _CLOSER_UNMEASURED,
        (MIMICS, "The weights were not compared, so a copy of {x} under another name looks the same."),
    ),
    ("not-measured", "not-closer"): ("no evidence either way", (ABSENCE,)),
    ("not-measured", "undecided"): ("not decided", (ABSENCE,)),
}
