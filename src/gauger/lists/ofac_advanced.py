"""OFAC's lists in the advanced XML: names in parts, values by number, parties and their listings apart.

Source: https://home.treasury.gov/system/files/126/sdn_advanced_notes.pdf, as the public parser of
`opensanctions/opensanctions` (datasets/us/ofac/ofac_advanced.py) reads it, seen on 2026-11-24. Public domain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from gauger.core.text import printable
from gauger.lists.dates import iso
from gauger.lists.markup import Element, elements
from gauger.lists.names import cleaned, identifier
from gauger.lists.records import Kind, Party
from gauger.lists.seam import Head, Header

_SUBJECT = "OFAC list (advanced)"
_VALUES = frozenset({"PartySubType", "PartyType", "NamePartType", "List", "Country", "IDRegDocType"})
_WANTED = _VALUES | {"DateOfIssue", "IDRegDocument", "DistinctParty", "SanctionsEntry"}
_KINDS: dict[str, Kind] = {
    "Individual": "individual",
    "Entity": "organisation",
    "Vessel": "vessel",
    "Aircraft": "aircraft",
}
_LISTS: tuple[tuple[str, str], ...] = (
    ("military-industrial", "us.ofac-cmic"),
    ("cmic", "us.ofac-cmic"),
    ("menu-based", "us.ofac-mbs"),
    ("sectoral", "us.ofac-ssi"),
    ("evaders", "us.ofac-fse"),
    ("palestinian", "us.ofac-plc"),
    ("plc", "us.ofac-plc"),
    ("capta", "us.ofac-cap"),
    ("correspondent", "us.ofac-cap"),
    ("sdn list", "us.ofac-sdn"),
    ("specially designated", "us.ofac-sdn"),
)
"""Words of a list's name → its ident; the first that fits."""
_ORDER = ("First Name", "Middle Name", "Patronymic", "Matronymic", "Last Name", "Maiden Name")


class _Profile(msgspec.Struct):
    identity: str
    kind: Kind
    names: tuple[str, ...]


class OfacAdvancedXml:
    """`sdn_advanced.xml` and `cons_advanced.xml`."""

    ident = "us-ofac-advanced-xml"
    title = "OFAC sanctions lists (United States)"
    collection = "us.ofac"

    def recognises(self, head: Head) -> bool:
        """Its root is `Sanctions`."""
        return head.root == "Sanctions"

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:
        """See `ListFormat.parties`. Memory: the names of all parties, since listings come after them."""
        values: dict[tuple[str, str], Element] = {}
        profiles: dict[str, _Profile] = {}
        ids: dict[str, list[str]] = defaultdict(list)
        countries: dict[str, list[str]] = defaultdict(list)
        for element in elements(file, _WANTED, _SUBJECT):
            if element.tag in _VALUES:
                values[element.tag, element.get("ID")] = element
            elif element.tag == "DateOfIssue":
                header.published = _day(element)
            elif element.tag == "IDRegDocument":
                owner = element.get("IdentityID")
                scheme = _value(values, "IDRegDocType", element.get("IDRegDocTypeID"))
                ids[owner].append(identifier(scheme, element.first("IDRegistrationNo")))
                countries[owner].append(_value(values, "Country", element.get("IssuedBy-CountryID")))
            elif element.tag == "DistinctParty":
                profiles.update(_profiles(element, values))
            elif element.tag == "SanctionsEntry":
                profile = profiles.get(element.get("ProfileID"))
                ident = assigned or _list_of(_value(values, "List", element.get("ListID")))
                if profile is None or not ident:
                    header.unassigned += 1
                    continue
                yield Party(
                    list=ident,
                    number=printable(element.get("ProfileID"), 80),
                    kind=profile.kind,
                    names=profile.names,
                    countries=cleaned(countries.get(profile.identity, ())),
                    ids=tuple(dict.fromkeys(i for i in ids.get(profile.identity, ()) if i)),
                    since=min(filter(None, map(_day, element.all("EntryEvent", "Date"))), default=""),
                    programmes=cleaned(m.first("Comment") for m in element.all("SanctionsMeasure")),
                )


def _value(values: dict[tuple[str, str], Element], kind: str, ident: str) -> str:
    element = values.get((kind, ident))
    return element.text if element is not None else ""


def _day(element: Element) -> str:
    year, month, day = (element.first(part) for part in ("Year", "Month", "Day"))
    return iso(f"{day}/{month}/{year}", "dmy")


def _list_of(name: str) -> str:
    return next((ident for words, ident in _LISTS if words in name.lower()), "")


def _profiles(party: Element, values: dict[tuple[str, str], Element]) -> Iterator[tuple[str, _Profile]]:
    for profile in party.all("Profile"):
        sub_type = values.get(("PartySubType", profile.get("PartySubTypeID")))
        word = sub_type.text if sub_type is not None else ""
        if word == "Unknown" and sub_type is not None:
            word = _value(values, "PartyType", sub_type.get("PartyTypeID"))
        for identity in profile.all("Identity"):
            yield (
                profile.get("ID"),
                _Profile(identity.get("ID"), _KINDS.get(word, "untyped"), _names(identity, values)),
            )


def _names(identity: Element, values: dict[tuple[str, str], Element]) -> tuple[str, ...]:
    """The primary name and then the others, each put together from its parts."""
    groups = identity.all("NamePartGroups", "MasterNamePartGroup", "NamePartGroup")
    kinds = {g.get("ID"): _value(values, "NamePartType", g.get("NamePartTypeID")) for g in groups}
    aliases = sorted(identity.all("Alias"), key=lambda alias: alias.get("Primary") != "true")
    return cleaned(
        _put_together(documented, kinds) for alias in aliases for documented in alias.all("DocumentedName")
    )


def _put_together(documented: Element, kinds: dict[str, str]) -> str:
    parts: dict[str, list[str]] = defaultdict(list)
    for value in documented.all("DocumentedNamePart", "NamePartValue"):
        parts[kinds.get(value.get("NamePartGroupID"), "")].append(value.text)
    ordered = [*(kind for kind in _ORDER if kind in parts), *(kind for kind in parts if kind not in _ORDER)]
    return " ".join(text for kind in ordered for text in parts[kind])
