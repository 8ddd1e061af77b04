"""The registry of renderers and the JSON renderer."""

from __future__ import annotations

import pytest

from build.dossiers import small
from gauger.core.dossier import load
from gauger.core.errors import UsageError
from gauger.report.registry import RENDERERS


def test_renderers_for_people_come_first_and_each_has_a_media_type():
    """`--format` lists text first, then JSON, then HTML; idents and media types are well formed."""
    assert RENDERERS.idents()[:3] == ("text", "json", "html")
    for renderer in RENDERERS:
        assert renderer.ident == renderer.ident.lower()
        assert renderer.media_type.count("/") == 1


def test_an_unknown_format_is_a_usage_error_that_names_the_known_ones():
    """Whoever mistypes a format is told which there are."""
    with pytest.raises(UsageError, match="text, json, html"):
        RENDERERS.get("docx")


def test_the_json_report_is_the_dossier_itself():
    """What was written loads as an equal dossier."""
    assert load(RENDERERS.get("json").render(small())) == small()
