"""Verdicts that cannot wait: what the law as it stands already forbids becomes a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from gauger.core.dossier import ScenarioNote
from gauger.core.inventory import Model, Use
from gauger.core.judgement import Decision, Finding, LegalReading, Outcome, Severity, Verdict

RULE_OF: Mapping[Verdict, tuple[str, Severity]] = {
    "prohibited": ("prohibited-today", "critical"),
    "unlicensed": ("unlicensed-today", "high"),
    "prohibited-under-strict-reading": ("prohibited-if-read-strictly", "medium"),
}
RULES = frozenset(
    {rule for rule, _ in RULE_OF.values()}
    | {"undeclared-origin", "accepted-risk-expired", "accepted-risk-unused"}
    | {"accepted-risk-outdated", "accepted-risk-too-long"}
    | {"ruling-review-overdue", "ruling-unused", "examined-decides", "answer-without-place"}
    | {"list-entry-new", "list-contradiction", "list-stale", "list-confirmation-lost"}
)
"""The finding rules that belong to assess: an assessment that is made again replaces their findings."""

_REMEDY = (
    "it rests on the model's name as written, the profile's answers and the rule as it is recorded: see "
    "`gauger explain` with the ids below for the derivation and what would change it, and ask counsel"
)


def alarms(
    scenarios: Iterable[ScenarioNote],
    outcomes: Iterable[Outcome],
    decisions: Iterable[Decision],
    models: Iterable[Model],
    uses: Iterable[Use],
    reading: LegalReading,
    accepted: Callable[[Decision], bool] = lambda _: False,
) -> Iterator[Finding]:
    """Which models does a rule that is in force today take away, under the profile's reading?

    Where somebody answers for all decisions of the worst verdict, the next worst is told as well: accepting
    one rule must not hide another. Hypothetical scenarios give no findings: they are the matrix. An
    undetermined verdict gives none either: it stands in the matrix with what would settle it.
    """
    real = {scenario.key for scenario in scenarios if not scenario.hypothetical}
    by_id = {decision.id: decision for decision in decisions}
    names = {model.id: model.name for model in models}
    places: dict[str, list[Use]] = {}
    for use in sorted(uses, key=lambda u: (u.location.path, u.location.line, u.id)):
        if use.status != "mention":
            places.setdefault(use.model, []).append(use)
    for outcome in outcomes:
        if outcome.scenario in real and outcome.reading == reading and outcome.verdict in RULE_OF:
            decided = [by_id[i] for i in outcome.decisions]
            for verdict in RULE_OF:
                worst = [d for d in decided if d.verdict == verdict]
                if worst:
                    uses_here = places.get(outcome.model, [])
                    yield _alarm(outcome.model, verdict, worst, names[outcome.model], uses_here)
                if not all(accepted(d) for d in worst):
                    break


def _alarm(model: str, verdict: Verdict, worst: list[Decision], name: str, uses: list[Use]) -> Finding:
    rule, severity = RULE_OF[verdict]
    return Finding(
        rule=rule,
        severity=severity,
        confidence="high" if verdict != "prohibited-under-strict-reading" else "medium",
        audience=("compliance", "platform"),
        subject=model,
        locations=tuple(dict.fromkeys(use.location for use in uses)),
        message=f"{name}: {worst[0].summary}",
        remedy=_REMEDY,
        evidence=tuple(decision.id for decision in worst),
    )
