"""One weight matrix in the orientation (outputs, inputs), read by rows, whatever the file's own layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.errors import LimitExceeded
from gauger.formats.number_types import Floats
from gauger.formats.weights import Tensor, Weights
from gauger.trace.weights.place import Place

Indices = npt.NDArray[np.int64]
Picks = range | Indices

BLOCK_BYTES = 8 << 20
"""float32 bytes of one block that `blocks` yields."""

HELD_BYTES = 128 << 20
"""float32 bytes of outputs that are held at a time where they run along the columns of the file: the file's
matrix is read once for each such part."""

WHOLE_BYTES = 512 << 20
"""float32 bytes of the largest matrix that `whole` gives."""

_FLOAT_BYTES = 4


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Which numbers of a tensor, flattened to two dimensions, make up a matrix.

    Attributes:
        rows: Rows of the file, in the order wanted.
        columns: Columns of the file, in the order wanted; None for all.
        transposed: The matrix's outputs run along the file's columns.
        fold: So many rows of the file are one row here (a convolution's kernels).
    """

    rows: Picks
    columns: Picks | None = None
    transposed: bool = False
    fold: int = 1


class Matrix:
    """A weight matrix: shape (outputs, inputs), numbers as the model uses them.

    Args:
        weights: The opened model.
        tensor: The tensor that holds the numbers; several matrices may share one.
        place: Where it sits in the network.
        view: Which part of the tensor it is; the whole, not transposed, by default.
        gates: For recurrent weights, how many gates are stacked in the outputs; else 0.
    """

    __slots__ = ("_columns", "gates", "place", "shape", "tensor", "view", "weights")

    def __init__(
        self, weights: Weights, tensor: Tensor, place: Place, view: View | None = None, *, gates: int = 0
    ) -> None:
        self.weights = weights
        self.tensor = tensor
        self.place = place
        self.view = view or whole_view(tensor)
        self.gates = gates
        width = (tensor.shape[-1] if tensor.shape else 1) * self.view.fold
        self._columns = width
        inner = len(self.view.columns) if self.view.columns is not None else width
        outer = len(self.view.rows)
        self.shape = (inner, outer) if self.view.transposed else (outer, inner)

    def __repr__(self) -> str:
        return f"Matrix({self.place.component} {self.place.role or '?'} {self.shape} of {self.tensor.name})"

    def turned(self) -> Matrix:
        """The same numbers with outputs and inputs exchanged."""
        view = msgspec.structs.replace(self.view, transposed=not self.view.transposed)
        return Matrix(self.weights, self.tensor, self.place, view, gates=self.gates)

    def placed(self, place: Place, *, gates: int = 0) -> Matrix:
        """The same numbers at another place."""
        return Matrix(self.weights, self.tensor, place, self.view, gates=gates or self.gates)

    @property
    def by_rows(self) -> bool:
        """Are its outputs rows of the file, so that some can be read without the others?"""
        return not self.view.transposed

    def rows(self, first: int = 0, count: int | None = None) -> Floats:
        """What are these outputs' weights?

        Returns:
            float32 array of shape (count, inputs). Only the rows that are asked for are read where they are
            rows of the file; otherwise all of the matrix goes by, in blocks.

        Raises:
            LimitExceeded: more than `WHOLE_BYTES` were asked for.
            Malformed: as `Weights.blocks`.
            Unreadable: as `Weights.blocks`.
        """
        last = self.shape[0] if count is None else min(self.shape[0], first + count)
        first = min(max(first, 0), last)
        self._check(last - first)
        if not self.view.transposed:
            return _columns_of(self._fetch(self.view.rows[first:last]), self.view.columns)
        return self._turned_rows(first, last)

    def gather(self, indices: Sequence[int] | Indices) -> Floats:
        """What are the weights of scattered outputs, in the order given? See `rows`.

        Raises:
            LimitExceeded: as `rows`.
            Malformed: as `rows`.
            Unreadable: as `rows`.
        """
        wanted = np.asarray(indices, dtype=np.int64)
        self._check(len(wanted))
        if self.view.transposed:
            columns = self.view.columns if self.view.columns is not None else range(self._columns)
            part = np.asarray(columns, dtype=np.int64)[wanted]
            narrow = msgspec.structs.replace(self.view, columns=part)
            return Matrix(self.weights, self.tensor, self.place, narrow).rows()
        if isinstance(self.view.rows, range):
            picked = self.view.rows.start + wanted * self.view.rows.step
        else:
            picked = self.view.rows[wanted]
        return _columns_of(self._fetch(picked), self.view.columns)

    def whole(self) -> Floats:
        """All of it. Raises as `rows`."""
        return self.rows()

    def blocks(self, first: int = 0, count: int | None = None, *, rows: int = 0) -> Iterator[Floats]:
        """What are these outputs' weights, some rows at a time?

        Args:
            first: The first output.
            count: How many; all by default.
            rows: How many at a time; as many as fit into `BLOCK_BYTES` by default.

        Yields:
            As `rows`. Peak memory: a block or two, and up to `HELD_BYTES` for transposed matrices.
        """
        last = self.shape[0] if count is None else min(self.shape[0], first + count)
        step = rows or block_rows(self.shape[1])
        held = step if self.by_rows else max(step, HELD_BYTES // (_FLOAT_BYTES * max(1, self.shape[1])))
        held -= held % step
        for start in range(first, last, held):
            part = self.rows(start, min(held, last - start))
            for offset in range(0, len(part), step):
                yield part[offset : offset + step]

    def _check(self, rows: int) -> None:
        if rows * self.shape[1] * _FLOAT_BYTES > WHOLE_BYTES:
            raise LimitExceeded(
                f"{rows} × {self.shape[1]} numbers are too many at once", subject=self.tensor.name
            )

    def _turned_rows(self, first: int, last: int) -> Floats:
        columns = self.view.columns if self.view.columns is not None else range(self._columns)
        wanted = columns[first:last]
        inputs = len(self.view.rows)
        out = np.empty((last - first, inputs), np.float32)
        step = block_rows(self._columns)
        for start in range(0, inputs, step):
            part = self._fetch(self.view.rows[start : start + step])
            out[:, start : start + len(part)] = _columns_of(part, wanted).T
        return out

    def _fetch(self, picks: Picks) -> Floats:
        """Rows of the file, folded, in this order."""
        if not len(picks):
            return np.empty((0, self._columns), np.float32)
        if isinstance(picks, range) and picks.step > 0:
            lowest, highest = picks[0], picks[-1]
            return self._span(lowest, highest - lowest + 1)[:: picks.step]
        chosen = np.asarray(picks, dtype=np.int64)
        lowest, highest = int(chosen.min()), int(chosen.max())
        if highest - lowest < 2 * len(chosen):
            return self._span(lowest, highest - lowest + 1)[chosen - lowest]
        return self._scattered(chosen)

    def _scattered(self, picks: Indices) -> Floats:
        """Rows far apart, a block at a time."""
        fold = self.view.fold
        out = np.empty((len(picks), self._columns), np.float32)
        step = block_rows(self._columns)
        for start in range(0, len(picks), step):
            part = picks[start : start + step]
            rows = part if fold == 1 else (part[:, None] * fold + np.arange(fold)).ravel()
            out[start : start + step] = self.weights.gather(self.tensor, rows.tolist()).reshape(len(part), -1)
        return out

    def _span(self, first: int, count: int) -> Floats:
        """Neighbouring rows of the file, folded."""
        fold = self.view.fold
        out: Floats | None = None
        done = 0
        for block in self.weights.blocks(self.tensor, first * fold, count * fold):
            if len(block) == count * fold:
                return block.reshape(count, self._columns)
            if out is None:
                out = np.empty((count * fold, block.shape[1]), np.float32)
            out[done : done + len(block)] = block
            done += len(block)
        if out is None:
            return np.empty((0, self._columns), np.float32)
        return out.reshape(count, self._columns)


def block_rows(columns: int) -> int:
    """How many rows of that many numbers fit into a block? At least one."""
    return max(1, BLOCK_BYTES // (_FLOAT_BYTES * max(1, columns)))


def whole_view(tensor: Tensor, *, transposed: bool = False) -> View:
    """The view of a whole tensor: of two dimensions as it is, of more with all but the first folded."""
    if len(tensor.shape) <= 2:
        return View(rows=range(prod(tensor.shape[:-1])), transposed=transposed)
    return View(rows=range(tensor.shape[0]), fold=prod(tensor.shape[1:-1]), transposed=transposed)


def _columns_of(block: Floats, columns: Picks | None) -> Floats:
    if columns is None:
        return block
    if isinstance(columns, range):
        if not len(columns):
            return block[:, :0]
        return block[:, columns.start : columns[-1] + 1 : columns.step]
    return block[:, columns]
