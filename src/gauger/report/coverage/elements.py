"""The elements that a bill of materials for AI should have, read from the data file beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml


class Source(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Where the list comes from, and whether that page was read (`read_on` is empty where it was not)."""

    url: str
    kind: Literal["primary", "secondary"]
    read_on: str
    note: str


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """One element: its ident here, and its name in our words."""

    ident: str
    title: str


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """One of the seven clusters, and what its elements are about."""

    ident: str
    title: str
    about: Literal["document", "model", "data-set"]
    elements: tuple[Element, ...]


class Guideline(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The paper that the elements come from.

    Attributes:
        title: Its title.
        publisher: Who published it.
        published: ISO date.
        binding: Whether anybody must follow it.
        confidence: How sure the list is.
        confidence_because: Why.
        sources: Pages.
        clusters: In the paper's order.
    """

    title: str
    publisher: str
    published: str
    binding: str
    confidence: Literal["low", "medium", "high"]
    confidence_because: str
    sources: tuple[Source, ...]
    clusters: tuple[Cluster, ...]


@cache
def guideline() -> Guideline:
    """The guideline of the G7 working group, with its 50 elements."""
    text = (files("gauger.report.coverage") / "g7-2026.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), Guideline)
