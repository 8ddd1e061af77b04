"""What was done to a model, as far as two fingerprints show it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from gauger.core.comparison import Tier
from gauger.core.lineage import Relation
from gauger.trace.fingerprints.hit import Hit, TensorPair, TestedPair
from gauger.trace.fingerprints.pairs import UnitTests
from gauger.trace.fingerprints.records import Fingerprint
from gauger.trace.weights.residual import BRAIN_ROUNDING, bits_of, quantising_error

CLAIM = float(np.log(1e-6))
"""The claim threshold. Source: docs/methods/weights.md: p < 1e-6 after correction, two layers."""
DERIVED = 0.8
"""Median cosine under which dependence is no proof of derivation. Source: docs/methods/weights.md."""
_MOST_OF_IT = 0.7
_EQUAL = 0.99
_SAME_STATISTICS = 0.995
_WEAK_STATISTICS = 0.2


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, in the words of `Hit`."""

    tier: Tier
    relation: Relation | str
    alteration: str
    inverse: bool = False
    quantiser: str = ""
    share: float = 0.0
    remarks: tuple[str, ...] = ()


def significant(tests: Sequence[TestedPair]) -> tuple[TestedPair, ...]:
    """Which tests, of different parts of the query, are each below the claim threshold after correction?"""
    found: dict[str, TestedPair] = {}
    for test in sorted(tests, key=lambda t: t.log_bound):
        if test.log_bound < CLAIM:
            found.setdefault(test.ours, test)
    return tuple(found.values())


def telling(pairs: Sequence[TensorPair]) -> tuple[TensorPair, ...]:
    """Which pairs say something: learned tensors of two axes and enough numbers."""
    return tuple(p for p in pairs if len(p.shape) > 1 and not p.fixed and int(np.prod(p.shape)) >= 256)


def done_by(
    pairs: Sequence[TensorPair],
    units: UnitTests,
    shown: Sequence[TestedPair],
    ours: Fingerprint,
    theirs: Fingerprint,
) -> Done:
    """What makes the query out of the other? In order: nothing, rounding, quantising, training."""
    known = telling(pairs)
    if not known:
        return _by_statistics(units)
    sizes = np.array([float(np.prod(p.shape)) for p in known])
    total = (
        float(sum(np.prod(t.shape) for t in ours.document.tensors if len(t.shape) > 1 and not t.fixed)) or 1.0
    )
    equal = float(sizes[[p.equal for p in known]].sum()) / total
    linked = [p for p in known if p.cosine >= DERIVED or p.equal]
    share = min(float(sum(np.prod(p.shape) for p in linked)) / total, 1.0)
    same = _by_digest(share, equal, ours, theirs) if equal else None
    if same is not None:
        return same
    if not linked or _loosely(shown):
        return Done(
            tier="same-base", relation="", alteration="shared-initialisation", share=share, remarks=(_SEED,)
        )
    shape = _changed_depth(units, ours, theirs)
    if shape is not None:
        return msgspec.structs.replace(shape, share=share)
    return _as_values(linked, share)


_SEED = (
    "the numbers depend on each other, but weakly: a common random initialisation or a distant ancestor "
    "explains it as well as derivation"
)


def _by_digest(share: float, equal: float, ours: Fingerprint, theirs: Fingerprint) -> Done | None:
    """Equal numbers: one model, one inside the other, or None where neither is whole in the other."""
    there = _digests(theirs)
    covered = sum(size for d, size in there.items() if d in _digests(ours)) / max(sum(there.values()), 1.0)
    if equal >= _EQUAL and covered >= _EQUAL:
        return Done(tier="identity", relation="same-as", alteration="identical", share=share)
    if equal >= _EQUAL:
        inside = f"all of it is in the other, and makes up {covered:.0%} of that one's numbers"
        return Done(
            tier="identity", relation="merged-from", alteration="contained", inverse=True, share=equal,
            remarks=(inside,),
        )  # fmt: skip
    if covered >= _EQUAL:
        around = f"all of the other is in it, and makes up {equal:.0%} of its numbers"
        return Done(
            tier="identity", relation="merged-from", alteration="contained", share=equal, remarks=(around,)
        )
    return None


def _loosely(shown: Sequence[TestedPair]) -> bool:
    """Do rows depend on each other, and less than those of a derived model, while no units are paired?"""
    rows = [test.correlation for test in shown if test.test == "same-basis"]
    return len(rows) == len(shown) > 0 and float(np.median(rows)) < DERIVED


def _digests(fingerprint: Fingerprint) -> dict[str, float]:
    return {
        t.digest: float(np.prod(t.shape))
        for t in fingerprint.document.tensors
        if t.digest and len(t.shape) > 1 and not t.fixed
    }


def _changed_depth(units: UnitTests, ours: Fingerprint, theirs: Fingerprint) -> Done | None:
    a, b = ours.document.structure.layers, len(theirs.document.blocks)
    mapped = [p for p in units.layer_map if p >= 0]
    described = theirs.document.structure.layers
    if not mapped or a == b or described != b or any(block.expert for block in theirs.document.blocks):
        return None
    relation: Relation = "pruned-from" if a < b else "fine-tuned-from"
    remark = f"{a} layers, the other has {b}; {len(set(mapped))} of those are in it"
    return Done(tier="same-base", relation=relation, alteration="depth-changed", remarks=(remark,))


def _as_values(linked: Sequence[TensorPair], share: float) -> Done:
    """From the values of the tensors that hang together."""
    plain = [p for p in linked if not p.equal] or list(linked)
    if all(p.rounding <= 2 * BRAIN_ROUNDING for p in plain):
        alteration, relation = "converted", "converted-from"
    else:
        alteration, relation = "fine-tuned", "fine-tuned-from"
    coded = [p for p in plain if p.quantiser != ("", "") and p.rounding > 2 * BRAIN_ROUNDING]
    within = [p for p in coded if p.change <= _allowed(p)]
    if coded and len(within) >= 0.8 * len(coded) and len(coded) >= 0.5 * len(plain):
        return _quantised(coded, share)
    if share < _MOST_OF_IT:
        remark = f"{share:.0%} of its numbers hang together with the other's"
        return Done(
            tier="same-base", relation=relation, alteration="partly-inherited", share=share, remarks=(remark,)
        )
    return Done(tier="same-base", relation=relation, alteration=alteration, share=share)


def _allowed(pair: TensorPair) -> float:
    return sum(quantising_error(q) for q in pair.quantiser if q)


def _quantised(coded: Sequence[TensorPair], share: float) -> Done:
    ours = max((p.quantiser[0] for p in coded), key=lambda q: sum(p.quantiser[0] == q for p in coded))
    theirs = max((p.quantiser[1] for p in coded), key=lambda q: sum(p.quantiser[1] == q for p in coded))
    if ours and theirs:
        inverse = bits_of(ours) > bits_of(theirs)
        remark = (
            f"both are quantised, this one as {ours}, the other as {theirs}: which came first cannot be told"
        )
        return Done(
            tier="same-base", relation="quantised-from", alteration="quantised", inverse=inverse,
            quantiser=theirs if inverse else ours, share=share, remarks=(remark,),
        )  # fmt: skip
    return Done(
        tier="same-base", relation="quantised-from", alteration="quantised", inverse=not ours,
        quantiser=ours or theirs, share=share,
    )  # fmt: skip


def _by_statistics(units: UnitTests) -> Done:
    """From the units' invariants alone, where no tensor was sampled."""
    best = max(units.tests, key=lambda t: t.z, default=None)
    remark = "told from the units' invariants alone: the numbers themselves were not compared"
    strength = best.correlation if best is not None else 0.0
    if strength >= _SAME_STATISTICS:
        return Done(
            tier="same-base", relation="converted-from", alteration="converted", share=1.0, remarks=(remark,)
        )
    if strength < _WEAK_STATISTICS:
        return Done(
            tier="same-base", relation="", alteration="shared-initialisation", remarks=(_SEED, remark)
        )
    return Done(
        tier="same-base", relation="fine-tuned-from", alteration="fine-tuned", share=1.0, remarks=(remark,)
    )


def laundered() -> Done:
    """What a match through the lens alone means."""
    return Done(
        tier="laundered",
        relation="fine-tuned-from",
        alteration="re-parameterised",
        remarks=(_REWRITTEN,),
    )


_REWRITTEN = (
    "units match in another order or basis while the numbers do not: the model was rewritten without "
    "changing what it computes, which training does not do"
)

__all__ = ["CLAIM", "Done", "Hit", "done_by", "laundered", "significant", "telling"]
