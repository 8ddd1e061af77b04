"""The board's page in a real browser: one sheet of A4, any width, light and dark, no request."""

from __future__ import annotations

import re

import msgspec
import pytest

from build import dossiers as made
from build.browser import CHROMIUM, CONTRAST, FLAGS
from gauger.core.judgement import Settle
from gauger.report.registry import RENDERERS

pytestmark = pytest.mark.browser
_PAGE = re.compile(rb"/Type\s*/Page[^s]")


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
    """Open a dossier's briefing in a window; what it requests and complains about is kept in `.said`."""
    contexts = []

    def open_(dossier, width=1280, **options):
        path = tmp_path / "board.briefing.html"
        path.write_bytes(RENDERERS.get("briefing").render(dossier))
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda m: page.said.append(m.text))
        page.on("request", lambda r: page.said.append(r.url) if not r.url.startswith("file:") else None)
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


def crowded():
    """A dossier with more of everything than the page has room for, and long names everywhere."""
    dossier = made.large(80, 6, 14)
    words = "a name that goes on and on " * 12
    return msgspec.structs.replace(
        dossier,
        target=words,
        profile=msgspec.structs.replace(dossier.profile, organisation=words),
        scenarios=tuple(
            msgspec.structs.replace(s, title=f"{words} {n}") for n, s in enumerate(dossier.scenarios)
        ),
        instruments=tuple(msgspec.structs.replace(i, title=f"{words} {i.key}") for i in dossier.instruments),
        decisions=tuple(_asking(d, n, words) for n, d in enumerate(dossier.decisions)),
        suppositions=(words, words),
    )


def _asking(decision, number, words):
    """The same decision, waiting for one of thirty long questions."""
    how = f"ask the {words[:50]}: {words} {number % 30}? Then write it"
    settle = Settle(fact=f"profile.x{number % 30}", how=how, kind="factual")
    days = ("2027-01-01", "2027-02-01")
    return msgspec.structs.replace(decision, settles=(settle,), changes_on=days)


@pytest.mark.parametrize("dossier", [made.small, made.empty, made.hostile, crowded], ids=lambda d: d.__name__)
def test_it_prints_on_one_sheet_of_a4(opened, dossier):
    """However many models and scenarios there are, and however long their names."""
    sheet = opened(dossier()).pdf(prefer_css_page_size=True, print_background=True)
    assert len(_PAGE.findall(sheet)) == 1


@pytest.mark.parametrize("width", [360, 800, 1280])
@pytest.mark.parametrize("dossier", [made.small, made.hostile, crowded], ids=lambda d: d.__name__)
def test_it_never_scrolls_sideways_and_asks_for_nothing(opened, dossier, width):
    """At 360, 800 and 1,280 pixels everything fits; no request, no message."""
    page = opened(dossier(), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_text_has_enough_contrast(opened, scheme):
    """Every visible text has at least 4.5:1 against what lies behind it (WCAG 2.2, 1.4.3)."""
    found = opened(made.small(), color_scheme=scheme).evaluate(CONTRAST)
    assert len(found) > 30
    assert found[0][0] >= 4.5, found[:5]
