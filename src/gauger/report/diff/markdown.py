"""A diff for a pull request or a file of minutes."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.change import Diff
from gauger.report.diff.words import MARK, because, cases, head, item, sections, step, together
from gauger.report.markdown.escape import code, plain
from gauger.report.summary import DISCLAIMER

_LONGEST = 500
_NAMES = 12


def as_markdown(diff: Diff) -> str:
    """The diff with a table of the verdicts that moved."""
    return "\n".join(_lines(diff)) + "\n"


def _lines(diff: Diff) -> Iterator[str]:
    yield f"# What moved between {plain(head(diff), _LONGEST)}"
    yield ""
    differ = ", ".join(diff.inputs) or "nothing from which a verdict follows"
    yield f"What differs: {plain(differ)}."
    if diff.notes:
        yield ""
        yield from (f"- {plain(note, _LONGEST)}" for note in diff.notes)
    yield ""
    yield "## Verdicts"
    yield ""
    if diff.verdicts:
        yield "| model | verdict | where | by | why |"
        yield "| --- | --- | --- | --- | --- |"
    else:
        yield "No verdict moved."
    for moved, names in together(diff):
        shown = ", ".join(code(name) for name in names[:_NAMES])
        shown += f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        why = "; ".join(because(moved))
        cells = (step(moved), cases(moved), ", ".join(moved.rules), why)
        yield f"| {shown} | {' | '.join(plain(cell, _LONGEST) for cell in cells)} |"
    for title, items in sections(diff):
        yield ""
        yield f"## {title}"
        yield ""
        yield from (
            f"- {MARK[one.change]} {plain(item(one), _LONGEST)}".replace("- - ", "- − ") for one in items
        )
    if diff.records:
        yield ""
        yield "## Records of the knowledge base behind it"
        yield ""
        yield "| record | field | before | after |"
        yield "| --- | --- | --- | --- |"
        for change in diff.records:
            cells = (change.record, change.field, change.before, change.after)
            yield f"| {' | '.join(plain(cell, _LONGEST) for cell in cells)} |"
    yield ""
    yield DISCLAIMER
