"""Weights of recurrent layers: what multiplies the input, what multiplies the state, and how many gates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from gauger.formats.weights import Tensor
from gauger.trace.weights.matrix import View

_INPUT = re.compile(r"(?:^|[._/])weight_ih(?:_l\d+)?(?:_reverse)?$")
_STATE = re.compile(r"(?:^|[._/])weight_hh(?:_l\d+)?(?:_reverse)?$")
_KERNEL, _RECURRENT_KERNEL = re.compile(r"[._/]kernel(?::0)?$"), re.compile(r"[._/]recurrent_kernel(?::0)?$")
_GATES = (4, 3, 1)
"""LSTM, GRU, plain."""


class Recurrent(msgspec.Struct, frozen=True, kw_only=True):
    """One matrix of a recurrent layer.

    Attributes:
        role: `recurrent-input` or `recurrent-hidden`.
        gates: Stacked in the outputs: 4 for an LSTM, 3 for a GRU, 1 for a plain layer.
        views: One for each direction.
    """

    role: str
    gates: int
    views: tuple[View, ...]


def recurrent_of(tensors: Sequence[Tensor]) -> dict[str, Recurrent]:
    """Which of these tensors are weights of recurrent layers, by name?

    By PyTorch's and Keras's names; else by ONNX's shapes: (directions, gates · state, inputs) next to
    (directions, gates · state, state), in this order, or both with the outputs last.
    """
    found: dict[str, Recurrent] = {}
    by_name = {tensor.name: tensor for tensor in tensors}
    for tensor in tensors:
        if len(tensor.shape) == 2 and _STATE.search(tensor.name):
            partner = by_name.get(tensor.name.replace("weight_hh", "weight_ih"))
            _pair(found, partner, tensor, transposed=False)
        elif len(tensor.shape) == 2 and _RECURRENT_KERNEL.search(tensor.name):
            partner = by_name.get(tensor.name.replace("recurrent_kernel", "kernel"))
            _pair(found, partner, tensor, transposed=True)
    three = [t for t in tensors if len(t.shape) == 3]
    for first, second in pairwise(three):
        if first.name not in found and second.name not in found:
            _stacked(found, first, second)
    return found


def _pair(found: dict[str, Recurrent], inputs: Tensor | None, state: Tensor, *, transposed: bool) -> None:
    long, size = state.shape[::-1] if transposed else state.shape
    gates = long // size if size and not long % size else 0
    if gates not in _GATES:
        return
    for tensor, role in ((inputs, "recurrent-input"), (state, "recurrent-hidden")):
        if tensor is not None and len(tensor.shape) == 2:
            view = View(rows=range(tensor.shape[0]), transposed=transposed)
            found[tensor.name] = Recurrent(role=role, gates=gates, views=(view,))


def _stacked(found: dict[str, Recurrent], inputs: Tensor, state: Tensor) -> None:
    """ONNX's two layouts: outputs first, and for the quantised operator outputs last."""
    directions = state.shape[0]
    if (
        directions not in (1, 2)
        or inputs.shape[0] != directions
        or min(*inputs.shape[1:], *state.shape[1:]) < 2
    ):
        return
    for outputs, size in ((1, 2), (2, 1)):
        long, gates = state.shape[outputs], state.shape[outputs] // state.shape[size]
        if long == gates * state.shape[size] and gates in (3, 4) and inputs.shape[outputs] == long:
            for tensor, role in ((inputs, "recurrent-input"), (state, "recurrent-hidden")):
                height = tensor.shape[1]
                slabs = (range(n * height, (n + 1) * height) for n in range(directions))
                views = tuple(View(rows=slab, transposed=outputs == 2) for slab in slabs)
                found[tensor.name] = Recurrent(role=role, gates=gates, views=views)
            return
