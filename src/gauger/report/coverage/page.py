"""The coverage table as Markdown: counts first, then each cluster, with a basis or a reason in every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gauger.core.dossier import Dossier
from gauger.report.coverage.answer import STATES, Answer, Row
from gauger.report.coverage.elements import Cluster, guideline
from gauger.report.coverage.table import counts, rows_of
from gauger.report.markdown.escape import code, plain
from gauger.report.words import REASON, capital, plural

_SIGN = {"present": "✓", "declared-absent": "∅", "unknown": "?", "not-applicable": "–"}
_WORD = {
    "present": "present", "declared-absent": "declared absent", "unknown": "unknown",
    "not-applicable": "not applicable",
}  # fmt: skip
_LEGEND = (
    "Present is what the dossier holds with a basis; a field that holds filler is not. Declared absent is "
    "what the files deny. Unknown has its reason. No share is given, since elements are not equal."
)
_MOST_ROWS = 400
"""Rows of one cluster; the JSON twin has all of them."""


def page_of(dossier: Dossier) -> str:
    """The whole page."""
    paper, rows = guideline(), rows_of(dossier)
    lines = [
        f"# Coverage of {plain(dossier.target, 120)}",
        "",
        f"Against *{paper.title}* ({paper.publisher}; {paper.published}). {capital(paper.binding)}.",
        f"Confidence of this list: **{paper.confidence}**, since {paper.confidence_because.strip()}.",
        "",
        _LEGEND,
        "",
        f"| Cluster | Elements | {' | '.join(capital(_WORD[s]) for s in STATES)} |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for cluster in paper.clusters:
        found = counts(rows, cluster.ident)
        lines.append(
            f"| {cluster.title} | {len(cluster.elements)} | {' | '.join(f'{found[s]:,}' for s in STATES)} |"
        )
    for cluster in paper.clusters:
        here = [row for row in rows if row.cluster == cluster.ident]
        lines += ["", f"## {cluster.title}", ""]
        lines += _one(cluster, here[0]) if _is_single(cluster, here) else _many(cluster, here)
    lines += ["", "Sources of the list:", ""]
    lines += [
        f"- <{source.url}> ({source.kind}; {'read on ' + source.read_on if source.read_on else 'not read'}): "
        f"{source.note}"
        for source in paper.sources
    ]
    return "\n".join(lines) + "\n"


def _is_single(cluster: Cluster, rows: list[Row]) -> bool:
    return cluster.about == "document" or (len(rows) == 1 and not rows[0].subject)


def _one(cluster: Cluster, row: Row) -> Iterable[str]:
    yield "| Element | Coverage | What |"
    yield "| --- | --- | --- |"
    for element in cluster.elements:
        answer = row.answers[element.ident]
        yield f"| {element.title} | {_cell(answer)} | {_what(answer)} |"


def _many(cluster: Cluster, rows: list[Row]) -> Iterable[str]:
    if not rows:
        yield "None was found in what was examined."
        return
    heads = [element.title for element in cluster.elements]
    yield f"| {'Model' if cluster.about == 'model' else 'Data set'} | {' | '.join(heads)} |"
    yield f"|{' --- |' * (len(heads) + 1)}"
    for row in rows[:_MOST_ROWS]:
        cells = [_cell(row.answers[element.ident]) for element in cluster.elements]
        yield f"| {code(row.name, 120)} | {' | '.join(cells)} |"
    if len(rows) > _MOST_ROWS:
        yield ""
        yield f"… and {plural(len(rows) - _MOST_ROWS, 'more row')}; `g7-json` has all of them."
    yield ""
    yield "Why something is not known, and how often:"
    yield ""
    for element in cluster.elements:
        why = Counter(
            a.detail for row in rows if (a := row.answers[element.ident]).state != "present" and a.detail
        )
        told = "; ".join(f"{plain(detail, 200)} ({count:,})" for detail, count in why.most_common(4))
        if told:
            yield f"- {element.title}: {told}"


def _cell(answer: Answer) -> str:
    sign = _SIGN[answer.state]
    if answer.state == "present":
        return f"{sign} {answer.ground}"
    if answer.state == "unknown" and answer.reason:
        return f"{sign} {REASON[answer.reason]}"
    return f"{sign} {_WORD[answer.state]}"


def _what(answer: Answer) -> str:
    words = [plain(answer.value, 200)] if answer.value else []
    if answer.detail:
        words.append(f"({plain(answer.detail, 200)})" if answer.value else plain(answer.detail, 200))
    return " ".join(words)
