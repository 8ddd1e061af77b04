"""Deciding again what a record says was decided."""

from __future__ import annotations

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.decision_record import DecisionRecord, Difference, differences, dump_record, record_of
from gauger.core.dossier import Dossier
from gauger.flows.check import judged_again
from gauger.flows.question import Question


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        record: Of the second time.
        identical: Whether it is the same, byte for byte.
        differences: Inputs and decisions that are not.
    """

    record: DecisionRecord
    identical: bool
    differences: tuple[Difference, ...] = ()


def question_of(record: DecisionRecord, asked: Question) -> Question:
    """The question that the record answers: its day, scenarios, reading and suppositions."""
    profile = msgspec.structs.replace(asked.profile, reading=record.reading)
    return msgspec.structs.replace(
        asked,
        as_of=record.as_of,
        profile=profile,
        scenarios=record.scenarios,
        suppositions=record.suppositions,
    )


def replay(record: DecisionRecord, dossier: Dossier, lookup: Lookup, asked: Question) -> Replay:
    """Is the same decided again?

    Args:
        record: What was decided.
        dossier: Inventory and lineage; whatever it says of decisions is not looked at.
        lookup: The knowledge base.
        asked: Who the user is, and their list files; the rest is the record's.

    Raises:
        UsageError: the record names a scenario that this knowledge base does not have.
    """
    question = question_of(record, asked)
    again = record_of(judged_again(dossier, lookup, question), question.suppositions)
    return Replay(
        record=again,
        identical=dump_record(again) == dump_record(record),
        differences=differences(record, again),
    )
