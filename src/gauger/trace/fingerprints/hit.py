"""What a search found: a fingerprint that the query hangs together with, and what was measured on the way."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.comparison import Tier
from gauger.core.lineage import Relation
from gauger.trace.fingerprints.records import Declared


class TestedPair(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one pair of parts.

    Attributes:
        test: Which: T1 on units, T2 through the token lens, T0 on rows.
        ours: The query's part.
        theirs: The fingerprint's part.
        z: The statistic in standard deviations (of a matched test: ρ·√(units - 1)).
        correlation: Of what was paired: of whitened scores, rows' numbers, or both matchings; from -1 to 1.
        log_bound: Natural logarithm of a rigorous bound of its p-value, corrected for all looks of the
            search.
        units: Units, rows or columns behind it.
    """

    test: Literal["aligned-units", "matched-units", "same-basis"]
    ours: str
    theirs: str
    z: float
    correlation: float
    log_bound: float
    units: int


class TensorPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two tensors of one shape, by the numbers at their fixed places.

    Attributes:
        ours: The query's component and role.
        theirs: The fingerprint's.
        shape: Of both, in the canonical layout.
        cosine: Of the numbers, without what each axis explains; of vectors, without their mean.
        change: ‖ours − theirs‖ / ‖theirs‖.
        rounding: Largest relative difference of one number among those that are not tiny.
        equal: All numbers have one digest; False also where one of the two was not read whole.
        quantiser: The query's quantiser and the fingerprint's.
        dtype: The query's type and the fingerprint's.
        fixed: One of the two looks computed, not learned: says nothing.
    """

    ours: str
    theirs: str
    shape: tuple[int, ...]
    cosine: float
    change: float
    rounding: float
    equal: bool
    quantiser: tuple[str, str]
    dtype: tuple[str, str]
    fixed: bool


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One fingerprint with which the query hangs together.

    Attributes:
        key: Of the catalogue, or the name that the fingerprint's maker chose.
        declared: Who the fingerprint is said to be.
        trust: Who vouches for the fingerprint: `shipped`, `local`, `pack signed by …`, `unsigned pack`.
        file: The fingerprint's file.
        content: SHA-256 of what the fingerprint measured.
        tier: Equal numbers, same basis, or the same model in another order or basis.
        relation: Of the query to the fingerprint's model, as far as the numbers show; empty where they show
            dependence, but not which way.
        inverse: The relation holds the other way round: the fingerprint's model is the one that lost
            information.
        alteration: In one word of the verdicts of a comparison.
        quantiser: Of the side that is quantised, where one is.
        z: The largest statistic.
        log_bound: Natural logarithm of the second best corrected bound: what two places are surer of than
            that.
            -inf where numbers are equal.
        looks: Pairs that the whole search looked at: the factor of the correction.
        places: How many parts of the query (layers, tensors) have their own significant partner.
        layer_map: For each block of the query the fingerprint's block, -1 where none.
        query_blocks: What the query's blocks are called.
        blocks: What the fingerprint's blocks are called.
        tests: The tests, strongest first.
        tensors: Tensor by tensor, where samples could be compared.
        equal_tensors: How many digests are equal.
        compared_tensors: How many tensors of the query have one of their shape in the fingerprint.
        share: Of the query's numbers, those in parts that hang together.
        same_tokenizer: Both tokenizers have one vocabulary; None where one has no tokenizer.
        remarks: What a reader must know besides.
    """

    key: str
    declared: Declared
    trust: str
    file: str
    content: str
    tier: Tier
    relation: Relation | Literal[""] = ""
    inverse: bool = False
    alteration: Literal[
        "identical", "converted", "quantised", "fine-tuned", "shared-initialisation", "partly-inherited",
        "re-parameterised", "depth-changed", "contained",
    ]  # fmt: skip
    quantiser: str = ""
    z: float
    log_bound: float
    looks: int
    places: int
    layer_map: tuple[int, ...] = ()
    query_blocks: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    tests: tuple[TestedPair, ...] = ()
    tensors: tuple[TensorPair, ...] = ()
    equal_tensors: int = 0
    compared_tensors: int = 0
    share: float = 0.0
    same_tokenizer: bool | None = None
    remarks: tuple[str, ...] = ()
