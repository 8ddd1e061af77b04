"""The consolidated list of persons, groups and entities under EU financial sanctions: XML 1.1 and its table.

Source: https://webgate.ec.europa.eu/fsd/fsf (`xmlFullSanctionsList_1_1`, `csvFullSanctionsList_1_1`);
elements as in the public parser of `opensanctions/opensanctions` (zavod/zavod/shed/fsf.py), columns as in
public profiles of the 118-column file (`fileGenerationDate` is day/month/year), read on 2026-11-24. Reuse
as by Commission Decision 2011/833/EU.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from gauger.core.text import printable
from gauger.lists.dates import iso
from gauger.lists.markup import Element, elements
from gauger.lists.names import cleaned, identifier
from gauger.lists.records import Kind, Party
from gauger.lists.seam import Head, Header
from gauger.lists.table import columns_in, rows

_SUBJECT = "EU financial sanctions"
_LIST = "eu.sanctions"
_KINDS: dict[str, Kind] = {
    "person": "individual",
    "p": "individual",
    "enterprise": "organisation",
    "e": "organisation",
}
_COLUMNS = ("fileGenerationDate", "Entity_LogicalId", "Entity_SubjectType", "NameAlias_WholeName")
_UNTYPED: Kind = "untyped"
_NO_COUNTRY = {"", "00", "UNKNOWN"}


class EuXml:
    """`xmlFullSanctionsList_1_1`."""

    ident = "eu-xml"
    title = "EU consolidated financial sanctions"
    collection = "eu.sanctions"

    def recognises(self, head: Head) -> bool:
        """Its root is `export`, of the Commission's name space or with the entities in it."""
        return head.root == "export" and ("fsd/export" in head.text or "<sanctionEntity" in head.text)

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:  # noqa: ARG002
        """See `ListFormat.parties`. Memory: one entry at a time."""
        for element in elements(file, frozenset({"sanctionEntity"}), _SUBJECT):
            if element.tag == "sanctionEntity":
                yield _entity(element)
            else:
                header.published = iso(element.get("generationDate"))


def _entity(element: Element) -> Party:
    types = [t.get("code") or t.get("classificationCode") for t in element.all("subjectType")]
    ids = (
        identifier(
            i.get("identificationTypeDescription") or i.get("identificationTypeCode"),
            i.get("number") or i.get("latinNumber"),
        )
        for i in element.all("identification")
    )
    regulations = element.all("regulation")
    begins = [element.get("designationDate"), *(r.get("entryIntoForceDate") for r in regulations)]
    return Party(
        list=_LIST,
        number=printable(element.get("euReferenceNumber") or element.get("logicalId"), 80),
        kind=_KINDS.get(next(iter(types), "").lower(), "untyped"),
        names=cleaned(n.get("wholeName") for n in element.all("nameAlias")),
        countries=cleaned(
            a.get("countryIso2Code")
            for a in element.all("address")
            if a.get("countryIso2Code") not in _NO_COUNTRY
        ),
        ids=tuple(dict.fromkeys(i for i in ids if i)),
        since=min(filter(None, map(iso, begins)), default=""),
        programmes=cleaned(r.get("programme") for r in regulations),
    )


class _Gathered:
    """One entry while its rows come in: there is a row for each name, address and number."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.names: list[str] = []
        self.countries: list[str] = []
        self.ids: list[str] = []
        self.begins: list[str] = []
        self.programmes: list[str] = []


class EuTable:
    """`csvFullSanctionsList_1_1`: semicolons, a row for each name, address and number of an entry."""

    ident = "eu-csv"
    title = EuXml.title
    collection = EuXml.collection

    def recognises(self, head: Head) -> bool:
        """Its first line names the columns."""
        return head.kind == "table" and any(
            "Entity_LogicalId" in line for line in columns_in(head.first_lines(1), ";")
        )

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:  # noqa: ARG002
        """See `ListFormat.parties`. Memory: all entries, since rows of one may stand apart."""
        found: dict[str, _Gathered] = {}
        for _, row in rows(file, _COLUMNS, ";", _SUBJECT):
            if len(row) == 1 and "" in row:
                continue
            header.published = header.published or iso(row["fileGenerationDate"])
            number = row.get("Entity_EU_ReferenceNumber", "").strip() or row["Entity_LogicalId"].strip()
            if not number:
                header.unassigned += 1
                continue
            words = (row["Entity_SubjectType"], row.get("Entity_SubjectType_ClassificationCode", ""))
            kind = next((_KINDS[w] for w in (w.strip().lower() for w in words) if w in _KINDS), _UNTYPED)
            entry = found.setdefault(number, _Gathered(kind))
            entry.names.append(row["NameAlias_WholeName"])
            country = row.get("Address_CountryIso2Code", "").strip()
            entry.countries += [] if country in _NO_COUNTRY else [country]
            scheme = row.get("Identification_TypeDescription", "") or row.get("Identification_TypeCode", "")
            entry.ids.append(identifier(scheme, row.get("Identification_Number", "")))
            entry.begins.append(iso(row.get("Entity_DesignationDate")))
            entry.begins.append(iso(row.get("Entity_Regulation_EntryIntoForceDate")))
            entry.programmes.append(row.get("Entity_Regulation_Programme", ""))
        for number, entry in found.items():
            yield Party(
                list=_LIST,
                number=printable(number, 80),
                kind=entry.kind,
                names=cleaned(entry.names),
                countries=cleaned(entry.countries),
                ids=tuple(dict.fromkeys(i for i in entry.ids if i)),
                since=min(filter(None, entry.begins), default=""),
                programmes=cleaned(entry.programmes),
            )
