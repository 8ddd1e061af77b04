"""What a board needs to know, cut to what one sheet of A4 holds: counts of what was left out are kept."""

from __future__ import annotations

from typing import NamedTuple

from gauger.core.dossier import ScenarioNote
from gauger.report.briefing.agenda import Change, Decide, changes, to_decide
from gauger.report.briefing.models import Matter, that_matter
from gauger.report.summary import counted, stamp
from gauger.report.view import Cell, View
from gauger.report.words import VERDICT, capital, listed, plural

QUESTION = "Which AI models do we run, and what would the law take away?"
ALLEGATIONS = "An allegation is shown as an allegation and decides nothing."
"""Stands at the foot of everything that is handed over."""
MOST_SCENARIOS = 7
MOST_MODELS = 5
MOST_QUESTIONS = 5
MOST_CHANGES = 4
"""Rows of each part. Source: with these, and names of the greatest length that is shown, the page prints on
one sheet of A4; a test with a real browser counts the pages."""


class Row(NamedTuple):
    """One scenario in numbers.

    Attributes:
        title: Its name.
        hypothetical: False for the law as it stands.
        gone: How many models it takes away under the profile's reading.
        strict: The same under the strict reading.
        tally: How many models have each verdict, worst first.
    """

    title: str
    hypothetical: bool
    gone: int
    strict: int
    tally: tuple[tuple[Cell, int], ...]


class Briefing(NamedTuple):
    """The whole page, part by part.

    Attributes:
        answer: The answer in one sentence.
        caveat: What stands beside it: how sure that is.
        rows: The law as it stands, then the scenarios that change something, worst first.
        others: What the scenarios that are not shown do, in one sentence.
        total: Models in all.
        models: Those that matter most.
        questions: What to decide now.
        questions_left: How many more facts are open.
        changes: What changes on which date.
        basis: What all of this rests on, in sentences.
    """

    answer: str
    caveat: str
    rows: tuple[Row, ...]
    others: str
    total: int
    models: tuple[Matter, ...]
    questions: tuple[Decide, ...]
    questions_left: int
    changes: tuple[Change, ...]
    basis: tuple[str, ...]


def briefing_of(view: View) -> Briefing:
    """What should the board read?"""
    rows, others = exposure(view)
    questions = to_decide(view)
    return Briefing(
        answer=_answer(view),
        caveat=_caveat(view),
        rows=rows,
        others=others,
        total=len(view.models),
        models=tuple(that_matter(view, MOST_MODELS)),
        questions=tuple(questions[:MOST_QUESTIONS]),
        questions_left=max(0, len(questions) - MOST_QUESTIONS),
        changes=tuple(changes(view)[:MOST_CHANGES]),
        basis=tuple(_basis(view)),
    )


def law_today(view: View) -> ScenarioNote | None:
    """Which of the scenarios is the law as it stands? None where it was not asked for."""
    return next((s for s in view.dossier.scenarios if not s.hypothetical), None)


def _answer(view: View) -> str:
    total, today = len(view.models), law_today(view)
    if not total:
        return "No AI model was found in what was examined."
    runs = f"{counted(view, total)} {'is' if total == 1 else 'are'} in use"
    if today is None:
        return f"{runs}; what the law as it stands says of {'it' if total == 1 else 'them'} was not asked."
    return f"{runs}. {_said_today(view, today)}"


def _said_today(view: View, today: ScenarioNote) -> str:
    gone = len(view.taken_away(today.key))
    tally = dict(view.tally(today.key))
    strictly, open_, bound = (
        tally.get(cell, 0) for cell in ("prohibited-under-strict-reading", "undetermined", "duties")
    )
    rest = [
        f"would take away {strictly:,} more if read strictly" if strictly else "",
        f"leaves {open_:,} undetermined because a fact or a wording is open" if open_ else "",
        f"attaches duties to {bound:,}" if bound else "",
    ]
    away = f"takes away {gone:,}" if gone else "is known to take away none"
    return f"Today's law {listed([away, *[part for part in rest if part]])}."


def _caveat(view: View) -> str:
    clashes, gaps = len(view.contradictions()), len(view.dossier.gaps)
    nameless = sum(view.developer(m) == "" for m in view.models if m.form != "data-set")
    parts = [
        f"of {plural(nameless, 'model')} the developer is not known by name" if nameless else "",
        f"{plural(clashes, 'statement')} of origin {'is' if clashes == 1 else 'are'} contradicted by "
        "what was observed"
        if clashes
        else "",
        f"{plural(gaps, 'thing')} could not be examined" if gaps else "",
    ]
    told = listed([part for part in parts if part])
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def exposure(view: View) -> tuple[tuple[Row, ...], str]:
    """The scenarios that change something for this stack, worst first, and a sentence on the others."""
    today = law_today(view)
    changing = [s for s in view.dossier.scenarios if s.hypothetical and _changes_something(view, s, today)]
    ranked = sorted((_row(view, s) for s in changing), key=_badness)
    same = sum(s.hypothetical for s in view.dossier.scenarios) - len(changing)
    left = ranked[MOST_SCENARIOS:]
    told = [
        f"{plural(len(left), 'more scenario')} {'changes' if len(left) == 1 else 'change'} less"
        if left
        else "",
        f"{plural(same, 'scenario')} {'changes' if same == 1 else 'change'} nothing for this stack"
        if same
        else "",
    ]
    shown = ranked[:MOST_SCENARIOS]
    sentence = listed([part for part in told if part])
    law = [_row(view, today)] if today else []
    return (
        (*law, *shown),
        f"{sentence[:1].upper()}{sentence[1:]}." if sentence else "",
    )


def _row(view: View, scenario: ScenarioNote) -> Row:
    return Row(
        title=scenario.title,
        hypothetical=scenario.hypothetical,
        gone=len(view.taken_away(scenario.key)),
        strict=len(view.taken_away(scenario.key, "strict")),
        tally=tuple(view.tally(scenario.key)),
    )


def _changes_something(view: View, scenario: ScenarioNote, today: ScenarioNote | None) -> bool:
    """Does any model have another verdict than today, under the profile's reading or the strict one?"""
    if today is None:
        return bool(view.taken_away(scenario.key, "strict"))
    return any(
        view.cell(m.id, scenario.key, reading) != view.cell(m.id, today.key, reading)
        for m in view.models
        for reading in (view.dossier.reading, "strict")
    )


def _badness(row: Row) -> tuple[int, int, int, str]:
    open_ = sum(count for cell, count in row.tally if cell == "undetermined")
    return -row.gone, -row.strict, -open_, row.title


def _basis(view: View) -> list[str]:
    d = view.dossier
    gaps = len(d.gaps)
    said = [
        _stamp(view),
        _lists(view),
        f"{plural(d.coverage.files_read, 'file')} read, {plural(gaps, 'gap')} recorded",
        f"{plural(len(d.profile.rulings), 'ruling')} of counsel recorded" if d.profile.rulings else "",
        "what the profile does not answer counts as not known"
        if d.profile_digest
        else "no profile was given",
        "supposed: " + "; ".join(d.suppositions) if d.suppositions else "",
    ]
    return [part for part in said if part]


def _stamp(view: View) -> str:
    stale = plural(len(view.dossier.catalogue.stale), "record")
    return f"{capital(stamp(view)[:-1])}; {stale} past the next check)"


def _lists(view: View) -> str:
    lists = view.dossier.lists
    if not lists:
        return "no official list file was supplied: list entries are those of the knowledge base"
    named = listed([f"{note.title} (fetched {note.retrieved})" for note in lists[:3]])
    return f"official lists: {named}" + (f" and {len(lists) - 3} more" if len(lists) > 3 else "")


def legend(briefing: Briefing) -> list[tuple[Cell, str, str]]:
    """Which verdicts stand in the picture: each with sign and word, worst first."""
    seen = {cell for row in briefing.rows for cell, _ in row.tally}
    return [(cell, words.sign, words.word) for cell, words in VERDICT.items() if cell in seen]
