"""Words of rules have one list, one meaning each, and a section in the docs."""

from __future__ import annotations

import pytest

from build.documents import DOCS, headings
from gauger.assess.descent import _FORM, _RANK, ANY_DERIVED
from gauger.assess.edges import HINTS
from gauger.assess.predicates import MEANING
from gauger.catalogue.load import Catalogue
from gauger.catalogue.vocabulary import BY_IDENT, FORMS, WORDS, Word
from gauger.core.inventory import Form
from gauger.core.lineage import Relation


def test_every_word_has_a_meaning_and_every_meaning_a_word() -> None:
    """The linter and the engine know the same words, in the same order."""
    assert list(MEANING) == list(BY_IDENT) == [word.ident for word in WORDS]


def test_every_word_has_a_section_and_every_section_a_word() -> None:
    """A person finds each word in the reference, in the vocabulary's order."""
    assert headings(DOCS / "reference" / "predicates.md") == list(BY_IDENT)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.ident)
def test_every_word_says_what_it_asks_and_when_the_answer_is_unknown(word: Word) -> None:
    """The question ends as one, and has a place for the argument where there is one."""
    assert word.question.endswith("?")
    assert ("{}" in word.question) == (word.argument != "flag")
    assert word.unknown_when


def test_every_relation_leads_to_a_form_or_is_a_hint() -> None:
    """No claim of the closed set is silently left out of the closure."""
    relations = set(Relation.__args__)  # type: ignore[attr-defined]
    assert set(_RANK) | HINTS == relations
    assert not set(_RANK) & HINTS


def test_every_form_of_a_model_can_be_asked_of_a_rule() -> None:
    """What the inventory and the closure call a form is one that rules have a cell for."""
    named = {form for form in Form.__args__ if form != "data-set"}  # type: ignore[attr-defined]
    assert named | {form for form in _FORM if form} | set(ANY_DERIVED) <= set(FORMS)


def test_every_question_is_asked_by_a_rule_or_a_scenario() -> None:
    """A question that nothing asks would cost people an answer for nothing."""
    catalogue = Catalogue()
    asked = {ident for licence in catalogue.licences.values() for ident in licence.forbidden_when}
    asked |= {limit.question for licence in catalogue.licences.values() for limit in licence.thresholds}
    rules = [
        *catalogue.instruments.values(),
        *(rule for scenario in catalogue.scenarios.values() for rule in scenario.add_instruments),
    ]
    texts = " ".join(str((rule.binds, rule.test, rule.exceptions)) for rule in rules)
    asked |= {i for i in catalogue.questions if f"'fact': '{i}'" in texts or f"'question': '{i}'" in texts}
    built_in = {"commercial-use", "trains-competing-models"}  # asked by the rules that follow from licences
    assert set(catalogue.questions) == asked | built_in
