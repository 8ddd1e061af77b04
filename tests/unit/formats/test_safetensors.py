"""Safetensors headers are read, checked and bounded."""

from __future__ import annotations

import numpy as np
import pytest

from build.safetensors import index_bytes, raw_entry, safetensors_bytes, with_header
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.safetensors import read_safetensors
from gauger.formats.source import MemorySource


def read(*files, limits=DEFAULT_LIMITS):
    """The model that these named files are."""
    return read_safetensors([MemorySource(data, name=name) for name, data in files], limits)


def test_a_file_gives_its_tensors_with_their_places():
    """Offsets count from the start of the file."""
    data = safetensors_bytes(
        {"a": np.arange(6, dtype="f4").reshape(2, 3), "b": np.ones(1, "f2")}, {"format": "pt"}
    )
    model = read(("m", data))
    first, second = model.tensors
    assert (first.name, first.dtype, first.shape, first.size_bytes) == ("a", "F32", (2, 3), 24)
    assert np.frombuffer(data[first.offset :][:24], "f4").tolist() == [0, 1, 2, 3, 4, 5]
    assert second.offset == first.offset + 24
    assert model.metadata == {"format": "pt"}
    assert model.remarks == ()


def test_weights_are_not_read():
    """A megabyte of numbers costs its header and the bytes that tell the format."""
    model = read(("m", safetensors_bytes({"a": np.zeros(1 << 18, "f4")})))
    assert model.read_bytes < 8192


def test_shards_are_one_model_with_or_without_an_index():
    """Each tensor says in which part it is."""
    one, two = safetensors_bytes({"a": np.zeros(1, "f4")}), safetensors_bytes({"b": np.zeros(2, "f4")})
    index = index_bytes({"a": "one", "b": "two"})
    for files in ([("one", one), ("two", two)], [("one", one), ("two", two), ("m.index.json", index)]):
        model = read(*files)
        assert model.parts == ("one", "two")
        assert [(t.name, t.source) for t in model.tensors] == [("a", 0), ("b", 1)]
        assert model.remarks == ()


def test_an_index_that_does_not_fit_its_shards_is_remarked_on():
    """Missing shards, unknown tensors and other folders are named."""
    shard = safetensors_bytes({"a": np.zeros(1, "f4"), "c": np.zeros(1, "f4")})
    index = index_bytes({"a": "one", "x": "one", "b": "gone", "d": "../out"})
    text = " ".join(read(("one", shard), ("m.index.json", index)).remarks)
    assert "shard gone is missing" in text
    assert "another folder" in text
    assert "1 tensors are not in the shard" in text
    assert "1 tensors of the shards are not in the index" in text


def test_a_cut_file_gives_its_header_with_a_remark():
    """The directory is whole, so it is of use."""
    model = read(("m", safetensors_bytes({"a": np.zeros(4, "f4"), "b": np.zeros(4, "f4")})[:-8]))
    assert len(model.tensors) == 2
    assert "1 of 2 tensors are not whole" in model.remarks[0]


def test_bytes_that_belong_to_no_tensor_are_remarked_on():
    """The reference implementation refuses such files; we say so and read on."""
    model = read(("m", with_header("{" + raw_entry("a", 4, 8, [1]) + "}", b"\0" * 12)))
    assert "8 bytes of the data section belong to no tensor" in model.remarks[0]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("{" + raw_entry("a", 0, 8, [1]) + "}", "needs 4 bytes"),
        ("{" + raw_entry("a", 8, 4, [1]) + "}", "offsets give -4"),
        ("{" + raw_entry("a", 0, 4, [-1]) + "}", "not as the format says"),
        ("{" + raw_entry("a", 0, 4, [1] * 40) + "}", "40 dimensions"),
        ("{" + raw_entry("a", 0, 4, [1 << 40, 1 << 40]) + "}", "impossibly large"),
        ("{" + raw_entry("a", 0, 8, [2]) + "," + raw_entry("b", 4, 12, [2]) + "}", "inside another"),
        ("{" + raw_entry("a", 0, 4, [1]) + "," + raw_entry("a", 4, 8, [1]) + "}", "more than once"),
        ("{" + raw_entry("a", 0, 4, [1]) + "," + raw_entry("\\u0061", 4, 8, [1]) + "}", "more than once"),
        ('{"a": 7}', "not as the format says"),
        ("[1]", "does not begin"),
        ('{"a"', "not as the format says"),
        (b'{"\xff": 1}', "not as the format says"),
    ],
)
def test_a_header_that_lies_is_refused(header, why):
    """The message says what is wrong."""
    with pytest.raises(Malformed, match=why):
        read(("m", with_header(header, b"\0" * 12)))


def test_a_length_beyond_the_file_is_refused():
    """Neither a huge length nor one just past the end allocates anything."""
    with pytest.raises(Malformed):
        read(("m", (100).to_bytes(8, "little") + b"{}"))
    with pytest.raises(LimitExceeded):
        read(("m", (1 << 60).to_bytes(8, "little") + b"{}"))


def test_more_tensors_than_allowed_are_refused_before_they_are_built():
    """The count of separators is enough to know."""
    header = "{" + ",".join(raw_entry(f"t{i}", 0, 0, [0]) for i in range(4000)) + "}"
    with pytest.raises(LimitExceeded):
        read(("m", with_header(header)), limits=Limits(tensors=10))


def test_deep_nesting_is_refused():
    """Neither the stack nor the memory gives way."""
    with pytest.raises((Malformed, LimitExceeded)):
        read(("m", with_header('{"a":' + "[" * 100_000 + "]" * 100_000 + "}")))


def test_two_shards_with_the_same_tensor_are_refused():
    """Otherwise two readers could see two models."""
    shard = safetensors_bytes({"a": np.zeros(1, "f4")})
    with pytest.raises(Malformed, match="two tensors are called a"):
        read(("one", shard), ("two", shard))


def test_an_unknown_number_type_is_kept():
    """New types come; their sizes are then taken from the offsets."""
    model = read(("m", with_header("{" + raw_entry("a", 0, 5, [9], "F4_NEW") + "}", b"\0" * 5)))
    assert (model.tensors[0].dtype, model.tensors[0].size_bytes) == ("F4_NEW", 5)
