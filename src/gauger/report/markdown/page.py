"""The page: what is the answer, which models are there, what was found, and what was not examined?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gauger.core.comparison import Comparison
from gauger.core.dossier import Dossier
from gauger.core.inventory import Model, Use
from gauger.core.judgement import Finding, Gap
from gauger.core.readings import known
from gauger.report.markdown.escape import code, plain
from gauger.report.summary import (
    CLEAR_MEANS,
    DISCLAIMER,
    how_sure,
    scenario_answer,
    stamp,
    supposed,
    unmoved,
    what_runs,
)
from gauger.report.view import View
from gauger.report.words import NOT_EVALUATED, REASON, SEVERITY_SIGN, VERDICT, capital, plural, size

MOST = 60_000
"""Characters of the whole page. GitHub takes 65,536 of a comment; the rest is room for what a workflow adds.

Source: the limit is the one that GitHub's own error states, "body is too long (maximum is 65536 characters)".
"""
_PLACES = 3


class Part(NamedTuple):
    """A heading with rows below it, which may be cut.

    Attributes:
        head: Heading and, for a table, its first two lines.
        rows: One line each.
        what: What the rows are, for the line that counts those left out.
        share: How much of the room is kept for it, beside the others.
    """

    head: str
    rows: tuple[str, ...]
    what: str
    share: int


def markdown_of(dossier: Dossier, most: int = MOST) -> str:
    """The dossier as a page of at most `most` characters; what does not fit is counted, part by part."""
    view = View(dossier)
    top = _top(view)
    parts = [part for part in _parts(view) if part.rows]
    foot = f"\n{plain(DISCLAIMER)} {plain(capital(stamp(view)), 400)}.{_weights_read(view)}\n"
    room = most - len(top) - len(foot)
    return top + _fitted(parts, room) + foot


def _fitted(parts: Sequence[Part], room: int) -> str:
    """The parts in the room that there is: shares first, and what one leaves over goes to the next."""
    text, shares = "", sum(part.share for part in parts)
    for part in parts:
        written = _cut(part, room * part.share // max(1, shares))
        room -= len(written)
        shares -= part.share
        text += written
    return text


def _cut(part: Part, room: int) -> str:
    lines, used = [part.head], len(part.head) + 80
    for number, row in enumerate(part.rows):
        if used + len(row) + 1 > room:
            return "\n".join(lines) + f"\n\n… and {plural(len(part.rows) - number, 'more ' + part.what)}.\n"
        lines.append(row)
        used += len(row) + 1
    return "\n".join(lines) + "\n"


def _top(view: View) -> str:
    """The answer: what runs here, what each scenario takes away, how sure that is."""
    dossier = view.dossier
    worst = len(view.standing())
    sentence = f"{plural(worst, 'finding')} that nobody accepted." if worst else "No finding stands."
    lines = [
        f"## Gauger: {plain(dossier.target, 120)}",
        "",
        f"**{plain(what_runs(view), 900)}** {sentence}",
        "",
        *([plain(supposed(view), 2_000), ""] if dossier.suppositions else []),
    ]
    lines += [
        f"- {plain(scenario.title, 120)}: {plain(scenario_answer(view, scenario), 300)}"
        for _, scenario in view.scenarios[:12]
    ]
    if len(view.scenarios) > 12:
        lines.append(f"- … and {plural(len(view.scenarios) - 12, 'more scenario')}")
    if view.unmoved:
        lines.append(f"- {plain(unmoved(view, 4), 900)}")
    if dossier.scenarios:
        lines += ["", plain(CLEAR_MEANS, 400), ""]
    return "\n".join([*lines, plain(how_sure(view), 900), ""])


def _parts(view: View) -> Iterable[Part]:
    clashes = view.contradictions()
    told = {finding.id for finding in clashes}
    rest = [f for f in view.standing() if f.id not in told]
    yield Part("\n### Contradictions\n", _findings(clashes, view), "contradiction", 3)
    yield Part("\n### Findings\n", _findings(rest, view), "finding", 4)
    yield Part("\n### Compared by weights\n", _comparisons(view), "comparison", 2)
    yield _models(view)
    accepted = [f for f in view.accepted() if f.id not in told]
    yield Part("\n### Accepted findings\n", tuple(_accepted(f) for f in accepted), "accepted finding", 1)
    yield Part("\n### Not examined\n", tuple(_gap(gap, view) for gap in view.dossier.gaps), "gap", 2)


def _models(view: View) -> Part:
    columns = ["Model", "Made by", "Where", "Through", "Known how"]
    scenarios = [note for _, note in view.scenarios[:6]]
    columns += [plain(s.title, 40) for s in scenarios]
    head = f"\n### Models\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    rows = tuple(_model(model, view, [s.key for s in scenarios]) for model in view.models)
    return Part(head, rows, "model", 6)


def _model(model: Model, view: View, scenarios: Sequence[str]) -> str:
    uses = view.uses.get(model.id, [])
    cells = [code(view.told_apart(model), 120), plain(view.made_by(model) or "not known", 80)]
    cells += [_where(model, uses, view), _through(uses, model), _statuses(uses)]
    for key in scenarios:
        cell = view.cell(model.id, key)
        words = NOT_EVALUATED if cell == "not-evaluated" else VERDICT[cell]
        cells.append(f"{words.sign} {words.short}".replace("|", "/"))
    return f"| {' | '.join(cells)} |"


def _where(model: Model, uses: Sequence[Use], view: View) -> str:
    places = list(dict.fromkeys(str(use.location) for use in uses))
    if not places:
        places = list(dict.fromkeys(str(a.location) for a in view.artifacts.get(model.id, [])))
    more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
    return ", ".join(code(place, 120) for place in places[:_PLACES]) + more or "–"


def _through(uses: Sequence[Use], model: Model) -> str:
    """Who serves it: the provider of each endpoint; "its own" for an address inside the user's network."""
    providers = set()
    for use in uses:
        if use.endpoint is not None:
            provider = known(use.endpoint.provider)
            providers.add({"self": "own server", None: "not known"}.get(provider, provider) or "not known")
    if not providers and model.provider:
        providers.add(model.provider)
    return ", ".join(plain(provider, 60) for provider in sorted(providers)[:4]) or "–"


def _statuses(uses: Sequence[Use]) -> str:
    return ", ".join(sorted({use.status for use in uses})) or "by its files"


def _weights_read(view: View) -> str:
    """How much of the weights was read; nothing where none were opened."""
    coverage = view.dossier.coverage
    if not coverage.weights_total_bytes:
        return ""
    read, total = size(coverage.weights_read_bytes), size(coverage.weights_total_bytes)
    return f" Of weights, {read} were read; their files hold {total}."


def _comparisons(view: View) -> tuple[str, ...]:
    """One line for each pair: verdict, and why."""
    found = view.dossier.comparisons
    return tuple(
        _comparison(c, view)
        for c in sorted(found, key=lambda c: (view.name(c.subject), view.name(c.reference)))
    )


def _comparison(one: Comparison, view: View) -> str:
    names = " ~ ".join(code(view.name(ident), 120) for ident in (one.subject, one.reference))
    caveat = f" *{plain(one.caveats[0], 300)}*" if one.caveats else ""
    return f"- {names}: **{plain(one.verdict, 40)}**. {plain(capital(one.statement), 600)}.{caveat}"


def _findings(findings: Iterable[Finding], view: View) -> tuple[str, ...]:
    return tuple(_finding(finding, view) for finding in findings)


def _finding(finding: Finding, view: View) -> str:
    places = ", ".join(code(str(place), 160) for place in finding.locations[:_PLACES])
    more = len(finding.locations) - _PLACES
    where = f" ({places}{f' and {more} more' if more > 0 else ''})" if places else ""
    about = f" {code(view.name(finding.subject), 120)}" if finding.subject else ""
    remedy = f" *{plain(finding.remedy, 400)}*" if finding.remedy else ""
    who = f" Accepted by {plain(finding.accepted_by, 80)}." if finding.accepted_by else ""
    return (
        f"- {SEVERITY_SIGN[finding.severity]} **{finding.severity}** {code(finding.rule, 80)}{about}: "
        f"{plain(finding.message, 600)}{where}{who}{remedy}"
    )


def _accepted(finding: Finding) -> str:
    who = f"{plain(finding.accepted_by, 80)} until {plain(finding.accepted_until, 20)}"
    why = plain(finding.accepted_because, 200)
    return f"- {code(finding.rule, 80)}: {plain(finding.message, 300)}. Accepted by {who}: {why}"


def _gap(gap: Gap, view: View) -> str:
    where = f" {code(str(gap.location), 160)}" if gap.location else ""
    about = f" {code(view.name(gap.subject), 120)}" if gap.subject else ""
    touches = f" Weakens: {plain(', '.join(gap.touches), 200)}." if gap.touches else ""
    return f"- {code(gap.part, 60)} ({REASON[gap.reason]}):{where}{about} {plain(gap.detail, 300)}.{touches}"
