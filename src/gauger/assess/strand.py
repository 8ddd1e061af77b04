"""One line of descent of one model: what the predicates of a rule are asked about."""

from __future__ import annotations

from functools import cached_property

import msgspec

from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, Kleene
from gauger.core.judgement import LegalReading


class Strand(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The model itself, or an ancestor of it in the form in which the model reaches it.

    A rule is asked of every strand; the model is caught when one strand is. A model that is a fine-tune of A,
    taught by B, has three: its own, A's as a `fine-tune`, B's as a `distillate`.

    Attributes:
        relation: `own`, or the relation that makes the form.
        forms: The forms it may be in; several where the facts leave it open.
        level: How surely the strand is there (`gauger.assess.readings`).
        hint: It is only hinted at, by a shared tokenizer or structure: never more than unknown.
        superseded: Its licence gave way: on every way to it stands a later model of the same developer, who
            may license their own work anew.
        service: It is below a model that the user reaches only as its maker's own service: nobody but
            the maker has a copy.
        unless_level: For a strand whose developer is not known, and for a hint: the level at which another
            strand tells the origin, or explains what is shown, so that this one falls away.
        said_only: That other strand rests on what the model's own files say, and nothing measured agrees.
        developer: Catalogue id, or empty where it is not known.
        group: The developer and all that own it.
        countries: Their seats; empty where not known.
        family: Catalogue id, or empty.
        licence: Catalogue id, or empty where it is not known.
        open_weights: Were the weights published?
        providers: Catalogue ids of who serves it, and `self`; empty where nobody does.
        provider_countries: Seats of those.
        provider_known: Whether every address was resolved.
        through: Catalogue ids of the providers through whom the model itself is called; of a teacher, those
            through whom the stack takes its outputs. Their terms are asked.
        through_known: Whether every such address was resolved.
        roles: What the stack uses it for; of an ancestor, what the model that holds its weights is used for.
        modified: Did the user spend more than a third of the original's compute on changing the model?
        modified_note: The numbers that answer that, or which are missing.
        observed: Whether some link of it was measured rather than stated.
        title: The ancestor's name for people.
        path: The line of descent in words.
        evidence: Ids of models and claims along it.
        settle: How the unknown in it could be settled.
        maker: The developer's name for people.
        licence_title: The licence's name for people.
        licence_note: What the model's files say of the licence, where the catalogue does not know the words.
    """

    relation: str
    forms: tuple[str, ...]
    level: int
    hint: bool = False
    superseded: bool = False
    service: bool = False
    unless_level: int = -1
    said_only: bool = False
    developer: str = ""
    group: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    family: str = ""
    licence: str = ""
    open_weights: Kleene = UNKNOWN
    providers: frozenset[str] = frozenset()
    provider_countries: frozenset[str] = frozenset()
    provider_known: bool = True
    through: frozenset[str] = frozenset()
    through_known: bool = True
    roles: frozenset[str] = frozenset()
    modified: Kleene = FALSE
    modified_note: str = ""
    observed: bool = False
    title: str = ""
    path: str = ""
    evidence: tuple[str, ...] = ()
    settle: str = ""
    maker: str = ""
    licence_title: str = ""
    licence_note: str = ""

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Everything that a rule can see of it: equal keys, equal answers."""
        return (
            self.relation,
            self.forms,
            self.level,
            self.hint,
            self.superseded,
            self.service,
            self.unless_level,
            self.said_only,
            self.developer,
            self.group,
            self.countries,
            self.family,
            self.licence,
            self.open_weights,
            self.providers,
            self.provider_countries,
            self.provider_known,
            self.through,
            self.through_known,
            self.roles,
            self.modified,
        )

    def present(self, counts_from: int) -> Kleene:
        """Is the strand there, if a line of descent counts from this level on?"""
        if self.unless_level >= counts_from:
            return FALSE
        if self.hint:
            return UNKNOWN
        if self.unless_level >= 0:
            return TRUE
        return TRUE if self.level >= counts_from else UNKNOWN


def believed(strands: tuple[Strand, ...], reading: LegalReading) -> tuple[Strand, ...]:
    """Which lines of descent does this reading see?

    A file of unknown publisher that calls itself a copy of somebody's model is believed by the literal and
    the cautious reading. The strict one believes it where something measured agrees; else the maker of the
    weights stays unknown. Doing it twice changes nothing.
    """
    if reading != "strict":
        return strands
    return tuple(msgspec.structs.replace(s, unless_level=0) if s.said_only else s for s in strands)
