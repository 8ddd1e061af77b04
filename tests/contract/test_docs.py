"""The documentation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from build.documents import DOCS, REPOSITORY, SOURCE, blocks, emitted_rules, headings, pages, script
from gauger.core.profile import Profile
from gauger.core.strict import convert
from gauger.trace.registry import PROBES

REFERENCE = script("reference")
_WORKPLACE = re.compile(r"(?<![\w.])/(work|tmp|root|home)/|localhost:\d+", re.IGNORECASE)


_OTHERS = {"docs/gguf.md"}
"""Pages of other projects (here ggml's description of its format) that our sources cite by path."""


def configuration() -> dict[str, Any]:
    """`mkdocs.yml`, as plain data."""
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))
    return loaded


def in_nav(node: Any) -> list[str]:
    """All pages that the navigation names, in order."""
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node
    return [page for child in children for page in in_nav(child)]


@pytest.mark.parametrize("page", REFERENCE.PAGES)
def test_generated_pages_are_up_to_date(page: str) -> None:
    """Running `scripts/reference.py` would change nothing."""
    assert (DOCS / page).read_text(encoding="utf-8") == REFERENCE.PAGES[page]()


def test_every_rule_has_a_section_and_every_section_a_rule() -> None:
    """Each finding's rule is a heading of the rules page; no heading is about a rule that nothing raises."""
    assert sorted(emitted_rules()) == sorted(headings(DOCS / "rules.md"))


def test_every_page_is_in_the_navigation_once() -> None:
    """A reader can reach every page, and no entry leads nowhere."""
    listed = in_nav(configuration()["nav"])
    assert sorted(listed) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


def test_the_built_pages_load_nothing_from_other_hosts() -> None:
    """No web fonts, no analytics, no scripts or styles from elsewhere."""
    settings = configuration()
    assert settings["theme"]["font"] is False
    assert settings["extra"] == {"generator": False}
    assert not settings.get("extra_javascript")
    assert not settings.get("extra_css")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_no_page_names_the_machine_it_was_written_on(page: Path) -> None:
    """A page holds no absolute path of somebody's machine."""
    assert _WORKPLACE.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_no_page_promises_what_no_tool_can(page: Path) -> None:
    """Nobody is told that anything complies with the law."""
    assert not re.search(r"\b(non-?)?compliant\b", page.read_text(encoding="utf-8"), re.IGNORECASE)


def profiles() -> list[tuple[str, str]]:
    """Every YAML block of the documentation, with its page."""
    return [
        (page.name, body)
        for page in (DOCS / "how-to" / "write-a-profile.md", DOCS / "how-to" / "gate-a-pipeline.md")
        for body in blocks(page, "yaml")
    ]


@pytest.mark.parametrize(("page", "body"), profiles())
def test_profiles_in_the_how_tos_are_profiles(page: str, body: str) -> None:
    """Each example of a profile has keys that exist, and accepts rules that exist."""
    profile = convert(yaml.safe_load(_dates_as_text(body)), Profile, subject=page)
    assert {risk.rule for risk in profile.accepted} <= set(emitted_rules())


def _dates_as_text(body: str) -> str:
    """PyYAML reads a bare date as a date; Gauger's own reader keeps it as text."""
    return re.sub(r"(\d{4}-\d{2}-\d{2})$", r'"\1"', body, flags=re.MULTILINE)


def test_decisions_are_numbered_without_a_hole() -> None:
    """The design decisions are 0001, 0002 and so on, each with that number in its title."""
    found = sorted((DOCS / "design").glob("*.md"))
    numbers = [int(page.name[:4]) for page in found]
    assert numbers == list(range(1, len(found) + 1))
    for number, page in zip(numbers, found, strict=True):
        assert page.read_text(encoding="utf-8").startswith(f"# {number}. ")


def test_every_probe_has_a_method_page() -> None:
    """A probe's ident is the name of a page that begins with the question it answers."""
    for ident in PROBES.idents():
        page = DOCS / "methods" / f"{ident}.md"
        assert page.is_file(), ident
        assert "**Question.**" in page.read_text(encoding="utf-8"), ident


def test_pages_that_the_code_names_exist() -> None:
    """A docstring or a record of the catalogue does not send a reader to a page that is not there."""
    named = {
        page
        for suffix in ("*.py", "*.yaml")
        for path in SOURCE.rglob(suffix)
        for page in re.findall(r"(?<![\w/.-])docs/[a-z0-9/-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert named
    assert [page for page in sorted(named - _OTHERS) if not (REPOSITORY / page).is_file()] == []
