"""Two ways of asking, and every way between: what the rules say with some inputs of either.

An input is taken apart into parts (an answer of the profile, a claim, a record of the knowledge base); any
set of parts can be taken from the new way while all others stay as in the old. The verdicts that follow are
worked out, not guessed, and each combination once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import msgspec

from gauger.assess.listings import NO_LISTS
from gauger.assess.memory import Memory
from gauger.assess.questions import Questions, put_questions
from gauger.assess.suppose import NOTHING_SUPPOSED, Supposed
from gauger.catalogue.load import Catalogue
from gauger.catalogue.mixed import Mixed, differing
from gauger.core.change import Input
from gauger.core.errors import CatalogueError, UsageError
from gauger.core.inventory import Model, Use
from gauger.core.judgement import READINGS, LegalReading, Verdict, worst
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Profile
from gauger.core.record import Record
from gauger.lists.records import ListFolder

R = TypeVar("R", bound=Record)
Cell = tuple[str, str, LegalReading]
"""Model id, scenario id, reading."""


class Said(NamedTuple):
    """What the rules say of one cell: the worst verdict, and the ids of the rules that give it."""

    verdict: Verdict
    rules: tuple[str, ...]


class Part(NamedTuple):
    """A part of an input, by name: `facts.commercial-use` of the profile."""

    input: Input
    key: str


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One way of asking: everything from which verdicts follow.

    Attributes:
        models: Those in use.
        uses: How they are used.
        claims: Lineage.
        references: Catalogue entries that claims point to.
        catalogue: The knowledge base.
        profile: Who the user is.
        as_of: ISO date.
        supposed: What is taken as given besides.
        lists: The list files at hand.
    """

    models: tuple[Model, ...]
    uses: tuple[Use, ...]
    claims: tuple[Claim, ...]
    references: tuple[Reference, ...]
    catalogue: Catalogue
    profile: Profile
    as_of: str
    supposed: Supposed = NOTHING_SUPPOSED
    lists: ListFolder = NO_LISTS

    def said(self, scenarios: tuple[str, ...]) -> Mapping[Cell, Said]:
        """What do the rules say of every model in these scenarios under every reading?"""
        known = tuple(s for s in scenarios if set(s.split("+")) <= set(self.catalogue.scenarios))
        return answers(self.questions(known), self.as_of) if known else {}

    def questions(self, scenarios: tuple[str, ...]) -> Questions:
        """What has to be asked in these scenarios?"""
        return put_questions(
            self.models,
            self.uses,
            self.claims,
            self.references,
            catalogue=self.catalogue,
            profile=self.profile,
            as_of=self.as_of,
            scenarios=scenarios,
            supposed=self.supposed,
            lists=self.lists,
        )


def answers(questions: Questions, day: str) -> Mapping[Cell, Said]:
    """What do the rules say of every cell? The verdicts are those of `gauger.assess.assess.assess`."""
    memory = Memory(day)
    signed = [(subject.model.id, *memory.signed(subject.strands)) for subject in questions.subjects]
    found: dict[Cell, Said] = {}
    for case in questions.cases:
        askings = memory.concerning(case.rules, case.user)
        for model, number, lines in signed:
            caught = [
                (asking.rule.instrument.id, triple)
                for asking in askings
                if (triple := asking.answer(number, lines)) is not None
            ]
            for place, reading in enumerate(READINGS):
                verdict = worst(triple[place].verdict for _, triple in caught)
                rules = (
                    () if verdict == "clear" else tuple(i for i, t in caught if t[place].verdict == verdict)
                )
                found[model, case.scenario.id, reading] = Said(verdict, tuple(sorted(rules)))
    return found


class Exchange:
    """All ways between two ways of asking.

    Args:
        old: The one.
        new: The other.
        scenarios: Which are asked about.
        models: Ids of the models that are asked about; the others stay in the inventory, since lineage may
            lead through them, and their verdicts are not worked out.
    """

    def __init__(self, old: Asking, new: Asking, scenarios: tuple[str, ...], models: frozenset[str]) -> None:
        self.old = old
        self.new = new
        self.scenarios = scenarios
        self.models = models
        self._said: dict[frozenset[Part], Mapping[Cell, Said]] = {}
        self._mixed: dict[frozenset[str], Catalogue] = {}

    def verdict(self, parts: frozenset[Part], cell: Cell) -> Verdict | None:
        """What is this cell's verdict with these parts new and all others old? None where it has none."""
        if parts not in self._said:
            try:
                self._said[parts] = self.asking(parts).said(self.scenarios)
            except (
                CatalogueError,
                UsageError,
            ):  # half of a change of the knowledge base may not hold together
                self._said[parts] = {}
        found = self._said[parts].get(cell)
        return found.verdict if found is not None else None

    def asking(self, parts: frozenset[Part]) -> Asking:
        """The way of asking with these parts from the new one."""
        named: dict[str, set[str]] = {}
        for part in parts:
            named.setdefault(part.input, set()).add(part.key)
        taken = {name: frozenset(keys) for name, keys in named.items()}
        nothing: frozenset[str] = frozenset()
        stack, claims = taken.get("inventory", nothing), taken.get("lineage", nothing)
        mixed = msgspec.structs.replace(
            self.old,
            models=_mixed(self.old.models, self.new.models, stack),
            uses=_mixed(self.old.uses, self.new.uses, stack),
            claims=_mixed(self.old.claims, self.new.claims, claims),
            references=_joined(self.old.references, self.new.references),
            catalogue=self._catalogue(taken.get("catalogue", nothing)),
            profile=_profile(self.old.profile, self.new.profile, taken.get("profile", nothing)),
            as_of=self.new.as_of if "date" in taken else self.old.as_of,
            supposed=self.new.supposed if "suppositions" in taken else self.old.supposed,
            lists=self.new.lists if "lists" in taken else self.old.lists,
        )
        concerned = {u.model for u in mixed.uses if u.model in self.models} | self.models
        return msgspec.structs.replace(mixed, models=_with_ancestors(mixed, concerned))

    def _catalogue(self, taken: frozenset[str]) -> Catalogue:
        if not taken:
            return self.old.catalogue
        if taken not in self._mixed:
            self._mixed[taken] = Mixed(self.old.catalogue, self.new.catalogue, taken)
        return self._mixed[taken]

    def parts(self) -> tuple[Part, ...]:
        """Everything that differs between the two, in a defined order."""
        old, new = self.old, self.new
        found = [Part("profile", key) for key in profile_keys(old.profile, new.profile)]
        if old.as_of != new.as_of:
            found.append(Part("date", "as-of"))
        found += [Part("lineage", key) for key in _changed(old.claims, new.claims)]
        found += [Part("inventory", key) for key in _changed(old.models, new.models)]
        found += [Part("inventory", key) for key in _changed(old.uses, new.uses)]
        if old.catalogue is not new.catalogue:
            found += [Part("catalogue", key) for key in differing(old.catalogue, new.catalogue)]
        if old.supposed != new.supposed:
            found.append(Part("suppositions", "suppositions"))
        if old.lists != new.lists:
            found.append(Part("lists", "lists"))
        return tuple(found)


def _with_ancestors(asking: Asking, wanted: set[str]) -> tuple[Model, ...]:
    """Those models and the ones to which claims lead from them, in either direction."""
    reached: set[str] = set()
    queue = sorted(wanted)
    links: dict[str, set[str]] = {}
    for claim in asking.claims:
        links.setdefault(claim.subject, set()).add(claim.object)
        links.setdefault(claim.object, set()).add(claim.subject)
    while queue:
        ident = queue.pop()
        if ident not in reached:
            reached.add(ident)
            queue += sorted(links.get(ident, ()))
    return tuple(m for m in asking.models if m.id in reached)


def _changed(old: Iterable[R], new: Iterable[R]) -> list[str]:
    one, other = {r.id: r for r in old}, {r.id: r for r in new}
    return [ident for ident in sorted({*one, *other}) if one.get(ident) != other.get(ident)]


def _mixed(old: tuple[R, ...], new: tuple[R, ...], taken: frozenset[str]) -> tuple[R, ...]:
    if not taken:
        return old
    joined = {r.id: r for r in old if r.id not in taken} | {r.id: r for r in new if r.id in taken}
    return tuple(joined[ident] for ident in sorted(joined))


def _joined(old: tuple[R, ...], new: tuple[R, ...]) -> tuple[R, ...]:
    return tuple({r.id: r for r in (*old, *new)}.values())


_FIELDS = ("organisation", "country", "rulings")
"""Besides the answers and the jurisdictions, from what of a profile a verdict may follow."""


def profile_keys(old: Profile, new: Profile) -> list[str]:
    """In what do these profiles differ, as far as rules can see it?"""
    found = [
        f"facts.{ident}"
        for ident in sorted({*old.facts, *new.facts})
        if old.facts.get(ident) != new.facts.get(ident)
    ]
    found += [f"jurisdictions.{code}" for code in sorted({*old.jurisdictions} ^ {*new.jurisdictions})]
    found += [field for field in (*_FIELDS, "modifications") if getattr(old, field) != getattr(new, field)]
    return found


def _profile(old: Profile, new: Profile, taken: frozenset[str]) -> Profile:
    if not taken:
        return old
    facts, places = dict(old.facts), set(old.jurisdictions)
    changes: dict[str, object] = {}
    for key in taken:
        kind, _, name = key.partition(".")
        if kind == "facts":
            facts.pop(name, None)
            if name in new.facts:
                facts[name] = new.facts[name]
        elif kind == "jurisdictions":
            places = places ^ {name}
        else:
            changes[kind] = getattr(new, kind)
    order = {code: n for n, code in enumerate((*old.jurisdictions, *new.jurisdictions))}
    listed = tuple(sorted(places, key=lambda code: (order[code], code)))
    return msgspec.structs.replace(old, facts=facts, jurisdictions=listed, **changes)
