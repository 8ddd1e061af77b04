"""Pickles are followed and never loaded."""

from __future__ import annotations

import pickle
import pickletools
import struct

import numpy as np
import pytest

from build.pickles import (
    calling_pickle,
    harmless_pickle,
    tiny_torch_zip,
    torch_pickle,
    torch_script,
    torch_zip,
    zip_bytes,
)
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import read_tensor
from gauger.formats.pickle_machine import COMPUTED
from gauger.formats.pickle_names import unsafe_names
from gauger.formats.pickle_opcodes import NAMES, operations
from gauger.formats.pickles import read_pickle
from gauger.formats.pytorch_zip import read_pytorch_zip
from gauger.formats.sniff import sniff_source
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of

PROTOCOLS = (2, 3, 4, 5)


def bare(data, limits=DEFAULT_LIMITS):
    """What a bare pickle of these bytes tells."""
    return read_pickle([MemorySource(data, name="p")], limits)


def archive(*files, limits=DEFAULT_LIMITS):
    """The model that these archives are."""
    return read_pytorch_zip([MemorySource(data, name=f"a{n}") for n, data in enumerate(files)], limits)


def test_every_operation_of_the_standard_library_is_known():
    """A protocol that adds one fails this test."""
    assert {op.name for op in pickletools.opcodes} == NAMES


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_operations_are_those_that_pickletools_sees(protocol):
    """Names and places agree, one by one."""
    data = calling_pickle(protocol)
    ours = [(op.name, op.after) for op in operations(MemorySource(data), DEFAULT_LIMITS)]
    theirs = [(op.name, at) for op, _, at in pickletools.genops(data)]
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    assert [after for _, after in ours[:-1]] == [at for _, at in theirs[1:]]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_call_on_loading_is_named(protocol):
    """`os.system` is the platform's module of it, and it is not called."""
    assert bare(calling_pickle(protocol)).unsafe == ("posix.system",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_values_and_arrays_are_harmless(protocol):
    """What NumPy and the standard library's plain types ask for is known."""
    assert bare(harmless_pickle(protocol)).unsafe == ()
    assert bare(pickle.dumps(np.ones(3), protocol=protocol)).unsafe == ()


def test_a_name_put_together_at_run_time_is_reported_as_such():
    """STACK_GLOBAL takes whatever stands on the stack."""
    assert bare(b"\x80\x04K\x01K\x02\x93.").unsafe == (COMPUTED,)


def test_a_pickle_that_breaks_off_still_tells_what_it_would_have_called():
    """Loading runs up to the break, and so does the report."""
    data = b"\x80\x02cos\nsystem\nX\x04\0\0\0true\x85R\xff\xff"
    model = bare(data)
    assert model.unsafe == ("os.system",)
    assert "breaks off" in model.remarks[0]


def test_a_second_pickle_behind_the_first_is_followed():
    """Loaders that read on would run it."""
    assert bare(harmless_pickle() + calling_pickle()).unsafe == ("posix.system",)
    assert "follow after the last pickle" in bare(harmless_pickle() + b"tail").remarks[0]


def test_long_payloads_are_passed_over():
    """An array of a megabyte is neither read nor kept."""
    data = b"\x80\x04\x8e" + struct.pack("<Q", 1 << 20) + bytes(1 << 20) + b"."
    source = MemorySource(data)
    read_pickle([source], DEFAULT_LIMITS)
    assert source.read_bytes < 1 << 18


@pytest.mark.parametrize("data", [b"\x80", b"hello", b""])
def test_what_has_no_operations_is_refused(data):
    """There is nothing that loading would do."""
    with pytest.raises(Malformed):
        bare(data)


@pytest.mark.parametrize(
    "data", [b"\x80\x02", b"\x80\x02X\xff\xff\xff\xff", b"\x80\x02tt.", b"\x80\x02h\x05.", b"\x80\x04R."]
)
def test_broken_pickles_are_remarked_on(data):
    """A length beyond the end, marks and memo entries that are not there, an empty stack."""
    assert "breaks off" in bare(data).remarks[0]


def test_an_endless_pickle_ends():
    """Operations are counted."""
    model = bare(b"\x80\x02" + b"N0" * 5000 + b".", limits=Limits(items=1000))
    assert "too many" in model.remarks[0]


def test_an_archive_gives_its_tensors_with_their_bytes():
    """Names, storage classes and shapes from the pickle, places from the archive."""
    data = tiny_torch_zip()
    model = archive(data)
    assert [(t.name, t.dtype, t.shape) for t in model.tensors] == [
        ("layer.weight", "torch.FloatStorage", (2, 3)),
        ("layer.bias", "torch.HalfStorage", (3,)),
    ]
    source = MemorySource(data)
    assert read_tensor(source, model.tensors[0], DEFAULT_LIMITS).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read_tensor(source, model.tensors[1], DEFAULT_LIMITS).tolist() == [1, 2, 3]
    assert model.unsafe == ()
    assert model.metadata == {"version": "3"}


def test_a_script_gives_its_constants_too_and_its_code_is_left_alone():
    """Attributes set on a dictionary of tensors do not hide the tensors."""
    data = torch_script()
    found = archive(data)
    assert [(t.name, t.shape) for t in found.tensors] == [("weight", (2,)), ("constants.0", (3,))]
    values = [read_tensor(MemorySource(data), t, DEFAULT_LIMITS).tolist() for t in found.tensors]
    assert values == [[1, 2], [3, 4, 5]]
    assert found.metadata["torchscript"] is True


def test_shards_of_archives_are_one_model():
    """As for safetensors."""
    one = torch_zip({"a": ("FloatStorage", b"\0" * 4, (1,))})
    two = torch_zip({"b": ("FloatStorage", b"\0" * 4, (1,))})
    assert [(t.name, t.source) for t in archive(one, two).tensors] == [("a", 0), ("b", 1)]


def test_packed_members_have_no_place_but_an_encoding():
    """Their pickle is unpacked within bounds, their numbers are not reachable by range."""
    model = archive(torch_zip({"a": ("FloatStorage", b"\0" * 400, (100,))}, packed=True))
    assert model.tensors[0].offset == -1
    assert model.tensors[0].encoding.kind == "deflate"
    assert model.tensors[0].encoding.unpacked_bytes == 400


def test_a_call_inside_an_archive_is_named():
    """In its main pickle and in any other."""
    data = zip_bytes({"m/data.pkl": harmless_pickle(2), "m/extra.pkl": calling_pickle(2)})
    assert archive(data).unsafe == ("posix.system",)


def test_tensors_outside_their_storage_are_refused():
    """The pickle says ten numbers, the archive holds two."""
    members = {"a/data.pkl": torch_pickle({"t": ("FloatStorage", "0", (10,))}), "a/data/0": bytes(8)}
    with pytest.raises(Malformed, match="longer than its storage"):
        archive(zip_bytes(members))


@pytest.mark.parametrize("length", [10, 60, 200, 400])
def test_a_cut_archive_is_refused(length):
    """Its directory is at its end."""
    with pytest.raises(Malformed):
        archive(tiny_torch_zip()[:length])


def test_a_member_that_unpacks_to_too_much_is_refused():
    """A bomb of zeros stops at the bound."""
    data = zip_bytes({"m/data.pkl": bytes(1 << 20)}, packed=True)
    with pytest.raises(LimitExceeded, match="unpacks to more"):
        archive(data, limits=Limits(header_bytes=10_000))


def test_an_archive_without_tensors_of_pytorch_is_refused():
    """A zip with another content is not ours."""
    with pytest.raises(Malformed, match=r"no data\.pkl"):
        archive(zip_bytes({"readme": b"x"}))


def test_the_format_before_archives_gives_names_shapes_and_places():
    """Magic number, protocol, system, the object, the keys, then raw numbers."""
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
    head = magic + pickle.dumps(1001, protocol=2) + pickle.dumps({"little_endian": True}, protocol=2)
    body = torch_pickle({"w": ("FloatStorage", "7", (2, 2))}) + pickle.dumps(["7"], protocol=2)
    model = bare(head + body + struct.pack("<q4f", 4, 1, 2, 3, 4))
    assert [(t.name, t.shape, t.offset) for t in model.tensors] == [("w", (2, 2), len(head + body) + 8)]
    assert model.metadata["legacy_torch"] is True
    assert model.unsafe == ()


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("torch.FloatStorage", True),
        ("torch.cuda.HalfStorage", True),
        ("torch._utils._rebuild_tensor_v2", True),
        ("torch.bfloat16", True),
        ("torch.jit._pickle.build_intlist", True),
        ("__torch__.model.Net", True),
        ("numpy._core.multiarray._reconstruct", True),
        ("builtins.set", True),
        ("builtins.eval", False),
        ("builtins.getattr", False),
        ("torch.load", False),
        ("torch.storage._load_from_bytes", False),
        ("torch.hub.load", False),
        ("numpy.load", False),
        ("sklearn.ensemble._forest.RandomForestClassifier", False),
        ("xtorch._utils._rebuild_tensor_v2", False),
        ("torch._utils._rebuild_x.y", False),
    ],
)
def test_names_are_harmless_only_when_they_are_known_to_be(name, harmless):
    """Everything else is reported, loaders above all."""
    assert (unsafe_names([name]) == ()) is harmless


@pytest.mark.parametrize("name", ["ranker.pkl", "ranker.joblib"])
def test_a_pickle_of_the_oldest_protocol_shows_what_it_would_call(name):
    """Protocol 0 is text without a mark: it goes by its name, and its call is seen all the same."""
    source = MemorySource(b"cos\nsystem\n(S'id'\ntR.", name=name)
    assert sniff_source(source) == "pickle"
    assert read_pickle([source], DEFAULT_LIMITS).unsafe == ("os.system",)


def test_text_that_is_called_a_pickle_is_none():
    """A name alone makes no pickle."""
    source = MemorySource(b"hello, this is text\n", name="notes.pkl")
    assert sniff_source(source) == ""
    with pytest.raises(Malformed):
        read_pickle([source], DEFAULT_LIMITS)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_arrays_inside_a_pickle_are_read_where_they_stand(protocol):
    """Nested, by columns, small and large; one that is used twice has two names."""
    matrix = np.arange(6, dtype="<f4").reshape(2, 3)
    values = {"a": matrix, "b": {"c": np.asfortranarray(matrix), "d": np.ones(40_000, "<f2")}, "l": [matrix]}
    weights = weights_of([MemorySource(pickle.dumps(values, protocol=protocol), name="p.pkl")])
    found = {t.name: weights.rows(t) for t in weights.tensors}
    assert list(found) == ["a", "b.c", "b.d", "l.0"]
    assert all(np.array_equal(found[name], matrix) for name in ("a", "b.c", "l.0"))
    assert found["b.d"].sum() == 40_000
    assert weights.file.unsafe == ()


def test_arrays_of_the_oldest_protocols_are_listed_without_a_place():
    """Their bytes are written as text."""
    found = bare(pickle.dumps({"a": np.ones((2, 3), "<f4")}, protocol=2))
    assert [(t.name, t.shape, t.offset) for t in found.tensors] == [("a", (2, 3), -1)]


def test_arrays_that_are_no_numbers_are_left_out():
    """Objects, and bytes that do not fit their shape."""
    assert bare(pickle.dumps({"o": np.array([None, 1])}, protocol=4)).tensors == ()
    data = pickle.dumps(np.ones(300, "<f4"), protocol=4)
    assert bare(data.replace(b"M,\x01", b"M,\x02")).tensors == ()
