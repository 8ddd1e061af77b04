"""The reports of a small dossier, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.report_pages import golden_pages

STORED = Path(__file__).parent / "report"


NAMES = (
    "small.txt",
    "small.body.html",
    "empty.txt",
    "small.md",
    "small.g7.md",
    "small.briefing.md",
    "small.letter.md",
    "small.vendors.md",
    "small.rulings.md",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_the_stored_one(name):
    """A change of the report is seen in a diff; `scripts/golden_reports.py` writes the files anew."""
    assert golden_pages()[name].decode() == (STORED / name).read_text(encoding="utf-8")
