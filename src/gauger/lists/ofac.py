"""OFAC's lists in their classic XML: `sdn.xml`, and `consolidated.xml` for those that are not the SDN list.

Source: https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas (`sdnList`:
`publshInformation` with that spelling, `sdnEntry`, `akaList`, `idList`, `addressList`), read through public
parsers and fixtures of them on 2026-11-24. The file has no dates of listing. Public domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from gauger.core.errors import Malformed
from gauger.core.text import printable
from gauger.lists.dates import iso
from gauger.lists.markup import Element, elements
from gauger.lists.names import cleaned, identifier
from gauger.lists.records import Kind, Party
from gauger.lists.seam import Head, Header

_SUBJECT = "OFAC list"
_WANTED = frozenset({"publshInformation", "publishInformation", "sdnEntry"})
_KINDS: dict[str, Kind] = {
    "Individual": "individual",
    "Entity": "organisation",
    "Vessel": "vessel",
    "Aircraft": "aircraft",
}
_OTHERS: tuple[tuple[str, str], ...] = (
    ("CMIC", "us.ofac-cmic"),
    ("FSE", "us.ofac-fse"),
    ("NS-PLC", "us.ofac-plc"),
    ("561", "us.ofac-cap"),
    ("CAPTA", "us.ofac-cap"),
    ("UKRAINE-EO13662", "us.ofac-ssi"),
)
"""How a programme of the file of the other lists begins → the list."""
_DECISIVE = ("CMIC", "NS-PLC", "FSE")
"""How programmes begin that the file of the other lists has, and"""
_SDN_ONLY = frozenset({"SDGT", "SDNTK", "CUBA", "NPWMD", "GLOMAG"})
"""those that only the SDN list has. Where both occur it is the SDN list."""


class OfacXml:
    """`sdn.xml` and `consolidated.xml`."""

    ident = "us-ofac-xml"
    title = "OFAC sanctions lists (United States)"
    collection = "us.ofac"

    def recognises(self, head: Head) -> bool:
        """Its root is `sdnList`."""
        return head.root == "sdnList"

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:
        """See `ListFormat.parties`.

        Both files have the same root. One with programmes of the other lists and none that only the SDN list
        has is theirs; its entries are put on the list that their programme names, and those whose programme
        names none are counted as unassigned.
        """
        found: list[Party] = []
        promised = -1
        for element in elements(file, _WANTED, _SUBJECT):
            if element.tag == "sdnEntry":
                found.append(_party(element))
            elif element.children:
                header.published = iso(element.first("Publish_Date"), "mdy")
                count = element.first("Record_Count")
                promised = int(count) if count.isdigit() and len(count) < 10 else -1
        if promised > len(found):
            raise Malformed(
                f"has {len(found)} of the {promised} entries that it says it has", subject=_SUBJECT
            )
        programmes = {programme for party in found for programme in party.programmes}
        others = not programmes & _SDN_ONLY and any(p.startswith(_DECISIVE) for p in programmes)
        for party in found:
            ident = assigned or (_other(party) if others else "us.ofac-sdn")
            if ident:
                yield _on(party, ident)
            else:
                header.unassigned += 1


def _other(party: Party) -> str:
    starts = ((list_, start) for p in party.programmes for start, list_ in _OTHERS if p.startswith(start))
    return next((list_ for list_, _ in starts), "")


def _on(party: Party, ident: str) -> Party:
    return Party(
        list=ident,
        number=party.number,
        kind=party.kind,
        names=party.names,
        countries=party.countries,
        ids=party.ids,
        programmes=party.programmes,
    )


def _party(entry: Element) -> Party:
    names = [_name(entry), *(_name(aka) for aka in entry.all("akaList", "aka"))]
    ids = (identifier(i.first("idType"), i.first("idNumber")) for i in entry.all("idList", "id"))
    return Party(
        list="us.ofac-sdn",
        number=printable(entry.first("uid"), 80),
        kind=_KINDS.get(entry.first("sdnType"), "untyped"),
        names=cleaned(names),
        countries=cleaned(a.first("country") for a in entry.all("addressList", "address")),
        ids=tuple(dict.fromkeys(i for i in ids if i)),
        programmes=cleaned(p.text for p in entry.all("programList", "program")),
    )


def _name(element: Element) -> str:
    return f"{element.first('firstName')} {element.first('lastName')}".strip()
