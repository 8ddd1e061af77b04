"""Which codes of places exist, and which place is part of which: member states of the EU, states of the US.

Source: ISO 3166-1 alpha-2 and, for the United States, ISO 3166-2
    (https://www.iso.org/iso-3166-country-codes.html); member states as listed at
    https://european-union.europa.eu/principles-countries-history/eu-countries_en (27 since 2020-02-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gauger.core.strict import nearest

UNKNOWN_SEAT = "ZZ"
"""The code that ISO reserves for users: the record says that the seat is not known."""

EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - legible
)

COUNTRIES = frozenset(
    (  # noqa: SIM905 - legible
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
        "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
        "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
        "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
        "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
        "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
        "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
        "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
        "US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
    ).split()
)
"""Assigned codes, and `XK`, which is in common use for Kosovo."""

SUPRANATIONAL = frozenset({"EU"})
"""Codes of unions whose law binds by itself."""


US_STATES: Mapping[str, str] = MappingProxyType(
    {
        "US-AL": "Alabama",
        "US-AK": "Alaska",
        "US-AZ": "Arizona",
        "US-AR": "Arkansas",
        "US-CA": "California",
        "US-CO": "Colorado",
        "US-CT": "Connecticut",
        "US-DE": "Delaware",
        "US-DC": "District of Columbia",
        "US-FL": "Florida",
        "US-GA": "Georgia",
        "US-HI": "Hawaii",
        "US-ID": "Idaho",
        "US-IL": "Illinois",
        "US-IN": "Indiana",
        "US-IA": "Iowa",
        "US-KS": "Kansas",
        "US-KY": "Kentucky",
        "US-LA": "Louisiana",
        "US-ME": "Maine",
        "US-MD": "Maryland",
        "US-MA": "Massachusetts",
        "US-MI": "Michigan",
        "US-MN": "Minnesota",
        "US-MS": "Mississippi",
        "US-MO": "Missouri",
        "US-MT": "Montana",
        "US-NE": "Nebraska",
        "US-NV": "Nevada",
        "US-NH": "New Hampshire",
        "US-NJ": "New Jersey",
        "US-NM": "New Mexico",
        "US-NY": "New York",
        "US-NC": "North Carolina",
        "US-ND": "North Dakota",
        "US-OH": "Ohio",
        "US-OK": "Oklahoma",
        "US-OR": "Oregon",
        "US-PA": "Pennsylvania",
        "US-RI": "Rhode Island",
        "US-SC": "South Carolina",
        "US-SD": "South Dakota",
        "US-TN": "Tennessee",
        "US-TX": "Texas",
        "US-UT": "Utah",
        "US-VT": "Vermont",
        "US-VA": "Virginia",
        "US-WA": "Washington",
        "US-WV": "West Virginia",
        "US-WI": "Wisconsin",
        "US-WY": "Wyoming",
    }
)
"""The fifty states of the United States and the District of Columbia: code → name."""

PARTS: Mapping[str, frozenset[str]] = MappingProxyType({"EU": EUROPEAN_UNION, "US": frozenset(US_STATES)})
"""Of which parts is a place made up whose law differs from one to the next? Who is under the law of a part
is under that of the whole; who names only the whole has not said which part."""

PLACES = COUNTRIES | SUPRANATIONAL | frozenset(US_STATES)
"""All codes that a profile may list as jurisdictions and a rule may ask for."""

_MISNAMED = {"UK": "GB"}


def with_wholes(codes: frozenset[str]) -> frozenset[str]:
    """Under which laws is somebody who is in these places: the same codes, and what they are part of?"""
    return codes | {whole for whole, parts in PARTS.items() if codes & parts}


def parts_left_open(codes: frozenset[str]) -> frozenset[str]:
    """In which parts might somebody be who names these places: of which whole is no part named?"""
    open_ = (parts for whole, parts in PARTS.items() if whole in codes and not codes & parts)
    return frozenset[str]().union(*open_)


def is_place(code: str) -> bool:
    """Is this a code that a profile or a rule may name?"""
    return code in PLACES


def nearest_place(word: str) -> str:
    """Which code was meant by this word? Empty where none comes near.

    A state may be written without its country (`TX`) or by its name; a code of a country is taken as such
    first, so `GA` is Gabon. One wrong letter makes a code into any other, so of codes none is guessed.
    """
    code = word.upper().replace("_", "-")
    named = {name.upper(): state for state, name in US_STATES.items()}
    for guess in (code, _MISNAMED.get(code, ""), f"US-{code}", named.get(word.upper(), "")):
        if is_place(guess):
            return guess
    near = nearest(word.upper(), sorted(named))
    return named[near] if near else ""
