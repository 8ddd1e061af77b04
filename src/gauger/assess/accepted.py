"""Risks that somebody answers for: which findings they cover, and which acceptances have run out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from gauger.core.inventory import Model
from gauger.core.judgement import Finding
from gauger.core.profile import AcceptedRisk

EXPIRED = "accepted-risk-expired"
UNUSED = "accepted-risk-unused"


def accept(
    findings: Iterable[Finding], risks: tuple[AcceptedRisk, ...], models: Iterable[Model], as_of: str
) -> tuple[Finding, ...]:
    """The findings, those that an unexpired acceptance covers marked with owner, reason and expiry.

    An acceptance covers a finding of its rule whose subject is the model of that name, or that stands in that
    file or below that folder. It holds up to and including its expiry date. An expired one gives a finding of
    its own; so does one that covers nothing, since a misspelt name would otherwise go unnoticed.

    Laws: no finding is lost; accepting never changes an id.
    """
    names = {model.id: model.name for model in models}
    valid = [risk for risk in risks if risk.expires >= as_of]
    marked = tuple(_marked(finding, valid, names) for finding in findings)
    about = [(risk, any(_covers(risk, finding, names) for finding in marked)) for risk in risks]
    expired = (_expired(risk) for risk, covers in about if covers and risk not in valid)
    unused = (_unused(risk) for risk, covers in about if not covers)
    return (*marked, *expired, *unused)


def _marked(finding: Finding, risks: list[AcceptedRisk], names: Mapping[str, str]) -> Finding:
    risk = next((r for r in risks if _covers(r, finding, names)), None)
    if risk is None:
        return finding
    return msgspec.structs.replace(
        finding, accepted_by=risk.owner, accepted_until=risk.expires, accepted_because=risk.reason
    )


def _covers(risk: AcceptedRisk, finding: Finding, names: Mapping[str, str]) -> bool:
    if risk.rule != finding.rule:
        return False
    subject = risk.subject.rstrip("/")
    if names.get(finding.subject) == subject:
        return True
    return any(place.path == subject or place.path.startswith(subject + "/") for place in finding.locations)


def _expired(risk: AcceptedRisk) -> Finding:
    return Finding(
        rule=EXPIRED,
        severity="high",
        confidence="high",
        audience=("compliance",),
        message=f"{risk.owner} accepted {risk.rule} for {risk.subject} until {risk.expires}, which is past",
        remedy="decide again, and write a new date and reason into gauger.yaml",
    )


def _unused(risk: AcceptedRisk) -> Finding:
    return Finding(
        rule=UNUSED,
        severity="info",
        confidence="high",
        audience=("compliance",),
        message=f"the acceptance of {risk.rule} for {risk.subject} by {risk.owner} covers no finding",
        remedy="correct its rule or subject in gauger.yaml, or take it out",
    )
