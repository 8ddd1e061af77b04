"""Which developers are on the lists? By exact names and numbers, or because a person said so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from gauger.lists.names import identifier_key, name_key
from gauger.lists.records import Confirmation, ListFolder, Party


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A developer, by what may be looked up.

    Attributes:
        developer: Id.
        title: Name for people; suggests, and never matches.
        names: Legal names and aliases in all scripts; matched exactly.
        identifiers: `lei:…`, `uscc:…`, `us.ofac-sdn:1234` (a list's own number); matched exactly.
        on-list: By list, names under which the catalogue says that the developer stands there.
    """

    developer: str
    title: str = ""
    names: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    on_list: Mapping[str, tuple[str, ...]] = {}


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A developer's entry on a list.

    Attributes:
        developer: Id.
        party: The entry.
        how: By what it was found.
        what: The name or number that is the same on both sides, or who confirmed it.
        confirmation: The person's decision, where there is one.
    """

    developer: str
    party: Party
    how: Literal["name", "identifier", "confirmed"]
    what: str
    confirmation: Confirmation | None = None


def _named(folder: ListFolder, known: Known) -> Iterator[Match]:
    """The entries with one of the developer's names or numbers."""
    for written in known.identifiers:
        for party in folder.by_identifier.get(identifier_key(written), ()):
            yield Match(developer=known.developer, party=party, how="identifier", what=written)
    for name in known.names:
        for party in folder.by_name.get(name_key(name), ()):
            yield Match(developer=known.developer, party=party, how="name", what=name)
    for ident, names in known.on_list.items():
        for name in names:
            for party in folder.by_name.get(name_key(name), ()):
                if party.list == ident:
                    yield Match(developer=known.developer, party=party, how="name", what=name)


def matches(folder: ListFolder, developers: Iterable[Known]) -> tuple[Match, ...]:
    """Which entries are which developers'? By list, number and developer, each pair once.

    A pair that a person called different is left out, however alike the names are; one that a person called
    the same is in, however unlike they are.

    Law: the order of the developers and of the files makes no difference.
    """
    known = {d.developer: d for d in developers}
    found: dict[tuple[str, str, tuple[str, ...], str], Match] = {}
    decided = _decisions(folder)
    for ident in sorted(known):
        for match in _named(folder, known[ident]):
            found.setdefault(_pair(match.party, ident), match)
    for (_, developer), (party, said) in decided.items():
        if developer not in known:
            continue
        pair = _pair(party, developer)
        if said.verdict == "different":
            found.pop(pair, None)
        elif pair not in found:
            found[pair] = Match(
                developer=developer, party=party, how="confirmed", what=said.by, confirmation=said
            )
        else:
            found[pair] = msgspec.structs.replace(found[pair], confirmation=said)
    return tuple(found[pair] for pair in sorted(found))


def _pair(party: Party, developer: str) -> tuple[str, str, tuple[str, ...], str]:
    return party.list, party.number, party.names, developer


def _decisions(
    folder: ListFolder,
) -> dict[tuple[Party, str], tuple[Party, Confirmation]]:
    """What was last decided of each entry and developer."""
    if not folder.confirmations:
        return {}
    concerned = {(c.list, c.entry) for c in folder.confirmations}
    return {
        (party, developer): (party, said)
        for party in folder.parties
        if (party.list, party.number) in concerned
        for developer, said in folder.decided(party.list, party).items()
    }


def unapplied(folder: ListFolder) -> tuple[Confirmation, ...]:
    """Which decisions are about entries that the newest files no longer have under that number and name?"""
    there = {(p.list, p.number, name) for p in folder.parties for name in p.names}
    held = {ident for file in folder.files for ident in file.lists}
    return tuple(c for c in folder.confirmations if c.list in held and (c.list, c.entry, c.name) not in there)
