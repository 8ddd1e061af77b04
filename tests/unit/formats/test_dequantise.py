"""Numbers come out as the reference packages have them, block by block."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize, quantize

from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.dequantise import can_read, read_rows, read_tensor
from gauger.formats.model_file import TensorEntry
from gauger.formats.source import MemorySource

ROWS, COLUMNS = 7, 512
BLOCK_TYPES = [
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS",
    "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ1_S", "IQ1_M", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4",
]  # fmt: skip
WEIGHTS = np.random.default_rng(7).normal(size=(ROWS, COLUMNS)).astype("f4")


def entry(dtype, shape, size, offset=0):
    """A directory entry of this type."""
    return TensorEntry(name="t", dtype=dtype, shape=shape, offset=offset, size_bytes=size)


def rows(data, dtype, shape, limits=DEFAULT_LIMITS, **options):
    """All numbers of a tensor that these bytes are."""
    return np.concatenate(
        list(read_rows(MemorySource(data), entry(dtype, shape, len(data)), limits, **options))
    )


@pytest.mark.parametrize("name", BLOCK_TYPES)
def test_blocks_are_the_numbers_of_the_reference_package(name):
    """Number by number, on random bytes, whole and in small blocks of rows."""
    kind = GGMLQuantizationType[name]
    elements, size = GGML_QUANT_SIZES[kind]
    data = np.random.default_rng(1).integers(0, 256, (ROWS, COLUMNS // elements * size), np.uint8)
    with np.errstate(all="ignore"):
        expected = dequantize(data, kind)
    for limits in (DEFAULT_LIMITS, Limits(block_bytes=4 * COLUMNS * 2)):
        found = rows(data.tobytes(), name, (ROWS, COLUMNS), limits)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"])
def test_quantised_weights_come_back_close(name):
    """The error of real weights is that of the type: at most some tenths for four bits."""
    data = quantize(WEIGHTS, GGMLQuantizationType[name]).tobytes()
    assert np.abs(rows(data, name, WEIGHTS.shape) - WEIGHTS).max() < 0.4


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        ("F32", "f4"), ("F16", "f2"), ("F64", "f8"), ("I8", "i1"), ("U8", "u1"), ("I32", "i4"), ("I64", "i8"),
        ("FLOAT", "f4"), ("FLOAT16", "f2"), ("INT8", "i1"), ("torch.HalfStorage", "f2"), ("BF16", "bfloat16"),
        ("torch.BFloat16Storage", "bfloat16"), ("BFLOAT16", "bfloat16"),
    ],
)  # fmt: skip
def test_plain_types_are_those_of_numpy(dtype, kind):
    """In every format's own word for them, in either byte order."""
    array = (WEIGHTS * 50).astype(ml_dtypes.bfloat16 if kind == "bfloat16" else kind)
    expected = array.astype("f4")
    np.testing.assert_array_equal(rows(array.tobytes(), dtype, array.shape), expected)
    width = array.dtype.itemsize
    swapped = np.frombuffer(array.tobytes(), f"V{width}").tobytes()
    swapped = np.frombuffer(swapped, np.uint8).reshape(-1, width)[:, ::-1].tobytes()
    np.testing.assert_array_equal(rows(swapped, dtype, array.shape, big_endian=True), expected)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        ("F8_E4M3", "float8_e4m3fn"),
        ("F8_E5M2", "float8_e5m2"),
        ("FLOAT8E4M3FN", "float8_e4m3fn"),
        ("FLOAT8E4M3FNUZ", "float8_e4m3fnuz"),
        ("FLOAT8E5M2FNUZ", "float8_e5m2fnuz"),
        ("F8_E8M0", "float8_e8m0fnu"),
    ],
)
def test_all_256_values_of_eight_bit_floats_are_right(dtype, kind):
    """Beside the reference implementation of these types."""
    codes = np.arange(256, dtype=np.uint8)
    with np.errstate(all="ignore"):
        expected = codes.view(getattr(ml_dtypes, kind)).astype("f4")
    np.testing.assert_array_equal(rows(codes.tobytes(), dtype, (256,))[0], expected)


def test_small_tensors_come_in_their_own_shape():
    """A scalar has none; three dimensions stay three."""
    data = np.arange(24, dtype="f4").tobytes()
    assert read_tensor(MemorySource(data), entry("F32", (2, 3, 4), 96), DEFAULT_LIMITS).shape == (2, 3, 4)
    assert read_tensor(MemorySource(data), entry("F32", (), 4), DEFAULT_LIMITS) == 0
    assert read_tensor(MemorySource(b""), entry("F32", (0, 3), 0), DEFAULT_LIMITS).shape == (0, 3)


def test_one_block_of_rows_is_in_memory_at_a_time():
    """Blocks are as large as the bound allows and no larger."""
    blocks = list(
        read_rows(
            MemorySource(WEIGHTS.tobytes()),
            entry("F32", WEIGHTS.shape, WEIGHTS.nbytes),
            Limits(block_bytes=3 * 4 * COLUMNS),
        )
    )
    assert [len(block) for block in blocks] == [3, 3, 1]
    with pytest.raises(LimitExceeded):
        rows(WEIGHTS.tobytes(), "F32", WEIGHTS.shape, Limits(block_bytes=100))
    with pytest.raises(LimitExceeded):
        read_tensor(MemorySource(b""), entry("F32", (1 << 40,), 1 << 42), DEFAULT_LIMITS)


def test_what_cannot_be_read_says_so():
    """An unknown type, a place inside a message, a cut file, sizes that contradict."""
    assert not can_read(entry("type-99", (1,), 4))
    assert not can_read(entry("F32", (1,), 4, offset=-1))
    with pytest.raises(Unreadable, match="type-99"):
        rows(b"\0" * 4, "type-99", (1,))
    with pytest.raises(Unreadable, match="big-endian"):
        rows(b"\0" * 66, "IQ2_XXS", (256,), big_endian=True)
    with pytest.raises(Malformed):
        rows(b"\0" * 5, "F32", (1,))
    with pytest.raises(Malformed):
        list(read_rows(MemorySource(b"\0" * 4), entry("F32", (2,), 8), DEFAULT_LIMITS))
