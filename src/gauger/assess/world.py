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

    Raises:
        UsageError: one does not exist; with the nearest right id.
    """
    known = catalogue.scenarios
    for ident in idents:
        if ident not in known:
            guess = nearest(ident, list(known))
            listed = f"did you mean {guess!r}?" if guess else "known: " + ", ".join(known)
            raise UsageError(f"there is no scenario {ident!r}", hint=listed)
    picked = [known[i] for i in known if not idents or i in idents]
    return tuple(sorted(picked, key=lambda s: (s.order, s.id)))
