"""What was decided, and on what: enough to decide it again and compare, and nothing of any file's content.

Version 1. The bytes are canonical JSON with a final newline; `sha256` is over the canonical JSON of all other
fields, so that a record speaks for itself without a signature, and a signature covers it whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from gauger.core.canonical import canonical_json, digest_of
from gauger.core.day import is_day
from gauger.core.dossier import Dossier, Tool
from gauger.core.errors import LimitExceeded, Malformed, VerificationError
from gauger.core.judgement import Case, LegalReading, Verdict
from gauger.core.text import printable

SCHEMA: Literal["gauger-decision-record-1"] = "gauger-decision-record-1"
MOST_BYTES = 256 * 1024 * 1024
"""A million decisions take about 250 bytes each."""


class UsedCatalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which knowledge base decided.

    Attributes:
        version: `2026.11.0` and the like.
        digest: `sha256:…` over its canonical content.
    """

    version: str
    digest: str


class UsedList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which list file decided.

    Attributes:
        key: Its short name, as in the dossier.
        sha256: Of the file's bytes.
        retrieved: ISO date on which the user fetched it.
        matched: Ids of the developers found on it, exactly or by a confirmation.
    """

    key: str
    sha256: str
    retrieved: str
    matched: tuple[str, ...] = ()


class Decided(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One decision: what, and the digest of all that was said with it.

    Attributes:
        model: Id of the model.
        name: Its name, for people.
        instrument: Catalogue id of the rule.
        verdict: What the rule says.
        cases: Scenarios and readings in which it holds.
        digest: `sha256:…` of all that was said, whatever the cases: derivation, duties, flips, settles.
    """

    model: str
    name: str
    instrument: str
    verdict: Verdict
    cases: tuple[Case, ...]
    digest: str


class Cell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cell of the matrix.

    Attributes:
        model: Id of the model.
        scenario: Catalogue id of the scenario.
        reading: How silence was read.
        verdict: The worst of all rules.
    """

    model: str
    scenario: str
    reading: LegalReading
    verdict: Verdict


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided, and on what.

    Attributes:
        schema: Of this document type.
        tool: Which program decided.
        target: What was examined: a name, never a path.
        as_of: ISO date for which the rules were evaluated.
        facts: `sha256:…` of inventory and lineage: all that is known of the stack, before any rule was asked.
        catalogue: Which knowledge base.
        profile: `sha256:…` of the canonical content of the profile, options of the call included.
        profile_file: `sha256:…` of the profile file's bytes; empty where there was none.
        reading: The profile's.
        lists: List files, in the order of their keys.
        scenarios: Keys, in the catalogue's order.
        suppositions: What the user asked to suppose, as written.
        decisions: By model, rule and cases.
        outcomes: By model, scenario and reading.
        sha256: `sha256:…` over the canonical JSON of all other fields.
    """

    schema: Literal["gauger-decision-record-1"] = SCHEMA
    tool: Tool
    target: str
    as_of: str
    facts: str
    catalogue: UsedCatalogue
    profile: str
    profile_file: str = ""
    reading: LegalReading
    lists: tuple[UsedList, ...] = ()
    scenarios: tuple[str, ...] = ()
    suppositions: tuple[str, ...] = ()
    decisions: tuple[Decided, ...] = ()
    outcomes: tuple[Cell, ...] = ()
    sha256: str = ""

    def derived_digest(self) -> str:
        """Which digest do all other fields give?"""
        fields = {name: getattr(self, name) for name in self.__struct_fields__ if name != "sha256"}
        return digest_of(canonical_json(fields))


def facts_digest(dossier: Dossier) -> str:
    """What is the digest of all that is known of the stack, before any rule was asked?

    Laws: asking other rules, for another user or day, does not move it; another use, model or claim does.
    """
    parts = (
        dossier.target,
        dossier.artifacts,
        dossier.models,
        dossier.uses,
        dossier.references,
        dossier.evidence,
        dossier.claims,
        dossier.comparisons,
        dossier.inputs,
    )
    return digest_of(canonical_json(parts))


def record_of(dossier: Dossier, suppositions: tuple[str, ...] = ()) -> DecisionRecord:
    """What was decided in this document, and on what?

    Args:
        dossier: With decisions.
        suppositions: As the user wrote them; the document's own words where not given.
    """
    names = {model.id: model.name for model in dossier.models}
    decisions = [
        Decided(
            model=d.model,
            name=names.get(d.model, ""),
            instrument=d.instrument,
            verdict=d.verdict,
            cases=d.cases,
            digest=digest_of(canonical_json(msgspec.structs.replace(d, id="", cases=()))),
        )
        for d in dossier.decisions
    ]
    cells = [
        Cell(model=o.model, scenario=o.scenario, reading=o.reading, verdict=o.verdict)
        for o in dossier.outcomes
    ]
    record = DecisionRecord(
        tool=dossier.tool,
        target=dossier.target,
        as_of=dossier.as_of,
        facts=facts_digest(dossier),
        catalogue=UsedCatalogue(version=dossier.catalogue.version, digest=dossier.catalogue.digest),
        profile=digest_of(canonical_json(dossier.profile)),
        profile_file=dossier.profile_digest,
        reading=dossier.reading,
        lists=tuple(
            UsedList(key=n.key, sha256=n.sha256, retrieved=n.retrieved, matched=n.matched)
            for n in dossier.lists
        ),
        scenarios=tuple(scenario.key for scenario in dossier.scenarios),
        suppositions=suppositions or dossier.suppositions,
        decisions=tuple(sorted(decisions, key=lambda d: (d.model, d.instrument, d.digest))),
        outcomes=tuple(sorted(cells, key=lambda c: (c.model, c.scenario, c.reading))),
    )
    return msgspec.structs.replace(record, sha256=record.derived_digest())


def dump_record(record: DecisionRecord) -> bytes:
    """What are the bytes of this record? Canonical JSON and a newline; the same for the same record."""
    return canonical_json(record) + b"\n"


_DECODER = msgspec.json.Decoder(DecisionRecord)


def load_record(data: bytes) -> DecisionRecord:
    """Which record do these bytes hold?

    Raises:
        LimitExceeded: more bytes than a record has.
        Malformed: no record of a known version, or not in its one spelling.
        VerificationError: its digest is not that of its content.
    """
    if len(data) > MOST_BYTES:
        raise LimitExceeded(f"more than {MOST_BYTES} bytes", subject="decision record")
    try:
        record = _DECODER.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise Malformed(f"not a decision record of version 1: {error}") from error
    if not is_day(record.as_of):
        raise Malformed(f"no such day: {printable(record.as_of, 40)}", subject="as_of")
    if record.sha256 != record.derived_digest():
        raise VerificationError("the digest is not that of the content", subject="decision record")
    if dump_record(record) != data:
        raise Malformed("the record is not in its canonical spelling", subject="decision record")
    return record


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in which two records differ.

    Attributes:
        kind: `input` or `decision`.
        what: Which input, or which model and rule.
        before: In the first.
        after: In the second.
        cases: Of a decision: in which scenarios and readings, as `today/cautious`.
    """

    kind: Literal["input", "decision"]
    what: str
    before: str
    after: str
    cases: tuple[str, ...] = ()


def differences(before: DecisionRecord, after: DecisionRecord) -> tuple[Difference, ...]:
    """In what do these records differ: inputs first, then decisions? Empty exactly where bytes are equal."""
    return (*_inputs(before, after), *_moved(before, after))


def _inputs(before: DecisionRecord, after: DecisionRecord) -> list[Difference]:
    named: dict[str, Callable[[DecisionRecord], str]] = {
        "program": lambda r: f"{r.tool.name} {r.tool.version}",
        "target": lambda r: r.target,
        "date": lambda r: r.as_of,
        "inventory and lineage": lambda r: r.facts,
        "knowledge base": lambda r: f"{r.catalogue.version} {r.catalogue.digest}",
        "profile": lambda r: r.profile,
        "profile file": lambda r: r.profile_file,
        "reading": lambda r: r.reading,
        "list files": lambda r: ", ".join(f"{n.key} {n.sha256} {n.retrieved}" for n in r.lists),
        "developers found on lists": lambda r: ", ".join(f"{n.key}: {' '.join(n.matched)}" for n in r.lists),
        "scenarios": lambda r: ", ".join(r.scenarios),
        "suppositions": lambda r: "; ".join(r.suppositions),
    }
    pairs = [(what, tell(before), tell(after)) for what, tell in named.items()]
    return [
        Difference(kind="input", what=what, before=one or "none", after=other or "none")
        for what, one, other in pairs
        if one != other
    ]


_Key = tuple[str, str, str, str]


def _told(record: DecisionRecord) -> dict[_Key, tuple[str, str]]:
    """By model, rule, scenario and reading: the verdict, and the digest of what was said."""
    table: dict[_Key, tuple[str, str]] = {}
    for decided in record.decisions:
        for case in decided.cases:
            key = (decided.model, decided.instrument, case.scenario, case.reading)
            table[key] = (decided.verdict, decided.digest)
    for cell in record.outcomes:
        table[cell.model, "all rules", cell.scenario, cell.reading] = (cell.verdict, "")
    return table


def _moved(before: DecisionRecord, after: DecisionRecord) -> list[Difference]:
    old, new = _told(before), _told(after)
    names = {d.model: d.name for record in (before, after) for d in record.decisions}
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        if one == other:
            continue
        was, now = (held[0] if held is not None else "clear" for held in (one, other))
        if was == now:
            was, now = f"{was}, on its grounds", f"{now}, on others"
        model, instrument, scenario, reading = key
        grouped.setdefault((model, instrument, was, now), []).append(f"{scenario}/{reading}")
    return [
        Difference(
            kind="decision",
            what=f"{names.get(model) or model}: {instrument}",
            before=was,
            after=now,
            cases=tuple(cases),
        )
        for (model, instrument, was, now), cases in grouped.items()
    ]
