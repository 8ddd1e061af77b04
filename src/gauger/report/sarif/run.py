"""The run: which rules, which results, which notifications."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from urllib.parse import quote

from gauger.core.dossier import Dossier
from gauger.core.inventory import Location, Use
from gauger.core.judgement import Finding, Gap, Severity
from gauger.core.readings import Reason
from gauger.report.rules import words_of
from gauger.report.sarif.places import ROOT, Json, Places, escaped
from gauger.report.summary import DISCLAIMER, stamp, what_runs
from gauger.report.view import View, model_name
from gauger.report.words import REASON, capital

MOST_RESULTS = 25_000
"""More make GitHub refuse the file; it shows the 5,000 most severe.

Source: https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
"""
MOST_LOCATIONS = 100
"""Of one result; GitHub takes 1,000 and shows 100. Source: as above."""
MOST_NOTIFICATIONS = 5_000
"""Our own bound on gaps; the rest is counted."""
_RULE_CHARACTERS = 255
_LEVEL: dict[Severity, str] = {
    "critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"
}  # fmt: skip
_TROUBLE: frozenset[Reason] = frozenset({"malformed", "unreadable", "limit-exceeded", "not-resolved"})
_LINE_NUMBER = re.compile(r":\d+")


def run_of(dossier: Dossier) -> Json:
    """The one run of this dossier."""
    view, places = View(dossier), Places(dossier.inputs)
    placed = [(finding, _places(finding, view)) for finding in dossier.findings]
    shown = [(f, where) for f, where in placed if where][:MOST_RESULTS]
    rules = sorted({finding.rule for finding in dossier.findings})
    numbers = {rule: number for number, rule in enumerate(rules)}
    results = [_result(f, where, numbers[f.rule], view, places) for f, where in shown]
    for result, mark in zip(results, _marks([f for f, _ in shown], view), strict=True):
        result["partialFingerprints"] = {"gaugerFinding/v1": mark}
    notices = _notices(dossier, view, placed, len(shown), places)
    return {
        "tool": {"driver": _driver(dossier, rules)},
        "automationDetails": {"id": f"gauger/{quote(dossier.target, safe='')}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the folder or file that was examined"}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notices}],
        "results": results,
        "artifacts": places.artifacts(),
        "properties": {
            "target": dossier.target,
            "evaluated": stamp(view),
            "whatRuns": what_runs(view),
            **_compared(view),
            "meaning": DISCLAIMER,
        },
    }


def _compared(view: View) -> Json:
    """What was compared by weights and how much of them was read; nothing where no weights were opened."""
    coverage = view.dossier.coverage
    if not coverage.weights_total_bytes:
        return {}
    return {
        "weightsReadBytes": coverage.weights_read_bytes,
        "weightsTotalBytes": coverage.weights_total_bytes,
        "comparedByWeights": [
            escaped(f"{view.name(c.subject)} ~ {view.name(c.reference)}: {c.verdict}")
            for c in view.dossier.comparisons
        ],
    }


def _driver(dossier: Dossier, rules: list[str]) -> Json:
    reasons = sorted({gap.reason for gap in dossier.gaps})
    return {
        "name": dossier.tool.name,
        "version": dossier.tool.version,
        "rules": [_rule(rule) for rule in rules],
        "notifications": [
            {"id": f"gap/{reason}", "shortDescription": {"text": f"not examined: {REASON[reason]}"}}
            for reason in reasons
        ],
    }


def _rule(rule: str) -> Json:
    words = words_of(rule)
    more = f"See the section {rule} of docs/rules.md in Gauger's documentation, or `gauger explain`."
    return {
        "id": rule[:_RULE_CHARACTERS],
        "shortDescription": {"text": escaped(words.title, 1000)},
        "fullDescription": {"text": escaped(words.meaning, 1000)},
        "help": {
            "text": escaped(f"{words.meaning} {more}"),
            "markdown": f"{words.meaning}\n\n{more}" if words.title != rule else more,
        },
        "properties": {"tags": ["ai-model", "provenance"]},
    }


def _places(finding: Finding, view: View) -> list[Location]:
    """Where to look: the finding's places, else those of the uses and files of the model it is about."""
    listed = list(finding.locations)
    if not finding.subject:
        return [place for place in dict.fromkeys(listed) if place.path]
    if not listed:
        listed = [use.location for use in view.uses.get(finding.subject, [])]
    if not listed:
        listed = [a.location for a in view.artifacts.get(finding.subject, [])]
    artifact = view.artifact(finding.subject)
    if not listed and artifact is not None:
        listed = [artifact.location]
    return [place for place in dict.fromkeys(listed) if place.path]


def _result(finding: Finding, where: list[Location], number: int, view: View, places: Places) -> Json:
    text = f"{finding.message}. {capital(finding.remedy)}." if finding.remedy else finding.message
    result: Json = {
        "ruleId": finding.rule[:_RULE_CHARACTERS],
        "ruleIndex": number,
        "level": _LEVEL[finding.severity],
        "message": {"text": escaped(text)},
        "locations": [places.location(where[0])],
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "audience": list(finding.audience),
            "model": view.name(finding.subject) if finding.subject else "",
            "record": finding.id,
        },
    }
    related = [(place, "also here") for place in where[1:]] + _chain(finding, where, view)
    if related:
        result["relatedLocations"] = [
            places.location(place, ident=ident, says=says)
            for ident, (place, says) in enumerate(related[: MOST_LOCATIONS - 1], start=1)
        ]
    if finding.accepted_by:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"{finding.accepted_because} (accepted by {finding.accepted_by} until "
                f"{finding.accepted_until})",
            }
        ]
    return result


def _chain(finding: Finding, where: list[Location], view: View) -> list[tuple[Location, str]]:
    """The steps by which the names at these places were followed to the model."""
    here = set(where)
    steps: dict[tuple[Location, str], None] = {}
    for use in view.uses.get(finding.subject, []):
        if use.location in here:
            steps.update(dict.fromkeys(_steps(use)))
    return [(place, says) for place, says in steps if place.path and place not in here]


def _steps(use: Use) -> list[tuple[Location, str]]:
    hops = [*use.chain, *(use.endpoint.chain if use.endpoint else ())]
    return [(hop.location, f"{hop.how}: {hop.name}") for hop in hops]


def _marks(findings: list[Finding], view: View) -> list[str]:
    """A mark for each finding that stays when lines move: rule, model, file and words without line numbers.

    Findings that would share one get a running number, in their order.
    """
    seen: Counter[str] = Counter()
    marks = []
    for finding in findings:
        model = view.model(finding.subject)
        about = model_name(model) if model is not None else view.name(finding.subject)
        paths = sorted({place.path for place in finding.locations})
        words = _LINE_NUMBER.sub("", finding.message)
        key = "\n".join([finding.rule, about, *paths, words])
        mark = hashlib.sha256(key.encode()).hexdigest()[:32]
        seen[mark] += 1
        marks.append(f"{mark}:{seen[mark]}")
    return marks


def _notices(
    dossier: Dossier,
    view: View,
    placed: list[tuple[Finding, list[Location]]],
    shown: int,
    places: Places,
) -> list[Json]:
    """Gaps, findings that have no place, and what was cut."""
    notices = [_gap(gap, view, places) for gap in dossier.gaps[:MOST_NOTIFICATIONS]]
    for finding, where in placed:
        if not where and len(notices) < MOST_NOTIFICATIONS:
            notices.append(
                {
                    "level": _LEVEL[finding.severity],
                    "message": {"text": escaped(f"{finding.rule}: {finding.message}")},
                    "associatedRule": {"id": finding.rule[:_RULE_CHARACTERS]},
                }
            )
    told = sum(bool(where) for _, where in placed)
    cuts = [
        (told - shown, f"of {told:,} results are left out: code scanning takes {MOST_RESULTS:,} of a run"),
        (len(dossier.gaps) - MOST_NOTIFICATIONS, f"of {len(dossier.gaps):,} gaps are left out"),
    ]
    notices += [
        {"level": "warning", "message": {"text": f"{count:,} {words}; the JSON dossier has all of them"}}
        for count, words in cuts
        if count > 0
    ]
    return notices


def _gap(gap: Gap, view: View, places: Places) -> Json:
    about = f" ({view.name(gap.subject)})" if gap.subject else ""
    remedy = f". {capital(gap.remedy)}" if gap.remedy else ""
    notice: Json = {
        "level": "warning" if gap.reason in _TROUBLE else "note",
        "descriptor": {"id": f"gap/{gap.reason}"},
        "message": {"text": escaped(f"{gap.part}: {gap.detail}{about}{remedy}")},
        "properties": {"part": gap.part, "touches": list(gap.touches), "record": gap.id},
    }
    if gap.location is not None and gap.location.path:
        notice["locations"] = [places.location(gap.location)]
    return notice
