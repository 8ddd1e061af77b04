"""The dossier itself, for machines: the published document type, keys sorted."""

from __future__ import annotations

from gauger.core.dossier import Dossier, dump


class JsonRenderer:
    """Writes the document as `gauger.core.dossier` defines it; `gauger.core.dossier.load` reads it back."""

    ident = "json"
    media_type = "application/json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier as JSON?"""
        return dump(dossier)
