"""All answers of one dossier, in the questionnaire's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gauger.core.dossier import Dossier
from gauger.report.letter import of_models, of_practice
from gauger.report.letter.answer import Answer
from gauger.report.letter.questions import Question, questionnaire
from gauger.report.view import View

ANSWERED_BY: Mapping[str, Callable[[View, Question], Answer]] = {
    "models": of_models.models,
    "selection": of_practice.selection,
    "evaluation": of_practice.evaluation,
    "data": of_practice.data,
    "volume": of_practice.volume,
    "safeguards": of_practice.safeguards,
    "lineage": of_models.lineage,
    "outputs": of_models.outputs,
    "decisions": of_practice.decisions,
}
"""By the question's ident."""


def answers(dossier: Dossier) -> tuple[Answer, ...]:
    """What does the dossier answer to each question?"""
    view = View(dossier)
    return tuple(ANSWERED_BY[question.ident](view, question) for question in questionnaire().questions)
