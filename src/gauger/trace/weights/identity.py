"""Are all numbers of two models equal, whatever their tensors are called and however they are stored?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from gauger.core.errors import GaugerError
from gauger.formats.weights import Tensor, Weights
from gauger.trace.weights.links import Link
from gauger.trace.weights.matrix import Matrix

MOST_BYTES = 1 << 30
"""Files of models above this size are not read whole; equality then rests on the sampled numbers, and says
so."""


def all_equal(ours: Weights, theirs: Weights, links: Sequence[Link]) -> bool | None:
    """Does every tensor of one have an equal one in the other, names aside?

    Every number of both is read, one-dimensional tensors included. Linked matrices that lie the same way are
    compared block by block; of everything else the digests of the numbers. O(bytes) time, two blocks of
    memory.

    Args:
        ours: The one model.
        theirs: The other.
        links: Matrices of ours with those of theirs that they correspond to.

    Returns:
        None where the models are too large, or a tensor cannot be read.
    """
    if max(ours.total_bytes, theirs.total_bytes) > MOST_BYTES or ours.unread or theirs.unread:
        return None
    done: tuple[set[str], set[str]] = (set(), set())
    try:
        for link in links:
            a, b = link.match.ours.matrix, link.match.theirs.matrix
            straight = link.match.order == tuple(range(len(link.match.order)))
            if straight and a.shape == b.shape and a.by_rows == b.by_rows:
                if not _same_numbers(a if a.by_rows else a.turned(), b if b.by_rows else b.turned()):
                    return False
                done[0].add(a.tensor.name)
                done[1].add(b.tensor.name)
        rest = [
            [t for t in side.tensors if t.name not in names]
            for side, names in zip((ours, theirs), done, strict=True)
        ]
        return _digests(ours, rest[0]) == _digests(theirs, rest[1])
    except GaugerError:
        return None


def _same_numbers(ours: Matrix, theirs: Matrix) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(ours.blocks(), theirs.blocks(), strict=True))


def _digests(weights: Weights, tensors: Sequence[Tensor]) -> Counter[str]:
    return Counter(digest_of(weights, tensor) for tensor in tensors)


def digest_of(weights: Weights, tensor: Tensor) -> str:
    """The digest of one tensor's numbers, whatever its name and stored type: SHA-256 over float32 rows.

    Raises:
        GaugerError: as `Weights.blocks`.
    """
    digest = hashlib.sha256(repr(tuple(n for n in tensor.shape if n != 1)).encode())
    for block in weights.blocks(tensor):
        digest.update(np.ascontiguousarray(block).tobytes())
    return digest.hexdigest()
