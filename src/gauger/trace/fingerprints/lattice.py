"""Which numbers of a tensor stand for it: places that its shape alone decides, and a digest of all of them.

Files of one model name tensors differently, transpose some and drop axes of length one. Here axes are ordered
by
length, longest first; that of equal ones is either way, and both ways are looked at where it matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import groupby, islice, permutations, product
from math import prod

import numpy as np
import numpy.typing as npt

from gauger.core.limits import Limits
from gauger.formats.number_types import Floats
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.sketch import axes_of, places

SAMPLE, ROWS = 64, 2048
"""Numbers of a tensor's sample, and of its rows for the same-basis test."""
_SIDE = {SAMPLE: 8, ROWS: 45}
_BASE = 64
_TILE = 128
_MOST_WHOLE = 64 * 1024 * 1024
_MOST_ORDERS = 6


def canonical(lengths: Sequence[int]) -> tuple[int, ...]:
    """Which shape is this in the canonical layout? Longest axes first, those of length one left out."""
    return tuple(sorted((n for n in lengths if n != 1), reverse=True))


def counts(lengths: Sequence[int], most: int) -> tuple[int, ...]:
    """How many places are taken along each axis, longest first, for at most `most` numbers?

    The shortest axes give first. Axes of one length get one count, so that their order does not matter.
    """
    if len(lengths) == 1:
        return (min(lengths[0], most),)
    taken = {n: min(n, _SIDE[most]) for n in lengths}
    for shortest in sorted(taken):
        while taken[shortest] > 1 and prod(taken[n] for n in lengths) > most:
            taken[shortest] -= 1
    return tuple(taken[n] for n in lengths)


def axis_places(length: int, count: int) -> npt.NDArray[np.int64]:
    """Which `count` places are taken along an axis? Evenly out of a fixed draw of 64, or all."""
    base = places(length, max(_BASE, count) if count > _BASE else _BASE)
    if count >= len(base):
        return base
    return base[np.linspace(0, len(base) - 1, count).round().astype(np.int64)]


def numbers_at(matrix: Matrix, most: int, limits: Limits) -> Floats:
    """Which numbers stand at the tensor's fixed places?

    Returns:
        float32 array with one axis for each of `canonical(axes_of(matrix))`. Only the rows needed are read;
        of tensors with more than two axes all.

    Raises:
        GaugerError: as `Matrix.rows`; LimitExceeded for a large tensor of more than two axes.
    """
    axes = axes_of(matrix)
    order = tuple(sorted(range(len(axes)), key=lambda n: -axes[n]))
    lengths = tuple(axes[n] for n in order)
    taken = dict(zip(lengths, counts(lengths, most), strict=True))
    chosen = [axis_places(n, taken[n]) for n in axes]
    if len(axes) > 2:
        limits.check(4 * prod(axes), "header_bytes", subject=matrix.tensor.name)
        values = matrix.whole().reshape(axes)[np.ix_(*chosen)]
    else:
        stored = matrix if matrix.by_rows else matrix.turned()
        rows, columns = (axis_places(n, taken.get(n, 1)) for n in stored.shape)
        values = stored.gather(rows)[:, columns]
        values = (values if stored is matrix else values.T).reshape([len(c) for c in chosen])
    return np.nan_to_num(
        np.ascontiguousarray(values.transpose(order), dtype=np.float32), posinf=0.0, neginf=0.0
    )


def orders(lengths: Sequence[int]) -> list[tuple[int, ...]]:
    """In which orders of its axes does a tensor keep this canonical shape? The stored one first."""
    groups = [
        [axis for axis, _ in group] for _, group in groupby(enumerate(lengths), key=lambda item: item[1])
    ]
    ways = product(*(permutations(group) for group in groups))
    return [tuple(axis for part in way for axis in part) for way in islice(ways, _MOST_ORDERS)]


class Whole:
    """What all numbers of a tensor together are.

    Attributes:
        digest: SHA-256 in the canonical layout; empty where the tensor has too many axes and numbers for
            that.
        mean: Of all finite numbers.
        deviation: Standard deviation.
    """

    __slots__ = ("deviation", "digest", "mean")

    def __init__(self, digest: str, count: int, total: float, squares: float) -> None:
        self.digest = digest
        self.mean = total / max(count, 1)
        self.deviation = max(squares / max(count, 1) - self.mean**2, 0.0) ** 0.5


def whole_of(matrix: Matrix) -> Whole:
    """What is the digest of all numbers as float32, whatever the layout, and their mean and deviation?

    Two-dimensional tensors go by in stripes of 128 rows: the digest is taken over the digests of tiles of
    128 × 128 numbers, so that a transposed file gives the same one in bounded memory. O(numbers) time.

    Raises:
        GaugerError: as `Matrix.blocks`.
    """
    axes = axes_of(matrix)
    return _tiled(matrix) if len(axes) <= 2 else _small(matrix, axes)


def _tiled(matrix: Matrix) -> Whole:
    stored = matrix if matrix.by_rows else matrix.turned()
    rows, columns = stored.shape
    upright, square = rows >= columns, rows == columns
    plain: list[list[bytes]] = []
    turned: list[list[bytes]] = []
    total = squares = 0.0
    for stripe in stored.blocks(rows=_TILE):
        numbers = stripe + np.float32(0.0)
        finite = np.nan_to_num(numbers, posinf=0.0, neginf=0.0)
        total += float(finite.sum(dtype=np.float64))
        squares += float(np.einsum("ij,ij->", finite, finite, dtype=np.float64))
        tiles = [numbers[:, at : at + _TILE] for at in range(0, columns, _TILE)]
        if upright:
            plain.append([_hashed(tile) for tile in tiles])
        if square or not upright:
            turned.append([_hashed(tile.T) for tile in tiles])
    found = []
    if upright:
        found.append(_joined((rows, columns), plain))
    if square or not upright:
        found.append(_joined((columns, rows), list(map(list, zip(*turned, strict=True)))))
    return Whole(min(found), rows * columns, total, squares)


def _small(matrix: Matrix, axes: Sequence[int]) -> Whole:
    if 4 * prod(axes) > _MOST_WHOLE:
        return Whole("", 0, 0.0, 0.0)
    values = matrix.whole().reshape(axes) + np.float32(0.0)
    order = sorted(range(len(axes)), key=lambda n: -axes[n])
    values = values.transpose(order)
    digests = [_joined(values.shape, [[_hashed(values.transpose(way))]]) for way in orders(values.shape)]
    finite = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    return Whole(min(digests), values.size, float(finite.sum()), float((finite * finite).sum()))


def _hashed(tile: Floats) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(tile, dtype="<f4").data).digest()


def _joined(shape: Sequence[int], tiles: Sequence[Sequence[bytes]]) -> str:
    kept = [n for n in shape if n != 1]
    hasher = hashlib.sha256(("x".join(map(str, kept)) + "\n").encode())
    for row in tiles:
        for tile in row:
            hasher.update(tile)
    return hasher.hexdigest()
