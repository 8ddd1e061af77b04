"""The document that everything renders from: inventory, lineage, decisions, findings, gaps.

Version 1. The JSON Schema stands beside this module (`dossier-v1.schema.json`) and is made from these classes
by `scripts/schema.py`; a test fails when the two differ. Every version ever released loads for ever: when
version 2 comes, `load` upgrades version 1 and `tests/released/v1` holds the proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Literal

import msgspec

from gauger.core.comparison import Comparison
from gauger.core.day import is_day
from gauger.core.errors import Malformed, VerificationError
from gauger.core.inventory import Artifact, Digest, Model, Use
from gauger.core.judgement import READINGS, Case, Decision, Finding, Gap, LegalReading, Outcome
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.profile import Profile
from gauger.core.record import Record
from gauger.core.text import printable


class Tool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What wrote the document.

    Attributes:
        name: Always `gauger`.
        version: The program's version.
    """

    name: str
    version: str


class CatalogueStamp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which knowledge base was used.

    Attributes:
        version: `2026.11.0` and the like.
        as_of: ISO date up to which its facts were checked.
        digest: SHA-256 over its canonical content, `sha256:…`.
        stale: Ids of records whose next check was due before the dossier's date.
    """

    version: str
    as_of: str
    digest: str
    stale: tuple[str, ...] = ()


class ScenarioNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario as the reader needs it.

    Attributes:
        key: Catalogue id.
        title: A few words for a column's head.
        description: What is assumed, in one or two sentences.
        hypothetical: False for the law as it stands.
        changes: What the overlay adds or alters, one line each.
    """

    key: str
    title: str
    description: str
    hypothetical: bool
    changes: tuple[str, ...] = ()


class InstrumentNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument or licence as the reader needs it.

    Attributes:
        key: Catalogue id.
        title: Its name.
        jurisdiction: ISO code, or the party whose terms they are.
        status: `in-force`, `dormant`, `proposed`, `approved-unpublished`, `hypothetical`, …
        quote: The decisive words, short.
        sources: Addresses.
        checked_on: ISO date.
        next_check: ISO date.
        confidence: `high`, `medium`, `low`.
        binds_user: Does it bind this user at all, in three-valued logic, and why.
        binds_because: The fact that answers that.
        citation: How lawyers cite it.
        effect: What it does where it catches: `prohibit-use`, `label`, `warn`, …
        consequence: What that means for the user, in one sentence.
        cells: What the text says of each form: `weights: silent`.
    """

    key: str
    title: str
    jurisdiction: str
    status: str
    quote: str
    sources: tuple[str, ...]
    checked_on: str
    next_check: str
    confidence: str
    binds_user: Literal["true", "false", "unknown"]
    binds_because: str
    citation: str = ""
    effect: str = ""
    consequence: str = ""
    cells: dict[str, str] = {}


class ListNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sanctions or trade list that the user fetched, as it was used.

    Attributes:
        key: Short name, with the beginning of the digest: `us.csl@1f2e3d4c5b6a`.
        title: Its name for people.
        lists: Idents of the lists that it holds: `us.entity-list`, `us.ofac-sdn`.
        sha256: Of the file's bytes as they were imported.
        published: ISO date on which its publisher issued it; empty where the file does not say.
        retrieved: ISO date on which the user fetched it.
        entries: How many entries it has.
        matched: Ids of the developers found on it, exactly or by a confirmation.
    """

    key: str
    title: str
    lists: tuple[str, ...]
    sha256: str
    published: str
    retrieved: str
    entries: int
    matched: tuple[str, ...] = ()


class Coverage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much was looked at.

    Attributes:
        files_seen: Files below the root that no ignore rule excluded.
        files_read: Files that at least one collector opened.
        files_ignored: Files and folders left out by ignore rules.
        bytes_read: Bytes read from disk by collectors and readers, as far as they are counted.
        bytes_total: Bytes of the files of which `bytes_read` was read; 0 where that was not counted.
        weights_read_bytes: Bytes of weights whose numbers were read, for lineage by weights; a part read
            twice counts twice.
        weights_total_bytes: Bytes of the files of weights that were opened for it.
        collectors: Idents of the collectors that ran.
        probes: Idents of the probes that ran.
    """

    files_seen: int = 0
    files_read: int = 0
    files_ignored: int = 0
    bytes_read: int = 0
    bytes_total: int = 0
    weights_read_bytes: int = 0
    weights_total_bytes: int = 0
    collectors: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()


class Dossier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that one run found out. All tuples are sorted by id unless said otherwise.

    Attributes:
        schema_version: Of this document type.
        tool: What wrote it.
        target: What was examined: the root folder's or file's own name, never the path above it.
        as_of: ISO date for which the rules were evaluated; passed in, never read from a clock here.
        catalogue: Which knowledge base.
        profile: Who the user is, as far as they said.
        profile_digest: Of the profile file's bytes; empty where there was none.
        coverage: How much was looked at.
        artifacts: What was found.
        models: What the uses and artifacts are about.
        uses: How the stack uses them, mentions included (their status says so).
        references: Catalogue entries that claims point to.
        evidence: Observations.
        claims: Lineage.
        comparisons: Models whose weights were compared, pair by pair; claims follow from those that are
            linked.
        scenarios: In the catalogue's order: the law as it stands first.
        instruments: In the catalogue's order.
        decisions: Every decision that is not clear.
        outcomes: The matrix: every model × scenario × reading.
        findings: Worst first, then by id.
        gaps: What was not examined.
        inputs: Digests of what was read, by path.
        lists: List files that the user fetched, in the order of their keys.
        suppositions: What the user asked to suppose, in words; empty in a document about what is.
        from-examined: Which of profile and lists lay beside what was examined and was not named by the user:
            whoever wrote what was examined may have written it.
    """

    schema_version: Literal["1"] = "1"
    tool: Tool
    target: str
    as_of: str
    catalogue: CatalogueStamp
    profile: Profile = Profile()
    profile_digest: str = ""
    coverage: Coverage = Coverage()
    artifacts: tuple[Artifact, ...] = ()
    models: tuple[Model, ...] = ()
    uses: tuple[Use, ...] = ()
    references: tuple[Reference, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    scenarios: tuple[ScenarioNote, ...] = ()
    instruments: tuple[InstrumentNote, ...] = ()
    decisions: tuple[Decision, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    inputs: tuple[Digest, ...] = ()
    lists: tuple[ListNote, ...] = ()
    suppositions: tuple[str, ...] = ()
    from_examined: tuple[Literal["profile", "lists"], ...] = ()

    def records(self) -> Iterator[Record]:
        """All records that have an id, section by section."""
        for section in (
            self.artifacts,
            self.models,
            self.uses,
            self.references,
            self.evidence,
            self.claims,
            self.comparisons,
            self.decisions,
            self.outcomes,
            self.findings,
            self.gaps,
        ):
            yield from section

    @property
    def models_in_use(self) -> tuple[Model, ...]:
        """The models that the stack uses or holds; those that are only mentioned are left out."""
        return in_use(self.models, self.uses)

    @property
    def reading(self) -> LegalReading:
        """The reading that decides the first screen and the exit code."""
        return self.profile.reading


def in_use(models: Iterable[Model], uses: Iterable[Use]) -> tuple[Model, ...]:
    """Which of these models are more than mentioned? One without any use was found by its files alone."""
    mentioned: set[str] = set()
    used: set[str] = set()
    for use in uses:
        (mentioned if use.status == "mention" else used).add(use.model)
    return tuple(model for model in models if model.id not in mentioned - used)


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Dossier)


def dump(dossier: Dossier) -> bytes:
    """What are the bytes of this document?

    Keys sorted, two spaces of indentation, a final newline: readable in a diff, and the same for the same
    dossier on every machine. A decision that holds in every scenario of the document under a reading says so
    with one case, whose scenario is `*`; `load` writes them out again.
    """
    scenarios = tuple(note.key for note in dossier.scenarios)
    told = tuple(_gathered(d, scenarios) for d in dossier.decisions)
    short = msgspec.structs.replace(dossier, decisions=told)
    return msgspec.json.format(_ENCODER.encode(short), indent=2) + b"\n"


EVERY = "*"
"""As the scenario of a written case: every scenario of the document."""


def _gathered(decision: Decision, scenarios: tuple[str, ...]) -> Decision:
    """The decision with one case for each reading under which it holds in all of these scenarios.

    Cases that `_spread` would not write out again just so stay as they are.
    """
    whole = {r for r in READINGS if sum(c.reading == r for c in decision.cases) == len(scenarios) > 1}
    if not whole:
        return decision
    rest = tuple(c for c in decision.cases if c.reading not in whole)
    cases = (*(Case(scenario=EVERY, reading=r) for r in READINGS if r in whole), *rest)
    short = msgspec.structs.replace(decision, cases=cases)
    return short if _spread(short, scenarios).cases == decision.cases else decision


def _spread(decision: Decision, scenarios: tuple[str, ...]) -> Decision:
    """The decision with all its cases, in the scenarios' and the readings' order."""
    if not any(case.scenario == EVERY for case in decision.cases):
        return decision
    whole = {case.reading for case in decision.cases if case.scenario == EVERY}
    some = {(case.scenario, case.reading) for case in decision.cases}
    cases = (
        Case(scenario=scenario, reading=reading)
        for scenario in scenarios
        for reading in READINGS
        if reading in whole or (scenario, reading) in some
    )
    return msgspec.structs.replace(decision, cases=tuple(cases))


def load(data: bytes) -> Dossier:
    """Which dossier do these bytes hold?

    Raises:
        Malformed: not JSON, not a dossier of a known version, or evaluated for a day that does not exist.
        VerificationError: a record's id is not the one that its content gives, or two records share one.
    """
    try:
        dossier = _DECODER.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise Malformed(f"not a dossier of version 1: {error}") from error
    if not is_day(dossier.as_of):
        raise Malformed(f"no such day: {printable(dossier.as_of, 40)}", subject="as_of")
    _check_days(dossier.profile)
    scenarios = tuple(note.key for note in dossier.scenarios)
    spread = tuple(_spread(decision, scenarios) for decision in dossier.decisions)
    dossier = msgspec.structs.replace(dossier, decisions=spread)
    seen: set[str] = set()
    for record in dossier.records():
        if not record.has_own_id():
            raise VerificationError("the id does not match the content", subject=record.id)
        if record.id in seen:
            raise VerificationError("two records have this id", subject=record.id)
        seen.add(record.id)
    return dossier


def _check_days(profile: Profile) -> None:
    """Are the days of acceptances and rulings days? They decide by comparison: `never` would not run out.

    Raises:
        Malformed: one is none.
    """
    days = [risk.expires for risk in profile.accepted]
    days += [day for ruling in profile.rulings for day in (ruling.on, ruling.review) if day]
    for day in days:
        if not is_day(day):
            raise Malformed(f"no such day: {printable(day, 40)}", subject="profile")


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of this document type."""
    schema = msgspec.json.schema(Dossier)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gauger dossier, version 1",
        **schema,
    }


def published_schema() -> bytes:
    """The stored schema file, as it was released with this version of the program."""
    return (files("gauger.core") / "dossier-v1.schema.json").read_bytes()
