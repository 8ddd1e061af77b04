"""Every collector has its code, its line in the registry, its section in the docs and its test."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.documents import DOCS, REPOSITORY, headings
from gauger.scan.collector import Collector
from gauger.scan.registry import BUILTIN, COLLECTORS

TESTS = REPOSITORY / "tests" / "unit" / "scan"


def sources(folder: Path) -> str:
    """All Python text in a folder."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))


def test_every_collector_has_a_section_and_every_section_a_collector() -> None:
    """What a collector reads and cannot see stands under its ident."""
    assert sorted(headings(DOCS / "reference" / "collectors.md")) == sorted(COLLECTORS.idents())


@pytest.mark.parametrize("collector", BUILTIN, ids=lambda c: c.ident)
def test_every_collector_says_which_files_it_wants_and_is_tested(collector: Collector) -> None:
    """A glob or a magic, an ident in lower case with dashes, and a unit test that names it."""
    assert collector.globs or collector.magics
    assert collector.ident == collector.ident.lower().replace("_", "-").replace(" ", "-")
    text = sources(TESTS)
    assert type(collector).__name__ in text or collector.ident in text
