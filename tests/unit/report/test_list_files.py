"""The list files behind a document are named in what people read."""

from __future__ import annotations

import pytest

from gauger.core.dossier import CatalogueStamp, Dossier, ListNote, Tool
from gauger.report.registry import RENDERERS

FILE = ListNote(
    key="us.csl@0123456789ab",
    title="Consolidated Screening List (United States)",
    lists=("us.entity-list", "us.ofac-sdn"),
    sha256="0123456789ab" + "0" * 52,
    published="2026-11-20",
    retrieved="2026-11-23",
    entries=10,
)


def document(*files: ListNote) -> Dossier:
    """An empty document that was made with these files."""
    return Dossier(
        tool=Tool(name="gauger", version="1"),
        target="stack",
        as_of="2026-11-24",
        catalogue=CatalogueStamp(version="2026.11.0", as_of="2026-11-23", digest="sha256:" + "0" * 64),
        lists=files,
    )


@pytest.mark.parametrize("form", ["text", "md"])
def test_a_report_names_the_list_files_with_their_dates(form: str) -> None:
    """By key and publication date; and says nothing of lists where there were none."""
    renderer = RENDERERS.get(form)
    told = " ".join(renderer.render(document(FILE)).decode().replace("\u200b", "").split())
    assert "list file us.csl@0123456789ab of 2026-11-20" in told
    assert b"ist file " not in renderer.render(document())


def test_the_html_report_has_dates_and_digest() -> None:
    """So that the file can be found again."""
    html = RENDERERS.get("html").render(document(FILE)).decode()
    assert "published 2026-11-20, retrieved 2026-11-23" in html
    assert FILE.sha256 in html
    assert "List file" not in RENDERERS.get("html").render(document()).decode()
