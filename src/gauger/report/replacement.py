"""The replacement plan for people: as plain text, and as Markdown with a table for each model."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.readings import Measured
from gauger.core.replacement import Option, Replacement, ReplacementPlan, Teachers
from gauger.core.text import printable
from gauger.report.markdown.escape import plain
from gauger.report.summary import DISCLAIMER
from gauger.report.words import VERDICT, plural

MOST = 8
"""So many options are listed for each model; the JSON document has all."""
_SIZE = {"alike": "alike in size", "not-known": "size not known", "other": "another size"}
_OUTPUTS = {
    "yes": "outputs may train other models",
    "conditional": "outputs may train other models on conditions",
    "no-compete": "outputs may not train a competitor",
    "no": "outputs may not train other models",
    "unknown": "not recorded whether outputs may train other models",
}


def as_text(plan: ReplacementPlan) -> str:
    """The plan for a terminal."""
    return "\n".join(printable(line, 400) for line in _lines(plan)) + "\n"


def _lines(plan: ReplacementPlan) -> Iterator[str]:
    yield f"REPLACEMENTS for {plan.target}, {_stamp(plan)}"
    if not plan.replacements:
        yield "No scenario that was looked at takes a model away under this reading."
    told: dict[tuple[object, ...], str] = {}
    taught_in: dict[str, str] = {}
    for scenario, title in plan.scenarios.items():
        yield ""
        yield f"{title} ({scenario})"
        for gone in (r for r in plan.replacements if r.scenario == scenario):
            before = told.setdefault(_told_by(gone), title)
            yield f"  {gone.name}: {VERDICT[gone.verdict].word}; {_need(gone)}"
            if before != title:
                yield f"    the same is left as in {before}"
                continue
            yield from (f"    {_option(o)}" for o in gone.options[:MOST])
            yield f"    {_rest(gone)}"
        for taught in (t for t in plan.teachers if t.scenario == scenario):
            words = _teachers(taught)
            first = taught_in.setdefault(words, title)
            yield f"  teachers: {words if first == title else f'as in {first}'}"
    yield ""
    yield f"{DISCLAIMER} An option is a line of models to look at, not a recommendation: nothing was run."


def _told_by(gone: Replacement) -> tuple[object, ...]:
    """What is said of a model: where it is the same in two scenarios, it is said once."""
    return gone.model, gone.options, gone.open, gone.taken


def _stamp(plan: ReplacementPlan) -> str:
    return (
        f"evaluated for {plan.as_of} under the {plan.reading} reading, knowledge base "
        f"{plan.catalogue.version} (facts checked to {plan.catalogue.as_of})"
    )


def _need(gone: Replacement) -> str:
    size = gone.parameters
    how_large = f"{size.value:.3g} billion parameters" if isinstance(size, Measured) else "size not known"
    return f"used for {', '.join(gone.tasks)}, {how_large}"


def _option(option: Option) -> str:
    sizes = "/".join(f"{p:g}" for p in option.parameters[:4])
    parts = [
        f"{option.developer}{', ' + option.country if option.country else ''}",
        "call its developer"
        if option.form == "api"
        else f"weights, {option.licence or 'licence not recorded'}",
        f"{sizes} B, {_SIZE[option.size]}" if sizes else _SIZE["not-known"],
        VERDICT[option.verdict].word,
    ]
    duties = f" ({'; '.join(option.duties)})" if option.duties else ""
    return f"{option.title}: {'; '.join(parts)}{duties}"


def _rest(gone: Replacement) -> str:
    more = len(gone.options) - MOST
    parts = [
        f"{plural(more, 'more line')} of models survive" if more > 0 else "",
        "" if gone.options else "no line of models on record survives",
        f"{plural(len(gone.open), 'line')} would if unknown facts turned out well" if gone.open else "",
        f"{gone.taken:,} for the same purpose taken away as well" if gone.taken else "",
        f"of {plural(gone.unsorted, 'line')} nobody recorded the purpose" if gone.unsorted else "",
    ]
    return "; ".join(part for part in parts if part)


def _teachers(taught: Teachers) -> str:
    names = [f"{o.title} ({o.outputs})" for o in taught.options[:MOST]]
    more = len(taught.options) - len(names)
    text = ", ".join(names) or "none whose terms allow it"
    return (
        text
        + (f", and {more} more" if more > 0 else "")
        + f"; {taught.open} more if unknown facts turn out well"
    )


def as_markdown(plan: ReplacementPlan) -> str:
    """The plan as a page, with a table for each model."""
    return "\n".join(_page(plan)) + "\n"


def _page(plan: ReplacementPlan) -> Iterator[str]:
    yield f"# Replacements for {plain(plan.target, 120)}"
    yield ""
    yield f"{plain(_stamp(plan), 300).capitalize()}."
    if not plan.replacements:
        yield from ("", "No scenario that was looked at takes a model away under this reading.")
    told: dict[tuple[object, ...], str] = {}
    for scenario, title in plan.scenarios.items():
        yield from ("", f"## {plain(title, 120)}")
        for gone in (r for r in plan.replacements if r.scenario == scenario):
            before = told.setdefault(_told_by(gone), title)
            if before == title:
                yield from _table(gone)
            else:
                word = VERDICT[gone.verdict].word
                yield from (
                    "",
                    f"**{plain(gone.name, 120)}**: {word}; the same is left as in {plain(before, 120)}.",
                )
        for taught in (t for t in plan.teachers if t.scenario == scenario):
            yield from ("", f"**Teachers left:** {plain(_teachers(taught), 2_000)}.")
    yield from (
        "",
        f"{DISCLAIMER} An option is a line of models to look at, not a recommendation: nothing was run.",
    )


def _table(gone: Replacement) -> Iterator[str]:
    yield from (
        "",
        f"### {plain(gone.name, 120)}: {VERDICT[gone.verdict].word}",
        "",
        f"{plain(_need(gone), 200)}.",
    )
    if gone.options:
        yield from (
            "",
            "| Line of models | By | How | Size | Verdict | Duties | Outputs |",
            "|" + " --- |" * 7,
        )
    for option in gone.options[:MOST]:
        sizes = ", ".join(f"{p:g}" for p in option.parameters[:4])
        cells = (
            option.title,
            f"{option.developer}, {option.country}" if option.country else option.developer,
            "its developer's service" if option.form == "api" else option.licence or "licence not recorded",
            f"{sizes} billion, {_SIZE[option.size]}" if sizes else _SIZE["not-known"],
            VERDICT[option.verdict].word,
            "; ".join(option.duties) or "none recorded",
            _OUTPUTS[option.outputs],
        )
        yield "| " + " | ".join(plain(cell, 300) for cell in cells) + " |"
    yield from ("", f"{plain(_rest(gone), 400).capitalize()}.")
