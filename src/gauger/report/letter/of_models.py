"""Answers about models: which are used, on what they were built, and whether outputs trained others."""

from __future__ import annotations

from collections import Counter

from gauger.core.inventory import Model, Use
from gauger.core.lineage import BUILT, TAUGHT, Claim
from gauger.core.readings import known
from gauger.report.letter.answer import Answer, Confidence, Fact, Ground, Missing, made
from gauger.report.letter.questions import Question
from gauger.report.view import View, model_name
from gauger.report.words import listed, plural

OWN_RULES = ("licence.", "terms.", "origin.")
"""Beginnings of rule ids that speak of licences and of unknown origin: no law names a developer by them."""
_TRAINING = frozenset({"teacher", "student", "training-data"})
_CONFIDENCE: dict[str, Confidence] = {"exact": "high", "strong": "high", "moderate": "medium"}
_PLACES = 4
_NO_SEAT = {"country not known": "country", "developer not known": "name"}


def models(view: View, question: Question) -> Answer:
    """Which models are used or tested, by developer and country?"""
    named = named_by_scenarios(view)
    facts = [_model(view, m, first=m.id in named) for m in view.models if m.form != "data-set"]
    nameless = [m for m in view.models if m.form != "data-set" and not known(m.developer)]
    unresolved = [u for u in view.real_uses() if u.status == "unresolved"]
    missing = []
    if nameless:
        missing.append(
            Missing(
                what=f"the developer of {plural(len(nameless), 'model')}",
                reason="not-in-catalogue",
                detail=f"no name in the catalogue: {listed([model_name(m) for m in nameless[:6]])}",
                who=(*question.who, "suppliers"),
            )
        )
    if unresolved:
        missing.append(
            Missing(
                what=f"the model behind {plural(len(unresolved), 'use')}",
                reason="not-resolved",
                detail="a setting names it that was not among the files: "
                + listed([str(u.location) for u in unresolved[:4]]),
                who=question.who,
            )
        )
    missing.append(
        Missing(
            what="models that left no trace in the files examined",
            reason="not-present",
            detail="trials in consoles, notebooks elsewhere or products of suppliers are not in these files",
            who=(*question.who, "head of AI"),
        )
    )
    seats = Counter(f.group.partition(":")[0] for f in facts)
    told = [
        f"{count:,} of developers in {place}"
        for place, count in sorted(seats.items())
        if place not in _NO_SEAT
    ]
    told += [
        f"{seats[place]:,} of developers whose {what} is not known"
        for place, what in _NO_SEAT.items()
        if place in seats
    ]
    summary = (
        f"{plural(len(facts), 'model')}: {listed(told)}."
        if facts
        else "No model was found in what was examined."
    )
    return made(question.ident, summary, facts, missing)


def named_by_scenarios(view: View) -> frozenset[str]:
    """Which models does a rule catch, or perhaps, in some scenario, licences and unknown origin aside?"""
    return frozenset(
        d.model
        for d in view.dossier.decisions
        if not d.instrument.startswith(OWN_RULES) and d.verdict != "clear"
    )


def seat(view: View, model: Model) -> str:
    """In which country does the developer have its seat, as the catalogue says by the model's name?"""
    key = known(model.developer)
    entry = view.developer_entry(key) if key else None
    return (known(entry.country) if entry else None) or "country not known"


def _model(view: View, model: Model, *, first: bool) -> Fact:
    uses = view.uses.get(model.id, [])
    developer = view.developer(model)
    return Fact(
        about=model_name(model),
        group=f"{seat(view, model)}: {developer}" if developer else "developer not known",
        says=f"{model.form}; {_places(view, model, uses)}",
        ground="observed" if any(u.status == "measured" for u in uses) else "declared",
        confidence=_certainty(uses),
        records=(model.id, *(u.id for u in uses[:_PLACES])),
        first=first,
    )


def _certainty(uses: list[Use]) -> Confidence:
    if not uses or any(u.status in ("measured", "declared", "resolved") for u in uses):
        return "high"
    return "medium" if any(u.status == "inferred" for u in uses) else "low"


def _places(view: View, model: Model, uses: list[Use]) -> str:
    places = list(dict.fromkeys(str(u.location) for u in uses))
    if not places:
        places = [str(a.location) for a in view.artifacts.get(model.id, [])]
        return "stored, bound to no use: " + listed(places[:_PLACES]) if places else "found by its files only"
    audience: list[str] = sorted({u.audience for u in uses})
    more = f" and {plural(len(places) - _PLACES, 'more place')}" if len(places) > _PLACES else ""
    return f"{listed(audience)}; {', '.join(places[:_PLACES])}{more}"


def lineage(view: View, question: Question) -> Answer:
    """On which models were those built that lie in the stack?"""
    own = [m for m in view.models if m.namespace == "local" and m.form != "data-set"]
    facts = [
        _claim(view, c) for m in own for c in view.claims.get(m.id, []) if c.relation in BUILT and _counts(c)
    ]
    told = {c.subject for m in own for c in view.claims.get(m.id, []) if c.relation in BUILT and _counts(c)}
    missing = [
        Missing(
            what=f"the base of {model_name(m)}",
            reason="no-reference",
            detail="nothing declares it, and nothing that was measured identifies it",
            who=question.who,
        )
        for m in own
        if m.id not in told
    ]
    missing += [
        Missing(
            what=f"which statement on {view.name(f.subject)} is right",
            reason="ambiguous",
            detail=f.message,
            who=question.who,
        )
        for f in view.contradictions()
        if f.subject
    ]
    summary = (
        f"{plural(len(own), 'model')} of the stack's own files: for {len(told):,} a base is known, "
        f"for {len(own) - len(told):,} it is not."
        if own
        else "No model of the stack's own files was found."
    )
    return made(question.ident, summary, facts, missing)


def outputs(view: View, question: Question) -> Answer:
    """Did outputs of one model train another?"""
    facts = [_claim(view, c) for c in view.dossier.claims if c.relation in TAUGHT and c.basis != "supposed"]
    facts += [_part_in_training(view, use) for use in view.real_uses() if use.role in _TRAINING]
    missing = [
        Missing(
            what="distillation that no file and no card mentions",
            reason="not-declared",
            detail="weights alone seldom tell whose answers a model was trained on",
            who=question.who,
        )
    ]
    alleged = sum(f.ground == "alleged" for f in facts)
    known_ = len(facts) - alleged
    summary = f"{plural(known_, 'statement')} that outputs of one model trained another" + (
        f"; {plural(alleged, 'allegation')}, shown as such, which decide nothing." if alleged else "."
    )
    return made(question.ident, summary, facts, missing)


def _part_in_training(view: View, use: Use) -> Fact:
    return Fact(
        about=view.name(use.model),
        says=f"is used as {use.role.replace('-', ' ')} at {use.location}",
        ground="declared",
        confidence=_certainty([use]),
        records=(use.id, use.model),
    )


def _counts(claim: Claim) -> bool:
    return claim.basis in ("declared", "catalogue") or claim.strength in ("moderate", "strong", "exact")


def _claim(view: View, claim: Claim) -> Fact:
    """A statement of lineage as a fact, with its own basis."""
    ground: Ground = "alleged" if claim.basis in ("alleged", "supposed") else claim.basis  # type: ignore[assignment]
    says = f"{claim.relation} {view.name(claim.object)}"
    if claim.component:
        says += f", {claim.component}"
    if claim.basis == "alleged":
        says += (
            f"; alleged by {claim.alleged_by or 'a party not named'}; answer: {claim.answer or 'none found'}"
        )
    if claim.basis == "observed":
        says += f"; strength of the observation: {claim.strength}"
    return Fact(
        about=view.name(claim.subject),
        says=says,
        ground=ground,
        confidence=_CONFIDENCE.get(claim.strength, "medium")
        if claim.basis == "observed"
        else _declared(claim),
        records=(claim.id, *claim.evidence[:3]),
    )


def _declared(claim: Claim) -> Confidence:
    return "low" if claim.basis == "alleged" else "medium"
