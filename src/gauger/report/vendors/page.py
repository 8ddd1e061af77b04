"""The questions to suppliers as Markdown: a section a supplier, a question with why and what settles it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gauger.core.dossier import Dossier
from gauger.report.briefing.content import ALLEGATIONS
from gauger.report.markdown.escape import code, plain
from gauger.report.summary import DISCLAIMER, stamp
from gauger.report.vendors.general import general
from gauger.report.vendors.questions import NOBODY, Asked, Vendor, vendors
from gauger.report.view import View
from gauger.report.words import capital, listed, plural

_MOST = 12
"""Names in one row; the JSON twin has all of them."""


def page_of(dossier: Dossier) -> str:
    """The whole page."""
    view, asked = View(dossier), vendors(dossier)
    lines = [
        f"# Questions to the suppliers of {plain(dossier.target, 80)}",
        "",
        f"{plain(capital(stamp(view)), 300)}.",
        "Made from what is not known: what was observed is not asked. " + DISCLAIMER + " " + ALLEGATIONS,
        "",
        "| Supplier | As | Models | Questions | Verdicts that wait |",
        "| --- | --- | ---: | ---: | ---: |",
        *(_row(vendor) for vendor in asked),
    ]
    for vendor in asked:
        lines += ["", *_vendor(vendor, view)]
    lines += ["", "## To every supplier", ""]
    for number, question in enumerate(general(), 1):
        lines += [f"{number}. **{question.asks}** Why: {question.why}. Settled by: {question.settles}."]
    return "\n".join(lines) + "\n"


def _row(vendor: Vendor) -> str:
    waiting = sum(q.verdicts for q in vendor.questions)
    return (
        f"| {plain(vendor.name, 80)} | {listed(vendor.roles)} | {len(vendor.models):,} "
        f"| {len(vendor.questions)} | {waiting:,} |"
    )


def _vendor(vendor: Vendor, view: View) -> Iterator[str]:
    yield f"## {plain(vendor.name, 80)}"
    yield ""
    if vendor.name == NOBODY:
        yield f"Nobody is named as the supplier of {_names(vendor.models)}. Ask whoever brought the files in."
    else:
        yield f"{capital(listed(vendor.roles))} of {_names(vendor.models)}."
    yield ""
    if not vendor.questions:
        yield "Nothing is open that this supplier could tell, beyond the general questions below."
    for number, question in enumerate(vendor.questions, 1):
        yield from _question(number, question, view)


def _question(number: int, question: Asked, view: View) -> Iterator[str]:
    yield f"{number}. **{question.asks}**"
    yield f"   - About: {_names(question.models)}"
    if question.said:
        shown = "; ".join(plain(text, 200) for text in question.said[:_MOST])
        yield f"   - Said so far, to be confirmed: {shown}{_more(len(question.said))}"
    yield f"   - Why: {question.why}; {_hanging(question, view)}"
    yield f"   - Settled by: {question.settles}"


def _hanging(question: Asked, view: View) -> str:
    if not question.hangs:
        return "no verdict waits for it today"
    rules = [view.rule_title(r) for r in question.hangs]
    told = listed([plain(title, 120) for title in rules[:3]])
    more = f" and {plural(len(rules) - 3, 'more rule')}" if len(rules) > 3 else ""
    waiting = f"{plural(question.verdicts, 'verdict')} by model and scenario"
    return f"{waiting} {'waits' if question.verdicts == 1 else 'wait'} for it ({told}{more})"


def _names(names: Sequence[str]) -> str:
    return ", ".join(code(name, 100) for name in names[:_MOST]) + _more(len(names))


def _more(count: int) -> str:
    return f" and {count - _MOST:,} more" if count > _MOST else ""
