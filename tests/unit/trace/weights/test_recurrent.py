"""Recurrent weights are told by names or shapes."""

from __future__ import annotations

import numpy as np

from build.networks import network_from


def places(arrays):
    """Role, gates and shape of every matrix."""
    return [(m.place.role, m.gates, m.shape) for m in network_from(arrays).matrices]


def zeros(*shape):
    """An array of this shape."""
    return np.zeros(shape, "<f4")


def test_pytorch_names():
    """LSTM and GRU differ by the number of gates."""
    lstm = {"rnn.weight_ih_l0": zeros(48, 7), "rnn.weight_hh_l0": zeros(48, 12), "rnn.bias_ih_l0": zeros(48)}
    assert places(lstm) == [("recurrent-input", 4, (48, 7)), ("recurrent-hidden", 4, (48, 12))]
    gru = {"cell.weight_ih": zeros(36, 7), "cell.weight_hh": zeros(36, 12)}
    assert places(gru) == [("recurrent-input", 3, (36, 7)), ("recurrent-hidden", 3, (36, 12))]


def test_keras_kernels_lie_transposed():
    """Inputs first in the file, outputs first here."""
    arrays = {"lstm/kernel": zeros(7, 48), "lstm/recurrent_kernel": zeros(12, 48)}
    assert places(arrays) == [("recurrent-input", 4, (48, 7)), ("recurrent-hidden", 4, (48, 12))]


def test_onnx_directions_come_apart():
    """Two directions in one tensor are two matrices, in either layout."""
    random = np.random.default_rng(0)
    w, r = random.normal(size=(2, 48, 7)).astype("<f4"), random.normal(size=(2, 48, 12)).astype("<f4")
    expected = [("recurrent-input", 4, (48, 7))] * 2 + [("recurrent-hidden", 4, (48, 12))] * 2
    plain, turned = {"a": w, "b": r}, {"a": w.swapaxes(1, 2).copy(), "b": r.swapaxes(1, 2).copy()}
    assert places(plain) == places(turned) == expected
    for arrays in (plain, turned):
        np.testing.assert_array_equal(network_from(arrays).matrices[3].whole(), r[1])


def test_convolutions_are_none():
    """Neighbouring kernels of other shapes stay convolutions."""
    arrays = {"conv1.weight": zeros(64, 16, 3), "conv2.weight": zeros(64, 64, 3)}
    assert places(arrays) == [("convolution", 0, (64, 48)), ("convolution", 0, (64, 192))]
