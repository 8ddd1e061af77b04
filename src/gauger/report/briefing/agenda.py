"""What to decide now, by whom, and what changes by the calendar alone."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from gauger.core.judgement import Decision, Settle
from gauger.report.view import View
from gauger.report.words import listed, plural, some

_ASKED = re.compile(r"^ask the (?P<who>[^:]{1,60}): (?P<what>.+?)(?: Then write .*)?$", re.DOTALL)
_SILENT = re.compile(r"^whether (?P<rule>\S+) reaches the form (?P<forms>.+)$")


class Decide(NamedTuple):
    """A question that somebody can settle.

    Attributes:
        what: The question.
        who: Who knows, or decides.
        models: How many models' verdicts wait for it.
        legal: The text is silent: counsel decides. Else it is a fact that can be found out.
    """

    what: str
    who: str
    models: int
    legal: bool


class Change(NamedTuple):
    """Something that happens on a day."""

    day: str
    what: str


def to_decide(view: View) -> list[Decide]:
    """Which open questions settle most cells of the matrix? Silence of one text is one question.

    Where it is not known whether a rule binds the user at all, that is asked before what its text means.

    Law: each model is counted once for each question, however many rules and scenarios wait for it.
    """
    cells: dict[_Asked, set[tuple[str, str]]] = defaultdict(set)
    forms: dict[str, set[str]] = defaultdict(set)
    for decision in view.dossier.decisions:
        waiting = {(decision.model, c.scenario) for c in decision.cases if c.reading == view.dossier.reading}
        for settle in _to_settle(decision) if waiting else ():
            rule, silent = silent_point(settle)
            forms[rule].update(silent)
            cells[_asked(settle)] |= waiting
    ranked = sorted(cells.items(), key=lambda item: (item[0] != _WHERE, -len(item[1]), item[0]))
    return [
        Decide(
            what=_silence(view, asked.rule, forms[asked.rule]) if asked.rule else asked.what,
            who=asked.who,
            models=len({model for model, _ in waiting}),
            legal=asked.legal,
        )
        for asked, waiting in ranked
    ]


def _to_settle(decision: Decision) -> list[Settle]:
    """What is open here and comes first: what a text means matters once it is known that it binds us.

    What is only watched waits for a legislator, and not for us.
    """
    if decision.verdict == "watch":
        return []
    facts = [s for s in decision.settles if s.fact.startswith("profile.")]
    return facts or list(decision.settles)


class _Asked(NamedTuple):
    """A question as it is grouped: silence by the rule alone."""

    rule: str
    what: str
    who: str
    legal: bool


_WHERE = _Asked("", "Which countries' and states' law applies to us?", "general counsel", legal=False)
"""Comes first wherever it is open: its answer settles whether dozens of other questions arise."""


def _silence(view: View, rule: str, forms: set[str]) -> str:
    which = listed(sorted(forms)) if len(forms) < 4 else f"{len(forms)} forms of a model"
    return f"“{view.rule_title(rule)}” is silent on {which}: how is that silence held?"


def who_and_what(settle: Settle) -> tuple[str, str]:
    """Who can settle this fact, and what are they asked? Engineers where a command would do."""
    asked = _ASKED.match(settle.how)
    if asked:
        return asked["who"], asked["what"]
    if settle.kind == "legal":
        return "counsel", settle.fact
    return ("engineering", f"{settle.fact}: {settle.how}")


def silent_point(settle: Settle) -> tuple[str, tuple[str, ...]]:
    """Of which rule is the text silent, and on which forms? Empty for anything else."""
    found = _SILENT.match(settle.fact) if settle.kind == "legal" else None
    return (found["rule"], tuple(found["forms"].split(" or "))) if found else ("", ())


def _asked(settle: Settle) -> _Asked:
    rule, _ = silent_point(settle)
    if rule:
        return _Asked(rule, "", "general counsel", legal=True)
    if settle.fact == "profile.jurisdictions":
        return _WHERE
    if settle.fact.startswith("lineage of "):
        what = "What are the models of unknown or doubtful origin made from?"
        return _Asked("", what, "engineering, suppliers", legal=False)
    if settle.fact.startswith(("licence of ", "terms of ")):
        what = "On which terms do we hold the models whose licence is not recorded?"
        return _Asked("", what, "general counsel", legal=False)
    who, what = who_and_what(settle)
    return _Asked("", what, who, legal=settle.kind == "legal")


def changes(view: View) -> list[Change]:
    """What changes on which later day: verdicts by the calendar, acceptances that end, rulings due?"""
    moved: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    real = {s.key for s in view.dossier.scenarios if not s.hypothetical}
    for decision in view.dossier.decisions:
        if any(c.scenario in real and c.reading == view.dossier.reading for c in decision.cases):
            becomes = [*decision.becomes, *([""] * len(decision.changes_on))]
            for day, verdict in zip(decision.changes_on, becomes, strict=False):
                moved[day, decision.instrument, verdict].add(decision.model)
    found = [
        Change(day, _moved(view, rule, verdict, len(models)))
        for (day, rule, verdict), models in moved.items()
    ]
    return sorted([*found, *_reviews(view)])


def _moved(view: View, rule: str, verdict: str, models: int) -> str:
    if verdict:
        verb = "becomes" if models == 1 else "become"
        return f"{view.rule_title(rule)}: {plural(models, 'model')} {verb} {verdict.replace('-', ' ')}"
    what = "the verdict on 1 model changes" if models == 1 else f"the verdicts on {models:,} models change"
    return f"{view.rule_title(rule)}: {what}"


def _reviews(view: View) -> list[Change]:
    profile, today = view.dossier.profile, view.dossier.as_of
    ends: dict[str, list[str]] = defaultdict(list)
    for risk in profile.accepted:
        if risk.expires >= today:
            ends[risk.expires].append(f"{risk.rule} ({risk.owner})")
    due: dict[str, list[str]] = defaultdict(list)
    for ruling in profile.rulings:
        if ruling.review >= today:
            due[ruling.review].append(f"{ruling.instrument}, {ruling.form} ({ruling.by})")
    return [
        *(Change(day, f"accepted risks end: {some(who, 2)}") for day, who in ends.items()),
        *(Change(day, f"rulings are due for review: {some(who, 2)}") for day, who in due.items()),
    ]
