"""Paddle's parameters get their names from the program beside them."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from build.paddle import WEIGHTS, graph, program, stream, tiny_paddle
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import read_tensor
from gauger.formats.open_model import open_model
from gauger.formats.paddle import _tensors
from gauger.formats.registry import read_model
from gauger.formats.source import MemorySource


def read(params, beside=None, name="m.pdmodel", limits=DEFAULT_LIMITS):
    """The model of this file and the program beside it."""
    extra = [MemorySource(beside, name=name)] if beside is not None else []
    return read_model([MemorySource(params, name="m.pdiparams"), *extra], limits)


@pytest.mark.parametrize(
    ("beside", "name"),
    [(program(WEIGHTS), "m.pdmodel"), (graph(WEIGHTS), "m.json")],
    ids=["protobuf", "json"],
)
def test_tensors_get_the_programs_names_in_sorted_order(beside, name):
    """Inputs and results that are not kept are no parameters."""
    data = tiny_paddle()
    found = read(data, beside, name)
    assert [(t.name, t.shape) for t in found.tensors] == [("fc.b_0", (3,)), ("fc.w_0", (2, 3))]
    for tensor in found.tensors:
        assert np.array_equal(read_tensor(MemorySource(data), tensor, DEFAULT_LIMITS), WEIGHTS[tensor.name])
    assert found.remarks == ()


def test_without_a_program_tensors_are_numbered():
    """The numbers can still be compared."""
    found = read(tiny_paddle())
    assert [t.name for t in found.tensors] == ["tensor-0", "tensor-1"]
    assert found.remarks == ("m.pdiparams: no program beside it, so the tensors have no names",)


def test_a_program_of_other_shapes_gives_no_names():
    """Names that do not fit would be worse than none."""
    other = {"a": np.zeros((7, 7), "f4"), "b": np.zeros(3, "f4")}
    found = read(tiny_paddle(), program(other))
    assert found.tensors[0].name == "tensor-0"
    assert "do not fit" in found.remarks[0]


def test_levels_of_offsets_are_passed_over():
    """A tensor may come with offsets of sequences."""
    data = stream(list(WEIGHTS.values()), levels=struct.pack("<2Q", 0, 2))
    assert [t.shape for t in read_model_of(data)] == [(2, 3), (3,)]


def read_model_of(data):
    """Tensors of a stream whose first bytes do not say what it is."""
    return _tensors(MemorySource(data), DEFAULT_LIMITS, [])


def test_a_cut_file_gives_what_is_there():
    """What stands before the cut is read, and the cut is told."""
    data = tiny_paddle()
    inside = read(data[:-4], program(WEIGHTS))
    assert inside.remarks[0] == "m.pdiparams: cut off inside the last of 2 tensors"
    before = read(data[:50], program(WEIGHTS))
    assert [t.name for t in before.tensors] == ["fc.b_0"]
    assert "cut off behind 1 tensors" in before.remarks[0]


def test_the_program_beside_a_file_is_found(tmp_path):
    """Opening either of the two files opens the model."""
    (tmp_path / "m.pdiparams").write_bytes(tiny_paddle())
    (tmp_path / "m.pdmodel").write_bytes(program(WEIGHTS))
    for path in (tmp_path, tmp_path / "m.pdiparams", tmp_path / "m.pdmodel"):
        assert [t.name for t in open_model(path).tensors] == ["fc.b_0", "fc.w_0"]


def test_what_does_not_fit_is_refused():
    """A head that is none, and more tensors than the caller allows."""
    with pytest.raises(Malformed):
        read(tiny_paddle()[:17] + b"\0\0\0\x08\x7f\x10\x03")
    with pytest.raises(LimitExceeded):
        read(tiny_paddle(), limits=Limits(tensors=1))
