"""What could a test have shown? For every answer of "nothing found" and "not decidable"."""

from __future__ import annotations

import math


def smallest_detectable_share(units: int, features: int, looks: int, threshold: float) -> float:
    """Which correlation between paired units would just have given a corrected bound below the threshold?

    If a share q of a block's units is inherited unchanged and the rest is independent, the correlation of
    paired scores is q; so this is also the smallest share of inherited units that would have been claimed.
    For normal scores the bound of the test is exp(-n k rho^2 / 4) (see docs/methods/aligned-units.md), times
    the looks.

    Args:
        units: Units in the block.
        features: Scores of each unit.
        looks: Pairs of components that were looked at.
        threshold: The claim's threshold for the corrected bound, for instance 1e-6.

    Returns:
        Between 0 and 1; 1 means that not even an unchanged copy would have been decided.
    """
    if units < 2 or features < 1 or threshold <= 0.0:
        return 1.0
    needed = math.log(max(1, looks) / threshold)
    if needed <= 0.0:
        return 0.0
    return min(1.0, 2.0 * math.sqrt(needed / (units * features)))
