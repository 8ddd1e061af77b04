"""The 2 x 2 table of the terminal report: weights linked, behaviour closer, one for each candidate."""

from __future__ import annotations

from gauger.core.lineage import Evidence
from gauger.report.text.layout import BLANK, Line, Span, cut, heading, labelled, pad, paragraph, safe
from gauger.report.view import View

PROBE = "behaviour"
_LABELS = 26
_HEADS = {"closer": "closer to it than to every control", "not-closer": "not closer"}
_ROWS = {"linked": "weights linked", "independent": "weights independent"}
_OPEN = {"not-measured": "weights not compared", "undecided": "behaviour not decided"}


def behaviour(view: View, width: int) -> list[Line]:
    """Whose behaviour is each model's nearest to, and what does that mean beside its weights?"""
    found = [e for e in view.dossier.evidence if e.probe == PROBE and "cell" in e.facts]
    if not found:
        return []
    found.sort(key=lambda e: (e.subject, int(str(e.facts["rank"])), e.id))
    lines = heading("BEHAVIOUR", width)
    for evidence in found:
        lines += _candidate(evidence, width)
    if all(e.facts.get("none_of_these") for e in found):
        lines += paragraph(
            "None of these candidates, as far as behaviour tells; that is not an acquittal.", width
        )
    return lines


def _candidate(evidence: Evidence, width: int) -> list[Line]:
    facts = evidence.facts
    title = cut(safe(f"{facts['rank']}. {facts['candidate']}"), width)
    lines: list[Line] = [(Span(title, "strong"),)]
    lines += _table(str(facts["weights"]), str(facts["behaviour"]), width)
    lines += labelled("  means", str(facts["cell"]), width, column=_LABELS, style="strong")
    lines += labelled("  strength", evidence.strength, width, column=_LABELS)
    lines += paragraph(evidence.statement, width, indent=2, style="muted")
    caveats = facts.get("caveats", ())
    for caveat in caveats if isinstance(caveats, tuple | list) else (str(caveats),):
        lines += paragraph(f"- {caveat}", width, indent=2)
    return [*lines, BLANK]


def _table(row: str, column: str, width: int) -> list[Line]:
    """Both rows and columns with a mark where this candidate stands; what was not measured in words."""
    half = (width - _LABELS) // 2
    lines: list[Line] = [(Span(" " * _LABELS), *(Span(pad(text, half), "muted") for text in _HEADS.values()))]
    for key, label in _ROWS.items():
        marks = tuple(Span(pad("  x" if (key, name) == (row, column) else "  .", half)) for name in _HEADS)
        lines.append((Span(pad(f"  {label}", _LABELS)), *marks))
    missing = [_OPEN[key] for key in (row, column) if key in _OPEN]
    return [*lines, *(paragraph(", ".join(missing), width, indent=2) if missing else [])]
