"""Would the tests have shown it? What stands behind a negative."""

from __future__ import annotations

from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.stats.power import smallest_detectable_share
from gauger.trace.weights.found import CLAIM, Found

ENOUGH = 0.6
"""The least detectable correlation above which a negative says nothing: derived models are at 0.6 and
above."""


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
    if best > ENOUGH and not ran_matched:
        return (
            reading,
            f"the parts in common are too small: only a correlation of {best:.2f} or more would show",
            tuple(caveats),
        )
    return reading, "", tuple(caveats)


def _nothing_common(found: Found) -> str:
    for side, name in ((found.ours, "the first model"), (found.theirs, "the second model")):
        if not side.sketches:
            reason = side.broken[0] if side.broken else "it has no tensor of two or more dimensions"
            return f"no tensor of {name} could be compared ({reason})"
    detail = found.matched.detail if found.matched is not None else ""
    return "no tensor of one has the size of one of the other" + (f", and {detail}" if detail else "")
