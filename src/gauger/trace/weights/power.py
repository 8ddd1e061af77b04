"""Would the tests have shown it? What stands behind a negative."""

from __future__ import annotations

from math import floor, log

import numpy as np

from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.stats.matching import AGREEMENT_FLOOR
from gauger.stats.power import smallest_detectable_share
from gauger.stats.tail import log_table_bound
from gauger.trace.weights.found import CLAIM, Found

ENOUGH = 0.6
"""The least detectable correlation above which a negative says nothing: derived models are at 0.6 and
above."""

AGREEMENT = "share of units"
"""The unit of a power that the matched test has: units that both views match alike."""


def power_of(found: Found) -> tuple[Reading, str, tuple[str, ...]]:
    """Which correlation would have shown, why nothing is decided (or empty), and what to add?"""
    if not found.ours.sketches or not found.theirs.sketches:
        return Unmeasured(reason="too-little-data"), _nothing_common(found), ()
    shares: list[float] = []
    caveats: list[str] = []
    compared = {link.match.ours.lengths for link in found.links}
    for link in sorted(found.links, key=lambda x: -x.numbers)[:2]:
        rows, columns = link.match.ours.lengths[0], link.match.ours.numbers // link.match.ours.lengths[0]
        shares.append(smallest_detectable_share(min(rows, 1024), min(columns, 1024), found.looks, CLAIM))
    if found.aligned is not None and found.aligned.looks:
        units = min((block.units for block in found.ours.network.blocks), default=0)
        shares.append(smallest_detectable_share(units, 5, found.aligned.looks, CLAIM))
    if found.matched is not None and found.matched.detail:
        caveats.append(
            f"a copy whose units stand in another order could not be looked for: {found.matched.detail}"
        )
    elif found.matched is None:
        caveats.append(
            "a copy whose units stand in another order was not looked for: there are no blocks known to "
            "hold units"
        )
    ran_matched = found.matched is not None and bool(found.matched.outcomes)
    if not shares and not ran_matched:
        return Unmeasured(reason="no-reference"), _nothing_common(found), tuple(caveats)
    best = min(shares, default=1.0)
    reading = Measured.exact(best, "correlation", len(compared))
    if best > ENOUGH and ran_matched:
        agreement = _agreement(found)
        if agreement is not None:
            return agreement, "", tuple(caveats)
    if best > ENOUGH:
        return (
            reading,
            f"the parts in common are too small: only a correlation of {best:.2f} or more would show",
            tuple(caveats),
        )
    return reading, "", tuple(caveats)


def _agreement(found: Found) -> Reading | None:
    """Which share of the units would both views have had to match alike? None where no share is enough."""
    units = max((test.units for test in found.matched.outcomes), default=0) if found.matched else 0
    looks = max((test.looks for test in found.matched.outcomes), default=1) if found.matched else 1
    for share in np.linspace(AGREEMENT_FLOOR, 1.0, 19)[1:]:
        if smallest_agreement_bound(units, float(share)) + log(looks) < log(CLAIM):
            return Measured.exact(round(float(share), 2), AGREEMENT, units)
    return None


def smallest_agreement_bound(units: int, share: float) -> float:
    """The logarithm of the bound that this share of units matched alike gives, the others being even."""
    same = round(share * units)
    places = np.arange(units)
    one = places % 2 == 0
    two = np.where(places < same, one, (places - same) // 2 % 2 == 0)
    return log_table_bound(one, two, granted=floor(AGREEMENT_FLOOR * units))


def _nothing_common(found: Found) -> str:
    for side, name in ((found.ours, "the first model"), (found.theirs, "the second model")):
        if not side.sketches:
            reason = side.broken[0] if side.broken else "it has no tensor of two or more dimensions"
            return f"no tensor of {name} could be compared ({reason})"
    detail = found.matched.detail if found.matched is not None else ""
    return "no tensor of one has the size of one of the other" + (f", and {detail}" if detail else "")
