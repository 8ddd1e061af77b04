"""Decision records: what they hold, what they do not, and how two differ."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.core.decision_record import differences, dump_record, facts_digest, load_record, record_of
from gauger.core.errors import Malformed, VerificationError


@settings(max_examples=40, deadline=None)
@given(dossiers())
def test_a_record_is_read_back_as_it_was_written(dossier):
    """Same document, same bytes; and they are in their one spelling."""
    data = dump_record(record_of(dossier))
    assert data == dump_record(record_of(dossier))
    assert load_record(data) == record_of(dossier)
    assert dump_record(load_record(data)) == data


def test_a_record_names_every_decision_and_cell():
    """None is left out, and each carries the digest of all that was said."""
    dossier = made.small()
    record = record_of(dossier)
    assert len(record.decisions) == len(dossier.decisions)
    assert len(record.outcomes) == len(dossier.outcomes)
    assert {d.verdict for d in record.decisions} == {d.verdict for d in dossier.decisions}


def test_a_record_holds_nothing_of_the_stacks_files():
    """No place of use, no written text, no path of a file that was read."""
    dossier = made.small()
    text = dump_record(record_of(dossier)).decode()
    for use in dossier.uses:
        assert use.location.path not in text
    for digest in dossier.inputs:
        assert digest.path not in text


def test_other_rules_do_not_move_the_facts_and_another_use_does():
    """Inventory and lineage have one digest, whoever judges them."""
    dossier = made.small()
    judged = msgspec.structs.replace(dossier, decisions=(), outcomes=(), findings=(), as_of="2027-01-01")
    assert facts_digest(judged) == facts_digest(dossier)
    assert facts_digest(msgspec.structs.replace(dossier, uses=dossier.uses[1:])) != facts_digest(dossier)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"as_of": "2027-01-01"}, "date"),
        ({"uses": ()}, "inventory and lineage"),
        ({"catalogue": msgspec.structs.replace(made.CATALOGUE, version="2027.1.0")}, "knowledge base"),
        ({"profile": msgspec.structs.replace(made.small().profile, country="FR")}, "profile"),
        ({"profile_digest": ""}, "profile file"),
        ({"scenarios": made.SCENARIOS[:1]}, "scenarios"),
        ({"suppositions": ("x = yes",)}, "suppositions"),
    ],
)
def test_each_input_that_differs_is_named(changes, what):
    """And no decision is said to have moved where none did."""
    before = record_of(made.small())
    found = differences(before, record_of(msgspec.structs.replace(made.small(), **changes)))
    assert [(d.kind, d.what) for d in found] == [("input", what)]


def test_each_decision_that_moved_is_named_with_both_verdicts():
    """A decision that is gone is clear; one whose derivation alone changed says so."""
    dossier = made.small()
    first, *rest = dossier.decisions
    before = record_of(dossier)
    (gone, *_) = differences(before, record_of(msgspec.structs.replace(dossier, decisions=tuple(rest))))
    assert (gone.kind, gone.before, gone.after) == ("decision", first.verdict, "clear")
    other = msgspec.structs.replace(first, summary="said otherwise")
    (moved,) = differences(before, record_of(msgspec.structs.replace(dossier, decisions=(other, *rest))))
    assert "grounds" in moved.before


def test_a_record_does_not_differ_from_itself():
    """Nothing is named where bytes are equal."""
    assert differences(record_of(made.hostile()), record_of(made.hostile())) == ()


def test_a_changed_record_is_refused():
    """The digest covers every field."""
    data = dump_record(record_of(made.small()))
    tampered = data.replace(b'"verdict":"prohibited"', b'"verdict":"watch"', 1)
    assert tampered != data
    with pytest.raises(VerificationError):
        load_record(tampered)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", b'{"schema":"gauger-decision-record-2"}', b"[" * 100_000],
)
def test_what_is_no_record_is_refused(data):
    """Broken, nested or of another version."""
    with pytest.raises(Malformed):
        load_record(data)


def test_another_spelling_of_the_same_record_is_refused():
    """A signature is over bytes: white space counts."""
    record = record_of(made.small())
    with pytest.raises(Malformed):
        load_record(json.dumps(json.loads(dump_record(record)), indent=1).encode())


@pytest.mark.parametrize("day", ["20261110", "2026-W46-2", "tomorrow"])
def test_a_record_of_a_day_that_is_none_is_refused(day):
    """Days of rules are compared with it as text, so it has one spelling."""
    record = msgspec.structs.replace(record_of(made.small()), as_of=day)
    record = msgspec.structs.replace(record, sha256=record.derived_digest())
    with pytest.raises(Malformed, match="no such day"):
        load_record(dump_record(record))
