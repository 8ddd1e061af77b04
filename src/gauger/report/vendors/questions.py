"""Which questions go to which supplier: from what the dossier does not know of their models."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Literal

import msgspec

from gauger.core.dossier import Dossier
from gauger.core.inventory import Model
from gauger.core.readings import known
from gauger.report.vendors.unknowns import TOPICS, Topic, Unknown, unknowns
from gauger.report.view import View, model_name

Role = Literal["developer", "provider", "publisher", "not known"]
_TO: dict[Topic, tuple[Role, ...]] = {
    "origin": ("developer", "publisher", "provider", "not known"),
    "teacher": ("developer", "not known", "publisher", "provider"),
    "training-data": ("developer", "not known", "publisher", "provider"),
    "licence": ("developer", "publisher", "not known", "provider"),
    "serving": ("provider", "developer", "not known", "publisher"),
    "revision": ("provider", "publisher", "developer", "not known"),
}
"""Who is asked about what: the first of these parties that the model has."""

_ASKS: dict[Topic, tuple[str, str, str]] = {
    "origin": (
        "Who made these models, and from whose weights?",
        "whose rules reach a model follows from who made it",
        "a signed statement of origin, or the base's name and revision, so that weights can be compared",
    ),
    "teacher": (
        "Were these models trained on outputs of another model? If so, of which, when, and on what terms?",
        "terms of use and rules on extraction follow the teacher",
        "the record of the distillation, or a signed statement that there was none",
    ),
    "training-data": (
        "On which data were these models trained?",
        "licences of data and duties to disclose it pass on to who uses the model",
        "the summary of training content, or the list of data sets with their licences",
    ),
    "licence": (
        "Under which licence or terms may we use these models, and may their outputs train others?",
        "without a licence nothing is granted",
        "the text of the licence, with version and date",
    ),
    "serving": (
        "In which countries are calls to these models processed, and who operates those servers?",
        "rules on data and on interfaces look at where a call goes",
        "a list of regions and operators in the contract",
    ),
    "revision": (
        "Which exact version do these names stand for, and how are we told when it changes?",
        "an answer holds for one version only",
        "a version identifier or a digest, and a period of notice",
    ),
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question to one supplier.

    Attributes:
        topic: What it is about.
        asks: The question.
        why: Why it is asked.
        settles: Which evidence would settle it.
        models: Names of the models that it is about, sorted.
        records: Their ids, in the same order.
        said: What is declared so far and wants confirmation: `name: statement`.
        hangs: Ids of the rules whose verdict waits for it.
        verdicts: How many verdicts wait for it: model by scenario, under the profile's reading.
    """

    topic: Topic
    asks: str
    why: str
    settles: str
    models: tuple[str, ...]
    records: tuple[str, ...]
    said: tuple[str, ...]
    hangs: tuple[str, ...]
    verdicts: int


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier with what is asked of it.

    Attributes:
        name: What people call it; `supplier not known` where nobody is named.
        roles: As what it supplies: developer, provider, publisher.
        models: Names of all its models, sorted.
        questions: What it is asked, that on which most verdicts hang first.
    """

    name: str
    roles: tuple[Role, ...]
    models: tuple[str, ...]
    questions: tuple[Asked, ...]


NOBODY = "supplier not known"


def vendors(dossier: Dossier) -> tuple[Vendor, ...]:
    """Whom to ask what? Suppliers on whose answers most verdicts hang first.

    Law: no question is asked whose answer was observed with a strong test or by equal bytes.
    """
    view = View(dossier)
    supplied: dict[str, dict[str, Model]] = defaultdict(dict)
    roles: dict[str, set[Role]] = defaultdict(set)
    open_: dict[str, list[Unknown]] = defaultdict(list)
    for model in view.models:
        parties = _parties(view, model)
        for role, names in parties.items():
            for name in names:
                supplied[name][model.id] = model
                roles[name].add(role)
        for unknown in unknowns(view, model):
            role = next(r for r in _TO[unknown.topic] if r in parties)
            for name in parties[role]:
                open_[name].append(unknown)
    found = [_vendor(name, roles[name], supplied[name], open_[name]) for name in supplied]
    return tuple(
        sorted(found, key=lambda v: (-sum(q.verdicts for q in v.questions), v.name.casefold(), v.name))
    )


def _parties(view: View, model: Model) -> dict[Role, tuple[str, ...]]:
    """Who supplies this model, as what? `not known` where nobody is named."""
    providers = {model.provider} | {
        known(u.endpoint.provider) or "" for u in view.uses.get(model.id, []) if u.endpoint is not None
    }
    publisher = known(model.publisher) or "" if model.namespace in ("hub", "ollama") else ""
    if _is_own_name(known(model.developer) or "", publisher):
        publisher = ""
    named: dict[Role, set[str]] = {
        "developer": {view.developer(model)},
        "provider": {_title(view, p) for p in providers - {"self", ""}},
        "publisher": {publisher},
    }
    found: dict[Role, tuple[str, ...]] = {
        role: tuple(sorted(names - {""})) for role, names in named.items() if names - {""}
    }
    return found or {"not known": (NOBODY,)}


def _is_own_name(developer: str, publisher: str) -> bool:
    """Is the publisher's name the developer's own, as `meta-llama` is Meta's? By the letters alone."""
    maker, name = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (developer, publisher))
    return bool(maker) and maker in name


def _title(view: View, provider: str) -> str:
    """A provider that is a developer too has one name."""
    entry = view.developer_entry(provider)
    return entry.developer_title if entry else provider


def _vendor(name: str, roles: set[Role], models: dict[str, Model], open_: list[Unknown]) -> Vendor:
    asked = [_asked(topic, [u for u in open_ if u.topic == topic]) for topic in TOPICS]
    questions = [q for q in asked if q is not None]
    return Vendor(
        name=name,
        roles=tuple(sorted(roles)),
        models=tuple(sorted({model_name(m) for m in models.values()})),
        questions=tuple(sorted(questions, key=lambda q: (-q.verdicts, TOPICS.index(q.topic)))),
    )


def _asked(topic: Topic, open_: list[Unknown]) -> Asked | None:
    if not open_:
        return None
    asks, why, settles = _ASKS[topic]
    ranked = sorted(open_, key=lambda u: (model_name(u.model), u.model.id))
    return Asked(
        topic=topic,
        asks=asks,
        why=why,
        settles=settles,
        models=tuple(model_name(u.model) for u in ranked),
        records=tuple(u.model.id for u in ranked),
        said=tuple(f"{model_name(u.model)}: {u.said}" for u in ranked if u.said),
        hangs=tuple(sorted({rule for u in ranked for rule in u.hangs})),
        verdicts=sum(u.verdicts for u in ranked),
    )
