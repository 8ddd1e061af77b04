"""Risks: what scenarios take away, what waits for a fact, and what somebody should look at or answers for."""

from __future__ import annotations

from gauger.core.dossier import ScenarioNote
from gauger.core.judgement import Decision, Finding
from gauger.report.oscal.fields import Json, deadline, filled, identifier, line, props, prose
from gauger.report.view import View

_OPEN_UNDER = ("undetermined", "prohibited-under-strict-reading")


class Risks:
    """Writes the risks of one document, under the profile's reading.

    Args:
        view: The document.
        origins: Who says so.
    """

    def __init__(self, view: View, origins: list[Json]) -> None:
        self._view = view
        self._origins = origins

    def of_decision(self, decision: Decision, related: list[Json]) -> Json:
        """What a decision that is not satisfied leaves open, with how it can be settled."""
        return filled(
            uuid=identifier("risk", decision.id),
            title=line(f"{self._view.name(decision.model)}: {decision.verdict} by {decision.instrument}"),
            description=prose(decision.summary),
            statement=prose(
                decision.summary, *decision.flips, *(f"changes on {d}" for d in decision.changes_on)
            ),
            props=props({"record": decision.id, "verdict": decision.verdict}),
            status="open",
            origins=self._origins,
            remediations=[
                {
                    "uuid": identifier("remedy", decision.id, str(number)),
                    "lifecycle": "recommendation",
                    "title": line(settle.fact),
                    "description": prose(settle.how),
                    "props": props({"kind": settle.kind}),
                }
                for number, settle in enumerate(decision.settles)
            ]
            + [
                {
                    "uuid": identifier("duty", decision.id, str(number)),
                    "lifecycle": "recommendation",
                    "title": line(duty),
                    "description": prose(duty),
                }
                for number, duty in enumerate(decision.duties)
            ],
            related_observations=related,
        )

    def of_scenario(self, scenario: ScenarioNote) -> Json | None:
        """What a scenario would take away or leave undecided; None where it is nothing."""
        view = self._view
        gone = view.taken_away(scenario.key)
        waiting = [m for m in view.models if view.cell(m.id, scenario.key) in _OPEN_UNDER and m not in gone]
        if not gone and not waiting:
            return None
        return filled(
            uuid=identifier("risk", "scenario", scenario.key),
            title=line(scenario.title),
            description=prose(scenario.description, *scenario.changes),
            statement=prose(
                f"taken away: {len(gone)} of {len(view.models)} models",
                *(view.name(m.id) for m in gone),
                f"undecided: {len(waiting)}" if waiting else "",
                *(view.name(m.id) for m in waiting),
            ),
            props=props({"scenario": scenario.key, "reading": view.dossier.reading, "hypothetical": "yes"}),
            status="open",
            origins=self._origins,
        )

    def of_finding(self, finding: Finding) -> Json:
        """A finding; one that somebody accepted is a deviation until its day."""
        accepted = bool(finding.accepted_by)
        return filled(
            uuid=identifier(finding.id),
            title=line(f"{finding.rule}: {finding.message}"),
            description=prose(finding.message),
            statement=prose(finding.remedy or finding.message),
            props=props(
                {"record": finding.id, "severity": finding.severity, "confidence": finding.confidence}
            ),
            status="deviation-approved" if accepted else "open",
            origins=self._origins,
            deadline=deadline(finding.accepted_until) if accepted else "",
            remediations=[
                {
                    "uuid": identifier("accepted", finding.id),
                    "lifecycle": "planned",
                    "title": line(f"accepted by {finding.accepted_by} until {finding.accepted_until}"),
                    "description": prose(finding.accepted_because),
                }
            ]
            if accepted
            else [],
        )
