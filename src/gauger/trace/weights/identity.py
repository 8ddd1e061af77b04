"""Are all numbers of two models equal, whatever their tensors are called and however they are stored?"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.formats.weights import Tensor, Weights
from gauger.trace.weights.links import Link, array_pair, matrix_pair
from gauger.trace.weights.matrix import Matrix

MOST_BYTES = 1 << 30
"""Files of models above this size are not read whole; equality then rests on the sampled numbers, and says
so."""


class Equality(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing every number of two models gave.

    Attributes:
        altered: Matrices of ours with other numbers than the one that they are linked to.
        differing: Other tensors of ours that have a partner of their size in theirs, and none with their
            numbers.
        ours_only: Tensors of ours without any partner.
        theirs_only: Tensors of theirs without any.
    """

    altered: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    ours_only: tuple[str, ...] = ()
    theirs_only: tuple[str, ...] = ()


def equality(
    ours: Weights,
    theirs: Weights,
    links: Sequence[Link],
    matrices: tuple[Sequence[Matrix], Sequence[Matrix]],
    limits: Limits,
) -> Equality | None:
    """Which tensors of one have no equal one in the other, names and layout aside?

    Every number of both is read, one-dimensional tensors included. Linked matrices are compared block by
    block in one orientation; of everything else the digests of the numbers. O(bytes) time, two blocks of
    memory.

    Args:
        ours: The one model.
        theirs: The other.
        links: Matrices of ours with those of theirs that they correspond to.
        matrices: All matrices of both, to know which tensors the links cover whole.
        limits: Bounds.

    Returns:
        None where the models are too large, or a tensor cannot be read.
    """
    if max(ours.total_bytes, theirs.total_bytes) > MOST_BYTES or ours.unread or theirs.unread:
        return None
    try:
        altered = tuple(sorted({x.matrix.tensor.name for x in links if not _same_numbers(x, limits)}))
        compared = ({id(x.matrix) for x in links}, {id(x.match.theirs.matrix) for x in links})
        rest = [
            _digests(side, _uncovered(side.tensors, every, done))
            for side, every, done in zip((ours, theirs), matrices, compared, strict=True)
        ]
    except GaugerError:
        return None
    differing, ours_only, theirs_only = _told_apart(*rest)
    return Equality(altered=altered, differing=differing, ours_only=ours_only, theirs_only=theirs_only)


def _same_numbers(link: Link, limits: Limits) -> bool:
    pair = matrix_pair(link.match)
    if pair is None:
        return bool(np.array_equal(*array_pair(link.match, limits), equal_nan=True))
    ours, theirs = pair if pair[0].by_rows else (pair[0].turned(), pair[1].turned())
    return all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(ours.blocks(), theirs.blocks(), strict=True)
    )


def _uncovered(tensors: Iterable[Tensor], matrices: Iterable[Matrix], done: set[int]) -> list[Tensor]:
    """Tensors that are no matrix, or of which a matrix was not compared."""
    covered: dict[str, bool] = {}
    for matrix in matrices:
        name = matrix.tensor.name
        covered[name] = covered.get(name, True) and id(matrix) in done
    return [tensor for tensor in tensors if not covered.get(tensor.name, False)]


_Digests = dict[str, list[tuple[tuple[int, ...], str]]]


def _digests(weights: Weights, tensors: Iterable[Tensor]) -> _Digests:
    """Sizes and names of the tensors by the digest of their numbers."""
    found: _Digests = defaultdict(list)
    for tensor in tensors:
        found[digest_of(weights, tensor)].append((_size(tensor), tensor.name))
    return found


def _told_apart(ours: _Digests, theirs: _Digests) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names of ours with other numbers, of what only ours has, and of what only theirs has.

    A tensor without an equal one is one more of its size where there are more of that size here than there,
    by as many; else its numbers differ.
    """
    sizes = [Counter(size for tensors in side.values() for size, _ in tensors) for side in (ours, theirs)]
    differing: list[str] = []
    alone: tuple[list[str], list[str]] = ([], [])
    for number, (side, other) in enumerate(((ours, theirs), (theirs, ours))):
        left: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for digest in side.keys() - other.keys():
            for size, name in side[digest]:
                left[size].append(name)
        for size, names in left.items():
            more = len(names) <= sizes[number][size] - sizes[1 - number][size]
            if more:
                alone[number].extend(names)
            elif number == 0:
                differing.extend(names)
            elif not any(size == s for d in ours.keys() - theirs.keys() for s, _ in ours[d]):
                alone[1].extend(names)
    return tuple(sorted(differing)), tuple(sorted(alone[0])), tuple(sorted(alone[1]))


def _size(tensor: Tensor) -> tuple[int, ...]:
    return tuple(sorted(Counter(n for n in tensor.shape if n != 1).elements()))


def digest_of(weights: Weights, tensor: Tensor) -> str:
    """The digest of one tensor's numbers, whatever its name and stored type: SHA-256 over float32 rows.

    Raises:
        GaugerError: as `Weights.blocks`.
    """
    digest = hashlib.sha256(repr(tuple(n for n in tensor.shape if n != 1)).encode())
    for block in weights.blocks(tensor):
        digest.update((np.ascontiguousarray(block) + np.float32(0.0)).tobytes())
    return digest.hexdigest()
