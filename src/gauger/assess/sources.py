"""What is known of one node of the lineage: its developer, licence, family, and who serves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from gauger.assess.kleene import UNKNOWN, Kleene, known
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Identity, Lookup, with_parents
from gauger.catalogue.records import Derivation
from gauger.core import readings
from gauger.core.inventory import Model, Use
from gauger.core.lineage import Reference

CATALOGUE_NODE = "catalogue:"
"""Prefix of the node for a catalogue entry; models of the inventory are nodes under their own id."""

Facts = Mapping[str, frozenset[str]]


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a model or catalogue entry. Empty text: not known.

    Attributes:
        title: Its name for people.
        developer: Catalogue id.
        country: Of the developer, where the catalogue has no record of it.
        family: Catalogue id.
        licence: Catalogue id.
        licence_note: What was declared, where the catalogue does not know the words.
        open_weights: Were the weights published?
        tokenizers: Reference tokenizers that the family is known to use.
        evidence: Id of the model or reference.
    """

    title: str
    developer: str = ""
    country: str = ""
    family: str = ""
    licence: str = ""
    licence_note: str = ""
    open_weights: Kleene = UNKNOWN
    tokenizers: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()


class Sources:
    """Answers about nodes, from the inventory, the references and the catalogue.

    Args:
        catalogue: The knowledge base.
        models: The inventory.
        references: Catalogue entries that claims point to.
        organisation: The user's own name, so that a model which they published is known to be theirs.
        seat: The country of the user's own seat, and so of who made such a model; empty: not known.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        models: Iterable[Model],
        references: Iterable[Reference],
        organisation: str = "",
        seat: str = "",
    ) -> None:
        self.catalogue = catalogue
        self.lookup = Lookup(catalogue)
        self.models = {m.id: m for m in models}
        self.references = {r.id: r for r in references}
        self._by_key = {r.key: r for r in self.references.values()}
        self._organisation = _slug(organisation)
        self._seat = seat
        self._declared = {
            _slug(words): licence.id
            for licence in catalogue.licences.values()
            for words in (licence.id, *licence.declared_as)
        }
        self.group = cache(self._group)
        self.facts = cache(self._facts)

    def node(self, ident: str) -> str:
        """Under which name does the lineage hold this id of a claim?"""
        reference = self.references.get(ident)
        return CATALOGUE_NODE + reference.key if reference is not None else ident

    def identity(self, model: Model) -> Identity | None:
        """What does the model's name say? None for a path of the stack: its name says nothing."""
        if model.namespace in {"local", "unknown", "object-store"} or model.name == "*":
            return None
        return self.lookup.identify(model.name)

    def nodes(self, model: Model) -> frozenset[str]:
        """Under which names may a claim mean this model: itself, its entry of the catalogue, its family?"""
        identity = self.identity(model)
        named = {readings.known(model.family)}
        if identity is not None:
            named |= {readings.known(identity.model), readings.known(identity.family)}
        return frozenset({model.id, *(CATALOGUE_NODE + key for key in named if key)})

    def derivations(self, node: str) -> tuple[Derivation, ...]:
        """What does the catalogue say of where this node comes from?"""
        if node in self.models:
            identity = self.identity(self.models[node])
            return self.lookup.derivations(identity) if identity is not None else ()
        key = node.removeprefix(CATALOGUE_NODE)
        catalogue = self.catalogue
        if key in catalogue.datasets:
            made_by = catalogue.datasets[key].generated_by
            return tuple(Derivation(relation="trained-on-outputs-of", parent=parent) for parent in made_by)
        entry = catalogue.models.get(key)
        if entry is not None and entry.derivations:
            return entry.derivations
        family = catalogue.families.get(entry.family if entry is not None else key)
        return family.derivations if family is not None else ()

    def is_data(self, node: str) -> bool:
        """Is this node a data set: a link in the chain, that neither is an ancestor nor licenses one anew?"""
        if node in self.models:
            return self.models[node].form == "data-set"
        return node.removeprefix(CATALOGUE_NODE) in self.catalogue.datasets

    def _facts(self, node: str) -> NodeFacts:
        """What is known of this node? A node that nothing knows has only its name."""
        if node in self.models:
            return self._model_facts(self.models[node])
        return self._entry_facts(node.removeprefix(CATALOGUE_NODE))

    def _model_facts(self, model: Model) -> NodeFacts:
        developer = readings.known(model.developer) or self._own(model)
        family = readings.known(model.family) or ""
        licence, note = self._licence(readings.known(model.licence) or "", family)
        return NodeFacts(
            title=model.name
            if model.name != "*"
            else f"an unnamed model of {model.provider or 'a provider'}",
            developer=developer,
            country=self._seat if developer == OWN else "",
            family=family,
            licence=licence,
            licence_note=note,
            open_weights=self._open(family),
            tokenizers=self._tokenizers(family),
            evidence=(model.id,),
        )

    def _own(self, model: Model) -> str:
        publisher = readings.known(model.publisher) or ""
        return OWN if self._organisation and _slug(publisher) == self._organisation else ""

    def _licence(self, declared: str, family: str) -> tuple[str, str]:
        if declared:
            ident = self._declared.get(_slug(declared), "")
            return (ident, "") if ident else ("", declared)
        return (self.catalogue.families[family].licence if family in self.catalogue.families else "", "")

    def _open(self, family: str) -> Kleene:
        record = self.catalogue.families.get(family)
        return UNKNOWN if record is None else known(record.open_weights)

    def _tokenizers(self, family: str) -> frozenset[str]:
        record = self.catalogue.families.get(family)
        named = {record.tokenizer} if record is not None and record.tokenizer else set()
        used = {t.id for t in self.catalogue.tokenizers.values() if family in t.families}
        return frozenset(named | used)

    def _entry_facts(self, key: str) -> NodeFacts:
        try:
            reference = self._by_key.get(key) or self.lookup.reference(key)
        except KeyError:
            return NodeFacts(title=key)
        entry = self.catalogue.models.get(key)
        family = entry.family if entry is not None else key if key in self.catalogue.families else ""
        licence, note = self._licence(readings.known(reference.licence) or "", family)
        return NodeFacts(
            title=reference.title,
            developer=readings.known(reference.developer) or "",
            country=readings.known(reference.country) or "",
            family=family,
            licence=licence,
            licence_note=note,
            open_weights=self._open(family),
            tokenizers=self._tokenizers(family),
            evidence=(reference.id,) if key in self._by_key else (),
        )

    def _group(self, developer: str) -> frozenset[str]:
        """The developer and every company above it; nobody where the developer is not known."""
        return with_parents(self.catalogue.developers, developer) if developer else frozenset()

    def maker(self, developer: str) -> str:
        """What is this developer called, for people? Its id where the catalogue has no record."""
        if developer == OWN:
            return "the user's own organisation"
        record = self.catalogue.developers.get(developer)
        return record.title if record is not None else developer

    def licence_title(self, licence: str) -> str:
        """What is this licence called, for people?"""
        record = self.catalogue.licences.get(licence)
        return f"the {record.title}" if record is not None else licence

    def countries(self, facts: NodeFacts) -> frozenset[str]:
        """In which countries do the developer and its owners sit, as far as known?"""
        records = [self.catalogue.developers.get(d) for d in self.group(facts.developer)]
        seats = {r.country for r in records if r is not None}
        return frozenset(seats or ({facts.country} if facts.country else set()))


OWN = "@user"
"""The developer of a model that the user's own organisation published."""


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() or c in ".+" else " " for c in text.casefold()).split())


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """Who serves a model and what for, over all its uses.

    Attributes:
        providers: Catalogue ids, and `self`.
        countries: Seats of the providers.
        known: Whether every address was resolved.
        roles: What the stack uses it for.
    """

    providers: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    known: bool = True
    roles: frozenset[str] = frozenset()


NOT_CALLED = Serving()
"""Of what is not called through anybody."""


def teachers(
    models: Iterable[Model], used: Mapping[str, list[Use]], sources: Sources
) -> Mapping[str, Serving]:
    """Through whom does the stack take the outputs of each teacher, by the nodes of the lineage?"""
    taught: dict[str, list[Serving]] = defaultdict(list)
    for model in models:
        uses = [u for u in used.get(model.id, ()) if u.role == "teacher" and u.status != "mention"]
        if uses:
            for node in sources.nodes(model):
                taught[node].append(serving(model, uses, sources.catalogue))
    return {
        node: Serving(
            providers=frozenset[str]().union(*(s.providers for s in found)),
            known=all(s.known for s in found),
        )
        for node, found in taught.items()
    }


def serving(model: Model, uses: Iterable[Use], catalogue: Catalogue) -> Serving:
    """Who serves this model, as its uses say?

    A model that is a file of the stack, or weights from a hub that no call goes out for, runs on the user's
    own machines: `self`. A call whose address could not be resolved leaves the answer open.
    """
    named = {model.provider} if model.provider else set()
    resolved = True
    roles: set[str] = set()
    for use in uses:
        roles.add(use.role)
        if use.endpoint is not None:
            provider = readings.known(use.endpoint.provider)
            resolved = resolved and provider is not None
            named |= {provider} if provider else set()
    if not named and resolved:
        remote = model.form in {"api", "app"} or model.namespace in {"api", "cloud"}
        resolved = not remote
        named = set() if remote else {"self"}
    return Serving(
        providers=frozenset(named),
        countries=frozenset(catalogue.providers[p].country for p in named if p in catalogue.providers),
        known=resolved,
        roles=frozenset(roles),
    )
