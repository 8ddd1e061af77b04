"""Lineage closed over: every line of descent of a model, before any rule is asked."""

from __future__ import annotations

import heapq
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from gauger.assess.edges import HINTS, Edge, edges_of
from gauger.assess.kleene import FALSE
from gauger.assess.readings import EXACT, MODERATE, NONE, STATED
from gauger.assess.sources import CATALOGUE_NODE, NOT_CALLED, OWN, NodeFacts, Serving, Sources
from gauger.assess.strand import Strand
from gauger.core.inventory import Model
from gauger.core.lineage import Claim

_RANK: dict[str, int] = {
    "same-as": 0,
    "converted-from": 0,
    "quantised-from": 1,
    "adapter-of": 2,
    "pruned-from": 3,
    "fine-tuned-from": 3,
    "merged-from": 4,
    "distilled-from": 5,
    "trained-on-outputs-of": 5,
}
"""How far a relation leads from the ancestor's own weights. Along a path the furthest decides the form.
Together with `HINTS` these are all relations; a test holds that so."""

_FORM = ("", "quantised", "adapter", "fine-tune", "merge", "distillate")
_TAUGHT = _RANK["distilled-from"]
_IDENTITY = 1
"""Up to this rank the weights are still the ancestor's: its developer is the model's."""
ANY_DERIVED = ("weights", "quantised", "fine-tune", "merge", "distillate")
"""What a hint may turn out to be."""


MOST_ANCESTORS = 48
"""So many ancestors of one model are gone through, by the surest paths first. The longest real lineages known
here have some twenty; a document that claims more is broken or hostile."""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """An ancestor, in one form, by the best path.

    Attributes:
        node: The ancestor.
        rank: How far it is from the ancestor's own weights.
        level: Of the path's weakest link.
        relation: The relation that makes the form.
        path: In words.
        evidence: Ids of the claims along it.
        observed: Whether some link was measured.
        licensors: Developers of later models on the path that have a licence of their own.
        superseded: On every path, the ancestor's developer is among them.
        claimed: Every teacher on the path is named by a claim of the inventory, none by the catalogue alone:
            the outputs may have been taken by this stack.
    """

    node: str
    rank: int
    level: int
    relation: str
    path: str
    evidence: tuple[str, ...]
    observed: bool = False
    licensors: frozenset[str] = frozenset()
    superseded: bool = False
    claimed: bool = True


class Descent:
    """The lineage of a whole inventory.

    Args:
        sources: What is known of each node.
        claims: Lineage. Allegations among them are left out: they are never evidence.
        teachers: By node: who serves it where the stack uses it as a teacher.
    """

    def __init__(
        self, sources: Sources, claims: Iterable[Claim], teachers: Mapping[str, Serving] | None = None
    ) -> None:
        self.sources = sources
        self._teachers = teachers or {}
        self._claimed: Mapping[str, list[Edge]] = edges_of(sources, claims)
        self._cache: dict[str, tuple[Edge, ...]] = {}
        self._ancestors: dict[str, tuple[Reached, ...]] = {}
        self._cut: set[str] = set()

    def edges(self, node: str) -> tuple[Edge, ...]:
        """All edges that leave this node, those of the catalogue included, in a defined order."""
        if node not in self._cache:
            stated = [
                Edge(
                    relation=d.relation,
                    target=CATALOGUE_NODE + d.parent,
                    level=STATED,
                    basis="says the catalogue",
                )
                for d in self.sources.derivations(node)
            ]
            joined = [*self._claimed.get(node, ()), *stated]
            self._cache[node] = tuple(sorted(joined, key=lambda e: (e.relation, e.target, -e.level)))
        return self._cache[node]

    def ancestors(self, node: str) -> tuple[Reached, ...]:
        """Every ancestor in every form, each by its best path: the one whose weakest link is strongest.

        Dijkstra over (node, rank, licensors on the way); O(edges × forms) where lineages are as short as real
        ones. Cycles end, since a state is settled once. The search ends with the `MOST_ANCESTORS`-th; then
        what lies beyond is not known, and `strands` says so.
        """
        if node not in self._ancestors:
            self._ancestors[node] = self._searched(node)
        return self._ancestors[node]

    def _searched(self, node: str) -> tuple[Reached, ...]:
        best: dict[tuple[str, int, frozenset[str], bool], Reached] = {}
        start = Reached(node=node, rank=0, level=EXACT, relation="", path="", evidence=())
        queue: list[tuple[int, int, str, int, Reached]] = [(-EXACT, 0, node, 0, start)]
        serial = 0
        while queue:
            _, rank, here, _, reached = heapq.heappop(queue)
            if (here, rank, reached.licensors, reached.claimed) in best:
                continue
            if len(best) > MOST_ANCESTORS:
                self._cut.add(node)
                break
            best[here, rank, reached.licensors, reached.claimed] = reached
            for edge in self.edges(here):
                if edge.relation in _RANK and edge.level > NONE:
                    serial += 1
                    step = self._step(reached, edge)
                    heapq.heappush(queue, (-step.level, step.rank, step.node, serial, step))
        return self._joined(r for r in best.values() if r.node != node)

    def _joined(self, found: Iterable[Reached]) -> tuple[Reached, ...]:
        """One for each ancestor and form: the best path; superseded where every path says so."""
        groups: dict[tuple[int, str], list[Reached]] = defaultdict(list)
        for reached in found:
            groups[reached.rank, reached.node].append(reached)
        joined = []
        for key in sorted(groups):
            first = max(groups[key], key=lambda r: r.level)
            developer = self.sources.facts(first.node).developer
            superseded = all(developer in r.licensors for r in groups[key])
            claimed = any(r.claimed for r in groups[key])
            joined.append(msgspec.structs.replace(first, superseded=superseded, claimed=claimed))
        return tuple(joined)

    def _step(self, reached: Reached, edge: Edge) -> Reached:
        rank = _RANK[edge.relation]
        title = self.sources.facts(edge.target).title
        words = f"{edge.relation} {title} ({edge.basis})"
        here = self.sources.facts(reached.node)
        licenses = here.developer and here.licence and not self.sources.is_data(reached.node)
        licensor = {here.developer} if licenses else set()
        return Reached(
            node=edge.target,
            licensors=reached.licensors | licensor,
            rank=max(rank, reached.rank),
            level=min(edge.level, reached.level),
            relation=edge.relation if rank >= reached.rank else reached.relation,
            path=f"{reached.path}, {words}" if reached.path else words,
            evidence=(*reached.evidence, *edge.evidence),
            observed=reached.observed or edge.observed,
            claimed=reached.claimed and (rank < _TAUGHT or bool(edge.evidence)),
        )

    def origin_level(self, node: str) -> int:
        """How surely is it known whose weights these are, by way of another model? `NONE` where it is not."""
        levels = [
            r.level
            for r in self.ancestors(node)
            if r.rank <= _IDENTITY and self.sources.facts(r.node).developer
        ]
        return max(levels, default=NONE)

    def origin_is_only_said(self, node: str) -> bool:
        """Does whose weights these are rest on a statement alone, with nothing measured that agrees?

        A tokenizer or structure of the same developer agrees where few others share it (`moderate`).
        """
        facts = self.sources.facts
        origins = [r for r in self.ancestors(node) if r.rank <= _IDENTITY and facts(r.node).developer]
        seen = frozenset[str]().union(
            *(
                self.sources.group(facts(e.target).developer)
                for e in self.edges(node)
                if e.observed and e.level >= MODERATE
            )
        )
        agreed = (r.observed or self.sources.group(facts(r.node).developer) & seen for r in origins)
        return bool(origins) and not any(agreed)

    def strands(self, model: Model, served: Serving) -> tuple[Strand, ...]:
        """All lines of descent of this model: its own first, its ancestors', then what is only hinted."""
        own = self._own(model, served)
        reached = self.ancestors(model.id)
        lines = [self._ancestor(model, r, served) for r in reached if not self.sources.is_data(r.node)]
        hints = self._hints(model, (own, *lines), reached, served)
        return (own, *lines, *hints, *([self._beyond(model, served)] if model.id in self._cut else []))

    def _beyond(self, model: Model, served: Serving) -> Strand:
        """The ancestors that were not gone through: somebody's, of which nothing is known."""
        return self._strand(
            NodeFacts(title=f"the ancestors of {model.called} beyond {MOST_ANCESTORS}"),
            served,
            relation="fine-tuned-from",
            forms=ANY_DERIVED,
            level=NONE,
            hint=True,
            path=f"more than {MOST_ANCESTORS} ancestors are claimed",
            settle=f"take the claims out that do not hold: {model.called} has more ancestors than any real "
            "model",
        )

    def _own(self, model: Model, served: Serving) -> Strand:
        facts = self.sources.facts(model.id)
        return self._strand(
            facts,
            served,
            through=served if model.form != "app" else NOT_CALLED,
            relation="own",
            forms=self._own_forms(model, facts, served),
            level=STATED,
            unless_level=-1 if facts.developer else self.origin_level(model.id),
            said_only=not facts.developer and self.origin_is_only_said(model.id),
            path="the model itself",
            settle=_how_to_settle(model),
        )

    def _own_forms(self, model: Model, facts: NodeFacts, served: Serving) -> tuple[str, ...]:
        if model.form == "data-set":
            return ("distillate",)
        if model.form != "api":
            return (model.form,)
        if not served.known or not served.providers:
            return ("api", "hosted") if facts.open_weights == FALSE else ("api", "hosted", "weights")
        if not facts.developer:
            remote = ("api", "hosted") if served.providers - {"self"} else ()
            return (*remote, *(("weights",) if "self" in served.providers else ()))
        operators = {self._operator(p) for p in served.providers}
        group = self.sources.group(facts.developer)
        own = any(o and (o in group or group & self.sources.group(o)) for o in operators)
        foreign = any(not (o and (o in group or group & self.sources.group(o))) for o in operators - {"self"})
        local = "self" in served.providers
        return tuple(f for f, on in (("api", own), ("hosted", foreign), ("weights", local)) if on)

    def _operator(self, provider: str) -> str:
        record = self.sources.catalogue.providers.get(provider)
        return "self" if provider == "self" else record.developer if record is not None else ""

    def _through(self, model: Model, reached: Reached, served: Serving) -> Serving:
        """Through whom did this stack take the outputs of this teacher, if it taught the model?

        Who publishes a model on a hub taught it elsewhere: only a model of the stack's own is asked about.
        """
        own = model.namespace == "local" or self.sources.facts(model.id).developer == OWN
        ours = own or "student" in served.roles
        if reached.rank < _TAUGHT or not reached.claimed or not ours:
            return NOT_CALLED
        return self._teachers.get(reached.node, NOT_CALLED)

    def _ancestor(self, model: Model, reached: Reached, served: Serving) -> Strand:
        facts = self.sources.facts(reached.node)
        forms = (_FORM[reached.rank],) if reached.rank else self._own_forms(model, facts, served)
        own = set(self._own_forms(model, self.sources.facts(model.id), served))
        return self._strand(
            facts,
            served,
            through=self._through(model, reached, served),
            relation=reached.relation,
            forms=forms,
            level=reached.level,
            unless_level=-1 if facts.developer else self.origin_level(reached.node),
            path=reached.path,
            evidence=reached.evidence,
            observed=reached.observed,
            superseded=reached.superseded,
            used=reached.rank < _RANK["distilled-from"],
            service=bool(reached.rank) and own <= {"api", "app"},
            settle=_how_to_settle(model),
        )

    def _strand(
        self,
        facts: NodeFacts,
        served: Serving,
        *,
        relation: str,
        forms: tuple[str, ...],
        level: int,
        path: str,
        settle: str,
        through: Serving = NOT_CALLED,
        unless_level: int = -1,
        said_only: bool = False,
        hint: bool = False,
        used: bool = True,
        observed: bool = False,
        superseded: bool = False,
        service: bool = False,
        evidence: tuple[str, ...] = (),
    ) -> Strand:
        return Strand(
            relation=relation,
            forms=forms,
            level=level,
            hint=hint,
            observed=observed,
            superseded=superseded,
            service=service,
            unless_level=unless_level,
            said_only=said_only,
            developer=facts.developer,
            group=self.sources.group(facts.developer),
            countries=self.sources.countries(facts),
            family=facts.family,
            licence=facts.licence,
            licence_note=facts.licence_note,
            open_weights=facts.open_weights,
            providers=served.providers,
            provider_countries=served.countries,
            provider_known=served.known,
            through=through.providers - {"self"},
            through_known=through.known,
            roles=served.roles if used else frozenset(),
            title=facts.title,
            maker=self.sources.maker(facts.developer),
            licence_title=self.sources.licence_title(facts.licence),
            path=path,
            evidence=tuple(dict.fromkeys((*facts.evidence, *evidence))),
            settle=settle,
        )

    def _hints(
        self, model: Model, lines: tuple[Strand, ...], reached: tuple[Reached, ...], served: Serving
    ) -> tuple[Strand, ...]:
        """Developers whose tokenizer or structure the model shows, and whom no line surely explains.

        What a line explains that a reading does not count is a hint to that reading still.
        """
        copies = {model.id: EXACT, **{r.node: r.level for r in reached if r.rank <= _IDENTITY}}
        found: dict[str, Strand] = {}
        for edge in (e for node in copies for e in self.edges(node) if e.relation in HINTS):
            facts = self.sources.facts(edge.target)
            explained = self._explained(edge.target, lines, copies)
            known = edge.level < MODERATE or edge.basis == "says the catalogue" or explained >= STATED
            if known or not facts.developer or facts.developer in found:
                continue
            found[facts.developer] = self._strand(
                facts,
                served,
                relation=edge.relation,
                forms=ANY_DERIVED,
                level=NONE,
                hint=True,
                unless_level=explained,
                path=f"{edge.relation} {facts.title} ({edge.basis})",
                evidence=edge.evidence,
                settle=_how_to_settle(model),
            )
        return tuple(found[developer] for developer in sorted(found))

    def _explained(self, target: str, lines: tuple[Strand, ...], copies: Mapping[str, int]) -> int:
        """How surely does a line, or a copy's usual tokenizer, explain what is shown? -1 where none does."""
        group = self.sources.group(self.sources.facts(target).developer)
        tokenizer = target.removeprefix(CATALOGUE_NODE).removeprefix("tokenizer/")
        by_line = [line.level for line in lines if line.group & group]
        usual = [level for node, level in copies.items() if tokenizer in self.sources.facts(node).tokenizers]
        return max((*by_line, *usual), default=-1)


def _how_to_settle(model: Model) -> str:
    """Which command or question would settle the origin of this model, at the least cost?"""
    if model.namespace == "local":
        return f"gauger trace {shlex.quote(model.name)}"
    if model.namespace == "object-store":
        return f"download {model.name} and run `gauger trace` on the folder"
    if model.namespace in {"hub", "ollama"}:
        return f"download {model.name} and run `gauger trace` on it, or record its publisher in the catalogue"
    if model.name == "*":
        return (
            f"ask the platform team which models are called with the credential of {model.provider or 'it'}"
        )
    return f"ask the platform team which model answers to the name {model.name!r}"
