"""The Consolidated Screening List of the United States: thirteen lists in one file, as JSON or as a table.

Source: https://www.trade.gov/consolidated-screening-list; names of the fields and columns as in the public
parsers of `moov-io/watchman` (pkg/csl, 29 columns) and `opensanctions/opensanctions`
(datasets/us/trade_csl/crawler.py), both read on 2026-11-24. Public domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from gauger.core.errors import Malformed
from gauger.core.text import printable
from gauger.lists.dates import iso
from gauger.lists.names import cleaned, identifier
from gauger.lists.records import Kind, Party
from gauger.lists.seam import Head, Header
from gauger.lists.table import columns_in, rows

_LISTS = {
    "EL": "us.entity-list",
    "MEU": "us.meu",
    "UVL": "us.uvl",
    "DPL": "us.dpl",
    "ISN": "us.isn",
    "ACN": "us.isn",
    "DTC": "us.dtc",
    "SDN": "us.ofac-sdn",
    "CMIC": "us.ofac-cmic",
    "FSE": "us.ofac-fse",
    "MBS": "us.ofac-mbs",
    "PLC": "us.ofac-plc",
    "SSI": "us.ofac-ssi",
    "CAP": "us.ofac-cap",
}
"""What stands in brackets in an entry's source → the list's ident."""
_CODE = re.compile(r"\b(?:NS-)?(EL|MEU|UVL|DPL|ISN|ACN|DTC|SDN|CMIC|FSE|MBS|PLC|SSI|CAP)(?: List)?\)")
_KINDS: dict[str, Kind] = {
    "individual": "individual",
    "entity": "organisation",
    "vessel": "vessel",
    "aircraft": "aircraft",
}
_COLUMNS = ("source", "entity_number", "type", "programs", "name", "addresses", "start_date", "alt_names")
_SUBJECT = "Consolidated Screening List"
_SEMICOLON = re.compile(r";\s*")


class _Address(msgspec.Struct):
    country: str | None = None


class _Id(msgspec.Struct):
    type: str | None = None
    number: str | None = None


class _Result(msgspec.Struct):
    """One element of `results`; fields that are not used here are passed over."""

    name: str
    source: str
    id: str | int | None = None
    entity_number: str | int | None = None
    type: str | None = None
    alt_names: list[str] | str | None = None
    programs: list[str] | str | None = None
    addresses: list[_Address] | None = None
    country: str | None = None
    ids: list[_Id] | None = None
    start_date: str | None = None
    end_date: str | None = None


class _Document(msgspec.Struct):
    results: list[_Result]
    search_performed_at: str | None = None


class CslJson:
    """`consolidated.json`."""

    ident = "us-csl-json"
    title = "Consolidated Screening List (United States)"
    collection = "us.csl"

    def recognises(self, head: Head) -> bool:
        """It is an object with `results`, whose elements have a `source`."""
        return head.kind == "json" and '"results"' in head.text and '"source"' in head.text

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:
        """See `ListFormat.parties`. Memory: the whole file and its entries, about three times its size."""
        try:
            document = msgspec.json.decode(file.read().removeprefix(b"\xef\xbb\xbf"), type=_Document)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = printable(str(error), 160)
            raise Malformed(f"not this list's JSON, or cut off: {message}", subject=_SUBJECT) from error
        header.published = iso(document.search_performed_at, "mdy")
        for result in document.results:
            ident = _list_of(result.source) or assigned
            if not ident:
                header.unassigned += 1
                continue
            yield _party(result, ident)


def _party(result: _Result, ident: str) -> Party:
    number = result.entity_number if result.entity_number not in {None, ""} else result.id
    countries = [result.country, *(a.country for a in result.addresses or ())]
    return Party(
        list=ident,
        number=printable(str(number or ""), 80),
        kind=_KINDS.get((result.type or "").strip().lower(), "untyped"),
        names=cleaned([result.name, *_several(result.alt_names)]),
        countries=cleaned(countries),
        ids=_unique(identifier(i.type or "", i.number or "") for i in result.ids or ()),
        since=iso(result.start_date, "mdy"),
        until=iso(result.end_date, "mdy"),
        programmes=cleaned(_several(result.programs)),
    )


class CslTable:
    """`consolidated.csv` and `consolidated.tsv`."""

    ident = "us-csl-csv"
    title = CslJson.title
    collection = CslJson.collection

    def recognises(self, head: Head) -> bool:
        """Its first line names most of the columns."""
        return head.kind == "table" and any(
            sum(column in line for column in _COLUMNS) > len(_COLUMNS) // 2
            for separator in (",", "\t")
            for line in columns_in(head.first_lines(1), separator)
        )

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:
        """See `ListFormat.parties`. Memory: one row at a time."""
        start = file.readline(64 * 1024)
        file.seek(0)
        separator = "\t" if start.count(b"\t") > start.count(b",") else ","
        for _, row in rows(file, _COLUMNS, separator, _SUBJECT):
            if "" in row and len(row) == 1:
                continue
            ident = _list_of(row["source"]) or assigned
            if not ident:
                header.unassigned += 1
                continue
            yield Party(
                list=ident,
                number=printable(row["entity_number"].strip() or row.get("_id", "").strip(), 80),
                kind=_KINDS.get(row["type"].strip().lower(), "untyped"),
                names=cleaned([row["name"], *_SEMICOLON.split(row["alt_names"])]),
                countries=cleaned(_countries(row["addresses"])),
                ids=_unique(_ids(row.get("ids", ""))),
                since=iso(row["start_date"], "mdy"),
                until=iso(row.get("end_date"), "mdy"),
                programmes=cleaned(_SEMICOLON.split(row["programs"])),
            )


def _list_of(source: str) -> str:
    found = _CODE.search(source)
    return _LISTS.get(found[1] if found else source.strip().upper(), "")


def _several(value: list[str] | str | None) -> list[str]:
    """The names of a field that is a list, or one text with semicolons."""
    texts = [value] if isinstance(value, str) else value or []
    return [part for text in texts for part in _SEMICOLON.split(text)]


def _countries(addresses: str) -> Iterator[str]:
    """The last part of each address, which is the country where it is one of two letters."""
    for address in _SEMICOLON.split(addresses):
        last = address.rpartition(",")[2].strip()
        if len(last) == 2 and last.isalpha():
            yield last.upper()


def _ids(cell: str) -> Iterator[str]:
    """Numbers as the table writes them: `Unified Social Credit Code (USCC), 9133…; …`, in any order."""
    for part in _SEMICOLON.split(cell):
        pieces = [piece.strip() for piece in part.split(",")]
        number = next((p for p in pieces if any(c.isdigit() for c in p)), "")
        scheme = next((p for p in pieces if p and p != number), "")
        yield identifier(scheme, number)


def _unique(idents: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(i for i in idents if i))
