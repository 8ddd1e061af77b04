"""Do two attention layers compute the same, although their matrices differ? Products tell."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.errors import GaugerError
from gauger.formats.number_types import Floats
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.network import Network

_WIDEST = 4096
_COLUMNS = 256
_HEAD_SIZES = (32, 48, 56, 64, 72, 80, 96, 112, 128, 160, 192, 256)

Numbers = npt.NDArray[np.float64]


class Circuits(msgspec.Struct, frozen=True):
    """How alike the products of an attention layer are in two models.

    Attributes:
        scores: Cosine of Σ over heads of query' · key, at sampled places.
        values: Cosine of Σ over heads of output · value.
    """

    scores: float
    values: float


def circuits(a: Network, b: Network, ours: str, theirs: str) -> Circuits | None:
    """How alike are the products of these two layers? None where a matrix is missing or the sizes differ.

    Query and key enter the scores only by their product, value and output the result only by theirs. The
    products stay as they are when heads change places, when value and output are mixed inside a head, and
    when query and key are turned together. O(width · heads' width · 256) for each product.
    """
    one, two = _parts(a, ours), _parts(b, theirs)
    if one is None or two is None:
        return None
    if [m.shape for m in one] != [m.shape for m in two]:
        return None
    query, key, value, output = one
    width = query.shape[1]
    if width > _WIDEST or output.shape[0] != width:
        return None
    picks = np.unique(np.linspace(0, width - 1, min(_COLUMNS, width)).round().astype(int))
    try:
        first, second = ([m.whole() for m in side] for side in (one, two))
    except GaugerError:
        return None
    best: Circuits | None = None
    for size in _head_sizes(query.shape[0], key.shape[0], value.shape[0]):
        found = Circuits(
            scores=_cosine(_scores(first, size, picks), _scores(second, size, picks)),
            values=_cosine(_values(first, size, picks), _values(second, size, picks)),
        )
        if best is None or found.scores + found.values > best.scores + best.values:
            best = found
    return best


def _parts(network: Network, component: str) -> tuple[Matrix, Matrix, Matrix, Matrix] | None:
    by_role = {m.place.role: m for m in network.layer(component)}
    found = tuple(by_role.get(role) for role in ("query", "key", "value", "output"))
    if any(m is None for m in found):
        return None
    return found  # type: ignore[return-value]  # none of them is missing


def _head_sizes(queries: int, keys: int, values: int) -> list[int]:
    """Widths that a head may have; only grouped attention depends on it."""
    if queries == keys == values:
        return [queries]
    return [s for s in _HEAD_SIZES if queries % s == 0 and keys % s == 0 and queries % keys == 0] or [
        min(keys, values)
    ]


def _scores(parts: list[Floats], size: int, picks: npt.NDArray[np.int64]) -> Floats:
    query, key = parts[0], parts[1]
    repeat = query.shape[0] // key.shape[0]
    spread = np.repeat(key.reshape(-1, size, key.shape[1]), repeat, axis=0).reshape(query.shape[0], -1)
    return query[:, picks].T @ spread


def _values(parts: list[Floats], size: int, picks: npt.NDArray[np.int64]) -> Floats:
    value, output = parts[2], parts[3]
    repeat = output.shape[1] // value.shape[0]
    spread = np.repeat(value.reshape(-1, size, value.shape[1]), repeat, axis=0).reshape(output.shape[1], -1)
    return output[picks] @ spread


def _cosine(a: Floats, b: Floats) -> float:
    x, y = a.reshape(-1).astype(np.float64), b.reshape(-1).astype(np.float64)
    x, y = x - x.mean(), y - y.mean()
    size = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(x @ y) / size if size > 0 else 0.0
