"""The log of legal points as Markdown: the wording, what each reading gives, and fields to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gauger.core.dossier import Dossier
from gauger.core.judgement import Verdict
from gauger.report.briefing.content import ALLEGATIONS
from gauger.report.decision_log.entries import Effect, Entry, entries
from gauger.report.markdown.escape import address, code, plain
from gauger.report.summary import DISCLAIMER, stamp
from gauger.report.view import View
from gauger.report.words import TRUTH, VERDICT, listed, plural, some

_MOST = 12
"""Names in one cell; the JSON twin has all of them."""
_MOST_ENTRIES = 80
"""Open points written out in full; nobody decides more at once, and the table on top has all of them."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_INTRO = (
    "Each is a form of a model of which a text says nothing, and on which a verdict hangs. Counsel decides; "
    f"the decision goes into the profile under `rulings`, and counts from its day. {DISCLAIMER} {ALLEGATIONS}"
)
_RULE = "| --- | --- | --- | ---: | ---: | ---: |"
_STATE = {"open": "open", "decided": "decided", "unused": "decided, nothing hangs on it"}


def page_of(dossier: Dossier) -> str:
    """The whole page."""
    found = entries(dossier)
    open_ = sum(e.state == "open" for e in found)
    lines = [
        f"# Points of law for {plain(dossier.profile.organisation or dossier.target, 80)}",
        "",
        f"About {code(dossier.target, 80)}; {plain(stamp(View(dossier)), 300)}.",
        f"{plural(open_, 'point')} open, {len(found) - open_:,} decided. {_INTRO}",
    ]
    if found:
        lines += ["", "| Point | Binds us | State | Verdicts | Today | By this alone |", _RULE]
        lines += [_row(number, e) for number, e in enumerate(found, 1)]
    for number, entry in enumerate(found, 1):
        if number <= _MOST_ENTRIES or entry.state != "open":
            lines += ["", *_entry(number, entry, dossier)]
    if open_ > _MOST_ENTRIES:
        left = plural(open_ - _MOST_ENTRIES, "more point")
        lines += ["", f"… and {left}, listed above; `decision-log-json` has all of them in full."]
    return "\n".join(lines) + "\n"


def _row(number: int, entry: Entry) -> str:
    return (
        f"| {number}. {plain(entry.title, 120)}: {plain(entry.form, 20)} "
        f"| {TRUTH[entry.binds_user][1]} | {_STATE[entry.state]} "
        f"| {entry.cells:,} | {entry.today:,} | {entry.alone:,} |"
    )


def _entry(number: int, entry: Entry, dossier: Dossier) -> Iterator[str]:
    yield f"## {number}. {plain(entry.title, 120)}: {plain(entry.form, 20)}"
    yield ""
    cited = f", {plain(entry.citation, 200)}" if entry.citation else ""
    stands = f"; {plain(entry.status, 40)}" if entry.status else ""
    if entry.status == "hypothetical":
        stands += ": the wording is assumed, and a decision on it serves planning only"
    binds = TRUTH[entry.binds_user][1] + ("; settle that first" if entry.binds_user == "unknown" else "")
    yield f"{code(entry.instrument, 80)}{cited}{stands}. Does it bind us: {binds}."
    yield ""
    if entry.quote:
        yield f"> {plain(entry.quote, 1200)}"
    else:
        yield "*The knowledge base holds no wording of it.*"
    yield ""
    if entry.sources:
        checked = f" (checked on {plain(entry.checked_on, 10)})" if entry.checked_on else ""
        yield f"Source: {', '.join(address(url) for url in entry.sources[:4])}{checked}."
        yield ""
    yield f"The text says nothing of the form **{plain(entry.form, 20)}**."
    yield ""
    yield from _effects(entry, dossier)
    yield from _fields(entry)


def _effects(entry: Entry, dossier: Dossier) -> Iterator[str]:
    if not entry.effects:
        yield "No verdict of this document hangs on it."
        yield ""
        return
    yield "| Models | Silence is no | Somebody looks | Silence is yes | In scenarios |"
    yield "| --- | --- | --- | --- | --- |"
    for alike in _alike(entry.effects):
        models = sorted({name for effect in alike for name in effect.models})
        cells = (_names(models), *_words(alike[0]), _scenarios(alike, dossier))
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield (
        f"It touches {plural(entry.cells, 'verdict')} by model and scenario, {entry.today:,} of them today; "
        f"{entry.alone:,} hang on this rule alone."
    )
    yield ""


def _alike(effects: Sequence[Effect]) -> list[list[Effect]]:
    """Effects with the same verdicts share a row; which scenario it is for which model stands in the twin."""
    groups: dict[tuple[Verdict, Verdict, Verdict], list[Effect]] = {}
    for effect in effects:
        groups.setdefault((effect.literal, effect.cautious, effect.strict), []).append(effect)
    return list(groups.values())


def _words(effect: Effect) -> tuple[str, str, str]:
    def told(verdict: Verdict) -> str:
        return f"{VERDICT[verdict].sign} {VERDICT[verdict].word}"

    return told(effect.literal), told(effect.cautious), told(effect.strict)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(code(name, 100) for name in names[:_MOST]) + more


def _scenarios(alike: Sequence[Effect], dossier: Dossier) -> str:
    here = {title for effect in alike for title in effect.scenarios}
    titles = list(dict.fromkeys(s.title for s in dossier.scenarios if s.title in here))
    if len(titles) == len(dossier.scenarios) > 1:
        return f"all {len(titles):,}"
    return some([plain(title, 60) for title in titles], 3)


def _fields(entry: Entry) -> Iterator[str]:
    ruling = entry.ruling
    if ruling is None:
        yield from ("| Decision | |", "| --- | --- |")
        yield from (f"| {field} | |" for field in ("Reason", "Decided by", "Date", "Review date"))
        yield from _snippet(entry)
        return
    held = "the text reaches it" if ruling.held == "reached" else "the text does not reach it"
    yield f"| Decision | {held} |"
    yield "| --- | --- |"
    yield f"| Reason | {plain(ruling.because, 600) or 'not recorded'} |"
    yield f"| Decided by | {plain(ruling.by, 200)} |"
    yield f"| Date | {plain(ruling.on, 10)} |"
    yield f"| Review date | {plain(ruling.review, 10) or 'none set'} |"
    if entry.otherwise:
        told = listed(
            [f"{plain(verdict, 60)} ({plural(n, 'decision')})" for verdict, n in entry.otherwise.items()]
        )
        yield ""
        yield f"If the ruling did not stand: {told}."


def _snippet(entry: Entry) -> Iterator[str]:
    """What counsel's decision looks like in the profile; only where the names are plain words."""
    if not (_PLAIN_ID.fullmatch(entry.instrument) and _PLAIN_ID.fullmatch(entry.form)):
        return
    yield from (
        "",
        "```yaml",
        "rulings:",
        f"  - instrument: {entry.instrument}",
        f"    form: {entry.form}",
        "    held:      # reached, or not-reached",
        "    by:",
        "    on:        # YYYY-MM-DD",
        "    because:",
        "    review:    # YYYY-MM-DD",
        "```",
    )
