"""Which models do the candidates stand for, through whom are they reached, and how is that known?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.inventory import Artifact, Endpoint, Hop, Location, Model, Status, Use
from gauger.core.readings import Unmeasured, known
from gauger.core.text import printable
from gauger.scan.audience import audience_of
from gauger.scan.collector import Candidate, Tree
from gauger.scan.identity import describe, worth_keeping
from gauger.scan.model_address import is_hub_name, is_path
from gauger.scan.model_words import NAME_CHARACTERS
from gauger.scan.naming import (
    Naming,
    local_path,
    named_as_routers_do,
    named_by_address,
    named_by_resource,
    named_by_route,
    plain_path,
)
from gauger.scan.resolve import Broken, Found, Outcome, Resolver
from gauger.scan.route import Route, Router
from gauger.scan.typed_constant import model_of_constant
from gauger.scan.values import Either

T = TypeVar("T")
_LANGUAGES = {"python", "javascript", "notebook", "go", "java", "kotlin", "csharp", "rust"}
_MOST_ALIASES = 4
_ROUTED_CLIENTS = (
    "litellm",
    "langchain.init",
    "pydantic_ai",
    "aisuite",
    "instructor",
    "dspy",
    "crewai",
    "smolagents",
)
_RANK: dict[Status, int] = {
    "measured": 0, "declared": 1, "resolved": 2, "inferred": 3, "unresolved": 4, "mention": 5
}  # fmt: skip


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """What the candidates of a scan came to.

    Attributes:
        models: Sorted by id.
        uses: Sorted by id, mentions included.
        artifacts: Sorted by id, each with the id of its model where a use says so.
    """

    models: tuple[Model, ...]
    uses: tuple[Use, ...]
    artifacts: tuple[Artifact, ...]


def bind(
    candidates: Iterable[Candidate],
    artifacts: Iterable[Artifact],
    resolver: Resolver,
    lookup: Lookup,
    tree: Tree,
) -> Bound:
    """Which models and uses do these candidates give?

    Args:
        candidates: From all collectors.
        artifacts: From all collectors.
        resolver: Knows all bindings.
        lookup: What the catalogue knows.
        tree: To tell a path in the stack from a hub's name.
    """
    binder = _Binder(resolver, lookup, tree)
    models: dict[str, Model] = {}
    uses: dict[str, Use] = {}
    owners: dict[str, str] = {}
    doubtful: set[str] = set()
    named: set[str] = set()
    only_named: set[str] = set()  # a mention does not say what the thing is: a data set stays one
    for candidate in candidates:
        for model, use in binder.bound(candidate):
            better = candidate.form is not None or model.id in only_named
            if model.id not in models or (better and not candidate.mention):
                models[model.id] = model
            if not candidate.mention:
                only_named.discard(model.id)
            elif model.id not in named:
                only_named.add(model.id)
            named.add(model.id)
            earlier = uses.get(use.id)
            if earlier is None or _RANK[use.status] < _RANK[earlier.status]:
                uses[use.id] = use
            if candidate.mention or (candidate.weak and candidate.surface in _LANGUAGES):
                doubtful.add(use.id)
            if candidate.artifact:
                owners.setdefault(candidate.artifact, model.id)
    used = {
        _line(hop.location)
        for use in uses.values()
        for hop in use.chain
        if _line(hop.location) != _line(use.location)
    }
    spoken = {i: u for i, u in uses.items() if not (i in doubtful and _line(u.location) in used)}
    return Bound(
        models=_by_id(models),
        uses=_by_id(spoken),
        artifacts=_by_id(_owned(artifacts, owners, models.values())),
    )


def _owned(
    artifacts: Iterable[Artifact], owners: Mapping[str, str], models: Iterable[Model]
) -> dict[str, Artifact]:
    """The artifacts with their models: by the use that names them, their group, or their folder.

    By the folder alone where the weights lie elsewhere and a use names the folder with the configuration.
    """
    listed = list(artifacts)
    groups = {m.name: m.id for m in sorted(models, key=lambda m: m.id) if m.namespace == "local"}
    groups |= {str(a.facts["group"]): owners[a.id] for a in listed if a.id in owners and "group" in a.facts}
    found: dict[str, Artifact] = {}
    for artifact in listed:
        model = (
            artifact.model or owners.get(artifact.id) or groups.get(str(artifact.facts.get("group", "")), "")
        )
        found[artifact.id] = msgspec.structs.replace(artifact, model=model)
    return found


def _by_id(table: dict[str, T]) -> tuple[T, ...]:
    return tuple(table[ident] for ident in sorted(table))


class _Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A model's name after aliases, with the way to it."""

    text: str
    chain: tuple[Hop, ...]
    route: Route
    certain: bool
    given: Location | None = None


class _Binder:
    def __init__(self, resolver: Resolver, lookup: Lookup, tree: Tree) -> None:
        self.resolver = resolver
        self.lookup = lookup
        self.tree = tree
        self.router = Router(resolver, lookup)

    def bound(self, candidate: Candidate) -> Iterator[tuple[Model, Use]]:
        """Which uses, each with its model, does one candidate give? None where it is no model after all."""
        client = self.client(candidate)
        reached: list[_Reached] = []
        followed = self.resolver.resolve(candidate.model)
        sure = len(followed) == 1 and not isinstance(candidate.model, Either)
        for resolved in followed:
            outcome = self.told_by_constant(resolved, certain=sure)
            text, along = (outcome.text, outcome.sites) if isinstance(outcome, Found) else ("", frozenset())
            for route in self.router.routes(candidate, client, text, along):
                if isinstance(outcome, Broken):
                    yield from self.unresolved(candidate, outcome, route)
                    continue
                reached += self.behind_aliases(candidate, client, outcome, route)
        fitting = [one for one in reached if not self.is_strange(one)]
        for one in _told_apart(fitting or reached):
            yield from self.one(candidate, client, one)

    def is_strange(self, reached: _Reached) -> bool:
        """Is the name plainly one that the client's own provider does not serve?

        A provider that serves only its developer's models, to which the client talks unless told otherwise,
        and a name that belongs to somebody else: a parameter that other clients share, or an address that is
        set outside the stack.
        """
        endpoint = reached.route.endpoint
        if endpoint is None or endpoint.basis != "default":
            return False
        record = self.lookup.catalogue.providers.get(known(endpoint.provider) or "")
        if record is None or record.kind != "developer" or record.serves_others or not record.developer:
            return False
        maker = known(self.lookup.identify(reached.text).developer)
        return maker is not None and not self.lookup.are_related(maker, record.developer)

    def told_by_constant(self, outcome: Outcome, *, certain: bool) -> Outcome:
        """A constant of a library whose name tells the model (`ChatModelGPT4o`), read with the catalogue."""
        if not isinstance(outcome, Broken) or not outcome.constant:
            return outcome
        text = model_of_constant(outcome.constant, self.lookup)
        if not text:
            return outcome
        hop = Hop(how="constant", name=outcome.constant, location=outcome.location)
        return Found(text=text, location=outcome.location, chain=(*outcome.chain, hop), certain=certain)

    def client(self, candidate: Candidate) -> str:
        if candidate.client_name is None:
            return candidate.client
        found = [o.text for o in self.resolver.resolve(candidate.client_name) if isinstance(o, Found)]
        return found[0] if found else candidate.client

    def behind_aliases(
        self, candidate: Candidate, client: str, found: Found, route: Route
    ) -> Iterator[_Reached]:
        """Follow the name through gateways and servers of one's own, as long as it is an alias there."""
        reached = [
            _Reached(
                text=found.text,
                chain=found.chain,
                route=route,
                certain=found.certain and route.certain,
                given=found.given,
            )
        ]
        seen = {found.text}
        for _ in range(_MOST_ALIASES):
            following = [step for one in reached for step in self.alias_steps(candidate, client, one, seen)]
            if not following:
                break
            seen.update(step.text for step in following)
            reached = following
        yield from reached

    def alias_steps(
        self, candidate: Candidate, client: str, reached: _Reached, seen: set[str]
    ) -> list[_Reached]:
        if candidate.bill or not self.router.may_rename(candidate, reached.route):
            return []
        return [
            _Reached(
                text=text.text,
                chain=(*reached.chain, *text.chain),
                route=route,
                certain=reached.certain and text.certain and route.certain,
                given=reached.given,
            )
            for text, route in self.router.renamed(
                self.spoken_there(client, reached), reached.route, candidate
            )
            if text.text not in seen
        ]

    def spoken_there(self, client: str, reached: _Reached) -> str:
        """The name as the next server hears it: a router takes its own prefix off."""
        routed = reached.route.routed or client.startswith(_ROUTED_CLIENTS)
        naming = named_by_route(reached.text, self.lookup) if routed else None
        return naming.name if naming is not None else reached.text

    def unresolved(self, candidate: Candidate, broken: Broken, route: Route) -> Iterator[tuple[Model, Use]]:
        if candidate.weak or candidate.mention:
            return
        note = f"the chain broke at {broken.location}: {printable(broken.why)}"
        model = Model(
            namespace="unknown", name=printable(candidate.written) or "?", form=candidate.form or "weights"
        )
        if broken.given == broken.location:
            candidate = msgspec.structs.replace(candidate, location=broken.location)
        yield model, self.use(candidate, model, route.endpoint, broken.chain, "unresolved", note)

    def one(self, candidate: Candidate, client: str, reached: _Reached) -> Iterator[tuple[Model, Use]]:
        endpoint = reached.route.endpoint
        if not reached.certain and reached.chain and reached.text in self.lookup.catalogue.providers:
            return  # one of several texts that may arrive here, and it names who serves, not what
        if candidate.role == "access":
            naming: Naming | None = Naming(namespace="api", name="*")
        else:
            naming = self.naming(candidate, client, reached)
        if naming is None:
            if len(reached.text) > NAME_CHARACTERS:
                why = f"what stands there has more than {NAME_CHARACTERS} characters and is no name"
                broken = Broken(why=why, location=candidate.location, chain=reached.chain)
                yield from self.unresolved(candidate, broken, reached.route)
            return
        if naming.provider and (endpoint is None or endpoint.basis == "default"):
            endpoint = Endpoint(provider=naming.provider, basis="declared")
        elif endpoint is None and naming.namespace == "ollama" and client.startswith(_ROUTED_CLIENTS):
            endpoint = Endpoint(provider="self", basis="default")
        elif endpoint is not None and self.is_strange(reached):
            detail = (
                f"{_provider(endpoint)} does not serve this name; another address is set outside the stack"
            )
            endpoint = Endpoint(provider=Unmeasured(reason="ambiguous", detail=detail), basis="unresolved")
        provider = _provider(endpoint)
        if not worth_keeping(candidate, naming, provider, endpoint, self.lookup):
            return
        revision = self.revision(candidate) or naming.revision
        model = describe(candidate, naming, provider, revision, self.lookup)
        status = _status(candidate, reached)
        if reached.given is not None:
            candidate = msgspec.structs.replace(
                candidate, location=reached.given, written=printable(reached.text)
            )
        note = candidate.mention or reached.route.note
        yield model, self.use(candidate, model, endpoint, reached.chain, status, note, revision)

    def revision(self, candidate: Candidate) -> str:
        if candidate.revision is None:
            return ""
        outcome = self.resolver.resolve(candidate.revision)[0]
        return printable(outcome.text, 100) if isinstance(outcome, Found) else ""

    def use(
        self,
        candidate: Candidate,
        model: Model,
        endpoint: Endpoint | None,
        chain: tuple[Hop, ...],
        status: Status,
        note: str,
        revision: str = "",
    ) -> Use:
        return Use(
            surface=candidate.surface,
            api=printable(candidate.api),
            location=candidate.location,
            written=printable(candidate.written),
            model=model.id,
            model_name=model.name,
            role=candidate.role,
            status=status,
            chain=chain,
            endpoint=endpoint,
            revision=revision,
            audience=audience_of(candidate.location.path),
            note=note,
        )

    def naming(self, candidate: Candidate, client: str, reached: _Reached) -> Naming | None:
        """Where does this name live? None where it cannot be a model's name."""
        if candidate.bill == "exact":
            return Naming(namespace=candidate.namespace or "unknown", name=reached.text)
        text = reached.text.strip()
        hint = candidate.namespace
        lies_here = bool(candidate.artifact) and hint == "local"  # a path, however short or long
        if not lies_here and (len(text) < 2 or len(text) > NAME_CHARACTERS or "\n" in text):
            return None
        provider = _provider(reached.route.endpoint)
        if hint == "cloud":
            return Naming(namespace="cloud", name=text)
        if "://" in text or text.lower().startswith("hf.co/"):
            return named_by_address(text)
        if hint in ("ollama", "object-store"):
            return Naming(namespace=hint, name=text.removeprefix("ollama/").removeprefix("ollama_chat/"))
        is_routed = client.startswith(_ROUTED_CLIENTS) or reached.route.routed
        if is_routed and (routed := named_by_route(text, self.lookup)):
            return routed
        if resource := named_by_resource(text, self.lookup):
            return resource
        if hint == "api" and provider not in ("", "self"):
            return Naming(namespace="api", name=text)
        return self.stored(text, candidate, hint, provider)

    def stored(self, text: str, candidate: Candidate, hint: str, provider: str) -> Naming:
        """A name that no provider's list decides: a path, a hub's name, or a bare one."""
        seems_path = hint in ("local", "hub") or "/" in text
        if seems_path and (path := local_path(text, candidate.location.path, self.tree)):
            return Naming(namespace="local", name=path)
        if (
            hint != "local"
            and text.startswith("models/")
            and self.lookup.is_closed(text.removeprefix("models/"))
        ):
            return Naming(namespace="api", name=text)
        if hint == "local" or is_path(text):
            return Naming(namespace="local", name=plain_path(text) or ".")
        if (
            hint not in ("hub", "local")
            and not provider
            and (routed := named_as_routers_do(text, self.lookup))
        ):
            return routed
        bare, _, revision = text.partition("@")
        if is_hub_name(bare) and (":" not in bare or hint != "api"):
            return Naming(namespace="hub", name=bare.partition(":")[0], revision=revision)
        if hint == "hub":
            return Naming(namespace="hub", name=text)
        return Naming(namespace="api" if provider or hint == "api" else "unknown", name=text)


def _told_apart(reached: list[_Reached]) -> Iterator[_Reached]:
    """The ways to each name; where one of them is known, those of which nothing is known become its note.

    Names that different callers write are different uses.
    """
    told = {(one.text, one.given): set[bool]() for one in reached}
    for one in reached:
        told[one.text, one.given].add(_provider(one.route.endpoint) != "")
    for one in reached:
        if len(told[one.text, one.given]) == 1:
            yield one
        elif _provider(one.route.endpoint):
            note = one.route.note or "it may also be called at an address that is not known"
            route = msgspec.structs.replace(one.route, note=note, certain=False)
            yield msgspec.structs.replace(one, route=route, certain=False)


def _line(location: Location) -> tuple[str, int]:
    return location.path, location.line


def _provider(endpoint: Endpoint | None) -> str:
    return (known(endpoint.provider) or "") if endpoint is not None else ""


def _status(candidate: Candidate, reached: _Reached) -> Status:
    if candidate.mention:
        return "mention"
    if not reached.certain:
        return "inferred"
    if reached.chain:
        return "resolved"
    measured = candidate.artifact and candidate.namespace == "local" and not candidate.bill
    return "measured" if measured else "declared"
