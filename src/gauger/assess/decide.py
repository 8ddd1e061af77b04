"""The verdict of one rule for one model: what follows from what is known, under each reading."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.assess.calendar import standing
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, Kleene
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import Rule
from gauger.assess.strand import Strand, believed
from gauger.assess.user import User
from gauger.core.judgement import LegalReading, Verdict

_OF_EFFECT: dict[str, Verdict] = {
    "prohibit-use": "prohibited",
    "prohibit-procurement": "prohibited",
    "block-dealings": "prohibited",
    "unlicensed": "unlicensed",
    "attest": "duties",
    "disclose": "duties",
    "label": "duties",
    "name": "duties",
    "flow-down": "duties",
    "provider-duty": "duties",
    "duty": "duties",
    "prohibit-export-to": "watch",
    "warn": "watch",
    "identify": "watch",
}
"""Which verdict an effect gives where the rule catches. What restricts somebody else is watched."""
_UNDER_SILENCE: dict[str, Verdict] = {
    "prohibit-use": "prohibited-under-strict-reading",
    "prohibit-procurement": "prohibited-under-strict-reading",
    "block-dealings": "prohibited-under-strict-reading",
    "unlicensed": "prohibited-under-strict-reading",
}

Doubt = Literal["", "factual", "legal"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """How one rule stands towards one model.

    Attributes:
        verdict: Under the reading asked for.
        least: Is the model caught, with silence read as no?
        most: The same, with silence read as yes.
        doubt: For an undetermined verdict: whether facts are missing, or only the text is silent.
    """

    verdict: Verdict
    least: Kleene
    most: Kleene
    doubt: Doubt = ""


CLEAR = Judgement(verdict="clear", least=FALSE, most=FALSE)


def judge(rule: Rule, user: User, strands: tuple[Strand, ...], day: str, reading: LegalReading) -> Judgement:
    """What does this rule say of a model with these lines of descent, on that day, under that reading?

    Law: where a fact that decides is not known, the verdict is never `clear`.
    """
    stands = standing(rule.instrument, day)
    bound = rule.binds(user, day)
    if stands == "over" or bound == FALSE:
        return CLEAR
    counts_from = COUNTS_FROM[reading]
    least = most = FALSE
    for strand in believed(strands, reading):
        low, high = rule.caught(user, strand, day, counts_from)
        least, most = max(least, low), max(most, high)
        if least == TRUE:
            break
    return weigh(
        rule.instrument.effect, min(least, bound), min(most, bound), reading, latent=stands == "latent"
    )


def weigh(effect: str, least: Kleene, most: Kleene, reading: LegalReading, *, latent: bool) -> Judgement:
    """Which verdict follows from the two truths?

    Args:
        effect: Of the instrument.
        least: Caught, with silence read as no; never above `most`.
        most: Caught, with silence read as yes.
        reading: What silence is taken to mean.
        latent: The rule is not in force, but may come to be.
    """
    truth, doubt = _truth(least, most, reading)
    if truth == FALSE:
        verdict: Verdict = "clear"
    elif latent:
        verdict = "watch"
    elif truth == UNKNOWN:
        verdict = "watch" if _OF_EFFECT[effect] == "watch" else "undetermined"
    elif least == TRUE:
        verdict = _OF_EFFECT[effect]
    else:
        verdict = _UNDER_SILENCE.get(effect, _OF_EFFECT[effect])
    return Judgement(verdict=verdict, least=least, most=most, doubt=doubt if truth == UNKNOWN else "")


def _truth(least: Kleene, most: Kleene, reading: LegalReading) -> tuple[Kleene, Doubt]:
    """Is the model caught, and if that is not known, is it for want of facts or of words?"""
    if reading == "literal":
        return least, "factual"
    if reading == "strict":
        return most, "factual"
    if least == TRUE or most == FALSE:
        return least, ""
    return UNKNOWN, "legal" if most == TRUE else "factual"
