"""A few thousand numbers of every tensor, taken at places that depend on its lengths alone.

Two files of one model name their tensors differently, transpose some and drop axes of length one. A sketch
takes the same numbers from both: its places along an axis are a fixed function of the axis' length, so that
the sketch of a transposed tensor is the transposed sketch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import permutations, product
from math import factorial, prod

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.limits import Limits
from gauger.formats.number_types import Floats
from gauger.trace.weights.network import Matrix

VALUES = 4096
"""Numbers of one sketch at most. The cosine of two independent sketches then spreads by 1/64."""
_SEED = 20261123
_MOST_VARIANTS = 24
_ROUNDING = 1e-6

Places = npt.NDArray[np.int64]


class Sketch(msgspec.Struct, frozen=True, eq=False):
    """Numbers of one tensor at the fixed places.

    Attributes:
        matrix: Where they come from.
        lengths: The tensor's axes without those of length one, longest first.
        values: float32 array with one axis for each of `lengths`: the numbers at the fixed places.
        finite: Whether all of them are finite and not all are equal.
    """

    matrix: Matrix
    lengths: tuple[int, ...]
    values: Floats
    finite: bool

    @property
    def numbers(self) -> int:
        """How many numbers the whole tensor has."""
        return prod(self.lengths)


@cache
def places(length: int, count: int) -> Places:
    """Which `count` of `length` places are taken along an axis? Sorted; all where there are no more.

    Drawn once for all from a fixed seed: evenly spaced places would always meet the same place of a block of
    a quantiser.
    """
    if length <= count:
        return np.arange(length)
    generator = np.random.default_rng((_SEED, length, count))
    return np.sort(generator.choice(length, size=count, replace=False))


def counts(lengths: Sequence[int]) -> tuple[int, ...]:
    """How many places are taken along each axis, so that a sketch has at most `VALUES` numbers?

    The longest axes give first; axes of one length get one count, so that the order of axes does not matter.
    """
    taken = list(lengths)
    while prod(taken) > VALUES:
        longest = max(taken)
        low = max((n for n in taken if n < longest), default=1)
        ties = taken.count(longest)
        rest = prod(n for n in taken if n < longest)
        fitting = int((VALUES / max(rest, 1)) ** (1 / ties))
        new = max(1, min(longest - 1, max(fitting, low)))
        taken = [new if n == longest else n for n in taken]
    return tuple(taken)


def axes_of(matrix: Matrix) -> tuple[int, ...]:
    """The tensor's axes without those of length one: as stored where the matrix is all of it."""
    stored = tuple(n for n in matrix.tensor.shape if n != 1)
    whole = prod(matrix.shape) == prod(matrix.tensor.shape)
    if whole and len(stored) > 2:
        return stored
    return tuple(n for n in matrix.shape if n != 1)


def sketch_of(matrix: Matrix, limits: Limits) -> Sketch:
    """Which numbers stand at the fixed places of this tensor?

    Reads the rows that it needs; of a convolution all, since its axes are small.

    Raises:
        GaugerError: as `Matrix.rows`.
    """
    axes = axes_of(matrix)
    order = tuple(sorted(range(len(axes)), key=lambda n: -axes[n]))
    lengths = tuple(axes[n] for n in order)
    taken = dict(zip(lengths, counts(lengths), strict=True))
    chosen = [places(n, taken[n]) for n in axes]
    if len(axes) <= 2:
        stored = matrix if matrix.by_rows else matrix.turned()
        rows, columns = (places(n, taken.get(n, 1)) for n in stored.shape)
        values = stored.gather(rows)[:, columns]
        values = (values if stored is matrix else values.T).reshape([len(c) for c in chosen])
    else:
        limits.check(4 * prod(axes), "header_bytes", subject=matrix.tensor.name)
        values = matrix.whole().reshape(axes)[np.ix_(*chosen)]
    values = np.ascontiguousarray(values.transpose(order), dtype=np.float32)
    finite = bool(np.isfinite(values).all()) and values.size > 1 and float(np.ptp(values)) > 0.0
    return Sketch(matrix=matrix, lengths=lengths, values=values, finite=finite)


def variants(sketch: Sketch) -> Iterator[tuple[tuple[int, ...], Floats]]:
    """The sketch under every order of axes that leaves the lengths as they are, the stored order first."""
    groups: list[list[int]] = []
    for axis, length in enumerate(sketch.lengths):
        if groups and sketch.lengths[groups[-1][0]] == length:
            groups[-1].append(axis)
        else:
            groups.append([axis])
    for number, parts in enumerate(product(*(permutations(group) for group in groups))):
        if number == _MOST_VARIANTS:
            return
        order = tuple(axis for part in parts for axis in part)
        yield order, sketch.values.transpose(order)


def orders(lengths: Sequence[int]) -> int:
    """In how many orders of its axes is a tensor of these lengths compared? As many as `variants` yields."""
    return min(_MOST_VARIANTS, prod(factorial(n) for n in Counter(lengths).values()))


def centred(values: Floats) -> Floats:
    """The numbers without what each single axis explains, as a flat vector of length one (or of zeros).

    Independent models share means: a common vector of all tokens, kernels that are heavy in the middle. Where
    only rounding is left (all rows alike), that is nothing.
    """
    rest = values.astype(np.float64)
    whole = float(np.linalg.norm(rest))
    for axis in range(rest.ndim):
        if rest.shape[axis] > 1:
            others = tuple(n for n in range(rest.ndim) if n != axis)
            rest = rest - rest.mean(axis=others, keepdims=True) if others else rest - rest.mean()
    flat = rest.reshape(-1)
    norm = float(np.linalg.norm(flat))
    return (flat / norm if norm > _ROUNDING * whole else flat * 0).astype(np.float32)
