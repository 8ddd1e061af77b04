"""Are all numbers of two models equal, whatever their tensors are called and however they are stored?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from gauger.core.errors import GaugerError
from gauger.formats.weights import Tensor, Weights

MOST_BYTES = 1 << 30
"""Files of models above this size are not read whole; equality then rests on the sampled numbers, and says so."""


def all_equal(ours: Weights, theirs: Weights, partners: Mapping[str, str]) -> bool | None:
    """Does every tensor of one have an equal one in the other, names aside?

    Every number of both is read, one-dimensional tensors included. Partners of one shape are compared block by
    block; what has no partner is compared by the digest of its numbers. O(bytes) time, two blocks of memory.

    Args:
        ours: The one model.
        theirs: The other.
        partners: Names of tensors of ours with those of theirs that they correspond to.

    Returns:
        None where the models are too large, or a tensor cannot be read.
    """
    if max(ours.total_bytes, theirs.total_bytes) > MOST_BYTES or ours.unread or theirs.unread:
        return None
    if len(ours.tensors) != len(theirs.tensors):
        return False
    table = {tensor.name: tensor for tensor in theirs.tensors}
    alone: list[Tensor] = []
    try:
        for tensor in ours.tensors:
            other = table.get(partners.get(tensor.name, tensor.name))
            if other is None or other.shape != tensor.shape:
                alone.append(tensor)
                continue
            del table[other.name]
            if not _same_numbers(ours, tensor, theirs, other):
                return False
        return _digests(ours, alone) == _digests(theirs, list(table.values()))
    except GaugerError:
        return None


def _same_numbers(ours: Weights, tensor: Tensor, theirs: Weights, other: Tensor) -> bool:
    pairs = zip(ours.blocks(tensor), theirs.blocks(other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _digests(weights: Weights, tensors: Sequence[Tensor]) -> Counter[str]:
    return Counter(digest_of(weights, tensor) for tensor in tensors)


def digest_of(weights: Weights, tensor: Tensor) -> str:
    """The digest of one tensor's numbers, whatever its name and stored type: SHA-256 over float32 rows.

    Raises:
        GaugerError: as `Weights.blocks`.
    """
    digest = hashlib.sha256(repr(tuple(n for n in tensor.shape if n != 1)).encode())
    for block in weights.blocks(tensor):
        digest.update(memoryview(np.ascontiguousarray(block)).cast("B"))
    return digest.hexdigest()
