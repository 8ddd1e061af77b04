"""Which shares stand behind an answer about ownership: those on the way up from a developer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gauger.assess.ownership import held, owners
from gauger.catalogue.records import Developer, Stake

Developers = Mapping[str, Developer]


def shares(developers: Developers, developer: str) -> Iterator[tuple[Stake, str]]:
    """Every share that leads up from this developer, with the id of who is owned; each company once."""
    return ((stake, owned.id) for owned in owners(developers, developer) for stake in owned.stakes)


def unsized(developers: Developers, developer: str, day: str) -> Iterator[tuple[Stake, str]]:
    """Shares above this developer that are reported without their size and held on that day."""
    for stake, owned in shares(developers, developer):
        if stake.percent is None and held(stake, day):
            yield stake, owned


def told(developers: Developers, developer: str, day: str) -> str:
    """Who holds what of this developer, as recorded? `High-Flyer controls DeepSeek`, `A 20% of B`."""
    parts: list[str] = []
    for record in owners(developers, developer):
        parts += [f"{_title(developers, parent)} controls {record.title}" for parent in record.parents]
        for stake in record.stakes:
            if stake.holder not in record.parents and held(stake, day):
                size = "a share of unknown size" if stake.percent is None else f"{stake.percent:g}%"
                parts.append(f"{_title(developers, stake.holder)} holds {size} of {record.title}")
    return "; ".join(parts) or "no share in it is recorded"


def days(developers: Developers, developer: str) -> frozenset[str]:
    """On which days does a share above this developer begin or end?"""
    return frozenset(
        day for stake, _ in shares(developers, developer) for day in (stake.since, stake.until) if day
    )


def _title(developers: Developers, ident: str) -> str:
    return developers[ident].title if ident in developers else ident
