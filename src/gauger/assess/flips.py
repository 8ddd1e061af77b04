"""Minimal sets of changes: what would have to be otherwise for one rule to say something else?

A set of changes is told when it gives another verdict and no part of it does. Each set is found by asking the
rule again with just these changes made, so that what is told is what the engine would say.

Cost: every change is tried alone; pairs among the first `_IN_PAIRS` of those that do nothing alone; triples
among the first `_IN_TRIPLES`. That is at most 45 + 56 questions on top of the single ones (of which no rule
of the knowledge base has more than some thirty), and the search ends with the `_TOLD`-th set. Sets that
change more than three things, or a change further down, are not found: the sets told are minimal, and they
are not all that there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gauger.assess.amend import Amendment, amended
from gauger.assess.calendar import standing
from gauger.assess.changes import Change, Line
from gauger.assess.decide import weigh
from gauger.assess.kleene import FALSE, Kleene
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import Rule
from gauger.assess.strand import Strand, believed
from gauger.assess.user import User
from gauger.core.judgement import LegalReading, Verdict

_TOLD = 6
"""At most this many sets are told: the smallest come first, and nobody reads a seventh."""
_IN_PAIRS = 10
_IN_TRIPLES = 8

Flip = tuple[tuple[Change, ...], Verdict]
"""A set of changes, and the verdict that follows."""


class Asked:
    """One rule and one model, asked again with changes made; each part of an answer is worked out once.

    Args:
        rule: The rule.
        user: The user.
        strands: The model's lines of descent.
        day: ISO date.
        reading: What silence means.
    """

    def __init__(
        self, rule: Rule, user: User, strands: tuple[Strand, ...], day: str, reading: LegalReading
    ) -> None:
        self.rule = rule
        self.user = user
        self.strands = believed(strands, reading)
        self.day = day
        self.reading = reading
        self._counts_from = COUNTS_FROM[reading]
        self._users: dict[tuple[Change, ...], User] = {}
        self._bound: dict[tuple[Change, ...], Kleene] = {}
        self._caught: dict[object, tuple[Kleene, Kleene]] = {}

    def verdict(self, changes: tuple[Change, ...]) -> Verdict:
        """What does the rule say with these changes made?"""
        about_user = tuple(c for c in changes if c.user is not None)
        lines = [(number, c.line) for number, c in enumerate(changes) if c.line is not None]
        amendments = tuple(c.law for c in changes if c.law is not None)
        rule = amended(self.rule, amendments) if amendments else self.rule
        user, bound = self._as(about_user)
        stands = standing(rule.instrument, self.day)
        if stands == "over" or bound == FALSE:
            return "clear"
        seen = about_user if self.rule.asks_the_user else ()
        least = most = FALSE
        for place, strand in enumerate(self.strands):
            made = tuple(changes[n] for n, line in lines if place in line.places)
            low, high = self._line(rule, amendments, user, seen, strand, place, made)
            least, most = max(least, low), max(most, high)
        latent = stands == "latent"
        return weigh(
            rule.instrument.effect, min(least, bound), min(most, bound), self.reading, latent=latent
        ).verdict

    def _as(self, changes: tuple[Change, ...]) -> tuple[User, Kleene]:
        """The user with these changes made, and whether the rule binds them."""
        if changes not in self._users:
            user = self.user
            for change in changes:
                user = change.user(user) if change.user is not None else user
            self._users[changes] = user
            self._bound[changes] = self.rule.binds(user, self.day)
        return self._users[changes], self._bound[changes]

    def _line(
        self,
        rule: Rule,
        amendments: tuple[Amendment, ...],
        user: User,
        seen: tuple[Change, ...],
        strand: Strand,
        place: int,
        made: tuple[Change, ...],
    ) -> tuple[Kleene, Kleene]:
        key = (amendments, seen, place, made)
        if key not in self._caught:
            line: Strand | None = strand
            for change in made:
                line = change.line.as_(line) if line is not None and change.line is not None else line
            self._caught[key] = (
                (FALSE, FALSE) if line is None else rule.caught(user, line, self.day, self._counts_from)
            )
        return self._caught[key]


def flips(asked: Asked, changes: tuple[Change, ...], now: Verdict) -> tuple[Flip, ...]:
    """Which minimal sets of these changes give another verdict than this one?

    Law: each set told gives the verdict told with it, which is not `now`; no proper subset of it gives
    anything but `now`.

    Args:
        asked: The rule and the model.
        changes: What may change, nearest to the user's power first.
        now: What the rule says without any change.
    """
    found: list[Flip] = []
    for made in _candidates(changes, found):
        verdict = asked.verdict(made)
        if verdict != now:
            found.append((made, verdict))
            if len(found) == _TOLD:
                break
    return tuple(found)


def _candidates(changes: tuple[Change, ...], found: list[Flip]) -> Iterator[tuple[Change, ...]]:
    """Sets of one, two and three changes that can be made together and hold no set that was found."""
    for change in changes:
        yield (change,)
    alone = {made[0] for made, _ in found}
    idle = [c for c in changes if c not in alone]
    for pair in combinations(idle[:_IN_PAIRS], 2):
        if pair[0].about != pair[1].about:
            yield pair
    pairs = [set(made) for made, _ in found if len(made) > 1]
    for triple in combinations(idle[:_IN_TRIPLES], 3):
        if len({c.about for c in triple}) == len(triple) and not any(p <= set(triple) for p in pairs):
            yield triple


def told(flip: Flip) -> str:
    """The set in one line, with the verdict that follows."""
    made, verdict = flip
    return f"if {' and '.join(change.words for change in made)}: {verdict}"


__all__ = ["Asked", "Flip", "Line", "flips", "told"]
