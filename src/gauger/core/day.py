"""Is this text a day? In the one spelling in which days can be compared as text."""

from __future__ import annotations

from datetime import date


def is_day(text: str) -> bool:
    """Is this a day that exists, written YYYY-MM-DD?

    Python reads `20260101` and `2026-W01-1` as days too; compared as text with `2026-11-24` they come later.
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
