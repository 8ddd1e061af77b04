"""What could stand in for the models that a scenario takes away, and which teachers would be left?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from gauger import __version__
from gauger.assess.questions import put_questions
from gauger.assess.suppose import suppose
from gauger.assess.verdicts import Standing, standings
from gauger.catalogue.query import Lookup
from gauger.catalogue.records import Family
from gauger.core.dossier import Dossier, Tool, dump
from gauger.core.inventory import Endpoint, Location, Model, Role, Use
from gauger.core.judgement import LegalReading, Verdict
from gauger.core.lineage import Claim, Reference
from gauger.core.readings import Measured, Reading, Unmeasured, known
from gauger.core.replacement import Option, Replacement, ReplacementPlan, Size, Teachers
from gauger.flows.question import Question

GONE: Mapping[LegalReading, frozenset[Verdict]] = {
    "literal": frozenset({"prohibited", "unlicensed"}),
    "cautious": frozenset({"prohibited", "unlicensed"}),
    "strict": frozenset({"prohibited", "unlicensed", "prohibited-under-strict-reading"}),
}
"""Which verdicts take a model away."""
_STANDING: tuple[Verdict, ...] = ("clear", "watch", "duties")
_OPEN: tuple[Verdict, ...] = ("undetermined", "prohibited-under-strict-reading")
_ALIKE = 2.0
"""A model of half to twice the size takes about the same machine. A convention for a first sorting, not a
measurement; the sizes are shown."""
_SIZE_IN_NAME = re.compile(r"(?<![a-z0-9.x])(\d+(?:\.\d+)?)(b|m)(?![a-z0-9])")
_FROM_ROLE: Mapping[Role, str] = {
    "embedding": "embedding",
    "reranking": "reranking",
    "speech": "speech",
    "vision": "vision",
}
_NOWHERE = Location(path="(candidate)")
_SIZES: tuple[Size, ...] = ("alike", "not-known", "other")


class Candidate(NamedTuple):
    """A line of models of the knowledge base, as if the stack used it."""

    family: Family
    form: Literal["weights", "api"]
    model: Model
    use: Use
    claim: Claim
    reference: Reference


def replacements(
    before: Dossier, lookup: Lookup, question: Question, models: tuple[str, ...] = ()
) -> ReplacementPlan:
    """What is left for each model that a scenario takes away?

    Every open line of models of the knowledge base is judged as if the user ran its weights, and every hosted
    one as if they called its developer, under the same profile, scenario, reading and lists. About 2 s for
    340 families and 30 scenarios.

    Args:
        before: A checked stack.
        lookup: The knowledge base.
        question: Date, profile, scenarios.
        models: Names of the models to look at; all where none is named.

    Returns:
        Replacements by scenario and name; nothing for scenarios that take nothing away.
    """
    reading = question.profile.reading
    own = _standings(before, lookup, question)
    wanted = {m.id: m for m in before.models_in_use if not models or m.name in models}
    gone = [(s, m) for (m, s), stands in own.items() if m in wanted and stands.verdict in GONE[reading]]
    scenarios = tuple(dict.fromkeys(s for s, _ in gone))
    options = _judged(_candidates(lookup, "stored"), lookup, question, scenarios)
    taught = _judged(_candidates(lookup, "teacher"), lookup, question, scenarios)
    titles = {s.key: s.title for s in before.scenarios}
    catalogue = lookup.catalogue
    return ReplacementPlan(
        tool=Tool(name="gauger", version=__version__),
        target=before.target,
        as_of=question.as_of,
        reading=reading,
        catalogue=catalogue.stamp(question.as_of),
        dossier="sha256:" + hashlib.sha256(dump(before)).hexdigest(),
        scenarios={
            s: titles.get(s) or catalogue.scenarios[s].title if s in catalogue.scenarios else s
            for s in scenarios
        },
        replacements=tuple(
            _replacement(before, wanted[m], s, own[m, s], options.get(s, []), lookup)
            for s, m in sorted(
                gone, key=lambda pair: (scenarios.index(pair[0]), wanted[pair[1]].name, pair[1])
            )
        ),
        teachers=tuple(_teachers(s, taught.get(s, [])) for s in scenarios),
    )


def _standings(before: Dossier, lookup: Lookup, question: Question) -> dict[tuple[str, str], Standing]:
    supposed = suppose(question.suppositions, before.models_in_use, lookup)
    put = put_questions(
        before.models_in_use,
        before.uses,
        before.claims,
        before.references,
        catalogue=lookup.catalogue,
        profile=question.profile,
        as_of=question.as_of,
        scenarios=question.scenarios or question.profile.scenarios,
        supposed=supposed,
        lists=question.lists,
    )
    return standings(put, question.as_of, question.profile.reading)


def _candidates(lookup: Lookup, role: Role) -> list[Candidate]:
    serving = {p.developer: p.id for p in lookup.catalogue.providers.values() if p.developer}
    found = []
    for family in lookup.catalogue.families.values():
        if family.open_weights:
            found.append(_candidate(lookup, family, "weights", "self", role))
        elif family.developer in serving:
            found.append(_candidate(lookup, family, "api", serving[family.developer], role))
    return found


def _candidate(
    lookup: Lookup, family: Family, form: Literal["weights", "api"], provider: str, role: Role
) -> Candidate:
    model = Model(
        namespace="unknown",
        name=f"candidate {family.id}",
        provider=provider if form == "api" else "",
        form=form,
        developer=family.developer,
        family=family.id,
        licence=family.licence or Unmeasured(reason="not-in-catalogue"),
    )
    reference = lookup.reference(family.id)
    use = Use(
        surface="candidate",
        api="candidate",
        location=_NOWHERE,
        written=family.id,
        model=model.id,
        role=role,
        endpoint=Endpoint(provider=provider, basis="declared"),
    )
    claim = Claim(
        subject=model.id, relation="same-as", object=reference.id, basis="catalogue", direction="catalogue"
    )
    return Candidate(family, form, model, use, claim, reference)


Judged = dict[str, list[tuple[Candidate, Option]]]


def _judged(
    candidates: list[Candidate], lookup: Lookup, question: Question, scenarios: tuple[str, ...]
) -> Judged:
    """Each candidate as an option in each scenario."""
    if not scenarios:
        return {}
    put = put_questions(
        [c.model for c in candidates],
        [c.use for c in candidates],
        [c.claim for c in candidates],
        [c.reference for c in candidates],
        catalogue=lookup.catalogue,
        profile=question.profile,
        as_of=question.as_of,
        scenarios=scenarios,
        supposed=suppose(_not_of_models(question.suppositions), (), lookup),
        lists=question.lists,
    )
    stands = standings(put, question.as_of, question.profile.reading)
    return {s: [(c, _option(c, lookup, stands[c.model.id, s])) for c in candidates] for s in scenarios}


def _not_of_models(sentences: Iterable[str]) -> list[str]:
    """The suppositions that hold for other models too: those about the user, about lists and about shares."""
    return [s for s in sentences if "=" in s or "listed" in s or "owned" in s]


def _option(candidate: Candidate, lookup: Lookup, stands: Standing) -> Option:
    family, catalogue = candidate.family, lookup.catalogue
    licence = catalogue.licences.get(family.licence)
    developer = catalogue.developers[family.developer]
    return Option(
        key=family.id,
        title=family.title,
        developer=developer.title,
        country=developer.country if developer.country != "ZZ" else "",
        licence=licence.title if licence is not None else "",
        outputs=licence.outputs_training if licence is not None else "unknown",
        form=candidate.form,
        parameters=family.parameters,
        released=family.released,
        verdict=stands.verdict,
        duties=stands.duties,
        rules=stands.rules,
    )


def _replacement(
    before: Dossier,
    model: Model,
    scenario: str,
    stands: Standing,
    options: list[tuple[Candidate, Option]],
    lookup: Lookup,
) -> Replacement:
    tasks = _tasks(before, model, lookup)
    size = _size(before, model, lookup)
    hosted = model.form in {"api", "app"}
    fitting = [
        _sized(option, size)
        for candidate, option in options
        if set(candidate.family.tasks) & set(tasks)
        and candidate.family.id != known(model.family)
        and (hosted or candidate.form == "weights")
    ]
    return Replacement(
        model=model.id,
        name=model.called,
        scenario=scenario,
        verdict=stands.verdict,
        tasks=tasks,
        parameters=size,
        options=_ranked(o for o in fitting if o.verdict in _STANDING),
        open=_ranked(o for o in fitting if o.verdict in _OPEN),
        taken=sum(o.verdict in {"prohibited", "unlicensed"} for o in fitting),
        unsorted=sum(not c.family.tasks for c, _ in options),
    )


def _tasks(before: Dossier, model: Model, lookup: Lookup) -> tuple[str, ...]:
    """What is it for? What its uses say, else its family, else text."""
    roles = (use.role for use in before.uses if use.model == model.id and use.status != "mention")
    told = tuple(dict.fromkeys(_FROM_ROLE[role] for role in roles if role in _FROM_ROLE))
    family = lookup.catalogue.families.get(known(model.family) or "")
    return told or (tuple(family.tasks) if family is not None else ()) or ("text",)


def _size(before: Dossier, model: Model, lookup: Lookup) -> Reading:
    """How large is it, in billions of parameters: as counted in its files, as its name or its family says?

    A count is taken unless the name states much more: parts of the weights may not be at hand.
    """
    counts = [
        a.facts.get("elements") for a in before.artifacts if a.model == model.id and a.kind == "weights"
    ]
    counted = sum(c for c in counts if isinstance(c, int))
    stated = _SIZE_IN_NAME.search(model.name.lower())
    named = float(stated[1]) / (1000 if stated[2] == "m" else 1) if stated else 0.0
    if counted and counted / 1e9 * _ALIKE >= named:
        return Measured.exact(counted / 1e9, "billion parameters", 1)
    if named:
        return Measured.exact(named, "billion parameters", 1)
    family = lookup.catalogue.families.get(known(model.family) or "")
    if family is not None and len(family.parameters) == 1:
        return Measured.exact(family.parameters[0], "billion parameters", 1)
    return Unmeasured(
        reason="not-declared", detail="neither its files nor its name nor its family tell one size"
    )


def _sized(option: Option, size: Reading) -> Option:
    if isinstance(size, Unmeasured) or not option.parameters:
        return option
    near = sorted(option.parameters, key=lambda p: abs(p - size.value))
    alike = size.value / _ALIKE <= near[0] <= size.value * _ALIKE
    return msgspec.structs.replace(option, parameters=tuple(near), size="alike" if alike else "other")


def _ranked(options: Iterable[Option]) -> tuple[Option, ...]:
    """Alike in size first, then the better verdict, then the later release, then by name."""
    by_name = sorted(options, key=lambda o: (o.title, o.form))
    later = sorted(by_name, key=lambda o: o.released, reverse=True)
    order = (*_STANDING, *_OPEN)
    return tuple(sorted(later, key=lambda o: (_SIZES.index(o.size), order.index(o.verdict))))


def _teachers(scenario: str, taught: list[tuple[Candidate, Option]]) -> Teachers:
    allowed = [o for _, o in taught if o.outputs in {"yes", "conditional"}]
    return Teachers(
        scenario=scenario,
        options=_ranked(o for o in allowed if o.verdict in _STANDING),
        open=sum(o.verdict in _OPEN for o in allowed),
    )
