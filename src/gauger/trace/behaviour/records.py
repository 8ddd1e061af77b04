"""A judgement as evidence, claims, findings and gaps of a dossier."""

from __future__ import annotations

from collections.abc import Mapping

from gauger.core.inventory import Digest
from gauger.core.judgement import Finding, Gap
from gauger.core.lineage import Claim, Evidence, Reference, Strength
from gauger.core.readings import Measured, Unmeasured
from gauger.core.record import Facts
from gauger.runtime.prompts import digest_of_prompts
from gauger.trace.behaviour.judge import THRESHOLD, Judgement, Verdict
from gauger.trace.probe import ProbeResult

PROBE = "behaviour"
RULE = "behaviour-closer-than-controls"
CALIBRATION = "docs/methods/behaviour.md"
_MODERATE_FREEDOM = 4


def result_of(
    judgement: Judgement,
    subject: str,
    references: Mapping[str, Reference],
    inputs: tuple[Digest, ...] = (),
) -> ProbeResult:
    """What goes into the dossier?

    Behaviour alone never gives `distilled-from`. With independent weights, the nearest candidate that is
    closer than every control gives `trained-on-outputs-of` at most at strength moderate, meaning: consistent
    with it.

    Args:
        judgement: What was found.
        subject: Id of the model asked about.
        references: By candidate's name.
        inputs: Digests of recorded runs that were read.
    """
    evidence = {v.candidate: _evidence(judgement, v, subject, references, inputs) for v in judgement.verdicts}
    claims = [
        _claim(judgement, v, subject, references[v.candidate], evidence[v.candidate])
        for v in judgement.verdicts
        if v.cell.behaviour == "closer" and v.cell.weights == "independent"
    ]
    findings = [
        _finding(v, subject, evidence[v.candidate])
        for v in judgement.verdicts
        if v.cell.behaviour == "closer" and v.cell.weights != "linked"
    ]
    return ProbeResult(
        evidence=tuple(evidence.values()),
        claims=tuple(claims),
        references=tuple(references[v.candidate] for v in judgement.verdicts),
        findings=tuple(findings),
        gaps=tuple(_gaps(judgement, subject)),
    )


def strength_of(judgement: Judgement, verdict: Verdict) -> Strength:
    """How far does this carry? Never beyond moderate; text alone, other tokenizers, few controls: weak."""
    if verdict.cell.behaviour != "closer":
        return "none"
    close = verdict.closeness
    sturdy = close is not None and close.freedom >= _MODERATE_FREEDOM
    return "moderate" if judgement.ground == "pieces" and sturdy and verdict.rank == 1 else "weak"


def statement_of(judgement: Judgement, verdict: Verdict) -> str:
    """What was found of this candidate, in one sentence with the numbers."""
    close = verdict.closeness
    head = f"{judgement.cast.subject} against {verdict.candidate}: {verdict.cell.words}"
    if close is None or not isinstance(close.apart, Measured):
        reason = verdict.adjusted.detail if isinstance(verdict.adjusted, Unmeasured) else "no test was made"
        return f"{head} ({reason})"
    unit = "nats" if judgement.ground != "text" else "of style"
    p_value = (
        f"p = {_short(verdict.adjusted.value)}" if isinstance(verdict.adjusted, Measured) else "no p-value"
    )
    return (
        f"{head} (divergence {close.apart.value:.3g} {unit}; nearest control {close.nearest_control} "
        f"{close.nearest_apart:.3g}; nearer on {close.ahead:.0%} of {close.prompts} prompts; {p_value}, "
        f"{len(close.controls)} controls)"
    )


def _short(p_value: float) -> str:
    return f"{p_value:.2g}" if p_value > 0 else "below 1e-300"


def _evidence(
    judgement: Judgement,
    verdict: Verdict,
    subject: str,
    references: Mapping[str, Reference],
    inputs: tuple[Digest, ...],
) -> Evidence:
    return Evidence(
        probe=PROBE,
        subject=subject,
        reference=references[verdict.candidate].id,
        statement=statement_of(judgement, verdict),
        reading=verdict.adjusted,
        strength=strength_of(judgement, verdict),
        calibration=CALIBRATION,
        inputs=inputs,
        facts=_facts(judgement, verdict),
    )


def _facts(judgement: Judgement, verdict: Verdict) -> Facts:
    facts: Facts = {
        "candidate": verdict.candidate,
        "rank": verdict.rank,
        "weights": verdict.cell.weights,
        "behaviour": verdict.cell.behaviour,
        "cell": verdict.cell.words,
        "caveats": verdict.caveats,
        "ground": judgement.ground,
        "threshold": THRESHOLD,
        "prompts": len(judgement.prompts),
        "prompts_digest": digest_of_prompts(judgement.prompts),
        "none_of_these": judgement.none_of_these,
    }
    facts |= {f"perplexity.{name}": value for name, value in verdict.skill.items()}
    close = verdict.closeness
    if close is None:
        return facts
    facts |= {
        "controls": close.controls,
        "nearest_control": close.nearest_control,
        "nearest_control_divergence": round(close.nearest_apart, 6),
        "advantage": round(close.advantage, 4),
        "ahead": round(close.ahead, 4),
        "p_over_prompts": close.over_prompts,
        "freedom": close.freedom,
    }
    if isinstance(close.apart, Measured):
        facts["divergence"] = round(close.apart.value, 6)
    if isinstance(close.over_models, Measured):
        facts["p_over_models"] = close.over_models.value
        facts["predicted_divergence"] = round(close.predicted, 6)
    return facts


def _claim(
    judgement: Judgement, verdict: Verdict, subject: str, reference: Reference, seen: Evidence
) -> Claim:
    return Claim(
        subject=subject,
        relation="trained-on-outputs-of",
        object=reference.id,
        basis="observed",
        strength=strength_of(judgement, verdict),
        evidence=(seen.id,),
        direction="unknown",
    )


def _finding(verdict: Verdict, subject: str, seen: Evidence) -> Finding:
    return Finding(
        rule=RULE,
        severity="medium",
        confidence="low" if seen.strength == "weak" else "medium",
        audience=("compliance", "provider"),
        subject=subject,
        message=f"{seen.statement}. {' '.join(verdict.caveats)}".strip(),
        remedy="Ask the maker which models' outputs the training data held; compare weights that can be had.",
        evidence=(seen.id,),
    )


def _gaps(judgement: Judgement, subject: str) -> list[Gap]:
    """What was not examined: rows without weights, columns without a decision."""
    gaps: list[Gap] = []
    for verdict in judgement.verdicts:
        touches = (f"whether {judgement.cast.subject} was taught by {verdict.candidate}",)
        if verdict.cell.weights == "not-measured":
            gaps.append(
                Gap(
                    part=PROBE,
                    reason="not-present",
                    subject=subject,
                    detail=f"the weights were not compared with those of {verdict.candidate}",
                    touches=touches,
                    remedy="name the folders or files of both models' weights",
                )
            )
        if isinstance(verdict.adjusted, Unmeasured):
            gaps.append(
                Gap(
                    part=PROBE,
                    reason=verdict.adjusted.reason,
                    subject=subject,
                    detail=f"behaviour against {verdict.candidate} is not decided: {verdict.adjusted.detail}",
                    touches=touches,
                    remedy="add independent controls of comparable skill with --control, or more prompts",
                )
            )
    return gaps
