"""Matrices without names get the place that shapes and order tell."""

from __future__ import annotations

import numpy as np
import pytest

from build.networks import network_from

W, U = 16, 20


def exported(shapes, *, prefix="onnx::MatMul_", norm="encoder.layer.{n}.output.LayerNorm.weight", layers=2):
    """A file with norms that kept their names, and matrices that did not."""
    random = np.random.default_rng(0)
    arrays = {norm.replace("{n}", str(n)): np.ones(W, "<f4") for n in range(layers)}
    for layer in range(layers):
        for number, shape in enumerate(shapes):
            arrays[f"{prefix}{100 * layer + 7 * number + 3}"] = random.normal(size=shape).astype("<f4")
    return arrays


def test_an_encoder():
    """Query, key, value and output, then up and down, inputs first."""
    arrays = exported([(W, W)] * 4 + [(W, U), (U, W)])
    network = network_from(arrays)
    assert [(b.component, b.units, b.gate) for b in network.blocks] == [
        ("layers.0", U, None),
        ("layers.1", U, None),
    ]
    roles = [m.place.role for m in network.layer("layers.1")]
    assert roles == ["query", "key", "value", "output", "up", "down"]
    np.testing.assert_array_equal(network.blocks[1].up.whole(), arrays["onnx::MatMul_131"].T)
    np.testing.assert_array_equal(network.layer("layers.0")[3].whole(), arrays["onnx::MatMul_24"].T)


def test_a_gated_decoder():
    """Two of one shape before the way back are gate and up."""
    arrays = exported([(W, W), (W, 8), (W, 8), (W, W), (W, U), (W, U), (U, W)], prefix="val_")
    network = network_from(arrays)
    assert [b.units for b in network.blocks] == [U, U]
    np.testing.assert_array_equal(network.blocks[0].gate.whole(), arrays["val_31"].T)
    np.testing.assert_array_equal(network.blocks[0].up.whole(), arrays["val_38"].T)


def test_names_are_counted_as_numbers():
    """`_99` stands before `_100`, whatever the file's order."""
    arrays = exported([(W, U), (U, W)])
    shuffled = {name: arrays[name] for name in sorted(arrays, reverse=True)}
    network = network_from(shuffled)
    np.testing.assert_array_equal(network.blocks[0].up.whole(), arrays["onnx::MatMul_3"].T)


@pytest.mark.parametrize("shapes", [[(W, W)] * 4, [(W, U), (W, U)], [(U, U), (U, 12)], [(12, U), (U, 12)]])
def test_what_does_not_fit_stays_unplaced(shapes):
    """No block is made of matrices that are none."""
    network = network_from(exported(shapes))
    assert network.blocks == ()
    assert {m.place.component for m in network.matrices} == {"other"}
    assert len(network.matrices) == 2 * len(shapes)


def test_they_join_the_layers_that_kept_their_names():
    """A wrapped model with constants of its own: the norms in front are found."""
    arrays = exported(
        [(W, U), (U, W)], norm="model.0.auto_model.encoder.layer.{n}.attention.output.LayerNorm.weight"
    )
    arrays["/model/model.0/auto_model/encoder/layer.0/attention/self/Constant_output_0"] = np.ones(1, "<f4")
    blocks = network_from(arrays).blocks
    assert [b.component for b in blocks] == ["layers.0", "layers.1"]
    assert all(b.norm is not None for b in blocks)


def test_paddle_counts_its_layers():
    """Text recognisers: joint attention, output, up, down, inputs first, as wide as the commonest side."""
    random = np.random.default_rng(0)
    shapes = [(W, 3 * W), (W, W), (W, U), (U, W)] * 2 + [(W, 99)]
    arrays = {f"linear_{77 + n}.w_0": random.normal(size=s).astype("<f4") for n, s in enumerate(shapes)}
    network = network_from(arrays)
    assert [(b.component, b.units, b.width) for b in network.blocks] == [
        ("layers.0", U, W),
        ("layers.1", U, W),
    ]
    np.testing.assert_array_equal(network.blocks[1].up.whole(), arrays["linear_83.w_0"].T)
    found = {m.place.role: m.whole() for m in network.layer("layers.1")}
    np.testing.assert_array_equal(found["key"], arrays["linear_81.w_0"][:, W : 2 * W].T)
