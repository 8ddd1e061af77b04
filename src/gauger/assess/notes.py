"""What stands beside the verdicts: what was assumed, whom each rule binds, what a person should look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from gauger.assess.derivation import Derivation
from gauger.assess.kleene import WORDS
from gauger.assess.readings import MODERATE
from gauger.assess.rule import NOBODY, Rule
from gauger.assess.service_words import terms, title
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.assess.world import conflicts
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Scenario
from gauger.core.dossier import InstrumentNote, ScenarioNote
from gauger.core.inventory import Model
from gauger.core.judgement import Finding, Gap, Step

Traced = Iterable[tuple[Model, tuple[Strand, ...]]]


def scenario_note(scenario: Scenario, catalogue: Catalogue, supposed: tuple[str, ...] = ()) -> ScenarioNote:
    """What does this scenario assume, for a reader? With a supposition even today's law is a what-if."""
    return ScenarioNote(
        key=scenario.id,
        title=scenario.title,
        description=scenario.description,
        hypothetical=scenario.hypothetical or bool(supposed),
        changes=(*(f"supposes: {words}" for words in supposed), *_changes(scenario, catalogue)),
    )


def _changes(scenario: Scenario, catalogue: Catalogue) -> Iterator[str]:
    yield from conflicts(scenario, catalogue.scenarios)
    for ident in scenario.extends:
        yield f"as in {catalogue.scenarios[ident].title if ident in catalogue.scenarios else ident}"
    for instrument in scenario.add_instruments:
        yield f"adds the rule {instrument.title}"
    for ident, fields in sorted(scenario.alter_instruments.items()):
        known = catalogue.instruments.get(ident)
        what = ", ".join(f"{name} becomes {_short(value)}" for name, value in sorted(fields.items()))
        yield f"{known.title if known else ident}: {what}"
    for developer, entries in sorted(scenario.add_list_entries.items()):
        title = catalogue.developers[developer].title if developer in catalogue.developers else developer
        yield from (f"{title} is put on {entry.list} from {entry.since}" for entry in entries)
    for fact, answer in sorted(scenario.set_facts.items()):
        yield f"assumes `{fact}`: {'yes' if answer else 'no'}"


def _short(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict) and "from" in value[0]:
        return "; ".join(
            f"from {v['from']}" + (f" until {v['until']}" if v.get("until") else "") for v in value
        )
    return str(value)


def instrument_note(rule: Rule, user: User, day: str) -> InstrumentNote:
    """What should a reader know of this rule, and does it bind this user at all?"""
    instrument = rule.instrument
    step = Derivation(rule, user, day, "cautious").step((NOBODY,), 1).steps[0]
    return InstrumentNote(
        key=instrument.id,
        title=instrument.title,
        jurisdiction=instrument.jurisdiction,
        status=instrument.status,
        quote=instrument.quote,
        sources=tuple(s.url for s in instrument.sources),
        checked_on=instrument.checked_on,
        next_check=instrument.next_check,
        confidence=instrument.confidence,
        binds_user=WORDS[rule.binds(user, day)],
        binds_because=_deciding(step),
        citation=instrument.citation,
        effect=instrument.effect,
        consequence=instrument.consequence,
        cells=dict(sorted(instrument.reaches.items())),
    )


def _deciding(step: Step) -> str:
    """The leaf that gives the tree its truth, in one sentence."""
    while step.steps:
        same = [s for s in step.steps if s.truth == step.truth]
        step = (same or list(step.steps))[0]
    return f"{step.question} {step.because}".removeprefix("Is the user bound? ")


def undeclared_origins(subjects: Traced) -> tuple[Finding, ...]:
    """Which models show an ancestor by observation whom nobody declares?

    The recorded contradiction without which no evidence may turn a clear verdict into a prohibited one.
    """
    found = {}
    for model, strands in subjects:
        for finding in (_undeclared(model, strand) for strand in _beyond_declared(strands)):
            found[finding.id] = finding
    return tuple(found[ident] for ident in sorted(found))


def _beyond_declared(strands: tuple[Strand, ...]) -> Iterator[Strand]:
    """The observed lines of a model whose declared lines name neither the developer nor the licence."""
    declared = [s for s in strands if not s.observed and not s.hint and s.developer]
    if not declared:
        return
    groups = frozenset[str]().union(*(s.group for s in declared))
    licences = {s.licence for s in declared}
    for strand in strands:
        if strand.observed and strand.level >= MODERATE:
            other_licence = bool(strand.licence) and strand.licence not in licences
            if other_licence or not strand.group & groups:
                yield strand


def _undeclared(model: Model, strand: Strand) -> Finding:
    return Finding(
        rule="undeclared-origin",
        severity="high",
        confidence="high" if strand.level > MODERATE else "medium",
        audience=("compliance", "platform"),
        subject=model.id,
        message=f"{model.name}: {strand.path}; nothing declared names {strand.developer or 'its developer'}"
        + (f" or the licence {strand.licence}" if strand.licence else ""),
        remedy="ask the publisher, and judge the model by what was observed until the answer is in",
        evidence=strand.evidence,
    )


def unsupported_origins(subjects: Traced) -> tuple[Gap, ...]:
    """Which models are somebody's only because their own files say so?"""
    return tuple(
        Gap(
            part="assess",
            reason="no-reference",
            subject=model.id,
            detail=f"whose weights {model.name} holds is said by its own files only: nothing measured "
            "agrees, and a verdict of clear under the literal or cautious reading rests on that statement",
            touches=(f"every verdict on {model.name}",),
            remedy="compare the weights with those of the model that is named, or ask who supplied the file",
        )
        for model, strands in subjects
        if strands[0].said_only
    )


def unrecorded_terms(subjects: Traced, catalogue: Catalogue) -> tuple[Gap, ...]:
    """Of which providers has nobody asked whether their terms allow the use? One gap for each."""
    called: dict[str, set[str]] = defaultdict(set)
    for model, strands in subjects:
        for provider in strands[0].through:
            called[provider].add(model.name if model.name != "*" else strands[0].title)
    found = []
    for provider, names in called.items():
        text, named = terms(catalogue, provider), title(catalogue, provider)
        if text is not None and text.commercial != "unknown":
            continue
        what = f"the terms of {named} are not recorded: nobody asked whether they allow the use"
        if text is not None:
            what = (
                f"of the terms of {named} ({text.title}) it is not recorded whether they allow commercial use"
            )
        found.append(
            Gap(
                part="assess",
                reason="not-in-catalogue",
                detail=what,
                touches=tuple(f"every verdict on {name}" for name in sorted(names)),
                remedy=f"read the terms of {named}, and record them in the catalogue (provider, `terms`)",
            )
        )
    return tuple(sorted(found, key=lambda gap: gap.id))


def cut_lineages(subjects: Traced) -> tuple[Gap, ...]:
    """Which models are claimed to have more ancestors than were gone through?"""
    return tuple(
        Gap(
            part="assess",
            reason="limit-exceeded",
            subject=model.id,
            detail=f"more ancestors of {model.called} are claimed than were gone through; what lies "
            "beyond is taken as not known",
            touches=(f"every verdict on {model.called}",),
            remedy="take the claims out that do not hold",
        )
        for model, strands in subjects
        if strands[-1].hint and not strands[-1].developer
    )


def unknown_licences(subjects: Traced) -> tuple[Gap, ...]:
    """Which declared licences does the catalogue not know?"""
    found = {}
    for model, strands in subjects:
        own = strands[0]
        if own.licence_note:
            gap = Gap(
                part="assess",
                reason="not-in-catalogue",
                subject=model.id,
                detail=f"the licence of {model.name} is declared as {own.licence_note!r}: not recorded",
                touches=(f"licence rules for {model.name}",),
                remedy="record the licence in the catalogue, or its wording under `declared-as`",
            )
            found[gap.id] = gap
    return tuple(found[ident] for ident in sorted(found))
