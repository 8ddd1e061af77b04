"""A diff for people and machines: plain text, Markdown, JSON."""

from __future__ import annotations

from gauger.core.change import Diff, dump
from gauger.report.diff.markdown import as_markdown
from gauger.report.diff.text import as_text

FORMATS = ("text", "json", "md")


def written(diff: Diff, form: str) -> bytes:
    """The diff in one of `FORMATS`."""
    if form == "json":
        return dump(diff)
    return (as_markdown(diff) if form == "md" else as_text(diff)).encode()
