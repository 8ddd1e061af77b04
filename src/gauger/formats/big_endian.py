"""GGUF blocks of big-endian files: which bytes of a block belong to one word and change places.

Source: the block structures of `ggml-common.h` in llama.cpp. Where llama.cpp copies single bytes into a word
of the machine (IQ2_XXS, IQ3_XXS), files of the other byte order have no defined meaning.
"""

from __future__ import annotations

import numpy as np

from gauger.formats.gguf_types import BLOCKS
from gauger.formats.number_types import Octets

_WORDS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "Q4_0": ((0, 2, 1),),
    "Q4_1": ((0, 2, 2),),
    "Q5_0": ((0, 2, 1), (2, 4, 1)),
    "Q5_1": ((0, 2, 2), (4, 4, 1)),
    "Q8_0": ((0, 2, 1),),
    "Q2_K": ((80, 2, 2),),
    "Q3_K": ((108, 2, 1),),
    "Q4_K": ((0, 2, 2),),
    "Q5_K": ((0, 2, 2),),
    "Q6_K": ((208, 2, 1),),
    "IQ2_XS": ((0, 2, 33),),
    "IQ2_S": ((0, 2, 1),),
    "IQ3_S": ((0, 2, 1),),
    "IQ1_S": ((0, 2, 1), (34, 2, 8)),
    "IQ1_M": ((48, 2, 4),),
    "IQ4_NL": ((0, 2, 1),),
    "IQ4_XS": ((0, 2, 2),),
    "TQ1_0": ((52, 2, 1),),
    "TQ2_0": ((64, 2, 1),),
    "MXFP4": (),
    "NVFP4": (),
}
"""By type: first byte, bytes of one word, number of words."""


def words_of_blocks(dtype: str) -> tuple[tuple[int, int, int], ...] | None:
    """Which words does a block of this type have? None where their order is not defined."""
    return _WORDS.get(dtype)


def swap_blocks(dtype: str, octets: Octets) -> Octets:
    """What would these blocks be in a little-endian file? Whole blocks in, a copy of them out."""
    blocks = octets.reshape(-1, BLOCKS[dtype][1]).copy()
    for begin, width, count in _WORDS[dtype]:
        part = blocks[:, begin : begin + width * count]
        part[:] = part.reshape(len(blocks), count, width)[:, :, ::-1].reshape(part.shape)
    return np.ascontiguousarray(blocks).reshape(-1)
