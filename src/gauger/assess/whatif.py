"""What would change it: minimal sets of changes, unknown facts that decide, and dates."""

from __future__ import annotations

from functools import cached_property

from gauger.assess.changes import Change, changes
from gauger.assess.decide import Judgement, judge
from gauger.assess.flips import Asked, flips, told
from gauger.assess.kleene import TRUE, UNKNOWN
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import Rule
from gauger.assess.rulings import said
from gauger.assess.service_words import deciding
from gauger.assess.settles import Open
from gauger.assess.strand import Strand
from gauger.assess.turning import turning_days
from gauger.assess.user import User
from gauger.assess.world import Entries
from gauger.catalogue.load import Catalogue
from gauger.core.judgement import LegalReading, Settle, Verdict


class WhatIf:
    """Asks one rule again, with one thing different.

    Args:
        rule: The rule.
        user: The user.
        strands: The model's lines of descent.
        day: ISO date.
        reading: What silence means.
        catalogue: For the questions behind facts.
        entries: List entries, for dates.
    """

    def __init__(
        self,
        rule: Rule,
        user: User,
        strands: tuple[Strand, ...],
        day: str,
        reading: LegalReading,
        catalogue: Catalogue,
        entries: Entries,
    ) -> None:
        self.rule = rule
        self.user = user
        self.strands = strands
        self.day = day
        self.reading = reading
        self.catalogue = catalogue
        self.entries = entries
        self.now = judge(rule, user, strands, day, reading)
        self._asked = Asked(rule, user, strands, day, reading)

    @cached_property
    def _changes(self) -> tuple[Change, ...]:
        """What might be otherwise. While it is not known whether the rule binds the user at all, only that.

        A user who has told nothing meets every rule like this, for every model: the answer that settles it
        for all of them comes first, and the rest is told once it is given.
        """
        every = changes(self.rule, self.user, self._asked.strands, self.day, self.reading)
        if self.rule.binds(self.user, self.day) != UNKNOWN:
            return every
        return tuple(change for change in every if change.user is not None) or every

    def flips(self) -> tuple[str, ...]:
        """Which minimal sets of changes would give another verdict? In words, with that verdict."""
        return tuple(told(flip) for flip in flips(self._asked, self._changes, self.now.verdict))

    def settles(self) -> tuple[Settle, ...]:
        """Which unknown facts decide, and what is the cheapest way to settle each?"""
        if UNKNOWN not in (self.now.least, self.now.most) and not self.now.doubt:
            return ()
        silent = self.reading == "cautious" and self.now.least != self.now.most
        return Open(self._asked, self.now.verdict, self._changes).settles(silent=silent)

    @cached_property
    def turns(self) -> tuple[tuple[str, Verdict], ...]:
        """On which later dates does the verdict change by the calendar alone, and to which?"""
        found: list[tuple[str, Verdict]] = []
        before = self.now.verdict
        for day in turning_days(self.rule, self.strands, self.entries, self.day):
            after = judge(self.rule, self.user, self.strands, day, self.reading).verdict
            if after != before:
                found.append((day, after))
            before = after
        return tuple(found)

    def changes_on(self) -> tuple[str, ...]:
        """On which later dates does the verdict change by the calendar alone?"""
        return tuple(day for day, _ in self.turns)


def _rulings(rule: Rule, strands: tuple[Strand, ...]) -> str:
    """What counsel decided on the forms of these lines of descent."""
    forms = {form for strand in strands for form in strand.forms}
    return " and ".join(said(ruling) for form, ruling in sorted(rule.held.items()) if form in forms)


def summary(rule: Rule, judged: Judgement, caught: tuple[Strand, ...], name: str, *, bound: int) -> str:
    """The answer in one sentence: the rule and the fact that decides.

    Args:
        rule: The rule.
        judged: What it said.
        caught: The lines of descent that it caught, or may have.
        name: The model's name.
        bound: Whether the user is bound.
    """
    instrument = rule.instrument
    by = next((s for s in caught if s.developer), caught[0] if caught else None)
    way = _way(by, name) if by is not None else f"{name} may be reached"
    if rule.of_terms and by is not None:
        way = _service(rule, by, name)
    if judged.verdict == "clear":
        return f"{instrument.title}: {way}. The text is silent, and counsel ruled: {_rulings(rule, caught)}."
    if judged.verdict == "watch":
        return f"{instrument.title} ({instrument.status}): {way}. {instrument.consequence}".strip()
    if judged.verdict == "undetermined":
        why = {
            "legal": "the text is silent on this form",
            "factual": "it is not known whether the user is bound" if bound != TRUE else "facts are missing",
            "": "facts are missing",
        }[judged.doubt]
        return f"{instrument.title} may reach it: {way}, and {why}."
    return f"{instrument.title}: {way}. {instrument.consequence}".strip()


def _service(rule: Rule, strand: Strand, name: str) -> str:
    through = deciding(rule.ground.catalogue, strand, rule.terms)
    return f"{name} is {through}" if strand.relation == "own" else f"{_way(strand, name)}; {through}"


def _way(strand: Strand, name: str) -> str:
    if not strand.developer:
        return f"the developer of {strand.title} is not known"
    if strand.relation == "own":
        licence = f", under {strand.licence_title or strand.licence}" if strand.licence else ""
        return f"{name} is made by {strand.maker or strand.developer}{licence}"
    hint = " may descend" if strand.hint or strand.level < COUNTS_FROM["cautious"] else " descends"
    return f"{name}{hint} from {strand.title} (made by {strand.maker or strand.developer}): {strand.path}"
