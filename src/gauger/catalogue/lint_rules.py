"""What is wrong in rules: words of conditions, cells, and what scenarios change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from gauger.catalogue.conditions import parse
from gauger.catalogue.lint_record import Told, unknown
from gauger.catalogue.records import Instrument
from gauger.catalogue.territories import COUNTRIES, PLACES, SUPRANATIONAL
from gauger.catalogue.vocabulary import FORMS, LISTS, Argument, Scope
from gauger.catalogue.written import Key, Written
from gauger.core.errors import CatalogueError, UsageError
from gauger.core.inventory import Role
from gauger.core.lineage import Relation
from gauger.core.strict import convert, nearest

_QUOTED = re.compile(r"'([^']+)'")
Known = Mapping[Argument, list[str]]
_WORDS_OF: Mapping[Argument, Argument] = {
    "figure": "figure",
    "stake-of": "developers",
    "stake-of-listed": "lists",
}
"""For predicates that take a number and words: which kind the words are."""


def check(written: Iterable[Written]) -> Iterator[tuple[Written, Told]]:
    """Which instruments and scenarios use words that do not exist?"""
    written = tuple(written)
    known = _known_words(written)
    rules = {one.ident: one.plain for one in written if one.kind == "instruments"}
    added = {i["id"]: i for one in written for i in one.plain.get("add-instruments", ())}
    for one in written:
        if one.kind == "instruments":
            yield from ((one, told) for told in _instrument(one.plain, (), known))
        if one.kind == "scenarios":
            yield from ((one, told) for told in _scenario(one, {**added, **rules}, rules, known))


def _known_words(written: tuple[Written, ...]) -> Known:
    """Which words may each kind of argument be?"""
    numbers = [o.ident for o in written if o.kind == "questions" and o.plain["answer"] == "number"]
    idents: dict[str, list[str]] = {}
    for one in written:
        idents.setdefault(one.kind, []).append(one.ident)
    return {
        "question": [q for q in idents.get("questions", []) if q not in numbers],
        "figure": numbers,
        "countries": [*sorted(COUNTRIES), *sorted(SUPRANATIONAL)],
        "places": sorted(PLACES),
        "developers": idents.get("developers", []),
        "families": idents.get("families", []),
        "licences": idents.get("licences", []),
        "lists": sorted({*LISTS, *_lists(written)}),
        "providers": [*idents.get("providers", []), "self"],
        "forms": list(FORMS),
        "relations": ["own", *get_args(Relation)],
        "roles": list(get_args(Role)),
    }


def _lists(written: tuple[Written, ...]) -> Iterator[str]:
    """The lists on which the records put somebody."""
    for one in written:
        yield from (entry["list"] for entry in one.plain.get("lists", ()))
        for entries in one.plain.get("add-list-entries", {}).values():
            yield from (entry["list"] for entry in entries)


def _instrument(rule: Mapping[str, Any], at: Key, known: Known) -> Iterator[Told]:
    yield from _condition(rule["binds"], (*at, "binds"), known, ("profile",))
    yield from _condition(rule["test"], (*at, "test"), known)
    for form in rule["reaches"]:
        yield from unknown((*at, "reaches", form), form, list(FORMS), "form")
    for number, exception in enumerate(rule["exceptions"]):
        here = (*at, "exceptions", number)
        if not exception["title"]:
            yield here, "an exception needs a title"
        if exception["kind"] == "waiver" and not exception["by"]:
            yield here, "a waiver names under `by` who grants it"
        if exception["when"] is not None:
            yield from _condition(exception["when"], (*here, "when"), known)
    if rule["status"] == "in-force" and not rule["force"]:
        yield (*at, "status"), "in force, but no interval under `force` says since when"


def _condition(
    condition: Any, key: Key, known: Known, scopes: tuple[Scope, ...] = ("profile", "model")
) -> Iterator[Told]:
    try:
        tree = parse(condition, subject="", scopes=scopes)
    except CatalogueError as error:
        quoted = _QUOTED.search(error.message)
        yield (
            key,
            f"{error.message}; {error.hint}" if error.hint else error.message,
            quoted[1] if quoted else "",
        )
        return
    for predicate, argument in tree.words():
        what = _WORDS_OF.get(predicate.argument, predicate.argument)
        for word in argument[1:] if predicate.argument in _WORDS_OF else argument:
            yield from unknown(key, word, known.get(what, []), what)


def _scenario(
    one: Written, rules: Mapping[str, Any], lasting: Mapping[str, Any], known: Known
) -> Iterator[Told]:
    for number, added in enumerate(one.plain["add-instruments"]):
        if added["id"] in lasting:
            key: Key = ("add-instruments", number, "id")
            yield key, f"there is an instrument {added['id']!r}: change it under `alter-instruments`"
        yield from _instrument(added, ("add-instruments", number), known)
    for ident, changes in one.plain["alter-instruments"].items():
        yield from _altered(rules, ident, changes, known)
    asked = {w for rule in rules.values() for part in ("binds", "test") for w in _asked_lists(rule[part])}
    for developer, entries in one.plain["add-list-entries"].items():
        for number, entry in enumerate(entries):
            at = ("add-list-entries", developer, number, "list")
            yield from unknown(at, entry["list"], sorted(asked), "list that a rule asks for")


def _asked_lists(condition: Any) -> Iterator[str]:
    try:
        tree = parse(condition, subject="")
    except CatalogueError:
        return
    for predicate, argument in tree.words():
        if predicate.argument == "lists":
            yield from argument
        elif predicate.argument == "stake-of-listed":
            yield from argument[1:]


def _altered(rules: Mapping[str, Any], ident: str, changes: Any, known: Known) -> Iterator[Told]:
    at: Key = ("alter-instruments", ident)
    if ident not in rules:
        guess = nearest(ident, list(rules))
        yield at, f"there is no instrument {ident!r}" + (f"; did you mean {guess!r}?" if guess else "")
        return
    try:
        convert({**rules[ident], **changes}, Instrument, subject="")
    except UsageError as error:
        quoted = _QUOTED.search(error.message)
        yield (
            at,
            f"{error.message}; {error.hint}" if error.hint else error.message,
            quoted[1] if quoted else "",
        )
        return
    own = set(_instrument(rules[ident], at, known))
    yield from (t for t in _instrument({**rules[ident], **changes}, at, known) if t not in own)
