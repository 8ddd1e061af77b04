"""Markdown: safe to paste where strangers chose the names, bounded, and honest about what was cut."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.core.judgement import Finding
from gauger.report.markdown.escape import code, plain
from gauger.report.markdown.page import MOST, markdown_of
from gauger.report.registry import RENDERERS

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FORBIDDEN = {
    "link_open",
    "image",
    "html_inline",
    "html_block",
    "fence",
    "code_block",
    "hr",
    "blockquote_open",
}
LIVE = re.compile(r"@[A-Za-z0-9]|(?<![&\w])#\d|https?://|www\.\w", re.IGNORECASE)


def tokens(text):
    """All tokens of a page, inline ones too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def check(text):
    """Nothing in the page leads anywhere, calls anybody or is HTML; only our own three headings deep."""
    assert not {t.type for t in tokens(text)} & FORBIDDEN
    running = "".join(t.content for t in tokens(text) if t.type == "text")
    assert not LIVE.search(running)
    heads = [t.tag for t in tokens(text) if t.type == "heading_open"]
    assert heads[:1] == ["h2"]
    assert set(heads[1:]) <= {"h3"}


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_made_dossiers_are_safe_and_fit_a_comment(name):
    """No links, no HTML, no mentions, whatever the names are; never longer than a comment may be."""
    text = RENDERERS.get("md").render(getattr(made, name)()).decode()
    check(text)
    assert len(text) <= MOST


@settings(max_examples=60)
@given(dossiers())
def test_every_dossier_is_safe(dossier):
    """The same for whatever records there can be."""
    check(markdown_of(dossier))


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_a_text_is_shown_and_does_nothing(text):
    """The paragraph that a text makes holds text alone, and the characters that were shown."""
    shown = plain(text)
    kinds = {t.type for t in tokens(f"x {shown}")}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert "\n" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://evil.example)",
        "![x](https://evil.example/p.png)",
        "<img src=x onerror=alert(1)>",
        "@octocat see #12 and GH-12",
        "https://evil.example www.evil.example",
        "<!-- hidden -->",
        "a | b",
        "# heading",
        "`code` ~~gone~~ **bold** $x$",
        "1. list",
        "- list",
        "::warning file=x::text",
    ],
)
def test_markup_of_strangers_stays_text(text):
    """Each is shown and does nothing, as plain words and as code."""
    for written in (plain(text), code(text)):
        kinds = {t.type for t in tokens(f"- {written}")}
        allowed = {
            "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "paragraph_open",
            "paragraph_close", "inline", "text", "text_special", "code_inline",
        }  # fmt: skip
        assert kinds <= allowed
        running = "".join(t.content for t in tokens(written) if t.type == "text")
        assert not LIVE.search(running)


def test_a_name_cannot_break_its_row():
    """Each row of the table has as many cells as its head, whatever a model is called."""
    text = RENDERERS.get("md").render(made.hostile()).decode()
    rows = [t for t in tokens(text) if t.type == "tr_open"]
    cells = [t for t in tokens(text) if t.type in ("td_open", "th_open")]
    assert len(rows) == len(made.hostile().models) + 1
    assert len(cells) % len(rows) == 0


def test_the_answer_comes_first_then_contradictions_then_findings():
    """A reader of the first lines knows what runs here and what each scenario takes away."""
    text = RENDERERS.get("md").render(made.small()).decode()
    order = [
        text.index(words) for words in ("takes away", "### Contradictions", "### Findings", "### Models")
    ]
    assert order == sorted(order)
    assert "Evidence and rule evaluation, not legal advice." in text


def test_what_does_not_fit_is_counted():
    """A page of 60,000 characters shows what it can of 5,000 findings and says how many there are more."""
    found = tuple(
        Finding(
            rule="pickle-format",
            severity="low",
            confidence="high",
            audience=("security",),
            message=f"finding number {number}",
        )
        for number in range(5_000)
    )
    text = markdown_of(msgspec.structs.replace(made.small(), findings=found))
    assert len(text) <= MOST
    shown = len(re.findall(r"finding number \d+", text))
    (more,) = re.findall(r"and ([\d,]+) more findings", text)
    assert shown + int(more.replace(",", "")) == 5_000
    assert "### Models" in text
