"""What do the rules say? `declarations` and `definitions`: requirements, claims, evidence, attestations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gauger.core.dossier import InstrumentNote, ScenarioNote
from gauger.core.judgement import READINGS, VERDICTS, Decision, LegalReading, Step, worst
from gauger.core.lineage import Claim
from gauger.report.cyclonedx.fields import Node, filled, properties, web_address
from gauger.report.cyclonedx.lineage import contradicting
from gauger.report.view import View
from gauger.report.words import READING, VERDICT

_ASSESSOR = "assessor-gauger"
_AGAINST = ("prohibited", "unlicensed")


def definitions(view: View) -> Node:
    """The instruments with their texts, and one standard for each scenario that points to them."""
    notes = view.dossier.instruments
    if not notes:
        return {}
    scenarios = (_scenario(view, scenario) for scenario in view.dossier.scenarios)
    return {"standards": [_knowledge(view), *scenarios]}


def _knowledge(view: View) -> Node:
    return filled(
        bom_ref="knowledge-base",
        name="Gauger's knowledge base",
        version=view.dossier.catalogue.version,
        description="instruments, licences and terms as recorded, each with its sources and dates",
        requirements=[_instrument(note) for note in view.dossier.instruments],
    )


def _instrument(note: InstrumentNote) -> Node:
    addresses = [url for url in note.sources if web_address(url)]
    return filled(
        bom_ref=f"instrument/{note.key}",
        identifier=note.key,
        title=note.title,
        text=note.quote,
        properties=properties(
            {
                "jurisdiction": note.jurisdiction,
                "status": note.status,
                "checked-on": note.checked_on,
                "next-check": note.next_check,
                "record-confidence": note.confidence,
                "binds-user": note.binds_user,
                "binds-because": note.binds_because,
                "source": [source for source in note.sources if source not in addresses],
            }
        ),
        externalReferences=[{"url": url, "type": "documentation"} for url in addresses],
    )


def _scenario(view: View, scenario: ScenarioNote) -> Node:
    changes = "".join(f" {change}." for change in scenario.changes)
    requirements = [
        filled(
            bom_ref=_requirement_ref(scenario.key, note.key),
            identifier=note.key,
            title=note.title,
            parent=f"instrument/{note.key}",
        )
        for note in view.dossier.instruments
    ]
    return filled(
        bom_ref=f"scenario/{scenario.key}",
        name=scenario.title or scenario.key,
        version=view.dossier.catalogue.version,
        description=f"{scenario.description}{changes}",
        requirements=requirements,
    )


def _requirement_ref(scenario: str, instrument: str) -> str:
    return f"scenario/{scenario}/{instrument}"


class Declarations:
    """Writes the declarations of one dossier.

    Args:
        view: The dossier with its indexes.
        refs: The `bom-ref`s of components that a claim can be about.
    """

    def __init__(self, view: View, refs: set[str]) -> None:
        self.view = view
        self.refs = refs
        self.claims = {c.id: c for c in view.dossier.claims}
        self.instruments = {note.key for note in view.dossier.instruments}

    def all(self) -> Node:
        """Everything that is claimed: lineage with its evidence, and the rules' answers model by model."""
        decisions = [d for d in self.view.dossier.decisions if d.model in self.refs]
        lineage = [c for c in self.view.dossier.claims if c.subject in self.refs and c.basis != "alleged"]
        claims = [*(self._lineage(c) for c in lineage), *(self._decision(d) for d in decisions)]
        attestations = list(self._attestations(decisions))
        if not claims and not attestations:
            return {}
        return filled(
            assessors=[
                {
                    "bom-ref": _ASSESSOR,
                    "thirdParty": False,
                    "organization": {"name": self.view.dossier.profile.organisation or "the user of Gauger"},
                }
            ],
            attestations=attestations,
            claims=claims,
            evidence=[*self._evidence(), *(_source(c) for c in lineage if c.basis != "observed")],
        )

    def _evidence(self) -> Iterator[Node]:
        for evidence in self.view.dossier.evidence:
            contents = {"attachment": {"content": evidence.calibration, "contentType": "text/plain"}}
            yield filled(
                bom_ref=evidence.id,
                propertyName=evidence.probe,
                description=evidence.statement,
                data=[{"name": "calibration", "contents": contents}] if evidence.calibration else None,
            )

    def _lineage(self, claim: Claim) -> Node:
        """A claim of origin; what contradicts it stands as counter-evidence."""
        against = {
            ident
            for finding in contradicting(claim, self.view)
            for ident in self._proofs([i for i in finding.evidence if i != claim.id])
            if ident not in self.view.evidence or self.view.evidence[ident].probe != "declared-metadata"
        }
        known_by = f"observed, {claim.strength}" if claim.basis == "observed" else claim.basis
        own = self._proofs([claim.id])
        return filled(
            bom_ref=claim.id,
            target=claim.subject,
            predicate=f"{claim.relation} {self.view.name(claim.object)}",
            reasoning=f"basis: {known_by}; direction: {claim.direction}",
            evidence=sorted(own),
            counterEvidence=sorted(against - own),
        )

    def _proofs(self, idents: list[str]) -> set[str]:
        """The evidence of the document behind these ids of evidence and claims."""
        found: set[str] = set()
        for ident in idents:
            claim = self.claims.get(ident)
            if claim is None:
                found |= {ident} & self.view.evidence.keys()
            elif claim.basis == "observed":
                found |= set(claim.evidence) & self.view.evidence.keys()
            elif claim.basis != "alleged" and claim.subject in self.refs:
                found |= {_source_ref(claim)} | (set(claim.evidence) & self.view.evidence.keys())
        return found

    def _decision(self, decision: Decision) -> Node:
        return filled(
            bom_ref=decision.id,
            target=decision.model,
            predicate=f"{decision.verdict} by {decision.instrument}",
            reasoning=_reasoning(decision),
            evidence=sorted(self._proofs(list(_idents(decision.step)))),
        )

    def _attestations(self, decisions: list[Decision]) -> Iterator[Node]:
        by_cell: defaultdict[tuple[str, LegalReading, str], list[Decision]] = defaultdict(list)
        for decision in decisions:
            for case in decision.cases:
                by_cell[case.scenario, case.reading, decision.instrument].append(decision)
        judged = {(o.scenario, o.reading) for o in self.view.dossier.outcomes}
        for scenario in self.view.dossier.scenarios:
            for reading in READINGS:
                if (scenario.key, reading) in judged and self.instruments:
                    yield {
                        "summary": f"{scenario.title}: {reading} reading, {READING[reading]}",
                        "assessor": _ASSESSOR,
                        "map": [
                            _mapped(scenario.key, note, by_cell[scenario.key, reading, note.key])
                            for note in self.view.dossier.instruments
                        ],
                    }


def _mapped(scenario: str, note: InstrumentNote, decisions: list[Decision]) -> Node:
    """One requirement and what speaks against it.

    A score only where a rule forbids, 0. There is none for what is clear: that no recorded rule catches it is
    no conformance.
    """
    verdict = worst(d.verdict for d in decisions)
    counted = {v: sum(d.verdict == v for d in decisions) for v in VERDICTS}
    said = [f"{counted[v]} {VERDICT[v].counted}" for v in VERDICTS if counted[v]]
    score = 0 if verdict in _AGAINST else None
    rationale = ", ".join(said) or f"no model in use is caught: {VERDICT['clear'].meaning}"
    return {"requirement": _requirement_ref(scenario, note.key)} | filled(
        claims=sorted({d.id for d in decisions}),
        conformance={"rationale": rationale} if score is None else {"score": score, "rationale": rationale},
        confidence={
            "rationale": f"confidence in the record of the text: {note.confidence}; no score is given"
        },
    )


def _reasoning(decision: Decision) -> str:
    parts = [decision.summary]
    parts += [f"Duty: {duty}." for duty in decision.duties]
    parts += [f"Would change if: {flip}." for flip in decision.flips]
    parts += [f"To settle: {settle.fact} ({settle.how})." for settle in decision.settles]
    parts += [f"Changes by the calendar on {day}." for day in decision.changes_on]
    return " ".join(part for part in parts if part)


def _idents(step: Step) -> Iterator[str]:
    waiting = [step]
    while waiting:
        one = waiting.pop()
        yield from one.evidence
        waiting += one.steps


def _source_ref(claim: Claim) -> str:
    return f"source-{claim.id}"


def _source(claim: Claim) -> Node:
    """The statement behind a declared or published claim, as evidence that can be referred to."""
    address = web_address(claim.source)
    data = [{"name": "source", "contents": {"url": address}}] if address else None
    where = claim.source or "no source is recorded"
    return filled(
        bom_ref=_source_ref(claim), propertyName=claim.basis, description=f"{claim.basis}: {where}", data=data
    )
