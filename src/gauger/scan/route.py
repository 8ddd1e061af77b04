"""Through which address does one call go, and what does a gateway there make of the model's name?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.inventory import Endpoint, Hop
from gauger.core.readings import known
from gauger.scan.collector import Candidate
from gauger.scan.endpoint import endpoint_at
from gauger.scan.naming import named_by_route
from gauger.scan.resolve import Broken, Found, Resolver
from gauger.scan.values import Name

_ADDRESS_NAMES: dict[str, tuple[str, ...]] = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "langchain_openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "langchain_community": ("OPENAI_API_BASE",),
    "llama_index.llms.openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "@langchain/openai": ("OPENAI_BASE_URL",),
    "@ai-sdk/openai": ("OPENAI_BASE_URL",),
    "anthropic": ("ANTHROPIC_BASE_URL",),
    "@anthropic-ai/sdk": ("ANTHROPIC_BASE_URL",),
    "litellm": ("OPENAI_API_BASE",),
}
"""Environment names from which a client takes its address when the code gives none, by the client's package.

Source: the constructors of the `openai` and `anthropic` packages (https://github.com/openai/openai-python,
    https://github.com/anthropics/anthropic-sdk-python), read 2026-11-23.
"""
_KEY_END = re.compile(r"_(API_KEY|KEY|TOKEN|SECRET)$")
_OWN_CLIENTS = (
    "ollama",
    "langchain_ollama",
    "@langchain/ollama",
    "ollama-ai-provider",
    "llama_index.llms.ollama",
)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """The way to the server.

    Attributes:
        endpoint: Who answers, or None where no server is involved.
        certain: False where it is one of several possibilities.
        note: What else may hold, for the reader.
        routed: The name still carries a router's prefix (`deepseek/deepseek-chat` behind a LiteLLM alias).
    """

    endpoint: Endpoint | None = None
    certain: bool = True
    note: str = ""
    routed: bool = False


class Router:
    """Finds the endpoints of candidates.

    Args:
        resolver: Knows all bindings.
        lookup: What the catalogue knows.
    """

    def __init__(self, resolver: Resolver, lookup: Lookup) -> None:
        self.resolver = resolver
        self.lookup = lookup

    def routes(
        self, candidate: Candidate, client: str, text: str, along: frozenset[tuple[str, str]] = frozenset()
    ) -> Iterator[Route]:
        """Which ways may this call take?

        Args:
            candidate: The call.
            client: Its SDK client, or empty.
            text: The model's name as resolved, which may tell two ways apart; empty where it is not known.
            along: Through which calls' arguments the name came: the address is what the same calls give.
        """
        given = self.resolver.resolve(candidate.endpoint, along) if candidate.endpoint is not None else ()
        given = tuple(outcome for outcome in given if not (isinstance(outcome, Found) and not outcome.text))
        if (
            len(given) == 1
            and isinstance(given[0], Broken)
            and (fallback := self.unset(given[0], candidate, client))
        ):
            yield fallback
            return
        for outcome in given:
            certain = isinstance(outcome, Broken) or outcome.certain
            yield Route(endpoint=endpoint_at(outcome, self.lookup), certain=certain)
        if given:
            return
        if candidate.provider:
            yield Route(endpoint=self.named(candidate.provider))
            return
        default = self.default(candidate, client)
        yield self.from_environment(candidate, client, text, default) or Route(endpoint=default)

    def unset(self, broken: Broken, candidate: Candidate, client: str) -> Route | None:
        """Where does a call go whose address nothing in the stack sets: a parameter, an environment name?

        To the client's default, if it has one, unless whoever runs it sets the name.
        """
        default = self.named(candidate.provider) if candidate.provider else self.default(candidate, client)
        if default is None or default.provider == "self":
            return None
        if broken.absent:
            return Route(endpoint=default)
        if not broken.environment:
            return None
        note = f"{broken.environment} is not set in the stack; where it is, the call goes to that address"
        return Route(endpoint=default, certain=False, note=note)

    def named(self, provider: str) -> Endpoint | None:
        """The endpoint of a provider that the place names, by catalogue id or by a router's prefix."""
        if provider == "self" or provider in self.lookup.catalogue.providers:
            return Endpoint(provider=provider, basis="declared")
        naming = named_by_route(f"{provider.replace('_', '-')}/x", self.lookup) or named_by_route(
            f"{provider}/x", self.lookup
        )
        if naming is None:
            return None
        return Endpoint(provider=naming.provider or "self", basis="declared")

    def default(self, candidate: Candidate, client: str) -> Endpoint | None:
        """Whom does the client talk to unless told otherwise?"""
        if candidate.role == "access" and (owner := self.lookup.provider_of_key(candidate.written)):
            return self.address_beside(candidate) or Endpoint(provider=owner.id, basis="declared")
        name = client
        while name:
            if (provider := self.lookup.provider_of_sdk(name)) is not None:
                return Endpoint(provider=provider.id, basis="default")
            name = name.rpartition(".")[0]
        if client.startswith(_OWN_CLIENTS) or candidate.namespace == "ollama":
            return Endpoint(provider="self", basis="default")
        return None

    def address_beside(self, candidate: Candidate) -> Endpoint | None:
        """Where a key is sent when the same file gives an address under the same prefix."""
        prefix = _KEY_END.sub("", candidate.written)
        for variable in (f"{prefix}_BASE_URL", f"{prefix}_API_BASE"):
            name = Name(kind="environment", name=variable, location=candidate.location)
            bindings, _ = self.resolver.definitions(name)
            for binding in bindings:
                if binding.location.path == candidate.location.path:
                    return endpoint_at(self.resolver.resolve(binding.value)[0], self.lookup)
        return None

    def from_environment(
        self, candidate: Candidate, client: str, text: str, default: Endpoint | None
    ) -> Route | None:
        """Does an environment name in the stack send the client elsewhere?

        Where the model's name belongs to the default's own developer, the default stays and the possibility
        is noted; a name that is not theirs goes where the environment says.
        """
        for variable in _names_for(client):
            for outcome in self.resolver.resolve(
                Name(kind="environment", name=variable, location=candidate.location)
            ):
                if isinstance(outcome, Broken) or _of_another_notebook(outcome, candidate):
                    continue
                other = endpoint_at(outcome, self.lookup)
                if default is None or not self.belongs(text, known(default.provider) or ""):
                    return Route(endpoint=other, certain=False)
                where = other.url or variable
                note = (
                    f"{variable} is set at {outcome.location}: where it is loaded, the call goes to {where}"
                )
                return Route(endpoint=default, note=note)
        return None

    def belongs(self, text: str, provider: str) -> bool:
        """Is this a model of the provider's own developer, by name?"""
        record = self.lookup.catalogue.providers.get(provider)
        developer = known(self.lookup.identify(text).developer) if text else None
        return record is not None and developer is not None and developer == record.developer

    def may_rename(self, candidate: Candidate, route: Route) -> bool:
        """May a server there have names of its own for models? A public provider has its own list."""
        if candidate.namespace not in ("", "api", "ollama") or candidate.role == "access":
            return False
        if route.endpoint is None:
            return False
        provider = known(route.endpoint.provider)
        return provider is None or provider == "self"

    def renamed(self, text: str, route: Route, candidate: Candidate) -> Iterator[tuple[Found, Route]]:
        """What does this alias stand for, and where does the gateway send it?"""
        alias = Name(kind="alias", name=text, location=candidate.location)
        bindings, _ = self.resolver.definitions(alias)
        several = len({str(b.value) for b in bindings}) > 1
        sure = not several and route.endpoint is not None and route.endpoint.basis != "unresolved"
        for binding in bindings:
            hop = Hop(how="alias", name=text, location=binding.location)
            for outcome in self.resolver.resolve(binding.value):
                if isinstance(outcome, Found):
                    found = msgspec.structs.replace(
                        outcome, chain=(hop, *outcome.chain), certain=outcome.certain and sure
                    )
                    yield found, self.behind(binding.endpoint, outcome.text, route, hop)

    def behind(self, address: object, text: str, route: Route, hop: Hop) -> Route:
        """The way from the gateway on: its address for that alias, or the provider in the name's prefix."""
        before = route.endpoint.chain if route.endpoint is not None else ()
        if isinstance(address, msgspec.Struct):
            outcome = self.resolver.resolve(address)[0]  # type: ignore[arg-type]
            onward = endpoint_at(outcome, self.lookup)
            chain = (*before, hop, *onward.chain)
            return Route(endpoint=msgspec.structs.replace(onward, chain=chain), routed=True)
        naming = named_by_route(text, self.lookup)
        if naming is not None and naming.provider:
            endpoint = Endpoint(provider=naming.provider, basis="resolved", chain=(*before, hop))
            return Route(endpoint=endpoint, routed=True)
        if route.endpoint is None:
            return Route(routed=True)
        return Route(endpoint=msgspec.structs.replace(route.endpoint, chain=(*before, hop)), routed=True)


def _of_another_notebook(found: Found, candidate: Candidate) -> bool:
    """Is this set in a notebook other than the place of the call? It holds in that process alone."""
    path = found.location.path
    return path.endswith(".ipynb") and path != candidate.location.path


def _names_for(client: str) -> tuple[str, ...]:
    """Which environment names give this client its address? Azure's classes obey names of their own."""
    if "azure" in client.lower():
        return ()
    fitting = [
        package
        for package in _ADDRESS_NAMES
        if client == package or client.startswith((package + ".", package + "/"))
    ]
    return _ADDRESS_NAMES[max(fitting, key=len)] if fitting else ()
