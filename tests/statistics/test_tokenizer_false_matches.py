"""Error rates of the tokenizer probe, measured on the stored references."""

from __future__ import annotations

import math

import pytest

from build.tokenizer_null import RECORDS, exact_shares, sketched, taken_for_another, unrelated_pairs
from gauger.trace.tokenizer_index import MATCH
from gauger.trace.tokenizer_line import MARKERS, SKETCH


def upper_bound(n: int) -> float:
    """One-sided 95 % Clopper-Pearson bound where none of n was wrong: 1 - 0.05^(1/n)."""
    return 1 - 0.05 ** (1 / n)


def percent(share: float) -> str:
    """As the calibration sentences write it, rounded up to two digits."""
    digits = 2 if share < 0.01 else 1
    return f"{math.ceil(share * 100 * 10**digits) / 10**digits:g} %"


def test_no_unrelated_vocabulary_reaches_the_threshold():
    """None of the ordered pairs of unrelated references matches; the stated n, maximum and bound hold."""
    shares = [sketched(part, whole).value for part, whole in unrelated_pairs()]
    assert max(shares) < MATCH
    assert f"of {len(shares)} ordered pairs" in SKETCH
    assert f"the largest {max(shares):.2f}" in SKETCH
    assert f"at most {percent(upper_bound(len(shares)))}" in SKETCH


def test_the_exact_shares_of_unrelated_pairs_stay_below_the_threshold_too():
    """It is not the sketch's error that keeps unrelated pairs apart."""
    exact = exact_shares()
    assert max(exact[pair][1] for pair in unrelated_pairs()) < MATCH


def test_known_descent_is_found():
    """Vocabularies that were built on another contain it, by weight, above the threshold."""
    pairs = {("glm-4", "glm-4.7"), ("llama2", "jiutian"), ("refact", "starcoder2"), ("gemma3", "gemma4")}
    assert all(sketched(part, whole).value >= MATCH for part, whole in pairs)


def test_error_of_the_sketch():
    """Against the exact weighted overlaps: root mean square 0.018, maximum 0.10, 95 % within 0.037."""
    exact = exact_shares()
    errors = sorted(abs(sketched(*pair).value - weighted) for pair, (_, weighted) in exact.items())
    assert len(errors) == 992
    assert math.sqrt(sum(e * e for e in errors) / len(errors)) < 0.018
    assert errors[int(0.95 * len(errors))] < 0.037
    assert errors[-1] < 0.10


def test_interval_of_the_sketch_covers():
    """The 95 % interval holds the exact share in at least 95 % of all pairs."""
    exact = exact_shares()
    held = [(found := sketched(*pair)).low <= weighted <= found.high for pair, (_, weighted) in exact.items()]
    assert sum(held) / len(held) >= 0.95


def test_no_reference_is_taken_for_another_developers_by_its_control_tokens():
    """With its own line and developer left out, each reference's control tokens point to nobody."""
    assert {record.id: taken for record in RECORDS if (taken := taken_for_another(record))} == {}
    assert f"none of {len(RECORDS)} references" in MARKERS
    assert f"at most {percent(upper_bound(len(RECORDS)))}" in MARKERS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_reference_is_complete(record):
    """A reference with a vocabulary has its sketch, of about one piece in 64."""
    if record.vocabulary_sha256:
        assert len(record.vocabulary_sha256) == 64
        kept = len(record.sketch) * 3 / 4 / 4
        assert kept == pytest.approx(record.pieces / 64, rel=0.35)
    else:
        assert record.pre
