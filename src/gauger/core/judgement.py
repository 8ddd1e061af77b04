"""What a person should look at, what was not examined, and what the rules say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

import msgspec

from gauger.core.inventory import Location
from gauger.core.readings import Reason
from gauger.core.record import Record

Severity = Literal["info", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
"""From least to most; `--fail-on` names one of these."""

Verdict = Literal[
    "prohibited",
    "unlicensed",
    "prohibited-under-strict-reading",
    "undetermined",
    "duties",
    "watch",
    "clear",
]
VERDICTS: tuple[Verdict, ...] = (
    "prohibited",
    "unlicensed",
    "prohibited-under-strict-reading",
    "undetermined",
    "duties",
    "watch",
    "clear",
)
"""From worst to best. `clear` always means: as of the knowledge base's date, under the reading."""

LegalReading = Literal["literal", "cautious", "strict"]
READINGS: tuple[LegalReading, ...] = ("literal", "cautious", "strict")
"""What a silent text is taken to mean. literal: no. cautious: review. strict: yes."""

Truth = Literal["true", "false", "unknown"]
"""Kleene's three values."""


class Finding(Record, frozen=True, kw_only=True):
    """Something a person should look at.

    Attributes:
        rule: The rule's ident, also the heading of its section in the docs.
        severity: How much it matters if true.
        confidence: How sure the rule is; not a probability.
        audience: For whom it is.
        subject: Id of the model or artifact, or empty.
        locations: Where to look, most telling first.
        message: What was found, in one sentence.
        remedy: What to do.
        evidence: Ids of evidence and claims behind it.
        accepted_by: Owner of the accepted risk; empty where nobody accepted it.
        accepted_until: Its expiry as an ISO date; empty where nobody accepted it.
        accepted_because: The reason that the owner gave.
    """

    rule: str
    severity: Severity
    confidence: Literal["low", "medium", "high"]
    audience: tuple[Literal["platform", "security", "compliance", "provider"], ...]
    subject: str = ""
    locations: tuple[Location, ...] = ()
    message: str
    remedy: str = ""
    evidence: tuple[str, ...] = ()
    accepted_by: str = ""
    accepted_until: str = ""
    accepted_because: str = ""

    prefix: ClassVar[str] = "finding"
    identity: ClassVar[tuple[str, ...]] = ("rule", "subject", "locations", "message")


class Gap(Record, frozen=True, kw_only=True):
    """What was not examined or could not be, why, and which conclusions it touches.

    Attributes:
        part: Which part or plugin stopped: `walk`, `safetensors`, `python`, `tokenizer-vocabulary`.
        reason: One of the closed set.
        location: Where, if it is a place.
        subject: Id of the model or artifact, if it is about one.
        detail: What happened, in one sentence.
        touches: Which conclusions are weaker for it, in words: `lineage of models/x`, `uses in src/`.
        remedy: What would close the gap, or empty.
    """

    part: str
    reason: Reason
    location: Location | None = None
    subject: str = ""
    detail: str
    touches: tuple[str, ...] = ()
    remedy: str = ""

    prefix: ClassVar[str] = "gap"
    identity: ClassVar[tuple[str, ...]] = ("part", "reason", "location", "subject", "detail")


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One node of a decision's derivation.

    Attributes:
        question: What was asked, in words: "Is the developer DeepSeek or its affiliate?"
        truth: The answer in three-valued logic.
        because: The fact that answers it, or what is missing.
        evidence: Ids of the claims, models or profile entries used.
        steps: The nodes below.
    """

    question: str
    truth: Truth
    because: str = ""
    evidence: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class Settle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An unknown fact that decides, and the cheapest way to settle it.

    Attributes:
        fact: What is not known: `profile.us-dod-contractor`, `lineage of models/helios-7b`.
        how: A command, or a question to a named person's role.
        kind: `factual` (can be found out) or `legal` (the text is silent; counsel chooses a reading).
    """

    fact: str
    how: str
    kind: Literal["factual", "legal"]


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was assumed: a scenario, and how silence was read.

    Attributes:
        scenario: Catalogue id; in a written document also `*`, for every scenario of the document.
        reading: How silence was read.
    """

    scenario: str
    reading: LegalReading


class Decision(Record, frozen=True, kw_only=True):
    """Model × instrument × scenario × reading → verdict, with its explanation.

    Most scenarios leave most rules alone, and readings differ only where a text is silent; so a decision is
    written once, with all the cases in which verdict and derivation are the same. A decision that is clear is
    not stored, except where it is clear only by a ruling of the profile; `Outcome` still covers it.

    Attributes:
        model: Id of the model.
        instrument: Catalogue id of the instrument or licence.
        cases: The scenarios and readings in which it holds, in the scenarios' and readings' order.
        verdict: One of the ordered set.
        summary: The answer in one sentence.
        step: The derivation.
        duties: What must be done, where the verdict is `duties`.
        flips: The smallest sets of changes (of fact, lineage, wording or date) that would change the verdict,
            in words, one line a set, with the verdict that follows.
        settles: The unknown facts that decide, each with the way to settle it.
        changes_on: ISO dates on which the verdict changes by the calendar alone.
        becomes: What the verdict is from each of those days on, in their order.
        lists: Keys of the list files at hand, with digest, publication and retrieval date in the document's
            own `lists`; empty where the user named none.
    """

    model: str
    instrument: str
    cases: tuple[Case, ...]
    verdict: Verdict
    summary: str
    step: Step
    duties: tuple[str, ...] = ()
    flips: tuple[str, ...] = ()
    settles: tuple[Settle, ...] = ()
    changes_on: tuple[str, ...] = ()
    becomes: tuple[Verdict, ...] = ()
    lists: tuple[str, ...] = ()

    prefix: ClassVar[str] = "decision"
    identity: ClassVar[tuple[str, ...]] = ("model", "instrument", "cases")

    def readings_in(self, scenario: str) -> tuple[LegalReading, ...]:
        """Under which readings does it hold in this scenario? Empty where it does not."""
        return tuple(case.reading for case in self.cases if case.scenario == scenario)


class Outcome(Record, frozen=True, kw_only=True):
    """The worst verdict for a model in a scenario under a reading: one cell of the matrix.

    Attributes:
        model: Id of the model.
        scenario: Catalogue id of the scenario.
        reading: How silence was read.
        verdict: The worst of its decisions; `clear` only where every instrument was decided.
        decisions: Ids of the decisions that give it, worst first; where it is clear, those that are so by a
            ruling only.
    """

    model: str
    scenario: str
    reading: LegalReading
    verdict: Verdict
    decisions: tuple[str, ...] = ()

    prefix: ClassVar[str] = "outcome"
    identity: ClassVar[tuple[str, ...]] = ("model", "scenario", "reading")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Which of these verdicts stands first in the order? `clear` for none at all."""
    return min(verdicts, key=VERDICTS.index, default="clear")
