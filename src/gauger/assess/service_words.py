"""Whose terms of service: the providers of a line of descent, and what is recorded of their terms."""

from __future__ import annotations

from collections.abc import Iterable

from gauger.assess.strand import Strand
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Licence

UNRESOLVED = "an address that is not known"


def title(catalogue: Catalogue, provider: str) -> str:
    """What is this provider called, for people? Its id where the catalogue has no record."""
    record = catalogue.providers.get(provider)
    return record.title if record is not None else provider


def terms(catalogue: Catalogue, provider: str) -> Licence | None:
    """Under which terms does it serve? None where nobody has recorded them."""
    record = catalogue.providers.get(provider)
    return catalogue.licences.get(record.terms) if record is not None else None


def unread(catalogue: Catalogue, strand: Strand) -> list[str]:
    """Of which providers is it not recorded whether their outputs may train another model?"""
    found = ((provider, terms(catalogue, provider)) for provider in sorted(strand.through))
    return [provider for provider, text in found if text is None or text.outputs_training == "unknown"]


def called(catalogue: Catalogue, strand: Strand, licences: Iterable[str] = ()) -> str:
    """Through whom is it called, or was it taught, and under which terms?

    Args:
        catalogue: The knowledge base.
        strand: The line of descent.
        licences: Only the providers whose terms are one of these; all where none is named.
    """
    wanted = set(licences)
    told = []
    for provider in sorted(strand.through):
        text = terms(catalogue, provider)
        if not wanted or (text is not None and text.id in wanted):
            under = f"under the {text.title}" if text is not None else "whose terms are not recorded"
            told.append(f"{title(catalogue, provider)}, {under}")
    if not strand.through_known and not wanted:
        told.append(UNRESOLVED)
    how = "called through" if strand.relation == "own" else "its outputs are taken through"
    return f"{how} {'; and through '.join(told)}" if told else f"{how} nobody"
