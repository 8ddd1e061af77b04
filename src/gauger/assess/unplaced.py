"""Answers that bind to nothing: a yes to a question of one country's rules, without that country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from gauger.assess.kleene import FALSE
from gauger.assess.rule import Rule
from gauger.assess.user import User
from gauger.catalogue.territories import with_wholes
from gauger.core.judgement import Finding

UNPLACED = "answer-without-place"


def unplaced_answers(user: User, rules: Iterable[Rule], day: str) -> tuple[Finding, ...]:
    """Which answers of yes bind the user to nothing, for want of a place alone?

    A rule that binds contractors of a country's government binds those under its law. Whoever answers that
    they are one, and does not list the country, is not bound as the profile stands; that is said, since it
    may be an oversight. Questions that rules of several countries ask are left out: a yes may be meant for
    another.

    Args:
        user: The user, as the profile has them.
        rules: Those of the law as it stands.
        day: ISO date.
    """
    if not user.places_complete:
        return ()
    asking: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in {r.instrument.id: r for r in rules}.values():
        for ident in rule.questions:
            if user.answers.get(ident):
                asking[ident].append(rule)
    return tuple(_findings(user, asking, day))


def _whole(place: str) -> str:
    """The country or union that this place is part of, or itself."""
    return next(iter(sorted(with_wholes(frozenset({place})) - {place})), place)


def _findings(user: User, asking: dict[str, list[Rule]], day: str) -> Iterator[Finding]:
    anywhere = msgspec.structs.replace(user, places=frozenset(), places_complete=False)
    for ident in sorted(asking):
        rules = asking[ident]
        countries = {_whole(place) for rule in rules for place in rule.places}
        idle = [r for r in rules if r.binds(user, day) == FALSE and r.binds(anywhere, day) != FALSE]
        if len(countries) != 1 or not idle or len(idle) != len(rules):
            continue
        (country,) = countries
        named = ", ".join(sorted(r.instrument.id for r in idle)[:4]) + (" …" if len(idle) > 4 else "")
        yield Finding(
            rule=UNPLACED,
            severity="medium",
            confidence="high",
            audience=("compliance",),
            message=f"the profile answers {ident!r} with yes and does not list {country} among its "
            f"jurisdictions: {len(idle)} rules that ask for both were taken not to bind ({named})",
            remedy=f"add {country} to `jurisdictions` in gauger.yaml if its law applies to you, or correct "
            "the answer",
        )
