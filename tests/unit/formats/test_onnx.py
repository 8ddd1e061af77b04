"""ONNX models are walked, not loaded."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from build.onnx import chunk, external_tensor, model, node, number, tensor, tiny_onnx, varint
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import read_scaled_rows, read_tensor
from gauger.formats.onnx import read_onnx_model
from gauger.formats.source import MemorySource


def read(data, *more, limits=DEFAULT_LIMITS):
    """The model of this file, with these named external files."""
    extra = [MemorySource(content, name=name) for name, content in more]
    return read_onnx_model([MemorySource(data, name="m.onnx"), *extra], limits)


def test_initialisers_are_found_with_their_bytes():
    """Raw and packed numbers alike are given by their place in the file."""
    data = tiny_onnx()
    found = read(data)
    by_name = {t.name: t for t in found.model.tensors}
    assert [(t.name, t.dtype, t.shape) for t in found.model.tensors] == [
        ("w_q", "INT8", (2, 3)),
        ("w_scale", "FLOAT", (1,)),
        ("b", "FLOAT", (3,)),
    ]
    source = MemorySource(data)
    assert read_tensor(source, by_name["b"], DEFAULT_LIMITS).tolist() == [1, 1, 1]
    assert found.inputs == ("x",)
    assert found.outputs == ("y",)
    assert found.model.metadata == {
        "ir_version": 8,
        "producer_name": "test",
        "graph": "main",
        "opset.ai.onnx": 17,
        "k": "v",
        "operators": ("DequantizeLinear×1",),
    }


def test_a_quantised_weight_comes_with_its_scale():
    """From the graph, and by the spelling of names where the graph does not say it."""
    (pair,) = read(tiny_onnx()).pairs
    assert (pair.weight, pair.scale, pair.zero_point, pair.axis) == ("w_q", "w_scale", "", 1)
    named = model([tensor("v_quantized", np.ones((1, 1), "i1")), tensor("v_scale", np.ones(1, "f4"))])
    assert read(named).pairs[0].scale == "v_scale"


def test_scaled_integers_are_read_as_numbers():
    """Integer, zero point and scale by row give the weight."""
    weights = [
        tensor("w", np.array([[1, 2], [3, 4]], "i1")),
        tensor("s", np.array([0.5, 2], "f4")),
        tensor("z", np.array([1, 0], "i1")),
    ]
    axis = chunk(5, chunk(1, "axis") + number(3, 0))
    data = model(weights, [node("DequantizeLinear", ["w", "s", "z"], ["o"], axis)])
    found = read(data)
    (pair,) = found.pairs
    by_name = {t.name: t for t in found.model.tensors}
    source = MemorySource(data)
    scale, zero = (read_tensor(source, by_name[n], DEFAULT_LIMITS) for n in (pair.scale, pair.zero_point))
    blocks = read_scaled_rows(
        source, by_name["w"], Limits(block_bytes=8), scale=scale, zero_point=zero, axis=pair.axis
    )
    assert np.concatenate(list(blocks)).tolist() == [[0, 0.5], [6, 8]]


def test_scales_that_do_not_fit_are_refused():
    """Three scales for two rows and two columns cannot be meant."""
    data = model([tensor("w", np.ones((2, 2), "i1"))])
    entry = read(data).model.tensors[0]
    with pytest.raises(Malformed, match="do not fit"):
        list(read_scaled_rows(MemorySource(data), entry, DEFAULT_LIMITS, scale=np.ones(3, "f4")))


def test_constants_and_inner_graphs_hold_weights_too():
    """Exports put weights into `Constant` nodes and into the branches of `If`."""
    constant = node(
        "Constant", [], ["c"], chunk(5, chunk(1, "value") + chunk(5, tensor("", np.ones(2, "f4"))))
    )
    branch = chunk(5, tensor("inner", np.ones(1, "f4")))
    choice = node("If", ["x"], ["y"], chunk(5, chunk(1, "then_branch") + chunk(6, branch)))
    names = [t.name for t in read(model([], [constant, choice])).model.tensors]
    assert names == ["c", "If_0.then_branch/inner"]


def test_external_data_is_found_beside_the_model_only():
    """A path that leads out of the folder is remarked on and not followed."""
    inside = external_tensor("a", (2,), "w.data", 4, 8)
    outside = external_tensor("b", (1,), "../../etc/passwd", 0, 4)
    absent = external_tensor("c", (1,), "gone.data", 0, 4)
    found = read(model([inside, outside, absent]), ("w.data", struct.pack("<3f", 0, 1, 2))).model
    assert [(t.source, t.offset) for t in found.tensors] == [(1, 4), (0, -1), (0, -1)]
    assert found.parts == ("m.onnx", "w.data")
    text = " ".join(found.remarks)
    assert "outside the model's folder: ../../etc/passwd" in text
    assert "not here: gone.data" in text


def test_a_cut_file_gives_what_stands_before_the_cut():
    """The last of them lacks numbers; the remark says that more is missing."""
    weights = [tensor(f"t{n}", np.ones(100, "f4")) for n in range(4)]
    found = read(model(weights)[:900]).model
    assert [t.name for t in found.tensors] == ["t0", "t1", "t2"]
    assert "cut off" in found.remarks[0]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (model([number(1, 4) + number(2, 1) + chunk(8, "a") + chunk(9, b"abc")]), Malformed),
        (model([number(1, -5) + number(2, 1) + chunk(8, "a") + chunk(9, b"")]), Malformed),
        (number(1, 8) + chunk(7, b"\x0b"), Malformed),
        (number(1, 8) + chunk(7, varint(5 << 3 | 2) + varint(1 << 40)), Malformed),
        (number(1, 8) + b"\x3a" + b"\xff" * 11, Malformed),
        (number(1, 8) + chunk(7, bytes(1000)), Malformed),
    ],
)
def test_messages_that_lie_are_refused(data, error):
    """Sizes that do not fit, groups, endless numbers, and a hole of zeros (field number 0)."""
    with pytest.raises(error):
        read(data)


def test_bombs_of_fields_and_of_nesting_end():
    """A million empty nodes and a hundred graphs in each other."""
    with pytest.raises(LimitExceeded):
        read(number(1, 8) + chunk(7, b"\x0a\x00" * 2000), limits=Limits(items=1000))
    graph = b""
    for _ in range(100):
        graph = chunk(1, chunk(4, "If") + chunk(5, chunk(6, graph)))
    with pytest.raises(LimitExceeded):
        read(number(1, 8) + chunk(7, graph))
