"""The board's page: bounded, worst first, honest about what it rests on, and safe with hostile names."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from build import dossiers as made
from build.any_dossiers import dossiers
from build.report_pages import Page
from gauger.core.profile import AcceptedRisk, Ruling
from gauger.report.briefing.agenda import changes, to_decide
from gauger.report.briefing.content import (
    MOST_CHANGES,
    MOST_MODELS,
    MOST_QUESTIONS,
    MOST_SCENARIOS,
    briefing_of,
)
from gauger.report.registry import RENDERERS
from gauger.report.view import View


def page(dossier):
    """The page as text."""
    return RENDERERS.get("briefing").render(dossier).decode()


def markdown(dossier):
    """Its Markdown twin."""
    return RENDERERS.get("briefing-md").render(dossier).decode()


@settings(max_examples=40)
@given(dossiers())
def test_every_part_is_bounded_and_what_is_left_out_is_counted(dossier):
    """Whatever a dossier holds, the page has no more rows than one sheet takes."""
    view = View(dossier)
    b = briefing_of(view)
    assert len(b.models) <= MOST_MODELS
    assert len(b.questions) <= MOST_QUESTIONS
    assert len(b.questions) + b.questions_left == len(to_decide(view))
    assert len(b.changes) <= MOST_CHANGES
    assert len([row for row in b.rows if row.hypothetical]) <= MOST_SCENARIOS
    for row in b.rows:
        assert sum(count for _, count in row.tally) == b.total


def test_the_law_as_it_stands_comes_first_and_scenarios_worst_first():
    """Then those that take most away; each changes something."""
    rows = briefing_of(View(made.small())).rows
    assert [row.hypothetical for row in rows] == [False] + [True] * (len(rows) - 1)
    assert [row.gone for row in rows[1:]] == sorted((row.gone for row in rows[1:]), reverse=True)


def test_scenarios_that_change_nothing_are_one_line():
    """A scenario with today's very verdicts gets no row."""
    dossier = made.small()
    today = next(s for s in dossier.scenarios if not s.hypothetical)
    same = msgspec.structs.replace(today, key="test.same", title="Nothing new", hypothetical=True)
    copied = tuple(
        msgspec.structs.replace(o, scenario="test.same", id="")
        for o in dossier.outcomes
        if o.scenario == today.key
    )
    more = msgspec.structs.replace(
        dossier, scenarios=(*dossier.scenarios, same), outcomes=(*dossier.outcomes, *copied)
    )
    b = briefing_of(View(more))
    assert "Nothing new" not in [row.title for row in b.rows]
    assert "1 scenario changes nothing for this stack" in b.others


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_the_page_fetches_nothing_and_runs_nothing(name):
    """No script, no address to fetch, no handler; the word that nobody may use is nowhere."""
    text = page(getattr(made, name)())
    seen = Page(text)
    assert seen.fetched == ["data:,"]
    assert not seen.handlers
    assert not seen.styles
    assert "script" not in seen.tags
    assert "script-src &#39;none&#39;" in text
    for shown in (text, markdown(getattr(made, name)())):
        assert "compliant" not in shown.lower()
        assert "not legal advice" in shown
        assert "allegation" in shown


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_nothing_of_a_stranger_comes_to_life_in_the_markdown(name):
    """No picture, link or markup from a model's name."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(getattr(made, name)()))
    kinds = {t.type for block in tokens for t in (block, *(block.children or ()))}
    assert not kinds & {"image", "html_inline", "html_block", "link_open"}


def test_both_twins_say_the_same_answer():
    """The sentence on top stands in both, and counts what the matrix counts."""
    dossier = made.small()
    view = View(dossier)
    answer = briefing_of(view).answer
    today = next(s for s in dossier.scenarios if not s.hypothetical)
    assert answer.startswith(f"{len(view.models)} models")
    gone = len(view.taken_away(today.key))
    assert (f"takes away {gone}" if gone else "take away none") in answer
    assert "".join(answer.split()) in "".join("".join(Page(page(dossier)).words).split())


def test_ends_of_acceptances_and_reviews_of_rulings_are_dates_to_know():
    """Sorted by day; what is past is not a date to come."""
    plain = {"rule": "r", "subject": "s", "reason": "b"}
    risks = (
        AcceptedRisk(owner="A", expires="2027-01-31", **plain),
        AcceptedRisk(owner="B", expires="2020-01-01", **plain),
    )
    ruling = Ruling(
        instrument="test.rule", form="merge", held="reached", by="C", on="2026-01-01", review="2026-12-01"
    )
    profile = msgspec.structs.replace(made.small().profile, accepted=risks, rulings=(ruling,))
    found = changes(View(msgspec.structs.replace(made.small(), profile=profile)))
    told = [c for c in found if "accepted" in c.what or "review" in c.what]
    assert [(c.day, c.what) for c in told] == [
        ("2026-12-01", "rulings are due for review: test.rule, merge (C)"),
        ("2027-01-31", "accepted risks end: r (A)"),
    ]
