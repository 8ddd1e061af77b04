"""How much it takes for a line of descent to count, and what silence is taken to mean.

Two things are kept apart. *Facts*: how surely is X an ancestor of this model? *Law*: the text says nothing of
fine-tunes. A reading settles the second; for the first it only moves the threshold between "true" and "not
known". No reading turns a doubtful observation into "false".

Levels, from the strength and basis of the weakest link of the best path:

| level | what stands behind it |
| --- | --- |
| 4 | equal bytes (`exact`) |
| 3 | a test whose error rate is at or under the claim threshold (`strong`), or a statement |
| 2 | a match that few others share (`moderate`) |
| 1 | compatible, and so are others (`weak`), or a hint such as a shared tokenizer |
| 0 | nothing observed |

A publisher's statement that its model descends from another's stands at level 3, since nobody gains by it;
the *absence* of a statement proves nothing at any level. The literal reading counts what would stand up in a
dispute (level 3). The cautious and the strict reading count level 2 as well: who wants to be safe acts on a
match that few others share. Level 1 is never more than "not known", under any reading.
"""

from __future__ import annotations

from gauger.core.judgement import LegalReading
from gauger.core.lineage import Claim, Strength

EXACT, STRONG, MODERATE, WEAK, NONE = 4, 3, 2, 1, 0
STATED = STRONG
"""A declared or sourced statement weighs as much as a strong observation: see the module's text."""

_OF_STRENGTH: dict[Strength, int] = {
    "exact": EXACT,
    "strong": STRONG,
    "moderate": MODERATE,
    "weak": WEAK,
    "none": NONE,
}

COUNTS_FROM: dict[LegalReading, int] = {"literal": STRONG, "cautious": MODERATE, "strict": MODERATE}
"""The lowest level at which a line of descent counts as true."""


def level_of(claim: Claim) -> int:
    """At which level does this claim stand? An allegation stands at none: it is never evidence."""
    if claim.basis == "alleged":
        return NONE
    return _OF_STRENGTH[claim.strength] if claim.basis == "observed" else STATED
