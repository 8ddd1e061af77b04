"""Rulings: what counsel decided where a text is silent, and which of these decisions want another look.

A ruling settles a silent cell of one instrument for this user, under every reading. It never changes what a
text does say. A model that a ruling spares keeps its decision in the document, with the verdict `clear`,
since somebody answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gauger.assess.decide import judge
from gauger.assess.strand import Strand, believed
from gauger.assess.user import User
from gauger.core.judgement import Finding, LegalReading
from gauger.core.profile import Ruling

if TYPE_CHECKING:
    from gauger.assess.rule import Rule

OVERDUE = "ruling-review-overdue"
UNUSED = "ruling-unused"
Held = Mapping[str, Mapping[str, Ruling]]
"""By instrument, then by form."""


def by_instrument(rulings: Iterable[Ruling], day: str) -> Held:
    """Which rulings count on this day? Those made on it or before; a later one has not been made yet."""
    found: dict[str, dict[str, Ruling]] = {}
    for ruling in rulings:
        if ruling.on <= day:
            found.setdefault(ruling.instrument, {})[ruling.form] = ruling
    return found


def said(ruling: Ruling) -> str:
    """How is this ruling told, with who made it, when and why?"""
    verb = "to reach" if ruling.held == "reached" else "not to reach"
    why = f": {ruling.because}" if ruling.because else ""
    return f"held {verb} the form {ruling.form} by {ruling.by} on {ruling.on}{why}"


def spared(rule: Rule, user: User, strands: tuple[Strand, ...], day: str, reading: LegalReading) -> bool:
    """Is the model clear of this rule only because counsel ruled so?"""
    if not rule.held:
        return False
    lines = believed(strands, reading)
    if judge(rule, user, lines, day, reading).verdict != "clear":
        return False
    return judge(rule.unruled, user, lines, day, reading).verdict != "clear"


def ruling_findings(rulings: Iterable[Ruling], day: str, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Which rulings are overdue for review, and which settle nothing?"""
    rulings = tuple(rulings)
    if not rulings:
        return ()
    used = {(rule.instrument.id, form) for rule in rules for form in rule.held}
    return tuple(_findings(rulings, day, used))


def _findings(rulings: tuple[Ruling, ...], day: str, used: set[tuple[str, str]]) -> Iterator[Finding]:
    for ruling in rulings:
        subject = f"the ruling on {ruling.instrument} and the form {ruling.form} by {ruling.by}"
        if (ruling.instrument, ruling.form) not in used:
            yield Finding(
                rule=UNUSED,
                severity="info",
                confidence="high",
                audience=("compliance",),
                message=f"{subject} settles nothing: " + _why_unused(ruling, day),
                remedy="correct it in gauger.yaml, or take it out",
            )
        elif ruling.review and ruling.review < day:
            yield Finding(
                rule=OVERDUE,
                severity="medium",
                confidence="high",
                audience=("compliance",),
                message=f"{subject} was to be reviewed by {ruling.review}; it still counts",
                remedy="ask counsel whether it stands, and write a new review date into gauger.yaml",
            )


def _why_unused(ruling: Ruling, day: str) -> str:
    if ruling.on > day:
        return f"it was made on {ruling.on}, after the day of this evaluation"
    return "the text speaks of this form, or the rule was not asked"
