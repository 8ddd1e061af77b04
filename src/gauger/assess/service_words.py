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


def called(catalogue: Catalogue, strand: Strand) -> str:
    """Through whom is it called, or was it taught, and under which terms?"""
    return _told(catalogue, strand, sorted(strand.through), resolved=strand.through_known)


def deciding(catalogue: Catalogue, strand: Strand, licences: Iterable[str]) -> str:
    """The same, of the providers whose terms decide.

    Args:
        catalogue: The knowledge base.
        strand: The line of descent.
        licences: The terms from which the rule follows; empty for the rule that asks whether they are read.
    """
    wanted = frozenset(licences)
    if not wanted:
        return _told(catalogue, strand, unread(catalogue, strand), resolved=strand.through_known)
    found = ((provider, terms(catalogue, provider)) for provider in sorted(strand.through))
    under = [provider for provider, text in found if text is not None and text.id in wanted]
    return _told(catalogue, strand, under, resolved=True)


def _told(catalogue: Catalogue, strand: Strand, providers: Iterable[str], *, resolved: bool) -> str:
    told = []
    for provider in providers:
        text = terms(catalogue, provider)
        under = f"under the {text.title}" if text is not None else "whose terms are not recorded"
        told.append(f"{title(catalogue, provider)}, {under}")
    told += [] if resolved else [UNRESOLVED]
    how = "called through" if strand.relation == "own" else "its outputs are taken through"
    return f"{how} {'; and through '.join(told)}" if told else f"{how} nobody"
