"""What is wrong in who owns whom: shares that cannot be, companies that own themselves, unknown registers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gauger.catalogue.lint_record import Told, unknown
from gauger.catalogue.vocabulary import LISTS
from gauger.catalogue.written import Written

_MAJORITY = 50.0
"""Who holds more than this, in per cent, decides alone."""

REGISTERS: Mapping[str, str] = {"lei": r"[0-9A-Z]{18}[0-9]{2}", "uscc": r"[0-9A-HJ-NPQRTUWXY]{18}"}
"""Registers of entities, and how their numbers look.

Source: ISO 17442-1:2020 (Legal Entity Identifier); GB 32100-2015 (unified social credit code).
"""


def check(written: Iterable[Written]) -> Iterator[tuple[Written, Told]]:
    """Which developers' records say what no register of companies could say?"""
    developers = [one for one in written if one.kind == "developers"]
    for one in developers:
        yield from ((one, told) for told in _shares(one.plain))
        yield from ((one, told) for told in _identifiers(one.plain))
    yield from _owning_themselves(developers)


def _shares(record: Mapping[str, Any]) -> Iterator[Told]:
    held = [s for s in record["stakes"] if not s["until"]]
    for number, stake in enumerate(record["stakes"]):
        percent = stake["percent"]
        if percent is not None and not 0 < percent <= 100:
            yield ("stakes", number, "percent"), f"{percent:g} is no share: above 0, and 100 at most"
    total = sum(s["percent"] for s in held if s["percent"] is not None)
    if total > 100:
        yield (
            ("stakes",),
            f"the shares held today come to {total:g} per cent; close the old ones with `until`",
        )
    twice = [h for h in {s["holder"] for s in held} if sum(s["holder"] == h for s in held) > 1]
    for holder in sorted(twice):
        yield ("stakes",), f"{holder!r} holds two shares today; close the old one with `until`", holder


def _identifiers(record: Mapping[str, Any]) -> Iterator[Told]:
    known = [*REGISTERS, *LISTS]
    for number, identifier in enumerate(record["identifiers"]):
        register, colon, code = identifier.partition(":")
        key = ("identifiers", number)
        if not colon or not code:
            yield key, f"{identifier!r} is not written `register:number`"
            continue
        yield from unknown(key, register, known, "register or list")
        if register in REGISTERS and not re.fullmatch(REGISTERS[register], code):
            yield key, f"{code!r} is no number of the register {register!r}"


def _owning_themselves(developers: list[Written]) -> Iterator[tuple[Written, Told]]:
    """Circles over majorities and parents taken together; those over parents alone are told elsewhere."""
    above = {one.ident: _controlling(one.plain) for one in developers}
    parents = {one.ident: set(one.plain["parents"]) for one in developers}
    for one in developers:
        if one.ident in _reached(one.ident, above) and one.ident not in _reached(one.ident, parents):
            yield one, (("stakes",), "by majorities this company owns itself")


def _controlling(record: Mapping[str, Any]) -> set[str]:
    majorities = (s for s in record["stakes"] if not s["until"] and (s["percent"] or 0) > _MAJORITY)
    return {*record["parents"], *(s["holder"] for s in majorities)}


def _reached(start: str, above: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    queue = list(above[start])
    while queue:
        here = queue.pop()
        if here not in seen:
            seen.add(here)
            queue += above.get(here, ())
    return seen
