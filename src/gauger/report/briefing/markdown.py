"""The briefing as Markdown: the same parts in the same order."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.dossier import Dossier
from gauger.report.briefing.content import ALLEGATIONS, QUESTION, Briefing, Row, briefing_of
from gauger.report.markdown.escape import code, plain
from gauger.report.summary import DISCLAIMER
from gauger.report.view import View
from gauger.report.words import VERDICT, plural


def markdown_of(dossier: Dossier) -> str:
    """The whole page."""
    briefing = briefing_of(View(dossier))
    whom = f" for {plain(dossier.profile.organisation, 80)}" if dossier.profile.organisation else ""
    lines = [
        f"# AI models in {plain(dossier.target, 80)}: briefing{whom}",
        "",
        f"*{plain(dossier.as_of, 10)}*",
        "",
        f"**{QUESTION}** {plain(briefing.answer, 600)} {plain(briefing.caveat, 400)}".rstrip(),
        "",
        *_exposure(briefing),
        *_models(briefing),
        *_questions(briefing),
        *_changes(briefing),
        "## What this rests on",
        "",
        f"{'. '.join(_sentence(part) for part in briefing.basis)}. {DISCLAIMER} {ALLEGATIONS}",
    ]
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    return plain(text[:1].upper() + text[1:], 400)


def _exposure(briefing: Briefing) -> Iterator[str]:
    if not briefing.rows:
        return
    yield "## Exposure"
    yield ""
    yield f"| Scenario | Taken away, of {briefing.total:,} | If read strictly | All models |"
    yield "| --- | ---: | ---: | --- |"
    for row in briefing.rows:
        yield f"| {plain(row.title, 80)} | {row.gone:,} | {row.strict:,} | {_tally(row)} |"
    if briefing.others:
        yield ""
        yield plain(briefing.others, 300)
    yield ""


def _tally(row: Row) -> str:
    told = (
        f"{count:,} not evaluated"
        if cell == "not-evaluated"
        else f"{VERDICT[cell].sign} {count:,} {VERDICT[cell].counted}"
        for cell, count in row.tally
    )
    return ", ".join(told) or "–"


def _models(briefing: Briefing) -> Iterator[str]:
    if not briefing.models:
        return
    yield "## The models that matter most"
    yield ""
    yield "| Model | Made by | Where | What takes it away | How sure |"
    yield "| --- | --- | --- | --- | --- |"
    for m in briefing.models:
        more = f" and {m.like:,} more like it" if m.like else ""
        cells = (
            code(m.name, 80) + more,
            *(plain(text, 160) for text in (m.developer, m.where, m.why, m.sure)),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _questions(briefing: Briefing) -> Iterator[str]:
    if not briefing.questions:
        return
    yield "## What to decide now"
    yield ""
    for number, q in enumerate(briefing.questions, 1):
        yield f"{number}. {plain(q.what, 300)} *{plain(q.who, 60)}; {plural(q.models, 'model')}*"
    if briefing.questions_left:
        yield ""
        yield f"{plural(briefing.questions_left, 'more question')} in the full report."
    yield ""


def _changes(briefing: Briefing) -> Iterator[str]:
    yield "## What changes when"
    yield ""
    if not briefing.changes:
        yield "No date is recorded on which a verdict changes by the calendar alone."
    for change in briefing.changes:
        yield f"- {plain(change.day, 10)}: {plain(change.what, 240)}"
    yield ""
