"""How large is a value when its shared parts are written out, and what stands for one that is too large?

Values share parts in memory. What passes between processes, or into a cache, is written out in full, and a
file of a few lines can double a value at every line.
"""

from __future__ import annotations

import msgspec

from gauger.core.inventory import Location
from gauger.scan.collector import Binding, Candidate, Collected
from gauger.scan.values import Either, Joined, Name, Opaque, Value

MOST_PARTS = 20_000
"""Parts of one value, written out. The resolver gives up after a fifth of that."""


def bounded(collected: Collected) -> Collected:
    """The same, with every value of more than `MOST_PARTS` parts replaced by one that cannot be followed."""
    candidates = tuple(_candidate(one) for one in collected.candidates)
    bindings = tuple(_binding(one) for one in collected.bindings)
    same = all(a is b for a, b in zip(candidates, collected.candidates, strict=True)) and all(
        a is b for a, b in zip(bindings, collected.bindings, strict=True)
    )
    return collected if same else msgspec.structs.replace(collected, candidates=candidates, bindings=bindings)


def _candidate(one: Candidate) -> Candidate:
    changed = {
        name: _opaque(one.location)
        for name in ("model", "endpoint", "revision", "client_name")
        if _too_large(getattr(one, name))
    }
    return msgspec.structs.replace(one, **changed) if changed else one


def _binding(one: Binding) -> Binding:
    changed = {n: _opaque(one.location) for n in ("value", "endpoint") if _too_large(getattr(one, n))}
    return msgspec.structs.replace(one, **changed) if changed else one


def _opaque(location: Location) -> Opaque:
    return Opaque(why="too many possibilities to follow", location=location)


def _too_large(value: Value | None) -> bool:
    if value is None or not isinstance(value, Joined | Either | Name):
        return False
    return parts(value) > MOST_PARTS


def parts(value: Value) -> int:
    """How many parts has this value, shared ones counted each time? O(distinct parts)."""
    sizes: dict[int, int] = {}
    waiting: list[tuple[Value, bool]] = [(value, False)]
    while waiting:
        part, is_ready = waiting.pop()
        if id(part) in sizes:
            continue
        inner = _inner(part)
        if is_ready or not inner:
            sizes[id(part)] = 1 + sum(sizes.get(id(one), 0) for one in inner)
            continue
        waiting.append((part, True))
        waiting += [(one, False) for one in inner]
    return sizes[id(value)]


def _inner(value: Value) -> tuple[Value, ...]:
    match value:
        case Joined():
            return value.parts
        case Either():
            return value.options
        case Name(default=default) if default is not None:
            return (default,)
        case _:
            return ()
