"""From stored bytes to float32 for every number type that stands on its own, as fast as NumPy allows.

`gauger.formats.number_types` has the tables; this module turns them into functions over whole buffers, worked
off in pieces that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from gauger.formats.big_endian import swap_blocks, words_of_blocks
from gauger.formats.gguf_types import BLOCKS
from gauger.formats.number_types import Floats, Octets, bytes_per_number, to_float32

_PIECE = 1 << 16
"""Numbers worked off at a time: 256 KB of float32 stay in a core's own cache."""
_NOT_IN_GGUF = frozenset({"Q8_1", "Q8_K", "Q1_0"})
"""Types that `gguf.quants` does not turn into numbers: intermediate results that no file should hold, and one
that is too new."""


class Decoder(NamedTuple):
    """How a stretch of stored units becomes numbers.

    Attributes:
        numbers: Of one unit.
        size_bytes: Of one unit.
        decode: From the bytes of whole units to a flat float32 array that may be written to.
    """

    numbers: int
    size_bytes: int
    decode: Callable[[Octets], Floats]


def decoder_of(dtype: str, *, big_endian: bool = False) -> Decoder | None:
    """How are numbers of this type read? None where they cannot be; `why_not` says why."""
    size = bytes_per_number(dtype)
    if size:
        return Decoder(1, size, _plain(dtype, big_endian=big_endian))
    if dtype in _SMALL_FLOATS:
        return _SMALL_FLOATS[dtype]
    if (
        dtype in BLOCKS
        and dtype not in _NOT_IN_GGUF
        and (not big_endian or words_of_blocks(dtype) is not None)
    ):
        return Decoder(*BLOCKS[dtype], _blocks(dtype, big_endian=big_endian))
    return None


def why_not(dtype: str, *, big_endian: bool = False) -> str:
    """Why can numbers of this type not be read? Empty where they can."""
    if decoder_of(dtype, big_endian=big_endian) is not None:
        return ""
    if dtype in BLOCKS and dtype not in _NOT_IN_GGUF:
        return f"the byte order inside blocks of {dtype} is not defined for big-endian files"
    if dtype == "SPARSE":
        return "a sparse tensor: only some of its numbers are stored"
    if "STRING" in dtype:
        return "text, not numbers"
    if dtype.startswith(("C", "torch.Complex")):
        return "complex numbers"
    return f"no decoder for numbers of type {dtype}"


def _plain(dtype: str, *, big_endian: bool) -> Callable[[Octets], Floats]:
    if dtype in ("F16", "FLOAT16", "FP16", "torch.HalfStorage"):
        return lambda octets: _half(octets.view(">u2" if big_endian else "<u2"))
    convert = to_float32(dtype, big_endian=big_endian)
    size = bytes_per_number(dtype)

    def decode(octets: Octets) -> Floats:
        numbers = np.empty(len(octets) // size, np.float32)
        for first in range(0, len(numbers), _PIECE):
            piece = octets[first * size : (first + _PIECE) * size]
            numbers[first : first + _PIECE] = convert(piece)  # type: ignore[arg-type]
        return numbers

    return decode


@cache
def _half_table() -> Floats:
    return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)


def _half(codes: np.ndarray[tuple[int], np.dtype[np.uint16]]) -> Floats:
    """Looked up: a third faster than NumPy's conversion (`bench/weights.py`)."""
    numbers = np.empty(len(codes), np.float32)
    table = _half_table()
    for first in range(0, len(codes), _PIECE):
        np.take(table, codes[first : first + _PIECE], out=numbers[first : first + _PIECE], mode="clip")
    return numbers


def _blocks(dtype: str, *, big_endian: bool) -> Callable[[Octets], Floats]:
    from gguf.constants import GGMLQuantizationType  # noqa: PLC0415 - the package takes 70 ms to import
    from gguf.quants import dequantize  # noqa: PLC0415

    kind = GGMLQuantizationType[dtype]
    elements, size = BLOCKS[dtype]
    at_once = max(1, 4 * _PIECE // elements) * size

    def decode(octets: Octets) -> Floats:
        numbers = np.empty(len(octets) // size * elements, np.float32)
        done = 0
        with np.errstate(all="ignore"):
            for first in range(0, len(octets), at_once):
                piece = octets[first : first + at_once]
                if big_endian:
                    piece = swap_blocks(dtype, piece)
                part = dequantize(piece.reshape(1, -1), kind)
                numbers[done : done + part.size] = part[0]
                done += part.size
        return numbers

    return decode


def _nibbles(table: Floats) -> Callable[[Octets], Floats]:
    """Two numbers a byte, the lower four bits first."""
    pairs = np.empty((256, 2), np.float32)
    pairs[:, 0], pairs[:, 1] = table[np.arange(256) & 15], table[np.arange(256) >> 4]

    def decode(octets: Octets) -> Floats:
        numbers: Floats = pairs[octets].reshape(-1)
        return numbers

    return decode


def _six_bits(table: Floats) -> Callable[[Octets], Floats]:
    """Four numbers in three bytes, lowest bits first."""

    def decode(octets: Octets) -> Floats:
        groups = octets.reshape(-1, 3).astype(np.uint32)
        words = groups[:, 0] | groups[:, 1] << 8 | groups[:, 2] << 16
        codes = words[:, None] >> np.array([0, 6, 12, 18], np.uint32) & 63
        numbers: Floats = table[codes].reshape(-1)
        return numbers

    return decode


def _small_table(bits: int, mantissa_bits: int, bias: int) -> Floats:
    """All values of a small float type that has neither infinities nor NaN: sign, exponent, mantissa.

    Source: OCP Microscaling Formats (MX) Specification 1.0, section 5.3.
    """
    codes = np.arange(1 << bits - 1)
    exponent, mantissa = codes >> mantissa_bits, (codes & (1 << mantissa_bits) - 1) / (1 << mantissa_bits)
    size = np.where(exponent == 0, np.ldexp(mantissa, 1 - bias), np.ldexp(1 + mantissa, exponent - bias))
    return np.concatenate([size, -size]).astype(np.float32)


E2M1 = _small_table(4, 1, 1)
"""The sixteen values of MXFP4 and NVFP4: 0, 0.5, 1, 1.5, 2, 3, 4, 6, then the negative ones."""
_UNSIGNED4 = np.arange(16, dtype=np.float32)
_SIGNED4 = np.where(_UNSIGNED4 < 8, _UNSIGNED4, _UNSIGNED4 - 16).astype(np.float32)
_SMALL_FLOATS = {
    "F4": Decoder(2, 1, _nibbles(E2M1)),
    "FLOAT4E2M1": Decoder(2, 1, _nibbles(E2M1)),
    "UINT4": Decoder(2, 1, _nibbles(_UNSIGNED4)),
    "INT4": Decoder(2, 1, _nibbles(_SIGNED4)),
    "F6_E2M3": Decoder(4, 3, _six_bits(_small_table(6, 3, 1))),
    "F6_E3M2": Decoder(4, 3, _six_bits(_small_table(6, 2, 3))),
}
"""Types smaller than a byte. ONNX packs the first of two numbers into the lower bits (`onnx.proto3`, comment
on `raw_data`); for the six-bit types of safetensors, whose packing is written nowhere, the same order is
taken."""
