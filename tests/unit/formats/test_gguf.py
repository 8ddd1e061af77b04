"""GGUF headers are read, checked and bounded."""

from __future__ import annotations

import struct

import pytest
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from build.gguf import QWEN_LIKE, gguf_bytes, text, tiny_gguf, value_bytes
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.gguf import read_gguf
from gauger.formats.gguf_types import TENSOR_TYPES
from gauger.formats.source import MemorySource


def read(*files, limits=DEFAULT_LIMITS):
    """The model that these files are."""
    return read_gguf([MemorySource(data, name=f"part{n}") for n, data in enumerate(files)], limits)


def test_block_sizes_are_those_of_the_reference_package():
    """Every type that the package knows is known here, with the same sizes."""
    theirs = {int(kind): (kind.name, *sizes) for kind, sizes in GGML_QUANT_SIZES.items()}
    assert theirs.items() <= TENSOR_TYPES.items()
    assert {GGMLQuantizationType[name].value for name, _, _ in TENSOR_TYPES.values()} == set(TENSOR_TYPES)


def test_header_tokenizer_and_directory_are_read():
    """Numbers, texts and tensors are where the file says."""
    data = tiny_gguf()
    model = read(data)
    assert model.metadata["general.architecture"] == "qwen2"
    assert model.metadata["qwen2.attention.layer_norm_rms_epsilon"] == 1e-6
    assert "tokenizer.chat_template" not in model.metadata
    first = model.tensors[0]
    assert (first.name, first.dtype, first.shape, first.size_bytes) == (
        "token_embd.weight",
        "F32",
        (5, 4),
        80,
    )
    assert struct.unpack_from("<3f", data, first.offset) == (0, 1, 2)
    assert model.remarks == ()


def test_the_base_vocabulary_has_neither_special_tokens_nor_filler():
    """Control tokens are kept apart, with their ids; `[PAD4]` is nobody's."""
    tokenizer = read(tiny_gguf()).tokenizer
    assert tokenizer.kind == "bpe"
    assert tokenizer.pieces == (b"a", b"b", b"ab")
    assert tokenizer.merges == (b"a b",)
    assert tokenizer.added == ((3, "<|end|>"),)
    assert (tokenizer.pre, tokenizer.chat_template) == ("qwen2", "{{ messages }}")


def test_without_kinds_the_spelling_tells_special_tokens():
    """Old conversions have no kinds; tags of web pages are pieces all the same."""
    tokens = ["<|im_start|>", "<｜User｜>", "<think>", "<unk>", "<br>", "<|", "a"]
    tokenizer = read(gguf_bytes({"tokenizer.ggml.tokens": tokens})).tokenizer
    assert [text for _, text in tokenizer.added] == tokens[:4]
    assert tokenizer.pieces == (b"<br>", b"<|", b"a")


def test_both_versions_and_byte_orders_say_the_same():
    """Only the remark on the order differs."""
    expected = read(gguf_bytes(QWEN_LIKE)).metadata
    for version, order in ((2, "<"), (3, ">"), (2, ">")):
        found = read(gguf_bytes(QWEN_LIKE, version=version, order=order)).metadata
        assert found.pop("gguf.byte_order") == ("big" if order == ">" else "little")
        assert found.items() <= expected.items()


def test_a_cut_file_gives_its_header_with_a_remark():
    """Tensors that are not whole are counted."""
    model = read(tiny_gguf()[:-40])
    assert len(model.tensors) == 2
    assert model.tokenizer is not None
    assert "cut off" in model.remarks[0]


def test_a_cut_header_is_refused():
    """At every length there is a plain message and no other error."""
    data = gguf_bytes(QWEN_LIKE)
    for length in range(8, len(data) - 32, 7):
        with pytest.raises(Malformed):
            read(data[:length])


def test_a_split_model_is_one_whatever_the_order_of_its_files():
    """Parts are put in the order that they say; a missing one is named."""
    parts = [
        gguf_bytes(
            {"split.no": n, "split.count": 3, "split.tensors.count": 3, "general.name": f"p{n}"},
            {f"t{n}": ((1,), 0, b"\0" * 4)},
        )
        for n in range(3)
    ]
    model = read(parts[2], parts[0], parts[1])
    assert model.parts == ("part1", "part2", "part0")
    assert [(t.name, t.source) for t in model.tensors] == [("t0", 0), ("t1", 1), ("t2", 2)]
    assert model.metadata["general.name"] == "p0"
    assert model.remarks == ()
    assert "not here: 2" in read(parts[0], parts[2]).remarks[0]


def test_tensors_on_the_same_bytes_are_refused():
    """An offset that points into another tensor is a lie."""
    tensors = {"a": ((16,), 0, b"\0" * 64), "b": ((16,), 0, b"\0" * 64)}
    with pytest.raises(Malformed, match="inside another"):
        read(gguf_bytes({}, tensors, offsets={"b": 32}))


@pytest.mark.parametrize(
    ("values", "tensors", "offsets", "why"),
    [
        ({"general.alignment": 0}, {}, {}, "alignment"),
        ({}, {"a": ((16,), 0, b"\0" * 64)}, {"a": 1}, "not aligned"),
        ({}, {"a": ((20,), 2, b"\0" * 18)}, {}, "do not divide"),
        ({}, {"a": ((1,) * 9, 0, b"\0" * 4)}, {}, "9 dimensions"),
        ({}, {"a": ((1 << 40, 1 << 40), 0, b"")}, {}, "impossibly large"),
        ({"tokenizer.ggml.tokens": [1, 2]}, {}, {}, "list of strings"),
        ({"tokenizer.ggml.tokens": ["a"], "tokenizer.ggml.token_type": [1, 1]}, {}, {}, "1 tokens but 2"),
        ({"tokenizer.ggml.tokens": [["a"]]}, {}, {}, "list of lists"),
    ],
)
def test_a_header_that_lies_is_refused(values, tensors, offsets, why):
    """The message says what is wrong."""
    with pytest.raises(Malformed, match=why):
        read(gguf_bytes(values, tensors, offsets=offsets))


def test_bombs_end_at_their_bound():
    """Counts and lengths are checked before anything is built."""
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)
    long_list = head + text("k") + struct.pack("<IIQ", 9, 8, 1 << 40)
    with pytest.raises(Malformed, match="does not fit"):
        read(long_list)
    with pytest.raises(LimitExceeded):
        read(b"GGUF" + struct.pack("<IQQ", 3, 1 << 50, 0))
    with pytest.raises(Malformed, match="does not fit"):
        read(head + struct.pack("<Q", 1 << 62))
    with pytest.raises(LimitExceeded):
        read(head + text(bytes(200)), limits=Limits(string_bytes=100))
    nested = head + text("k") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 200
    with pytest.raises((LimitExceeded, Malformed)):
        read(nested + b"\0" * 64)
    with pytest.raises(LimitExceeded):
        read(gguf_bytes({f"k{n}": 1 for n in range(20)}), limits=Limits(nodes=10))


def test_long_lists_are_passed_over_and_odd_numbers_become_text():
    """Scores of a vocabulary are not kept; NaN is no number in a record."""
    model = read(
        gguf_bytes({"long": [1] * 500, "short": [1, 2], "odd": float("nan"), "nested": [["a"], ["b"]]})
    )
    assert model.metadata == {"gguf.byte_order": "little", "short": (1, 2), "odd": "nan"}


def test_versions_that_are_not_known_are_refused_by_number():
    """Version 1 had other widths."""
    with pytest.raises(Malformed, match="version 1"):
        read(gguf_bytes({}, version=1))
    with pytest.raises(Malformed, match="begin with GGUF"):
        read(b"GGML" + bytes(40))


def test_a_type_from_the_future_reaches_up_to_its_neighbour():
    """The directory stays readable when a new type appears."""
    model = read(gguf_bytes({}, {"a": ((4,), 99, b"\1" * 32), "b": ((1,), 0, b"\0" * 4)}))
    assert [(t.dtype, t.size_bytes) for t in model.tensors] == [("type-99", 32), ("F32", 4)]


def test_keys_that_stand_twice_are_remarked_on():
    """Which one counts differs between readers."""
    data = gguf_bytes({"a": 1, "b": 1}).replace(b"\x01\0\0\0\0\0\0\0b", b"\x01\0\0\0\0\0\0\0a")
    assert "stands twice" in read(data).remarks[0]


def test_the_builder_writes_values_as_the_reader_reads_them():
    """A text value is kind, length, bytes."""
    assert value_bytes("ab") == b"\x08\0\0\0\x02\0\0\0\0\0\0\0ab"
