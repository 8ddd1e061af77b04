"""TensorFlow Lite models are walked table by table."""

from __future__ import annotations

import numpy as np
import pytest

from build.tflite import Scalar, Vector, flatbuffer, model, tiny_tflite
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import read_scaled_rows, read_tensor
from gauger.formats.registry import read_model
from gauger.formats.source import MemorySource


def read(data, limits=DEFAULT_LIMITS):
    """The model of this file, its reader chosen by the bytes."""
    return read_model([MemorySource(data, name="m.tflite")], limits)


def numbers(data, found, pair):
    """The weight of this pair as the model uses it."""
    named = {t.name: t for t in found.tensors}
    source = MemorySource(data)
    scale, zero = (read_tensor(source, named[n], DEFAULT_LIMITS) for n in (pair.scale, pair.zero_point))
    rows = read_scaled_rows(
        source, named[pair.weight], DEFAULT_LIMITS, scale=scale, zero_point=zero, axis=pair.axis
    )
    return np.concatenate(list(rows))


def test_constants_are_found_and_inputs_left_out():
    """Only tensors with a buffer are weights."""
    data = tiny_tflite()
    found = read(data)
    assert [(t.name, t.dtype, t.shape) for t in found.tensors] == [
        ("bias", "FLOAT32", (3,)),
        ("kernel", "INT8", (2, 3)),
        ("kernel:scale", "FLOAT32", (2,)),
        ("kernel:zero_point", "INT64", (2,)),
    ]
    assert read_tensor(MemorySource(data), found.tensors[0], DEFAULT_LIMITS).tolist() == [1, -2, 3]
    assert found.metadata["operators"] == ("builtin-9×1",)


def test_a_quantised_weight_comes_with_its_scales_and_zero_points():
    """(weight - zero point) × scale, by row."""
    data = tiny_tflite()
    found = read(data)
    (pair,) = found.pairs
    assert numbers(data, found, pair).tolist() == [[0, 0.5, 1], [8, 10, 12]]


def test_scales_run_along_any_axis():
    """A depthwise kernel has them along its last axis, a convolution along its first."""
    array = np.arange(12, dtype="i1").reshape(2, 1, 3, 2)
    for axis, scale in ((0, [1, 2]), (3, [1, 2]), (2, [1, 2, 3])):
        data = model([("w", array, {"scale": scale, "zero": [1] * len(scale), "axis": axis})])
        found = read(data)
        shape = [1] * 4
        shape[axis] = -1
        wanted = (array.astype("f4") - 1) * np.array(scale, "f4").reshape(shape)
        assert numbers(data, found, found.pairs[0]).tolist() == wanted.reshape(-1, 2).tolist()


def test_names_that_stand_twice_are_told_apart():
    """The format does not ask for unique names."""
    data = model([("a", np.ones(1, "<f4"), {}), ("a", np.ones(1, "<f4"), {})])
    assert [t.name for t in read(data).tensors] == ["a", "a#2"]


@pytest.mark.parametrize(
    "data",
    [
        model([("a", np.ones(2, "<f4"), {})])[:60],
        b"\0\0\0\x7fTFL3" + b"\0" * 20,
        flatbuffer(
            {2: [{0: [{0: Vector("i", (5,)), 2: Scalar("I", 1)}]}], 4: [{}, {0: Vector("B", b"abc")}]}
        ),
        flatbuffer(
            {2: [{0: [{0: Vector("i", (-1,)), 2: Scalar("I", 1)}]}], 4: [{}, {0: Vector("B", b"abc")}]}
        ),
    ],
)
def test_what_does_not_fit_is_refused(data):
    """Cut tables, places outside the file, sizes that contradict the shape."""
    with pytest.raises(Malformed):
        read(data)


def test_too_many_tensors_are_refused():
    """The bound is the caller's."""
    with pytest.raises(LimitExceeded):
        read(tiny_tflite(), Limits(tensors=1))
