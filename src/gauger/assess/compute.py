"""The AI Act's third: was more than a third of the original's compute spent on changing a model?

Source: Commission guidelines on the scope of the obligations for providers of general-purpose AI models,
C(2025) 7719, points 59 to 61: https://docs.modulos.ai/frameworks/eu-ai-act/commission-guidance/gpai-models
(read on 2026-11-24; a summary, not the Commission's own page).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import msgspec

from gauger.assess.descent import Descent
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, Kleene
from gauger.assess.sources import CATALOGUE_NODE, OWN, Sources
from gauger.assess.strand import Strand
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Model
from gauger.core.profile import Modification, Profile
from gauger.core.readings import known

FLOP_PER_PARAMETER_AND_TOKEN = 6.0
"""Two operations forward and four backward for every parameter and token of a dense transformer.

Source: Kaplan et al. 2020, Scaling Laws for Neural Language Models, https://arxiv.org/abs/2001.08361, 2.1.
"""
GENERAL_PURPOSE_FLOP = 1e23
"""Above this a model that generates language is taken to be of general purpose (point 17)."""
SYSTEMIC_RISK_FLOP = 1e25
"""Above this a model is presumed to have systemic risk (AI Act, Article 51(2))."""
SHARE = 1 / 3

_MADE = frozenset({"fine-tuned-from", "adapter-of", "merged-from", "distilled-from", "trained-on-outputs-of"})
_TRAINED = frozenset({"training-base", "student", "merge-parent"})
"""Roles of a model that the stack itself changes. A teacher is not changed: its student is."""
_LEAST_CHANGE = 2
"""Ancestors reached by less (a copy, a conversion, a quantisation) are the same trained model."""


class Third(msgspec.Struct, frozen=True, kw_only=True):
    """How a modification compares with a third of the original.

    Attributes:
        verdict: `above`, `below` or `unknown`.
        because: The numbers, in one sentence.
        flop: Of the modification; None where it is not known.
        threshold: The third that was used, in floating-point operations; None where two are possible.
        share: Modification over original; None where the original's compute is not known.
    """

    verdict: Literal["above", "below", "unknown"]
    because: str
    flop: float | None = None
    threshold: float | None = None
    share: float | None = None


def training_flop(parameters: float, tokens: float) -> float:
    """How many floating-point operations does it take to train so many parameters on so many tokens?

    For an adapter this is an upper bound: frozen weights need no weight gradients (about 4 × N × D).
    """
    return FLOP_PER_PARAMETER_AND_TOKEN * parameters * tokens


def spent(change: Modification) -> float | None:
    """How much did this modification take? None where the numbers do not say."""
    if change.flop is not None:
        return change.flop
    if change.parameters is None or change.tokens is None:
        return None
    return training_flop(change.parameters, change.tokens)


def third(flop: float | None, original: float | None, *, systemic_risk: bool | None = None) -> Third:
    """Is this more than a third of the original's training compute?

    Where the original's compute is not known, a third of 10^25 takes its place for a model with systemic
    risk, and a third of 10^23 for any other (point 61). Exactly a third is not more.

    Args:
        flop: Of the modification.
        original: Of the original's training.
        systemic_risk: Of the original; None where not known.
    """
    if flop is None:
        return Third(verdict="unknown", because="the compute of the modification is not given")
    count = f"{flop:.3g} floating-point operations were spent"
    if original is not None:
        bound = original * SHARE
        words = f"{count}, {flop / original:.3g} of the original's {original:.3g}; a third is {bound:.3g}"
        return _compared(flop, bound, words, share=flop / original)
    least, most = GENERAL_PURPOSE_FLOP * SHARE, SYSTEMIC_RISK_FLOP * SHARE
    words = f"{count}; the original's compute is not known here, and in its place stands"
    if systemic_risk is not None or flop <= least or flop > most:
        risky = bool(systemic_risk) or (systemic_risk is None and flop > most)
        bound = most if risky else least
        kind = "10^25 (systemic risk)" if risky else "10^23"
        return _compared(flop, bound, f"{words} a third of {kind}, {bound:.3g}")
    return Third(
        verdict="unknown",
        flop=flop,
        because=f"{words} {least:.3g}, or {most:.3g} if the original has systemic risk, which is not known",
    )


def _compared(flop: float, bound: float, words: str, share: float | None = None) -> Third:
    return Third(
        verdict="above" if flop > bound else "below", because=words, flop=flop, threshold=bound, share=share
    )


def recorded_flop(name: str, catalogue: Catalogue) -> float | None:
    """Which compute does the catalogue record for the training of the model of this name or id?"""
    if name in catalogue.models or name in catalogue.families:
        return _of_key(name, catalogue)
    identity = Lookup(catalogue).identify(name)
    keys = (known(identity.model), known(identity.family))
    return next((f for key in keys if key and (f := _of_key(key, catalogue)) is not None), None)


def _of_key(key: str, catalogue: Catalogue) -> float | None:
    model = catalogue.models.get(key)
    if model is not None and (model.training_flop is not None or model.derivations):
        return model.training_flop
    family = catalogue.families.get(model.family if model is not None else key)
    return family.training_flop if family is not None else None


class Changes:
    """What the user spent on changing the models of one stack.

    Args:
        profile: Who the user is, with the modifications.
        sources: What is known of each model.
        descent: Lineage.
    """

    def __init__(self, profile: Profile, sources: Sources, descent: Descent) -> None:
        self._given = {change.model.casefold(): change for change in profile.modifications}
        self._sources = sources
        self._descent = descent

    def marked(self, model: Model, strands: tuple[Strand, ...]) -> tuple[Strand, ...]:
        """The same lines of descent, the model's own with the answer.

        Where the model's own line falls away because another says whose weights these are, that one and all
        others carry it: it is a fact about the model.
        """
        truth, note = self._answer(model, strands)
        if not note:
            return strands
        everywhere = strands[0].unless_level >= 0
        return tuple(
            msgspec.structs.replace(s, modified=truth, modified_note=note)
            if everywhere or s.relation == "own"
            else s
            for s in strands
        )

    def _answer(self, model: Model, strands: tuple[Strand, ...]) -> tuple[Kleene, str]:
        change = self._given.get(model.name.casefold())
        if change is not None:
            found = third(spent(change), self._original(model, change), systemic_risk=change.systemic_risk)
            truth = {"above": TRUE, "below": FALSE, "unknown": UNKNOWN}[found.verdict]
            return truth, f"profile, modifications: {found.because}"
        if strands[0].roles & _TRAINED or self._made_here(model, strands):
            return UNKNOWN, "not known: the profile's `modifications` do not say how much was spent on it"
        return FALSE, ""

    def _made_here(self, model: Model, strands: Iterable[Strand]) -> bool:
        """Is it a changed model that the user made, or that nobody says who made?"""
        if not any(s.relation in _MADE for s in strands):
            return False
        facts = self._sources.facts(model.id)
        return facts.developer == OWN or (
            model.namespace in {"local", "object-store"}
            and not known(model.publisher)
            and not facts.developer
        )

    def _original(self, model: Model, change: Modification) -> float | None:
        """The original's compute: as given, of the named model, of its own name, or of the nearest ancestor.

        Of several ancestors that are equally near the smallest counts: it makes the lowest bar.
        """
        if change.original_flop is not None:
            return change.original_flop
        catalogue = self._sources.catalogue
        if change.original:
            return recorded_flop(change.original, catalogue)
        own = recorded_flop(model.name, catalogue) if self._sources.identity(model) is not None else None
        if own is not None:
            return own
        reached = self._descent.ancestors(model.id)
        found = [
            (r.rank, flop)
            for r in reached
            if r.relation in _MADE or r.rank < _LEAST_CHANGE
            if r.node.startswith(CATALOGUE_NODE)
            if (flop := _of_key(r.node.removeprefix(CATALOGUE_NODE), catalogue)) is not None
        ]
        return min(found, default=(0, None))[1]


def is_count(number: float | None) -> bool:
    """Can this be a count of parameters, tokens or operations? Not given is fine."""
    return number is None or (math.isfinite(number) and number > 0)
