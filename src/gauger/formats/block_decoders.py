"""The most common block types of GGUF, decoded with fewer passes over memory than `gguf.quants` makes.

Each function fills float32 numbers from whole blocks, with the same roundings as the reference; a test
compares them bit by bit. Source: the block structures of `ggml-common.h` and `dequantize_row_*` in llama.cpp.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gauger.formats.number_types import Floats, Octets


def _halves(blocks: Octets, at: int) -> Floats:
    """The half float at this place of each block, as a column."""
    return np.ascontiguousarray(blocks[:, at : at + 2]).view("<f2").astype(np.float32)


def _q8_0(blocks: Octets, out: Floats) -> None:
    numbers = out.reshape(-1, 32)
    numbers[:] = blocks[:, 2:].view(np.int8)
    numbers *= _halves(blocks, 0)


def _q4_0(blocks: Octets, out: Floats) -> None:
    numbers = out.reshape(-1, 32)
    numbers[:, :16] = blocks[:, 2:] & 15
    numbers[:, 16:] = blocks[:, 2:] >> 4
    numbers -= np.float32(8)
    numbers *= _halves(blocks, 0)


def _q4_1(blocks: Octets, out: Floats) -> None:
    numbers = out.reshape(-1, 32)
    numbers[:, :16] = blocks[:, 4:] & 15
    numbers[:, 16:] = blocks[:, 4:] >> 4
    numbers *= _halves(blocks, 0)
    numbers += _halves(blocks, 2)


def _six_bit_pairs(packed: Octets) -> tuple[Floats, Floats]:
    """Eight scales and eight offsets of six bits out of twelve bytes, for each block."""
    low, middle, high = packed[:, 0:4], packed[:, 4:8], packed[:, 8:12]
    scales = np.concatenate([low & 63, high & 15 | low >> 6 << 4], axis=1)
    offsets = np.concatenate([middle & 63, high >> 4 | middle >> 6 << 4], axis=1)
    return scales.astype(np.float32), offsets.astype(np.float32)


def _q4_k(blocks: Octets, out: Floats) -> None:
    scales, offsets = _six_bit_pairs(blocks[:, 4:16])
    codes = blocks[:, 16:].reshape(-1, 4, 32)
    numbers = out.reshape(-1, 4, 2, 32)
    numbers[:, :, 0] = codes & 15
    numbers[:, :, 1] = codes >> 4
    flat = out.reshape(-1, 8, 32)
    flat *= (scales * _halves(blocks, 0))[:, :, None]
    flat -= (offsets * _halves(blocks, 2))[:, :, None]


def _q5_k(blocks: Octets, out: Floats) -> None:
    scales, offsets = _six_bit_pairs(blocks[:, 4:16])
    high, codes = blocks[:, 16:48], blocks[:, 48:].reshape(-1, 4, 32)
    numbers = out.reshape(-1, 4, 2, 32)
    for pair in range(4):
        numbers[:, pair, 0] = codes[:, pair] & 15 | (high >> 2 * pair & 1) << 4
        numbers[:, pair, 1] = codes[:, pair] >> 4 | (high >> 2 * pair + 1 & 1) << 4
    flat = out.reshape(-1, 8, 32)
    flat *= (scales * _halves(blocks, 0))[:, :, None]
    flat -= (offsets * _halves(blocks, 2))[:, :, None]


def _q6_k(blocks: Octets, out: Floats) -> None:
    low, high = blocks[:, :128].reshape(-1, 2, 2, 32), blocks[:, 128:192].reshape(-1, 2, 32)
    numbers = out.reshape(-1, 2, 4, 32)
    for quarter in range(4):
        four = low[:, :, quarter % 2] & 15 if quarter < 2 else low[:, :, quarter % 2] >> 4
        numbers[:, :, quarter] = four | (high >> 2 * quarter & 3) << 4
    numbers -= np.float32(32)
    flat = out.reshape(-1, 16, 16)
    flat *= (blocks[:, 192:208].view(np.int8) * _halves(blocks, 208))[:, :, None]


QUICK: dict[str, Callable[[Octets, Floats], None]] = {
    "Q4_0": _q4_0,
    "Q4_1": _q4_1,
    "Q8_0": _q8_0,
    "Q4_K": _q4_k,
    "Q5_K": _q5_k,
    "Q6_K": _q6_k,
}
"""By type: fills numbers from an array of shape (blocks, bytes of one)."""
