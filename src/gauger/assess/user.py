"""What is known about the user: the answers of the profile, and what their places imply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, Kleene, known
from gauger.catalogue.load import Catalogue
from gauger.catalogue.territories import parts_left_open, with_wholes
from gauger.core.profile import Answer, Profile


class User(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about the user that rules can ask for.

    Attributes:
        answers: Question ident → yes or no, as the profile or a scenario says.
        figures: Question ident → the number that the profile or a scenario gives.
        implied: Question ident → codes of places that imply a yes where there is no answer.
        places: Codes of all places whose law applies, with what they are part of; empty where the profile
            names none.
        places_complete: The profile lists its jurisdictions, so that what is not among them is not one.
    """

    answers: Mapping[str, bool] = {}
    figures: Mapping[str, float] = {}
    implied: Mapping[str, frozenset[str]] = {}
    places: frozenset[str] = frozenset()
    places_complete: bool = False

    def fact(self, ident: str) -> Kleene:
        """Is the answer to this question yes? No answer is unknown, unless a place of the user implies it."""
        if ident in self.answers:
            return known(self.answers[ident])
        return TRUE if self.places & self.implied.get(ident, frozenset()) else UNKNOWN

    def figure(self, ident: str) -> float | None:
        """Which number does the profile give? None where it gives none."""
        return self.figures.get(ident)

    def under(self, codes: tuple[str, ...]) -> Kleene:
        """Does the law of one of these places apply to the user?

        A profile that names a seat and no jurisdictions has not said where else it is bound: unknown. A user
        who names only `EU`, or only `US`, may be in any of its states: for a single state the answer is
        unknown.
        """
        if self.places.intersection(codes):
            return TRUE
        if not self.places_complete:
            return UNKNOWN
        return UNKNOWN if self.open_among(codes) else FALSE

    def open_among(self, codes: Iterable[str]) -> tuple[str, ...]:
        """In which of these places might the user be, who named only what they are part of?"""
        return tuple(sorted(parts_left_open(self.places).intersection(codes)))

    def assuming(self, facts: Mapping[str, Answer]) -> User:
        """The same user, if these answers were given."""
        if not facts:
            return self
        answers, figures = apart(facts)
        return msgspec.structs.replace(
            self, answers={**self.answers, **answers}, figures={**self.figures, **figures}
        )


def apart(facts: Mapping[str, Answer]) -> tuple[dict[str, bool], dict[str, float]]:
    """Which answers are yes or no, and which are numbers?"""
    answers = {ident: value for ident, value in facts.items() if isinstance(value, bool)}
    figures = {ident: float(value) for ident, value in facts.items() if not isinstance(value, bool)}
    return answers, figures


def user_of(profile: Profile, catalogue: Catalogue) -> User:
    """Who is the user, as far as the profile says?"""
    named = frozenset(profile.jurisdictions) | (
        frozenset({profile.country}) if profile.country else frozenset()
    )
    questions = catalogue.questions.values()
    answers, figures = apart(profile.facts)
    return User(
        answers=answers,
        figures=figures,
        implied={q.id: frozenset(q.implied_by_country) for q in questions if q.implied_by_country},
        places=with_wholes(named),
        places_complete=bool(profile.jurisdictions),
    )
