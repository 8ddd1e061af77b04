"""AWQ: four-bit weights packed along the outputs, eight to a word, in the order that its kernels like.

Source: Lin et al. 2023 (arXiv:2306.00978); the layout as AutoAWQ's "GEMM" version writes it, whose order of
the eight columns in a word is 0, 2, 4, 6, 1, 3, 5, 7.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gauger.core.errors import GaugerError
from gauger.formats.column_words import ColumnWords, stems
from gauger.formats.composite import Directory, Logical
from gauger.formats.number_types import Floats

_ORDER = (0, 2, 4, 6, 1, 3, 5, 7)
"""By place in a word, from its lowest four bits on: the column."""
_PER_WORD = 8


class AwqRows(ColumnWords):
    """Rows of a weight that AWQ packed; see `ColumnWords`."""

    def zeros(self) -> Floats:
        """See `ColumnWords.zeros`."""
        return _unpacked(self._zero_words.columns(0, self.shape[0] // _PER_WORD)).astype(np.float32)

    def codes(self, first: int, count: int) -> Floats:
        """See `ColumnWords.codes`."""
        begin, end = first // _PER_WORD, -(-(first + count) // _PER_WORD)
        codes = np.ascontiguousarray(_unpacked(self._words.columns(begin, end - begin)).T)
        return codes[first - begin * _PER_WORD :][:count].astype(np.float32)


def find_awq(directory: Directory) -> Iterator[Logical]:
    """Weights stored as `qweight` (inputs, outputs / 8), `qzeros` and `scales` (groups, outputs)."""
    for stem in stems(directory, ".qweight"):
        weight, scale = directory.shape(f"{stem}.qweight"), directory.shape(f"{stem}.scales")
        if len(weight) != 2 or len(scale) != 2 or scale[1] != weight[1] * _PER_WORD:
            continue
        if directory.shape(f"{stem}.qzeros") != (scale[0], weight[1]):
            continue
        try:
            rows = AwqRows(directory, stem, (weight[1] * _PER_WORD, weight[0]), 4)
        except GaugerError as error:
            directory.unread.append((f"{stem}.qweight", error.message))
            continue
        parts = tuple(f"{stem}.{leaf}" for leaf in ("qweight", "qzeros", "scales"))
        yield Logical(name=f"{stem}.weight", rows=rows, quantiser="awq-4", stored=parts)


def _unpacked(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    halves = np.ascontiguousarray(words).view(np.uint8)
    codes = np.empty((len(words), halves.shape[1] // 4, _PER_WORD), np.uint8)
    table = halves.reshape(len(words), -1, 4)
    for place, column in enumerate(_ORDER):
        np.right_shift(table[:, :, place // 2], 4 * (place % 2), out=codes[:, :, column])
    codes &= 15
    return codes.reshape(len(words), -1)
