"""Which models matter most to a board, and why: what takes each away, and how sure its origin is."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from gauger.core.inventory import Model
from gauger.core.judgement import VERDICTS, Decision
from gauger.core.lineage import BUILT, TAUGHT, Claim, strongest
from gauger.core.readings import known
from gauger.report.view import View, model_name
from gauger.report.words import TAKEN_AWAY, VERDICT, listed, plural

_LINEAGE = BUILT | TAUGHT


class Matter(NamedTuple):
    """One model, in four cells of a table.

    Attributes:
        id: The model's id.
        name: What people call it.
        developer: Who made it, with the country of the seat.
        where: Where it is used, and through whom.
        why: What takes it away, or keeps it undecided.
        sure: On what the statement of its origin rests.
        like: How many more models of the same maker meet the same fate; they have no row of their own.
    """

    id: str
    name: str
    developer: str
    where: str
    why: str
    sure: str
    like: int


def that_matter(view: View, most: int) -> list[Matter]:
    """Which models matter most: taken away today, then in most scenarios, then used in most places?

    Models of one maker that meet the same fate share a row. Data sets and bare access to a provider come
    after models with a name.
    """
    groups: dict[tuple[str, str], list[Model]] = {}
    for model in sorted(view.models, key=lambda m: _rank(view, m)):
        if view.decisions.get(model.id):
            groups.setdefault((made_by(view, model), _why(view, model)), []).append(model)
    return [_matter(view, like[0], len(like) - 1) for like in list(groups.values())[:most]]


def _rank(view: View, model: Model) -> tuple[int, ...]:
    today = [s.key for s in view.dossier.scenarios if not s.hypothetical]
    away = _away(view, model)
    strict = [s for s in view.dossier.scenarios if view.cell(model.id, s.key, "strict") in TAKEN_AWAY]
    uses = view.uses.get(model.id, [])
    open_ = sum(view.cell(model.id, s.key) == "undetermined" for s in view.dossier.scenarios)
    rules = len({d.instrument for d in view.decisions.get(model.id, [])})
    return (
        -any(view.cell(model.id, key) in TAKEN_AWAY for key in today),
        model.name == "*" or model.form == "data-set",
        -len(away),
        -len(strict),
        -open_,
        -sum(use.audience == "production" for use in uses),
        -rules,
        view.models.index(model),
    )


def _away(view: View, model: Model) -> list[str]:
    """Titles of the scenarios that take it away under the profile's reading, the law as it stands first."""
    gone = [s for s in view.dossier.scenarios if view.cell(model.id, s.key) in TAKEN_AWAY]
    return [s.title for s in sorted(gone, key=lambda s: s.hypothetical)]


def _matter(view: View, model: Model, like: int) -> Matter:
    return Matter(
        id=model.id,
        name=model_name(model),
        developer=made_by(view, model),
        where=_where(view, model),
        why=_why(view, model),
        sure=how_sure(view, model),
        like=like,
    )


def made_by(view: View, model: Model) -> str:
    """Who made it, by its name or by what was observed, with the code of the seat?"""
    key = known(model.developer) or _of_ancestor(view, model)
    if not key:
        return "not known"
    entry = view.developer_entry(key)
    title = entry.developer_title if entry else key
    seat = (known(entry.country) or "") if entry else ""
    return f"{title} ({seat})" if seat else title


def _of_ancestor(view: View, model: Model) -> str:
    first = _telling(view, model)
    if first is None:
        return ""
    reference, parent = view.reference(first.object), view.model(first.object)
    if reference is not None:
        return known(reference.developer) or ""
    return (known(parent.developer) or "") if parent is not None else ""


def _telling(view: View, model: Model) -> Claim | None:
    """The claim on which its origin rests: the strongest observed one, else a declared or sourced one."""
    claims = [
        c
        for c in view.claims.get(model.id, [])
        if c.relation in _LINEAGE and c.basis not in ("alleged", "supposed")
    ]
    observed = strongest(tuple(claims))
    if observed is not None and observed.strength != "none":
        return observed
    return min((c for c in claims if c.basis != "observed"), key=lambda c: (c.basis, c.id), default=None)


def how_sure(view: View, model: Model) -> str:
    """On what does the statement of its origin rest, and how strongly?"""
    clash = any("contradict" in f.rule for f in view.found.get(model.id, []))
    first = _telling(view, model)
    if first is not None and first.basis == "observed":
        said = f"observed, {first.strength}: {first.relation} {view.name(first.object)}"
    elif first is not None:
        said = f"{first.basis}: {first.relation} {view.name(first.object)}"
    elif known(model.developer):
        said = "catalogue: by its name"
    elif clash:
        return "contradicted: what is declared is not what was observed"
    else:
        said = "nothing observed or declared"
    return f"{said}; contradicted, see the findings" if clash else said


def _where(view: View, model: Model) -> str:
    uses = view.uses.get(model.id, [])
    if not uses:
        places = [str(a.location) for a in view.artifacts.get(model.id, [])]
        return f"stored at {places[0]}" if places else "its files only"
    folders = Counter(use.location.path.rpartition("/")[0] or use.location.path for use in uses)
    named = [name for name, _ in sorted(folders.items(), key=lambda item: (-item[1], item[0]))]
    text = f"{plural(len(uses), 'use')}: {named[0]}"
    more = f" and {plural(len(named) - 1, 'more place')}" if len(named) > 1 else ""
    through = sorted({known(u.endpoint.provider) or "not known" for u in uses if u.endpoint is not None})
    via = listed(["our own server" if p == "self" else p for p in through[:2]])
    return f"{text}{more}" + (f"; through {via}" if via else "")


def _why(view: View, model: Model) -> str:
    """The rule that takes it away today, else the scenarios that would, else what keeps it undecided."""
    reading = view.dossier.reading
    today = [s for s in view.dossier.scenarios if not s.hypothetical]
    for scenario in today:
        cell = view.cell(model.id, scenario.key)
        if cell != "not-evaluated" and cell in TAKEN_AWAY:
            here = [
                d for d in view.decisions_of(model.id, scenario.key) if reading in d.readings_in(scenario.key)
            ]
            return f"{VERDICT[cell].word} today: {_rules(view, here)}"
    away = _away(view, model)
    if away:
        return f"today {_today(view, model)}; taken away in: {_some(away)}"
    if strict := [
        s.title for s in view.dossier.scenarios if view.cell(model.id, s.key, "strict") in TAKEN_AWAY
    ]:
        return f"{_today(view, model)}; taken away if read strictly in: {_some(strict)}"
    every = [d for d in view.decisions.get(model.id, []) if any(c.reading == reading for c in d.cases)]
    if _today(view, model) == VERDICT["undetermined"].word:
        waiting = len({d.instrument for d in every if d.verdict == "undetermined"})
        return f"undetermined: a fact or a wording is open for {plural(waiting, 'rule')}"
    return f"{_today(view, model)}: {_rules(view, every)}" if every else _today(view, model)


def _today(view: View, model: Model) -> str:
    """The word for its verdict under the law as it stands."""
    key = next((s.key for s in view.dossier.scenarios if not s.hypothetical), "")
    cell = view.cell(model.id, key)
    return "not evaluated" if cell == "not-evaluated" else VERDICT[cell].word


def _rules(view: View, decisions: list[Decision]) -> str:
    """The first of the worst rules, and how many more there are."""
    ranked = sorted(decisions, key=_first)
    titles = list(dict.fromkeys(_title(view, d) for d in ranked if d.verdict == ranked[0].verdict))
    if not titles:
        return "the dossier holds no decision for it"
    return titles[0] + (f" and {plural(len(titles) - 1, 'more rule')}" if len(titles) > 1 else "")


def _some(titles: list[str]) -> str:
    return titles[0] + (f" and {plural(len(titles) - 1, 'more scenario')}" if len(titles) > 1 else "")


def _first(decision: Decision) -> tuple[int, str, str]:
    return VERDICTS.index(decision.verdict), decision.instrument, decision.id


def _title(view: View, decision: Decision) -> str:
    return view.rule_title(decision.instrument)
