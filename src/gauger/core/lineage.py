"""What was observed and what follows from it: evidence, claims, and the catalogue entries they refer to."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from gauger.core.inventory import Digest, Location
from gauger.core.readings import Known, Reading, Unmeasured
from gauger.core.record import Facts, Record

Relation = Literal[
    "same-as",
    "converted-from",
    "quantised-from",
    "pruned-from",
    "fine-tuned-from",
    "adapter-of",
    "merged-from",
    "distilled-from",
    "trained-on-outputs-of",
    "shares-tokenizer-with",
    "architecture-from",
]
"""The closed set. The last two are not lineage in law or in fact: a tokenizer or a class can be reused."""

SAME_MODEL: frozenset[Relation] = frozenset({"same-as", "converted-from", "quantised-from"})
"""One model, whatever its format: what holds of the one's weights holds of the other's."""

BUILT: frozenset[Relation] = SAME_MODEL | {"pruned-from", "fine-tuned-from", "adapter-of", "merged-from"}
"""The weights of one are in the other, changed or not. Weights show that, and not which came first."""

TAUGHT: frozenset[Relation] = frozenset({"distilled-from", "trained-on-outputs-of"})
"""One learned from the other: no weight need be shared."""

Basis = Literal["declared", "observed", "catalogue", "alleged", "supposed"]
"""Where a claim comes from. These never merge; an allegation is never evidence. supposed: the user asked what
if it were so; it stands only in the document that answers that question."""

Strength = Literal["none", "weak", "moderate", "strong", "exact"]
"""How far an *observation* carries. exact: equal digests. strong: a test whose error rate is at or under the
claim threshold. moderate: a match that few others share. weak: compatible, and so are others. Declared,
catalogue and alleged claims are not observations and have `none`."""

STRENGTHS: tuple[Strength, ...] = ("none", "weak", "moderate", "strong", "exact")


class Listing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An entry of a developer, or of a company that owns it, on an official list.

    Attributes:
        list: `us.entity-list`, `us.1260h`, …
        holder: Catalogue id of who is on it.
        since: ISO date or month.
        until: ISO date, or empty while it stands.
        status: `listed`, or `approved-unpublished`.
    """

    list: str
    holder: str
    since: str
    until: str = ""
    status: Literal["listed", "approved-unpublished"] = "listed"


class Reference(Record, frozen=True, kw_only=True):
    """A catalogue entry that a claim points to, with what a reader needs to know of it.

    Attributes:
        kind: What it is.
        key: Its id in the catalogue: `qwen2.5-7b`, `tokenizer/qwen2`.
        title: Its name for people.
        developer: Catalogue id of the developer.
        developer_title: The developer's name for people.
        country: ISO 3166-1 alpha-2 code of the developer's seat.
        licence: Catalogue id of the licence.
        source: Address of the statement.
        group: The developer and all companies above it, sorted; empty where that was not recorded.
        listings: Entries of the group on official lists, as the knowledge base has them.
    """

    kind: Literal["model", "family", "tokenizer", "structure", "dataset", "developer"]
    key: str
    title: str
    developer: Known = Unmeasured(reason="not-in-catalogue")
    developer_title: str = ""
    country: Known = Unmeasured(reason="not-in-catalogue")
    licence: Known = Unmeasured(reason="not-in-catalogue")
    source: str = ""
    group: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()

    prefix: ClassVar[str] = "reference"
    identity: ClassVar[tuple[str, ...]] = ("kind", "key")


class Evidence(Record, frozen=True, kw_only=True):
    """One observation by one probe about a subject and a reference.

    Attributes:
        probe: The probe's ident: `tokenizer-vocabulary`, `structure`, `declared-metadata`.
        subject: Id of the model or artifact that was looked at.
        reference: Id of the model or catalogue reference it was compared with; empty where there was none.
        statement: What was seen, in one sentence, with the numbers.
        reading: The number, or why there is none.
        strength: How far it carries.
        calibration: Which measurement gives the error rate: an ident in `docs/methods`, or a sentence that
            says there is none and why the observation is still shown.
        inputs: Digests of what was read.
        locations: Where it stands, for statements that a file makes.
        facts: Details for a reader who wants to repeat it.
    """

    probe: str
    subject: str
    reference: str = ""
    statement: str
    reading: Reading
    strength: Strength = "none"
    calibration: str
    inputs: tuple[Digest, ...] = ()
    locations: tuple[Location, ...] = ()
    facts: Facts = {}

    prefix: ClassVar[str] = "evidence"
    identity: ClassVar[tuple[str, ...]] = ("probe", "subject", "reference", "statement", "inputs")


class Claim(Record, frozen=True, kw_only=True):
    """Subject, relation, object; on what basis and how strongly.

    Attributes:
        subject: Id of a model of the inventory, or of a catalogue reference (catalogue lineage).
        relation: One of the closed set.
        object: Id of a model of the inventory, or of a catalogue reference.
        basis: Where the claim comes from.
        strength: How far the observations carry; `none` for anything not observed.
        evidence: Ids of the evidence behind it.
        component: Which part it is about (`embeddings`, `layers 0-11`, `vision tower`); empty for the whole.
        share: How much of the object is in it (a merge's weight), or why that is not known.
        direction: How it is known which of the two came first: `declared`, `catalogue`, `dates`,
            `heuristic`, `unknown`. Weights alone never tell.
        source: Address or place of the statement, for declared, catalogue and alleged claims.
        alleged_by: Who says so, for an allegation.
        answer: What the accused answers, for an allegation.
    """

    subject: str
    relation: Relation
    object: str
    basis: Basis
    strength: Strength = "none"
    evidence: tuple[str, ...] = ()
    component: str = ""
    share: Reading = Unmeasured(reason="not-supported")
    direction: Literal["declared", "catalogue", "dates", "heuristic", "unknown"] = "unknown"
    source: str = ""
    alleged_by: str = ""
    answer: str = ""

    prefix: ClassVar[str] = "claim"
    identity: ClassVar[tuple[str, ...]] = ("subject", "relation", "object", "basis", "component", "source")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.basis != "observed" and self.strength != "none":
            raise ValueError(f"a claim that is {self.basis} has no strength: nothing was observed")
        if self.basis == "observed" and not self.evidence:
            raise ValueError("an observed claim names its evidence")


def strongest(claims: tuple[Claim, ...]) -> Claim | None:
    """Which of these claims was observed most strongly? None where nothing was observed."""
    observed = [c for c in claims if c.basis == "observed"]
    return max(observed, key=lambda c: (STRENGTHS.index(c.strength), c.id), default=None)
