"""The renderers: one file each, one line here each. A renderer is a pure function from dossier to bytes."""

from __future__ import annotations

from typing import Protocol

from gauger.core.dossier import Dossier
from gauger.core.plugin import Registry
from gauger.report.briefing import BriefingMarkdownRenderer, BriefingRenderer
from gauger.report.coverage import CoverageJsonRenderer, CoverageRenderer
from gauger.report.cyclonedx import CycloneDxRenderer
from gauger.report.decision_log import DecisionLogJsonRenderer, DecisionLogRenderer
from gauger.report.facts import FactsRenderer
from gauger.report.html import HtmlRenderer
from gauger.report.json import JsonRenderer
from gauger.report.letter import LetterJsonRenderer, LetterRenderer
from gauger.report.markdown import MarkdownRenderer
from gauger.report.oscal import OscalRenderer
from gauger.report.sarif import SarifRenderer
from gauger.report.spdx import SpdxRenderer
from gauger.report.text import TextRenderer
from gauger.report.vendors import VendorQuestionsJsonRenderer, VendorQuestionsRenderer


class Renderer(Protocol):
    """A way of writing a dossier down.

    Laws: the same dossier gives the same bytes; no dossier that loads makes a renderer fail; nothing but the
    dossier is consulted (no clock, no network, no files of the examined stack).
    """

    @property
    def ident(self) -> str:
        """The name after `--format`."""
        ...

    @property
    def media_type(self) -> str:
        """The IANA media type of the bytes, with the character set where there is one."""
        ...

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of this dossier in this format?"""
        ...


RENDERERS: Registry[Renderer] = Registry(
    "renderer",
    (
        TextRenderer(),
        JsonRenderer(),
        HtmlRenderer(),
        CycloneDxRenderer("1.7"),
        CycloneDxRenderer("1.6"),
        SpdxRenderer(),
        SarifRenderer(),
        MarkdownRenderer(),
        CoverageRenderer(),
        CoverageJsonRenderer(),
        OscalRenderer(),
        FactsRenderer(),
        BriefingRenderer(),
        BriefingMarkdownRenderer(),
        LetterRenderer(),
        LetterJsonRenderer(),
        VendorQuestionsRenderer(),
        VendorQuestionsJsonRenderer(),
        DecisionLogRenderer(),
        DecisionLogJsonRenderer(),
    ),
)
"""In the order in which `--format` lists them; others join through the group `gauger.renderer`."""
