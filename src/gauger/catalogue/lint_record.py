"""What is wrong with one record by itself: its name, sources, dates, countries and closed words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from gauger.catalogue.territories import (
    COUNTRIES,
    PLACES,
    SUPRANATIONAL,
    UNKNOWN_SEAT,
    is_place,
    nearest_place,
)
from gauger.catalogue.written import Key, Written
from gauger.core.day import is_day
from gauger.core.inventory import Form
from gauger.core.lineage import Relation
from gauger.core.strict import nearest

Told = tuple[Key, str] | tuple[Key, str, str]
"""Key, message, and the word by which the line is found where the key alone is too coarse."""

_MONTH = re.compile(r"^\d{4}(?:-\d{2})?$")
_PACKAGE = re.compile(r"^package:[\w@./-]+==[\w.+!-]+$")
_PAGE = re.compile(r"^(?:https?://[^\s/]+\.\S+|docs/[\w./#-]+)$")
_SEEN_IN_PACKAGES = frozenset({"shares-tokenizer-with", "architecture-from"})
_UNREAD = re.compile(r"\bnot opened\b|address,? to check", re.IGNORECASE)


def check(one: Written) -> Iterator[Told]:
    """What is wrong with this record, whatever the others say?"""
    if one.path.stem != one.ident:
        yield ("id",), f"the file is named {one.path.name!r} and the id is {one.ident!r}: they have to agree"
    yield from _stamp(one.plain, ())
    for number, added in enumerate(one.plain.get("add-instruments", ())):
        yield from _stamp(added, ("add-instruments", number))
    yield from _days(one)
    yield from _intervals(one.plain, ())
    yield from _places(one)
    yield from _words(one)
    yield from _descent(one.plain)


def _stamp(record: Mapping[str, Any], at: Key) -> Iterator[Told]:
    """Sources, confidence and the days of the last and the next check."""
    sources = record["sources"]
    if not sources:
        yield (*at, "sources"), "has no source: a fact without one cannot be checked"
    for number, source in enumerate(sources):
        yield from _source(source, (*at, "sources", number))
    for name in ("checked-on", "next-check"):
        if not is_day(record[name]):
            yield (*at, name), f"{record[name]!r} is no ISO date such as 2026-11-23"
    if record["next-check"] <= record["checked-on"]:
        yield (*at, "next-check"), "the next check lies before the last one"
    if record["confidence"] == "low" and not record["why-low"]:
        yield (*at, "confidence"), "a low confidence needs a `why-low`: why the record stands all the same"
    if record["confidence"] != "low" and sources and not any(s["read-on"] for s in sources):
        yield (*at, "confidence"), "none of its sources was read, so its confidence has to be `low`"


def _source(source: Mapping[str, Any], at: Key) -> Iterator[Told]:
    url, read_on = source["url"], source["read-on"]
    if not _PAGE.match(url) and not _PACKAGE.match(url):
        yield (*at, "url"), f"{url!r} is neither an address nor `package:NAME==VERSION`"
    if read_on and not is_day(read_on):
        yield (*at, "read-on"), f"{read_on!r} is no ISO date such as 2026-11-23"
    if read_on and _UNREAD.search(source["note"]):
        yield (
            (*at, "read-on"),
            "the note says that it was not opened: then `read-on` is empty until somebody reads it",
        )


def is_day_or_month(text: str) -> bool:
    """Is this a day, a month or a year that exists, written `2026-11-23`, `2026-11` or `2026`?"""
    full = f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"
    return is_day(text) or (bool(_MONTH.match(text)) and is_day(full))


def _days(one: Written) -> Iterator[Told]:
    if one.kind == "allegations" and not is_day(one.plain["date"]):
        yield ("date",), f"{one.plain['date']!r} is no ISO date such as 2026-11-23"
    released = one.plain.get("released", "")
    if released and not is_day_or_month(released):
        yield ("released",), f"{released!r} is no ISO date or month such as 2026-11"


def _intervals(value: Any, at: Key) -> Iterator[Told]:
    """All intervals in the record, wherever they stand: `from` or `since`, and `until`."""
    if isinstance(value, Mapping):
        if "until" in value or "since" in value:
            yield from _interval(value, at)
        for name, part in value.items():
            yield from _intervals(part, (*at, name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _intervals(part, (*at, number))


def _interval(value: Mapping[str, Any], at: Key) -> Iterator[Told]:
    """One interval; of a share it need not be known since when it is held."""
    begin = "since" if "since" in value else "from"
    right = is_day_or_month if begin == "since" else is_day
    for name in (begin, "until"):
        text = str(value.get(name, ""))
        must = name == begin and "holder" not in value
        if (text or must) and not right(text):
            yield (*at, name), f"{text!r} is no ISO date such as 2026-11-23"
    until = str(value.get("until", ""))
    if until and until <= str(value.get(begin, "")):
        yield (*at, "until"), f"ends on {until}, not after it begins on {value.get(begin)}"


def _places(one: Written) -> Iterator[Told]:
    known = [*sorted(COUNTRIES), *sorted(SUPRANATIONAL)]
    for name in ("country", "jurisdiction"):
        right = {"country": [*known, UNKNOWN_SEAT], "jurisdiction": [*sorted(PLACES), "contract", "licence"]}
        if name in one.plain:
            yield from unknown((name,), one.plain[name], right[name], "country")
    for name in ("excluded-territories", "implied-by-country"):
        for number, code in enumerate(one.plain.get(name, ())):
            yield from unknown((name, number), code, known, "country")


def _words(one: Written) -> Iterator[Told]:
    if one.kind == "models":
        yield from unknown(("form",), one.plain["form"], list(get_args(Form)), "form")
    for number, derivation in enumerate(one.plain.get("derivations", ())):
        key = ("derivations", number, "relation")
        yield from unknown(key, derivation["relation"], list(get_args(Relation)), "relation")


def _descent(record: Mapping[str, Any]) -> Iterator[Told]:
    """Each derivation names the source that was read for it, or the whole record says that it is unsure."""
    read = {s["url"] for s in record["sources"] if s["read-on"]}
    for number, derivation in enumerate(record.get("derivations", ())):
        source, key = derivation["source"], ("derivations", number, "source")
        if not source:
            if record["confidence"] != "low":
                yield (
                    ("derivations", number),
                    "names no source that was read for the descent, so the confidence has to be `low`",
                )
        elif source not in read:
            yield key, f"{source!r} is none of the record's sources that were read"
        elif source.startswith("package:") and derivation["relation"] not in _SEEN_IN_PACKAGES:
            yield key, "a package's list of names does not show that one model was made from another"


def unknown(key: Key, word: str, known: list[str], what: str) -> Iterator[Told]:
    """Is this word none of the known ones? Then say so, with the nearest right one."""
    if word not in known:
        place = nearest_place(word) if what in ("country", "countries", "places") else ""
        guess = place if place in known else nearest(word, [k for k in known if not is_place(k)])
        hint = f"; did you mean {guess!r}?" if guess else ""
        yield key, f"unknown {what} {word!r}{hint}", word
