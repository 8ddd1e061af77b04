"""The models × scenarios matrix for a terminal: one row for all models with the same verdicts."""

from __future__ import annotations

from gauger.core.dossier import ScenarioNote
from gauger.core.inventory import Model
from gauger.report.text.layout import BLANK, Line, Span, Style, cut, heading, pad, paragraph, safe, wrap
from gauger.report.view import Cell, View
from gauger.report.words import NOT_EVALUATED, VERDICT, VerdictWords

_CELL = 13
_NAMES = 34
_HEAD_ROWS = 4
_ALIKE = 5
"""From so many models with the same verdicts on, their names stand together under one row."""

STYLE: dict[str, Style] = {
    "prohibited": "bad",
    "unlicensed": "bad",
    "prohibited-under-strict-reading": "warn",
    "undetermined": "warn",
    "duties": "plain",
    "watch": "plain",
    "clear": "good",
    "not-evaluated": "muted",
}


def words_for(cell: Cell) -> VerdictWords:
    """Which words stand for this cell?"""
    return NOT_EVALUATED if cell == "not-evaluated" else VERDICT[cell]


def matrix(view: View, width: int) -> list[Line]:
    """Which model has which verdict in which scenario, under the profile's reading?"""
    scenarios = tuple(note for _, note in view.scenarios)
    if not view.models or not scenarios:
        return []
    lines = heading(f"MODELS × SCENARIOS under the {view.dossier.reading} reading", width)
    per_block = max(1, (width - _NAMES) // _CELL)
    for start in range(0, len(scenarios), per_block):
        lines += _block(view, scenarios[start : start + per_block], width)
    return lines + _legend(view, width)


def _block(view: View, scenarios: tuple[ScenarioNote, ...], width: int) -> list[Line]:
    names = width - _CELL * len(scenarios)
    groups: dict[tuple[Cell, ...], list[Model]] = {}
    for model in view.models:
        groups.setdefault(tuple(view.cell(model.id, s.key) for s in scenarios), []).append(model)
    lines = _head(scenarios, names)
    for pattern, models in groups.items():
        lines += _group(view, pattern, models, names, width)
    return [*lines, BLANK]


def _head(scenarios: tuple[ScenarioNote, ...], names: int) -> list[Line]:
    columns = [list(wrap(s.title, _CELL - 1)) for s in scenarios]
    columns = [
        c if len(c) <= _HEAD_ROWS else [*c[: _HEAD_ROWS - 1], cut(c[_HEAD_ROWS - 1] + "…", _CELL - 1)]
        for c in columns
    ]
    rows = max(len(c) for c in columns)
    return [
        (
            Span(" " * names),
            *(
                Span(pad(c[r - rows + len(c)] if r >= rows - len(c) else "", _CELL), "strong")
                for c in columns
            ),
        )
        for r in range(rows)
    ]


def _group(view: View, pattern: tuple[Cell, ...], models: list[Model], names: int, width: int) -> list[Line]:
    verdicts = tuple(Span(pad(f"{words_for(c).sign} {words_for(c).short}", _CELL), STYLE[c]) for c in pattern)
    if len(models) >= _ALIKE:
        together = ", ".join(view.told_apart(m) for m in models)
        head: Line = (Span(pad(f"{len(models)} models alike:", names), "strong"), *verdicts)
        return [head, *paragraph(together, width, indent=2)]
    rows = [Span(pad(cut(safe(view.told_apart(m)), names - 2), names), "strong") for m in models]
    blanks = tuple(Span(pad("″", _CELL), "muted") for _ in pattern)
    return [(row, *(verdicts if i == 0 else blanks)) for i, row in enumerate(rows)]


def _legend(view: View, width: int) -> list[Line]:
    seen = {view.cell(m.id, s.key) for m in view.models for s in view.dossier.scenarios}
    words = [*VERDICT.items(), ("not-evaluated", NOT_EVALUATED)]
    parts = [f"{w.sign} {w.short}: {w.meaning}" for verdict, w in words if verdict in seen]
    same = ["″: as in the row above"] if len(view.models) > 1 else []
    return paragraph(
        "; ".join([*parts, *same]) + f". Every verdict is as of {view.dossier.as_of}.", width, style="muted"
    )
