"""The page in a real browser: it fits, it opens, it asks for nothing, it works without scripts."""

from __future__ import annotations

import pytest

from build.browser import CHROMIUM, CONTRAST, FLAGS
from build.dossiers import hostile, large, small
from build.report_pages import html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    """A browser for all tests of this file."""
    api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no Chromium: set GAUGER_CHROMIUM")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a dossier's page in a window; what it requests and complains about is kept in `.said`."""
    contexts = []

    def open_(dossier, width=1280, **options):
        path = tmp_path / "report.html"
        path.write_text(html(dossier), encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda m: page.said.append(m.text))
        page.on("pageerror", lambda e: page.said.append(str(e)))
        page.on("dialog", lambda d: (page.said.append(d.message), d.dismiss()))
        page.on("request", lambda r: page.said.append(r.url) if not r.url.startswith("file:") else None)
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("dossier", [small, hostile, large], ids=lambda d: d.__name__)
def test_the_page_never_scrolls_sideways(opened, dossier, width):
    """At 360, 800 and 1,400 pixels only tables and drawings scroll, inside themselves."""
    page = opened(dossier(), width)
    if dossier is not large:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_cell_opens_its_decisions(opened, scripts):
    """One click on a cell shows the verdict, the derivation, the quoted words and their source."""
    page = opened(small(), java_script_enabled=scripts)
    page.locator(".matrix tbody tr").first.locator("td a").first.click()
    panel = page.locator(".panel .inside").first
    panel.wait_for(state="visible")
    assert panel.locator(".tree li").count() >= 4
    assert panel.locator("blockquote").first.is_visible()
    assert panel.locator('a[href^="https://"]').first.is_visible()
    assert "Would change" in panel.inner_text()


@pytest.mark.parametrize("dossier", [small, hostile, large], ids=lambda d: d.__name__)
def test_the_page_requests_and_complains_about_nothing(opened, dossier):
    """No request but the page itself, no console message, no error, no dialog."""
    page = opened(dossier())
    page.get_by_text("Open everything").click()
    assert page.said == []


def test_everything_is_reachable_without_scripts(opened):
    """With scripts off, opening each part by its own summary shows every record; no control is dead."""
    dossier = small()
    page = opened(dossier, java_script_enabled=False)
    for summary in page.locator("details > summary").all():
        summary.click()
    shown = (*dossier.models, *dossier.claims, *dossier.evidence, *dossier.findings, *dossier.gaps)
    for record in (*shown, *dossier.references):
        assert page.locator(f"[id='{record.id}']").is_visible(), record.id
    assert not page.get_by_text("Open everything").is_visible()


def test_the_reading_is_switched_without_scripts(opened):
    """Choosing another reading changes the cells that depend on it and no other."""
    page = opened(small(), java_script_enabled=False)
    row = page.locator(".matrix tbody tr", has_text="harbour/claims-lora").locator("td").first
    assert row.inner_text().split() == ["◐", "if", "read", "strictly", "*"]
    page.locator("#reading-strict").check()
    assert row.inner_text().split() == ["✕", "prohibited", "*"]
    page.locator("#reading-literal").check()
    assert row.inner_text().split() == ["✓", "clear", "*"]


def test_the_first_screen_answers_the_three_questions(opened):
    """At 1,400 by 900 pixels, what runs, how sure, and every scenario stand without scrolling."""
    page = opened(small(), 1400)
    page.set_viewport_size({"width": 1400, "height": 900})
    for text in ("What runs here", "How sure that is", "What each scenario would take away"):
        assert page.get_by_role("heading", name=text).bounding_box()["y"] < 900
    last = page.locator(".worlds tbody tr").last.bounding_box()
    assert last["y"] + last["height"] <= 900


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(opened, scheme):
    """Every visible text has at least 4.5:1 against what lies behind it (WCAG 2.2, 1.4.3)."""
    page = opened(small(), color_scheme=scheme)
    page.get_by_text("Open everything").click()
    found = page.evaluate(CONTRAST)
    assert len(found) > 300
    assert found[0][0] >= 4.5, found[:5]


def test_paper_shows_what_is_closed_on_the_screen(opened):
    """The print view shows every decision and hides what only a screen can use."""
    page = opened(small())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".panel .inside .tree").first.is_visible()
    assert not page.locator(".contents").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not page.locator(".panel .inside .tree").first.is_visible()


def test_the_search_field_narrows_the_matrix(opened):
    """With many models, typing a part of a name keeps the rows that have it and says how many."""
    page = opened(large(20, 4, 2))
    page.locator("#filter").fill("MODEL-01")
    rows = page.locator(".matrix tbody tr")
    assert sum(row.is_visible() for row in rows.all()) == 10
    assert page.locator("output").inner_text() == "10 of 20"
