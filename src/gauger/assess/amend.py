"""The same rule with one thing in its text otherwise: a cell, an exception granted, in force or not."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from gauger.assess.rule import Rule
from gauger.catalogue.records import Instrument, Interval


class Amendment(NamedTuple):
    """One change of a rule's text or standing.

    Attributes:
        what: cell (the text says yes or no of a form), grant (an exception is granted), ended, in-force, or
            unruled (what counsel decided about silence does not stand).
        where: The form, or the exception's place.
        value: For a cell, `yes` or `no`.
    """

    what: Literal["cell", "grant", "ended", "in-force", "unruled"]
    where: str = ""
    value: str = ""


def amended(rule: Rule, amendments: tuple[Amendment, ...]) -> Rule:
    """The rule with these changes, compiled once for each set of them."""
    known: dict[tuple[Amendment, ...], Rule] = rule.variants
    if amendments not in known:
        instrument = rule.instrument
        for amendment in amendments:
            instrument = _text(instrument, amendment)
        held = {} if any(a.what == "unruled" for a in amendments) else rule.held
        known[amendments] = Rule(instrument, rule.ground, held)
    return known[amendments]


def _text(instrument: Instrument, amendment: Amendment) -> Instrument:
    match amendment.what:
        case "cell":
            reaches = {**instrument.reaches, amendment.where: amendment.value}
            return msgspec.structs.replace(instrument, reaches=reaches)
        case "grant":
            exceptions = tuple(
                msgspec.structs.replace(e, when={"always": True}) if str(n) == amendment.where else e
                for n, e in enumerate(instrument.exceptions)
            )
            return msgspec.structs.replace(instrument, exceptions=exceptions)
        case "ended":
            return msgspec.structs.replace(instrument, status="ended", force=(_PAST,))
        case "in-force":
            return msgspec.structs.replace(instrument, status="in-force", force=(_ALWAYS,))
    return instrument


_PAST = Interval(from_="0001-01-01", until="0001-01-02")
_ALWAYS = Interval(from_="0001-01-01")
