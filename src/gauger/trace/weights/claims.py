"""From a comparison to evidence and claims, to stand beside what is declared."""

from __future__ import annotations

from gauger.core.comparison import Comparison, Verdict
from gauger.core.inventory import Digest
from gauger.core.judgement import Finding
from gauger.core.lineage import Claim, Evidence, Strength
from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.trace.probe import ProbeResult

PROBE = "weights"
LAUNDERED = "re-parameterised-copy"

_NO_CLAIM: frozenset[Verdict] = frozenset({"independent", "undecided", "shared-initialisation"})
_METHOD = {
    "identity": "weights",
    "same-base": "same-basis",
    "laundered": "matched-units",
    "behaviour": "behaviour",
    "none": "weights",
}


def result_of(comparison: Comparison, inputs: tuple[Digest, ...] = ()) -> ProbeResult:
    """Which evidence, claims and findings does this comparison amount to?

    A claim follows only where derivation was shown. Dependence without it (a shared starting point), and
    negatives, stay evidence.
    """
    evidence = Evidence(
        probe=PROBE,
        subject=comparison.subject,
        reference=comparison.reference,
        statement=f"{comparison.verdict}: {comparison.statement}",
        reading=_reading(comparison),
        strength=_strength(comparison),
        calibration=_calibration(comparison),
        inputs=inputs,
        facts=comparison.facts,
    )
    claims = tuple(_claims(comparison, evidence))
    laundered = comparison.verdict == "re-parameterised"
    findings = (finding_of(comparison.subject, comparison.statement, evidence.id),) if laundered else ()
    return ProbeResult(evidence=(evidence,), claims=claims, findings=findings)


def _strength(comparison: Comparison) -> Strength:
    if comparison.verdict == "identical":
        return "exact" if comparison.facts.get("all-numbers-compared") is True else "strong"
    if comparison.verdict in ("independent", "undecided") or comparison.tier == "none":
        return "none"
    return "moderate" if comparison.verdict == "shared-initialisation" else "strong"


def _reading(comparison: Comparison) -> Reading:
    """The strongest test's corrected bound; the cosine where equality speaks for itself."""
    bounds = [t.p_bound for t in comparison.tests if isinstance(t.p_bound, Measured)]
    if bounds:
        return min(bounds, key=lambda b: b.value)
    cosine = comparison.facts.get("cosine")
    if isinstance(cosine, int | float) and comparison.relation:
        return Measured.exact(float(cosine), "cosine", 1)
    return Unmeasured(reason="too-little-data", detail=comparison.statement)


def _calibration(comparison: Comparison) -> str:
    tests = list(dict.fromkeys(t.test for t in comparison.tests[:3]))
    return ", ".join(tests) if tests else _METHOD[comparison.tier]


def _claims(comparison: Comparison, evidence: Evidence) -> list[Claim]:
    if not comparison.relation or comparison.verdict in _NO_CLAIM:
        return []
    ends = (comparison.subject, comparison.reference)
    child, parent = ends[::-1] if comparison.inverse else ends
    direction = (
        comparison.direction if comparison.direction in ("declared", "catalogue", "dates") else "heuristic"
    )
    component = ""
    if comparison.verdict == "partly-inherited":
        inherited = [c.component for c in comparison.components if c.origin]
        component = ", ".join(inherited[:3]) + (
            f" and {len(inherited) - 3} more" if len(inherited) > 3 else ""
        )
    return [
        Claim(
            subject=child,
            relation=comparison.relation,
            object=parent,
            basis="observed",
            strength=evidence.strength,
            evidence=(evidence.id,),
            component=component,
            direction="unknown" if comparison.direction == "unknown" else direction,
        )
    ]


def finding_of(subject: str, statement: str, evidence: str) -> Finding:
    """A rewritten copy is a finding of its own: nobody rewrites weights without a reason."""
    return Finding(
        rule=LAUNDERED,
        severity="high",
        confidence="high",
        audience=("compliance", "security"),
        subject=subject,
        message=f"the weights are a rewritten copy: {statement}",
        remedy="weights were changed in ways that leave the outputs as they are; ask whoever supplied the "
        "model why, "
        "and treat it as a copy of the reference until that is answered",
        evidence=(evidence,),
    )
