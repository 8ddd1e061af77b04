"""Every renderer has its code, its line in the registry, its section in the docs, its help and its ending."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from build.documents import DOCS, REPOSITORY, headings
from gauger.cli.main import cli
from gauger.cli.session import SUFFIXES
from gauger.report.registry import RENDERERS

PAGE = (DOCS / "reference" / "renderers.md").read_text(encoding="utf-8")


def section(ident: str) -> str:
    """What the page says under this heading."""
    return PAGE.partition(f"\n## {ident}\n")[2].partition("\n## ")[0]


def test_every_renderer_has_a_section_and_every_section_a_renderer() -> None:
    """What it writes and for whom stands under its ident."""
    assert sorted(headings(DOCS / "reference" / "renderers.md")) == sorted(RENDERERS.idents())


@pytest.mark.parametrize("ident", RENDERERS.idents())
def test_every_renderer_can_be_asked_for_and_is_tested(ident: str) -> None:
    """The help names it, an ending leads to it, and its section and a unit test name both."""
    told = CliRunner().invoke(cli, ["check", "--help"]).output
    shown = re.sub(r"\s+", " ", told.partition("--format")[2])
    assert re.search(rf"[ ,]{re.escape(ident)}[,. ]", shown)
    endings = [ending for ending, target in SUFFIXES.items() if target == ident]
    assert endings
    assert any(f"`{ending}`" in section(ident) for ending in endings)
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (REPOSITORY / "tests").rglob("test_*.py"))
    assert f'"{ident}"' in tests or type(RENDERERS.get(ident)).__name__ in tests


def test_endings_lead_to_renderers_that_exist() -> None:
    """No ending promises a format that nobody writes, and the page names no ending that does not exist."""
    assert set(SUFFIXES.values()) <= set(RENDERERS.idents())
    named = set(re.findall(r"`(\.[a-z0-9.]+)`", PAGE))
    assert named <= set(SUFFIXES)
