"""One fact as JSON: known with its value, or not known with the reason; never an empty text for either."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gauger.core.readings import Known, Reason, Unmeasured

Json = dict[str, Any]


def told(value: Any) -> Json:
    """A fact that is known, be it an empty list."""
    return {"known": True, "value": value}


def unknown(reason: Reason, detail: str = "", at_least: Iterable[str] = ()) -> Json:
    """A fact that is not known, why, and the part of a list that is."""
    fact: Json = {"known": False, "reason": reason}
    if detail:
        fact["detail"] = detail
    if some := sorted(set(at_least)):
        fact["at_least"] = some
    return fact


def fact(value: Known) -> Json:
    """A name, or why there is none."""
    return unknown(value.reason, value.detail) if isinstance(value, Unmeasured) else told(value)


def joined(parts: Iterable[Json]) -> Json:
    """All that these lists and names hold; not known as soon as one of them is not."""
    held: set[str] = set()
    missing: Json | None = None
    for part in parts:
        if part["known"]:
            held.update([part["value"]] if isinstance(part["value"], str) else part["value"])
        else:
            held.update(part.get("at_least", ()))
            missing = missing or part
    if missing is None:
        return told(sorted(held))
    return unknown(missing["reason"], missing.get("detail", ""), held)
