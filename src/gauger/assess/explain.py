"""Why does a dossier say what it says? For any record: what it is, on what it rests, what would change it."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.assess.explain_comparison import told_of
from gauger.core.comparison import Comparison
from gauger.core.dossier import Dossier
from gauger.core.errors import UsageError
from gauger.core.inventory import Artifact, Endpoint, Hop, Location, Model, Use
from gauger.core.judgement import Decision, Finding, Gap, Outcome, Step
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.readings import Known, Measured, known
from gauger.core.record import Record
from gauger.core.text import printable

_MARK = {"true": "yes", "false": "no", "unknown": "not known"}
_MOST = 12
_MOST_TITLES = 6
"""Scenarios that are named one by one; of more, those that are left out are fewer."""


def explain(dossier: Dossier, ident: str) -> tuple[str, ...]:
    """The explanation of one record, as lines of plain text.

    Args:
        dossier: The document.
        ident: A record's id, enough of its beginning, or the name of a model.

    Raises:
        UsageError: nothing, or more than one record, is called that.
    """
    record = find(dossier, ident)
    teller = Teller(dossier)
    return tuple(printable(line, 2_000) for line in (record.id, *teller.tell(record)))


def find(dossier: Dossier, ident: str) -> Record:
    """Which record has this id, this beginning of an id, or this model's name?

    Raises:
        UsageError: none, or several; the message lists some of them.
    """
    records = list(dossier.records())
    found = [r for r in records if r.id == ident] or [m for m in dossier.models if m.name == ident]
    found = found or [r for r in records if ident and r.id.startswith(ident)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"no record of this dossier is called {ident!r}",
            hint="ids stand in the JSON document and under each finding of the report",
        )
    listed = ", ".join(r.id for r in found[:_MOST]) + (" …" if len(found) > _MOST else "")
    raise UsageError(f"{len(found)} records begin with {ident!r}", hint=listed)


class Teller:
    """Tells what stands behind the records of one dossier.

    Args:
        dossier: The document.
    """

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self._by_id = {record.id: record for record in dossier.records()}
        self._instruments = {note.key: note for note in dossier.instruments}
        self._scenarios = {note.key: note.title for note in dossier.scenarios}

    def tell(self, record: Record) -> Iterator[str]:
        """What is this record, on what does it rest, what would change it?"""
        match record:
            case Finding():
                yield from self._finding(record)
            case Decision():
                yield from self._decision(record)
            case Claim():
                yield from self._claim(record)
            case Evidence():
                yield from self._evidence(record)
            case Use():
                yield from self._use(record)
            case Model():
                yield from self._model(record)
            case Outcome():
                yield from self._outcome(record)
            case Gap():
                yield from _gap(record)
            case Comparison():
                yield from told_of(record, self.name)
                yield from (f"evidence {e.id}" for e in self._of_pair(record))
            case Reference():
                maker = record.developer_title or "a developer who is not recorded"
                yield f"{record.title}: {record.kind} of the knowledge base, by {maker}"
                yield f"source: {record.source}"
            case Artifact():
                yield f"{record.kind} {record.title} at {record.location}"
                yield from (f"  {key}: {value}" for key, value in sorted(record.facts.items()))

    def name(self, ident: str) -> str:
        """What do people call the record with this id?"""
        match self._by_id.get(ident):
            case Model() as model:
                return model.called
            case Reference() as reference:
                return reference.title
            case Artifact() as artifact:
                return artifact.title
        return ident

    def _where(self, titles: list[str]) -> str:
        """These scenarios; those that are left out instead, where they are fewer."""
        others = [title for title in self._scenarios.values() if title not in titles]
        if len(titles) > len(others) and len(titles) > _MOST_TITLES:
            but = f" but {'; '.join(others)}" if others else ""
            return f"all {len(self._scenarios)} scenarios{but}"
        return "; ".join(titles)

    def _finding(self, finding: Finding) -> Iterator[str]:
        yield f"{finding.severity} finding {finding.rule} ({finding.confidence} confidence)"
        yield finding.message
        yield from (f"at {place}" for place in finding.locations)
        yield f"do: {finding.remedy}"
        if finding.accepted_by:
            yield f"accepted by {finding.accepted_by} until {finding.accepted_until}:"
            yield f"  {finding.accepted_because}"
        yield from self._resting_on(finding.evidence)

    def _resting_on(self, idents: tuple[str, ...]) -> Iterator[str]:
        for ident in idents:
            record = self._by_id.get(ident)
            yield f"rests on {ident}"
            if record is not None and not isinstance(record, Finding):
                yield from ("  " + line for line in self.tell(record))

    def _decision(self, decision: Decision) -> Iterator[str]:
        yield f"{decision.verdict}: {decision.summary}"
        holds: dict[str, list[str]] = {}
        for scenario in dict.fromkeys(case.scenario for case in decision.cases):
            readings = ", ".join(decision.readings_in(scenario))
            holds.setdefault(readings, []).append(self._scenarios.get(scenario, scenario))
        for readings, titles in holds.items():
            yield f"holds in {self._where(titles)} under the reading: {readings}"
        yield "how that follows:"
        yield from _steps(decision.step, 1)
        note = self._instruments.get(decision.instrument)
        if note is not None:
            yield f"the rule: {note.title} ({note.key}), {note.status}, {note.confidence} confidence"
            if note.quote:
                yield f"  in its words: “{note.quote}”"
            yield from (f"  source: {source}" for source in note.sources)
            yield f"  checked on {note.checked_on}"
        yield from (f"duty: {duty}" for duty in decision.duties)
        yield from (f"would change: {flip}" for flip in decision.flips)
        yield from (f"settle ({s.kind}) {s.fact}: {s.how}" for s in decision.settles)
        yield from self._lists(decision)
        yield from self._dates(decision)

    def _lists(self, decision: Decision) -> Iterator[str]:
        """Which list files were at hand, with digest and dates?"""
        for file in self.dossier.lists:
            if file.key in decision.lists:
                yield f"list at hand: {file.title} ({file.key}), {', '.join(file.lists)}"
                yield f"  published {file.published}, retrieved {file.retrieved}, sha256 {file.sha256}"

    def _dates(self, decision: Decision) -> Iterator[str]:
        """What happens to this decision on which day: its verdict, its rule's check, who answers for it."""
        becomes = (*decision.becomes, *("another verdict",) * len(decision.changes_on))
        told = [(day, f"becomes {after}") for day, after in zip(decision.changes_on, becomes, strict=False)]
        note = self._instruments.get(decision.instrument)
        if note is not None:
            told.append((note.next_check, f"the record of {note.key} is to be checked again"))
        profile = self.dossier.profile
        told += [
            (ruling.review, f"the ruling of {ruling.by} on the form {ruling.form} is to be reviewed")
            for ruling in profile.rulings
            if ruling.review and ruling.instrument == decision.instrument
        ]
        told += [
            (f.accepted_until, f"{f.accepted_by} no longer answers for {f.rule}")
            for f in self.dossier.findings
            if f.accepted_by and decision.id in f.evidence
        ]
        yield from (f"on {day}: {what}" for day, what in sorted(told))

    def _claim(self, claim: Claim) -> Iterator[str]:
        strength = f", {claim.strength}" if claim.basis == "observed" else ""
        part = f" ({claim.component})" if claim.component else ""
        yield (
            f"{self.name(claim.subject)} {claim.relation} {self.name(claim.object)}{part}: "
            f"{claim.basis}{strength}"
        )
        if claim.basis == "alleged":
            yield f"alleged by {claim.alleged_by}; answer: {claim.answer}; an allegation is no evidence"
        if claim.source:
            yield f"stated at {claim.source}"
        yield f"which came first is known by: {claim.direction}"
        yield from self._resting_on(claim.evidence)

    def _evidence(self, evidence: Evidence) -> Iterator[str]:
        yield f"{evidence.probe} on {self.name(evidence.subject)}: {evidence.statement}"
        yield f"strength {evidence.strength}; {_reading(evidence)}"
        yield f"error rate: {evidence.calibration}"
        yield from (f"stands at {place}" for place in evidence.locations)
        for digest in evidence.inputs:
            yield f"read {digest.read_bytes} of {digest.size_bytes} bytes of {digest.path}"
            yield f"  SHA-256 {digest.sha256}"

        if evidence.facts:
            yield "measured: " + ", ".join(f"{key} {value}" for key, value in sorted(evidence.facts.items()))
        for comparison in self.dossier.comparisons:
            if evidence in self._of_pair(comparison):
                yield f"all tests and parts: {comparison.id}"

    def _of_pair(self, comparison: Comparison) -> list[Evidence]:
        """The evidence by weights that this comparison gave."""
        pair = (comparison.subject, comparison.reference)
        return [e for e in self.dossier.evidence if (e.subject, e.reference) == pair and e.probe == "weights"]

    def _use(self, use: Use) -> Iterator[str]:
        what = use.api or use.surface
        yield f"{what} at {use.location} uses {self.name(use.model)}: {use.role}, {use.status}"
        yield f"written there: {use.written}"
        yield from _chain(use.chain, use.location)
        if use.endpoint is not None:
            yield from _endpoint(use.endpoint)
        if use.note:
            yield use.note

    def _model(self, model: Model) -> Iterator[str]:
        yield f"{self.name(model.id)}: {model.form}, named in {model.namespace}"
        for label, value in (
            ("publisher", model.publisher),
            ("developer by name", model.developer),
            ("family by name", model.family),
            ("licence declared", model.licence),
        ):
            yield f"{label}: {_known(value)}"
        uses = [use for use in self.dossier.uses if use.model == model.id]
        yield from (f"{use.status} use at {use.location} ({use.id})" for use in uses)
        for claim in self.dossier.claims:
            if claim.subject == model.id:
                yield f"claim {claim.id}"
                yield from ("  " + line for line in self._claim(claim))
        for outcome in self.dossier.outcomes:
            if outcome.model == model.id and outcome.reading == self.dossier.reading:
                scenario = self._scenarios.get(outcome.scenario, outcome.scenario)
                yield f"{scenario}: {outcome.verdict} ({outcome.id})"

    def _outcome(self, outcome: Outcome) -> Iterator[str]:
        scenario = self._scenarios.get(outcome.scenario, outcome.scenario)
        yield f"{self.name(outcome.model)} in {scenario}, {outcome.reading} reading: {outcome.verdict}"
        yield from self._resting_on(outcome.decisions)


def _steps(step: Step, depth: int) -> Iterator[str]:
    because = f": {step.because}" if step.because else ""
    yield f"{'  ' * depth}[{_MARK[step.truth]}] {step.question}{because}"
    for below in step.steps:
        yield from _steps(below, depth + 1)


def _chain(chain: tuple[Hop, ...], start: Location) -> Iterator[str]:
    place = start
    for hop in chain:
        yield f"  {place} → {hop.location} ({hop.how} {hop.name})"
        place = hop.location


def _endpoint(endpoint: Endpoint) -> Iterator[str]:
    at = f" at {endpoint.url}" if endpoint.url else ""
    yield f"served by {_known(endpoint.provider)}{at} ({endpoint.basis})"
    if endpoint.chain:
        yield from _chain(endpoint.chain[1:], endpoint.chain[0].location)


def _gap(gap: Gap) -> Iterator[str]:
    yield f"{gap.part} stopped: {gap.reason}: {gap.detail}"
    if gap.location is not None:
        yield f"at {gap.location}"
    yield from (f"weaker for it: {touched}" for touched in gap.touches)
    if gap.remedy:
        yield f"do: {gap.remedy}"


def _known(value: Known) -> str:
    text = known(value)
    if text is not None:
        return text
    detail = getattr(value, "detail", "")
    return f"not known ({getattr(value, 'reason', '')}{': ' + detail if detail else ''})"


def _reading(evidence: Evidence) -> str:
    reading = evidence.reading
    if isinstance(reading, Measured):
        return f"{reading.value:g} {reading.unit} [{reading.low:g}, {reading.high:g}], n = {reading.n}"
    return f"no number ({reading.reason}{': ' + reading.detail if reading.detail else ''})"
