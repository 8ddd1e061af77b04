"""The UK Sanctions List of the Foreign, Commonwealth & Development Office, as a table and as XML.

Source: https://www.gov.uk/government/publications/the-uk-sanctions-list; columns and elements as in the
public parser of `opensanctions/opensanctions` (datasets/gb/fcdo_sanctions/crawler.py) and fixtures of the
layout, read on 2026-11-24. Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from gauger.core.text import printable
from gauger.lists.dates import iso
from gauger.lists.markup import Element, elements
from gauger.lists.names import cleaned, identifier
from gauger.lists.records import Kind, Party
from gauger.lists.seam import Head, Header
from gauger.lists.table import columns_in, rows

_SUBJECT = "UK Sanctions List"
_LIST = "uk.sanctions"
_NAMES = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
_COLUMNS = ("Unique ID", *_NAMES, "Name type", "Regime Name", "Date Designated", "Name non-latin script")
_TYPE = ("Designation Type", "Individual, Entity, Ship")
_COUNTRIES = ("Address Country",)
_NUMBERS = "Business registration number (s)"
_KINDS: dict[str, Kind] = {"individual": "individual", "entity": "organisation", "ship": "vessel"}
_REPORT = re.compile(r"(?:Report Date|Date Generated)\W+(.+)", re.IGNORECASE)
_PRIMARY = re.compile(r"^primary name$", re.IGNORECASE)
_SPLIT = re.compile(r"[;|,\n]")


class _Gathered:
    """One entry while its rows come in: there is a row for each of its names and addresses."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.primary: list[str] = []
        self.others: list[str] = []
        self.scripts: list[str] = []
        self.countries: list[str] = []
        self.ids: list[str] = []
        self.since = ""
        self.regimes: list[str] = []

    def party(self, number: str) -> Party:
        return Party(
            list=_LIST,
            number=printable(number, 80),
            kind=self.kind,
            names=cleaned([*self.primary, *self.others, *self.scripts]),
            countries=cleaned(self.countries),
            ids=tuple(dict.fromkeys(i for i in self.ids if i)),
            since=self.since,
            programmes=cleaned(self.regimes),
        )


class UkTable:
    """`UK-Sanctions-List.csv`: a line with the date of the report, the head, a row for each name."""

    ident = "uk-csv"
    title = "UK Sanctions List"
    collection = "uk.sanctions"

    def recognises(self, head: Head) -> bool:
        """One of its first lines names the columns."""
        return head.kind == "table" and any(
            "Unique ID" in line and "Name 6" in line for line in columns_in(head.first_lines(4), ",")
        )

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:  # noqa: ARG002
        """See `ListFormat.parties`. Memory: all entries, since rows of one may stand apart."""
        found: dict[str, _Gathered] = {}
        for _, row in rows(file, _COLUMNS, ",", _SUBJECT):
            if len(row) == 1 and "" in row:
                report = _REPORT.search(row[""])
                header.published = header.published or iso(report[1] if report else "")
                continue
            number = row["Unique ID"].strip()
            if not number:
                header.unassigned += 1
                continue
            word = next((row[c] for c in _TYPE if c in row), "").strip().lower()
            entry = found.setdefault(number, _Gathered(_KINDS.get(word, "untyped")))
            name = " ".join(row[part].strip() for part in _NAMES if row[part].strip())
            (entry.primary if _PRIMARY.match(row["Name type"].strip()) else entry.others).append(name)
            entry.scripts.append(row["Name non-latin script"])
            entry.countries += [row[c] for c in _COUNTRIES if c in row]
            entry.ids += [identifier("registration", n) for n in _SPLIT.split(row.get(_NUMBERS, ""))]
            entry.since = entry.since or iso(row["Date Designated"])
            entry.regimes.append(row["Regime Name"])
        for number, entry in found.items():
            yield entry.party(number)


class UkXml:
    """`UK-Sanctions-List.xml`."""

    ident = "uk-xml"
    title = UkTable.title
    collection = UkTable.collection

    def recognises(self, head: Head) -> bool:
        """Its root is `Designations`."""
        return head.root == "Designations"

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:  # noqa: ARG002
        """See `ListFormat.parties`. Memory: one entry at a time."""
        for element in elements(file, frozenset({"DateGenerated", "Designation"}), _SUBJECT):
            if element.tag == "DateGenerated":
                header.published = iso(element.text)
            elif element.tag == "Designation":
                yield _designation(element)


def _designation(element: Element) -> Party:
    entry = _Gathered(_KINDS.get(element.first("IndividualEntityShip").lower(), "untyped"))
    for name in element.all("Names", "Name"):
        parts = [name.first(f"Name{number}") for number in range(1, 7)]
        whole = " ".join(part for part in parts if part)
        (entry.primary if _PRIMARY.match(name.first("NameType")) else entry.others).append(whole)
    entry.scripts = [script.text for script in element.below("NameNonLatinScript")]
    entry.countries = [country.text for country in element.below("AddressCountry")]
    entry.ids = [
        identifier("registration", number)
        for node in element.below("BusinessRegistrationNumber")
        for number in _SPLIT.split(node.text)
    ]
    entry.since = iso(element.first("DateDesignated"))
    entry.regimes = [element.first("RegimeName")]
    return entry.party(element.first("UniqueID"))
