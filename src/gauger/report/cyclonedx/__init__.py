"""CycloneDX 1.7 and 1.6 as JSON: models, services, lineage, evidence, and the answers as declarations.

The mapping, field by field, is in docs/reference/cyclonedx.md. Written here and not with a library, since
the library for Python drops model cards, declarations and citations without a word.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.dossier import Dossier
from gauger.report.cyclonedx.document import document_of

_MEDIA_TYPE = "application/vnd.cyclonedx+json"


class CycloneDxRenderer:
    """Writes a CycloneDX document; `gauger scan` reads it back (collector `cyclonedx`).

    Args:
        version: Of the standard. 1.6 has no citations; no model and no place of use is lost by that.
    """

    def __init__(self, version: Literal["1.6", "1.7"]) -> None:
        self.version: Literal["1.6", "1.7"] = version

    @property
    def ident(self) -> str:
        """`cyclonedx` for the newest version, with the number for the others."""
        return "cyclonedx" if self.version == "1.7" else f"cyclonedx-{self.version}"

    @property
    def media_type(self) -> str:
        """The registered type, with the version of the standard."""
        return f"{_MEDIA_TYPE}; version={self.version}"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier as CycloneDX?"""
        document = document_of(dossier, self.version)
        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
