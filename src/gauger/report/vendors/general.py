"""The questions that go to every supplier, read from the data file beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
import yaml


class General(msgspec.Struct, frozen=True, kw_only=True):
    """A question that goes to everybody.

    Attributes:
        ident: Its name here.
        asks: The question.
        why: Why it is asked.
        settles: Which evidence would settle it.
    """

    ident: str
    asks: str
    why: str
    settles: str


@cache
def general() -> tuple[General, ...]:
    """The general set, in order."""
    text = (files("gauger.report.vendors") / "general.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), tuple[General, ...])
