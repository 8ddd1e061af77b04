"""Who owns whom: shares taken together, directly and through others, with what is not known kept apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

import msgspec

from gauger.catalogue.records import Developer, Stake

Reached = tuple[frozenset[str], frozenset[str]]
"""Those of whom the holders surely have enough, and those of whom they may have (the first included)."""

Stakes = Mapping[str, tuple[Stake, ...]]
"""Shares by the developer in whom they are held."""

_CONTROL = 100.0
"""What a parent is taken to hold: a record names as parent only who controls."""


def holdings(
    developers: Mapping[str, Developer], holders: frozenset[str], percent: float, day: str
) -> Reached:
    """Of which developers do these holders together have at least this share on that day?

    Shares are added up over all holders, and a company that is reached counts as a holder itself, with the
    whole of its own shares: that is how aggregate ownership rules are written. The holders themselves are
    reached. A stake of unknown size may be enough and surely is not. Cycles end, since the sets only grow; at
    most as many rounds as there are developers.

    Source: 31 CFR 501 Appendix, and OFAC's guidance of 13 August 2014 on entities owned by persons whose
    property
        is blocked (https://ofac.treasury.gov/media/6186/download): indirect ownership runs through entities
        that are themselves owned 50 per cent or more. The share asked for here is the rule's own.

    Args:
        developers: The catalogue's.
        holders: Ids of those whose shares count.
        percent: The share asked for, above 0 and at most 100.
        day: ISO date.
    """
    surely, perhaps = frozenset(holders), frozenset(holders)
    while True:
        sure = {d.id for d in developers.values() if _share(d, surely, day, unknown=0.0) >= percent}
        may = {d.id for d in developers.values() if _share(d, perhaps, day, unknown=_CONTROL) >= percent}
        if sure <= surely and may <= perhaps:
            return surely, perhaps
        surely, perhaps = surely | sure, perhaps | may | sure


def with_stakes(developers: Mapping[str, Developer], stakes: Stakes) -> Mapping[str, Developer]:
    """The same developers, with these shares held in them as well."""
    changed = {
        ident: msgspec.structs.replace(developers[ident], stakes=(*developers[ident].stakes, *more))
        for ident, more in stakes.items()
        if ident in developers
    }
    return {**developers, **changed} if changed else developers


def with_companies_below(developers: Mapping[str, Developer], holders: frozenset[str]) -> frozenset[str]:
    """These, and everyone in whom one of them has a share of any size at any time, through others as well."""
    found = holders
    while True:
        more = {d.id for d in developers.values() if found & {*d.parents, *(s.holder for s in d.stakes)}}
        if more <= found:
            return found
        found = found | more


def _share(developer: Developer, holders: frozenset[str], day: str, *, unknown: float) -> float:
    """What share do these holders have, if stakes of unknown size are taken as this? In per cent."""
    if holders.intersection(developer.parents):
        return _CONTROL
    counted = (s for s in developer.stakes if s.holder in holders and held(s, day))
    return sum(unknown if stake.percent is None else stake.percent for stake in counted)


def owners(developers: Mapping[str, Developer], *idents: str) -> Iterator[Developer]:
    """These developers, and everyone above them by control or by a share, nearest first; each once.

    Whom the records do not know is left out; a circle in the records ends.
    """
    seen: set[str] = set()
    queue = deque(idents)
    while queue:
        ident = queue.popleft()
        if ident not in seen and ident in developers:
            seen.add(ident)
            record = developers[ident]
            yield record
            queue += [*record.parents, *(stake.holder for stake in record.stakes)]


def held(stake: Stake, day: str) -> bool:
    """Is this share held on that day: from and including its start, up to and excluding its end?"""
    return stake.since <= day and (not stake.until or day < stake.until)
