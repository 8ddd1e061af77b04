"""What could have been shown."""

from __future__ import annotations

import pytest

from gauger.stats.power import smallest_detectable_share


def test_the_share_follows_from_the_bound():
    """exp(-n k rho^2 / 4) times the looks equals the threshold at 2 sqrt(log(looks / threshold) / (n k))."""
    assert smallest_detectable_share(1536, 5, 900, 1e-6) == pytest.approx(0.1036, abs=5e-4)


def test_small_blocks_cannot_be_decided():
    """32 units with one feature, or nothing at all: not even a copy would do."""
    assert smallest_detectable_share(32, 1, 900, 1e-6) == 1.0
    assert smallest_detectable_share(1, 5, 1, 1e-6) == 1.0
    assert smallest_detectable_share(100, 0, 1, 1e-6) == 1.0


def test_more_units_show_smaller_shares():
    """The share falls with the root of the number of units."""
    small, large = (smallest_detectable_share(units, 5, 100, 1e-6) for units in (1000, 4000))
    assert small == pytest.approx(2 * large)
