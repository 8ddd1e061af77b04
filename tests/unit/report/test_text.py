"""The report for a terminal."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest

from build.dossiers import HOSTILE_NAMES, empty, hostile, large, small
from build.report_pages import text
from gauger.core.inventory import Location
from gauger.report.text import text_lines
from gauger.report.text.layout import cells, cut, wrap


def test_the_first_screen_answers_the_three_questions():
    """What runs here, how sure, what each scenario takes away: within 25 lines."""
    head = text(small()).split("\n")[:25]
    for word in ("What runs here", "How sure", "Scenarios", "takes away"):
        assert any(word in line for line in head), word


def test_every_model_is_named_however_many_there_are():
    """With eighty models, none is left out of the matrix."""
    report = " ".join(text(large()).split())
    for model in large().models:
        assert model.name in report


def test_a_long_tail_of_uses_says_how_many_are_not_shown():
    """What is cut is counted, with the place where the rest stands."""
    dossier = small()
    use = dossier.uses[0]
    many = tuple(
        msgspec.structs.replace(use, id="", location=Location(path="a.py", line=n), status="declared")
        for n in range(1, 31)
    )
    report = text(msgspec.structs.replace(dossier, uses=many))
    assert "and 18 more: see --format html" in report


def test_the_chain_of_a_use_is_written_with_arrows():
    """A name that was followed through two files shows all three places."""
    assert "services/quote.py:31 → deploy/.env:2 → deploy/gateway.yaml:4" in text(small())


def test_no_text_of_a_stranger_can_steer_the_terminal():
    """Control, bidirectional and zero-width characters are written out."""
    report = text(hostile())
    odd = {c for c in report if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert odd == {"\n"}
    assert "\\u202e" in report
    assert any("\u202e" in name for name in HOSTILE_NAMES)


def test_an_allegation_says_that_it_is_not_evidence():
    """The accuser, the answer and the warning stand in one line of thought."""
    report = " ".join(text(small()).split())
    assert "Osprey Inc says so, answer: Northwind Labs denies it; not evidence" in report


def test_an_empty_dossier_says_so_and_stays_short():
    """Nothing found is said in words; no empty table is drawn."""
    report = text(empty())
    assert "No model was found" in report
    assert "MODELS ×" not in report


def test_many_scenarios_break_into_blocks_that_fit():
    """Twelve scenarios do not fit beside each other; all twelve are shown."""
    lines = text_lines(large(4, 3, 12), 100)
    report = "\n".join("".join(s.text for s in line) for line in lines)
    assert max(cells(line) for line in report.split("\n")) <= 100
    assert report.count("team-1/service-model-001") >= 2


@pytest.mark.parametrize(("given", "width", "wanted"), [("abcdef", 6, "abcdef"), ("abcdefgh", 5, "ab…gh")])
def test_a_cut_keeps_both_ends(given, width, wanted):
    """The end of a name tells more than its middle."""
    assert cut(given, width) == wanted


def test_wide_characters_take_two_cells():
    """Chinese names are cut and wrapped by what they take on the screen."""
    assert cells("模型a") == 5
    assert all(cells(row) <= 20 for row in wrap("模" * 45, 20))
    assert cells(cut("模" * 45, 11)) <= 11
