"""The questions of a letter, read from the data file beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml


class Source(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """A page that tells what is asked.

    Attributes:
        ident: Its name here.
        url: Address.
        read_on: ISO date.
        note: What it tells.
    """

    ident: str
    url: str
    read_on: str
    note: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question, in our words.

    Attributes:
        ident: Its name here; the answer is made by the function of that name.
        title: A few words.
        asks: The question.
        sources: Idents of the pages that tell of it.
        who: Roles who can tell what files do not.
    """

    ident: str
    title: str
    asks: str
    sources: tuple[str, ...]
    who: tuple[str, ...]


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """All questions, and where they come from.

    Attributes:
        title: Of the page.
        after: On which letters it is modelled.
        confidence: How sure it is that these are asked.
        confidence_because: Why.
        sources: Pages.
        questions: In order.
    """

    title: str
    after: str
    confidence: Literal["low", "medium", "high"]
    confidence_because: str
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]


@cache
def questionnaire() -> Questionnaire:
    """The questionnaire in the style of the House committees' letters."""
    text = (files("gauger.report.letter") / "questions.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), Questionnaire)
