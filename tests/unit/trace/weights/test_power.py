"""Behind every negative stands what would have shown; where nothing could, nothing is decided."""

from __future__ import annotations

import math

import pytest

from build import copies
from build.opened_models import opened
from gauger.core.comparison import Comparison
from gauger.core.readings import Measured
from gauger.trace.weights.compare import compare_opened
from gauger.trace.weights.found import CLAIM
from gauger.trace.weights.power import AGREEMENT, ENOUGH, smallest_agreement_bound

P = copies.parent()


def said(ours: copies.Tensors, theirs: copies.Tensors = P) -> Comparison:
    """The verdict on these two."""
    return compare_opened(opened(ours), opened(theirs))


def test_models_of_one_size_have_the_power_of_paired_units():
    """A small correlation would have shown."""
    found = said(copies.parent(5))
    assert isinstance(found.power, Measured)
    assert found.power.unit == "correlation"
    assert found.power.value < ENOUGH
    assert f"{found.power.value:.2f} or more" in found.statement


def test_models_of_other_sizes_have_the_power_of_matched_units():
    """Where no tensors pair, the share of units that both views would have had to match alike."""
    found = said(copies.parent(5, width=48, units=120))
    assert found.verdict == "independent"
    assert isinstance(found.power, Measured)
    assert found.power.unit == AGREEMENT
    assert 0.1 < found.power.value < 1.0
    assert "matched alike" in found.statement


def test_too_few_units_decide_nothing():
    """The reason is the size."""
    found = said(copies.parent(5, width=48, units=12, layers=1), copies.parent(6, layers=1, units=10))
    assert (found.verdict, found.relation) == ("undecided", "")
    assert found.statement.startswith("not decidable: ")


@pytest.mark.parametrize("units", [64, 160, 256])
def test_more_agreement_is_a_smaller_bound(units):
    """The bound falls with the share, and what the floor grants is nothing."""
    bounds = [smallest_agreement_bound(units, share / 10) for share in range(1, 11)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > math.log(0.01)
    assert bounds[-1] < math.log(CLAIM)
