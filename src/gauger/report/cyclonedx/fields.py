"""The small parts of a CycloneDX document: properties, organisations, addresses, levels, references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gauger.core.inventory import Status
from gauger.core.lineage import STRENGTHS, Strength
from gauger.core.readings import Known, Unmeasured, known

Node = dict[str, Any]
"""An object of the document."""

STACK = "stack"
TOOL = "tool-gauger"
"""`bom-ref`s that no record's id can be, since those end in 16 hexadecimal digits."""

LEVELS: dict[Status, float] = {
    "measured": 1.0,
    "declared": 0.8,
    "resolved": 0.6,
    "inferred": 0.4,
    "unresolved": 0.2,
}
"""The standard wants a number called confidence with every technique. Ours is a level on an ordered scale,
the rank of the status in fifths, and is no probability; nothing was calibrated. Every document says so."""

LEVELS_SAID = (
    "evidence.identity confidence is a level, not a probability: the rank of how the name is known, in "
    "fifths (measured 1, declared 0.8, resolved 0.6, inferred 0.4, unresolved 0.2); in pedigree, the rank of "
    "the observation's strength, in quarters (exact 1, strong 0.75, moderate 0.5, weak 0.25, none 0)"
)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+\Z")
_PURL = re.compile(r"pkg:([a-z][a-z0-9.+-]*)/([A-Za-z0-9._~%:/-]*[A-Za-z0-9._~%-])(?:[@?#][!-~]*)?\Z")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def strength_level(strength: Strength) -> float:
    """On which level of the scale is this strength, in quarters?"""
    return STRENGTHS.index(strength) / (len(STRENGTHS) - 1)


def properties(said: Mapping[str, str | Iterable[str]]) -> list[Node]:
    """The `gauger:` properties, sorted by name; several values give several properties; empty ones none."""
    pairs = [
        (f"gauger:{name}", value)
        for name, values in said.items()
        for value in ((values,) if isinstance(values, str) else values)
        if value != ""
    ]
    return [{"name": name, "value": value} for name, value in sorted(pairs)]


def reasons(said: Mapping[str, Known]) -> dict[str, str]:
    """Why is each of these not known? Under `<name>-unknown`; nothing for what is known."""
    return {
        f"{name}-unknown": f"{value.reason}: {value.detail}" if value.detail else value.reason
        for name, value in said.items()
        if isinstance(value, Unmeasured)
    }


def organisation(name: str, country: Known | None = None) -> Node:
    """An organisation by its name, with the country of its seat where that is known."""
    where = known(country) if country is not None else None
    return {"name": name, "address": {"country": where}} if where else {"name": name}


def web_address(text: str) -> str:
    """The text where it is a web address that the standard takes; else empty."""
    return text if _ADDRESS.match(text) and not _BAD_PERCENT.search(text) else ""


def package_url(text: str) -> str:
    """The text where it is a package URL that a reader can parse; else empty.

    Source: purl-spec (https://github.com/package-url/purl-spec); `huggingface` requires a namespace.
    """
    found = _PURL.match(text)
    if found is None or (found[1] == "huggingface" and "/" not in found[2].strip("/")):
        return ""
    return text


def moment(as_of: str) -> str:
    """The first second of the dossier's date, or empty where that is no date. The clock is never read."""
    try:
        return f"{date.fromisoformat(as_of).isoformat()}T00:00:00Z"
    except ValueError:
        return ""


def filled(**said: Any) -> Node:
    """The fields that say something, in the order given: None, empty text and empty lists are left out.

    A trailing underscore is taken off, and other underscores become dashes (`bom_ref`, `class_`).
    """
    return {
        name.rstrip("_").replace("_", "-"): value
        for name, value in said.items()
        if value is not None and value != "" and value != [] and value != {}
    }


def split_name(namespace: str, name: str) -> tuple[str, str]:
    """Group and name: the organisation and the rest for a hub's `Org/Name`, else no group."""
    organisation_name, slash, rest = name.partition("/")
    if namespace == "hub" and slash and organisation_name and rest and "/" not in rest:
        return organisation_name, rest
    return "", name
