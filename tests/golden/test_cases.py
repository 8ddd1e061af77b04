"""Worked cases: the verdicts that a person took from the texts, and every word that the program says."""

from __future__ import annotations

import pytest

from build.golden_cases import CASES, answered, case, names, page, verdict
from build.policy import shipped
from gauger.assess.world import scenario_named
from gauger.core.canonical import canonical_json
from gauger.core.judgement import READINGS


@pytest.mark.parametrize("name", names())
def test_the_verdicts_are_those_that_follow_from_the_texts(name):
    """Each cell that somebody thought out, with the rule that decides under the strict reading."""
    asked = case(name)
    found = answered(asked)
    ids = {which.name: which.model().id for which in asked.models}
    assert asked.expected
    for thought in asked.expected:
        scenario = scenario_named(thought.scenario, shipped()).id
        for reading in READINGS:
            said, rules = verdict(found, ids[thought.model], scenario, reading)
            assert said == getattr(thought, reading), (thought.model, scenario, reading, rules)
        assert thought.strict == "clear" or not thought.rule or thought.rule in rules, rules


@pytest.mark.parametrize("name", [n for n in names() if case(n).settled_by or case(n).owes])
def test_what_settles_a_verdict_and_what_has_to_be_done_is_said(name):
    """The command or question that settles it, and the duty, by their words."""
    asked, found = case(name), answered(case(name))
    assert not asked.settled_by or any(asked.settled_by in s.how for d in found.decisions for s in d.settles)
    assert not asked.owes or any(asked.owes in duty for d in found.decisions for duty in d.duties)


@pytest.mark.parametrize("name", names())
def test_the_page_of_the_case_is_the_stored_one(name):
    """A change of any word is seen in a diff; `scripts/golden_cases.py` writes the pages anew."""
    assert page(case(name)) == (CASES / name / "expected.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [n for n in names() if any(s.basis == "alleged" for s in case(n).claims)])
def test_without_its_allegations_a_case_says_the_same(name):
    """Two dossiers, one with the allegations and one without: the same decisions, byte for byte."""
    asked = case(name)
    assert canonical_json(answered(asked)) == canonical_json(answered(asked, allegations=False))


def test_there_is_a_case_for_allegations():
    """So that the test above asks of something."""
    assert any(s.basis == "alleged" for n in names() for s in case(n).claims)
