"""Products of attention matrices stay as they are when heads move, mix or turn."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened
from gauger.trace.weights.circuits import Circuits, circuits

HEAD, WIDTH = 32, 128
NAMES = {k: f"model.layers.0.self_attn.{k}_proj.weight" for k in "qkvo"}


def layer(seed: int = 0, *, heads: int = 4, groups: int = 4) -> copies.Tensors:
    """One layer with so many heads of queries, and of keys and values."""
    tensors = copies.parent(seed, layers=1, width=WIDTH)
    draw = np.random.default_rng(seed + 1000)
    sizes = {"q": (heads * HEAD, WIDTH), "k": (groups * HEAD, WIDTH), "v": (groups * HEAD, WIDTH),
             "o": (WIDTH, heads * HEAD)}  # fmt: skip
    return tensors | {NAMES[k]: draw.standard_normal(size).astype(np.float32) for k, size in sizes.items()}


def heads_of(tensor: np.ndarray) -> np.ndarray:
    """Shape (heads, size of a head, inputs)."""
    return tensor.reshape(-1, HEAD, tensor.shape[1])


def moved(tensors: copies.Tensors, groups: list[int]) -> copies.Tensors:
    """The groups of heads in another order."""
    found = dict(tensors)
    each = tensors[NAMES["q"]].shape[0] // tensors[NAMES["k"]].shape[0]
    heads = [group * each + n for group in groups for n in range(each)]
    for name, order in (("q", heads), ("k", groups), ("v", groups)):
        found[NAMES[name]] = heads_of(tensors[NAMES[name]])[order].reshape(tensors[NAMES[name]].shape)
    found[NAMES["o"]] = heads_of(tensors[NAMES["o"]].T)[heads].reshape(-1, WIDTH).T
    return found


def mixed(tensors: copies.Tensors, seed: int = 7) -> copies.Tensors:
    """Values mixed inside each head, outputs mixed back; grouped heads share one mixture."""
    draw = np.random.default_rng(seed)
    found = dict(tensors)
    groups = heads_of(tensors[NAMES["v"]])
    outputs = heads_of(tensors[NAMES["o"]].T)
    each = len(outputs) // len(groups)
    turns = [np.linalg.qr(draw.standard_normal((HEAD, HEAD)))[0] + 0.2 * np.eye(HEAD) for _ in groups]
    values = [m @ g for m, g in zip(turns, groups, strict=True)]
    back = [np.linalg.inv(turns[n // each]).T @ o for n, o in enumerate(outputs)]
    found[NAMES["v"]] = np.concatenate(values).astype(np.float32)
    found[NAMES["o"]] = np.concatenate(back).T.astype(np.float32)
    return found


def turned(tensors: copies.Tensors, angle: float = 0.7) -> copies.Tensors:
    """Queries and keys turned together in every pair of rotary places."""
    half = HEAD // 2
    turn = np.zeros((HEAD, HEAD))
    for n in range(half):
        a = angle * (n + 1)
        turn[n, n] = turn[n + half, n + half] = np.cos(a)
        turn[n, n + half], turn[n + half, n] = -np.sin(a), np.sin(a)
    found = dict(tensors)
    for name in "qk":
        heads = heads_of(tensors[NAMES[name]])
        found[NAMES[name]] = (turn @ heads).reshape(tensors[NAMES[name]].shape).astype(np.float32)
    return found


def asked(ours: copies.Tensors, theirs: copies.Tensors) -> Circuits | None:
    """The products of the one layer."""
    return circuits(opened(ours).network, opened(theirs).network, "layers.0", "layers.0")


@pytest.mark.parametrize("groups", [4, 2, 1])
@pytest.mark.parametrize("change", ["moved", "mixed", "turned", "all"])
def test_products_stay(groups, change):
    """Heads in another order, values mixed, queries and keys turned: plain and grouped attention."""
    tensors = layer(groups=groups)
    order = list(range(groups))[::-1]
    copy = {
        "moved": lambda: moved(tensors, order),
        "mixed": lambda: mixed(tensors),
        "turned": lambda: turned(tensors),
        "all": lambda: turned(mixed(moved(tensors, order))),
    }[change]()
    found = asked(copy, tensors)
    assert found is not None
    assert found.scores > 0.99
    assert found.values > 0.99


@pytest.mark.parametrize("groups", [4, 2])
def test_unrelated_products_differ(groups):
    """Far under one half."""
    found = asked(layer(1, groups=groups), layer(2, groups=groups))
    assert found is not None
    assert max(found.scores, found.values) < 0.2


def test_other_sizes_are_not_compared():
    """Another number of heads, or a missing matrix, gives none."""
    assert asked(layer(groups=2), layer(groups=4)) is None
    assert asked({n: t for n, t in layer().items() if n != NAMES["o"]}, layer()) is None
