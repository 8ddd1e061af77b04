"""When a rule is in force, and what it is while it is not."""

from __future__ import annotations

from typing import Literal

from gauger.catalogue.records import Instrument, Interval, ListEntry

Standing = Literal["active", "latent", "over"]
"""active: it applies on that day. latent: it does not, and may: dormant, proposed, approved but unpublished,
suspended, only asserted, or not yet begun; what it would catch is *watched*. over: it has ended."""

_IN_WAITING = frozenset({"dormant", "proposed", "approved-unpublished", "suspended", "asserted"})


def inside(interval: Interval, day: str) -> bool:
    """Is this day in the interval: from and including its start, up to and excluding its end?

    Days are ISO dates; a bound that names only a month means its first day.
    """
    return interval.from_ <= day and (not interval.until or day < interval.until)


def standing(instrument: Instrument, day: str) -> Standing:
    """How does this rule stand on that day?

    A rule whose status says that it waits is latent on every day, whatever its intervals say: the status is
    what a person recorded last.
    """
    if instrument.status in _IN_WAITING:
        return "latent"
    if any(inside(interval, day) for interval in instrument.force):
        return "active"
    begins_later = any(interval.from_ > day for interval in instrument.force)
    return "latent" if begins_later or not instrument.force else "over"


def listed(entry: ListEntry, day: str) -> bool:
    """Is this entry published on that day?"""
    return entry.status == "listed" and entry.since <= day and (not entry.until or day < entry.until)


def bounds(instrument: Instrument, entries: tuple[ListEntry, ...], day: str) -> tuple[str, ...]:
    """On which later days may the answer change by the calendar alone?"""
    days = {i.from_ for i in instrument.force} | {i.until for i in instrument.force}
    days |= {e.since for e in entries} | {e.until for e in entries}
    return tuple(sorted(d for d in days if d > day))
