# ruff: noqa: E501, ISC003, SIM905 - elements are written in one piece each
"""Ten invented rows in every format of list files, and files of any length for the benchmark.

The companies are made up, but for the names of developers that a match needs and for three that policy
research found to mislead fuzzy matching (`MiniMax Video Ltd`, `Deep Seek Technologies LLC`, a ship).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

PUBLISHED = "2026-11-20"
RETRIEVED = "2026-11-23"
SOURCES = {
    "EL": "Entity List (EL) - Bureau of Industry and Security",
    "MEU": "Military End User (MEU) List - Bureau of Industry and Security",
    "UVL": "Unverified List (UVL) - Bureau of Industry and Security",
    "DPL": "Denied Persons List (DPL) - Bureau of Industry and Security",
    "ISN": "Nonproliferation Sanctions (ISN) - State Department",
    "DTC": "ITAR Debarred (DTC) - State Department",
    "SDN": "Specially Designated Nationals (SDN) - Treasury Department",
    "CMIC": "Non-SDN Chinese Military-Industrial Complex Companies List (CMIC) - Treasury Department",
    "FSE": "Foreign Sanctions Evaders (FSE) - Treasury Department",
    "MBS": "Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department",
    "PLC": "Palestinian Legislative Council List (PLC) - Treasury Department",
    "SSI": "Sectoral Sanctions Identifications List (SSI) - Treasury Department",
    "CAP": "Capta List (CAP) - Treasury Department",
}


class Row(NamedTuple):
    """One party: what every format says of it in its own way."""

    code: str
    number: str
    name: str
    kind: str = "Entity"
    aliases: tuple[str, ...] = ()
    country: str = "CN"
    since: str = "2025-01-16"
    uscc: str = ""
    programme: str = "EAR"


ROWS = (
    Row(
        "EL", "9001", "Beijing Zhipu Huazhang Technology Co., Ltd.", "", ("智谱",), uscc="91110108MA01KP2T5X"
    ),
    Row("EL", "9002", "Harrowgate Optical Works Limited", "", ("HOW Optics",), "GB", "2024-03-01"),
    Row("MEU", "9003", "Deep Seek Technologies LLC", "", (), "AE"),
    Row("SDN", "9004", "MiniMax Video Ltd", "Entity", ("Minimax Films",), "CY", programme="SDGT"),
    Row("SDN", "9005", "Vale, Orrin", "Individual", ("Orin Vayle",), "GB", programme="TEST-1"),
    Row("SDN", "9006", "MOONSHOT AI", "Vessel", (), "PA", programme="TEST-2"),
    Row(
        "SDN", "9007", "青岛海鸥仪器有限公司", "Entity", ("Qingdao Seagull Instruments",), programme="TEST-2"
    ),
    Row("DPL", "9008", "Maren Stroud", "", (), "US"),
    Row("DPL", "9009", "Tamarind Electronics FZE", "", (), "AE", "2023-06-05"),
    Row("CMIC", "9010", "Zephyr Bearing & Gear JSC", "Entity", ("ZBG",), "CN", programme="CMIC-EO13959"),
)
"""Ten rows: two people, a ship, and seven organisations."""


def csl_json(rows: Iterable[Row] = ROWS, at: str = PUBLISHED) -> bytes:
    """`consolidated.json` of trade.gov."""
    results = [
        {
            "id": f"id{row.number}",
            "source": SOURCES[row.code],
            "entity_number": row.number if row.code in {"SDN", "CMIC"} else None,
            "type": row.kind or None,
            "name": row.name,
            "alt_names": list(row.aliases),
            "programs": [row.programme],
            "addresses": [{"address": "1 Test Road", "city": "Testville", "country": row.country}],
            "ids": [{"type": "Unified Social Credit Code (USCC)", "number": row.uscc, "country": "CN"}]
            if row.uscc
            else [],
            "start_date": row.since,
            "end_date": None,
            "federal_register_notice": None,
            "remarks": None,
        }
        for row in rows
    ]
    head = {"search_performed_at": f"{at}T07:05:01.000+0000"} if at else {}
    return json.dumps({**head, "results": results}, ensure_ascii=False).encode()


CSL_COLUMNS = (
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,"
    "gross_registered_tonnage,vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,"
    "dates_of_birth,nationalities,places_of_birth,source_information_url,ids"
).split(",")


def csl_csv(rows: Iterable[Row] = ROWS, separator: str = ",") -> bytes:
    """`consolidated.csv` of trade.gov, or with a tab its TSV."""
    return _table(
        CSL_COLUMNS,
        (
            {
                "_id": f"id{row.number}",
                "source": SOURCES[row.code],
                "entity_number": row.number if row.code in {"SDN", "CMIC"} else "",
                "type": row.kind,
                "programs": row.programme,
                "name": row.name,
                "addresses": f"1 Test Road, Testville, {row.country}",
                "start_date": row.since,
                "alt_names": "; ".join(row.aliases),
                "ids": f"CN, Unified Social Credit Code (USCC), {row.uscc}" if row.uscc else "",
            }
            for row in rows
        ),
        separator,
    )


def _table(columns: list[str], rows: Iterable[dict[str, str]], separator: str, before: str = "") -> bytes:
    out = io.StringIO()
    out.write(before)
    writer = csv.DictWriter(out, columns, restval="", delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _american(day: str) -> str:
    year, month, date = day.split("-")
    return f"{month}/{date}/{year}"


def _european(day: str) -> str:
    year, month, date = day.split("-")
    return f"{date}/{month}/{year}"


def sdn_xml(rows: Iterable[Row] = ROWS, at: str = PUBLISHED) -> bytes:
    """OFAC's classic `sdn.xml`."""
    entries = [
        f"<sdnEntry><uid>{row.number}</uid><lastName>{escape(row.name)}</lastName>"
        f"<sdnType>{row.kind or 'Entity'}</sdnType><programList><program>{row.programme}</program></programList>"
        + "<akaList>"
        + "".join(
            f"<aka><uid>1</uid><type>a.k.a.</type><category>strong</category><lastName>{escape(a)}</lastName></aka>"
            for a in row.aliases
        )
        + f"</akaList><addressList><address><country>{row.country}</country></address></addressList>"
        + (
            "<idList><id><idType>Unified Social Credit Code (USCC)</idType>"
            f"<idNumber>{row.uscc}</idNumber></id></idList>"
            if row.uscc
            else ""
        )
        + "</sdnEntry>"
        for row in rows
    ]
    return (
        '<?xml version="1.0" standalone="yes"?>\n<sdnList xmlns='
        '"https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">'
        f"<publshInformation><Publish_Date>{_american(at)}</Publish_Date>"
        f"<Record_Count>{len(entries)}</Record_Count></publshInformation>\n"
        + "\n".join(entries)
        + "</sdnList>"
    ).encode()


_SUB_TYPES = {"Entity": "3", "": "3", "Individual": "4", "Vessel": "1"}


def sdn_advanced_xml(rows: Iterable[Row] = ROWS, at: str = PUBLISHED) -> bytes:
    """OFAC's `sdn_advanced.xml`: values by number, documents, parties, listings."""
    rows = list(rows)
    year, month, day = (str(int(part)) for part in at.split("-"))
    references = (
        '<PartySubTypeValues><PartySubType ID="1" PartyTypeID="1">Vessel</PartySubType>'
        '<PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>'
        '<PartySubType ID="4" PartyTypeID="3">Unknown</PartySubType></PartySubTypeValues>'
        '<PartyTypeValues><PartyType ID="2">Entity</PartyType><PartyType ID="3">Individual</PartyType>'
        '</PartyTypeValues><NamePartTypeValues><NamePartType ID="1525">Entity Name</NamePartType>'
        '<NamePartType ID="1520">Last Name</NamePartType></NamePartTypeValues>'
        '<ListValues><List ID="1550">SDN List</List><List ID="91512">Consolidated List</List></ListValues>'
        '<CountryValues><Country ID="7" ISO2="CN">China</Country></CountryValues>'
        '<IDRegDocTypeValues><IDRegDocType ID="5">Unified Social Credit Code (USCC)</IDRegDocType>'
        "</IDRegDocTypeValues>"
    )
    documents = "".join(
        f'<IDRegDocument ID="1" IDRegDocTypeID="5" IdentityID="i{r.number}" IssuedBy-CountryID="7">'
        f"<IDRegistrationNo>{r.uscc}</IDRegistrationNo></IDRegDocument>"
        for r in rows
        if r.uscc
    )
    parties = "\n".join(_advanced_party(row) for row in rows)
    listings = "".join(_advanced_listing(row) for row in rows)
    return (
        '<?xml version="1.0" encoding="utf-8"?><Sanctions Version="3" xmlns="https://example.org/ADVANCED_XML">'
        f'<DateOfIssue CalendarTypeID="1"><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></DateOfIssue>'
        f"<ReferenceValueSets>{references}</ReferenceValueSets><IDRegDocuments>{documents}</IDRegDocuments>"
        f"<DistinctParties>\n{parties}</DistinctParties><SanctionsEntries>{listings}</SanctionsEntries></Sanctions>"
    ).encode()


def _advanced_party(row: Row) -> str:
    names = "".join(
        f'<Alias FixedRef="1" AliasTypeID="1403" Primary="{"false" if number else "true"}" LowQuality="false">'
        f'<DocumentedName ID="{number}"><DocumentedNamePart><NamePartValue NamePartGroupID="g{row.number}">'
        f"{escape(name)}</NamePartValue></DocumentedNamePart></DocumentedName></Alias>"
        for number, name in reversed(list(enumerate((row.name, *row.aliases))))
    )
    return (
        f'<DistinctParty FixedRef="{row.number}"><Profile ID="{row.number}" '
        f'PartySubTypeID="{_SUB_TYPES[row.kind]}"><Identity ID="i{row.number}" Primary="true">{names}'
        f'<NamePartGroups><MasterNamePartGroup><NamePartGroup ID="g{row.number}" NamePartTypeID="1525"/>'
        "</MasterNamePartGroup></NamePartGroups></Identity></Profile></DistinctParty>"
    )


def _advanced_listing(row: Row) -> str:
    year, month, day = (str(int(part)) for part in row.since.split("-"))
    return (
        f'<SanctionsEntry ID="{row.number}" ProfileID="{row.number}" ListID="1550"><EntryEvent ID="1"><Date>'
        f"<Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></Date></EntryEvent>"
        f'<SanctionsMeasure SanctionsTypeID="1"><Comment>{row.programme}</Comment></SanctionsMeasure>'
        "</SanctionsEntry>"
    )


UK_COLUMNS = [
    "Last Updated", "Unique ID", "OFSI Group ID", "UN Reference Number", "Name 6", "Name 1", "Name 2", "Name 3",
    "Name 4", "Name 5", "Name type", "Alias strength", "Title", "Name non-latin script",
    "Non-latin script type", "Non-latin script language", "Regime Name", "Designation Type",
    "Designation source", "Sanctions Imposed", "Address Country", "Date Designated",
    "Business registration number (s)",
]  # fmt: skip
_UK_KINDS = {"Entity": "Entity", "": "Entity", "Individual": "Individual", "Vessel": "Ship"}


def uk_csv(rows: Iterable[Row] = ROWS, at: str = "20-Nov-2026") -> bytes:
    """`UK-Sanctions-List.csv`: the report's date, the head, a row for each name."""
    return _table(UK_COLUMNS, _uk_rows(rows), ",", before=f"Report Date: {at}\r\n" if at else "")


def _uk_rows(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    for row in rows:
        for number, name in reversed(list(enumerate((row.name, *row.aliases)))):
            yield {
                "Last Updated": "01/11/2026",
                "Unique ID": f"TST{row.number}",
                "Name 6": name if name.isascii() else "",
                "Name non-latin script": "" if name.isascii() else name,
                "Name type": "Alias" if number else "Primary Name",
                "Regime Name": "The Test (Sanctions) Regulations",
                "Designation Type": _UK_KINDS[row.kind],
                "Date Designated": _european(row.since),
                "Address Country": row.country,
                "Business registration number (s)": row.uscc,
            }


def uk_xml(rows: Iterable[Row] = ROWS, at: str = PUBLISHED) -> bytes:
    """`UK-Sanctions-List.xml`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<Designations xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<DateGenerated>{_european(at)}</DateGenerated>\n"
        + "\n".join(_designation(row) for row in rows)
        + "</Designations>"
    ).encode()


def _designation(row: Row) -> str:
    names = [(n, name) for n, name in enumerate((row.name, *row.aliases)) if name.isascii()]
    latin = "".join(
        f"<Name><Name6>{escape(name)}</Name6><NameType>{'Alias' if n else 'Primary Name'}</NameType></Name>"
        for n, name in reversed(names)
    )
    others = "".join(
        f"<NonLatinName><NameNonLatinScript>{escape(name)}</NameNonLatinScript></NonLatinName>"
        for name in (row.name, *row.aliases)
        if not name.isascii()
    )
    return (
        f"<Designation><DateDesignated>{_european(row.since)}</DateDesignated><UniqueID>TST{row.number}</UniqueID>"
        f"<Names>{latin}</Names><NonLatinNames>{others}</NonLatinNames>"
        "<RegimeName>The Test (Sanctions) Regulations</RegimeName>"
        f"<IndividualEntityShip>{_UK_KINDS[row.kind]}</IndividualEntityShip>"
        f"<Addresses><Address><AddressCountry>{row.country}</AddressCountry></Address></Addresses>"
        "<EntityDetails><Entity><BusinessRegistrationNumbers><BusinessRegistrationNumber>"
        f"{row.uscc}</BusinessRegistrationNumber></BusinessRegistrationNumbers></Entity></EntityDetails>"
        "</Designation>"
    )


def eu_xml(rows: Iterable[Row] = ROWS, at: str = PUBLISHED) -> bytes:
    """`xmlFullSanctionsList_1_1`."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<export xmlns="http://eu.europa.ec/fpi/fsd/export" '
        f'generationDate="{at}T16:47:04.449+02:00">\n'
        + "\n".join(_eu_entity(row) for row in rows)
        + "</export>"
    ).encode()


def _eu_entity(row: Row) -> str:
    kind = "person" if row.kind == "Individual" else "enterprise"
    names = "".join(
        f'<nameAlias wholeName={quoteattr(name)} strong="true" logicalId="1"><regulationSummary/></nameAlias>'
        for name in (row.name, *row.aliases)
    )
    number = (
        f'<identification number="{row.uscc}" identificationTypeDescription="Unified Social Credit Code"/>'
        if row.uscc
        else ""
    )
    return (
        f'<sanctionEntity designationDate="{row.since}" euReferenceNumber="EU.{row.number}.1" logicalId="{row.number}">'
        '<regulation entryIntoForceDate="2026-01-01" programme="TEST"><publicationUrl>https://example.org</publicationUrl>'
        f'</regulation><subjectType code="{kind}"/>{names}<address countryIso2Code="{row.country}"/>{number}'
        "</sanctionEntity>"
    )


EU_COLUMNS = [
    "fileGenerationDate", "Entity_LogicalId", "Entity_EU_ReferenceNumber", "Entity_DesignationDate",
    "Entity_SubjectType", "Entity_SubjectType_ClassificationCode", "Entity_Regulation_Programme",
    "NameAlias_WholeName", "Address_CountryIso2Code", "Identification_Number",
    "Identification_TypeDescription", "Entity_Remark",
]  # fmt: skip


def eu_csv(rows: Iterable[Row] = ROWS, at: str = PUBLISHED) -> bytes:
    """`csvFullSanctionsList_1_1`: a row for each name."""
    return b"\xef\xbb\xbf" + _table(
        EU_COLUMNS,
        (
            {
                "fileGenerationDate": _european(at),
                "Entity_LogicalId": row.number,
                "Entity_EU_ReferenceNumber": f"EU.{row.number}.1",
                "Entity_DesignationDate": row.since,
                "Entity_SubjectType": "person" if row.kind == "Individual" else "enterprise",
                "Entity_Regulation_Programme": "TEST",
                "NameAlias_WholeName": name,
                "Address_CountryIso2Code": row.country,
                "Identification_Number": row.uscc,
                "Identification_TypeDescription": "Unified Social Credit Code" if row.uscc else "",
            }
            for row in rows
            for name in (row.name, *row.aliases)
        ),
        ";",
    )


_FTM_KINDS = {"Entity": "Company", "": "LegalEntity", "Individual": "Person", "Vessel": "Vessel"}


def ftm_entities(rows: Iterable[Row] = ROWS, dataset: str = "us_ofac_sdn") -> Iterator[dict[str, object]]:
    """Entities as OpenSanctions writes them, each with its `Sanction` after it."""
    for row in rows:
        properties = {"name": [row.name], "alias": list(row.aliases), "country": [row.country.lower()]}
        if row.uscc:
            properties["uscCode"] = [row.uscc]
        yield {
            "id": f"tst-{row.number}",
            "caption": row.name,
            "schema": _FTM_KINDS[row.kind],
            "properties": properties,
            "datasets": [dataset],
            "target": True,
        }
        yield {
            "id": f"tst-s{row.number}",
            "schema": "Sanction",
            "properties": {"entity": [f"tst-{row.number}"], "startDate": [row.since], "program": ["TEST"]},
            "datasets": [dataset],
        }


def ftm_lines(rows: Iterable[Row] = ROWS, dataset: str = "us_ofac_sdn") -> bytes:
    """`entities.ftm.json`: one object a line."""
    lines = (json.dumps(e, ensure_ascii=False) for e in ftm_entities(rows, dataset))
    return ("\n".join(lines) + "\n").encode()


def ftm_array(rows: Iterable[Row] = ROWS, dataset: str = "us_ofac_sdn") -> bytes:
    """The same as one array."""
    return json.dumps(list(ftm_entities(rows, dataset)), ensure_ascii=False).encode()


FORMATS = {
    "us-csl-json": csl_json,
    "us-csl-csv": csl_csv,
    "us-ofac-xml": sdn_xml,
    "us-ofac-advanced-xml": sdn_advanced_xml,
    "uk-csv": uk_csv,
    "uk-xml": uk_xml,
    "eu-xml": eu_xml,
    "eu-csv": eu_csv,
    "ftm-json": ftm_lines,
}
"""By the reader's ident."""
SAYS_NO_DATE = {"us-csl-csv", "ftm-json"}
"""Formats that do not say when they were published."""


def invented(count: int) -> Iterator[Row]:
    """So many rows, each another company, of about the size of real ones."""
    for number in range(count):
        name = f"Invented Company {number:07d} of the Northern Harbour Trading and Industrial Group"
        aliases = (*(f"{name} {letter}" for letter in "ABC"), f"虚构公司{number}")
        code = ("EL", "SDN", "CMIC", "MEU")[number % 4]
        yield Row(
            code, str(number + 10), name, "Entity", aliases, programme="TEST-1", uscc="91110108MA01KP2T5X"
        )
