"""States of the US as places: what they imply, what stays open, and what a misspelt one is told."""

from __future__ import annotations

import pytest

from build.policy import INSURER, Rules, decision, judged, named, rule, shipped
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN
from gauger.assess.profile_file import load_profile
from gauger.assess.user import user_of
from gauger.catalogue.territories import (
    COUNTRIES,
    EUROPEAN_UNION,
    US_STATES,
    is_place,
    nearest_place,
    parts_left_open,
    with_wholes,
)
from gauger.core.errors import UsageError
from gauger.core.profile import Profile


def user(*jurisdictions, country=""):
    """A user who lists these places."""
    return user_of(Profile(country=country, jurisdictions=jurisdictions), shipped())


def test_the_fifty_states_and_the_capital_district_are_places():
    """Their codes are those of ISO 3166-2; what has a country code of its own is not among them."""
    assert len(US_STATES) == 51
    assert {"US-TX", "US-KS", "US-NY", "US-DC"} <= set(US_STATES)
    assert all(is_place(code) for code in US_STATES)
    assert not is_place("US-PR")
    assert "PR" in COUNTRIES


@pytest.mark.parametrize(
    ("named_places", "also"),
    [
        ({"US-TX"}, {"US"}),
        ({"DE"}, {"EU"}),
        ({"US-NY", "FR"}, {"US", "EU"}),
        ({"GB"}, set()),
        ({"US"}, set()),
        (set(), set()),
    ],
)
def test_a_part_implies_the_whole_and_never_the_other_way(named_places, also):
    """Somebody in Texas is in the United States; somebody in the United States may be in no state we name."""
    assert with_wholes(frozenset(named_places)) == named_places | also


def test_a_whole_without_its_parts_leaves_every_part_open():
    """Once one part is named, the others are not open any more."""
    assert parts_left_open(frozenset({"US"})) == frozenset(US_STATES)
    assert parts_left_open(frozenset({"EU", "US", "US-TX"})) == EUROPEAN_UNION
    assert parts_left_open(frozenset({"US", "US-TX"})) == frozenset()
    assert parts_left_open(frozenset({"GB"})) == frozenset()


@pytest.mark.parametrize(
    ("places", "asked", "answer"),
    [
        (("US-TX",), "US-TX", TRUE),
        (("US-TX",), "US", TRUE),
        (("US-TX",), "US-KS", FALSE),
        (("US", "US-TX"), "US-KS", FALSE),
        (("US",), "US-TX", UNKNOWN),
        (("US",), "CZ", FALSE),
        (("GB",), "US-TX", FALSE),
        (("EU",), "CZ", UNKNOWN),
        (("EU", "US-TX"), "CZ", UNKNOWN),
        ((), "US-TX", UNKNOWN),
    ],
)
def test_whether_the_law_of_a_state_applies(places, asked, answer):
    """Unknown only where the profile leaves the state open, as with the members of the EU."""
    assert user(*places).under((asked,)) == answer


def test_a_seat_in_the_us_leaves_its_state_open():
    """The seat is a country; which state it is in, only `jurisdictions` tells."""
    assert user("GB", country="US").under(("US-TX",)) == UNKNOWN
    assert user("US-KS", country="US").under(("US-TX",)) == FALSE


def test_a_state_implies_what_its_country_implies():
    """A question that is yes for all of the US is yes for somebody who names only Texas."""
    assert user("US-TX").fact("subject-to-ear") == user("US").fact("subject-to-ear") == TRUE


def test_an_open_state_is_settled_by_naming_it():
    """The decision says which line of the profile is missing, and does not ask the other question again."""
    rules = Rules([rule(binds={"all": [{"jurisdiction": ["US-TX"]}, {"fact": "us-state-agency"}]})])
    profile = Profile(jurisdictions=("US",), facts={"us-state-agency": True})
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), profile, catalogue=rules)
    told = decision(found, "test.rule")
    assert told.verdict == "undetermined"
    (settle,) = [s for s in told.settles if s.fact == "profile.jurisdictions"]
    assert "US-TX" in settle.how


def test_somebody_who_is_no_state_body_need_not_name_a_state():
    """One answer settles the rules of all states."""
    rules = Rules([rule(binds={"all": [{"jurisdiction": ["US-TX"]}, {"fact": "us-state-agency"}]})])
    profile = Profile(jurisdictions=("US",), facts={"us-state-agency": False})
    assert not judged(named("deepseek-ai/DeepSeek-V3.1"), profile, catalogue=rules).decisions


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("TX", "US-TX"),
        ("us-tx", "US-TX"),
        ("US_TX", "US-TX"),
        ("Texas", "US-TX"),
        ("Kansass", "US-KS"),
        ("UK", "GB"),
        ("gb", "GB"),
        ("GA", "GA"),
        ("US-TZ", ""),
        ("Mars", ""),
    ],
)
def test_what_was_meant_by_a_word(word, meant):
    """A missing country, small letters and names are understood; of one code no other is guessed."""
    assert nearest_place(word) == meant


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("jurisdictions: [TX]", "'TX'", "did you mean 'US-TX'?"),
        ("jurisdictions: [US-TZ]", "'US-TZ'", "a state of the US such as US-TX"),
        ("country: US-TX", "'US-TX'", "go to jurisdictions"),
    ],
)
def test_a_wrong_place_in_a_profile_stops_the_run(tmp_path, text, message, hint):
    """A rule that silently does not bind would be a wrong legal answer."""
    path = tmp_path / "gauger.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        load_profile(path, shipped())
    assert message in error.value.message
    assert hint in error.value.hint


def test_a_profile_may_list_states(tmp_path):
    """They stand beside countries and the EU."""
    path = tmp_path / "gauger.yaml"
    path.write_text("country: US\njurisdictions: [US-TX, EU, GB]\nfacts: {us-state-agency: no}\n")
    profile, _ = load_profile(path, shipped())
    assert profile.jurisdictions == ("US-TX", "EU", "GB")


def test_an_insurer_in_the_uk_is_bound_by_no_state():
    """Not even where it was never asked whether it is a state's body."""
    facts = {k: v for k, v in INSURER.facts.items() if k != "us-state-agency"}
    profile = Profile(country="GB", jurisdictions=("GB",), facts=facts)
    found = judged(named("deepseek-ai/DeepSeek-V3.1", form="app"), profile)
    assert not [d for d in found.decisions if d.instrument.startswith(("us.tx", "us.ks"))]
