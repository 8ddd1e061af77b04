"""The calendar of an inventory: every day on which a rule says something else, and of which models."""

from __future__ import annotations

from build.policy import AS_OF, INSURER, Rules, judged, named, rule
from gauger.assess.calendar_of import verdict_turns
from gauger.assess.questions import put_questions

MODELS = [
    named("deepseek-ai/deepseek-llm-7b-chat"),
    named("deepseek-ai/DeepSeek-V3.1"),
    named("microsoft/phi-4"),
]


def turns(catalogue, *, as_of=AS_OF, scenarios=("today",)):
    """The verdicts that the calendar alone changes, under the cautious reading."""
    questions = put_questions(
        MODELS, [], [], [], catalogue=catalogue, profile=INSURER, as_of=as_of, scenarios=scenarios
    )
    return [t for t in verdict_turns(questions, as_of, "cautious") if t.subject.startswith("test.")]


def test_each_day_has_the_verdict_before_and_after_and_the_models():
    """Watched, prohibited from March on, clear a year later: two days, two models of DeepSeek's."""
    spans = [{"from": "2027-03-01", "until": "2028-03-01"}]
    found = turns(Rules([rule(force=spans)]))
    assert [(t.date, t.before, t.after) for t in found] == [
        ("2027-03-01", "watch", "prohibited"),
        ("2028-03-01", "prohibited", "clear"),
    ]
    assert {t.models for t in found} == {
        ("deepseek-ai/DeepSeek-V3.1", "deepseek-ai/deepseek-llm-7b-chat"),
    }


def test_a_turn_is_what_the_engine_says_on_that_day_and_not_the_day_before():
    """Judged on the day and on the eve, the model's decisions are those of the calendar."""
    catalogue = Rules([rule(force=[{"from": "2027-03-01"}])])
    eve = judged(MODELS[0], INSURER, catalogue=catalogue, as_of="2027-02-28")
    day = judged(MODELS[0], INSURER, catalogue=catalogue, as_of="2027-03-01")
    said = [{d.verdict for d in found.decisions if d.instrument == "test.rule"} for found in (eve, day)]
    (turn,) = turns(catalogue)
    assert said == [{turn.before}, {turn.after}]


def test_a_model_that_is_clear_today_is_in_the_calendar_of_the_day_on_which_it_is_caught():
    """A list entry that was published with a later date: nothing is said today, and much from that day on."""
    listed = {
        "id": "listed",
        "title": "Listed",
        "description": "made up",
        "order": 5,
        "add-list-entries": {"microsoft": [{"list": "us.entity-list", "since": "2027-05-01"}]},
        "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
        "checked-on": "2026-01-01",
        "next-check": "2027-01-01",
        "confidence": "high",
    }
    catalogue = Rules([rule(test={"listed-on": ["us.entity-list"]})], [listed])
    (turn,) = turns(catalogue, scenarios=("today", "listed"))
    assert (turn.date, turn.before, turn.after) == ("2027-05-01", "clear", "prohibited")
    assert (turn.models, turn.scenarios) == (("microsoft/phi-4",), ("listed",))


def test_what_is_past_is_no_turn():
    """From the day of the question on."""
    spans = [{"from": "2026-01-01", "until": "2026-06-01"}]
    assert turns(Rules([rule(force=spans)])) == []
