"""Tensors that a formula gives are told from trained ones."""

from __future__ import annotations

import numpy as np
import pytest

from gauger.trace.weights.analytic import is_analytic

RANDOM = np.random.default_rng(11)


def fourier(size=256, *, window=True, dtype=np.float32):
    """A short-time Fourier transform as a convolution: cosines, then sines."""
    times = np.arange(size)
    angles = 2 * np.pi * np.outer(np.arange(size // 2 + 1), times) / size
    hann = np.hanning(size + 1)[:-1] if window else np.ones(size)
    return (np.concatenate([np.cos(angles), -np.sin(angles)]) * hann).astype(dtype).astype(np.float32)


def positions(count=200, width=64):
    """The positions of the first transformer."""
    rates = 10000 ** (-np.arange(0, width, 2) / width)
    angles = np.outer(np.arange(count), rates)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(count, width).astype(np.float32)


def mel(filters=40, bins=201):
    """Triangles on a mel scale."""
    edges = 700 * (10 ** (np.linspace(0, 2840, filters + 2) / 2595) - 1)
    at = np.linspace(0, 8000, bins)
    rising = (at - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - at) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


ANALYTIC = {
    "Fourier basis (windowed)": fourier(),
    "sinusoids": positions(),
    "mel filters": mel(),
    "identity or one-hot": np.eye(9, 12, 2, dtype=np.float32),
    "constant": np.full((3, 4), 0.25, np.float32),
    "mask": np.triu(np.full((20, 20), -10000.0, np.float32), 1),
    "ramp": np.arange(512, dtype=np.float32)[None],
    "window": np.hanning(400).astype(np.float32)[None],
}


@pytest.mark.parametrize("why", ANALYTIC)
def test_formulas_are_named(why):
    """Each kind of fixed tensor is called what it is."""
    assert is_analytic(ANALYTIC[why]) == why


def test_rotary_tables():
    """Cosines of all positions, as some exports store them, and the rates themselves."""
    angles = np.outer(np.arange(128), 10000 ** (-np.arange(0, 64, 2) / 64))
    table = np.cos(np.concatenate([angles, angles], axis=1)).astype(np.float32)
    assert is_analytic(table) == "rotary table"
    assert is_analytic(10000 ** (-np.arange(0, 64, 2, dtype=np.float32)[None] / 64)) == "rotary table"


def test_half_precision_and_part_of_a_basis():
    """Rounding hides nothing, nor do the first rows alone."""
    assert is_analytic(fourier(dtype=np.float16)) == "Fourier basis (windowed)"
    assert is_analytic(fourier(1024)[:512]) == "Fourier basis (windowed)"
    assert is_analytic(fourier(window=False)) == "sinusoids"
    assert is_analytic(mel().T) == "mel filters"


def learned_positions():
    """Slow curves with noise, as trained position embeddings look."""
    smooth = np.cumsum(np.cumsum(RANDOM.normal(size=(512, 64)), axis=0), axis=0)
    smooth /= np.abs(smooth).max(axis=0)
    return (smooth + 0.02 * RANDOM.normal(size=smooth.shape)).astype(np.float32)


HANN = np.hanning(9)
TRAINED = {
    "random": RANDOM.normal(size=(64, 48)).astype(np.float32),
    "random, two values": np.sign(RANDOM.normal(size=(64, 64))).astype(np.float32),
    "random, mostly zeros": np.where(RANDOM.random((64, 64)) < 0.02, RANDOM.normal(size=(64, 64)), 0),
    "no negative numbers": np.abs(RANDOM.normal(size=(64, 64))).astype(np.float32),
    "low rank": (RANDOM.normal(size=(64, 2)) @ RANDOM.normal(size=(2, 96))).astype(np.float32),
    "slow curves": learned_positions(),
    "slow curves, turned": learned_positions().T.copy(),
    "band-limited filters": np.array([np.convolve(r, HANN, "same") for r in RANDOM.normal(size=(64, 256))]),
    "noisy Fourier basis": (fourier() + 0.1 * RANDOM.normal(size=(258, 256))).astype(np.float32),
    "one number": np.ones((1, 1), np.float32),
    "not numbers": np.full((4, 4), np.nan, np.float32),
}  # fmt: skip


@pytest.mark.parametrize("kind", TRAINED)
def test_trained_tensors_are_not_flagged(kind):
    """Neither noise nor smoothness nor sparsity looks like a formula."""
    assert is_analytic(TRAINED[kind]) == ""
