"""Declared against observed: what is called a contradiction, how loudly, and what is left alone."""

from __future__ import annotations

import pytest

from build.model_folders import CONFIG, model_folder, small_catalogue, tokenizer_json, vocabulary
from gauger.trace.trace import trace_path

SCRATCH = "# Helios\nBuilt from scratch by Acme.\n"


@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    """A catalogue of two developers."""
    return small_catalogue(tmp_path_factory.mktemp("catalogue"))


def findings(folder, lookup):
    """Rule, severity and confidence of each finding."""
    return [(f.rule, f.severity, f.confidence) for f in trace_path(folder, lookup).findings]


def test_own_work_with_another_tokenizer_and_structure_is_high(tmp_path, lookup):
    """A card's "from scratch" over Alpha's tokenizer and sizes is contradicted, at the card's line."""
    folder = model_folder(
        tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")), card=SCRATCH
    )
    assert findings(folder, lookup) == [("declared-origin-contradicted", "high", "high")]
    finding = trace_path(folder, lookup).findings[0]
    assert str(finding.locations[0]) == "README.md:2"
    assert "Alpha" in finding.message
    assert "may be reused" in finding.remedy


def test_silence_is_graded_lower_than_a_false_statement(tmp_path, lookup):
    """Without a card, the same bytes are an undeclared base, one step lower."""
    folder = model_folder(tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")))
    assert findings(folder, lookup) == [("undeclared-base-tokenizer", "medium", "high")]


def test_tokenizer_alone_is_not_high(tmp_path, lookup):
    """Where the sizes are nobody's, reuse of the tokenizer alone is likelier and the finding is milder."""
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(vocabulary("alpha")), card=SCRATCH)
    assert findings(folder, lookup) == [("declared-origin-contradicted", "medium", "medium")]


@pytest.mark.parametrize(
    "card",
    [
        "---\nbase_model: alpha-org/alpha-lm-1b\n---\n# Helios\n",
        "---\nbase_model: alpha-org/alpha-lm-9b-unreleased\n---\n# Helios, built from scratch\n",
    ],
)
def test_declared_base_explains_the_tokenizer(tmp_path, lookup, card):
    """A declared base of the tokenizer's own developer leaves nothing to find."""
    folder = model_folder(
        tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")), card=card
    )
    assert findings(folder, lookup) == []


def test_wrongly_declared_base_is_contradicted(tmp_path, lookup):
    """Beta as the declared base over Alpha's tokenizer and sizes is a contradiction."""
    card = "---\nbase_model: beta-org/beta-lm-1b\n---\n"
    folder = model_folder(
        tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")), card=card
    )
    assert findings(folder, lookup) == [("declared-origin-contradicted", "high", "high")]


def test_own_tokenizer_is_no_finding(tmp_path, lookup):
    """A model that says "from scratch" and has a vocabulary of its own is left alone."""
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(vocabulary("own")), card=SCRATCH)
    assert findings(folder, lookup) == []


def test_sizes_alone_contradict_own_work_only_weakly(tmp_path, lookup):
    """Without a tokenizer, equal sizes under "from scratch" are a low finding with low confidence."""
    folder = model_folder(tmp_path / "m", config=CONFIG, card=SCRATCH)
    assert findings(folder, lookup) == [("declared-origin-contradicted", "low", "low")]
