"""What moved between two documents, two scenarios or two editions of the knowledge base, and what moved it.

A document of its own: `gauger-diff`, version 1, described in `docs/reference/diff.md`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.canonical import document_json
from gauger.core.judgement import VERDICTS, Case, LegalReading, Verdict

Input = Literal[
    "profile",
    "date",
    "catalogue",
    "inventory",
    "lineage",
    "lists",
    "suppositions",
    "scenario",
    "program",
]
"""From what verdicts follow. program: the version of Gauger."""


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the records of this document."""


class Side(Strict, frozen=True, kw_only=True):
    """One of the two that are compared.

    Attributes:
        title: The scenario, or the document's target.
        as_of: ISO date for which the rules were evaluated.
        reading: The profile's reading.
        catalogue: Version of the knowledge base.
        catalogue_digest: Its digest.
        profile_digest: Of the profile's file; empty where there was none.
        program: Version of Gauger that wrote it.
    """

    title: str
    as_of: str
    reading: LegalReading
    catalogue: str
    catalogue_digest: str
    profile_digest: str = ""
    program: str = ""


class Cause(Strict, frozen=True, kw_only=True):
    """One input that differs, and that moved a verdict.

    Attributes:
        input: Which.
        key: What of it: `facts.commercial-use`, `instruments/us.ndaa26.1532.a2`, `claim-…`.
        before: How it was, for people; empty where it was not there.
        after: How it is; empty where it is gone.
    """

    input: Input
    key: str
    before: str = ""
    after: str = ""


class Moved(Strict, frozen=True, kw_only=True):
    """A verdict that moved, in all the cases in which it moved alike and for the same reason.

    Attributes:
        model: Id.
        name: Its name.
        before: The old verdict.
        after: The new one.
        worse: Whether the new one stands nearer to `prohibited` in the order.
        cases: Scenarios and readings.
        rules: Ids of the rules that give the new verdict, or gave the old one where the new is clear.
        because: The smallest sets of inputs each of which alone moves it; empty where that could not be
            worked out, and then `note` says why.
        note: What a reader has to know of `because`.
    """

    model: str
    name: str
    before: Verdict
    after: Verdict
    worse: bool
    cases: tuple[Case, ...]
    rules: tuple[str, ...] = ()
    because: tuple[tuple[Cause, ...], ...] = ()
    note: str = ""


class Item(Strict, frozen=True, kw_only=True):
    """A thing that is new, gone or otherwise than before.

    Attributes:
        change: Which of the three.
        key: Its id in the document that has it (the new one where both have).
        what: The thing in words.
        before: For a changed one, how it was.
        after: For a changed one, how it is; for a new model, its verdict under the law as it stands.
    """

    change: Literal["new", "gone", "changed"]
    key: str
    what: str
    before: str = ""
    after: str = ""


class FieldChange(Strict, frozen=True, kw_only=True):
    """A field of a record of the knowledge base that differs.

    Attributes:
        record: Kind and id: `instruments/us.ndaa26.1532.a2`.
        field: Its name as in YAML; empty where the whole record is new or gone.
        before: The old value as JSON, shortened; empty where there was none.
        after: The new value.
    """

    record: str
    field: str
    before: str = ""
    after: str = ""


class Diff(Strict, frozen=True, kw_only=True):
    """What moved.

    Attributes:
        schema: Always `gauger-diff`.
        version: Of this document type.
        between: Two documents, two scenarios of one, or two editions of the knowledge base.
        old: The one.
        new: The other.
        inputs: Which inputs differ at all.
        models: Models that are new or gone.
        uses: Uses that are new or gone.
        lineage: Claims that are new, gone, or of another strength.
        verdicts: Verdicts that moved, worst first.
        findings: Findings that are new or gone.
        gaps: Gaps that are new or gone.
        records: Records of the knowledge base that moved a verdict, field by field.
        notes: What could not be compared or worked out.
    """

    schema: Literal["gauger-diff"] = "gauger-diff"
    version: Literal[1] = 1
    between: Literal["documents", "scenarios", "catalogues"]
    old: Side
    new: Side
    inputs: tuple[Input, ...] = ()
    models: tuple[Item, ...] = ()
    uses: tuple[Item, ...] = ()
    lineage: tuple[Item, ...] = ()
    verdicts: tuple[Moved, ...] = ()
    findings: tuple[Item, ...] = ()
    gaps: tuple[Item, ...] = ()
    records: tuple[FieldChange, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def got_worse(self) -> bool:
        """Did some verdict get worse, or did a model come that the law as it stands takes away?"""
        bad = VERDICTS[: VERDICTS.index("undetermined") + 1]
        return any(m.worse for m in self.verdicts) or any(
            i.change == "new" and i.after in bad for i in self.models
        )


def worse(before: Verdict, after: Verdict) -> bool:
    """Does the second stand nearer to `prohibited`?"""
    return VERDICTS.index(after) < VERDICTS.index(before)


def dump(diff: Diff) -> bytes:
    """What are the bytes of this document? Keys sorted, two spaces of indentation, a final newline."""
    return document_json(diff)
