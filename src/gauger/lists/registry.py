"""The formats of list files that are read, in the order in which they are tried."""

from __future__ import annotations

from gauger.lists.csl import CslJson, CslTable
from gauger.lists.eu import EuTable, EuXml
from gauger.lists.ftm import FtmJson
from gauger.lists.ofac import OfacXml
from gauger.lists.ofac_advanced import OfacAdvancedXml
from gauger.lists.seam import ListFormat
from gauger.lists.uk import UkTable, UkXml

FORMATS: tuple[ListFormat, ...] = (
    CslJson(),
    CslTable(),
    OfacXml(),
    OfacAdvancedXml(),
    UkTable(),
    UkXml(),
    EuXml(),
    EuTable(),
    FtmJson(),
)
