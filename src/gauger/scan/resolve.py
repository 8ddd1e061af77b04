"""What text does a name stand for, and through which places was it found?

Names are followed over bindings of the whole stack. Rules of precedence:

1. A binding whose scope is a folder around the place of use certainly applies; the nearest one wins, and
   everything further away is out, unless it is a mere default (`overridable`) that a deployment may replace.
2. Where none certainly applies, every binding of that name is a possibility, and so is the default at the
   place of use.
3. Several distinct values, or a value that is only a possibility, are *inferred*, never *resolved*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import assert_never

import msgspec

from gauger.core.inventory import Hop, Location
from gauger.core.limits import Limits
from gauger.scan.collector import Binding
from gauger.scan.values import Either, Joined, Name, NameKind, Opaque, Text, Value

_HOW: dict[NameKind, str] = {
    "environment": "environment",
    "setting": "setting",
    "alias": "alias",
    "variable": "variable",
    "symbol": "constant",
    "path": "store",
    "constant": "constant",
}
_MOST_OUTCOMES = 32
_MOST_STEPS = 4_000
_MOST_DEFINITIONS = 64


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A text that the value stands for.

    Attributes:
        text: The text.
        location: Where it is written; the last hop's location where there is a chain.
        chain: The hops from the use to there.
        certain: False where it is one of several, or holds only if something unseen is as assumed.
        sites: Through which calls' arguments it came: the function's name with the place of the call.
        given: The argument of the outermost of these calls, where calls of functions gave it; else None.
    """

    text: str
    location: Location
    chain: tuple[Hop, ...] = ()
    certain: bool = True
    sites: frozenset[tuple[str, str]] = frozenset()
    given: Location | None = None


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """Where and why a chain ended without a text.

    Attributes:
        why: In a few words.
        location: The place where it broke.
        chain: The hops up to there.
        environment: The environment name that nothing sets, where that is all that is missing; else empty.
        absent: As `Opaque.absent`.
        constant: The library's constant at which it ended, or empty; its name may tell the model.
        given: As `Found.given`.
    """

    why: str
    location: Location
    chain: tuple[Hop, ...] = ()
    environment: str = ""
    absent: bool = False
    constant: str = ""
    given: Location | None = None


Outcome = Found | Broken


class Resolver:
    """Follows names over all bindings of one scan.

    Args:
        bindings: From all collectors.
        limits: `hops` bounds the length of a chain.

    Attributes:
        asked: Every kind and name that was looked for, whether it was found or not.
    """

    def __init__(self, bindings: Iterable[Binding], limits: Limits) -> None:
        self.limits = limits
        self.asked: set[tuple[NameKind, str]] = set()
        self._index: dict[tuple[str, str], list[Binding]] = {}
        for binding in _last_ones(bindings):
            self._index.setdefault((binding.kind, _index_key(binding.kind, binding.name)), []).append(binding)

    def resolve(self, value: Value, along: frozenset[tuple[str, str]] = frozenset()) -> tuple[Outcome, ...]:
        """Which texts may this value be?

        Terminates on every graph of bindings: a name that is met again on its own chain ends it, chains have
        at most `limits.hops` hops, and one call takes a bounded number of steps.

        Args:
            value: What to follow.
            along: `Found.sites` of another value of the same place: where a function's parameter is met that
                these calls gave, only what the very same call gave counts, else the parameter's default.

        Returns:
            At least one outcome: the distinct texts in order of precedence, or one `Broken` where there is no
            text at all.
        """
        return _Run(self, along).outcomes(value)

    def definitions(self, name: Name) -> tuple[list[Binding], bool]:
        """Which bindings define this name at its place of use, and do they certainly apply?"""
        self.asked.add((name.kind, name.name))
        found = self._index.get((name.kind, _index_key(name.kind, name.name)), [])
        matching = [b for b in found if _names_match(name, b)]
        if not matching and name.kind == "symbol" and (moved := _as_submodule(name.name)):
            return self.definitions(msgspec.structs.replace(name, name=moved))
        if name.kind in ("symbol", "path") or (name.kind == "setting" and not name.name.startswith("#")):
            chosen = _closest(matching, name.location.path)
            return chosen, not all(b.overridable for b in chosen)
        around = [b for b in matching if encloses(b.scope, name.location.path)]
        if not around:
            return matching, False
        nearest = max(_depth(b.scope) for b in around)
        chosen = [b for b in around if _depth(b.scope) == nearest]
        if all(b.overridable for b in chosen):
            return [*chosen, *(b for b in matching if b not in chosen)], False
        return [b for b in chosen if not b.overridable], True


def _last_ones(bindings: Iterable[Binding]) -> Iterable[Binding]:
    """All bindings in order; of an environment name that one place sets twice, the last one counts."""
    ordered = sorted(bindings, key=lambda b: (b.kind, b.name, b.location.path, b.location.line, b.scope))
    kept: dict[object, Binding] = {}
    for number, binding in enumerate(ordered):
        place = (binding.name, binding.location.path, binding.location.member, binding.scope)
        kept[place if binding.kind == "environment" else number] = binding
    return kept.values()


class _Run:
    """One call of `Resolver.resolve`, with what is left of its budget."""

    def __init__(self, resolver: Resolver, along: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.resolver = resolver
        self.along = dict(along)
        self.steps = _MOST_STEPS

    def outcomes(self, value: Value) -> tuple[Outcome, ...]:
        return _distinct(self.follow(value, (), frozenset()))

    def follow(self, value: Value, chain: tuple[Hop, ...], seen: frozenset[tuple[str, str]]) -> list[Outcome]:
        self.steps -= 1
        if self.steps < 0:
            place = chain[-1].location if chain else _place(value)
            return [Broken(why="too many possibilities to follow", location=place, chain=chain)]
        match value:
            case Text():
                return [_found(value, chain)]
            case Opaque():
                return [Broken(why=value.why, location=value.location, chain=chain, absent=value.absent)]
            case Joined():
                return self.joined(value, chain, seen)
            case Either():
                each = [o for option in value.options for o in self.follow(option, chain, seen)]
                return _several(each) if len(value.options) > 1 else each
            case Name():
                return self.name(value, chain, seen)
            case _:
                assert_never(value)

    def joined(
        self, value: Joined, chain: tuple[Hop, ...], seen: frozenset[tuple[str, str]]
    ) -> list[Outcome]:
        parts = [list(_distinct(self.follow(part, (), seen))) for part in value.parts]
        outcomes: list[Outcome] = []
        for combination in product(*parts):
            outcomes.append(_join(combination, chain, value))
            if len(outcomes) >= _MOST_OUTCOMES:
                break
        return outcomes

    def name(self, name: Name, chain: tuple[Hop, ...], seen: frozenset[tuple[str, str]]) -> list[Outcome]:
        key = (name.kind, name.name)
        if key in seen and not name.name.startswith(":"):
            return self.default(name, chain, seen, f"{_spoken(name)} refers to itself")
        if len(chain) >= self.resolver.limits.hops:
            why = f"more than {self.resolver.limits.hops} steps from the use"
            return [Broken(why=why, location=name.location, chain=chain)]
        bindings, certain = self.resolver.definitions(name)
        if self.along and bindings and bindings[0].site and _function(name.name) in self.along:
            bindings = [b for b in bindings if b.site == self.along[_function(b.name)]]
        followed = bindings[:_MOST_DEFINITIONS]
        outcomes = [o for b in followed for o in self.binding(name, b, chain, seen | {key})]
        # A call that leaves a parameter out gets its default, whatever other calls give.
        is_parameter = name.name.endswith(")") and not any(b.site in self.along.values() for b in bindings)
        if certain and not is_parameter and any(isinstance(o, Found) for o in outcomes):
            return outcomes if len(_distinct(outcomes)) == 1 else _several(outcomes)
        fallback = self.default(name, chain, seen, f"{_spoken(name)} is not set anywhere in the stack")
        if not outcomes:
            return fallback
        return _several([*outcomes, *fallback] if name.default is not None else outcomes)

    def binding(
        self, name: Name, binding: Binding, chain: tuple[Hop, ...], seen: frozenset[tuple[str, str]]
    ) -> list[Outcome]:
        hop = Hop(how=_HOW[name.kind], name=_shown(name), location=binding.location)
        outcomes = self.follow(binding.value, (*chain, hop), seen)
        if name.kind == "symbol" and name.name.endswith(")") and not _is_field(chain):
            outcomes = [_given_at(o, binding.location) for o in outcomes]
        if not binding.site:
            return outcomes
        site = (_function(binding.name), binding.site)
        return [
            msgspec.structs.replace(o, sites=o.sites | {site}) if isinstance(o, Found) else o
            for o in outcomes
        ]

    def default(
        self, name: Name, chain: tuple[Hop, ...], seen: frozenset[tuple[str, str]], why: str
    ) -> list[Outcome]:
        if name.default is None:
            unset = name.name if name.kind == "environment" else ""
            constant = name.name if name.kind == "constant" else ""
            broken = Broken(
                why=why, location=name.location, chain=chain, environment=unset, constant=constant
            )
            return [broken]
        if name.kind == "symbol" and "(" in name.name and isinstance(name.default, Name):
            return self.follow(name.default, chain, seen | {(name.kind, name.name)})
        how = "constant" if name.kind == "symbol" else "default"
        hop = Hop(how=how, name=_shown(name), location=_place(name.default))
        return self.follow(name.default, (*chain, hop), seen | {(name.kind, name.name)})


def _function(symbol: str) -> str:
    """The function whose parameter this is: `create` for `app/llm:create(model)`."""
    return symbol.partition(":")[2].partition("(")[0]


def _is_field(chain: Sequence[Hop]) -> bool:
    """Was this parameter met as a field of an object, which is a setting and no call of a model?"""
    return bool(chain) and "()." in chain[-1].name


def _given_at(outcome: Outcome, place: Location) -> Outcome:
    """The outcome with the argument that gave it; the outermost call's stays."""
    if outcome.given is None:
        return msgspec.structs.replace(outcome, given=place)
    return outcome


def _found(text: Text, chain: tuple[Hop, ...]) -> Found:
    if not chain:
        return Found(text=text.text, location=text.location)
    last = msgspec.structs.replace(chain[-1], location=text.location)
    return Found(text=text.text, location=text.location, chain=(*chain[:-1], last))


def _several(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [msgspec.structs.replace(o, certain=False) if isinstance(o, Found) else o for o in outcomes]


def _join(parts: Sequence[Outcome], chain: tuple[Hop, ...], whole: Joined) -> Outcome:
    for part in parts:
        if isinstance(part, Broken):
            return Broken(why=part.why, location=part.location, chain=(*chain, *part.chain))
    found = [part for part in parts if isinstance(part, Found)]
    hops = (*chain, *(hop for part in found for hop in part.chain))
    first = found[0].location if found else _place(whole)
    return Found(
        text="".join(part.text for part in found),
        location=hops[-1].location if hops else first,
        chain=hops,
        certain=all(part.certain for part in found),
        sites=frozenset(site for part in found for site in part.sites),
    )


def _distinct(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """One outcome for each text and way of being called, in order; broken ones only where nothing else is."""
    kept: dict[object, Found] = {}
    for outcome in outcomes:
        if isinstance(outcome, Found) and len(kept) < _MOST_OUTCOMES:
            key = (outcome.text, outcome.sites, outcome.given)
            known = kept.get(key)
            if known is None or (outcome.certain and not known.certain):
                kept[key] = outcome
    if kept:
        named = {o.text for o in kept.values() if o.given is not None}
        found = [o for o in kept.values() if o.given is not None or o.text not in named]
        sure = _several(found) if len({o.text for o in found}) > 1 else found
        unclear = {o.given: o for o in outcomes if isinstance(o, Broken) and o.given == o.location}
        return (*sure, *unclear.values())
    told = {o.constant: o for o in outcomes if isinstance(o, Broken) and o.constant}
    return tuple(told.values()) or tuple(outcomes[:1])


def encloses(scope: str, path: str) -> bool:
    """Is this file in that folder or below it?"""
    return not scope or path.startswith(scope.rstrip("/") + "/")


def _depth(scope: str) -> int:
    return len(scope.split("/")) if scope else 0


def _index_key(kind: NameKind, name: str) -> str:
    """What two names that may be the same have in common: a setting's key, a symbol and its module's stem."""
    if kind == "setting":
        return name.partition("#")[2]
    if kind == "symbol":
        module, _, symbol = name.rpartition(":")
        return f"{module.rpartition('/')[2]}:{symbol}"
    return name


def _names_match(name: Name, binding: Binding) -> bool:
    if name.kind == "setting":
        file, _, _ = name.name.partition("#")
        return not file or _ends_with(binding.name.partition("#")[0], file)
    if name.kind == "symbol":
        module, bound = name.name.rpartition(":")[0], binding.name.rpartition(":")[0]
        return bool(module) and _ends_with(bound, module)
    return True


def _ends_with(path: str, end: str) -> bool:
    return path == end or path.endswith("/" + end)


def _closest(bindings: list[Binding], path: str) -> list[Binding]:
    """Those that share the most folders with the place of use."""
    if not bindings:
        return []
    shared = [_shared_folders(b.location.path, path) for b in bindings]
    return [b for b, count in zip(bindings, shared, strict=True) if count == max(shared)]


def _shared_folders(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count


def _as_submodule(name: str) -> str:
    """`app:config.MODEL` read as `app/config:MODEL`; empty where there is no dot to move."""
    module, _, symbol = name.rpartition(":")
    first, dot, rest = symbol.partition(".")
    return (
        f"{module}/{first}:{rest}"
        if module and dot and rest and "(" not in first and "#" not in first
        else ""
    )


def _place(value: Value) -> Location:
    match value:
        case Text() | Name() | Opaque():
            return value.location
        case Joined():
            return _place(value.parts[0]) if value.parts else Location(path="")
        case Either():
            return _place(value.options[0]) if value.options else Location(path="")
        case _:
            assert_never(value)


def _shown(name: Name) -> str:
    if name.kind == "symbol":
        return name.name.rpartition(":")[2]
    if name.kind == "setting":
        return name.name.partition("#")[2]
    return name.name


def _spoken(name: Name) -> str:
    words: dict[NameKind, str] = {
        "environment": "the environment name",
        "setting": "the setting",
        "alias": "the alias",
        "variable": "the variable",
        "symbol": "the name",
        "path": "the path",
        "constant": "the library's constant",
    }
    return f"{words[name.kind]} {_shown(name)}"
