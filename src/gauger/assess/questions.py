"""What is asked: every model with its lines of descent, every scenario with its rules and the user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from gauger.assess.compute import Changes
from gauger.assess.descent import Descent
from gauger.assess.licences import general_rules, instruments_of, terms_of
from gauger.assess.listings import NO_LISTS, Listed, concerned, with_lists
from gauger.assess.predicates import Ground
from gauger.assess.rule import Rule
from gauger.assess.rulings import Held, by_instrument
from gauger.assess.sources import Sources, serving, teachers
from gauger.assess.strand import Strand
from gauger.assess.suppose import NOTHING_SUPPOSED, Supposed
from gauger.assess.user import User, user_of
from gauger.assess.world import World, chosen, overlay, today, world_of
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Instrument, Scenario
from gauger.core.inventory import Model, Use
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Profile
from gauger.lists.records import ListFolder


class Subject(NamedTuple):
    """A model with its lines of descent."""

    model: Model
    strands: tuple[Strand, ...]


class Case(NamedTuple):
    """One scenario, ready to be asked: its rules, and the user as it assumes them."""

    scenario: Scenario
    world: World
    user: User
    rules: tuple[Rule, ...]


class Questions(NamedTuple):
    """All that is asked in one run.

    Attributes:
        cases: The scenarios, in the catalogue's order.
        subjects: The models that are used, by id.
        listed: What the list files say.
    """

    cases: tuple[Case, ...]
    subjects: tuple[Subject, ...]
    listed: Listed


def put_questions(
    models: Iterable[Model],
    uses: Iterable[Use],
    claims: Iterable[Claim],
    references: Iterable[Reference],
    *,
    catalogue: Catalogue,
    profile: Profile,
    as_of: str,
    scenarios: tuple[str, ...] = (),
    supposed: Supposed = NOTHING_SUPPOSED,
    lists: ListFolder = NO_LISTS,
) -> Questions:
    """What has to be asked of this inventory? The arguments are those of `gauger.assess.assess.assess`.

    Raises:
        UsageError: a scenario does not exist.
        CatalogueError: a rule or overlay of the catalogue is wrong.
    """
    models = supposed.models(models)
    used = _uses_by_model(supposed.uses(uses))
    sources = Sources(
        catalogue, models, (*references, *supposed.references), profile.organisation, profile.country
    )
    taught = teachers(models, used, sources)
    descent = Descent(sources, (*claims, *supposed.claims), taught)
    subjects = subjects_of(descent, models, used, Changes(profile, sources, descent))
    groups = (strand.group for subject in subjects for strand in subject.strands)
    listed = with_lists(catalogue, lists, as_of, concerned(catalogue.developers, groups))
    held = by_instrument(profile.rulings, as_of)
    user = user_of(profile, catalogue)
    cases = cases_of(catalogue, user, chosen(scenarios, catalogue), subjects, held, supposed, listed)
    return Questions(cases, subjects, listed)


def _uses_by_model(uses: Iterable[Use]) -> Mapping[str, list[Use]]:
    found: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        found[use.model].append(use)
    return found


def subjects_of(
    descent: Descent, models: tuple[Model, ...], used: Mapping[str, list[Use]], changes: Changes
) -> tuple[Subject, ...]:
    """Which models are used, each with its lines of descent? Those that are only mentioned are not."""
    found = []
    for model in sorted(models, key=lambda m: m.id):
        real = [u for u in used.get(model.id, ()) if u.status != "mention"]
        if used.get(model.id) and not real:
            continue
        strands = descent.strands(model, serving(model, real, descent.sources.catalogue))
        found.append(Subject(model, changes.marked(model, strands)))
    return tuple(found)


def cases_of(
    catalogue: Catalogue,
    user: User,
    scenarios: tuple[Scenario, ...],
    subjects: tuple[Subject, ...],
    held: Held,
    supposed: Supposed,
    listed: Listed,
) -> tuple[Case, ...]:
    """The scenarios, with their rules compiled; an unchanged rule is compiled once for all of them."""
    derived = _licence_rules(catalogue, [strand for subject in subjects for strand in subject.strands])
    base = today(catalogue, (*derived, *general_rules(catalogue.as_of)))
    base = msgspec.structs.replace(base, entries=listed.entries)
    below = supposed.overlay()
    if below is not None:
        base = overlay(base, below)
    shared = _shared_rules(held)
    grounds: dict[tuple[object, ...], Ground] = {}
    cases = []
    for scenario in scenarios:
        world = world_of(scenario, catalogue.scenarios, base)
        key = tuple((d, world.entries[d]) for d in sorted(world.entries))
        ground = grounds.setdefault(key, Ground(catalogue, world.entries, supposed.stakes))
        rules = tuple(shared(instrument, ground) for instrument in world.instruments.values())
        cases.append(Case(scenario, world, user.assuming(world.facts), rules))
    return tuple(cases)


def _licence_rules(catalogue: Catalogue, strands: list[Strand]) -> list[Instrument]:
    """The rules of every licence that a line of descent is under, or may be, and of its providers' terms."""
    used = Ground(catalogue, {}).licences_of
    carried: set[str] = set()
    for strand in strands:
        carried |= {strand.licence} if strand.licence else used.get(strand.developer, frozenset())
    known = [catalogue.licences[ident] for ident in sorted(carried) if ident in catalogue.licences]
    through = frozenset[str]().union(*(strand.through for strand in strands))
    terms = {catalogue.providers[p].terms for p in through if p in catalogue.providers}
    called = sorted(terms & catalogue.licences.keys())
    return [
        *(instrument for licence in known for instrument in instruments_of(licence)),
        *(instrument for ident in called for instrument in terms_of(catalogue.licences[ident])),
    ]


def _shared_rules(held: Held) -> Callable[[Instrument, Ground], Rule]:
    """Compiles each rule once for all scenarios in which nothing that it can see differs."""
    known: dict[tuple[int, int], Rule] = {}
    kept: list[object] = []  # holds the keys' objects, so that no identity is used twice

    def compile_once(instrument: Instrument, ground: Ground) -> Rule:
        asked = Rule(instrument, ground, held.get(instrument.id))
        key = (id(instrument), id(ground) if asked.looks_up_lists else 0)
        kept.extend((instrument, ground))
        return known.setdefault(key, asked)

    return compile_once
