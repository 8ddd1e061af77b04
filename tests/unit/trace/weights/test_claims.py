"""Which claims, strengths and findings follow from a verdict."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from gauger.core.comparison import Comparison, ComponentMatch, Verdict
from gauger.core.readings import Measured, Unmeasured
from gauger.trace.weights.claims import LAUNDERED, result_of
from gauger.trace.weights.units import outcome
from gauger.trace.weights.verdict import RELATIONS

A, B = "model-a", "model-b"


def said(verdict: Verdict, **more: Any) -> Comparison:
    """A comparison with this verdict and the relation that goes with it."""
    fields: dict[str, Any] = {"relation": RELATIONS.get(verdict, ""), "tier": "same-base"} | more
    return Comparison(subject=A, reference=B, verdict=verdict, statement="words", **fields)


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_claims_follow_from_derivation_alone(verdict):
    """One claim for every verdict with a relation; none for negatives and shared starting points."""
    result = result_of(said(verdict))
    shown = verdict not in ("independent", "undecided", "shared-initialisation")
    assert len(result.claims) == int(shown)
    assert len(result.evidence) == 1
    for claim in result.claims:
        assert (claim.subject, claim.relation, claim.object) == (A, RELATIONS[verdict], B)
        assert claim.basis == "observed"
        assert claim.evidence == (result.evidence[0].id,)


@pytest.mark.parametrize("verdict", ["independent", "undecided", "shared-initialisation"])
def test_no_claim_even_with_a_relation(verdict):
    """A record that contradicts itself claims nothing."""
    assert result_of(said(verdict, relation="fine-tuned-from")).claims == ()


def test_the_inverse_exchanges_the_ends():
    """The reference comes from the subject."""
    (claim,) = result_of(said("quantised", inverse=True, direction="information-loss")).claims
    assert (claim.subject, claim.object) == (B, A)
    assert claim.direction == "heuristic"


@pytest.mark.parametrize(
    ("verdict", "facts", "tier", "strength"),
    [
        ("identical", {"all-numbers-compared": True}, "identity", "exact"),
        ("identical", {"all-numbers-compared": False}, "identity", "strong"),
        ("identical", {}, "identity", "strong"),
        ("fine-tuned", {}, "same-base", "strong"),
        ("re-parameterised", {}, "laundered", "strong"),
        ("shared-initialisation", {}, "same-base", "moderate"),
        ("independent", {}, "none", "none"),
        ("undecided", {}, "none", "none"),
        ("adapter", {}, "none", "none"),
    ],
)
def test_strengths(verdict, facts, tier, strength):
    """Exact where every number was compared and is equal; nothing for a negative."""
    (evidence,) = result_of(said(verdict, facts=facts, tier=tier)).evidence
    assert evidence.strength == strength


def test_an_adapter_alone_claims_nothing():
    """Its base is only declared."""
    assert result_of(said("adapter", relation="", tier="none")).claims == ()


def test_a_rewritten_copy_is_a_finding():
    """Of its own, with the evidence behind it; other verdicts are none."""
    result = result_of(said("re-parameterised", tier="laundered"))
    (finding,) = result.findings
    assert (finding.rule, finding.subject, finding.severity) == (LAUNDERED, A, "high")
    assert finding.evidence == (result.evidence[0].id,)
    assert result_of(said("fine-tuned")).findings == ()


def test_parts_that_were_inherited_are_named():
    """Three of them, and how many more."""
    parts = tuple(
        ComponentMatch(component=f"layers.{n}", origin=f"layers.{n}", state="equal") for n in range(5)
    )
    other = ComponentMatch(component="layers.9", state="independent")
    (claim,) = result_of(said("partly-inherited", components=(*parts, other))).claims
    assert claim.component == "layers.0, layers.1, layers.2 and 2 more"


def test_the_reading_is_the_strongest_bound():
    """Of all tests; the cosine where none ran; unmeasured where nothing was."""
    tests = tuple(
        outcome("same-basis", f"layers.{n}", 9.0, 1e-9, bound, 4, 64)
        for n, bound in enumerate((-30.0, -90.0))
    )
    (evidence,) = result_of(said("fine-tuned", tests=tests)).evidence
    assert isinstance(evidence.reading, Measured)
    assert evidence.reading.value == min(t.p_bound.value for t in tests)
    assert evidence.calibration == "same-basis"
    (by_cosine,) = result_of(said("fine-tuned", facts={"cosine": 0.97})).evidence
    assert by_cosine.reading == Measured.exact(0.97, "cosine", 1)
    (nothing,) = result_of(said("undecided", tier="none")).evidence
    assert isinstance(nothing.reading, Unmeasured)
