"""Integers packed into words of 32 bits in a table whose columns are a layer's outputs (GPTQ, AWQ)."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import numpy.typing as npt

from gauger.core.errors import Malformed
from gauger.formats.composite import Directory
from gauger.formats.number_types import Floats
from gauger.formats.rows import Rows

Words = npt.NDArray[np.uint32]
_WORD = 4


class WordTable:
    """A stored tensor of 32-bit words with two dimensions, read by columns.

    A table of at most eight blocks is read once and held; of a larger one, each row's stretch is read.

    Args:
        directory: Where it is stored.
        name: Its name.

    Raises:
        Malformed: it is no such tensor.
        Unreadable: its bytes are not here.
    """

    def __init__(self, directory: Directory, name: str) -> None:
        entry = directory.entries[name]
        self._data = directory.octets(name)
        if len(entry.shape) != 2 or entry.shape[0] * entry.shape[1] * _WORD != self._data.size_bytes:
            raise Malformed("packed integers of an odd shape")
        self._down, self._across = entry.shape
        self._held = directory.held
        self._key = ("words", name)

    def columns(self, first: int, count: int) -> Words:
        """These columns: an array of shape (rows, count), not to be written to."""
        if self._data.size_bytes <= self._held.most_bytes:
            whole = self._held.get(self._key, lambda: self._data.read(0, self._data.size_bytes))
            return whole.view("<u4").reshape(self._down, self._across)[:, first : first + count]
        words = np.empty((self._down, count), np.uint32)
        for row in range(self._down):
            at = (row * self._across + first) * _WORD
            words[row] = self._data.read(at, count * _WORD).view("<u4")
        return words


class ColumnWords(Rows):
    """A linear layer's weight, (outputs, inputs), out of codes stored by columns.

    Scales and zero points are read when they are first needed, and held only as long as there is room.

    Args:
        directory: Where they are stored.
        stem: What the names of all parts begin with.
        shape: Outputs and inputs.
        bits: Of one code.

    Raises:
        Malformed: no such tensors, or more groups than inputs.
        Unreadable: their bytes are not here.
    """

    def __init__(self, directory: Directory, stem: str, shape: tuple[int, int], bits: int) -> None:
        self.shape = shape
        self._directory = directory
        self._stem = stem
        self._bits = bits
        self._words = WordTable(directory, f"{stem}.qweight")
        self._zero_words = WordTable(directory, f"{stem}.qzeros")
        self._group_count = directory.shape(f"{stem}.scales")[0]
        if not 0 < self._group_count <= shape[1]:
            raise Malformed(f"{self._group_count} groups of {shape[1]} inputs")

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return -(-self.columns * self._bits // 8)

    @abstractmethod
    def codes(self, first: int, count: int) -> Floats:
        """The codes of these outputs, of shape (count, inputs), to be written over."""

    @abstractmethod
    def zeros(self) -> Floats:
        """All zero points, of shape (groups, outputs)."""

    def groups(self) -> npt.NDArray[np.int64]:
        """For each input, its group: here they follow one another."""
        return np.arange(self.columns) // -(-self.columns // self._group_count)

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        if not count:
            return np.zeros((0, self.columns), np.float32)
        held, stem, chosen = self._directory.held, self._stem, slice(first, first + count)
        scales = held.get(("scales", stem), lambda: self._directory.array(f"{stem}.scales"))[:, chosen]
        zeros = held.get(("zeros", stem), self.zeros)[:, chosen]
        groups = held.get(("groups", stem), self.groups)
        numbers = self.codes(first, count)
        step = self._step(groups)
        with np.errstate(all="ignore"):
            if step:
                grouped = numbers.reshape(count, -1, step)
                grouped -= zeros.T[:, :, None]
                grouped *= scales.T[:, :, None]
            else:
                numbers -= zeros.T[:, groups]
                numbers *= scales.T[:, groups]
        return numbers

    def _step(self, groups: npt.NDArray[np.int64]) -> int:
        """Inputs of one group where groups are equal and follow one another; else 0."""
        step = self.columns // self._group_count
        if step * self._group_count != self.columns:
            return 0
        table = groups.reshape(-1, step)
        return step if (table == np.arange(self._group_count)[:, None]).all() else 0


def stems(directory: Directory, leaf: str) -> list[str]:
    """What stands before this last part of a name, for every name that ends with it."""
    return [name.removesuffix(leaf) for name in directory.entries if name.endswith(leaf)]
