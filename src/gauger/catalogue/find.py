"""Which records of the knowledge base speak of these words?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Checked

_FIELDS = (
    "id",
    "title",
    "question",
    "names",
    "aliases",
    "hub_orgs",
    "legal_entities",
    "hosts",
    "env_keys",
    "citation",
)
"""The fields by which a person would look for a record; sources and notes are not among them."""


def find(catalogue: Catalogue, words: Sequence[str]) -> Iterator[tuple[str, Checked]]:
    """Which records hold all these words in their kind or their names, whatever the case?

    Yields:
        `kind/id` and the record, in the catalogue's order. O(size of the catalogue).
    """
    wanted = [word.casefold() for word in words]
    for kind, entry in catalogue.entries():
        text = " ".join([kind, *_texts(entry)]).casefold()
        if all(word in text for word in wanted):
            yield f"{kind}/{getattr(entry, 'id', '')}", entry


def _texts(entry: Checked) -> Iterator[str]:
    for name in _FIELDS:
        value = getattr(entry, name, "")
        yield from (value,) if isinstance(value, str) else value
