"""ggml files from before GGUF: the header ends where the chain of tensors begins."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from build.ggml import detector_header, tensor, tiny_ggml, whisper_header
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import read_tensor
from gauger.formats.registry import read_model
from gauger.formats.source import MemorySource


def read(data, limits=DEFAULT_LIMITS):
    """The model of this file, its reader chosen by the bytes."""
    return read_model([MemorySource(data, name="g.bin")], limits)


def test_tensors_are_found_behind_a_header_without_a_length():
    """Outermost dimension first, scalars and blocks included."""
    data = tiny_ggml()
    found = read(data)
    assert [(t.name, t.dtype, t.shape) for t in found.tensors] == [
        ("conv.weight", "F32", (2, 3)),
        ("scalar", "F32", ()),
        ("rows", "Q8_0", (1, 32)),
    ]
    assert found.metadata == {"magic": "ggml", "model": "tiny-16k"}
    assert found.remarks == ()
    values = [read_tensor(MemorySource(data), t, DEFAULT_LIMITS) for t in found.tensors]
    assert values[0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert values[2][0, :3].tolist() == [0, 0.5, 1]


def test_a_whisper_header_is_told():
    """With its filters and vocabulary passed over."""
    pieces = [b"a", b"\x01\0\0\0\x02\0\0\0\0\0\0\0zz", b"the"]
    found = read(whisper_header(pieces) + tensor("w", np.ones((2, 2), "<f2")))
    assert [(t.name, t.shape) for t in found.tensors] == [("w", (2, 2))]
    assert (found.metadata["model"], found.metadata["n_vocab"], found.metadata["n_mels"]) == (
        "whisper",
        3,
        80,
    )


def test_numbers_that_look_like_a_tensor_do_not_hide_the_chain():
    """A false head inside the numbers of the first tensor leads nowhere."""
    false = struct.pack("<iiii", 1, 3, 0, 2) + b"abc" + bytes(5)
    inner = np.frombuffer(false.ljust(64, b"\0"), "<f4")
    data = detector_header() + tensor("a", inner) + tensor("b", np.ones(2, "<f4"))
    assert [t.name for t in read(data).tensors] == ["a", "b"]


def test_a_cut_file_gives_what_begins_before_the_cut():
    """From three tensors on; fewer could be chance."""
    tensors = [tensor(f"t{n}", np.ones(4, "<f4")) for n in range(4)]
    data = detector_header() + b"".join(tensors)
    found = read(data[:-3])
    assert [t.name for t in found.tensors] == ["t0", "t1", "t2", "t3"]
    assert found.remarks == ("g.bin: cut off, or other data behind 4 tensors",)


def test_numbers_of_the_aligned_kind_begin_at_whole_steps():
    """`ggjt` puts numbers at multiples of 32 bytes."""
    head = b"tjgg" + struct.pack("<i", 1)
    one = struct.pack("<iiii", 1, 1, 0, 2) + b"w"
    data = (head + one).ljust(32, b"\0") + np.array([1, 2], "<f4").tobytes()
    found = read(data)
    assert read_tensor(MemorySource(data), found.tensors[0], DEFAULT_LIMITS).tolist() == [1, 2]


def test_a_file_without_tensors_is_refused():
    """So are more tensors than the caller allows."""
    with pytest.raises(Malformed):
        read(detector_header() + bytes(100))
    with pytest.raises(LimitExceeded):
        read(tiny_ggml(), Limits(tensors=2))
