"""Kleene's strong three-valued logic: what follows when some facts are not known.

Truth values are small integers in the order false < unknown < true, so that *and* is the minimum, *or* the
maximum, and *not* the mirror image. De Morgan's laws hold; `unknown` is never turned into `false`.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable

from gauger.core.judgement import Truth

Kleene = int
FALSE: Kleene = 0
UNKNOWN: Kleene = 1
TRUE: Kleene = 2

WORDS: tuple[Truth, Truth, Truth] = ("false", "unknown", "true")
"""A value's name, by its number."""


def negation(value: Kleene) -> Kleene:
    """What is the truth of *not* this?"""
    return TRUE - value


def conjunction(values: Iterable[Kleene]) -> Kleene:
    """What is the truth of *all* of these? True for none at all."""
    return min(values, default=TRUE)


def disjunction(values: Iterable[Kleene]) -> Kleene:
    """What is the truth of *any* of these? False for none at all."""
    return max(values, default=FALSE)


def known(value: bool) -> Kleene:  # noqa: FBT001 - a conversion from bool
    """Which value does a known answer have?"""
    return TRUE if value else FALSE
