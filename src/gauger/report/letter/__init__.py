"""Answers to a questionnaire about the models in use, in the style of a committee's letter; a twin in JSON.

The questions and where they come from stand in `questions.yaml` beside this module.
"""

from __future__ import annotations

from gauger.core.canonical import document_json
from gauger.core.dossier import Dossier
from gauger.report.letter.answers import answers
from gauger.report.letter.page import page_of
from gauger.report.letter.questions import questionnaire
from gauger.report.summary import document_head


class LetterRenderer:
    """Writes the answers as Markdown."""

    ident = "letter"
    media_type = "text/markdown; charset=utf-8"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the answers?"""
        return page_of(dossier).encode()


class LetterJsonRenderer:
    """Writes every answer with every fact, for machines."""

    ident = "letter-json"
    media_type = "application/json"

    def render(self, dossier: Dossier) -> bytes:
        """What are the bytes of the answers as JSON?"""
        written = {
            "questionnaire": questionnaire(),
            **document_head(dossier),
            "answers": answers(dossier),
        }
        return document_json(written)
