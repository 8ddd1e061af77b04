"""From stored bytes to float32 for every number type that stands on its own, as fast as NumPy allows.

`gauger.formats.number_types` has the tables; this module turns them into functions over whole buffers, worked
off in pieces that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gauger.formats.big_endian import swap_blocks, words_of_blocks
from gauger.formats.block_decoders import QUICK
from gauger.formats.gguf_types import BLOCKS
from gauger.formats.number_types import Floats, Octets, bytes_per_number, to_float32

PIECE = 1 << 16
"""Numbers worked off at a time: 256 KB of float32 stay in a core's own cache."""
_NOT_IN_GGUF = frozenset({"Q8_1", "Q8_K", "Q1_0"})
"""Types that `gguf.quants` does not turn into numbers: intermediate results that no file should hold, and one
that is too new."""


class Decoder(NamedTuple):
    """How a stretch of stored units becomes numbers.

    Attributes:
        numbers: Of one unit.
        size_bytes: Of one unit.
        fill: Fills a flat float32 array from the bytes of as many whole units.
    """

    numbers: int
    size_bytes: int
    fill: Callable[[Octets, Floats], None]

    def decode(self, octets: Octets) -> Floats:
        """The numbers of these whole units, in an array of their own."""
        out = np.empty(len(octets) // self.size_bytes * self.numbers, np.float32)
        self.fill_all(octets, out)
        return out

    def fill_all(self, octets: Octets, out: Floats) -> None:
        """Fills `out`, piece by piece."""
        units = self.piece_units
        for first in range(0, len(octets) // self.size_bytes, units):
            part = octets[first * self.size_bytes : (first + units) * self.size_bytes]
            self.fill(part, out[first * self.numbers : (first + units) * self.numbers])

    @property
    def piece_units(self) -> int:
        """Units that make up one piece."""
        return max(1, PIECE // self.numbers)


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


def _plain(dtype: str, *, big_endian: bool) -> Callable[[Octets, Floats], None]:
    if dtype in ("F16", "FLOAT16", "FP16", "torch.HalfStorage"):
        order = ">u2" if big_endian else "<u2"
        return lambda octets, out: _look_up(_half_table(), octets.view(order), out)
    if dtype in ("BF16", "BFLOAT16", "torch.BFloat16Storage"):
        return _bfloat16(">u2" if big_endian else "<u2")
    convert = to_float32(dtype, big_endian=big_endian)
    if bytes_per_number(dtype) == 1:
        return _single_bytes(convert(bytes(range(256))))

    def fill(octets: Octets, out: Floats) -> None:
        out[:] = convert(octets)  # type: ignore[arg-type]

    return fill


def _look_up(table: npt.NDArray[Any], codes: npt.NDArray[Any], out: npt.NDArray[Any]) -> None:
    """For halves a third faster than NumPy's conversion (`bench/weights.py`); `clip` spares a copy."""
    np.take(table, codes, out=out, mode="clip")


@cache
def _half_table() -> Floats:
    return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)


def _bfloat16(order: str) -> Callable[[Octets, Floats], None]:
    def fill(octets: Octets, out: Floats) -> None:
        np.left_shift(octets.view(order), 16, out=out.view(np.uint32), dtype=np.uint32, casting="unsafe")

    return fill


def _single_bytes(values: Floats) -> Callable[[Octets, Floats], None]:
    """One number a byte; integers are converted, others looked up, two at a time."""
    codes = np.arange(256, dtype=np.uint8)
    for kind in (np.uint8, np.int8):
        if (values == codes.view(kind).astype(np.float32)).all():
            return lambda octets, out: np.copyto(out, octets.view(kind))
    return by_pairs(values)


def by_pairs(values: Floats) -> Callable[[Octets, Floats], None]:
    """A function that looks up two bytes at once.

    Args:
        values: What the 256 bytes stand for.
    """
    table: list[npt.NDArray[np.uint64]] = []

    def fill(octets: Octets, out: Floats) -> None:
        if not table:
            both = np.empty((256, 256, 2), np.float32)
            both[:, :, 0], both[:, :, 1] = values[None, :], values[:, None]
            table.append(both.view(np.uint64).reshape(-1))
        even = len(octets) // 2 * 2
        _look_up(table[0], octets[:even].view("<u2"), out[:even].view(np.uint64))
        out[even:] = values[octets[even:]]

    return fill


def _blocks(dtype: str, *, big_endian: bool) -> Callable[[Octets, Floats], None]:
    size = BLOCKS[dtype][1]
    if dtype in QUICK:
        quick = QUICK[dtype]

        def fill_quickly(octets: Octets, out: Floats) -> None:
            with np.errstate(all="ignore"):
                quick((swap_blocks(dtype, octets) if big_endian else octets).reshape(-1, size), out)

        return fill_quickly
    from gguf.constants import GGMLQuantizationType  # noqa: PLC0415 - the package takes 70 ms to import
    from gguf.quants import dequantize  # noqa: PLC0415

    kind = GGMLQuantizationType[dtype]

    def fill(octets: Octets, out: Floats) -> None:
        piece = swap_blocks(dtype, octets) if big_endian else octets
        with np.errstate(all="ignore"):
            out[:] = dequantize(piece.reshape(1, -1), kind)[0]

    return fill


def nibbles(values: Floats, *, swapped: bool = False) -> Callable[[Octets, Floats], None]:
    """A function that looks up the four numbers of two bytes at once.

    Args:
        values: Of the sixteen codes.
        swapped: Whether the upper half of a byte comes first.
    """
    table: list[npt.NDArray[np.complex128]] = []

    def fill(octets: Octets, out: Floats) -> None:
        if not table:
            codes = np.arange(1 << 16)
            four = np.empty((1 << 16, 4), np.float32)
            for place in range(4):
                four[:, place] = values[codes >> 4 * (place ^ 1 if swapped else place) & 15]
            table.append(four.view(np.complex128).reshape(-1))
        even = len(octets) // 2 * 2
        _look_up(table[0], octets[:even].view("<u2"), out[: 2 * even].view(np.complex128))
        if even < len(octets):
            low, high = values[octets[-1] & 15], values[octets[-1] >> 4]
            out[2 * even :] = (high, low) if swapped else (low, high)

    return fill


def _six_bits(table: Floats) -> Callable[[Octets, Floats], None]:
    """Four numbers in three bytes, lowest bits first."""

    def fill(octets: Octets, out: Floats) -> None:
        groups = octets.reshape(-1, 3).astype(np.uint32)
        words = groups[:, 0] | groups[:, 1] << 8 | groups[:, 2] << 16
        codes = words[:, None] >> np.array([0, 6, 12, 18], np.uint32) & 63
        out[:] = table[codes].reshape(-1)

    return fill


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
    "F4": Decoder(2, 1, nibbles(E2M1)),
    "FLOAT4E2M1": Decoder(2, 1, nibbles(E2M1)),
    "UINT4": Decoder(2, 1, nibbles(_UNSIGNED4)),
    "INT4": Decoder(2, 1, nibbles(_SIGNED4)),
    "F6_E2M3": Decoder(4, 3, _six_bits(_small_table(6, 3, 1))),
    "F6_E3M2": Decoder(4, 3, _six_bits(_small_table(6, 2, 3))),
}
"""Types smaller than a byte. ONNX packs the first of two numbers into the lower bits (`onnx.proto3`, comment
on `raw_data`); for the six-bit types of safetensors, whose packing is written nowhere, the same order is
taken."""
