"""The page: what it lets through, what it shows, how large it is."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import msgspec
import pytest

import gauger.report.html as html_package
from build.dossiers import empty, hostile, large, small
from build.report_pages import Page, html
from gauger.core.judgement import Step
from gauger.report.html.exposure import panels, walked
from gauger.report.view import View

STYLE = (Path(html_package.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")


def test_hostile_names_stay_text():
    """No tag, handler, style or script address of a stranger becomes part of the page."""
    page = Page(html(hostile()))
    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1
    assert "img" not in page.tags
    assert not page.handlers
    assert not page.styles
    assert all(link.startswith(("#", "https://", "http://")) for link in page.links)
    assert "<script>alert(1)</script>" in page.words
    assert "{{ 7 * 7 }}{% raw %}" in page.words


def test_hidden_characters_are_written_out():
    """A name cannot turn the reading direction or hide a letter."""
    page = html(hostile())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x1b]", page)
    assert r"safe\u202egnp.exe" in page


def test_the_policy_names_this_very_style_and_script():
    """The hashes in the content security policy are those of what stands in the page."""
    page = html(small())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    said = policy[1].replace("&#39;", "'")
    assert said.startswith("default-src 'none';")
    for tag in ("style", "script"):
        inner = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert inner
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in said


@pytest.mark.parametrize("dossier", [small, empty, hostile, large], ids=lambda d: d.__name__)
def test_the_page_asks_for_nothing(dossier):
    """No address that a browser would fetch by itself; style and script import nothing either."""
    assert Page(html(dossier())).fetched == ["data:,"]
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_eighty_models_stay_under_three_megabytes():
    """80 models, 15 rules, 5 scenarios and 3 readings: repeated text is written once."""
    dossier = large()
    assert len(dossier.decisions) > 7_000
    assert len(html(dossier).encode()) < 3_000_000


def test_a_scenario_that_changes_nothing_points_to_where_it_is_written_out():
    """The same rule with the same words stands once in a model's card."""
    view = View(small())
    tern = next(m for m in view.models if m.name.startswith("tern/"))
    first, *later = panels(view, tern)
    assert [b.instrument for b in first.new] == ["test.ban"]
    assert all(not p.new and p.same[0][0][0] == first.anchor for p in later)


def test_readings_that_differ_are_shown_apart():
    """Where cautious and strict differ, both say so under their own name, and literal is named as silent."""
    view = View(small())
    adapter = next(m for m in view.models if m.form == "adapter")
    block = panels(view, adapter)[0].new[0]
    assert [v.readings for v in block.variants] == [("strict",), ("cautious",)]
    assert block.silent == ("literal",)


def test_a_deep_derivation_is_written_without_recursion():
    """A derivation of two thousand steps does not exhaust the stack; lists open and close in pairs."""
    step = Step(question="last", truth="true")
    for n in range(2_000):
        step = Step(question=str(n), truth="unknown", steps=(step,))
    marks = [mark for mark, _ in walked(step)]
    assert marks.count("step") == marks.count("end") == 2_001
    assert marks.count("below") == marks.count("above") == 2_000


def test_stale_rules_are_marked():
    """A rule whose next check was due says so where it stands."""
    assert "stale: the next check was due" in html(small())


def test_a_cell_without_outcome_is_not_shown_as_clear():
    """What was not evaluated has its own word in the matrix."""
    dossier = msgspec.structs.replace(small(), outcomes=(), decisions=())
    page = html(dossier)
    matrix = page[page.index('<table class="matrix">') : page.index('<dl class="legend">')]
    assert "not evaluated" in matrix
    assert "v-clear" not in matrix


def test_what_was_seen_of_a_model_that_is_only_mentioned_is_not_lost():
    """Such a model has no card: its evidence and claims stand with the rest, and no link leads to it."""
    dossier = small()
    uses = tuple(msgspec.structs.replace(use, status="mention") for use in dossier.uses)
    mentioned = msgspec.structs.replace(dossier, uses=uses)
    gone = {m.id for m in mentioned.models} - {m.id for m in mentioned.models_in_use}
    assert gone & {e.subject for e in mentioned.evidence}
    assert gone & {c.subject for c in mentioned.claims}
    page = Page(html(mentioned))
    assert {r.id for part in (mentioned.evidence, mentioned.claims) for r in part} <= set(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def _light(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, definition of relative luminance."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, bright = sorted((_light(one), _light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_colours_have_enough_contrast(scheme):
    """Every text colour has at least 4.5:1 on every ground that it stands on (WCAG 2.2, 1.4.3)."""
    roots = re.findall(r":root \{(.*?)\n?\s*\}", STYLE, re.DOTALL)
    light = _tokens(roots[0])
    colours = {"light": light, "dark": light | _tokens(roots[1]), "print": light | _tokens(roots[2])}[scheme]
    pairs = [("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("ink", "panel"), ("soft", "panel")]
    pairs += [("link", "panel"), ("ink", "ours"), ("soft", "ours"), ("ink", "origin"), ("soft", "origin")]
    verdicts = ("bad", "lic", "half", "open", "duty", "watch", "good")
    pairs += [(v, ground) for v in verdicts for ground in ("paper", f"{v}-bg")]
    for text, ground in pairs:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (scheme, text, ground)
