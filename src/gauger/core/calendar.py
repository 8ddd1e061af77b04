"""What changes on which day without anybody doing anything: a document of its own, version 1."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.canonical import document_json
from gauger.core.judgement import LegalReading, Verdict


class Turn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that happens on one day.

    Attributes:
        date: ISO date; for a verdict, the first day on which the new one holds.
        kind: verdict (a rule says something else from that day on), check-due (a record of the knowledge base
            is to be compared with its sources), acceptance-ends (the last day on which somebody answers for a
            finding), review-due (counsel's ruling is to be looked at again).
        subject: Id of the rule, or what the acceptance or ruling is about.
        title: The same for people.
        models: Names of the models that it concerns.
        scenarios: Ids of the scenarios in which it happens.
        before: The rule's verdict up to the day before.
        after: The rule's verdict from that day on.
        note: Whatever else a reader needs: who accepted, that the day is past.
    """

    date: str
    kind: Literal["verdict", "check-due", "acceptance-ends", "review-due"]
    subject: str
    title: str
    models: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    before: Verdict | Literal[""] = ""
    after: Verdict | Literal[""] = ""
    note: str = ""


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All dates of one dossier.

    Attributes:
        schema: Always `gauger-calendar`.
        version: Of this document type.
        target: What was examined.
        as_of: ISO date from which on it looks.
        reading: How silence is read.
        catalogue: Version of the knowledge base.
        catalogue_digest: Its digest.
        scenarios: Id → title of those looked at, in order.
        turns: By date, kind, subject.
    """

    schema: Literal["gauger-calendar"] = "gauger-calendar"
    version: Literal[1] = 1
    target: str
    as_of: str
    reading: LegalReading
    catalogue: str
    catalogue_digest: str
    scenarios: dict[str, str]
    turns: tuple[Turn, ...]


def dump(calendar: Calendar) -> bytes:
    """What are the bytes of this document? Keys sorted, two spaces of indentation, a final newline."""
    return document_json(calendar)
