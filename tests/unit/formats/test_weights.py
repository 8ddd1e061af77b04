"""Numbers of stored tensors: every plain type and block, any rows, in bounded memory."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize, quantize

from build import quantised as build
from build.gguf import gguf_bytes
from build.pickles import torch_zip
from gauger.core.errors import LimitExceeded, Malformed, UsageError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.big_endian import words_of_blocks
from gauger.formats.gguf_types import TENSOR_TYPES
from gauger.formats.source import MemorySource
from gauger.formats.weights import Weights, open_weights, weights_of

VALUES = np.random.default_rng(3).normal(size=(40, 256)).astype(np.float32)
NUMBERS = {name: kind for kind, (name, _, _) in TENSOR_TYPES.items()}


def opened(data: bytes, limits=DEFAULT_LIMITS, **options) -> Weights:
    """A model of one file in memory."""
    return weights_of([MemorySource(data, name="model")], limits, **options)


def safetensors(dtype: str, array: np.ndarray) -> bytes:
    """A model of one tensor."""
    return build.safetensors_of({"t": (dtype, array)})


def test_rows_blocks_and_gathered_rows_agree(tmp_path):
    """From memory and from a file; scattered rows come in the order asked for, repeats and all."""
    path = tmp_path / "m.safetensors"
    path.write_bytes(safetensors("F32", VALUES))
    with open_weights(path, Limits(block_bytes=7 * 1024)) as local:
        for weights in (local, opened(path.read_bytes(), Limits(block_bytes=7 * 1024))):
            tensor = weights.tensors[0]
            np.testing.assert_array_equal(np.concatenate(list(weights.blocks(tensor))), VALUES)
            np.testing.assert_array_equal(weights.rows(tensor, 35), VALUES[35:])
            np.testing.assert_array_equal(weights.gather(tensor, [39, 0, 0, 7]), VALUES[[39, 0, 0, 7]])
            assert weights.gather(tensor, []).shape == (0, 256)
            assert len(list(weights.blocks(tensor))) == 6
            with pytest.raises(LimitExceeded):
                weights.rows(tensor)
            weights.rows(tensor, 0, 1)[:] = 0


def test_what_is_not_there_is_the_callers_mistake():
    """Rows beyond the end, rows of another model's tensor."""
    weights, other = opened(safetensors("F32", VALUES)), opened(safetensors("F32", VALUES[:5]))
    tensor = weights.tensors[0]
    for wrong in (lambda: weights.rows(tensor, 39, 2), lambda: weights.gather(tensor, [40])):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(UsageError):
        other.rows(tensor)


def test_scattered_rows_read_no_more_than_their_neighbourhood():
    """Two rows far apart are two reads; two rows close together are one."""
    many = np.zeros((4000, 256), np.float32)
    weights = opened(safetensors("F32", many))
    before = weights.read_bytes
    weights.gather(weights.tensors[0], [3, 3990])
    assert weights.read_bytes - before == 2 * 1024
    weights.gather(weights.tensors[0], [3, 5])
    assert weights.read_bytes - before == 5 * 1024
    assert weights.total_bytes > many.nbytes


def test_the_digest_is_that_of_the_stored_bytes():
    """Whatever else stands in the file."""
    weights = opened(safetensors("F32", VALUES))
    assert weights.raw_digest(weights.tensors[0]) == hashlib.sha256(VALUES.tobytes()).hexdigest()


def test_half_floats_of_every_code_are_right():
    """All 65,536, not-a-numbers included."""
    codes = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    weights = opened(safetensors("F16", codes))
    np.testing.assert_array_equal(weights.rows(weights.tensors[0]), codes.view(np.float16).astype("f4"))
    weights = opened(safetensors("BF16", codes))
    expected = (codes.astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_array_equal(weights.rows(weights.tensors[0]), expected)


def test_types_smaller_than_a_byte():
    """Rows may begin inside a byte: seven columns of four bits."""
    codes = np.random.default_rng(0).integers(0, 16, 35).astype(np.uint8)
    packed = np.append(codes, np.uint8(0))
    packed = packed[0::2] | packed[1::2] << 4
    header = '{"t":{"dtype":"F4","shape":[6,7],"data_offsets":[0,21]}}'
    whole = np.concatenate([packed, np.zeros(3, np.uint8)])
    weights = opened(struct.pack("<Q", len(header)) + header.encode() + whole.tobytes())
    expected = np.array(build.E2M1, np.float32)[codes].reshape(5, 7)
    np.testing.assert_array_equal(weights.rows(weights.tensors[0], 0, 5), expected)
    np.testing.assert_array_equal(weights.rows(weights.tensors[0], 3, 1), expected[3:4])
    header = '{"t":{"dtype":"F6_E2M3","shape":[1,8],"data_offsets":[0,6]}}'
    bits = sum(code << 6 * place for place, code in enumerate([0, 1, 8, 31, 32, 33, 40, 63]))
    weights = opened(struct.pack("<Q", len(header)) + header.encode() + bits.to_bytes(6, "little"))
    assert weights.rows(weights.tensors[0])[0].tolist() == [0, 0.125, 1, 7.5, 0, -0.125, -1, -7.5]


@pytest.mark.parametrize("name", [n for n in NUMBERS if words_of_blocks(n) is not None])
def test_blocks_in_both_byte_orders(name):
    """Every block type of GGUF; a big-endian file has the words of each block turned round."""
    kind = GGMLQuantizationType[name]
    elements, size = GGML_QUANT_SIZES[kind]
    data = np.random.default_rng(1).integers(0, 256, (8, 512 // elements * size), np.uint8)
    with np.errstate(all="ignore"):
        expected = dequantize(data, kind)
    blocks = data.reshape(-1, size).copy()
    for begin, width, count in words_of_blocks(name):
        for word in range(count):
            part = slice(begin + word * width, begin + (word + 1) * width)
            blocks[:, part] = blocks[:, part][:, ::-1]
    for order, raw in (("<", data), (">", blocks)):
        file = gguf_bytes({}, {"t": ((8, 512), NUMBERS[name], raw.tobytes())}, order=order)
        weights = opened(file, Limits(block_bytes=3 * 2048))
        assert weights.tensors[0].quantiser == name
        np.testing.assert_array_equal(np.concatenate(list(weights.blocks(weights.tensors[0]))), expected)


def test_big_endian_words_are_where_the_scales_are():
    """Real weights in a turned block come back close, which wrong places would not allow."""
    for name in ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"):
        elements, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
        blocks = quantize(VALUES, GGMLQuantizationType[name]).reshape(-1, size).copy()
        halves = 1 if name in ("Q4_0", "Q5_0", "Q8_0") else 2
        for word in range(halves):
            blocks[:, 2 * word : 2 * word + 2] = blocks[:, 2 * word : 2 * word + 2][:, ::-1]
        if name.startswith("Q5"):
            blocks[:, 2 * halves : 2 * halves + 4] = blocks[:, 2 * halves : 2 * halves + 4][:, ::-1]
        file = gguf_bytes({}, {"t": (VALUES.shape, NUMBERS[name], blocks.tobytes())}, order=">")
        weights = opened(file)
        assert np.abs(weights.rows(weights.tensors[0]) - VALUES).max() < 0.4, name
        assert elements == 32


def test_blocks_without_a_defined_byte_order_are_unread():
    """And say so."""
    file = gguf_bytes({}, {"t": ((1, 256), NUMBERS["IQ2_XXS"], bytes(66))}, order=">")
    weights = opened(file)
    assert weights.tensors == ()
    assert weights.unread[0][0] == "t"
    assert "byte order" in weights.unread[0][1]


def torch_file(layout: str, *, packed: bool) -> bytes:
    """An archive whose one tensor is a view: torch's own pickles are not needed for that."""
    data = torch_zip({"t": ("FloatStorage", VALUES.tobytes(), VALUES.shape)}, packed=packed)
    if layout == "rows":
        return data
    out = io.BytesIO()
    old = struct.pack("<B i B i", 74, 40, 74, 256)
    places = {"shape": old, "strides": struct.pack("<B i B i", 74, 256, 74, 1)}
    turned = {
        "shape": struct.pack("<B i B i", 74, 256, 74, 40),
        "strides": struct.pack("<B i B i", 74, 1, 74, 256),
    }
    with (
        zipfile.ZipFile(io.BytesIO(data)) as read,
        zipfile.ZipFile(out, "w", read.infolist()[0].compress_type) as new,
    ):
        for name in read.namelist():
            content = read.read(name)
            if name.endswith("data.pkl"):
                for key, value in places.items():
                    assert content.count(value) == 1
                    content = content.replace(value, turned[key])
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("block_rows", [500, 3])
def test_transposed_and_packed_tensors_of_pytorch(packed, block_rows):
    """A view is read through its strides, held or column by column; packed members are unpacked."""
    limits = Limits(block_bytes=block_rows * 1024)
    weights = opened(torch_file("rows", packed=packed), limits)
    np.testing.assert_array_equal(np.concatenate(list(weights.blocks(weights.tensors[0]))), VALUES)
    weights = opened(torch_file("turned", packed=packed), limits)
    tensor = weights.tensors[0]
    assert tensor.shape == (256, 40)
    np.testing.assert_array_equal(np.concatenate(list(weights.blocks(tensor))), VALUES.T)
    np.testing.assert_array_equal(weights.gather(tensor, [200, 3]), VALUES.T[[200, 3]])
    digest = hashlib.sha256(np.ascontiguousarray(VALUES.T).tobytes()).hexdigest()
    assert weights.raw_digest(tensor) == digest


def test_a_packed_member_that_is_a_bomb_is_not_unpacked():
    """More than the bound, or tighter than the ratio."""
    data = torch_zip({"t": ("FloatStorage", bytes(1 << 20), (512, 512))}, packed=True)
    weights = opened(data, Limits(unpacked_bytes=1 << 19))
    assert weights.tensors == ()
    assert "unpacked_bytes" in weights.unread[0][1]


def test_a_file_that_is_cut_off_says_so_when_its_rows_are_read():
    """What stands before the cut is still read."""
    data = safetensors("F32", VALUES)[:-2000]
    weights = opened(data)
    tensor = weights.tensors[0]
    np.testing.assert_array_equal(weights.rows(tensor, 0, 30), VALUES[:30])
    with pytest.raises(Malformed):
        weights.rows(tensor, 30)


def test_tensors_of_one_name_are_not_lost():
    """The first is read, the other is listed."""
    from build.onnx import model, tensor  # noqa: PLC0415 - only this test needs them

    twice = [tensor("w", VALUES[:2]), tensor("w", VALUES[2:4])]
    weights = opened(model(twice))
    assert [t.name for t in weights.tensors] == ["w"]
    assert weights.unread == (("w", "another tensor has the same name"),)


def numbers_of(weights: Weights) -> Iterator[np.ndarray]:
    """All numbers."""
    for tensor in weights.tensors:
        yield from weights.blocks(tensor)


def test_shards_are_one_model(tmp_path):
    """Each tensor is read from its own file."""
    for number in (1, 2):
        data = build.safetensors_of({f"t{number}": ("F32", VALUES * number)})
        (tmp_path / f"model-0000{number}-of-00002.safetensors").write_bytes(data)
    with open_weights(tmp_path) as weights:
        found = list(numbers_of(weights))
        np.testing.assert_array_equal(found[0] * 2, found[1])
        assert weights.total_bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_a_small_file_is_no_large_model():
    """Views that repeat one number a million million times are listed as unread, with the reason."""
    data = torch_zip({"a": ("FloatStorage", bytes(256), (8, 8)), "b": ("FloatStorage", bytes(256), (8, 8))})
    shape, huge = struct.pack("<B i B i", 74, 8, 74, 8), struct.pack("<B i B i", 74, 1 << 30, 74, 1 << 10)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["archive/data.pkl"] = (
        members["archive/data.pkl"]
        .replace(shape, huge, 1)
        .replace(struct.pack("<B i B i", 74, 8, 74, 1), struct.pack("<B i B i", 74, 0, 74, 0), 1)
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    weights = opened(packed.getvalue())
    assert [tensor.name for tensor in weights.tensors] == ["b"]
    ((name, reason),) = weights.unread
    assert name == "a"
    assert "again and again" in reason
