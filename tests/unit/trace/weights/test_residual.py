"""What was done to a tensor shows in the difference: size, grid, zeros and rank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gauger.trace.weights.residual import (
    bits_of,
    change_between,
    grid_of,
    quantising_error,
    rank_of,
    rounded_to,
    zeros_by_rounding,
)


def drawn(rows: int = 64, columns: int = 128, seed: int = 0) -> np.ndarray:
    """Random weights, float32."""
    return (np.random.default_rng(seed).standard_normal((rows, columns)) * 0.05).astype(np.float32)


def brain(values: np.ndarray) -> np.ndarray:
    """Rounded to bfloat16, as float32."""
    return ((values.view(np.uint32) + 0x8000) & 0xFFFF0000).view(np.float32)


def in_blocks(values: np.ndarray, levels: int) -> np.ndarray:
    """Rounded block by block of 32 to multiples of the largest number over `levels`."""
    blocks = values.reshape(-1, 32)
    step = np.abs(blocks).max(axis=1, keepdims=True) / levels
    return (np.rint(blocks / step) * step).reshape(values.shape).astype(np.float32)


W = drawn()


def test_equal_numbers():
    """No change at all."""
    found = change_between(W, W)
    assert (found.equal, found.relative, found.rounding) == (1.0, 0.0, 0.0)
    assert found.cosine == pytest.approx(1.0)
    assert found.is_rounding


@given(st.floats(0.01, 3.0), st.integers(0, 20))
def test_noise_on_top_of_a_parent_leaves_it_whole(size, seed):
    """⟨child, parent⟩ / ⟨parent, parent⟩ stays at 1; the change has the size of the noise."""
    child = W + np.float32(size) * W.std() * drawn(seed=seed + 1) / np.float32(0.05)
    found = change_between(child, W)
    assert found.contained == pytest.approx(1.0, abs=0.06 * size + 1e-3)
    assert found.relative == pytest.approx(size, rel=0.05)
    assert found.cosine == pytest.approx(1 / np.hypot(1, size), abs=0.04)
    assert 0.0 <= found.equal <= 1.0


@given(st.floats(0.1, 10.0))
def test_the_two_sides_see_each_other(factor):
    """Contained and containing change places with the sides."""
    one, two = change_between(W * np.float32(factor), W), change_between(W, W * np.float32(factor))
    assert one.contained == pytest.approx(two.containing, rel=1e-5)
    assert one.cosine == pytest.approx(two.cosine)


@pytest.mark.parametrize("rounded", [brain, lambda w: w.astype(np.float16).astype(np.float32)])
def test_another_float_type_is_rounding(rounded):
    """In both directions; training of the same size is not."""
    assert change_between(rounded(W), W).is_rounding
    assert change_between(W, rounded(W)).is_rounding
    assert not change_between(W + 0.002 * W.std() * drawn(seed=9) / np.float32(0.05), W).is_rounding


def test_numbers_that_are_none_are_left_out():
    """NaN and infinity on either side; nothing left is no likeness."""
    bad = W.copy()
    bad[0] = np.nan
    assert change_between(bad, W).numbers == W.size - W.shape[1]
    nothing = change_between(np.full_like(W, np.inf), W)
    assert (nothing.numbers, nothing.cosine, nothing.equal) == (0, 0, 0)
    assert change_between(W * 0, W * 0).cosine == 0.0


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (in_blocks(W, 7), "4-bit blocks of 32"),
        (in_blocks(W, 127), "8-bit blocks of 32"),
        ((np.rint(W / np.abs(W).max() * 127)).astype(np.float32), "8-bit"),
        (W, ""),
        (brain(W), ""),
        (W.astype(np.float16).astype(np.float32), ""),
        (W * np.nan, ""),
        (W[:4, :32], ""),
        (np.zeros((64, 128), np.float32), ""),
    ],
    ids=["4 bits", "8 bits", "tensor", "float", "bfloat16", "float16", "nan", "few", "zeros"],
)
def test_the_grid_of_a_quantiser(rows, kind):
    """Few levels in a block, or in all; floating-point types are no grid."""
    assert grid_of(rows) == kind


@pytest.mark.parametrize("levels", [7, 127])
def test_what_was_rounded_and_what_was_trained(levels):
    """The plain side rounds to the grid; a fine-tuned copy of it does not."""
    coded = in_blocks(W, levels)
    kind = grid_of(coded)
    assert rounded_to(W, coded, kind)
    tuned = W + 0.3 * drawn(seed=3)
    assert not rounded_to(tuned, coded, kind)
    assert not rounded_to(drawn(seed=4), coded, kind)
    assert not rounded_to(W, W * 0, kind)


@pytest.mark.parametrize(
    ("name", "bits"),
    [("Q4_1", 4), ("Q8_0", 8), ("IQ3_XS", 3), ("Q6_K", 6), ("awq-4", 4), ("gptq-8", 8), ("nf4", 4),
     ("int8", 8), ("fp8", 8), ("F8_E4M3", 8), ("mxfp4", 4), ("8-bit blocks of 32", 8),
     ("4-bit blocks of 32", 4), ("8-bit", 8), ("", 0), ("unknown", 0)],
)  # fmt: skip
def test_bits_of_a_type(name, bits):
    """As its name tells."""
    assert bits_of(name) == bits


def test_coarser_types_err_more():
    """The allowed change falls with the bits, and covers what rounding really does."""
    assert quantising_error("") == 0.0
    assert quantising_error("Q4_0") > quantising_error("Q5_0") > quantising_error("Q8_0") > 0
    assert quantising_error("awq-4") > quantising_error("Q4_0")
    for levels, kind in ((7, "4-bit blocks of 32"), (127, "8-bit blocks of 32")):
        assert change_between(in_blocks(W, levels), W).relative <= quantising_error(kind)
        assert change_between(in_blocks(W, levels), W).zeros_ours <= zeros_by_rounding(kind)


@pytest.mark.parametrize("rank", [1, 3, 8, 16])
def test_the_rank_of_an_adapter(rank):
    """Found exactly, also below the noise of rounding."""
    draw = np.random.default_rng(rank)
    thin = (draw.standard_normal((96, rank)) @ draw.standard_normal((rank, 80))).astype(np.float32)
    noise = 1e-3 * draw.standard_normal((96, 80))
    assert rank_of(thin)[0] == rank
    assert rank_of(thin + noise)[0] == rank


@pytest.mark.parametrize(
    "change", [drawn(96, 80), np.zeros((96, 80)), np.full((96, 80), np.nan), np.ones((4, 4))]
)
def test_no_rank_without_a_fall(change):
    """Full changes, none at all, no numbers, and blocks that are too small."""
    assert rank_of(change) == (0, 0.0)
