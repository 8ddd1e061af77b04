"""Licences and terms of service as instruments: what follows for a user from each text's own words.

A licence binds through its conditions, not through a statute, but the question is the same: does it reach
this user, this model, in this form? So each licence of the catalogue gives up to six rules and one for each
threshold. A provider's terms give the same rules in another way: they bind whoever calls the service,
whosever model answers. Five further rules ask what no single text can: is the origin known, is the licence,
are its words on trade and outputs, are those of the provider?
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from gauger.assess.rule import LICENCE, TERMS
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
UNKNOWN_TERMS = "terms.outputs.unknown"
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
TAUGHT: dict[str, Cell] = {**EVERYTHING, "api": "no", "hosted": "silent"}
"""Where a licence's words on outputs reach: what was taught, and copies that teach. Who calls the developer's
service is bound by the terms of that; whether a cloud passes the licence on with outputs, no text says."""

SERVICE: dict[str, Cell] = {**EVERYTHING, "app": "no", "distillate": "no"}
"""Where a provider's terms reach: each line that is called through the provider, whatever its form. The terms
of interfaces for programs are not those of an app."""
_ALWAYS = (Interval(from_="2000-01-01"),)
_OUTPUTS: dict[str, Any] = {
    "any": [{"relation": ["distilled-from", "trained-on-outputs-of"]}, {"role": ["teacher"]}]
}
"""Outputs of this model train another: it was the teacher of the one at hand, or is used as one."""


def _outputs_cell(licence: Licence) -> Cell:
    return "yes" if licence.outputs_training in {"no", "conditional"} else "silent"


class Way(NamedTuple):
    """By which way a text binds: as the licence of a copy, or as the terms of a service.

    Attributes:
        jurisdiction: Of the rules; also the beginning of their ids.
        word: The predicate that asks for the text.
        named: What the text is called.
        ending: Of the verb that follows.
        by: Who may agree to something else.
        reaches: The forms for use.
        taught: The forms for outputs.
    """

    jurisdiction: str
    word: str
    named: str
    ending: str
    by: str
    reaches: dict[str, Cell]
    taught: dict[str, Cell]


_AS_LICENCE = Way(LICENCE, "licence", "The licence", "s", "the licensor", COPIES, TAUGHT)
_AS_TERMS = Way(TERMS, "service-terms", "The provider's terms", "", "the provider", SERVICE, EVERYTHING)


def instruments_of(licence: Licence) -> Iterator[Instrument]:
    """Which rules follow from this licence for whoever has a copy, or a student?"""
    yield from _Text(licence, _AS_LICENCE).rules()


def terms_of(licence: Licence) -> Iterator[Instrument]:
    """Which rules follow from these terms for whoever calls the service?"""
    yield from _Text(licence, _AS_TERMS).rules()


class _Text:
    """One licence, or one provider's terms, as rules.

    Args:
        licence: The record.
        way: By which it binds.
    """

    def __init__(self, licence: Licence, way: Way) -> None:
        self.licence = licence
        self.way = way
        self.under: dict[str, Any] = {way.word: [licence.id]}

    def rules(self) -> Iterator[Instrument]:
        """All of them, in a defined order."""
        licence = self.licence
        yield from self._use()
        if licence.outputs_training in {"no", "no-compete"}:
            yield self._outputs()
        for threshold in licence.thresholds:
            yield self._threshold(threshold)
        if licence.duties or licence.commercial == "limited":
            yield self._duties()
        if licence.outputs_training == "conditional":
            yield self._taught()

    def _use(self) -> Iterator[Instrument]:
        """Territory, forbidden use, trade."""
        licence, way = self.licence, self.way
        outputs = _outputs_cell(licence) if way is _AS_LICENCE else "no"
        reached: dict[str, Cell] = {**way.reaches, "distillate": outputs}
        if licence.excluded_territories:
            places = ", ".join(licence.excluded_territories)
            yield self._rule(
                "territory",
                f"{licence.title}: territory",
                binds={"jurisdiction": list(licence.excluded_territories)},
                test=self.under,
                reaches=reached,
                effect="unlicensed",
                quote=licence.territory_quote,
                consequence=f"{way.named} grant{way.ending} nothing to users in {places}.",
            )
        for ident in licence.forbidden_when:
            yield self._rule(
                f"use.{ident}",
                f"{licence.title}: forbidden use",
                binds={"fact": ident},
                test=self.under,
                reaches=reached,
                effect="unlicensed",
                quote=licence.forbidden_quote,
                consequence=f"{way.named} do{'es' if way.ending else ''} not cover this use.",
            )
        if licence.commercial == "no":
            yield self._rule(
                "commercial",
                f"{licence.title}: no commercial use",
                binds={"fact": "commercial-use"},
                test=self.under,
                reaches=way.reaches,
                effect="unlicensed",
                quote="",
                consequence=f"{way.named} cover{way.ending} non-commercial use only.",
            )

    def _outputs(self) -> Instrument:
        licence = self.licence
        compete = licence.outputs_training == "no-compete"
        return self._rule(
            "outputs",
            f"{licence.title}: training on outputs",
            binds={"fact": "trains-competing-models"} if compete else {"always": True},
            test={"all": [self.under, _OUTPUTS]},
            reaches=self.way.taught,
            effect="unlicensed",
            quote=licence.outputs_quote,
            consequence="The terms do not let outputs train "
            + ("a model that competes with the provider." if compete else "another model."),
        )

    def _threshold(self, threshold: Threshold) -> Instrument:
        """Above a limit: nothing is licensed without an agreement, or something more has to be done."""
        agreement = threshold.then.kind == "agreement"
        figure = {"question": threshold.question, "value": threshold.above}
        return self._rule(
            f"above.{threshold.question}",
            f"{self.licence.title}: threshold",
            binds={"above": figure},
            test=self.under,
            reaches=self.way.reaches,
            effect="unlicensed" if agreement else "duty",
            exceptions=(Exemption(title="separate agreement", kind="waiver", by=self.way.by),)
            if agreement
            else (),
            duties=(threshold.then,),
            quote=threshold.quote,
            consequence=f"Above {threshold.above:,.0f}: {threshold.then.text}.",
        )

    def _duties(self) -> Instrument:
        licence, way = self.licence, self.way
        limited = (Duty(kind="other", text="commercial use is limited: read how"),)
        return self._rule(
            "duties",
            f"{licence.title}: conditions",
            binds={"always": True},
            test=self.under,
            reaches={**way.reaches, "hosted": "no"} if way is _AS_LICENCE else way.reaches,
            effect="duty",
            quote="",
            duties=(*licence.duties, *(limited if licence.commercial == "limited" else ())),
            consequence=f"{way.named} hold{way.ending} on these conditions.",
        )

    def _taught(self) -> Instrument:
        """What has to be done with a model that outputs trained, where that is allowed on conditions."""
        licence = self.licence
        return self._rule(
            "students",
            f"{licence.title}: models trained on its outputs",
            binds={"always": True},
            test={"all": [self.under, _OUTPUTS]},
            reaches=self.way.taught,
            effect="duty",
            quote=licence.outputs_quote,
            duties=licence.outputs_duties or licence.duties,
            consequence="Outputs may train another model on these conditions.",
        )

    def _rule(self, part: str, title: str, **fields: Any) -> Instrument:
        licence = self.licence
        return Instrument(
            id=f"{self.way.jurisdiction}.{licence.id}.{part}",
            title=title,
            jurisdiction=self.way.jurisdiction,
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
            reaches=TAUGHT,
            consequence="Nobody has recorded whether the terms let outputs train another model.",
            **stamp,
        ),
        Instrument(
            id=UNKNOWN_TERMS,
            title="Provider's terms on outputs known",
            jurisdiction=TERMS,
            binds=always,
            test={"all": [_OUTPUTS, {"not": {"service-outputs-known": True}}]},
            reaches=EVERYTHING,
            consequence="Nobody has recorded whether the provider lets outputs train another model.",
            **stamp,
        ),
    )
