"""From a declared name to the thing that a claim points to."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.catalogue.query import Lookup
from gauger.catalogue.records import Derivation
from gauger.core.lineage import Claim, Reference, Relation
from gauger.core.readings import Unmeasured, known
from gauger.core.text import printable

UNREAD = "no source for this descent was read (knowledge base, low confidence)"
"""Stands where a claim's source would, so that nobody takes the claim for a checked one."""


def reference_to_name(name: str, lookup: Lookup) -> Reference:
    """Which reference stands for this declared name?

    The catalogue's record of that very model; else a reference under the name as declared, with the developer
    that the catalogue knows for the name. It is the name that is known there, not the model.
    """
    identity = lookup.identify(name)
    model = known(identity.model)
    if model is not None:
        return lookup.reference(model)
    developer = known(identity.developer)
    record = lookup.catalogue.developers.get(developer) if developer is not None else None
    return Reference(
        kind="model",
        key=printable(name, 200),
        title=printable(name, 200),
        developer=identity.developer,
        developer_title=record.title if record else "",
        country=record.country if record else Unmeasured(reason="not-in-catalogue"),
        licence=identity.licence,
    )


def hub_like(name: str) -> str:
    """A title such as `Qwen2.5 Coder 7B` in the spelling of a hub, where words are joined by `-`."""
    return "-".join(name.split())


def catalogue_lineage(
    subject: str, name: str, lookup: Lookup
) -> Iterator[tuple[Claim, tuple[Reference, ...]]]:
    """What does the catalogue say of the ancestors of whatever has this name?

    Args:
        subject: Id of the model or reference that has the name.
        name: The name.
        lookup: The knowledge base.

    Yields:
        One claim for each derivation, the subject's own first, then its ancestors' as reference to reference.
    """
    own = lookup.derivations(lookup.identify(name))
    for derivation, child in lookup.ancestry(own):
        parent = lookup.reference(derivation.parent)
        below = lookup.reference(child) if child else None
        claim = catalogue_claim(below.id if below else subject, derivation, parent)
        yield claim, (parent, below) if below else (parent,)


def catalogue_claim(subject: str, derivation: Derivation, parent: Reference) -> Claim:
    """The claim that a statement of the catalogue makes, with the source that was read for this descent.

    The parent's own sources say that it exists, not that this model was made from it.
    """
    relation: Relation = derivation.relation  # type: ignore[assignment]  # the catalogue's lint holds it to the closed set
    return Claim(
        subject=subject,
        relation=relation,
        object=parent.id,
        basis="catalogue",
        direction="catalogue",
        source=derivation.source or UNREAD,
    )


def ancestors_of(name: str, lookup: Lookup) -> Iterator[str]:
    """Ids of all models, families and data sets that the catalogue names as ancestors of this name."""
    for derivation, _ in lookup.ancestry(lookup.derivations(lookup.identify(name))):
        yield derivation.parent
