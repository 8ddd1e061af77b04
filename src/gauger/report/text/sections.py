"""The sections of the terminal report, each a function from the view to lines."""

from __future__ import annotations

from collections.abc import Iterable

from gauger.core.dossier import Coverage
from gauger.core.inventory import Location, Model, Use
from gauger.core.judgement import Finding, Gap
from gauger.core.lineage import Claim
from gauger.core.readings import known
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
from gauger.report.text.layout import (
    BLANK,
    Line,
    Span,
    Style,
    cells,
    cut,
    heading,
    labelled,
    pad,
    paragraph,
    safe,
)
from gauger.report.text.matrix import words_for
from gauger.report.view import View, model_name
from gauger.report.words import BASES, REASON, capital, listed, number, plural, said, size

_COLUMN = 17
_MOST_PLACES = 3
_MOST_USES = 12
_MOST_QUESTIONS = 6
_MOST_SCENARIOS = 6
_SEVERITY_STYLE: dict[str, Style] = {"critical": "bad", "high": "bad", "medium": "warn"}


def head(view: View, width: int) -> list[Line]:
    """What runs here, how sure is that, what would each scenario take away?"""
    d = view.dossier
    who = f" for {d.profile.organisation}" if d.profile.organisation else ""
    lines: list[Line] = [
        (
            Span("GAUGER ", "heading"),
            Span(cut(safe(d.target), width // 2), "strong"),
            Span(cut(safe(who), width // 3)),
        ),
        *paragraph(capital(stamp(view)), width, style="muted"),
        BLANK,
        *labelled("What runs here", what_runs(view), width, column=_COLUMN),
        *labelled("How sure", how_sure(view), width, column=_COLUMN),
    ]
    if d.suppositions:
        lines += labelled("What if", supposed(view), width, column=_COLUMN, style="warn")
    leading = view.leading(_MOST_SCENARIOS)
    for number_, scenario in enumerate(leading):
        label = "Scenarios" if number_ == 0 else ""
        text = f"{scenario.title}: {scenario_answer(view, scenario)}."
        style: Style = "warn" if view.taken_away(scenario.key) else "plain"
        lines += labelled(label, text, width, column=_COLUMN, style=style)
        lines += _strip(view, scenario.key, width)
    rest = len(view.scenarios) - len(leading)
    if rest:
        verb = "takes" if rest == 1 else "take"
        text = f"{plural(rest, 'more scenario')} {verb} away no more than these: see the matrix below."
        lines += labelled("", text, width, column=_COLUMN, style="muted")
    if view.unmoved:
        lines += labelled("", unmoved(view, 4), width, column=_COLUMN, style="muted")
    if d.scenarios and view.models:
        lines += labelled("", CLEAR_MEANS, width, column=_COLUMN, style="muted")
    return lines


def _strip(view: View, scenario: str, width: int) -> list[Line]:
    """One sign a model, worst first: a scenario as one line; left out where there are too many models."""
    runs = " ".join(words_for(cell).sign * count for cell, count in view.tally(scenario))
    return [(Span(" " * _COLUMN), Span(runs, "muted"))] if runs and _COLUMN + len(runs) <= width else []


def findings(view: View, width: int) -> list[Line]:
    """What should a person look at, worst first?"""
    standing, accepted = view.standing(), view.accepted()
    lines = heading(f"FINDINGS ({len(standing)}, worst first)", width)
    lines += [line for f in standing for line in _finding(view, f, width)]
    if not standing:
        lines += paragraph("None. What was not examined is listed under gaps.", width)
    if accepted:
        lines += paragraph(f"{plural(len(accepted), 'finding')} accepted by somebody:", width)
        lines += [line for f in accepted for line in _finding(view, f, width)]
    return lines


def _finding(view: View, finding: Finding, width: int) -> list[Line]:
    style = _SEVERITY_STYLE.get(finding.severity, "plain")
    subject = f"  {view.name(finding.subject)}" if finding.subject else ""
    sure = f"  ({finding.confidence} confidence)"
    rule = cut(safe(finding.rule), width // 2)
    subject = cut(safe(subject), width - 9 - cells(rule) - cells(sure))
    lines: list[Line] = [
        (Span(pad(finding.severity, 9), style), Span(rule, "strong"), Span(subject), Span(sure, "muted"))
    ]
    lines += paragraph(finding.message, width, indent=9)
    if finding.locations:
        lines += paragraph("at " + _places(finding.locations), width, indent=9, style="code")
    if finding.remedy:
        lines += paragraph("do: " + finding.remedy, width, indent=9)
    if finding.accepted_by:
        text = f"accepted by {finding.accepted_by} until {finding.accepted_until}: {finding.accepted_because}"
        lines += paragraph(text, width, indent=9)
    return [*lines, *paragraph(finding.id, width, indent=9, style="muted"), BLANK]


def _places(locations: Iterable[Location]) -> str:
    places = [str(location) for location in locations]
    more = len(places) - _MOST_PLACES
    tail = [f"and {more} more: see --format html"] if more > 0 else []
    return ", ".join([*places[:_MOST_PLACES], *tail])


def settle_first(view: View, width: int) -> list[Line]:
    """Which unknown facts keep most models undecided, and how is each settled?"""
    questions = view.open_questions()
    if not questions:
        return []
    lines = heading("SETTLE FIRST", width)
    for question in questions[:_MOST_QUESTIONS]:
        head = f"{plural(question.models, 'model')}"
        text = f"{question.settle.fact}: {question.settle.how}"
        lines += labelled(head, text, width, column=_COLUMN)
    return lines + _more(len(questions) - _MOST_QUESTIONS)


def lineage(view: View, width: int) -> list[Line]:
    """Where does each model come from, declared, observed, catalogue and alleged kept apart?"""
    if not view.models:
        return []
    lines = heading("LINEAGE", width)
    without = [m for m in view.models if not view.claims.get(m.id)]
    for model in view.models:
        if claims := view.claims.get(model.id):
            lines += [*_title(view, model, width), *_claims(view, claims, width), BLANK]
    inherited = [c for c in view.dossier.claims if view.model(c.subject) is None]
    if inherited:
        lines += [(Span("Known of the origins themselves", "strong"),)]
        lines += [line for c in inherited for line in _claim(view, c, width, subject=True)] + [BLANK]
    if without:
        text = f"{plural(len(without), 'model')} with no claim beyond the name: "
        lines += paragraph(text + listed([model_name(m) for m in without]) + ".", width)
    return lines


def _title(view: View, model: Model, width: int) -> list[Line]:
    developer = view.made_by(model) or "developer by name not known"
    facts = cut(safe(f"  {model.form}, {developer}"), width // 2)
    return [(Span(cut(safe(view.told_apart(model)), width - cells(facts)), "strong"), Span(facts, "muted"))]


def _claims(view: View, claims: list[Claim], width: int) -> list[Line]:
    ordered = sorted(claims, key=lambda c: (BASES.index(c.basis), c.relation, c.id))
    return [line for claim in ordered for line in _claim(view, claim, width)]


def _claim(view: View, claim: Claim, width: int, *, subject: bool = False) -> list[Line]:
    strength = f" ({claim.strength})" if claim.basis == "observed" else ""
    part = f" [{claim.component}]" if claim.component else ""
    who = f"{view.name(claim.subject)} " if subject else ""
    text = f"{who}{claim.relation} {view.name(claim.object)}{part}{strength}"
    if claim.basis == "alleged":
        answer = claim.answer or "none found"
        text += f"; {claim.alleged_by or 'somebody'} says so, answer: {answer}; not evidence"
    elif claim.source:
        text += f"; {claim.source}"
    lines = labelled("  " + claim.basis, text, width, column=_COLUMN)
    for evidence in view.evidence_of(claim):
        lines += paragraph(f"{evidence.probe}: {evidence.statement}", width, indent=_COLUMN, style="muted")
    return lines


def uses(view: View, width: int) -> list[Line]:
    """Where is each model used, and by which chain was its name found?"""
    if not view.dossier.uses:
        return []
    lines = heading("USES", width)
    for model in view.models:
        here = view.uses.get(model.id, [])
        if here:
            lines += _title(view, model, width)
            lines += [line for use in here[:_MOST_USES] for line in _use(use, width)]
            lines += [*_more(len(here) - _MOST_USES), BLANK]
    stored = [model_name(m) for m in view.models if not view.uses.get(m.id)]
    if stored:
        lines += [BLANK, *paragraph("Found, but no use was bound to it: " + listed(stored) + ".", width)]
    if view.mentions:
        text = f"{plural(len(view.mentions), 'mention')}, kept and counted, not uses: "
        shown = [f"{u.written} at {u.location}" for u in view.mentions[:_MOST_USES]]
        lines += [BLANK, *paragraph(text + "; ".join(shown) + ".", width, style="muted")]
        lines += _more(len(view.mentions) - _MOST_USES)
    return lines


def _more(count: int) -> list[Line]:
    return [(Span(f"  and {count} more: see --format html", "muted"),)] if count > 0 else []


def chain(use: Use) -> str:
    """How was the name found? `remote_llm.py:31 → litellm.yaml:4`; steps on one line are not repeated."""
    places = [str(use.location), *(str(hop.location) for hop in use.chain)]
    return " → ".join(place for n, place in enumerate(places) if n == 0 or place != places[n - 1])


def _use(use: Use, width: int) -> list[Line]:
    lines = paragraph(chain(use), width, indent=2, style="code")
    facts = [use.api or use.surface, use.role, use.status]
    if use.endpoint:
        provider = known(use.endpoint.provider)
        facts.append(f"served by {provider}" if provider else f"provider {said(use.endpoint.provider)}")
        facts += [use.endpoint.url] if use.endpoint.url else []
    facts += [f"revision {use.revision}"] if use.revision else []
    facts += [use.audience] if use.audience != "production" else []
    facts += [use.note] if use.note else []
    return [*lines, *paragraph(" · ".join(facts), width, indent=4, style="muted")]


def gaps(view: View, width: int) -> list[Line]:
    """What was not examined, why, and which conclusions does it touch?"""
    all_gaps = view.dossier.gaps
    lines = heading(f"GAPS ({len(all_gaps)}, not examined or not readable)", width)
    if not all_gaps:
        return [*lines, *paragraph("None that Gauger knows of.", width)]
    return lines + [line for gap in all_gaps for line in _gap(view, gap, width)]


def _gap(view: View, gap: Gap, width: int) -> list[Line]:
    where = str(gap.location) if gap.location else view.name(gap.subject) if gap.subject else "whole stack"
    lines = labelled(REASON[gap.reason], f"{where}: {gap.detail} [{gap.part}]", width, column=_COLUMN)
    if gap.touches:
        lines += paragraph("weaker for it: " + listed(gap.touches), width, indent=_COLUMN)
    if gap.remedy:
        lines += paragraph("do: " + gap.remedy, width, indent=_COLUMN)
    return lines


def _read(coverage: Coverage) -> str:
    """How much was read, and of how much where that is told."""
    of = f" of {size(coverage.bytes_total)}" if coverage.bytes_total else ""
    return f"{size(coverage.bytes_read)}{of}"


def _weights(coverage: Coverage) -> str:
    """How much of the weights themselves was read; nothing where none were opened."""
    if not coverage.weights_total_bytes:
        return ""
    read, total = coverage.weights_read_bytes, coverage.weights_total_bytes
    twice = " (what is read twice counts twice)" if read > total else ""
    return f" Of weights, {size(read)} were read{twice}; their files hold {size(total)}."


def footer(view: View, width: int) -> list[Line]:
    """On what does all this rest?"""
    d, c = view.dossier, view.dossier.coverage
    stale = f"stale records: {', '.join(d.catalogue.stale)}" if d.catalogue.stale else "no stale record"
    seen = (
        f"Seen {plural(c.files_seen, 'file')}, read {number(c.files_read)} ({_read(c)}), "
        f"left out {number(c.files_ignored)} by ignore rules; "
        f"{plural(len(c.collectors), 'collector')}, {plural(len(c.probes), 'probe')}.{_weights(c)}"
    )
    lines = heading("WHAT THIS RESTS ON", width)
    lines += paragraph(seen, width)
    lines += paragraph(
        f"Knowledge base {d.catalogue.version}, facts checked to {d.catalogue.as_of}; {stale}.", width
    )
    for file in d.lists:
        dates = f"published {file.published}, retrieved {file.retrieved}"
        lines += paragraph(f"List file: {file.title} ({file.key}), {dates}.", width)
    if d.from_examined:
        lines += paragraph(
            f"Nobody named the {listed([*d.from_examined])}: found beside what was examined. Where that is a "
            "stranger's, run again with your own --profile and --lists.",
            width,
        )
    lines += paragraph(f"Reading: {d.reading}. {d.tool.name} {d.tool.version}.", width)
    return [*lines, *paragraph(DISCLAIMER, width, style="strong")]
