"""How the formats' words for number types become float32, for types without blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Octets = npt.NDArray[np.uint8]

_NUMPY = {
    "<f4": ("F32", "FLOAT", "FLOAT32", "FP32", "torch.FloatStorage"),
    "<f2": ("F16", "FLOAT16", "FP16", "torch.HalfStorage"),
    "<f8": ("F64", "DOUBLE", "FLOAT64", "FP64", "torch.DoubleStorage"),
    "<i1": ("I8", "INT8", "torch.CharStorage", "torch.QInt8Storage"),
    "<u1": ("U8", "UINT8", "BOOL", "torch.ByteStorage", "torch.BoolStorage", "torch.QUInt8Storage"),
    "<i2": ("I16", "INT16", "torch.ShortStorage"),
    "<u2": ("U16", "UINT16"),
    "<i4": ("I32", "INT32", "torch.IntStorage", "torch.QInt32Storage"),
    "<u4": ("U32", "UINT32"),
    "<i8": ("I64", "INT64", "torch.LongStorage"),
    "<u8": ("U64", "UINT64"),
}
_BFLOAT16 = ("BF16", "BFLOAT16", "torch.BFloat16Storage")
_EIGHT_BITS: dict[str, tuple[int, int, str]] = {
    "F8_E4M3": (4, 7, "e4m3fn"),
    "FLOAT8E4M3FN": (4, 7, "e4m3fn"),
    "F8_E5M2": (5, 15, "ieee"),
    "FLOAT8E5M2": (5, 15, "ieee"),
    "F8_E4M3FNUZ": (4, 8, "fnuz"),
    "FLOAT8E4M3FNUZ": (4, 8, "fnuz"),
    "F8_E5M2FNUZ": (5, 16, "fnuz"),
    "FLOAT8E5M2FNUZ": (5, 16, "fnuz"),
    "F8_E8M0": (8, 127, "scale"),
    "FLOAT8E8M0": (8, 127, "scale"),
}
"""Exponent bits, bias, and which codes are no numbers. Sources: Micikevicius et al. 2022, "FP8 formats for
deep learning" (arXiv:2209.05433) for E4M3 and E5M2; the OCP Microscaling specification 1.0 for E8M0; ONNX's
page on float8 types for FNUZ."""

_PLAIN = {name: np.dtype(code) for code, names in _NUMPY.items() for name in names}


def bytes_per_number(dtype: str) -> int:
    """How many bytes does one number of this type take? 0 where it is not one of the plain types."""
    if dtype in _PLAIN:
        return int(_PLAIN[dtype].itemsize)
    return 2 if dtype in _BFLOAT16 else int(dtype in _EIGHT_BITS)


def to_float32(dtype: str, *, big_endian: bool = False) -> Callable[[bytes], Floats]:
    """Which function turns bytes of this plain type into a flat float32 array?

    64-bit types lose precision; numbers above float32's range become infinite, quietly.

    Raises:
        KeyError: the type is not a plain one; ask `bytes_per_number` first.
    """
    if dtype in _BFLOAT16:
        order = ">u2" if big_endian else "<u2"
        return lambda data: (np.frombuffer(data, order).astype(np.uint32) << 16).view(np.float32)
    if dtype in _EIGHT_BITS:
        table = _eight_bit_table(dtype)
        return lambda data: table[np.frombuffer(data, np.uint8)]
    code = _PLAIN[dtype].newbyteorder(">") if big_endian else _PLAIN[dtype]

    def convert(data: bytes) -> Floats:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.frombuffer(data, code).astype(np.float32)

    return convert


def _eight_bit_table(dtype: str) -> Floats:
    """The 256 values of an eight-bit float type."""
    exponent_bits, bias, kind = _EIGHT_BITS[dtype]
    codes = np.arange(256)
    if kind == "scale":
        values = np.ldexp(1.0, codes - bias)
        values[255] = np.nan
        return values.astype(np.float32)
    mantissa_bits = 7 - exponent_bits
    exponent = (codes >> mantissa_bits) & ((1 << exponent_bits) - 1)
    mantissa = (codes & ((1 << mantissa_bits) - 1)) / (1 << mantissa_bits)
    size = np.where(exponent == 0, np.ldexp(mantissa, 1 - bias), np.ldexp(1.0 + mantissa, exponent - bias))
    values = np.where(codes < 128, size, -size)
    if kind == "e4m3fn":
        values[[0x7F, 0xFF]] = np.nan
    elif kind == "fnuz":
        values[0x80] = np.nan
    else:
        top = exponent == (1 << exponent_bits) - 1
        values = np.where(top & (mantissa == 0), np.copysign(np.inf, values), np.where(top, np.nan, values))
    return values.astype(np.float32)
