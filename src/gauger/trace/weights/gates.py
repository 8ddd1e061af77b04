"""Recurrent weights whose gates stand in another order: exporters of LSTM and GRU do not agree on one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.formats.number_types import Floats
from gauger.trace.weights.links import Link, array_pair
from gauger.trace.weights.residual import change_between

_GATES = (4, 3)
_MOST = 1 << 23
_SURE = 0.9
_OPEN_ROLES = frozenset({"", "recurrent-input", "recurrent-hidden", "convolution"})


class GateOrder(msgspec.Struct, frozen=True):
    """For each gate of ours which gate of theirs it is."""

    order: tuple[int, ...]


def with_gates(links: Sequence[Link], limits: Limits) -> list[Link]:
    """The links, where those that fit once their gates are in order are measured so."""
    return [_tried(link, limits) for link in links]


def _tried(link: Link, limits: Limits) -> Link:
    if link.change.cosine >= 0.98 or link.numbers > _MOST or len(link.match.ours.lengths) != 2:
        return link
    if link.matrix.place.role not in _OPEN_ROLES:
        return link
    try:
        a, b = array_pair(link.match, limits)
    except GaugerError:
        return link
    best: tuple[float, Floats, GateOrder] | None = None
    for gates in _GATES:
        for axis in (0, 1):
            found = _ordered(a, b, gates, axis)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
    if best is None or best[0] < _SURE or best[0] < link.change.cosine + 0.1:
        return link
    change = change_between(a, best[1])
    return msgspec.structs.replace(link, change=change, linked=True, gates=best[2].order)


def _ordered(a: Floats, b: Floats, gates: int, axis: int) -> tuple[float, Floats, GateOrder] | None:
    """Theirs with its gates in the order that fits ours best; None where that is the order they have."""
    if a.shape[axis] % gates or a.shape[axis] < 2 * gates:
        return None
    x = np.moveaxis(a, axis, 0).reshape(gates, -1).astype(np.float64)
    parts = np.split(b, gates, axis=axis)
    y = np.moveaxis(b, axis, 0).reshape(gates, -1).astype(np.float64)
    x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30)
    y = y / np.maximum(np.linalg.norm(y, axis=1, keepdims=True), 1e-30)
    cosine = x @ y.T
    order = tuple(int(n) for n in cosine.argmax(axis=1))
    if sorted(order) != list(range(gates)) or order == tuple(range(gates)):
        return None
    return (
        float(np.diag(cosine[:, list(order)]).min()),
        np.concatenate([parts[n] for n in order], axis=axis),
        GateOrder(order),
    )
