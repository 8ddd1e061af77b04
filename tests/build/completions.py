"""The oracle of assess's main law: every way of filling in what is not known, judged in two values.

It shares no code with the engine: it reads plain records, knows no third value, and tries all completions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from build.small_worlds import DEVELOPERS, FIGURE, IMPLIED, LICENCES, PROVIDERS, QUESTIONS
from gauger.core.lineage import Claim
from gauger.core.profile import Profile

DAY = "2026-06-01"
OUTSIDER = "outsider"
CODES = ("GB", "US", "EU", "CZ", "FR")
EUROPEAN = ("CZ", "FR")
SEATS = ("CN", "US", "FR", "BR")
FORM_OF: Mapping[str, str] = {
    "same-as": "weights",
    "quantised-from": "quantised",
    "adapter-of": "adapter",
    "fine-tuned-from": "fine-tune",
    "pruned-from": "fine-tune",
    "merged-from": "merge",
    "distilled-from": "distillate",
    "trained-on-outputs-of": "distillate",
}
HINTED = ("same-as", "quantised-from", "fine-tuned-from", "pruned-from", "merged-from", "distilled-from")
LEVEL = {"weak": 1, "moderate": 2, "strong": 3, "exact": 4}
NEEDED = {"literal": 3, "cautious": 2, "strict": 2}
Plain = Mapping[str, Any]


class Line(NamedTuple):
    """One line of descent with nothing left open; `form` is empty where it is not there after all."""

    developer: str
    family: str
    licence: str
    relation: str
    form: str


class Setting(NamedTuple):
    """The user, the owners and the operators with nothing left open."""

    answers: Mapping[str, bool]
    users: float
    places: frozenset[str]
    stakes: Mapping[str, tuple[tuple[str, float], ...]]
    seats: Mapping[str, str]
    providers: frozenset[str]


class Oracle:
    """One world in one scenario, and one model.

    Args:
        developers: As given to `SmallWorld`.
        entries: List entries by developer, those of the scenario included.
        rule: The instrument's plain fields, as the scenario has them.
        profile: The user.
        facts: Answers that the scenario assumes.
    """

    def __init__(
        self,
        developers: Mapping[str, Plain],
        entries: Mapping[str, Iterable[Plain]],
        rule: Plain,
        profile: Profile,
        facts: Plain,
    ) -> None:
        self.developers = developers
        self.entries = entries
        self.rule = rule
        self.profile = profile
        self.given = {**profile.facts, **facts}
        self.words = {word for part in ("binds", "test") for word in _words(rule[part])}
        for exception in rule["exceptions"]:
            self.words |= set(_words(exception.get("when") or {}))

    # What may be so.

    def settings(self, providers: Iterable[frozenset[str]]) -> Iterator[Setting]:
        """Every user, every size of a stake, every operator that is possible."""
        for answers, users, places, stakes, seats, served in itertools.product(
            list(self._answers()),
            self._users(),
            self._places(),
            list(self._stakes()),
            list(self._seats()),
            list(providers),
        ):
            said = {
                q: True
                for q, codes in IMPLIED.items()
                if q not in self.given and set(codes) & places & self._surely()
            }
            yield Setting({**answers, **said}, users, places, stakes, seats, served)

    def _answers(self) -> Iterator[Mapping[str, bool]]:
        asked = [q for q in QUESTIONS if ("fact", q) in self.words and q not in self.given]
        known = {q: bool(a) for q, a in self.given.items() if q != FIGURE}
        for values in itertools.product((False, True), repeat=len(asked)):
            yield {**known, **dict(zip(asked, values, strict=True))}

    def _users(self) -> tuple[float, ...]:
        if FIGURE in self.given:
            return (float(self.given[FIGURE]),)
        return (0, 99, 100, 101, 1e9) if {"at-least", "above"} & {w for w, _ in self.words} else (0,)

    def _surely(self) -> frozenset[str]:
        named = {*self.profile.jurisdictions, self.profile.country} - {""}
        return frozenset(named | ({"EU"} if named & set(EUROPEAN) else set()))

    def _places(self) -> list[frozenset[str]]:
        sure = self._surely()
        if self.profile.jurisdictions:
            inside = "EU" in sure and not sure & set(EUROPEAN)
            return [sure, *(sure | {state} for state in EUROPEAN)] if inside else [sure]
        more = [set(c) for n in (0, 1, 2) for c in itertools.combinations(CODES, n)]
        grown = [sure | m | ({"EU"} if m & set(EUROPEAN) else set()) for m in more]
        return [frozenset(g) for g in grown] if "jurisdiction" in {w for w, _ in self.words} else [sure]

    def _stakes(self) -> Iterator[Mapping[str, tuple[tuple[str, float], ...]]]:
        held = [
            (d, s)
            for d in DEVELOPERS
            for s in self.developers[d]["stakes"]
            if s.get("since", "") <= DAY and not ("until" in s and s["until"] <= DAY)
        ]
        wanted = {"owned-by", "owned-by-listed"} & {w for w, _ in self.words}
        sizes = [
            (s["percent"],) if "percent" in s else (1.0, 30.0, 100.0) if wanted else (1.0,) for _, s in held
        ]
        for chosen in itertools.product(*sizes):
            shares: dict[str, tuple[tuple[str, float], ...]] = {}
            for (developer, stake), size in zip(held, chosen, strict=True):
                shares[developer] = (*shares.get(developer, ()), (stake["holder"], size))
            yield shares

    def _seats(self) -> Iterator[Mapping[str, str]]:
        asked = "developer-country" in {w for w, _ in self.words}
        open_ = [d for d in DEVELOPERS if self.developers[d]["country"] == "ZZ"]
        known = {d: self.developers[d]["country"] for d in DEVELOPERS}
        for chosen in itertools.product(SEATS if asked else SEATS[:1], repeat=len(open_) + 1):
            yield {**known, **dict(zip([*open_, OUTSIDER], chosen, strict=True))}

    def group(self, developer: str) -> frozenset[str]:
        """The developer and all above."""
        found, queue = set(), [developer]
        while queue:
            here = queue.pop()
            if here not in found:
                found.add(here)
                queue += self.developers[here]["parents"] if here in self.developers else ()
        return frozenset(found)

    def makers(self, developer: str, family: str, licence: str) -> Iterator[tuple[str, str, str]]:
        """Developer, family and licence, where empty text leaves them open."""
        for maker in (developer,) if developer else (*DEVELOPERS, OUTSIDER):
            lines = [f"{d}-{n}" for d in sorted(self.group(maker)) if d != OUTSIDER for n in (0, 1)]
            for line in (family,) if family else (*lines, ""):
                used = LICENCES if maker != OUTSIDER else ()
                under = (LICENCES[int(line[-1])],) if line and not licence else (*used, "other")
                for text in (licence,) if licence and licence != "?" else under:
                    yield maker, line, text

    # What follows.

    def bound(self, setting: Setting) -> bool:
        """Is this user bound?"""
        return self._holds(self.rule["binds"], setting, None, frozenset())

    def caught(self, setting: Setting, line: Line, roles: frozenset[str], *, silent: bool) -> bool:
        """Is this line caught, were the user bound?"""
        cell = self.rule["reaches"].get(line.form, "silent")
        if not line.form or cell == "no" or (cell == "silent" and not silent):
            return False
        exempt = any(
            self._holds(e["when"], setting, line, roles) for e in self.rule["exceptions"] if e.get("when")
        )
        return not exempt and self._holds(self.rule["test"], setting, line, roles)

    def _holds(self, condition: Plain, setting: Setting, line: Line | None, roles: frozenset[str]) -> bool:
        return all(self._one(word, value, setting, line, roles) for word, value in condition.items())

    def _one(self, word: str, value: Any, setting: Setting, line: Line | None, roles: frozenset[str]) -> bool:
        if word in {"all", "any"}:
            return {"all": all, "any": any}[word](self._holds(c, setting, line, roles) for c in value)
        if word == "not":
            return not self._holds(value, setting, line, roles)
        if word == "always":
            return True
        if word == "fact":
            return setting.answers[value]
        if word == "at-least":
            return setting.users >= value["value"]
        if word == "above":
            return setting.users > value["value"]
        if word == "jurisdiction":
            return bool(setting.places & set(value))
        assert line is not None
        return self._model(word, value, setting, line, roles)

    def _model(self, word: str, value: Any, setting: Setting, line: Line, roles: frozenset[str]) -> bool:
        group = self.group(line.developer)
        if word == "developer":
            return bool(group & set(value))
        if word == "developer-country":
            return bool({setting.seats.get(d, "BR") for d in group} & set(value))
        if word == "listed-on":
            return any(self._listed(d, value) for d in group)
        if word == "list-entry-pending":
            return any(self._pending(d, name) for d in group for name in value)
        if word in {"owned-by", "owned-by-listed"}:
            named = set(value.get("developers", ()))
            named |= {d for d in DEVELOPERS if self._listed(d, value.get("lists", ()))}
            return line.developer in self._owned(named, value["percent"], setting)
        if word in {"origin-known", "licence-known"}:
            return True
        if word in {"family", "licence"}:
            return getattr(line, word) in value
        if word == "open-weights":
            return line.family.endswith("-0")
        if word == "self-hosted":
            return setting.providers == {"self"}
        if word == "provider":
            return bool(setting.providers & set(value))
        if word == "provider-country":
            return bool({PROVIDERS[p]["country"] for p in setting.providers if p in PROVIDERS} & set(value))
        return line.relation in value if word == "relation" else bool(roles & set(value))

    def _listed(self, developer: str, lists: Iterable[str]) -> bool:
        return any(
            e["list"] in set(lists) and e.get("status", "listed") == "listed" and e["since"] <= DAY
            for e in self.entries.get(developer, ())
        )

    def _pending(self, developer: str, name: str) -> bool:
        stands = {e.get("status", "listed") for e in self.entries.get(developer, ()) if e["list"] == name}
        return stands == {"approved-unpublished"}

    def _owned(self, named: set[str], percent: float, setting: Setting) -> set[str]:
        """By adding one company at a time until none follows."""
        found = set(named)
        for _ in DEVELOPERS:
            for developer in DEVELOPERS:
                controlled = found & set(self.developers[developer]["parents"])
                held = sum(size for holder, size in setting.stakes.get(developer, ()) if holder in found)
                if controlled or held >= percent:
                    found.add(developer)
        return found


def _words(condition: Any) -> Iterator[tuple[str, str]]:
    if isinstance(condition, Mapping):
        for word, value in condition.items():
            yield word, value if isinstance(value, str) else ""
            yield from _words(value)
    elif isinstance(condition, list):
        for part in condition:
            yield from _words(part)


def counts(claim: Claim, reading: str) -> bool:
    """Does this reading take the claim as it stands?"""
    return claim.basis != "observed" or LEVEL[claim.strength] >= NEEDED[reading]
