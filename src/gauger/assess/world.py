"""The law as one scenario has it: instruments, list entries and facts, after the overlays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Instrument, ListEntry, Scenario
from gauger.core.errors import CatalogueError, UsageError
from gauger.core.profile import Answer
from gauger.core.strict import convert, nearest

Entries = Mapping[str, tuple[ListEntry, ...]]


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules are in one scenario.

    Attributes:
        instruments: By id, in a defined order.
        entries: List entries by developer id.
        facts: Answers about the user that the scenario assumes.
    """

    instruments: Mapping[str, Instrument]
    entries: Entries
    facts: Mapping[str, Answer] = {}


def today(catalogue: Catalogue, derived: Iterable[Instrument] = ()) -> World:
    """The law as it stands: every instrument of the catalogue, and those that follow from licences."""
    joined = {**{i.id: i for i in derived}, **catalogue.instruments}
    return World(
        instruments=dict(sorted(joined.items())),
        entries={d.id: d.lists for d in catalogue.developers.values() if d.lists},
    )


def overlay(world: World, scenario: Scenario) -> World:
    """The world as this scenario's own overlay changes it.

    Laws: the same overlay applied twice is applied once; overlays that touch different things commute.

    Raises:
        CatalogueError: it alters an instrument that does not exist, or a field that an instrument has not.
    """
    instruments = dict(world.instruments)
    instruments.update((i.id, i) for i in scenario.add_instruments)
    for ident, changes in scenario.alter_instruments.items():
        subject = f"scenarios/{scenario.id}: alter-instruments: {ident}"
        if ident not in instruments:
            guess = nearest(ident, list(instruments))
            raise CatalogueError(
                "there is no such instrument",
                subject=subject,
                hint=f"did you mean {guess!r}?" if guess else "",
            )
        instruments[ident] = _altered(instruments[ident], changes, subject)
    entries = dict(world.entries)
    for developer, added in scenario.add_list_entries.items():
        entries[developer] = tuple(dict.fromkeys((*entries.get(developer, ()), *added)))
    return World(
        instruments=dict(sorted(instruments.items())),
        entries=entries,
        facts={**world.facts, **scenario.set_facts},
    )


def _altered(instrument: Instrument, changes: Mapping[str, object], subject: str) -> Instrument:
    fields = {**msgspec.to_builtins(instrument), **changes}
    try:
        return convert(fields, Instrument, subject=subject)
    except UsageError as error:
        raise CatalogueError(error.message, subject=subject, hint=error.hint) from error


def world_of(scenario: Scenario, scenarios: Mapping[str, Scenario], base: World) -> World:
    """The world of this scenario: those that it extends first, each once, then its own overlay.

    Raises:
        CatalogueError: it extends a scenario that does not exist.
    """
    world = base
    for part in chain(scenario, scenarios):
        world = overlay(world, part)
    return world


def chain(scenario: Scenario, scenarios: Mapping[str, Scenario]) -> tuple[Scenario, ...]:
    """Which overlays make this scenario, in the order of their application? A cycle ends.

    Raises:
        CatalogueError: one of them does not exist.
    """
    done: dict[str, Scenario] = {}
    open_: set[str] = set()

    def add(part: Scenario) -> None:
        if part.id in done or part.id in open_:
            return
        open_.add(part.id)
        for ident in part.extends:
            if ident not in scenarios:
                guess = nearest(ident, list(scenarios))
                raise CatalogueError(
                    f"extends the unknown scenario {ident!r}",
                    subject=f"scenarios/{part.id}",
                    hint=f"did you mean {guess!r}?" if guess else "",
                )
            add(scenarios[ident])
        done[part.id] = part

    add(scenario)
    return tuple(done.values())


def chosen(idents: tuple[str, ...], catalogue: Catalogue) -> tuple[Scenario, ...]:
    """Which scenarios are meant, in the catalogue's order? All of them where none is named.

    Args:
        idents: Ids or aliases in any case; several joined by `+` make one scenario in which all of them hold.
        catalogue: Where the scenarios are.

    Raises:
        UsageError: one does not exist; with the nearest right id.
    """
    named = idents or tuple(catalogue.scenarios)
    picked = {s.id: s for s in (scenario_named(ident, catalogue) for ident in named)}
    return tuple(sorted(picked.values(), key=lambda s: (s.order, s.id)))


def scenario_named(ident: str, catalogue: Catalogue) -> Scenario:
    """Which scenario has this id or alias, or is made of several joined by `+`?

    Raises:
        UsageError: one does not exist; with the nearest right id.
    """
    parts = {s.id: s for s in (_single(word.strip(), catalogue) for word in ident.split("+"))}
    return joint(tuple(parts.values()))


def _single(word: str, catalogue: Catalogue) -> Scenario:
    known = catalogue.scenarios
    if word in known:
        return known[word]
    names = {name.lower(): (name, s) for s in known.values() for name in (s.id, *s.aliases)}
    if word.lower() in names:
        return names[word.lower()][1]
    guess = names.get(nearest(word.lower(), list(names)), ("",))[0]
    listed = f"did you mean {guess!r}?" if guess else "known: " + ", ".join(known)
    raise UsageError(f"there is no scenario {word!r}", hint=listed)


_SURE = ("high", "medium", "low")


def joint(parts: tuple[Scenario, ...]) -> Scenario:
    """The scenario in which all of these hold; of one alone, itself.

    They are applied in the catalogue's order. Where two set the same field of a rule to different values the
    later one decides; `conflicts` says so.
    """
    parts = tuple(sorted(parts, key=lambda s: (s.order, s.id)))
    hypothetical = tuple(s for s in parts if s.hypothetical) or parts[:1]
    if len(hypothetical) == 1:
        return hypothetical[0]
    first = hypothetical[0]
    return Scenario(
        id="+".join(s.id for s in hypothetical),
        title=" + ".join(s.title for s in hypothetical),
        description=" ".join(s.description.strip() for s in hypothetical),
        order=max(s.order for s in hypothetical) + 1_000,
        extends=tuple(s.id for s in hypothetical),
        sources=tuple(dict.fromkeys(source for s in hypothetical for source in s.sources)),
        checked_on=min(s.checked_on for s in hypothetical),
        next_check=min(s.next_check for s in hypothetical),
        confidence=max((s.confidence for s in hypothetical), key=_SURE.index),
        why_low=first.why_low,
    )


def together(idents: tuple[str, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """The ids of these scenarios, and, where there are several, of the one in which all of them hold.

    Raises:
        UsageError: one does not exist.
    """
    single = tuple(dict.fromkeys(scenario_named(ident, catalogue).id for ident in idents))
    if len(single) < 2:
        return single
    return tuple(dict.fromkeys((*single, scenario_named("+".join(single), catalogue).id)))


def conflicts(scenario: Scenario, scenarios: Mapping[str, Scenario]) -> tuple[str, ...]:
    """Where do the overlays that make this scenario disagree, and which decides? In words."""
    set_by: dict[tuple[str, str], tuple[str, object]] = {}
    told = []
    for part in chain(scenario, scenarios):
        changes: list[tuple[tuple[str, str], object]] = [
            ((ident, field), value)
            for ident, fields in part.alter_instruments.items()
            for field, value in fields.items()
        ]
        changes += [(("the answer to", fact), answer) for fact, answer in part.set_facts.items()]
        changes += [(("the rule", i.id), i) for i in part.add_instruments]
        for key, value in changes:
            before = set_by.get(key)
            if before is not None and before[1] != value:
                told.append(f"{before[0]} and {part.title} both set {' '.join(key)}: {part.title} decides")
            set_by[key] = (part.title, value)
    return tuple(told)
