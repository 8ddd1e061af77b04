"""Models of whose origin nothing was observed: one short gap each, one for all where they are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gauger.core.judgement import Gap
from gauger.trace.weights.claims import PROBE

_MOST = 5
"""So many unknown models have a gap of their own; more share one, so that a report stays readable."""
_REMEDY = "make a fingerprint where a likely parent's weights are: gauger catalogue add MODEL"
_TOUCHES = ("lineage by weights",)


def joined(gaps: Sequence[Gap], names: Mapping[str, str], fingerprints: int) -> tuple[Gap, ...]:
    """The gaps with one for each model whose weights are no fingerprint's, instead of one of every probe.

    Args:
        gaps: All gaps of tracing.
        names: What the models are called, by id.
        fingerprints: How many there are in the library.
    """
    by_weights = {g.subject: g for g in gaps if g.part == PROBE and _is_unknown(g)}
    by_others = {g.subject for g in gaps if g.part == "trace" and _is_unknown(g)}
    rest = [g for g in gaps if not (_is_unknown(g) and g.subject in by_weights)]
    if not by_weights:
        return tuple(rest)
    if len(by_weights) > _MOST:
        return (*rest, _together(by_weights, by_others, names, fingerprints))
    return (*rest, *(_alone(g, by_others, fingerprints) for g in by_weights.values()))


def _is_unknown(gap: Gap) -> bool:
    return gap.reason == "no-reference" and bool(gap.subject) and gap.part in (PROBE, "trace")


def _alone(gap: Gap, by_others: set[str], fingerprints: int) -> Gap:
    """One model's gap. A model without a fingerprint cannot be recognised, so this is no negative."""
    also = "; sizes and tokenizer match no reference either" if gap.subject in by_others else ""
    return Gap(
        part=PROBE,
        reason="no-reference",
        location=gap.location,
        subject=gap.subject,
        detail=f"the weights are of none of the {fingerprints} models that have a fingerprint{also}",
        touches=_TOUCHES,
        remedy=_REMEDY,
    )


def _together(
    found: Mapping[str, Gap], by_others: set[str], names: Mapping[str, str], fingerprints: int
) -> Gap:
    listed = sorted(names.get(ident, ident) for ident in found)
    silent = len(by_others & set(found))
    also = f"; of {silent} of them sizes and tokenizer match no reference either" if silent else ""
    return Gap(
        part=PROBE,
        reason="no-reference",
        detail=f"the weights of {len(listed)} models are of none of the {fingerprints} models that have a "
        f"fingerprint: {', '.join(listed[:_MOST])} and {len(listed) - _MOST} more{also}",
        touches=_TOUCHES,
        remedy=_REMEDY,
    )
