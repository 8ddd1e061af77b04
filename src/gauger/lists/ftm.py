"""FollowTheMoney entities as OpenSanctions and yente write them: one JSON object a line, or an array.

Source: https://followthemoney.tech/docs/ and https://www.opensanctions.org/docs/entities/ (`id`, `schema`,
`properties` with lists of texts, `datasets`; `Sanction` entities point to the party by `entity`). The reader
is ours; OpenSanctions' *data* come under CC BY-NC 4.0 unless a licence was bought.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.text import printable
from gauger.lists.dates import iso
from gauger.lists.names import cleaned, identifier
from gauger.lists.records import Kind, Party
from gauger.lists.seam import Head, Header

_SUBJECT = "FollowTheMoney entities"
_LINE_BYTES = 16 * 1024 * 1024
_KINDS: dict[str, Kind] = {
    "Person": "individual",
    "Company": "organisation",
    "Organization": "organisation",
    "PublicBody": "organisation",
    "LegalEntity": "untyped",
    "Vessel": "vessel",
    "Airplane": "aircraft",
}
"""Schema → kind. A `LegalEntity` is a person or an organisation; other schemata are no parties."""
_NAMES = ("name", "alias", "previousName", "abbreviation", "weakAlias")
_COUNTRIES = ("country", "jurisdiction", "mainCountry")
_IDS = ("leiCode", "uscCode", "registrationNumber", "taxNumber", "innCode", "ogrnCode", "imoNumber")
_DATASETS = {
    "us_ofac_sdn": "us.ofac-sdn",
    "us_bis_denied": "us.dpl",
    "us_ddtc_debarred": "us.dtc",
    "us_dod_chinese_milcorps": "us.1260h",
    "gb_fcdo_sanctions": "uk.sanctions",
    "eu_fsf": "eu.sanctions",
}
"""Data sets of OpenSanctions that are one list each. Those that hold several (`us_trade_csl`, `us_ofac_cons`)
are not told apart here: import the publisher's own file."""


class _Entity(msgspec.Struct):
    schema: str
    id: str = ""
    properties: dict[str, list[msgspec.Raw]] = {}
    datasets: list[str] = []


class FtmJson:
    """`entities.ftm.json` and the like."""

    ident = "ftm-json"
    title = "FollowTheMoney entities"
    collection = "ftm"

    def recognises(self, head: Head) -> bool:
        """It begins with an object that has a schema and properties."""
        return head.kind == "json" and '"schema"' in head.text and '"properties"' in head.text

    def parties(self, file: BinaryIO, header: Header, assigned: str) -> Iterator[Party]:
        """See `ListFormat.parties`. Memory: the parties, since their listings may come after them."""
        parties: dict[tuple[str, str], Party] = {}
        listings: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        for entity in _entities(file):
            if entity.schema == "Sanction":
                for owner in _texts(entity, ("entity",)):
                    listings[owner] = _listing(entity, listings.get(owner))
            elif entity.schema in _KINDS:
                on = (
                    (assigned,)
                    if assigned
                    else tuple(dict.fromkeys(_DATASETS[d] for d in entity.datasets if d in _DATASETS))
                )
                header.unassigned += not on
                parties.update(((ident, entity.id), _party(entity, ident)) for ident in on)
        for (_, number), party in parties.items():
            since, until, programmes = listings.get(number, ("", "", ()))
            yield msgspec.structs.replace(party, since=since, until=until, programmes=programmes)


def _entities(file: BinaryIO) -> Iterator[_Entity]:
    start = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.seek(0)
    if start.startswith(b"["):
        yield from _decoded(file.read().removeprefix(b"\xef\xbb\xbf"), list[_Entity], "")
        return
    decoder = msgspec.json.Decoder(_Entity)
    number = 0
    while line := file.readline(_LINE_BYTES + 1):
        number += 1
        if len(line) > _LINE_BYTES:
            raise LimitExceeded(f"line {number} is longer than {_LINE_BYTES} bytes", subject=_SUBJECT)
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            try:
                yield decoder.decode(line.removeprefix(b"\xef\xbb\xbf"))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise _broken(error, f"line {number}: ") from error


def _decoded(data: bytes, kind: type[list[_Entity]], where: str) -> list[_Entity]:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(error, where) from error


def _broken(error: Exception, where: str) -> Malformed:
    return Malformed(f"{where}no entity, or cut off: {printable(str(error), 160)}", subject=_SUBJECT)


def _texts(entity: _Entity, names: tuple[str, ...]) -> list[str]:
    """The values of these properties that are texts; nested entities are passed over."""
    values = (raw for name in names for raw in entity.properties.get(name, ()))
    try:
        return [msgspec.json.decode(raw, type=str) for raw in values if bytes(raw)[:1] == b'"']
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(error, "") from error


def _listing(
    entity: _Entity, known: tuple[str, str, tuple[str, ...]] | None
) -> tuple[str, str, tuple[str, ...]]:
    """The first day, the last day and the programmes of a party, with what was known before."""
    begins = [iso(d) for d in _texts(entity, ("startDate", "listingDate"))]
    ends = [iso(d) for d in _texts(entity, ("endDate",))]
    since, until, programmes = known or ("", "", ())
    first = min(filter(None, (since, *begins)), default="")
    open_ended = known is not None and not until
    last = "" if open_ended or not any(ends) else max(filter(None, (until, *ends)))
    return first, last, cleaned([*programmes, *_texts(entity, ("program", "programId"))])


def _party(entity: _Entity, ident: str) -> Party:
    ids = (identifier(scheme, number) for scheme in _IDS for number in _texts(entity, (scheme,)))
    return Party(
        list=ident,
        number=printable(entity.id, 120),
        kind=_KINDS[entity.schema],
        names=cleaned(_texts(entity, _NAMES)),
        countries=cleaned(c.upper() if len(c) == 2 else c for c in _texts(entity, _COUNTRIES)),
        ids=tuple(dict.fromkeys(i for i in ids if i)),
    )
