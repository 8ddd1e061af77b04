"""Which shares stand behind an answer about ownership: those on the way up from a developer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gauger.catalogue.records import Developer, Stake

Developers = Mapping[str, Developer]


def shares(developers: Developers, developer: str) -> Iterator[tuple[Stake, str]]:
    """Every share that leads up from this developer, with the id of who is owned; each company once."""
    seen: set[str] = set()
    queue = [developer]
    while queue:
        ident = queue.pop(0)
        if ident in seen or ident not in developers:
            continue
        seen.add(ident)
        record = developers[ident]
        queue += [*record.parents, *(stake.holder for stake in record.stakes)]
        yield from ((stake, ident) for stake in record.stakes)


def unsized(developers: Developers, developer: str, day: str) -> Iterator[tuple[Stake, str]]:
    """Shares above this developer that are reported without their size and held on that day."""
    for stake, owned in shares(developers, developer):
        if stake.percent is None and _held(stake, day):
            yield stake, owned


def told(developers: Developers, developer: str, day: str) -> str:
    """Who holds what of this developer, as recorded? `High-Flyer controls DeepSeek`, `A 20% of B`."""
    parts: list[str] = []
    seen: set[str] = set()
    queue = [developer]
    while queue:
        ident = queue.pop(0)
        if ident in seen or ident not in developers:
            continue
        seen.add(ident)
        record = developers[ident]
        parts += [f"{_title(developers, parent)} controls {record.title}" for parent in record.parents]
        for stake in record.stakes:
            if stake.holder not in record.parents and _held(stake, day):
                size = "a share of unknown size" if stake.percent is None else f"{stake.percent:g}%"
                parts.append(f"{_title(developers, stake.holder)} holds {size} of {record.title}")
        queue += [*record.parents, *(stake.holder for stake in record.stakes)]
    return "; ".join(parts) or "no share in it is recorded"


def days(developers: Developers, developer: str) -> frozenset[str]:
    """On which days does a share above this developer begin or end?"""
    return frozenset(
        day for stake, _ in shares(developers, developer) for day in (stake.since, stake.until) if day
    )


def _title(developers: Developers, ident: str) -> str:
    return developers[ident].title if ident in developers else ident


def _held(stake: Stake, day: str) -> bool:
    return stake.since <= day and (not stake.until or day < stake.until)
