"""What each word of the vocabulary means: a closed table from predicate to closure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from gauger.assess.calendar import listed
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, Kleene, known, negation
from gauger.assess.ownership import Stakes, holdings, with_stakes
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.assess.world import Entries
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Developer
from gauger.catalogue.territories import UNKNOWN_SEAT

Asked = Callable[[User, Strand, str], Kleene]
"""A compiled condition: user, line of descent, ISO date → truth."""


class Ground:
    """What predicates look up while they are compiled.

    Args:
        catalogue: The knowledge base.
        entries: List entries by developer, as the scenario has them.
        stakes: Shares that are supposed besides those of the catalogue, by developer.
    """

    def __init__(self, catalogue: Catalogue, entries: Entries, stakes: Stakes | None = None) -> None:
        self.catalogue = catalogue
        self.entries = entries
        self.developers: Mapping[str, Developer] = with_stakes(catalogue.developers, stakes or {})

    @cached_property
    def licences_of(self) -> Mapping[str, frozenset[str]]:
        """Which licences has each developer used for a family or model of the catalogue?"""
        used: dict[str, set[str]] = {}
        families = [(f.developer, f.licence) for f in self.catalogue.families.values()]
        models = [(m.developer, m.licence) for m in self.catalogue.models.values()]
        for developer, licence in (*families, *models):
            if licence:
                used.setdefault(developer, set()).add(licence)
        return {developer: frozenset(licences) for developer, licences in used.items()}


def _overlap(have: frozenset[str], asked: frozenset[str], *, complete: bool) -> Kleene:
    """Does one of these match? Where nothing does, an incomplete list leaves it unknown."""
    if have & asked:
        return TRUE
    return FALSE if complete else UNKNOWN


def _always(_ground: Ground, _asked: tuple[str, ...]) -> Asked:
    return lambda _user, _strand, _day: TRUE


def _fact(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    ident = asked[0]
    return lambda user, _strand, _day: user.fact(ident)


def _at_least(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    bound, ident = float(asked[0]), asked[1]
    return lambda user, _strand, _day: _compared(user.figure(ident), lambda given: given >= bound)


def _above(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    bound, ident = float(asked[0]), asked[1]
    return lambda user, _strand, _day: _compared(user.figure(ident), lambda given: given > bound)


def _compared(given: float | None, holds: Callable[[float], bool]) -> Kleene:
    return UNKNOWN if given is None else known(holds(given))


def _jurisdiction(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    return lambda user, _strand, _day: user.under(asked)


def _developer(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)
    return lambda _user, strand, _day: _overlap(strand.group, wanted, complete=bool(strand.developer))


def _developer_country(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        seats = strand.countries
        return _overlap(seats, wanted, complete=bool(seats) and UNKNOWN_SEAT not in seats)

    return ask


def _listed_on(ground: Ground, asked: tuple[str, ...]) -> Asked:
    entries = {d: tuple(e for e in listing if e.list in asked) for d, listing in ground.entries.items()}

    def ask(_user: User, strand: Strand, day: str) -> Kleene:
        if not strand.developer:
            return UNKNOWN
        return known(any(listed(e, day) for d in strand.group for e in entries.get(d, ())))

    return ask


def _list_entry_pending(ground: Ground, asked: tuple[str, ...]) -> Asked:
    waiting = frozenset(
        developer
        for developer, listing in ground.entries.items()
        for name in asked
        if any(e.list == name and e.status == "approved-unpublished" for e in listing)
        and not any(e.list == name and e.status == "listed" for e in listing)
    )
    return lambda _user, strand, _day: _overlap(strand.group, waiting, complete=bool(strand.developer))


def _owned_by(ground: Ground, asked: tuple[str, ...]) -> Asked:
    return _owned(ground, float(asked[0]), lambda _day: frozenset(asked[1:]))


def _owned_by_listed(ground: Ground, asked: tuple[str, ...]) -> Asked:
    entries = {d: tuple(e for e in listing if e.list in asked[1:]) for d, listing in ground.entries.items()}

    def holders(day: str) -> frozenset[str]:
        return frozenset(d for d, own in entries.items() if any(listed(e, day) for e in own))

    return _owned(ground, float(asked[0]), holders)


def _owned(ground: Ground, percent: float, holders: Callable[[str], frozenset[str]]) -> Asked:
    reached: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def ask(_user: User, strand: Strand, day: str) -> Kleene:
        if not strand.developer:
            return UNKNOWN
        if day not in reached:
            reached[day] = holdings(ground.developers, holders(day), percent, day)
        surely, perhaps = reached[day]
        if strand.developer in surely:
            return TRUE
        return UNKNOWN if strand.developer in perhaps else FALSE

    return ask


def _family(ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)
    makers = frozenset(
        ground.catalogue.families[f].developer for f in asked if f in ground.catalogue.families
    )

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        if strand.family:
            return known(strand.family in wanted)
        return UNKNOWN if not strand.developer or strand.group & makers else FALSE

    return ask


def _licence(ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        if strand.licence:
            return known(strand.licence in wanted)
        used = ground.licences_of.get(strand.developer, frozenset())
        return UNKNOWN if not strand.developer or used & wanted else FALSE

    return ask


def _licence_known(_ground: Ground, _asked: tuple[str, ...]) -> Asked:
    return lambda _user, strand, _day: TRUE if strand.licence else UNKNOWN


def _commercial_terms_known(ground: Ground, _asked: tuple[str, ...]) -> Asked:
    silent = frozenset(i for i, r in ground.catalogue.licences.items() if r.commercial == "unknown")
    return lambda _user, strand, _day: UNKNOWN if strand.licence in silent else TRUE


def _outputs_terms_known(ground: Ground, _asked: tuple[str, ...]) -> Asked:
    told = frozenset(i for i, r in ground.catalogue.licences.items() if r.outputs_training != "unknown")
    return lambda _user, strand, _day: TRUE if strand.licence in told else UNKNOWN


def _service_terms(ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)
    under = frozenset(i for i, p in ground.catalogue.providers.items() if p.terms in wanted)

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        told_already = strand.relation != "own" and strand.licence in wanted
        return known(bool(strand.through & under) and not told_already)

    return ask


def _service_outputs_known(ground: Ground, _asked: tuple[str, ...]) -> Asked:
    licences = ground.catalogue.licences
    said = {i for i, record in licences.items() if record.outputs_training != "unknown"}
    told = frozenset(i for i, p in ground.catalogue.providers.items() if p.terms in said)
    return lambda _user, strand, _day: TRUE if strand.through_known and strand.through <= told else UNKNOWN


def _origin_known(_ground: Ground, _asked: tuple[str, ...]) -> Asked:
    return lambda _user, strand, _day: TRUE if strand.developer else UNKNOWN


def _open_weights(_ground: Ground, _asked: tuple[str, ...]) -> Asked:
    return lambda _user, strand, _day: strand.open_weights


def _self_hosted(_ground: Ground, _asked: tuple[str, ...]) -> Asked:
    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        if strand.providers - {"self"}:
            return FALSE
        return known("self" in strand.providers) if strand.provider_known else UNKNOWN

    return ask


def _provider(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)
    return lambda _user, strand, _day: _overlap(strand.providers, wanted, complete=strand.provider_known)


def _provider_country(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        seats = strand.provider_countries
        return _overlap(seats, wanted, complete=strand.provider_known and UNKNOWN_SEAT not in seats)

    return ask


def _relation(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        return _overlap(frozenset({strand.relation}), wanted, complete=not strand.hint)

    return ask


def _role(_ground: Ground, asked: tuple[str, ...]) -> Asked:
    wanted = frozenset(asked)

    def ask(_user: User, strand: Strand, _day: str) -> Kleene:
        return min(_overlap(strand.roles, wanted, complete=True), UNKNOWN if strand.hint else TRUE)

    return ask


def _modified(_ground: Ground, _asked: tuple[str, ...]) -> Asked:
    return lambda _user, strand, _day: strand.modified


MEANING: Mapping[str, Callable[[Ground, tuple[str, ...]], Asked]] = {
    "always": _always,
    "fact": _fact,
    "at-least": _at_least,
    "above": _above,
    "jurisdiction": _jurisdiction,
    "developer": _developer,
    "developer-country": _developer_country,
    "listed-on": _listed_on,
    "list-entry-pending": _list_entry_pending,
    "owned-by": _owned_by,
    "owned-by-listed": _owned_by_listed,
    "family": _family,
    "licence": _licence,
    "licence-known": _licence_known,
    "commercial-terms-known": _commercial_terms_known,
    "outputs-terms-known": _outputs_terms_known,
    "service-terms": _service_terms,
    "service-outputs-known": _service_outputs_known,
    "origin-known": _origin_known,
    "open-weights": _open_weights,
    "self-hosted": _self_hosted,
    "provider": _provider,
    "provider-country": _provider_country,
    "relation": _relation,
    "modification-above-a-third": _modified,
    "role": _role,
}
"""Every word of `gauger.catalogue.vocabulary`, in the same order; a contract test holds the two equal."""


def negated(asked: Asked) -> Asked:
    """The condition that holds where this one does not."""
    return lambda user, strand, day: negation(asked(user, strand, day))
