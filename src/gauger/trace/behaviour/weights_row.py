"""Which row of the table: are the weights of two models linked?"""

from __future__ import annotations

from pathlib import Path

from gauger.core.comparison import Verdict
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.trace.behaviour.table import WeightsRow

_UNDECIDED: frozenset[Verdict] = frozenset({"undecided", "shared-initialisation", "partly-inherited"})
"""Verdicts that neither show derivation of the whole nor independence: the row stays open."""


def weights_row(subject: Path, candidate: Path, limits: Limits = DEFAULT_LIMITS) -> WeightsRow:
    """What does the comparison by weights say of these two?

    Raises:
        GaugerError: the weights cannot be compared; the caller's guard makes it a gap.
    """
    from gauger.trace.weights.compare import compare_models  # noqa: PLC0415 - only where both have weights

    verdict = compare_models(subject, candidate, limits).verdict
    if verdict == "independent":
        return "independent"
    return "not-measured" if verdict in _UNDECIDED else "linked"
