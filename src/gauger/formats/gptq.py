"""GPTQ: weights of 2, 3, 4 or 8 bits packed along the inputs, with or without activation order.

Sources: Frantar et al. 2022 (arXiv:2210.17323); the layout as AutoGPTQ and GPTQModel write it. Codes follow
each other from the lowest bit of a word on, across words for three bits. Version 1 stores zero points less
one, so that 0 is stored as the highest code; version 2 stores them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gauger.core.errors import GaugerError, Malformed
from gauger.formats.codes import unpack
from gauger.formats.column_words import ColumnWords, stems
from gauger.formats.composite import Directory, Logical
from gauger.formats.decoders import Decoder, nibbles
from gauger.formats.number_types import Floats

_WORD_BITS = 32
_FOUR = 4
_DECODER = Decoder(2, 1, nibbles(np.arange(16, dtype=np.float32)))
_BITS = (4, 8, 3, 2)


class GptqRows(ColumnWords):
    """Rows of a weight that GPTQ packed; see `ColumnWords`."""

    def zeros(self) -> Floats:
        """See `ColumnWords.zeros`."""
        words = self._zero_words.columns(0, self._directory.shape(f"{self._stem}.qzeros")[1])
        zeros = unpack_columns(words.T, self._bits).T[:, : self.shape[0]].astype(np.int64)
        if _first_version(self._directory, zeros, self._bits):
            zeros = zeros + 1 & (1 << self._bits) - 1
        return zeros.astype(np.float32)

    def groups(self) -> npt.NDArray[np.int64]:
        """See `ColumnWords.groups`; in activation order they are mixed.

        Raises:
            Malformed: a group that is not there.
        """
        name = f"{self._stem}.g_idx"
        if name not in self._directory.entries:
            return super().groups()
        groups = self._directory.array(name).reshape(-1)
        if len(groups) != self.columns or not ((groups >= 0) & (groups < self._group_count)).all():
            raise Malformed("g_idx names groups that are not there")
        return groups.astype(np.int64)

    def codes(self, first: int, count: int) -> Floats:
        """See `ColumnWords.codes`: once the words are turned, those of one output follow each other."""
        words = np.ascontiguousarray(self._words.columns(first, count).T)
        octets = words.view(np.uint8).reshape(count, -1)
        if self._bits == _FOUR:
            return _DECODER.decode(octets.reshape(-1)).reshape(count, -1)
        return unpack(octets, self._bits).astype(np.float32)


def find_gptq(directory: Directory) -> Iterator[Logical]:
    """Weights stored as `qweight` (inputs × bits / 32, outputs), `qzeros`, `scales` and perhaps `g_idx`."""
    for stem in stems(directory, ".qweight"):
        weight, scale = directory.shape(f"{stem}.qweight"), directory.shape(f"{stem}.scales")
        zero = directory.shape(f"{stem}.qzeros")
        if not len(weight) == len(scale) == len(zero) == 2 or scale != (zero[0], weight[1]):
            continue
        bits = _bits(directory, stem, weight, zero[1])
        if not bits:
            continue
        try:
            rows = GptqRows(directory, stem, (weight[1], weight[0] * _WORD_BITS // bits), bits)
        except GaugerError as error:
            directory.unread.append((f"{stem}.qweight", error.message))
            continue
        leaves = ("qweight", "qzeros", "scales", "g_idx")
        parts = tuple(name for leaf in leaves if (name := f"{stem}.{leaf}") in directory.entries)
        yield Logical(name=f"{stem}.weight", rows=rows, quantiser=f"gptq-{bits}", stored=parts)


def _bits(directory: Directory, stem: str, weight: tuple[int, ...], across: int) -> int:
    """Bits of a code, told by the width of its zero points and by the length of `g_idx`."""
    inputs = directory.shape(f"{stem}.g_idx")
    for bits in _BITS:
        fits = -(-weight[1] * bits // _WORD_BITS) == across and weight[0] * _WORD_BITS % bits == 0
        if fits and inputs in ((-1,), (weight[0] * _WORD_BITS // bits,)):
            return bits
    return 0


def unpack_columns(words: npt.NDArray[np.uint32], bits: int) -> npt.NDArray[np.uint8]:
    """Which codes do the words of each column hold, one after the other? Of shape (codes, columns)."""
    down, across = words.shape
    if _WORD_BITS % bits == 0:
        shifts = np.arange(0, _WORD_BITS, bits, dtype=np.uint32)[None, :, None]
        codes = words[:, None, :] >> shifts & np.uint32((1 << bits) - 1)
        return np.reshape(codes.astype(np.uint8), (-1, across))
    places = np.arange(down * _WORD_BITS // bits) * bits
    word, shift = places // _WORD_BITS, (places % _WORD_BITS).astype(np.uint64)[:, None]
    following = np.concatenate([words[1:], np.zeros((1, across), np.uint32)])
    both = words.astype(np.uint64) | following.astype(np.uint64) << np.uint64(_WORD_BITS)
    found: npt.NDArray[np.uint8] = (both[word] >> shift & np.uint64((1 << bits) - 1)).astype(np.uint8)
    return found


def _first_version(directory: Directory, zeros: npt.NDArray[np.int64], bits: int) -> bool:
    """Are zero points stored less one? Symmetric ones tell: their true value is half the range."""
    said = directory.quantisation().get("checkpoint_format")
    if said in ("gptq", "gptq_v2"):
        return bool(said == "gptq")
    return not bool(zeros.size and (zeros == 1 << bits - 1).all())
