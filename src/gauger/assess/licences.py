"""Licences as instruments: what follows for a user from each licence's own words.

A licence binds through its conditions, not through a statute, but the question is the same: does it reach
this user, this model, in this form? So each licence of the catalogue gives up to six rules and one for each
threshold, and four further ones ask what no single licence can: is the origin known, is the licence, are its
words on trade and outputs?
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gauger.assess.rule import LICENCE
from gauger.catalogue.records import (
    Cell,
    Duty,
    Exemption,
    Instrument,
    Interval,
    Licence,
    SourceNote,
    Threshold,
)

ORIGIN = "origin.unknown"
UNKNOWN_LICENCE = "licence.unknown"
UNKNOWN_OUTPUTS = "licence.outputs.unknown"
UNKNOWN_COMMERCIAL = "licence.commercial.unknown"
COPIES: dict[str, Cell] = {
    "app": "no",
    "api": "no",
    "hosted": "silent",
    "weights": "yes",
    "quantised": "yes",
    "adapter": "yes",
    "fine-tune": "yes",
    "merge": "yes",
    "distillate": "no",
}
"""What a licence of weights reaches: copies of them and works based on them. A service has its own terms;
whether somebody who calls a cloud's copy needs a licence of his own, the texts do not say."""

EVERYTHING: dict[str, Cell] = dict.fromkeys(COPIES, "yes")
_ALWAYS = (Interval(from_="2000-01-01"),)
_OUTPUTS: dict[str, Any] = {
    "any": [{"relation": ["distilled-from", "trained-on-outputs-of"]}, {"role": ["teacher"]}]
}
"""Outputs of this model train another: it was the teacher of the one at hand, or is used as one."""


def instruments_of(licence: Licence) -> Iterator[Instrument]:
    """Which rules follow from this licence?"""
    under: dict[str, Any] = {"licence": [licence.id]}
    if licence.excluded_territories:
        places = ", ".join(licence.excluded_territories)
        reached: dict[str, Cell] = {**COPIES, "distillate": _outputs_cell(licence)}
        yield _rule(
            licence,
            "territory",
            f"{licence.title}: territory",
            binds={"jurisdiction": list(licence.excluded_territories)},
            test=under,
            reaches=reached,
            effect="unlicensed",
            quote=licence.territory_quote,
            consequence=f"The licence grants nothing to users in {places}.",
        )
    for ident in licence.forbidden_when:
        yield _rule(
            licence,
            f"use.{ident}",
            f"{licence.title}: forbidden use",
            binds={"fact": ident},
            test=under,
            reaches={**COPIES, "distillate": _outputs_cell(licence)},
            effect="unlicensed",
            quote=licence.forbidden_quote,
            consequence="The licence does not cover this use.",
        )
    if licence.commercial == "no":
        yield _rule(
            licence,
            "commercial",
            f"{licence.title}: no commercial use",
            binds={"fact": "commercial-use"},
            test=under,
            reaches=COPIES,
            effect="unlicensed",
            quote="",
            consequence="The licence covers non-commercial use only.",
        )
    if licence.outputs_training in {"no", "no-compete"}:
        yield _outputs(licence, under)
    for threshold in licence.thresholds:
        yield _threshold(licence, threshold, under)
    if licence.duties or licence.commercial == "limited":
        yield _duties(licence, under)
    if licence.outputs_training == "conditional":
        yield _taught(licence, under)


def _outputs_cell(licence: Licence) -> Cell:
    return "yes" if licence.outputs_training in {"no", "conditional"} else "silent"


def _outputs(licence: Licence, under: dict[str, Any]) -> Instrument:
    compete = licence.outputs_training == "no-compete"
    return _rule(
        licence,
        "outputs",
        f"{licence.title}: training on outputs",
        binds={"fact": "trains-competing-models"} if compete else {"always": True},
        test={"all": [under, _OUTPUTS]},
        reaches=EVERYTHING,
        effect="unlicensed",
        quote=licence.outputs_quote,
        consequence="The terms do not let outputs train "
        + ("a model that competes with the provider." if compete else "another model."),
    )


def _threshold(licence: Licence, threshold: Threshold, under: dict[str, Any]) -> Instrument:
    """Above a limit: nothing is licensed without a separate agreement, or something more has to be done."""
    agreement = threshold.then.kind == "agreement"
    figure = {"question": threshold.question, "value": threshold.above}
    return _rule(
        licence,
        f"above.{threshold.question}",
        f"{licence.title}: threshold",
        binds={"above": figure},
        test=under,
        reaches=COPIES,
        effect="unlicensed" if agreement else "duty",
        exceptions=(Exemption(title="separate agreement", kind="waiver", by="the licensor"),)
        if agreement
        else (),
        duties=(threshold.then,),
        quote=threshold.quote,
        consequence=f"Above {threshold.above:,.0f}: {threshold.then.text}.",
    )


def _duties(licence: Licence, under: dict[str, Any]) -> Instrument:
    limited = (Duty(kind="other", text="commercial use is limited: read how"),)
    return _rule(
        licence,
        "duties",
        f"{licence.title}: conditions",
        binds={"always": True},
        test=under,
        reaches={**COPIES, "hosted": "no"},
        effect="duty",
        quote="",
        duties=(*licence.duties, *(limited if licence.commercial == "limited" else ())),
        consequence="The licence holds on these conditions.",
    )


def _taught(licence: Licence, under: dict[str, Any]) -> Instrument:
    """What has to be done with a model that was trained on outputs, where that is allowed on conditions."""
    return _rule(
        licence,
        "students",
        f"{licence.title}: models trained on its outputs",
        binds={"always": True},
        test={"all": [under, _OUTPUTS]},
        reaches=EVERYTHING,
        effect="duty",
        quote=licence.outputs_quote,
        duties=licence.outputs_duties or licence.duties,
        consequence="Outputs may train another model on these conditions.",
    )


def _rule(licence: Licence, part: str, title: str, **fields: Any) -> Instrument:
    return Instrument(
        id=f"licence.{licence.id}.{part}",
        title=title,
        jurisdiction=LICENCE,
        status="in-force",
        force=_ALWAYS,
        sources=licence.sources,
        checked_on=licence.checked_on,
        next_check=licence.next_check,
        confidence=licence.confidence,
        why_low=licence.why_low,
        **fields,
    )


def general_rules(checked_on: str) -> tuple[Instrument, ...]:
    """The rules that no licence states: an origin or a term that is not known cannot be relied on.

    Args:
        checked_on: The catalogue's date; these rules have no source but the method page.
    """
    here = SourceNote(
        url="docs/methods/assess.md#origin-and-licence", read_on=checked_on, kind="documentation"
    )
    stamp: dict[str, Any] = {
        "force": _ALWAYS,
        "status": "in-force",
        "sources": (here,),
        "checked_on": checked_on,
        "next_check": "9999-12-31",
        "confidence": "high",
        "quote": "",
        "effect": "unlicensed",
    }
    always: dict[str, Any] = {"always": True}
    return (
        Instrument(
            id=ORIGIN,
            title="Origin known",
            jurisdiction="gauger",
            binds=always,
            test={"not": {"origin-known": True}},
            reaches=EVERYTHING,
            consequence="Nobody can say which rules reach a model whose developer is not known.",
            **stamp,
        ),
        Instrument(
            id=UNKNOWN_LICENCE,
            title="Licence known",
            jurisdiction=LICENCE,
            binds=always,
            test={"not": {"licence-known": True}},
            reaches={**COPIES, "hosted": "no"},
            consequence="Weights may be used only as far as a licence says; none is known for these.",
            **stamp,
        ),
        Instrument(
            id=UNKNOWN_COMMERCIAL,
            title="Terms on commercial use known",
            jurisdiction=LICENCE,
            binds={"fact": "commercial-use"},
            test={"not": {"commercial-terms-known": True}},
            reaches={**COPIES, "hosted": "no"},
            consequence="Nobody has recorded whether this licence allows commercial use.",
            **stamp,
        ),
        Instrument(
            id=UNKNOWN_OUTPUTS,
            title="Terms on outputs known",
            jurisdiction=LICENCE,
            binds=always,
            test={"all": [_OUTPUTS, {"not": {"outputs-terms-known": True}}]},
            reaches=EVERYTHING,
            consequence="Nobody has recorded whether the terms let outputs train another model.",
            **stamp,
        ),
    )
