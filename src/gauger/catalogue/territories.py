"""Which country codes exist, and which of them are in the European Union.

Source: ISO 3166-1 alpha-2 (https://www.iso.org/iso-3166-country-codes.html); member states as listed at
    https://european-union.europa.eu/principles-countries-history/eu-countries_en (27 since 2020-02-01).
"""

from __future__ import annotations

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


def with_unions(codes: frozenset[str]) -> frozenset[str]:
    """Under which laws is somebody who is in these places: the same codes, and the unions they belong to?"""
    return codes | SUPRANATIONAL if codes & EUROPEAN_UNION else codes


def is_place(code: str) -> bool:
    """Is this a code that a profile or a rule may name?"""
    return code in COUNTRIES or code in SUPRANATIONAL
