"""The calendar for people: as plain text, and as Markdown with a table."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.calendar import Calendar, Turn, dump
from gauger.core.text import printable
from gauger.report.markdown.escape import plain
from gauger.report.summary import DISCLAIMER
from gauger.report.words import VERDICT

_MODELS = 6
_KIND = {
    "check-due": "record to be checked against its sources",
    "acceptance-ends": "accepted risk runs out",
    "review-due": "ruling to be reviewed",
}
FORMATS = ("text", "json", "md")


def written(calendar: Calendar, form: str) -> bytes:
    """The calendar in one of `FORMATS`."""
    if form == "json":
        return dump(calendar)
    lines = _markdown(calendar) if form == "md" else _lines(calendar)
    return ("\n".join(lines) + "\n").encode()


def _head(calendar: Calendar) -> str:
    return (
        f"{calendar.target}, from {calendar.as_of} on, under the {calendar.reading} reading, "
        f"knowledge base {calendar.catalogue}"
    )


def _lines(calendar: Calendar) -> Iterator[str]:
    yield printable(f"CALENDAR of {_head(calendar)}", 400)
    if not calendar.turns:
        yield "No date is known on which anything changes by itself."
    day = ""
    for turn in calendar.turns:
        if turn.date != day:
            day = turn.date
            yield ""
            yield printable(day, 40) + (" (past)" if turn.note == "past" else "")
        yield printable(f"  {_what(turn)}", 400)
        yield from (printable(f"    {line}", 600) for line in _who(calendar, turn))
    yield ""
    yield DISCLAIMER


def _what(turn: Turn) -> str:
    if turn.before and turn.after:
        return f"{turn.title}: {VERDICT[turn.before].word} → {VERDICT[turn.after].word}"
    return f"{_KIND[turn.kind]}: {turn.title}"


def _who(calendar: Calendar, turn: Turn) -> Iterator[str]:
    if turn.models:
        more = len(turn.models) - _MODELS
        yield ", ".join(turn.models[:_MODELS]) + (f" and {more} more" if more > 0 else "")
    if turn.scenarios and len(turn.scenarios) < len(calendar.scenarios):
        yield "if: " + "; ".join(calendar.scenarios.get(s, s) for s in turn.scenarios)


def _markdown(calendar: Calendar) -> Iterator[str]:
    yield f"# Calendar of {plain(_head(calendar), 400)}"
    yield ""
    if calendar.turns:
        yield "| date | what changes | models | scenarios |"
        yield "| --- | --- | --- | --- |"
    for turn in calendar.turns:
        models = ", ".join(turn.models[:_MODELS]) + (" …" if len(turn.models) > _MODELS else "")
        every = len(turn.scenarios) == len(calendar.scenarios)
        where = "all" if every else "; ".join(calendar.scenarios.get(s, s) for s in turn.scenarios)
        past = " (past)" if turn.note == "past" else ""
        cells = (plain(text, 400) for text in (_what(turn), models, where))
        yield f"| {plain(turn.date, 40)}{past} | {' | '.join(cells)} |"
    if not calendar.turns:
        yield "No date is known on which anything changes by itself."
    yield ""
    yield DISCLAIMER
