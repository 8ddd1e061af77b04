"""One result: the law as it stands, model by model and rule by rule."""

from __future__ import annotations

from gauger.core.dossier import ScenarioNote
from gauger.core.inventory import Model
from gauger.core.judgement import Decision, Verdict
from gauger.core.readings import known
from gauger.report.oscal.fields import Json, filled, identifier, line, links, moment, props, prose, token
from gauger.report.oscal.frameworks import framework_props
from gauger.report.oscal.observed import Observed
from gauger.report.oscal.risks import Risks
from gauger.report.summary import CLEAR_MEANS, DISCLAIMER, what_runs
from gauger.report.view import View, model_name
from gauger.report.words import VERDICT

EVERY_RULE = "gauger.every-rule"
"""The objective that no rule of the knowledge base catches the model."""
_STATUS: dict[Verdict, tuple[str, str]] = {
    "prohibited": ("not-satisfied", "fail"),
    "unlicensed": ("not-satisfied", "fail"),
    "prohibited-under-strict-reading": ("not-satisfied", "other"),
    "undetermined": ("not-satisfied", "other"),
    "duties": ("not-satisfied", "other"),
    "watch": ("satisfied", "other"),
    "clear": ("satisfied", "pass"),
}
"""Satisfied needs a verdict that says so: what is undetermined is not, and duties are not until shown."""
_NOT_EVALUATED = ("not-satisfied", "other")


class Result:
    """Writes the result for one scenario.

    Args:
        view: The document.
        scenario: The law that is assumed; None where no rule was asked.
    """

    def __init__(self, view: View, scenario: ScenarioNote | None) -> None:
        self._view = view
        self._scenario = scenario
        self._observed = Observed(view)
        self._risks = Risks(view, self._observed.origins)

    def written(self) -> Json:
        """The whole result."""
        view, dossier, scenario = self._view, self._view.dossier, self._scenario
        findings = [one for model in view.models for one in self._findings(model)] if scenario else []
        title = scenario.title if scenario is not None else "No rule was asked for the law as it stands"
        told = scenario.description if scenario is not None else "Inventory and lineage only"
        return filled(
            uuid=identifier("result", scenario.key if scenario else "", dossier.as_of, dossier.target),
            title=line(title),
            description=prose(told, what_runs(view)),
            start=moment(dossier.as_of),
            end=moment(dossier.as_of),
            props=props({"scenario": scenario.key if scenario else "", "reading": dossier.reading}),
            local_definitions=filled(
                components=[self._component(model) for model in view.models],
                assessment_assets=self._assets(),
            ),
            reviewed_controls={"control-selections": [self._selection()]},
            observations=self._observed.all(),
            risks=self._all_risks(),
            findings=findings,
            remarks=prose(DISCLAIMER, CLEAR_MEANS),
        )

    def _assets(self) -> Json:
        tool = self._view.dossier.tool
        return {
            "components": [
                {
                    "uuid": self._observed.tool,
                    "type": "software",
                    "title": line(tool.name),
                    "description": "reads files, and evaluates recorded rules",
                    "props": props({"version": tool.version}),
                    "status": {"state": "operational"},
                }
            ],
            "assessment-platforms": [
                {"uuid": identifier("platform", tool.name), "title": line(f"{tool.name} {tool.version}")}
            ],
        }

    def _component(self, model: Model) -> Json:
        held = {
            "record": model.id,
            "namespace": model.namespace,
            "form": model.form,
            "developer": known(model.developer) or "not known",
            "licence": known(model.licence) or "not known",
            "purl": model.purl,
        }
        return {
            "uuid": identifier("component", model.id),
            "type": "software",
            "title": line(model_name(model)),
            "description": prose(f"AI model, reached as {model.form}"),
            "props": props(held),
            "status": {"state": "operational"},
        }

    def _selection(self) -> Json:
        """The rules that were asked, as controls."""
        asked = {token(note.key): note for note in self._view.dossier.instruments}
        if self._scenario is None or not asked:
            return {"include-controls": [{"control-id": "none"}], "remarks": "no rule was asked"}
        return {
            "description": "the rules of the knowledge base that were asked",
            "include-controls": [{"control-id": key} for key in sorted({*asked, token(EVERY_RULE)})],
        }

    def _here(self, model: str) -> list[Decision]:
        scenario = self._scenario.key if self._scenario is not None else ""
        reading = self._view.dossier.reading
        return [d for d in self._view.decisions.get(model, []) if reading in d.readings_in(scenario)]

    def _findings(self, model: Model) -> list[Json]:
        """One for the model over all rules, and one for each rule that is not clear."""
        return [self._overall(model), *(self._finding(decision) for decision in self._here(model.id))]

    def _overall(self, model: Model) -> Json:
        cell = self._view.cell(model.id, self._scenario.key if self._scenario else "")
        state, reason = _NOT_EVALUATED if cell == "not-evaluated" else _STATUS[cell]
        meaning = "the rules were not asked" if cell == "not-evaluated" else VERDICT[cell].meaning
        return filled(
            uuid=identifier("finding", model.id, self._scenario.key if self._scenario else ""),
            title=line(f"{model_name(model)}: {cell}"),
            description=prose(f"the worst verdict of all rules: {cell}; {meaning}"),
            props=props({"record": model.id, "verdict": cell, "reading": self._view.dossier.reading}),
            origins=self._observed.origins,
            target={
                "type": "objective-id",
                "target-id": token(EVERY_RULE),
                "title": "No rule of the knowledge base catches the model",
                "status": {"state": state, "reason": reason, "remarks": prose(meaning)},
            },
            related_observations=self._observed.of(model.id),
            related_risks=[
                {"risk-uuid": identifier("risk", d.id)} for d in self._here(model.id) if _is_open(d.verdict)
            ],
        )

    def _finding(self, decision: Decision) -> Json:
        note = self._view.instruments.get(decision.instrument)
        state, reason = _STATUS[decision.verdict]
        return filled(
            uuid=identifier("finding", decision.id),
            title=line(f"{self._view.name(decision.model)}: {decision.verdict} by {decision.instrument}"),
            description=prose(decision.summary),
            props=props(
                {
                    "record": decision.id,
                    "verdict": decision.verdict,
                    "reading": self._view.dossier.reading,
                    "lists": " ".join(decision.lists),
                }
            ),
            origins=self._observed.origins,
            target=filled(
                type="objective-id",
                target_id=token(decision.instrument),
                title=line(note.title if note is not None else decision.instrument),
                status={
                    "state": state,
                    "reason": reason,
                    "remarks": prose(VERDICT[decision.verdict].meaning),
                },
            ),
            related_observations=self._observed.of(decision.model),
            related_risks=[{"risk-uuid": identifier("risk", decision.id)}]
            if _is_open(decision.verdict)
            else [],
        )

    def _all_risks(self) -> list[Json]:
        view = self._view
        of_decisions = [
            self._risks.of_decision(decision, self._observed.of(model.id))
            for model in view.models
            for decision in self._here(model.id)
            if _is_open(decision.verdict)
        ]
        others = [s for s in view.dossier.scenarios if s is not self._scenario]
        of_scenarios = [risk for s in others if (risk := self._risks.of_scenario(s)) is not None]
        return [*of_decisions, *of_scenarios, *map(self._risks.of_finding, view.dossier.findings)]


def objectives(view: View) -> list[Json]:
    """What each rule asks for, once: its words, its sources, and hooks into frameworks."""
    named = {token(note.key): note for note in view.dossier.instruments}
    return [
        filled(
            control_id=key,
            description=line(note.title),
            props=[
                *props({"status": note.status, "jurisdiction": note.jurisdiction, "effect": note.effect}),
                *framework_props(note.key),
            ],
            links=links(note.sources),
            parts=[
                {"name": "objective", "title": line(note.title), "prose": prose(note.quote or note.title)}
            ],
        )
        for key, note in sorted(named.items())
    ]


def _is_open(verdict: Verdict) -> bool:
    """Does this verdict leave something to be done or decided?"""
    return verdict != "clear"
