"""The answers as Markdown: each question, its answer, what it rests on, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.dossier import Dossier
from gauger.report.briefing.content import ALLEGATIONS
from gauger.report.letter.answer import Answer, Fact, Missing
from gauger.report.letter.answers import answers
from gauger.report.letter.questions import Question, questionnaire
from gauger.report.markdown.escape import code, plain
from gauger.report.summary import DISCLAIMER, stamp
from gauger.report.view import View
from gauger.report.words import REASON, capital, listed, plural

_STATE = {"answered": "answered", "in-part": "answered in part", "not-known": "not known from files"}
_MOST_FACTS = 200
"""Facts of one question; the JSON twin has all of them."""


def page_of(dossier: Dossier) -> str:
    """The whole page."""
    view, paper = View(dossier), questionnaire()
    given = answers(dossier)
    whom = f" by {plain(dossier.profile.organisation, 80)}" if dossier.profile.organisation else ""
    lines = [
        f"# {paper.title}{whom}",
        "",
        f"About {code(dossier.target, 80)}; {plain(stamp(view), 300)}.",
        f"The questions follow {paper.after}, in our own words and without singling out any country.",
        "",
        f"{DISCLAIMER} {ALLEGATIONS} Whoever signs this adds what is marked as not known.",
        "",
        "| Question | State | Not known |",
        "| --- | --- | ---: |",
    ]
    for number, (question, answer) in enumerate(zip(paper.questions, given, strict=True), 1):
        lines.append(f"| {number}. {question.title} | {_STATE[answer.state]} | {len(answer.missing)} |")
    for number, (question, answer) in enumerate(zip(paper.questions, given, strict=True), 1):
        lines += ["", *_question(number, question, answer)]
    lines += ["", "## Where the questions come from", ""]
    lines.append(f"Confidence: **{paper.confidence}**, since {paper.confidence_because.strip()}.")
    lines.append("")
    lines += [f"- {s.ident}: <{s.url}> (read on {s.read_on}): {s.note}" for s in paper.sources]
    return "\n".join(lines) + "\n"


def _question(number: int, question: Question, answer: Answer) -> Iterator[str]:
    yield f"## {number}. {question.title}"
    yield ""
    yield f"> {question.asks}"
    yield ""
    yield f"**{capital(_STATE[answer.state])}.** {plain(answer.summary, 1200)}"
    if answer.facts:
        yield from _facts(answer)
    if answer.missing:
        yield ""
        yield "Not known:"
        yield ""
        yield from (_missing(m) for m in answer.missing)


def _facts(answer: Answer) -> Iterator[str]:
    shown, group = answer.facts[:_MOST_FACTS], None
    grouped = any(fact.group for fact in shown)
    for first in (True, False):
        part = [fact for fact in shown if fact.first is first]
        if part and grouped and any(fact.first for fact in shown):
            yield ""
            yield "Named by a rule of some scenario:" if first else "Named by none:"
        group = None
        for fact in part:
            if fact.group != group or group is None:
                group = fact.group
                yield ""
                if group:
                    yield f"*{plain(group, 120)}*"
                    yield ""
            yield _fact(fact)
    if len(answer.facts) > _MOST_FACTS:
        yield ""
        yield f"… and {plural(len(answer.facts) - _MOST_FACTS, 'more fact')}; `letter-json` has all of them."


def _fact(fact: Fact) -> str:
    records = f"; {', '.join(code(r, 40) for r in fact.records[:3])}" if fact.records else ""
    return (
        f"- {code(fact.about, 120)}: {plain(fact.says, 500)} "
        f"({fact.ground}, confidence {fact.confidence}{records})"
    )


def _missing(missing: Missing) -> str:
    return (
        f"- {plain(missing.what, 200)} ({REASON[missing.reason]}): {plain(missing.detail, 400)}. "
        f"Ask: {listed(list(missing.who))}."
    )
