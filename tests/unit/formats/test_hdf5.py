"""Weights in HDF5 are found by walking its groups."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from build.hdf5 import hdf5, tiny_hdf5
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import can_read, read_tensor
from gauger.formats.registry import read_model
from gauger.formats.source import MemorySource


def read(data, limits=DEFAULT_LIMITS):
    """The model of this file, its reader chosen by the bytes."""
    return read_model([MemorySource(data, name="w.h5")], limits)


@pytest.mark.parametrize("newer", [False, True], ids=["tables", "links"])
def test_datasets_are_found_by_their_paths(newer):
    """In both layouts of groups, with the file's own shapes."""
    data = tiny_hdf5(newer=newer)
    found = read(data)
    assert [(t.name, t.dtype, t.shape) for t in found.tensors] == [
        ("dense/dense/bias:0", "FLOAT32", (2,)),
        ("dense/dense/kernel:0", "FLOAT16", (3, 2)),
        ("steps", "INT64", (1,)),
    ]
    values = [read_tensor(MemorySource(data), t, DEFAULT_LIMITS).tolist() for t in found.tensors]
    assert values == [[1, 2], [[0, 1], [2, 3], [4, 5]], [7]]
    assert found.metadata == {"backend": "tensorflow", "keras_version": "2.1.5"}


def test_numbers_in_the_other_byte_order_are_listed_and_not_read():
    """Better no number than a wrong one."""
    found = read(hdf5({"w": np.array([1.0], ">f4")}))
    assert found.tensors[0].dtype == "big-endian FLOAT32"
    assert not can_read(found.tensors[0])


def test_datasets_in_chunks_are_listed_and_told():
    """Their numbers are packed."""
    data = bytearray(tiny_hdf5())
    at = data.index(struct.pack("<HHB3xBB", 8, 24, 0, 3, 1)) + 8
    data[at + 1] = 2
    found = read(bytes(data))
    assert [can_read(t) for t in found.tensors] == [False, True, True]
    assert found.remarks == ("w.h5: 1 datasets are kept in chunks; not read",)


def test_groups_that_hold_themselves_end():
    """A group is entered once."""
    data = bytearray(hdf5({"a": {"b": {"w": np.ones(1, "<f4")}}}))
    root = struct.unpack_from("<Q", data, 64)[0]
    node = struct.unpack_from("<Q", data, struct.unpack_from("<Q", data, root + 24)[0] + 32)[0]
    struct.pack_into("<Q", data, node + 16, root)
    assert read(bytes(data)).tensors == ()


def test_a_cut_file_tells_what_is_not_whole():
    """The tables come first in files that were written so; else the file is refused."""
    data = bytearray(tiny_hdf5())
    at = data.index(struct.pack("<HHB3xBB", 8, 24, 0, 3, 1)) + 10
    struct.pack_into("<Q", data, at, len(data) - 4)
    assert read(bytes(data)).remarks == ("w.h5: cut off: 1 of 3 tensors are not whole",)
    with pytest.raises(Malformed):
        read(tiny_hdf5()[:200])


def test_what_is_too_much_is_refused():
    """Tensors and levels are bounded by the caller."""
    with pytest.raises(LimitExceeded):
        read(tiny_hdf5(), Limits(tensors=1))
    with pytest.raises(LimitExceeded):
        read(tiny_hdf5(), Limits(depth=1))
