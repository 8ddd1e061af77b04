"""Risks that somebody answers for: which findings they cover, and which acceptances no longer do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from gauger.assess.accepted_on import INSTRUMENT, Grounds
from gauger.assess.alarms import RULE_OF
from gauger.core.inventory import Model
from gauger.core.judgement import Decision, Finding, Severity
from gauger.core.profile import AcceptedRisk

EXPIRED = "accepted-risk-expired"
UNUSED = "accepted-risk-unused"
OUTDATED = "accepted-risk-outdated"
TOO_LONG = "accepted-risk-too-long"
RULES = frozenset({EXPIRED, UNUSED, OUTDATED, TOO_LONG})
"""The rules of the findings that are raised here."""
MOST_YEARS = 2
"""An acceptance for longer than that is reported: people leave, and laws change."""


def accept(
    findings: Iterable[Finding],
    risks: tuple[AcceptedRisk, ...],
    models: Iterable[Model],
    as_of: str,
    grounds: Grounds | None = None,
) -> tuple[Finding, ...]:
    """The findings, those that an acceptance covers marked with owner, reason and expiry.

    An acceptance covers a finding of its rule whose subject is the model of that name, or that stands in that
    file or below that folder. One of `instrument:<id>` covers the findings that rest on decisions of that
    instrument on that model alone. It holds up to and including its expiry date, and as long as what was
    accepted is what is found today, where it notes that. An expired or outdated one gives a finding of its
    own; so does one that covers nothing, since a misspelt name would otherwise go unnoticed.

    Laws: no finding is lost; accepting never changes an id.
    """
    findings = tuple(findings)
    ground = grounds if grounds is not None else Grounds(models)
    held = [_Held(risk, findings, ground, as_of) for risk in risks]
    marked = tuple(_marked(finding, [h for h in held if h.counts], ground) for finding in findings)
    return (*marked, *(told for h in held for told in h.findings()))


def accepted_decisions(
    risks: tuple[AcceptedRisk, ...], grounds: Grounds, as_of: str
) -> Callable[[Decision], bool]:
    """Which decisions does somebody answer for?

    Those of an instrument that is accepted for that model, and those of a verdict whose finding is.
    """
    held = [h for risk in risks if (h := _Held(risk, (), grounds, as_of)).counts]
    return lambda decision: any(
        h.covers_decision(decision) if h.instrument else h.covers_verdict(decision) for h in held
    )


class _Held:
    """One acceptance, seen against the findings and decisions of today."""

    def __init__(
        self, risk: AcceptedRisk, findings: tuple[Finding, ...], grounds: Grounds, as_of: str
    ) -> None:
        self.risk = risk
        self._grounds = grounds
        self._as_of = as_of
        self.instrument = risk.rule.removeprefix(INSTRUMENT) if risk.rule.startswith(INSTRUMENT) else ""
        self._covered = [f for f in findings if not self.instrument and self._covers_finding(f)]
        self._decided = [d for d in grounds.decisions.values() if self.covers_decision(d)]
        self.expired = risk.expires < as_of
        self.outdated = bool(risk.dossier) and self._is_used and risk.dossier not in self._digests()
        self.counts = not self.expired and not self.outdated

    @property
    def _is_used(self) -> bool:
        return bool(self._covered or self._decided)

    @property
    def _waits_for_today(self) -> bool:
        """Is a verdict of today's law accepted, and only assumed law was evaluated?"""
        about_a_verdict = bool(self.instrument) or self.risk.rule in {rule for rule, _ in RULE_OF.values()}
        return about_a_verdict and not self._grounds.has_today

    def covers_decision(self, decision: Decision) -> bool:
        """Is this a decision of the accepted instrument on the accepted model?"""
        return decision.instrument == self.instrument and self._is_about(decision)

    def covers_verdict(self, decision: Decision) -> bool:
        """Is the finding that this decision raises the accepted one, as far as the model's name tells?"""
        rule, _ = RULE_OF.get(decision.verdict, ("", ""))
        return rule == self.risk.rule and self._is_about(decision)

    def _is_about(self, decision: Decision) -> bool:
        name = self._grounds.name(decision.model)
        subject = self.risk.subject.rstrip("/")
        return name == subject or name.startswith(subject + "/")

    def covers(self, finding: Finding) -> bool:
        """Is this finding the accepted one, or does it rest on an accepted decision?"""
        if not self.instrument:
            return self._covers_finding(finding)
        return any(self.covers_decision(d) for d in self._grounds.behind(finding))

    def _covers_finding(self, finding: Finding) -> bool:
        if self.risk.rule != finding.rule:
            return False
        subject = self.risk.subject.rstrip("/")
        if self._grounds.name(finding.subject) == subject:
            return True
        return any(p.path == subject or p.path.startswith(subject + "/") for p in finding.locations)

    def _digests(self) -> set[str]:
        """What could have been accepted, as it is today."""
        models = {d.model for d in self._decided}
        told = {self._grounds.digest_of_instrument(model, self.instrument) for model in models}
        return told | {self._grounds.digest_of_finding(f) for f in self._covered}

    def findings(self) -> Iterable[Finding]:
        """What is to be said of the acceptance itself?"""
        risk = self.risk
        words = f"{risk.owner} accepted {risk.rule} for {risk.subject}"
        again = "decide again, and write a new date and reason into gauger.yaml"
        if not self._is_used and self._waits_for_today:
            return
        if not self._is_used:
            words = f"the acceptance of {risk.rule} for {risk.subject} by {risk.owner} covers no finding"
            yield _about(UNUSED, "info", words, "correct its rule or subject in gauger.yaml, or take it out")
        elif self.expired:
            yield _about(EXPIRED, "high", f"{words} until {risk.expires}, which is past", again)
        elif self.outdated:
            yield _about(
                OUTDATED, "medium", f"{words} on other facts, or under another text, than today's", again
            )
        if not self.expired and risk.expires > years_later(self._as_of):
            yield _about(
                TOO_LONG,
                "info",
                f"{words} until {risk.expires}, more than {MOST_YEARS} years from now",
                again,
            )


def years_later(day: str, years: int = MOST_YEARS) -> str:
    """Which day is so many years after this one? Of 29 February the 28th; the last day there is at most."""
    here = date.fromisoformat(day)
    if here.year + years > date.max.year:
        return date.max.isoformat()
    if (here.month, here.day) == (2, 29):
        here = here.replace(day=28)
    return here.replace(year=here.year + years).isoformat()


def _marked(finding: Finding, held: list[_Held], grounds: Grounds) -> Finding:
    """The finding with who accepted it: one acceptance of its rule, or for each decision behind it one."""
    by = [h for h in held if not h.instrument and h.covers(finding)][:1]
    if not by:
        decided = grounds.behind(finding)
        each = [next((h for h in held if h.instrument and h.covers_decision(d)), None) for d in decided]
        found = [h for h in each if h is not None]
        by = found if found and len(found) == len(each) else []
    if not by:
        return finding
    return msgspec.structs.replace(
        finding,
        accepted_by="; ".join(dict.fromkeys(h.risk.owner for h in by)),
        accepted_until=min(h.risk.expires for h in by),
        accepted_because="; ".join(dict.fromkeys(h.risk.reason for h in by)),
    )


def _about(rule: str, severity: Severity, message: str, remedy: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        confidence="high",
        audience=("compliance",),
        message=message,
        remedy=remedy,
    )
