"""Facts for other policy engines: what is known of each model, and what is not.

The document is described by `facts-v1.schema.json` beside this module and in docs/reference/facts.md.
"""

from __future__ import annotations

from importlib.resources import files

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.facts.document import facts_of


class FactsRenderer:
    """Writes facts for Open Policy Agent, Kyverno and the like; decides nothing."""

    ident = "facts"
    media_type = "application/json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the facts of this dossier? Keys sorted, two spaces of indentation."""
        return document_json(facts_of(dossier))


def published_facts_schema() -> bytes:
    """The JSON Schema of the document, as it was released with this version of the program."""
    return (files("gauger.report.facts") / "facts-v1.schema.json").read_bytes()
