"""The parts of an exchange: in words for people, and which of them are looked at first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from gauger.assess.causes import Step
from gauger.assess.exchange import Asking, Cell, Part
from gauger.assess.world import World
from gauger.core.canonical import canonical_json
from gauger.core.change import Cause
from gauger.core.profile import Profile
from gauger.core.text import printable

Told = Callable[[Part], Cause]
_LONGEST = 200


def asking_words(old: Asking, new: Asking, names: Mapping[str, str]) -> Told:
    """How is each part of these two ways of asking told?"""

    def told(part: Part) -> Cause:
        before, after = (_of_asking(asking, part, names) for asking in (old, new))
        return Cause(input=part.input, key=printable(part.key), before=before, after=after)

    return told


def _of_asking(asking: Asking, part: Part, names: Mapping[str, str]) -> str:
    match part.input:
        case "profile":
            return _of_profile(asking.profile, part.key)
        case "date":
            return asking.as_of
        case "catalogue":
            kind, _, ident = part.key.partition("/")
            entry = getattr(asking.catalogue, kind).get(ident)
            return "" if entry is None else printable(str(getattr(entry, "title", "") or ident))
        case "lineage":
            return next((_claim(c, names) for c in asking.claims if c.id == part.key), "")
        case "inventory":
            found = [names.get(m.id, m.id) for m in asking.models if m.id == part.key]
            found += [
                f"{names.get(u.model, u.model)} at {u.location}: {u.role}, {u.status}"
                for u in asking.uses
                if u.id == part.key
            ]
            return printable(found[0]) if found else ""
        case "suppositions":
            return printable("; ".join(asking.supposed.words))
    return ", ".join(file.key for file in asking.lists.files)


def _claim(claim: object, names: Mapping[str, str]) -> str:
    subject, target = (getattr(claim, end) for end in ("subject", "object"))
    words = f"{names.get(subject, subject)} {getattr(claim, 'relation', '')} {names.get(target, target)}"
    basis = getattr(claim, "basis", "")
    strength = f", {getattr(claim, 'strength', '')}" if basis == "observed" else ""
    return printable(f"{words} ({basis}{strength})")


def _of_profile(profile: Profile, key: str) -> str:
    kind, _, name = key.partition(".")
    if kind == "facts":
        return _answer(profile.facts[name]) if name in profile.facts else "not answered"
    if kind == "jurisdictions":
        return "listed" if name in profile.jurisdictions else "not listed"
    return _value(getattr(profile, kind))


def _answer(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _value(value: object) -> str:
    if isinstance(value, str):
        return printable(value)
    return printable(canonical_json(value).decode(), _LONGEST)


def world_words(old: World, new: World) -> Told:
    """How is each part of these two scenarios told?"""

    def told(part: Part) -> Cause:
        before, after = (_of_world(world, part) for world in (old, new))
        if part.key.startswith("rule ") and before and after:
            before, after = _fields(old, new, part.key.partition(" ")[2])
        return Cause(input="scenario", key=printable(part.key), before=before, after=after)

    return told


def _of_world(world: World, part: Part) -> str:
    kind, _, name = part.key.partition(" ")
    if kind == "rule":
        instrument = world.instruments.get(name)
        return "" if instrument is None else printable(f"{instrument.title} ({instrument.status})")
    if kind == "entries":
        entries = world.entries.get(name, ())
        return printable("; ".join(f"{e.list} since {e.since} ({e.status})" for e in entries))
    return _answer(world.facts[name]) if name in world.facts else "as in the profile"


def _fields(old: World, new: World, ident: str) -> tuple[str, str]:
    """The fields of a rule that differ, before and after."""
    one, other = (msgspec.to_builtins(world.instruments[ident]) for world in (old, new))
    fields = [field for field in sorted({*one, *other}) if one.get(field) != other.get(field)]
    told = ["; ".join(f"{f}: {_value(side.get(f, ''))}" for f in fields) for side in (one, other)]
    return printable(told[0]), printable(told[1])


def suspected(parts: Sequence[Part], *askings: Asking) -> Callable[[Cell, Step], Iterable[Part]]:
    """Which parts are looked at first for a cell: its own model's, and the records that its rules rest on?

    It only saves trials: where these do not move the verdict, all parts are looked at.
    """
    behind = _behind(askings)
    used = {use.id: use.model for asking in askings for use in asking.uses}
    claimed = {claim.id: claim.subject for asking in askings for claim in asking.claims}

    def first(cell: Cell, step: Step) -> Iterable[Part]:
        model, scenario, _ = cell
        rules = {*step.before.rules, *step.after.rules}
        wanted = {f"instruments/{rule}" for rule in rules} | behind.get(model, set())
        wanted |= {f"scenarios/{part}" for part in scenario.split("+")} | {f"rule {rule}" for rule in rules}
        for part in parts:
            own = {"inventory": used.get(part.key, part.key), "lineage": claimed.get(part.key, "")}
            near = own.get(part.input) == model if part.input in own else part.input not in _MANY
            if near or part.key in wanted or _licence_of(part.key, rules):
                yield part

    return first


_MANY = frozenset({"catalogue", "scenario"})


def _licence_of(key: str, rules: set[str]) -> bool:
    kind, _, ident = key.partition("/")
    beginnings = (f"licence.{ident}.", f"terms.{ident}.")
    return kind == "licences" and any(rule.startswith(beginnings) for rule in rules)


def _behind(askings: Sequence[Asking]) -> Mapping[str, set[str]]:
    """For each model: the records of the makers, families and licences on its lines of descent."""
    found: dict[str, set[str]] = defaultdict(set)
    for asking in askings:
        for subject in asking.questions(tuple(asking.catalogue.scenarios)[:1]).subjects:
            for strand in subject.strands:
                found[subject.model.id] |= {f"developers/{d}" for d in strand.group}
                found[subject.model.id] |= {f"families/{strand.family}", f"licences/{strand.licence}"}
                found[subject.model.id] |= {f"providers/{p}" for p in strand.through}
    return found
