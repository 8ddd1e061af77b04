"""Acceptances of instruments, what they were decided on, and how they get into a profile."""

from __future__ import annotations

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from build.policy import AS_OF, INSURER, Rules, entry, judged, named, rule
from gauger.assess.acceptance import block_of, with_acceptance
from gauger.assess.accepted import (
    EXPIRED,
    OUTDATED,
    TOO_LONG,
    UNUSED,
    accept,
    accepted_decisions,
    years_later,
)
from gauger.assess.accepted_on import Grounds
from gauger.assess.alarms import alarms
from gauger.core.errors import UsageError
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.profile import AcceptedRisk
from gauger.formats.bounded_yaml import bounded_yaml

MODEL = named("deepseek-ai/DeepSeek-V3")
TWO = (rule("test.a"), rule("test.b", effect="unlicensed"))
ONE = TWO[:1]


def world(*rules, model=MODEL):
    """A model under these rules: what assess says, and on what a risk can be accepted."""
    told = judged(model, INSURER, catalogue=Rules(rules), references=(entry("deepseek-v3"),))
    return told, Grounds((model,), (), told.decisions, told.instruments, told.scenarios, "cautious")


def found(told, grounds, *risks, as_of=AS_OF, model=MODEL):
    """The findings of the law as it stands, with these acceptances."""
    accepted = accepted_decisions(risks, grounds, as_of)
    raised = alarms(told.scenarios, told.outcomes, told.decisions, (model,), (), "cautious", accepted)
    return accept(raised, risks, (model,), as_of, grounds)


def risk(**changes):
    """Somebody answers for rule a on the model."""
    fields = {"rule": "instrument:test.a", "subject": MODEL.name, "owner": "CTO", "reason": "pilot"}
    return AcceptedRisk(**{**fields, "expires": "2026-12-31", **changes})


def test_an_accepted_instrument_covers_the_alarm_that_rests_on_it():
    """Prohibited today is marked with the owner; nothing else is said."""
    (alarm,) = found(*world(*ONE), risk())
    assert (alarm.rule, alarm.accepted_by) == ("prohibited-today", "CTO")


def test_accepting_one_instrument_does_not_hide_another():
    """The worst verdict is accepted; the next one is told, and counts."""
    first, second = found(*world(*TWO), risk())
    assert (first.rule, first.accepted_by) == ("prohibited-today", "CTO")
    assert (second.rule, second.accepted_by) == ("unlicensed-today", "")


def test_two_rules_of_one_verdict_must_both_be_accepted():
    """Half an acceptance covers no finding; the owners of both are named."""
    rules = (rule("test.a"), rule("test.b"))
    (half,) = found(*world(*rules), risk())
    assert half.accepted_by == ""
    other = risk(rule="instrument:test.b", owner="GC", expires="2026-12-01")
    (whole,) = found(*world(*rules), risk(), other)
    assert (whole.accepted_by, whole.accepted_until) == ("CTO; GC", "2026-12-01")


def test_accepting_the_finding_does_not_hide_the_next_either():
    """The same for an acceptance by the finding's rule."""
    told = [f.rule for f in found(*world(*TWO), risk(rule="prohibited-today"))]
    assert told == ["prohibited-today", "unlicensed-today"]


@pytest.mark.parametrize(
    "changes", [{"rule": "instrument:test.z"}, {"subject": "other"}, {"subject": "deep"}]
)
def test_an_acceptance_of_another_instrument_or_model_covers_nothing(changes):
    """It is reported as unused, and the finding counts."""
    alarm, unused = found(*world(*ONE), risk(**changes))
    assert alarm.accepted_by == ""
    assert unused.rule == UNUSED


def test_an_expired_acceptance_of_an_instrument_is_a_finding_and_covers_nothing():
    """From the day after."""
    alarm, expired = found(*world(*ONE), risk(expires="2026-11-22"))
    assert alarm.accepted_by == ""
    assert expired.rule == EXPIRED


def test_what_was_accepted_is_compared_with_what_is_found():
    """Equal: covered. Another text, another verdict, another maker: outdated, and it counts again."""
    told, grounds = world(*ONE)
    digest = grounds.digest_of_instrument(MODEL.id, "test.a")
    assert found(told, grounds, risk(dossier=digest))[0].accepted_by == "CTO"
    for changed in (
        world(rule("test.a", quote="another text")),
        world(rule("test.a", effect="unlicensed")),
    ):
        alarm, outdated = found(*changed, risk(dossier=digest))
        assert alarm.accepted_by == ""
        assert outdated.rule == OUTDATED
    other = msgspec.structs.replace(MODEL, licence="mit")
    assert found(*world(*ONE, model=other), risk(dossier=digest), model=other)[1].rule == OUTDATED


def test_the_digest_does_not_move_with_the_words_or_the_day():
    """A better title, another date of checking and another day of the evaluation change nothing."""
    _, grounds = world(*ONE)
    digest = grounds.digest_of_instrument(MODEL.id, "test.a")
    _, later = world(rule("test.a", title="Better words", **{"checked-on": "2026-02-02"}))
    assert later.digest_of_instrument(MODEL.id, "test.a") == digest
    told = judged(
        MODEL, INSURER, catalogue=Rules(ONE), references=(entry("deepseek-v3"),), as_of="2026-11-30"
    )
    again = Grounds((MODEL,), (), told.decisions, told.instruments, told.scenarios, "cautious")
    assert again.digest_of_instrument(MODEL.id, "test.a") == digest


def test_a_finding_is_accepted_with_a_digest_too():
    """Of its rule, the model and the decisions behind it."""
    told, grounds = world(*ONE)
    (alarm,) = found(told, grounds)
    accepted = risk(rule=alarm.rule, dossier=grounds.digest_of_finding(alarm))
    assert found(told, grounds, accepted)[0].accepted_by == "CTO"
    assert found(told, grounds, msgspec.structs.replace(accepted, dossier="sha256:0"))[1].rule == OUTDATED


@pytest.mark.parametrize(
    ("expires", "told"), [("2028-11-23", False), ("2028-11-24", True), ("9999-12-31", True)]
)
def test_an_acceptance_for_more_than_two_years_is_reported_and_counts(expires, told):
    """Counted from the day of the evaluation."""
    alarm, *rest = found(*world(*ONE), risk(expires=expires))
    assert alarm.accepted_by == "CTO"
    assert [f.rule for f in rest] == [TOO_LONG] * told


@given(st.dates())
def test_two_years_later_is_a_day_whatever_the_day(day):
    """Leap days and the end of the calendar included."""
    assert years_later(day.isoformat()) >= day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "country: GB\n",
        "country: GB",
        "accepted:\n",
        "accepted:",
        "accepted: # ours\n  # first\n  - {rule: x, subject: y, owner: o, reason: r, expires: '2027-1'}\n",
        "accepted:\n- rule: x\n  subject: y\n  owner: o\n  reason: r\n  expires: '2027-01-01'\ncountry: GB\n",
        "# accepted: nothing\ncountry: GB\nmodifications: [{model: a, tokens: 7e9}]\n",
    ],
)
def test_a_block_is_put_first_and_everything_else_stays(text):
    """Comments and other keys are kept as they were written."""
    after = yaml.safe_load(with_acceptance(text, risk(), "gauger.yaml"))
    before = yaml.safe_load(text) or {}
    assert after["accepted"][0]["owner"] == "CTO"
    assert after["accepted"][1:] == (before.get("accepted") or [])
    assert {k: v for k, v in after.items() if k != "accepted"} == {
        k: v for k, v in before.items() if k != "accepted"
    }


@pytest.mark.parametrize(
    "text", ["accepted: []\n", "accepted: [{rule: x}]\n", "'accepted': []\n", "- a\n", "accepted:\n  x: y\n"]
)
def test_a_file_that_is_written_otherwise_is_left_alone(text):
    """The block is to be put in by hand."""
    with pytest.raises(UsageError):
        with_acceptance(text, risk(), "gauger.yaml")


@pytest.mark.parametrize(
    "words", ['a "quoted" word', "x: y", "- [a]", "#", "'", "\\", "日本", "&a *b !c", "{}"]
)
def test_hostile_texts_stay_texts(words):
    """What owner, reason or model are called cannot become YAML."""
    hostile = risk(owner=words, reason=words, subject=words)
    (item,) = yaml.safe_load("accepted:\n" + block_of(hostile))["accepted"]
    assert (item["owner"], item["reason"], item["subject"]) == (words, words, words)


@pytest.mark.parametrize(
    "name", ["a\u202eb", "a\x85b\u2028c\x7f", 'say "x" \\ y\n', "\U0001f999\U000e0041", "模型"]
)
def test_a_block_shows_everything_that_is_in_it(name):
    """A model's name out of a stranger's document neither steers the terminal nor gets lost on the way."""
    risk = AcceptedRisk(rule="r", subject=name, owner="o", reason="b", expires="2027-01-01")
    block = "accepted:\n" + block_of(risk)
    assert all(c.isprintable() for c in block.replace("\n", ""))
    assert bounded_yaml(block, DEFAULT_LIMITS)["accepted"][0]["subject"] == name
