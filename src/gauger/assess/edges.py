"""From claims to the edges of descent: which way does each lead, where it is not known?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from gauger.assess.readings import MODERATE, WEAK, level_of
from gauger.assess.sources import CATALOGUE_NODE, Sources
from gauger.core.lineage import BUILT, SAME_MODEL, Claim

HINTS = frozenset({"shares-tokenizer-with", "architecture-from"})
"""No descent: a tokenizer or a class can be reused."""
_ORDERED = ("declared", "catalogue", "dates")
_DEEPEST = 12


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, or one sourced statement of the catalogue, as the closure uses it.

    Attributes:
        relation: As in the claim.
        target: The ancestor's node.
        level: How surely (`gauger.assess.readings`).
        basis: In words, for the path.
        evidence: Id of the claim, or nothing for the catalogue.
        observed: Whether it was measured rather than stated.
    """

    relation: str
    target: str
    level: int
    basis: str
    evidence: tuple[str, ...] = ()
    observed: bool = False


def edges_of(sources: Sources, claims: Iterable[Claim]) -> Mapping[str, list[Edge]]:
    """Which edges leave each node? Allegations are left out: they are never evidence."""
    listed = [claim for claim in claims if claim.basis != "alleged"]
    order = _Order(sources, listed)
    found: dict[str, list[Edge]] = defaultdict(list)
    for claim in listed:
        basis = f"{claim.basis}, {claim.strength}" if claim.basis == "observed" else claim.basis
        for child, parent, level in order.of(claim):
            turned = child != sources.node(claim.subject)
            found[child].append(
                Edge(
                    relation=claim.relation,
                    target=parent,
                    level=level,
                    basis=f"{basis}, read the other way round" if turned else basis,
                    evidence=(claim.id,) if claim.basis != "supposed" else (),
                    observed=claim.basis == "observed",
                )
            )
    return found


class _Order:
    """Which way descent runs, for weights that do not say it.

    Where something is stated or published of the two, that decides. Else a model whose maker is known
    explains one whose maker is not, and never the other way round. Two makers that are both known leave it
    open, at a level that counts as true under no reading, unless both are one model.

    Args:
        sources: What is known of each node.
        claims: All that are no allegations.
    """

    def __init__(self, sources: Sources, claims: Iterable[Claim]) -> None:
        self._sources = sources
        self._stated: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            if claim.basis != "observed" and claim.relation not in HINTS:
                self._stated[sources.node(claim.subject)].add(sources.node(claim.object))

    def of(self, claim: Claim) -> Iterator[tuple[str, str, int]]:
        """Child, parent and level of each edge that the claim gives."""
        child, parent = self._sources.node(claim.subject), self._sources.node(claim.object)
        level = level_of(claim)
        if claim.basis != "observed" or claim.relation not in BUILT or claim.direction in _ORDERED:
            yield child, parent, level
        elif claim.relation in SAME_MODEL and not claim.component:
            yield from self._same(child, parent, level)
        elif self._comes_from(parent, child) and not self._comes_from(child, parent):
            yield parent, child, level
        elif claim.direction == "unknown":
            yield from self._either(child, parent, level)
        else:
            yield from self._guessed(child, parent, level)

    def _same(self, child: str, parent: str, level: int) -> Iterator[tuple[str, str, int]]:
        if not _is_entry(child) and self._explains(parent, child):
            yield child, parent, level
        if not _is_entry(parent) and self._explains(child, parent):
            yield parent, child, level

    def _either(self, child: str, parent: str, level: int) -> Iterator[tuple[str, str, int]]:
        if _is_entry(parent) or self._comes_from(child, parent):
            yield child, parent, level
        elif _is_entry(child):
            yield parent, child, level
        elif self._maker(child) and self._maker(parent):
            groups = [self._sources.group(self._maker(node)) for node in (child, parent)]
            if not groups[0] & groups[1]:
                yield child, parent, min(level, WEAK)
                yield parent, child, min(level, WEAK)
        else:
            yield from self._same(child, parent, level)

    def _guessed(self, child: str, parent: str, level: int) -> Iterator[tuple[str, str, int]]:
        """By a heuristic. It yields where only the supposed child's maker is known."""
        if not _is_entry(child):
            yield child, parent, level
        if not self._maker(parent) and (_is_entry(child) or self._maker(child)):
            yield parent, child, min(level, MODERATE)

    def _explains(self, one: str, other: str) -> bool:
        """May the first be an ancestor of the second? An entry of the catalogue always may."""
        return _is_entry(one) or bool(self._maker(one)) or not self._maker(other)

    def _maker(self, node: str) -> str:
        return self._sources.facts(node).developer

    def _comes_from(self, node: str, ancestor: str) -> bool:
        """Is it stated or published that the first descends from the second, or from its family?"""
        family = self._sources.facts(ancestor).family
        wanted = {ancestor} | ({CATALOGUE_NODE + family} if family else set())
        seen, queue = {node}, [(node, 0)]
        while queue:
            here, depth = queue.pop()
            published = {CATALOGUE_NODE + d.parent for d in self._sources.derivations(here)}
            for above in (self._stated.get(here, set()) | published) - seen:
                if above in wanted or (family and self._sources.facts(above).family == family):
                    return True
                seen.add(above)
                if depth < _DEEPEST:
                    queue.append((above, depth + 1))
        return False


def _is_entry(node: str) -> bool:
    return node.startswith(CATALOGUE_NODE)
