"""The answer in a few sentences: what runs here, how sure that is, what each scenario would take away."""

from __future__ import annotations

from gauger.core.dossier import Dossier, ScenarioNote
from gauger.core.judgement import READINGS
from gauger.report.view import View
from gauger.report.words import VERDICT, capital, listed, plural

DISCLAIMER = "Evidence and rule evaluation, not legal advice."
CLEAR_MEANS = (
    "Clear says that no rule recorded here catches the model on that day, under that reading and with the "
    "profile's answers. It is no permission, and rules that are not recorded were not asked."
)
"""Stands wherever the first screen counts what is clear."""


def document_head(dossier: Dossier) -> dict[str, object]:
    """What stands at the head of a twin in JSON: what was examined, for which day, under what, by what?"""
    return {
        "note": DISCLAIMER,
        "target": dossier.target,
        "as_of": dossier.as_of,
        "catalogue": dossier.catalogue,
        "reading": dossier.reading,
        "tool": dossier.tool,
    }


def what_runs(view: View) -> str:
    """What runs here, in one to three sentences?"""
    return f"{how_many(view)} {holes(view)}".strip()


def how_many(view: View) -> str:
    """How many models and uses are there?"""
    if not view.models:
        return "No model was found in what was examined."
    written = sum(model.form == "data-set" for model in view.models)
    counts = [
        plural(len(view.models) - written, "model"),
        *([f"{plural(written, 'data set')} that a model wrote"] if written else []),
        plural(len(view.real_uses()), "use"),
    ]
    return f"{', '.join(counts)}."


def counted(view: View, total: int) -> str:
    """So many models; or models and data sets, where there are data sets among them."""
    mixed = any(model.form == "data-set" for model in view.models)
    return f"{total:,} models and data sets" if mixed else plural(total, "model")


def holes(view: View) -> str:
    """What of it is not bound to a name, a provider or a developer?"""
    if not view.models:
        return ""
    uses = view.real_uses()
    unresolved = sum(u.status == "unresolved" for u in uses)
    unbound = len(view.unbound())
    nameless = sum(view.developer(m) == "" for m in view.models if m.form != "data-set")
    parts = [
        f"{plural(unresolved, 'use')} could not be followed to a model's name" if unresolved else "",
        f"{plural(unbound, 'use')} {'goes' if unbound == 1 else 'go'} to an unknown provider"
        if unbound
        else "",
        f"the developer of {plural(nameless, 'model')} is not known by name" if nameless else "",
    ]
    open_ends = capital(listed([part for part in parts if part]))
    text = f"{open_ends}." if open_ends else "Every name was resolved, every provider and developer is known."
    if view.mentions:
        text += f" {plural(len(view.mentions), 'mention')} (comments, tests, lists) counted apart."
    return text


def how_sure(view: View) -> str:
    """How is it known, in one or two sentences?"""
    counts = [f"{count:,} {status}" for status, count in view.statuses().items() if count]
    return (f"Uses: {', '.join(counts)}. " if counts else "") + doubts(view)


def doubts(view: View) -> str:
    """What speaks against it: how many contradictions and gaps are there?"""
    clashes = len(view.contradictions())
    verb = "is" if clashes == 1 else "are"
    observed = sum(claim.basis == "observed" for claim in view.dossier.claims)
    if clashes:
        text = (
            f"There {verb} {plural(clashes, 'contradiction')} between what is declared and what was observed."
        )
    elif observed:
        text = f"{plural(observed, 'observed claim')}, none of which contradicts what is declared."
    else:
        text = "Nothing about lineage was measured, so nothing declared was put to the test."
    gaps = len(view.dossier.gaps)
    return text + (
        f" {plural(gaps, 'gap')}: not examined or not readable, listed below." if gaps else " No gaps."
    )


def scenario_answer(view: View, scenario: ScenarioNote) -> str:
    """What does this scenario take away, in one sentence?"""
    gone, total = len(view.taken_away(scenario.key)), len(view.models)
    text = f"takes away {gone:,} of {total:,}" if gone else "takes away nothing"
    other = [
        f"{reading} {len(view.taken_away(scenario.key, reading)):,}"
        for reading in READINGS
        if len(view.taken_away(scenario.key, reading)) != gone
    ]
    if other:
        text += f" ({', '.join(other)})"
    rest = [
        f"{count:,} {VERDICT[verdict].counted}"
        for verdict, count in view.tally(scenario.key)
        if verdict in ("prohibited-under-strict-reading", "undetermined", "duties", "watch")
    ]
    return f"{text}; {', '.join(rest)}" if rest else text


def unmoved(view: View, most: int = 1_000) -> str:
    """Which scenarios change nothing here, in one sentence that names at most so many? Empty for none."""
    if not view.unmoved:
        return ""
    shown = [note.title for note in view.unmoved[:most]]
    more = len(view.unmoved) - len(shown)
    titles = "; ".join(shown) + (f"; and {more} more" if more else "")
    first = view.dossier.scenarios[0].title
    return f"{plural(len(view.unmoved), 'more scenario')} in which every verdict is as in {first}: {titles}."


def supposed(view: View) -> str:
    """What was to be taken as given? Empty in a document about what is."""
    words = view.dossier.suppositions
    return f"Supposing that {listed([*words])}. Nothing here says that it is so." if words else ""


def beside(view: View) -> str:
    """Which of profile and lists did nobody name? They lay beside what was examined. Empty for none."""
    found = listed([*view.dossier.from_examined])
    return f" with the {found} that lay beside what was examined" if found else ""


def stamp(view: View) -> str:
    """For which date, by which knowledge base and under which reading was this evaluated?"""
    d = view.dossier
    return (
        f"evaluated for {d.as_of} under the {d.reading} reading{beside(view)}, "
        f"knowledge base {d.catalogue.version} (facts checked to {d.catalogue.as_of})"
        + "".join(f", list file {file.key} of {file.published}" for file in d.lists)
    )
