"""Two scenarios of one stack, and every way between: rules, entries and answers of either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from gauger.assess.exchange import Cell, Part, Said, answers
from gauger.assess.predicates import Ground
from gauger.assess.questions import Case, Questions
from gauger.assess.rule import Rule
from gauger.assess.rulings import by_instrument
from gauger.assess.suppose import Supposed
from gauger.assess.user import User
from gauger.assess.world import World
from gauger.catalogue.load import Catalogue
from gauger.core.judgement import Verdict
from gauger.core.profile import Profile

V = TypeVar("V")


class Worlds:
    """All ways between two scenarios.

    Args:
        questions: With the two as its only cases, the old one first.
        catalogue: The knowledge base.
        profile: For counsel's rulings.
        user: The user, before a scenario assumes anything.
        day: ISO date.
        supposed: What is taken as given in both.
    """

    def __init__(
        self,
        questions: Questions,
        catalogue: Catalogue,
        profile: Profile,
        user: User,
        day: str,
        supposed: Supposed,
    ) -> None:
        self.questions = questions
        self.old, self.new = questions.cases
        self._catalogue = catalogue
        self._held = by_instrument(profile.rulings, day)
        self._user = user
        self._day = day
        self._supposed = supposed
        self._said: dict[frozenset[Part], Mapping[Cell, Said]] = {}

    def said(self, case: Case) -> Mapping[Cell, Said]:
        """What do the rules say in this scenario?"""
        return answers(self.questions._replace(cases=(case,)), self._day)

    def parts(self) -> tuple[Part, ...]:
        """In what do the two differ: rules, entries on lists, answers?"""
        old, new = self.old.world, self.new.world
        return (
            *(Part("scenario", f"rule {i}") for i in _differing(old.instruments, new.instruments)),
            *(Part("scenario", f"entries {d}") for d in _differing(old.entries, new.entries)),
            *(Part("scenario", f"answer {q}") for q in _differing(old.facts, new.facts)),
        )

    def verdict(self, parts: frozenset[Part], cell: Cell) -> Verdict | None:
        """What is the verdict of this model and reading with these parts of the new scenario?"""
        if parts not in self._said:
            self._said[parts] = self.said(self._case(parts))
        found = self._said[parts].get((cell[0], self.new.scenario.id, cell[2]))
        return found.verdict if found is not None else None

    def _case(self, parts: frozenset[Part]) -> Case:
        taken: dict[str, set[str]] = {}
        for part in parts:
            kind, _, name = part.key.partition(" ")
            taken.setdefault(kind, set()).add(name)
        old, new = self.old.world, self.new.world
        world = World(
            instruments=dict(sorted(_mixed(old.instruments, new.instruments, taken.get("rule")).items())),
            entries=_mixed(old.entries, new.entries, taken.get("entries")),
            facts=_mixed(old.facts, new.facts, taken.get("answer")),
        )
        ground = Ground(self._catalogue, world.entries, self._supposed.stakes)
        rules = tuple(Rule(i, ground, self._held.get(i.id)) for i in world.instruments.values())
        return Case(self.new.scenario, world, self._user.assuming(world.facts), rules)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    return [ident for ident in sorted({*old, *new}) if old.get(ident) != new.get(ident)]


def _mixed(old: Mapping[str, V], new: Mapping[str, V], taken: set[str] | None) -> dict[str, V]:
    kept = {ident: value for ident, value in old.items() if ident not in (taken or set())}
    return kept | {ident: new[ident] for ident in sorted(taken or set()) if ident in new}
