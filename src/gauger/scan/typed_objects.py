"""What does an object of a library carry, until it is known to which client it goes?"""

from __future__ import annotations

from dataclasses import dataclass, field

from gauger.scan.python_objects import Client, Thing
from gauger.scan.values import Value

Key = tuple[int, int, str]
_MOST = 64
_DEPTH = 6


@dataclass(eq=False)
class State:
    """What is known of one object: a client, a request, an option, a builder, the body of a request.

    Attributes:
        dotted: What it was made by: `com.openai.client.okhttp.OpenAIOkHttpClient.builder`.
        client: The SDK client that stands for it in the catalogue, or empty.
        endpoint: The address given to this very object.
        provider: The provider that was named to it.
        client_name: Where it is defined elsewhere: the symbol that says which client it is.
        text: The first text that it was made of: `ModelId("x")`.
        fields: What was set on it, by name.
        keys: The candidates whose model was given to it.
        owners: The objects to which it was passed.
        parts: The objects that were passed to it.
    """

    dotted: str
    client: str = ""
    endpoint: Value | None = None
    provider: str = ""
    client_name: Value | None = None
    text: Thing | None = None
    fields: dict[str, Thing] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    owners: list[State] = field(default_factory=list)
    parts: list[State] = field(default_factory=list)

    def adopt(self, part: State) -> None:
        """This object was given another one."""
        if part is self or self in part.ways():
            return
        if len(part.owners) < _MOST and self not in part.owners:
            part.owners.append(self)
        if len(self.parts) < _MOST and part not in self.parts:
            self.parts.append(part)

    def ways(self) -> list[State]:
        """This object and those through which it goes, the nearest first. At most 64."""
        found: list[State] = [self]
        for state in found:
            for owner in state.owners:
                if owner not in found and len(found) < _MOST:
                    found.append(owner)
        return found

    def own_address(self, depth: int = _DEPTH) -> Value | None:
        """The address given to this object, itself or by an option."""
        giver = self.giver(depth)
        return giver.endpoint if giver is not None else None

    def giver(self, depth: int = _DEPTH) -> State | None:
        """Which object holds that address: this one, or an option that it was given?"""
        if self.endpoint is not None or depth == 0:
            return self if self.endpoint is not None else None
        inner = (part.giver(depth - 1) for part in self.parts if not part.keys)
        return next((found for found in inner if found is not None), None)

    def address(self) -> Value | None:
        """The address to which it goes."""
        return next((a for state in self.ways() if (a := state.own_address()) is not None), None)

    def client_in_the_end(self) -> str:
        """The client through which it goes: that with the address, else the last one that has a name."""
        ways = self.ways()
        giver = next((found for state in ways if (found := state.giver()) is not None), None)
        if giver is not None and giver.client:
            return giver.client
        named = [state.client for state in ways if state.client]
        options = [p.client for state in ways for p in state.parts if p.client and not p.keys]
        special = next((client for client in options if client not in named), "")
        return special or (named[-1] if named else self.dotted)


class Made(Client):
    """An object of a library, of which more becomes known as the code goes on.

    Args:
        state: What is known.
    """

    def __init__(self, state: State) -> None:
        object.__setattr__(self, "state", state)

    state: State

    @property
    def dotted(self) -> str:
        """Which client it is."""
        return self.state.client_in_the_end()

    @property
    def endpoint(self) -> Value | None:
        """The address to which it goes."""
        return self.state.address()

    @property
    def provider(self) -> str:
        """The provider named to it."""
        return self.state.provider

    def __eq__(self, other: object) -> bool:
        """The same object, not one that looks alike."""
        return isinstance(other, Made) and other.state is self.state

    def __hash__(self) -> int:
        """By identity of what is known."""
        return id(self.state)
