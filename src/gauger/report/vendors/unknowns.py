"""What is not known of one model that its supplier could tell, and which verdicts hang on it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gauger.core.inventory import Model
from gauger.core.lineage import BUILT, TAUGHT, Claim
from gauger.core.readings import known
from gauger.report.view import View

Topic = Literal["origin", "teacher", "training-data", "licence", "serving", "revision"]
TOPICS: tuple[Topic, ...] = ("origin", "teacher", "training-data", "licence", "serving", "revision")

_SERVED = ("api", "app")


class Unknown(NamedTuple):
    """One thing that is not known of a model.

    Attributes:
        topic: What it is about.
        model: The model.
        said: What is declared or in the catalogue and not observed; empty for nothing.
        hangs: Ids of the rules whose verdict waits for it, sorted.
        verdicts: How many verdicts wait: model by scenario, under the profile's reading.
    """

    topic: Topic
    model: Model
    said: str
    hangs: tuple[str, ...]
    verdicts: int


def unknowns(view: View, model: Model) -> list[Unknown]:
    """What of this model is not known? What was observed strongly is known; what is only said is not."""
    said = dict(_open(view, model))
    found = []
    for topic in TOPICS:
        if topic in said:
            # a verdict that waits for lineage waits for the origin first, and is counted there
            counted = topic != "teacher" or "origin" not in said
            rules, verdicts = _hanging(view, model, topic) if counted else ((), 0)
            found.append(Unknown(topic, model, said[topic], rules, verdicts))
    return found


def _open(view: View, model: Model) -> list[tuple[Topic, str]]:
    if model.name == "*":
        return [("serving", _addresses(view, model))]
    claims = view.claims.get(model.id, [])
    open_: list[tuple[Topic, str]] = []
    if not _observed(claims, BUILT) and (known(model.developer) is None or _clashes(view, model)):
        open_.append(("origin", _said(view, claims, BUILT)))
    if model.form != "data-set" and not _observed(claims, TAUGHT):
        open_.append(("teacher", _said(view, claims, TAUGHT)))
    open_.append(("training-data", ""))
    if known(model.licence) is None:
        open_.append(("licence", ""))
    if model.form in _SERVED or model.namespace == "cloud":
        open_.append(("serving", _addresses(view, model)))
    if _unpinned(view, model):
        open_.append(("revision", ""))
    return open_


def _observed(claims: list[Claim], relations: frozenset[str]) -> bool:
    """Was it seen, by a test whose errors are rare?"""
    return any(
        c.relation in relations and c.basis == "observed" and c.strength in ("strong", "exact")
        for c in claims
    )


def _clashes(view: View, model: Model) -> bool:
    return any("contradict" in f.rule for f in view.found.get(model.id, []))


def _said(view: View, claims: list[Claim], relations: frozenset[str]) -> str:
    told = sorted(
        f"{c.basis}: {c.relation} {view.name(c.object)}"
        for c in claims
        if c.relation in relations and c.basis in ("declared", "catalogue")
    )
    return "; ".join(dict.fromkeys(told))


def _addresses(view: View, model: Model) -> str:
    urls = {u.endpoint.url for u in view.uses.get(model.id, []) if u.endpoint is not None and u.endpoint.url}
    return ", ".join(sorted(urls)[:3])


def _unpinned(view: View, model: Model) -> bool:
    """Is it taken by a name alone, which may mean other weights tomorrow?"""
    uses = [u for u in view.uses.get(model.id, []) if u.status != "measured"]
    return (
        bool(uses)
        and model.namespace in ("hub", "ollama", "api", "cloud")
        and not any(u.revision for u in uses)
    )


_FACT: dict[Topic, tuple[str, ...]] = {
    "origin": ("lineage of ",),
    "teacher": ("lineage of ",),
    "training-data": (),
    "licence": ("licence of ", "terms of "),
    "serving": ("who serves ",),
    "revision": (),
}


def _hanging(view: View, model: Model, topic: Topic) -> tuple[tuple[str, ...], int]:
    reading = view.dossier.reading
    waiting = [
        d
        for d in view.decisions.get(model.id, [])
        if any(s.fact.startswith(_FACT[topic]) for s in d.settles if _FACT[topic])
    ]
    cells = {c.scenario for d in waiting for c in d.cases if c.reading == reading}
    return tuple(sorted({d.instrument for d in waiting})), len(cells)
