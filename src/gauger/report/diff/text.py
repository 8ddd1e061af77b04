"""A diff for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.change import Diff
from gauger.core.text import printable
from gauger.report.diff.words import MARK, because, cases, head, item, sections, step, together
from gauger.report.summary import DISCLAIMER

_WIDTH = 2_000


def as_text(diff: Diff) -> str:
    """The diff, one thing a line."""
    return "\n".join(printable(line, _WIDTH) for line in _lines(diff)) + "\n"


def _lines(diff: Diff) -> Iterator[str]:
    yield f"DIFF of {head(diff)}"
    differ = ", ".join(diff.inputs) or "nothing from which a verdict follows"
    yield f"what differs: {differ}"
    yield from (f"note: {note}" for note in diff.notes)
    yield ""
    yield "Verdicts" if diff.verdicts else "No verdict moved."
    for moved, names in together(diff):
        yield f"  {', '.join(names)}: {step(moved)}"
        yield f"    in {cases(moved)}"
        yield f"    by {', '.join(moved.rules)}" if moved.rules else "    by no rule any more"
        yield from (f"    {line}" for line in because(moved))
    for title, items in sections(diff):
        yield ""
        yield title
        yield from (f"  {MARK[one.change]} {item(one)}" for one in items)
    if diff.records:
        yield ""
        yield "Records of the knowledge base behind it"
        for change in diff.records:
            field = f" {change.field}" if change.field else ""
            before, after = change.before or "(not there)", change.after or "(not there)"
            yield f"  {change.record}{field}: {before} → {after}"
    yield ""
    yield DISCLAIMER
