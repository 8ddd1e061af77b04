"""The calendar of a whole inventory: every day on which some rule says something else of some model.

Each rule is asked again of each model on each day on which the rule, an entry that it looks up, or a share
begins or ends; also of models of which it says nothing today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from gauger.assess.decide import judge
from gauger.assess.questions import Case, Questions, Subject
from gauger.assess.turning import turning_days
from gauger.core.calendar import Turn
from gauger.core.dossier import InstrumentNote
from gauger.core.inventory import Model
from gauger.core.judgement import Decision, LegalReading, Verdict
from gauger.core.profile import Profile
from gauger.core.text import printable

_NEVER = "9999-12-31"
Key = tuple[str, str, str, Verdict, Verdict]
"""Day, rule, the rule's title, verdict before, verdict after."""


def verdict_turns(questions: Questions, day: str, reading: LegalReading) -> tuple[Turn, ...]:
    """On which days after this one does a rule say something else of a model, by the calendar alone?"""
    found: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case in questions.cases:
        for subject in questions.subjects:
            for key in _of_subject(case, subject, day, reading):
                found[key][case.scenario.id].append(_name(subject.model))
    return tuple(
        Turn(
            date=on,
            kind="verdict",
            subject=rule,
            title=title,
            models=models,
            scenarios=scenarios,
            before=before,
            after=after,
        )
        for (on, rule, title, before, after), where in sorted(found.items())
        for models, scenarios in _alike(where)
    )


def _alike(where: dict[str, list[str]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Scenarios in which the same models are concerned, together; in the scenarios' order."""
    joined: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for scenario, models in where.items():
        joined[tuple(sorted(models))].append(scenario)
    return [(models, tuple(scenarios)) for models, scenarios in joined.items()]


def _of_subject(case: Case, subject: Subject, day: str, reading: LegalReading) -> Iterator[Key]:
    for rule in case.rules:
        days = turning_days(rule, subject.strands, rule.entries, day)
        before = judge(rule, case.user, subject.strands, day, reading).verdict if days else "clear"
        for on in days:
            after = judge(rule, case.user, subject.strands, on, reading).verdict
            if after != before:
                yield on, rule.instrument.id, rule.instrument.title, before, after
            before = after


def record_turns(
    profile: Profile,
    instruments: Iterable[InstrumentNote],
    decisions: Iterable[Decision],
    models: Iterable[Model],
    day: str,
) -> tuple[Turn, ...]:
    """When does a record want checking, an acceptance end, a ruling its review?

    Records are those of the rules behind these decisions; what is past already is told too.
    """
    names = {model.id: _name(model) for model in models}
    about: dict[str, set[str]] = defaultdict(set)
    for decision in decisions:
        about[decision.instrument].add(names.get(decision.model, decision.model))
    turns = [
        Turn(
            date=note.next_check,
            kind="check-due",
            subject=note.key,
            title=note.title,
            models=tuple(sorted(about[note.key])),
            note=_past(note.next_check, day),
        )
        for note in instruments
        if note.key in about and note.next_check != _NEVER
    ]
    turns += [
        Turn(
            date=risk.expires,
            kind="acceptance-ends",
            subject=printable(f"{risk.rule} {risk.subject}"),
            title=printable(f"{risk.rule} for {risk.subject}, accepted by {risk.owner}"),
            note=_past(risk.expires, day),
        )
        for risk in profile.accepted
    ]
    turns += [
        Turn(
            date=ruling.review,
            kind="review-due",
            subject=f"{ruling.instrument} {ruling.form}",
            title=printable(f"ruling of {ruling.by} on {ruling.instrument} and the form {ruling.form}"),
            note=_past(ruling.review, day),
        )
        for ruling in profile.rulings
        if ruling.review
    ]
    return tuple(turns)


def _name(model: Model) -> str:
    return printable(model.called)


def _past(date: str, day: str) -> str:
    return "past" if date < day else ""
