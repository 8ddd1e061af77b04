"""Laws of the renderers: they never fail, lose nothing, repeat themselves and lead nowhere else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from build.any_dossiers import dossiers
from build.report_pages import Page, html
from gauger.core.dossier import dump, load
from gauger.report.registry import RENDERERS
from gauger.report.text import text_lines
from gauger.report.text.layout import cells


@settings(max_examples=60)
@given(dossiers())
def test_no_dossier_makes_a_renderer_fail(dossier):
    """Whatever the records say and point at, every renderer gives bytes, twice the same."""
    for renderer in RENDERERS:
        first = renderer.render(dossier)
        assert first
        assert first == renderer.render(dossier)
    assert load(RENDERERS.get("json").render(dossier)) == dossier
    assert RENDERERS.get("json").render(dossier) == dump(dossier)


@settings(max_examples=60)
@given(dossiers())
def test_the_page_loses_no_record_and_leads_nowhere_else(dossier):
    """Every record stands there once; every fragment has its target; nothing is fetched or run."""
    page = Page(html(dossier))
    assert len(page.ids) == len(set(page.ids))
    d = dossier
    shown = (d.models_in_use, d.claims, d.evidence, d.references, d.findings, d.gaps)
    assert {r.id for part in shown for r in part} <= set(page.ids)
    for link in page.links:
        assert link.startswith(("https://", "http://")) or link[:1] == "#"
        assert link[:1] != "#" or link[1:] in page.ids
    assert page.fetched == ["data:,"]
    assert not page.handlers
    assert not page.styles


@settings(max_examples=60)
@given(dossiers(), st.integers(60, 160))
def test_no_line_of_the_terminal_report_is_too_wide(dossier, width):
    """From 60 cells up, every line fits, whatever the names are."""
    for line in text_lines(dossier, width):
        assert sum(cells(span.text) for span in line) <= width, line
