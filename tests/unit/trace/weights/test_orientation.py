"""Biases, widths and neighbours tell which way round a matrix lies."""

from __future__ import annotations

import numpy as np

from build.networks import network_from
from gauger.trace.weights.members import members_of
from gauger.trace.weights.names import parse_name
from gauger.trace.weights.orientation import Orientation


def shapes(arrays):
    """Shape of every matrix as the network has it."""
    return {m.tensor.name: m.shape for m in network_from(arrays).matrices}


def zeros(*shape):
    """An array of this shape."""
    return np.zeros(shape, "<f4")


def test_a_bias_tells():
    """It is as long as the outputs, whatever others in the file do."""
    arrays = {
        "head.weight": zeros(7, 5),
        "head.bias": zeros(5),
        "foot.weight": zeros(7, 5),
        "foot.bias": zeros(7),
    }
    assert shapes(arrays) == {"head.weight": (5, 7), "foot.weight": (7, 5)}


def test_kernels_are_inputs_first():
    """Keras and Flax store (inputs, outputs)."""
    assert shapes({"a/kernel": zeros(7, 5), "b/kernel": zeros(4, 4)}) == {
        "a/kernel": (5, 7),
        "b/kernel": (4, 4),
    }


def test_a_transposed_output_matrix_is_told_by_the_width():
    """(width, vocabulary) is turned, (vocabulary, width) is not."""
    arrays = {"model.layers.0.input_layernorm.weight": zeros(16), "lm_head.weight": zeros(16, 300)}
    assert shapes(arrays)["lm_head.weight"] == (300, 16)
    arrays["lm_head.weight"] = zeros(300, 16)
    assert shapes(arrays)["lm_head.weight"] == (300, 16)


def test_exports_keep_what_keeps_its_name():
    """In ONNX, nameless matrices of unknown direction are turned, named ones are not."""
    network = network_from({"onnx::MatMul_7": zeros(6, 4), "head.weight": zeros(6, 4)})
    tensors = network.weights.tensors
    members = members_of(tensors, [parse_name(t.name) for t in tensors])
    onnx, plain = (Orientation(name, members, ()) for name in ("onnx", "safetensors"))
    assert [onnx.lies_turned(m, "", 0) for m in members] == [True, False]
    assert [plain.lies_turned(m, "", 0) for m in members] == [False, False]
    turned = Orientation("onnx", members, [(members[1], True)])
    assert [turned.lies_turned(m, "", 0) for m in members] == [True, True]
