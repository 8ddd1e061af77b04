"""When two names, numbers or dates are the same."""

from __future__ import annotations

import pytest

from gauger.lists.dates import iso
from gauger.lists.names import cleaned, identifier, identifier_key, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Co., Ltd.", "ACME CO LTD"),
        ("Acme (Group)  Ltd", "acme group ltd"),
        ("ＡＣＭＥ　Ltd", "Acme Ltd"),
        ("Straße AG", "STRASSE AG"),
        ("杭州深度求索", "杭州深度求索 "),
        ("Z.ai", "Z-AI"),
    ],
)
def test_names_that_differ_only_in_case_width_or_punctuation_are_the_same(one, other):
    """That is all that an exact match forgives."""
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd", "Acme LLC"),
        ("Acme", "Acme Ltd"),
        ("DeepSeek", "Deep Seek"),
        ("智谱", "智譜"),
        ("Acme Technology", "Acme Technologies"),
    ],
)
def test_legal_forms_words_and_scripts_are_kept_apart(one, other):
    """Two companies may differ in no more than that."""
    assert name_key(one) != name_key(other)


def test_a_name_without_a_letter_has_no_key():
    """So that dashes and blanks match nothing."""
    assert name_key(" -- . ") == ""


def test_register_numbers_have_the_catalogues_schemes():
    """By the list's word for the register, or, for China's code, by its shape."""
    assert (
        identifier("Unified Social Credit Code (USCC)", "91110108 MA01-KP2T5X") == "uscc:91110108MA01KP2T5X"
    )
    assert identifier("registration", "91110108MA01KP2T5X") == "uscc:91110108MA01KP2T5X"
    assert identifier("Legal Entity Number", "529900T8BM49AURSDO55") == "lei:529900T8BM49AURSDO55"
    assert identifier("Legal Entity Number", "short") == "legal-entity-number:SHORT"
    assert identifier("Tax ID No.", "77-12") == "tax-id-no:7712"
    assert identifier("anything", " ") == ""
    assert identifier_key("USCC: 91110108ma01kp2t5x") == "uscc:91110108MA01KP2T5X"


def test_dates_are_read_in_the_publishers_order():
    """Month first in the United States, day first elsewhere; an impossible day is none."""
    assert iso("03/04/2026", "mdy") == "2026-03-04"
    assert iso("03/04/2026") == "2026-04-03"
    assert iso("23-Sep-2026") == iso("2026-09-23T10:00:00Z") == iso("23 September 2026") == "2026-09-23"
    assert iso("31/02/2026") == iso("dd/mm/1952") == iso(None) == iso("soon") == ""


def test_texts_are_kept_once_and_in_order():
    """Blanks are folded and repetitions dropped."""
    assert cleaned(["b", None, " a  a ", "b", ""]) == ("b", "a a")
