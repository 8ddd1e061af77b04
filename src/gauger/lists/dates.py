"""Dates as lists write them, to ISO."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)")
_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4})(?!\d)")


@lru_cache(maxsize=4096)
def iso(text: str | None, order: Literal["dmy", "mdy"] = "dmy") -> str:
    """Which day does this text begin with? Empty where it begins with none.

    Args:
        text: `2026-09-21T10:00:00`, `21/09/2026`, `21-Sep-2026`.
        order: Which of two numbers before a year is the day; the United States write the month first.
    """
    stripped = (text or "").strip()
    if found := _ISO.match(stripped):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.match(stripped):
        first, second = int(found[1]), int(found[2])
        day, month = (first, second) if order == "dmy" else (second, first)
        return _day(int(found[3]), month, day)
    if (found := _WORDS.match(stripped)) and found[2].lower() in _MONTHS:
        return _day(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]))
    return ""


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
