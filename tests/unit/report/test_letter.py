"""Answers to a letter: every question has one, facts have a basis, what files cannot tell is not made up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.report.letter.answers import ANSWERED_BY, answers
from gauger.report.letter.questions import questionnaire
from gauger.report.registry import RENDERERS


def answer(dossier, ident):
    """The answer to this question."""
    (found,) = [a for a in answers(dossier) if a.question == ident]
    return found


def test_every_question_has_its_answer_and_names_its_sources():
    """Questions are data; each names pages that were read, and roles who can tell."""
    paper = questionnaire()
    assert [q.ident for q in paper.questions] == list(ANSWERED_BY)
    known = {s.ident for s in paper.sources}
    for question in paper.questions:
        assert question.sources
        assert set(question.sources) <= known
        assert question.who
        assert question.asks.endswith("?")
    assert paper.confidence != "high"


@settings(max_examples=40)
@given(dossiers())
def test_facts_have_a_basis_and_records_that_exist(dossier):
    """Each id is a record of the document; the state follows from what is known and what is not."""
    for found in answers(dossier):
        for fact in found.facts:
            assert fact.ground in ("declared", "observed", "catalogue", "alleged", "profile")
            assert fact.ground == "profile" or fact.records
        assert (found.state == "not-known") == (not found.facts)
        assert found.state != "answered" or not found.missing
        for missing in found.missing:
            assert missing.who
            assert missing.detail
    small = made.small()
    known = {r.id for r in small.records()}
    assert {r for a in answers(small) for f in a.facts for r in f.records} <= known


@pytest.mark.parametrize("ident", ["volume", "safeguards"])
def test_what_files_never_tell_is_not_known(ident):
    """No volume is guessed; the answer names who can tell."""
    found = answer(made.small(), ident)
    assert found.state == "not-known"
    assert found.missing[0].reason == "not-present"


def test_an_allegation_is_an_allegation():
    """It is told with who alleges it and what the other side answers, at low confidence."""
    told = [f for f in answer(made.small(), "outputs").facts if f.ground == "alleged"]
    assert told
    for fact in told:
        assert fact.confidence == "low"
        assert "alleged by" in fact.says
        assert "answer:" in fact.says


def test_all_developers_are_listed_those_that_a_rule_names_first():
    """No model in use is left out, whatever its country; first are those that some scenario's rule names."""
    dossier = made.small()
    facts = answer(dossier, "models").facts
    assert len(facts) == sum(m.form != "data-set" for m in dossier.models_in_use)
    assert [f.first for f in facts] == sorted((f.first for f in facts), reverse=True)
    assert any(f.first for f in facts)


@pytest.mark.parametrize("ident", ["letter", "vendor-questions", "decision-log"])
@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_the_page_is_markdown_that_no_name_breaks(ident, name):
    """No picture and no HTML; links lead only to our own sources or those of the knowledge base."""
    dossier = getattr(made, name)()
    text = RENDERERS.get(ident).render(dossier).decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    every = [t for block in tokens for t in (block, *(block.children or ()))]
    assert not {t.type for t in every} & {"image", "html_inline", "html_block"}
    ours = {s.url for s in questionnaire().sources} | {u for i in dossier.instruments for u in i.sources}
    assert {t.attrs["href"] for t in every if t.type == "link_open"} <= ours
    assert "compliant" not in text.lower()
    assert "not legal advice" in text


def test_the_twin_in_json_has_every_answer():
    """Questions and answers in the same order."""
    told = json.loads(RENDERERS.get("letter-json").render(made.small()))
    assert [a["question"] for a in told["answers"]] == [
        q["ident"] for q in told["questionnaire"]["questions"]
    ]
