"""CTranslate2's variables are listed with their places."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from build.ctranslate2 import model, tiny_ctranslate2
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import read_tensor
from gauger.formats.registry import read_model
from gauger.formats.source import MemorySource


def read(data, limits=DEFAULT_LIMITS):
    """The model of this file, its reader chosen by the bytes."""
    return read_model([MemorySource(data, name="model.bin")], limits)


def test_variables_are_found_with_their_numbers():
    """Name, type, shape and bytes, and the second names."""
    data = tiny_ctranslate2()
    found = read(data)
    assert found.format == "ctranslate2"
    assert [(t.name, t.dtype, t.shape) for t in found.tensors] == [
        ("layer/bias", "FLOAT32", (2,)),
        ("layer/weight", "INT8", (2, 3)),
        ("layer/weight_scale", "FLOAT32", (2,)),
    ]
    assert read_tensor(MemorySource(data), found.tensors[1], DEFAULT_LIMITS).tolist() == [
        [10, 20, 30],
        [40, 50, 60],
    ]
    assert found.metadata == {
        "version": 6,
        "spec": "TinySpec",
        "revision": 1,
        "aliases": ("other/weight = layer/weight",),
    }


def test_a_quantised_weight_comes_with_what_divides_it():
    """The scale is what the weight was multiplied by."""
    (pair,) = read(tiny_ctranslate2()).pairs
    assert (pair.weight, pair.scale, pair.axis, pair.divide) == (
        "layer/weight",
        "layer/weight_scale",
        0,
        True,
    )


@pytest.mark.parametrize("version", [2, 3])
def test_older_versions_tell_the_type_by_its_size(version):
    """Two bytes are whole numbers there, since half precision came later."""
    data = model({"a": np.array([1, 2], "<i2"), "b": np.ones((2, 2), "<f4")}, version=version)
    assert [t.dtype for t in read(data).tensors] == ["INT16", "FLOAT32"]


def test_a_cut_file_gives_what_begins_before_the_cut():
    """And says where it ends."""
    data = tiny_ctranslate2()
    whole = read(data).tensors[-1]
    assert read(data[: whole.offset + 1]).remarks == ("model.bin: cut off inside layer/weight_scale",)
    assert read(data[:50]).remarks == ("model.bin: cut off: 1 of 3 variables begin before the cut",)


def test_what_does_not_fit_is_refused():
    """A size against the shape, and more variables than the caller allows."""
    data = bytearray(tiny_ctranslate2())
    at = data.index(b"layer/weight\0") + 13 + 1 + 8 + 1
    struct.pack_into("<I", data, at, 7)
    with pytest.raises(Malformed):
        read(bytes(data))
    with pytest.raises(LimitExceeded):
        read(tiny_ctranslate2(), Limits(tensors=2))
