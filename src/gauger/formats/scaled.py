"""Weights in small numbers with scales for groups of them: `(code - zero point) × scale`."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from gauger.core.errors import Malformed
from gauger.formats.held import Held
from gauger.formats.number_types import Floats
from gauger.formats.rows import Indices, Rows

_FLOAT_BYTES = 4
Sizes = tuple[int, ...]


def spread(shape: Sizes, given: Sizes, *, axis: int = 0, block: int = 0) -> tuple[Sizes, Sizes]:
    """How does an array of scales lie over a tensor?

    Args:
        shape: Of the tensor.
        given: Of the scales: one number; one dimension along `axis`; the leading dimensions; or as many as
            the tensor, each of length 1, the tensor's, or one for each block.
        axis: Along which a single dimension runs; may be negative.
        block: Length of a block where it is known; else told from the sizes.

    Returns:
        The scales' shape with as many dimensions as the tensor, and the length of a block along each.

    Raises:
        Malformed: they do not fit.
    """
    if prod(given) == 1:
        return (1,) * len(shape), shape
    if len(given) == 1 and -len(shape) <= axis < len(shape):
        axis %= len(shape)
        given = tuple(given[0] if place == axis else 1 for place in range(len(shape)))
    elif len(given) < len(shape) and given == shape[: len(given)]:
        given = given + (1,) * (len(shape) - len(given))
    if len(given) != len(shape):
        raise Malformed(f"scales of {list(given)} do not fit {list(shape)}")
    block = _square(shape, given, block)
    steps = tuple(_step(size, count, block) for size, count in zip(shape, given, strict=True))
    if not all(steps):
        raise Malformed(f"scales of {list(given)} do not fit {list(shape)}")
    return given, steps


_USUAL_BLOCKS = (128, 64, 32, 16, 256)


def _square(shape: Sizes, given: Sizes, said: int) -> int:
    """The block that fits all dimensions in blocks: the said one or, of several, a usual one; else 0."""
    blocked = [(n, count) for n, count in zip(shape, given, strict=True) if count not in (1, n)]
    sides = ([said] if said > 0 else []) + (list(_USUAL_BLOCKS) if len(blocked) > 1 else [])
    return next((b for b in sides if all(-(-n // b) == count for n, count in blocked)), 0)


def _step(size: int, count: int, block: int) -> int:
    """Numbers that share a scale along one dimension; 0 where none fits.

    Where a size is no multiple of its count, the last block is short and the others of a usual length.
    """
    if count == 1:
        return max(1, size)
    if count == size:
        return 1
    if block and -(-size // block) == count:
        return block
    if count and size % count == 0:
        return size // count
    return next((usual for usual in _USUAL_BLOCKS if -(-size // usual) == count), 0)


class ScaleTable:
    """Scales or zero points, by rows of the weight; small ones are held.

    Args:
        rows: Their numbers.
        shape: As `spread` gave it.
        steps: As `spread` gave them.
        key: For `held`.
        held: Where small ones are kept.

    Raises:
        Malformed: large ones whose rows are not those of the weight.
    """

    def __init__(self, rows: Rows, shape: Sizes, steps: Sizes, *, key: tuple[str, str], held: Held) -> None:
        self._rows = rows
        self._shape = shape
        self._steps = steps
        self._key = key
        self._held = held
        self._small = prod(shape) * _FLOAT_BYTES <= held.most_bytes // 4
        columns = shape[-1] if shape else 1
        if not self._small and (rows.columns != columns or rows.count != prod(shape[:-1])):
            raise Malformed("scales that are too large to be held")
        if prod(rows.shape) != prod(shape):
            raise Malformed(f"scales of {list(rows.shape)} do not fit {list(shape)}")

    @property
    def columns(self) -> int:
        """Scales for one row."""
        return self._shape[-1] if self._shape else 1

    def of(self, chosen: Indices, leading: Sizes) -> Floats:
        """The scales of these rows of a weight with these leading dimensions: (rows or 1, columns)."""
        if prod(self._shape[:-1]) == 1:
            return self._all()
        places = np.zeros(len(chosen), np.int64)
        left, factor = chosen, 1
        for size, count, step in zip(leading[::-1], self._shape[-2::-1], self._steps[-2::-1], strict=True):
            if count > 1:
                places += left % size // step * factor
            left, factor = left // size, factor * count
        if self._small:
            return self._all()[places]
        distinct, where = np.unique(places, return_inverse=True)
        return self._rows.take(distinct)[where]

    def _all(self) -> Floats:
        def make() -> Floats:
            return self._rows.rows(0, self._rows.count).reshape(-1, self.columns)

        return self._held.get(self._key, make)


class Scaled(Rows):
    """Rows of a weight in small numbers, scaled.

    Args:
        codes: The small numbers.
        scale: Their scales.
        zero: Their zero points, spread over the weight in the same way; or one number for all.
        divide: Whether to divide by the scales.
        factor: One more scale, for the whole weight.
        groups: For each column, the column of the scales that is its own (activation order); None where
            groups follow one another.
        offset: Added to the scaled numbers, spread like the scales (MLX).
    """

    def __init__(
        self,
        codes: Rows,
        scale: ScaleTable,
        zero: ScaleTable | float = 0.0,
        *,
        step: int,
        divide: bool = False,
        factor: float = 1.0,
        groups: npt.NDArray[np.int64] | None = None,
        offset: ScaleTable | None = None,
    ) -> None:
        self.shape = codes.shape
        self._codes = codes
        self._scale = scale
        self._zero = zero
        self._step = step
        self._divide = divide
        self._factor = np.float32(factor)
        self._groups = groups
        self._offset = offset

    @property
    def row_bytes(self) -> int:
        """See `Rows.row_bytes`."""
        return self._codes.row_bytes

    def rows(self, first: int, count: int) -> Floats:
        """See `Rows.rows`."""
        return self._scaled(self._codes.rows(first, count), np.arange(first, first + count))

    def take(self, chosen: Indices) -> Floats:
        """See `Rows.take`."""
        return self._scaled(self._codes.take(chosen), chosen)

    def _scaled(self, numbers: Floats, chosen: Indices) -> Floats:
        leading = self.shape[:-1]
        with np.errstate(all="ignore"):
            if isinstance(self._zero, ScaleTable):
                self._apply(np.subtract, numbers, self._zero.of(chosen, leading))
            elif self._zero:
                numbers -= np.float32(self._zero)
            scale = self._scale.of(chosen, leading)
            if self._factor != 1:
                scale = scale * self._factor
            self._apply(np.divide if self._divide else np.multiply, numbers, scale)
            if self._offset is not None:
                self._apply(np.add, numbers, self._offset.of(chosen, leading))
        return numbers

    def _apply(self, operation: np.ufunc, numbers: Floats, values: Floats) -> None:
        """In place, each group of columns with its own value."""
        columns, count = numbers.shape[1], values.shape[1]
        if self._groups is not None and count > 1:
            operation(numbers, values[:, self._groups], out=numbers)
        elif count in (1, columns):
            operation(numbers, values, out=numbers)
        elif columns == count * self._step:
            grouped = numbers.reshape(len(numbers), count, self._step)
            operation(grouped, values[:, :, None], out=grouped)
        else:
            operation(numbers, np.repeat(values, self._step, axis=1)[:, :columns], out=numbers)
