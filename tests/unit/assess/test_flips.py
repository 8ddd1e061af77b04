"""What would change a verdict, in the words of the decision, and that it does when somebody does it."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import INSURER, Rules, decision, declared, entry, judged, local, named, rule, use
from gauger.core.judgement import Step
from gauger.core.profile import Profile

DEEPSEEK = "deepseek-ai/deepseek-llm-7b-chat"


def every(step: Step):
    """This step and all below it."""
    yield step
    for below in step.steps:
        yield from every(below)


def told(profile, *, name=DEEPSEEK, reading="cautious", **fields):
    """The decision of one rule with these fields on one model."""
    found = judged(named(name), profile, catalogue=Rules([rule(**fields)]))
    return decision(found, "test.rule", reading)


def verdict(profile, *, name=DEEPSEEK, **fields):
    """What the rule says under the cautious reading; `clear` where it has no decision."""
    found = judged(named(name), profile, catalogue=Rules([rule(**fields)]))
    said = [
        d.verdict
        for d in found.decisions
        if d.instrument == "test.rule" and "cautious" in d.readings_in("today")
    ]
    return said[0] if said else "clear"


def test_a_number_flips_at_its_bound_and_the_bound_is_told():
    """Above 700 million users: the change is the bound, and both sides of it are as told."""
    binds = {"above": {"question": "monthly-active-users", "value": 700_000_000}}
    big = Profile(facts={"monthly-active-users": 800_000_000})
    assert "if `monthly-active-users` were at most 700,000,000: clear" in told(big, binds=binds).flips
    assert verdict(Profile(facts={"monthly-active-users": 700_000_000}), binds=binds) == "clear"
    assert verdict(Profile(facts={"monthly-active-users": 700_000_001}), binds=binds) == "prohibited"


def test_between_two_bounds_the_range_is_told():
    """A rule for the middle names the middle, and what lies on either side clears."""
    binds = {
        "all": [
            {"at-least": {"question": "monthly-active-users", "value": 100}},
            {"not": {"above": {"question": "monthly-active-users", "value": 200}}},
        ]
    }
    flips = told(Profile(facts={"monthly-active-users": 150}), binds=binds).flips
    assert "if `monthly-active-users` were below 100: clear" in flips
    assert "if `monthly-active-users` were above 200: clear" in flips
    flips = told(Profile(), binds=binds).flips
    assert "if `monthly-active-users` were at least 100 and at most 200: prohibited" in flips


def test_a_number_that_is_not_given_is_asked_for_with_its_unit_and_who_knows():
    """The question, the role, and what to write."""
    binds = {"above": {"question": "monthly-active-users", "value": 700_000_000}}
    (settle,) = told(Profile(), binds=binds).settles
    assert settle.fact == "profile.monthly-active-users"
    assert settle.how.startswith("ask the ")
    assert "the number" in settle.how


def test_a_place_flips_either_way():
    """Under the law of GB or not; and leaving France is leaving the EU."""
    british = {"binds": {"jurisdiction": ["GB"]}}
    assert "if the user were not under the law of GB: clear" in told(INSURER, **british).flips
    assert verdict(Profile(jurisdictions=("FR",)), **british) == "clear"
    european = {"binds": {"any": [{"jurisdiction": ["FR"]}, {"jurisdiction": ["EU"]}]}}
    flips = told(Profile(jurisdictions=("FR",)), **european).flips
    assert "if the user were not under the law of FR or EU: clear" in flips


def test_two_grounds_take_two_changes():
    """Where either of two answers binds, only both changed together clear: one set of two, no set of one."""
    binds = {"any": [{"fact": "us-dod-contractor"}, {"fact": "uk-public-body"}]}
    yes = msgspec.structs.replace(
        INSURER, facts={**INSURER.facts, "us-dod-contractor": True, "uk-public-body": True}
    )
    flips = told(yes, binds=binds).flips
    assert "if `us-dod-contractor` were no and `uk-public-body` were no: clear" in flips
    assert not any(flip.startswith("if `us-dod-contractor` were no:") for flip in flips)


def test_a_waiver_is_told_with_who_grants_it_and_for_what():
    """In the flips as a change that clears, in the derivation with purposes."""
    waiver = [
        {
            "title": "case by case",
            "kind": "waiver",
            "by": "the Secretary of Defense",
            "purposes": ["research", "evaluation"],
        }
    ]
    decided = told(INSURER, exceptions=waiver)
    assert "if the Secretary of Defense granted the waiver “case by case”: clear" in decided.flips
    (step,) = [s for s in every(decided.step) if "case by case" in s.question]
    assert step.because == "it would have to be granted by the Secretary of Defense, for research, evaluation"


@pytest.mark.parametrize("held", ["to reach", "not to reach"])
def test_the_wording_of_a_silent_cell_flips_both_ways(held):
    """What counsel may hold, with the verdict that follows from it."""
    flips = told(INSURER, reaches={}).flips
    after = "prohibited" if held == "to reach" else "clear"
    assert f"if the text were held {held} the form weights: {after}" in flips


def test_a_rule_that_waits_says_what_it_would_be_in_force():
    """Watched today, prohibited once it comes."""
    assert "if A rule were in force: prohibited" in told(INSURER, status="dormant").flips


def test_an_unknown_maker_is_tried_as_those_of_whom_the_rule_speaks():
    """A folder nobody knows: prohibited if it were DeepSeek's, clear if it were somebody else's."""
    model = local("models/helios-7b", licence="apache-2.0")
    found = judged(model, INSURER, catalogue=Rules([rule()]), uses=[use(model)])
    flips = decision(found, "test.rule").flips
    assert "if the developer of models/helios-7b were DeepSeek: prohibited" in flips
    assert "if the developer of models/helios-7b were known and the rule did not speak of it: clear" in flips


def test_commands_come_before_people_and_counsel_comes_last():
    """A trace on what is at hand costs least, an opinion most."""
    model = local("models/helios-7b", licence="apache-2.0")
    fields = {"reaches": {}, "binds": {"fact": "customer-bans-deepseek"}}
    found = judged(model, Profile(), catalogue=Rules([rule(**fields)]), uses=[use(model)])
    settles = decision(found, "test.rule").settles
    assert settles[0].how == "gauger trace models/helios-7b"
    assert settles[1].fact == "profile.customer-bans-deepseek"
    assert settles[-1].kind == "legal"


def test_where_the_maker_is_unknown_a_list_is_looked_up_after_the_lineage():
    """A rule on lists: trace first, then the list file with the command that takes it in."""
    model = local("models/helios-7b", licence="apache-2.0")
    found = judged(
        model, INSURER, catalogue=Rules([rule(test={"listed-on": ["us.entity-list"]})]), uses=[use(model)]
    )
    hows = [s.how for s in decision(found, "test.rule").settles]
    assert hows[0].startswith("gauger trace")
    assert "gauger lists import" in hows[1]


def test_the_derivation_quotes_the_rule_and_says_where_it_stands():
    """Consequence, words, citation and address at the root; numbers, shares, entries and cells below."""
    fields = {
        "quote": "no such model",
        "citation": "Act 7, s. 3",
        "consequence": "It may not be used.",
        "binds": {"at-least": {"question": "monthly-active-users", "value": 1000}},
        "test": {
            "any": [{"owned-by": {"developers": ["high-flyer"], "percent": 20}}, {"listed-on": ["us.1260h"]}]
        },
    }
    decided = told(Profile(facts={"monthly-active-users": 2500}), **fields)
    steps = {s.question: s.because for s in every(decided.step)}
    assert decided.step.because == "It may not be used. “no such model” (Act 7, s. 3, https://example.org)"
    assert "Is the profile's `monthly-active-users` 1,000 or more? profile: 2,500" in steps.values()
    owned = "Do high-flyer hold at least 20% of the developer, directly or through others?"
    assert steps[owned] == "High-Flyer controls DeepSeek"
    assert "the text says weights: yes" in steps.values()
    assert any("no entry is recorded for" in because for because in steps.values())


def test_what_a_date_changes_is_told_with_the_verdict_from_then_on():
    """A rule that begins and ends later: watched, prohibited, clear."""
    spans = [{"from": "2027-03-01", "until": "2028-03-01"}]
    decided = told(INSURER, force=spans)
    assert (decided.verdict, decided.changes_on, decided.becomes) == (
        "watch",
        ("2027-03-01", "2028-03-01"),
        ("prohibited", "clear"),
    )


def test_an_ancestor_and_the_model_itself_have_to_go_together():
    """A rule that catches a model as its maker's and as its ancestor's: one alone changes nothing."""
    model, reference = named(DEEPSEEK), entry("deepseek-v3")
    found = judged(
        model,
        INSURER,
        catalogue=Rules([rule(reaches={"weights": "yes", "fine-tune": "yes"})]),
        claims=[declared(model, "fine-tuned-from", reference)],
        references=[reference],
    )
    flips = decision(found, "test.rule").flips
    assert any(" and it were shown not to descend from DeepSeek V3" in flip for flip in flips)
