"""Answers that bind to nothing for want of a place are told, and others are not."""

from __future__ import annotations

import msgspec

from build.policy import INSURER, SUBCONTRACTOR, judged, named
from gauger.assess.unplaced import UNPLACED

MODEL = named("deepseek-ai/DeepSeek-V3.1")


def told(profile, **facts):
    """The findings of this kind for a profile with these answers."""
    asked = msgspec.structs.replace(profile, facts={**profile.facts, **facts})
    return [f for f in judged(MODEL, asked).findings if f.rule == UNPLACED]


def test_a_yes_to_a_question_of_one_country_without_that_country_is_told():
    """A supplier abroad who does not list the US is clear of its procurement rules, and hears of it."""
    (finding,) = told(INSURER, **{"us-federal-contractor": True})
    assert "'us-federal-contractor'" in finding.message
    assert "US" in finding.message
    assert "us.fascsa" in finding.message
    assert "jurisdictions" in finding.remedy


def test_with_the_place_nothing_is_told():
    """Whoever lists the country is bound by its rules, and there is nothing to say."""
    assert told(SUBCONTRACTOR, **{"us-federal-contractor": True}) == []


def test_a_no_and_a_missing_answer_are_not_told():
    """Only a yes that counts for nothing is an oversight."""
    assert told(INSURER, **{"us-federal-contractor": False}) == []
    assert told(INSURER) == []


def test_a_question_of_several_countries_is_not_told():
    """A British body answers yes for Britain; that Australia asks the same is no oversight."""
    assert told(INSURER, **{"central-government-body": True}) == []


def test_a_profile_without_places_is_asked_for_them_and_not_told_this():
    """Where no place is listed at all, the rules are open and not idle."""
    nowhere = msgspec.structs.replace(INSURER, country="", jurisdictions=())
    assert told(nowhere, **{"us-federal-contractor": True}) == []
