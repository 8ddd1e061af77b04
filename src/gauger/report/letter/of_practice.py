"""Answers about what was done with the models: selection, evaluation, data, safeguards, decisions."""

from __future__ import annotations

from collections import defaultdict

from gauger.core.inventory import Model
from gauger.core.readings import Reason, known
from gauger.report.letter.answer import Answer, Fact, Missing, made
from gauger.report.letter.questions import Question
from gauger.report.view import View, model_name
from gauger.report.words import listed, plural

_OURS = frozenset({"weights", "quantised", "fine-tune", "merge", "adapter", "distillate"})
"""Forms whose weights the user holds."""
OWN = "own servers"
"""The group of models that no other party serves."""


def selection(view: View, question: Question) -> Answer:
    """How was each model selected? Files tell at most whether a revision was fixed."""
    facts = []
    for model in view.models:
        if model.namespace != "hub" or model.form == "data-set":
            continue
        uses = view.uses.get(model.id, [])
        pinned = sorted({u.revision for u in uses if u.revision})
        if uses:
            facts.append(
                Fact(
                    about=model_name(model),
                    says=f"fixed to revision {listed(pinned)}" if pinned else "no revision is fixed",
                    ground="declared",
                    confidence="high",
                    records=tuple(u.id for u in uses[:4]),
                )
            )
    missing = [_untold("how each model was selected, by whom, and which others were considered", question)]
    fixed = sum(f.says.startswith("fixed") for f in facts)
    summary = "Files do not tell how models were selected." + (
        f" Of {plural(len(facts), 'model')} taken from a hub, {fixed:,} {'is' if fixed == 1 else 'are'} "
        "fixed to a revision."
        if facts
        else ""
    )
    return made(question.ident, summary, facts, missing)


def evaluation(view: View, question: Question) -> Answer:
    """What was evaluated before deployment? What this examination itself measured is said, and no more."""
    facts = [
        Fact(
            about=view.name(e.subject),
            says=f"{e.probe}: {e.statement}",
            ground="observed" if e.probe != "declared-metadata" else "declared",
            confidence="high" if e.strength in ("strong", "exact") else "medium",
            records=(e.id,),
        )
        for e in view.dossier.evidence
        if e.strength != "none"
    ]
    facts += [
        Fact(
            about=view.name(f.subject) if f.subject else str(f.locations[0]) if f.locations else f.rule,
            says=f"{f.rule}: {f.message}",
            ground="observed",
            confidence=f.confidence,
            records=(f.id,),
        )
        for f in view.dossier.findings
        if "security" in f.audience
    ]
    missing = [
        _untold("what was evaluated before deployment: behaviour, refusals, bias, hidden triggers", question),
        Missing(
            what="the weights of models that a provider keeps",
            reason="not-present",
            detail="whoever calls an interface cannot examine the weights behind it",
            who=("suppliers",),
        ),
    ]
    held = sum(m.form in _OURS for m in view.models)
    summary = (
        "This examination compared origin and structure of the files that hold weights; it is no security "
        f"evaluation. {plural(held, 'model')} {'is' if held == 1 else 'are'} used as weights."
    )
    return made(question.ident, summary, facts, missing)


def data(view: View, question: Question) -> Answer:
    """To whom does data go, and what runs on the user's own servers?"""
    facts = [*_endpoints(view), *_own(view)]
    unbound = view.unbound()
    missing = []
    if unbound:
        missing.append(
            Missing(
                what=f"to whom {plural(len(unbound), 'call')} {'goes' if len(unbound) == 1 else 'go'}",
                reason="not-resolved",
                detail="the address is set outside the files: "
                + listed([str(u.location) for u in unbound[:4]]),
                who=question.who,
            )
        )
    missing += [
        _untold("which customer data stands in what is sent", question),
        _untold("in which country a provider processes what it receives", question, "not-declared"),
    ]
    providers = sorted({f.group for f in facts if f.group != OWN})
    own = sum(f.group == OWN for f in facts)
    summary = (
        f"Calls go to {plural(len(providers), 'provider')}{': ' + listed(providers) if providers else ''}; "
        f"{plural(own, 'model')} {'runs' if own == 1 else 'run'} on own servers, or "
        f"{'lies' if own == 1 else 'lie'} in own files."
    )
    return made(question.ident, summary, facts, missing)


def _endpoints(view: View) -> list[Fact]:
    table: dict[tuple[str, str], list[str]] = defaultdict(list)
    urls: dict[tuple[str, str], set[str]] = defaultdict(set)
    bases: dict[tuple[str, str], set[str]] = defaultdict(set)
    for use in view.real_uses():
        provider = (known(use.endpoint.provider) or "") if use.endpoint is not None else ""
        if use.endpoint is None or provider in ("", "self"):
            continue
        key = (provider, use.model)
        table[key].append(use.id)
        bases[key].add(use.endpoint.basis)
        if use.endpoint.url:
            urls[key].add(use.endpoint.url)
    return [
        Fact(
            about=view.name(model),
            group=provider,
            says=f"calls go to {provider} ({_seat(view, provider)}) at "
            + (listed(sorted(urls[provider, model])[:3]) or "the address that its library uses"),
            ground="declared",
            confidence="medium" if bases[provider, model] == {"default"} else "high",
            records=(*sorted(ids)[:4], model),
        )
        for (provider, model), ids in sorted(table.items())
    ]


def _seat(view: View, provider: str) -> str:
    """Where the operator has its seat, as far as the document knows a developer of that name."""
    entry = view.developer_entry(provider)
    country = known(entry.country) if entry else None
    return f"seat: {country}" if country else "seat not in this document"


def _own(view: View) -> list[Fact]:
    facts = []
    for model in view.models:
        uses = view.uses.get(model.id, [])
        served = [u for u in uses if u.endpoint is not None and known(u.endpoint.provider) == "self"]
        if served or _is_held(model):
            says = (
                "its weights lie in the files"
                if model.namespace != "hub"
                else "its weights are loaded by name"
            )
            facts.append(
                Fact(
                    about=model_name(model),
                    group=OWN,
                    says="is called at an address of the own network" if served else says,
                    ground="declared",
                    confidence="medium" if model.namespace == "hub" and not served else "high",
                    records=(model.id, *(u.id for u in served[:3])),
                )
            )
    return facts


def _is_held(model: Model) -> bool:
    return model.form in _OURS and model.namespace in ("hub", "ollama", "local", "object-store")


def volume(view: View, question: Question) -> Answer:
    """How much data was processed? Files never tell."""
    missing = [_untold("how much customer data each model has processed, and since when", question)]
    summary = (
        "Not known from files: volumes stand in the logs of gateways and in the invoices of providers"
        + (f", here for {plural(len(view.models), 'model')}." if view.models else ".")
    )
    return made(question.ident, summary, [], missing)


def safeguards(view: View, question: Question) -> Answer:
    """Which safeguards are there? What the profile allows and what files show."""
    allowed = view.dossier.profile.endpoints_allowed
    facts = []
    if allowed:
        facts.append(
            Fact(
                about="calls to models",
                says=f"are allowed to {listed(list(allowed))} only",
                ground="profile",
                confidence="medium",
            )
        )
    missing = [
        _untold("filters, limits, isolation and monitoring of what models receive, do and send", question)
    ]
    summary = (
        "The profile limits to whom calls may go; whether the network enforces it is not in files."
        if allowed
        else "Files were examined for models, not for controls: nothing is known of safeguards."
    )
    return made(question.ident, summary, facts, missing)


def decisions(view: View, question: Question) -> Answer:
    """Who decided what? Acceptances and rulings of the profile."""
    profile = view.dossier.profile
    facts = [
        Fact(
            about=f"{r.rule} of {r.subject}",
            says=f"accepted by {r.owner} until {r.expires}: {r.reason}",
            ground="profile",
            confidence="high",
        )
        for r in profile.accepted
    ]
    facts += [
        Fact(
            about=f"{r.instrument}, {r.form}",
            says=f"held {'to reach it' if r.held == 'reached' else 'not to reach it'} by {r.by} on {r.on}"
            + (f": {r.because}" if r.because else ""),
            ground="profile",
            confidence="high",
        )
        for r in profile.rulings
    ]
    missing = [_untold("who approved the use of each model, and when", question)]
    summary = (
        f"The profile records {plural(len(profile.accepted), 'accepted risk')} and "
        f"{plural(len(profile.rulings), 'ruling')} of counsel."
    )
    return made(question.ident, summary, facts, missing)


def _untold(what: str, question: Question, reason: Reason = "not-present") -> Missing:
    return Missing(what=what, reason=reason, detail="no file that was examined states it", who=question.who)
