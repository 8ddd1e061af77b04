"""What is wrong between records: ids that name nothing, ids and names that two records claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gauger.catalogue.lint_record import Told, unknown
from gauger.catalogue.load import KINDS
from gauger.catalogue.written import Key, Written

TAUGHT = ("families", "models")
ANCESTORS = ("families", "models", "datasets")

LINKS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "developers": (("parents", ("developers",)), ("stakes.holder", ("developers",))),
    "families": (
        ("developer", ("developers",)),
        ("licence", ("licences",)),
        ("tokenizer", ("tokenizers",)),
        ("derivations.parent", ANCESTORS),
    ),
    "models": (
        ("developer", ("developers",)),
        ("family", ("families",)),
        ("licence", ("licences",)),
        ("derivations.parent", ANCESTORS),
    ),
    "datasets": (("generated-by", TAUGHT),),
    "providers": (("developer", ("developers",)), ("terms", ("licences",))),
    "tokenizers": (
        ("families", ("families",)),
        ("developer", ("developers",)),
        ("built-on", ("tokenizers",)),
    ),
    "structures": (("families", ("families",)), ("developer", ("developers",))),
    "licences": (("forbidden-when", ("questions",)),),
    "scenarios": (
        ("extends", ("scenarios",)),
        ("add-list-entries", ("developers",)),
        ("set-facts", ("questions",)),
    ),
    "allegations": (("accused", ("developers",)), ("about", TAUGHT), ("teacher", TAUGHT)),
}
"""Kind → its keys that hold ids (of a mapping, its own keys), and the kinds that may have such an id."""

UNIQUE: Mapping[str, tuple[str, ...]] = {
    "developers": ("hub-orgs", "name-prefixes", "aliases", "identifiers"),
    "families": ("names",),
    "models": ("names",),
    "datasets": ("names",),
    "providers": ("hosts", "env-keys", "sdks", "prefixes"),
    "licences": ("declared-as",),
}
"""Kind → keys whose words belong to one record alone: by them a name leads to its record."""

_AS_WRITTEN = frozenset({"env-keys", "sdks"})
"""Keys whose words are told apart by case as well."""


CIRCLES: Mapping[str, str] = {
    "developers": "parents",
    "families": "derivations.parent",
    "models": "derivations.parent",
    "scenarios": "extends",
}
"""Kind → the key that leads up: a record that stands above itself is a mistake."""


def check(written: Iterable[Written]) -> Iterator[tuple[Written, Told]]:
    """Which records disagree with others?"""
    written = tuple(written)
    idents: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for one in written:
        if one.ident in idents[one.kind]:
            yield one, (("id",), f"the id {one.ident!r} occurs twice")
        idents[one.kind].add(one.ident)
    for one in written:
        for name, kinds in LINKS.get(one.kind, ()):
            known = sorted(set().union(*(idents[kind] for kind in kinds)))
            for key, ident in _named(one, name):
                what = " or ".join(kind.removesuffix("s") for kind in kinds).replace("familie", "family")
                yield from ((one, told) for told in unknown(key, ident, known, what))
    yield from _claimed_twice(written)
    yield from _circles(written)


def _named(one: Written, name: str) -> Iterator[tuple[Key, str]]:
    """The ids that stand under this key, each with its own way; an empty one names nothing."""
    outer, _, inner = name.partition(".")
    value = one.plain.get(outer, "")
    if isinstance(value, str):
        yield from [((outer,), value)] if value else []
    elif isinstance(value, Mapping):
        yield from (((outer, ident), ident) for ident in value)
    elif inner:
        yield from (((outer, number, inner), item[inner]) for number, item in enumerate(value))
    else:
        yield from (((outer, number), ident) for number, ident in enumerate(value))


def _claimed_twice(written: tuple[Written, ...]) -> Iterator[tuple[Written, Told]]:
    for kind, names in UNIQUE.items():
        for name in names:
            owner: dict[str, Written] = {}
            for one in (w for w in written if w.kind == kind):
                here: set[str] = set()
                for number, word in enumerate(one.plain.get(name, ())):
                    same = word if name in _AS_WRITTEN else word.lower()
                    first = owner.setdefault(same, one)
                    if first is not one or same in here:
                        where = "this file" if first is one else first.file
                        yield one, ((name, number), f"{word!r} stands in {where} as well")
                    here.add(same)


def _circles(written: tuple[Written, ...]) -> Iterator[tuple[Written, Told]]:
    """Ownership, lineage and scenarios that lead back to themselves."""
    for kind, name in CIRCLES.items():
        records = [one for one in written if one.kind == kind]
        above = {one.ident: [ident for _, ident in _named(one, name)] for one in records}
        for one in records:
            if _leads_to_itself(one.ident, above):
                yield one, ((name.partition(".")[0],), "leads back to this record")


def _leads_to_itself(start: str, above: Mapping[str, list[str]]) -> bool:
    seen: set[str] = set()
    queue = list(above[start])
    while queue:
        here = queue.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            queue += above.get(here, ())
    return False
