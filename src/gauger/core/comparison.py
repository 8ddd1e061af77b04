"""What comparing two models by their weights found: one verdict, what was done, and the tests behind it."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from gauger.core.lineage import Relation
from gauger.core.readings import Reading, Unmeasured
from gauger.core.record import Facts, Record

Verdict = Literal[
    "identical",
    "converted",
    "quantised",
    "pruned",
    "depth-changed",
    "width-changed",
    "adapter",
    "merged",
    "vocabulary-changed",
    "fine-tuned",
    "gate-order-changed",
    "contained",
    "re-parameterised",
    "partly-inherited",
    "shared-initialisation",
    "independent",
    "undecided",
]
"""The closed set, by tiers of evidence. `re-parameterised`: the same model under a change of basis or order
that keeps its outputs. `shared-initialisation`: dependence without proof of derivation. `undecided`: power is
lacking, the statement says of what."""

Tier = Literal["identity", "same-base", "laundered", "behaviour", "none"]
"""E0, E1, E2, E3 of the method pages, or nothing found."""

TestKind = Literal["aligned-units", "matched-units", "same-basis", "constrained", "exact-bytes"]
"""Which test: T1, T2, T0, the exact constrained test, equality of numbers."""


class TestOutcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statistical test of the pair.

    Attributes:
        test: Which.
        component: What it looked at: `layers.3 ~ layers.5`, a tensor's name, `all layers`.
        statistic: z of the permutation sum, or the rank correlation.
        p_value: Under the null of independence, before correction; estimated.
        p_bound: A rigorous upper bound of it, corrected for the number of looks; claims rest on this one.
        looks: How many component pairs were looked at (the correction's factor).
        units: How many units, rows or columns stand behind it.
    """

    test: TestKind
    component: str
    statistic: Reading
    p_value: Reading
    p_bound: Reading
    looks: int
    units: int


class ComponentMatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one part of the subject comes from.

    Attributes:
        component: Of the subject: `embeddings`, `layers.3`, `layers.3.experts.7`, `vision`, a tensor's name.
        origin: The part of the reference that it corresponds to; empty where none does.
        cosine: Between the numbers of both, in the same basis.
        change: Relative size of the change, ‖subject − origin‖ / ‖origin‖.
        state: What that means.
    """

    component: str
    origin: str = ""
    cosine: Reading = Unmeasured(reason="not-requested")
    change: Reading = Unmeasured(reason="not-requested")
    state: Literal["equal", "altered", "linked", "independent", "analytic", "undecided"]


class Comparison(Record, frozen=True, kw_only=True):
    """Two models, one verdict.

    Attributes:
        subject: Id of the model that was asked about.
        reference: Id of the model or catalogue reference it was compared with.
        verdict: The main finding.
        alterations: Everything that was done, the verdict's own first, in words of the closed set.
        relation: Of subject to reference where derivation was shown, else empty.
        inverse: The relation holds the other way round: the reference comes from the subject.
        direction: How it is known which came first; a loss of information (`quantised`, `pruned`) shows it,
            otherwise it is `unknown` or as declared.
        tier: Which kind of evidence.
        statement: The verdict in one or two sentences with its numbers.
        caveats: What a reader must know besides, one sentence each.
        quantiser: `Q4_1`, `int8`, … where one of the two was quantised; empty otherwise.
        rank: Of the low-rank change (a merged adapter), or why none was measured.
        tests: The tests behind it, decisive ones first.
        components: Part by part.
        layer_map: For each layer of the subject the layer of the reference, -1 where none; empty where
            unknown.
        power: The smallest share of inherited structure that the tests would have shown, for negatives.
        read_bytes: Bytes of weights read on both sides.
        total_bytes: Bytes of weights on both sides.
        facts: Details for a reader who wants to repeat it.
    """

    subject: str
    reference: str
    verdict: Verdict
    alterations: tuple[Verdict, ...] = ()
    relation: Relation | Literal[""] = ""
    inverse: bool = False
    direction: Literal["declared", "catalogue", "dates", "information-loss", "heuristic", "unknown"] = (
        "unknown"
    )
    tier: Tier
    statement: str
    caveats: tuple[str, ...] = ()
    quantiser: str = ""
    rank: Reading = Unmeasured(reason="not-requested")
    tests: tuple[TestOutcome, ...] = ()
    components: tuple[ComponentMatch, ...] = ()
    layer_map: tuple[int, ...] = ()
    power: Reading = Unmeasured(reason="not-requested")
    read_bytes: int = 0
    total_bytes: int = 0
    facts: Facts = {}

    prefix: ClassVar[str] = "comparison"
    identity: ClassVar[tuple[str, ...]] = ("subject", "reference")
