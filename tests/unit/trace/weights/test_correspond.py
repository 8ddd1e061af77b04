"""Which tensor is which is told by numbers; names only say where to look first."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import matched, opened
from gauger.trace.weights import correspond as module
from gauger.trace.weights.correspond import SCREEN_Z, correspond

P = copies.parent(layers=2)


def pairs(ours: copies.Tensors, theirs: copies.Tensors = P) -> dict[str, str]:
    """Names of ours with the names of theirs that they were matched to."""
    found, _ = correspond(opened(ours).sketches, opened(theirs).sketches)
    return {m.ours.matrix.tensor.name: m.theirs.matrix.tensor.name for m in found}


@pytest.mark.parametrize("turned", [False, True])
def test_renamed_and_transposed_tensors_are_found(turned):
    """Whatever the names and the order, one by one."""
    names = [name for name in sorted(P, reverse=True) if P[name].ndim == 2]
    copy = {f"t{n}": (P[name].T if turned else P[name]) for n, name in enumerate(names)}
    assert pairs(copy) == {f"t{n}": name for n, name in enumerate(names)}


def test_names_that_lie_do_not_mislead():
    """Two layers with exchanged names are told by their numbers."""
    other = {"layers.0": "layers.1", "layers.1": "layers.0"}
    swap = {name: next((name.replace(a, b) for a, b in other.items() if a in name), name) for name in P}
    found = pairs({swap[name]: tensor for name, tensor in P.items()})
    assert all(swap[theirs] == ours for ours, theirs in found.items())


def test_stacked_layers_have_one_origin():
    """Two layers of ours may be one of theirs."""
    found = pairs(copies.kept_layers(P, [0, 1, 1]))
    assert found["model.layers.2.mlp.up_proj.weight"] == "model.layers.1.mlp.up_proj.weight"
    assert found["model.layers.1.mlp.up_proj.weight"] == "model.layers.1.mlp.up_proj.weight"


def test_tensors_of_no_common_size_are_left_over():
    """They come back as those without any candidate."""
    extra = {"odd": np.random.default_rng(0).standard_normal((77, 33)).astype(np.float32)}
    found, alone = correspond(opened(P | extra).sketches, opened(P).sketches)
    assert [s.matrix.tensor.name for s in alone] == ["odd"]
    assert len(found) == len(opened(P).sketches)


def test_the_runner_up_is_far_below():
    """Of a right match; a random matrix has no match that stands out."""
    renamed = {f"t{n}": tensor for n, tensor in enumerate(P.values()) if tensor.ndim == 2}
    found, _ = correspond(opened(renamed).sketches, opened(P).sketches)
    assert min(m.cosine for m in found) > 0.999
    assert max(m.runner_up for m in found if not m.alone) < 0.2
    strange, _ = correspond(opened(copies.parent(5, layers=2)).sketches, opened(P).sketches)
    assert max(m.z for m in strange) < SCREEN_Z


def test_the_number_of_candidates_counts_orders():
    """A square matrix can lie two ways."""
    square = np.random.default_rng(0).standard_normal((32, 32)).astype(np.float32)
    assert matched(square, square).candidates == 2
    assert matched(square[:, :20], square[:, :20]).candidates == 1


def test_many_tensors_are_screened_thinly_and_still_found(monkeypatch):
    """Above a bound fewer numbers are compared at first; the match is measured on all."""
    monkeypatch.setattr(module, "_MOST_PAIRS", 16)
    names = [name for name in P if P[name].ndim == 2]
    copy = {f"t{n}": P[name] for n, name in enumerate(names)}
    assert pairs(copy) == {f"t{n}": name for n, name in enumerate(names)}


def test_many_tensors_of_one_size_are_compared_in_parts(monkeypatch):
    """Bounding how many cosines are held changes nothing of the answer."""
    generator = np.random.default_rng(5)
    ours = {f"x{n}.weight": generator.normal(size=(6, 6)).astype(np.float32) for n in range(40)}
    theirs = {f"y{n}.weight": values.copy() for n, values in enumerate(reversed(ours.values()))}
    a, b = opened(ours).sketches, opened(theirs).sketches
    whole, _ = correspond(a, b)
    monkeypatch.setattr("gauger.trace.weights.correspond._MOST_PAIRS", 40 * 7)
    parts, _ = correspond(a, b)
    shown = [
        [(m.ours.matrix.tensor.name, m.theirs.matrix.tensor.name, round(m.runner_up, 5)) for m in side]
        for side in (whole, parts)
    ]
    assert [name for _, name, _ in shown[1]] == [f"y{39 - n}.weight" for n in range(40)]
    assert [pair[:2] for pair in shown[0]] == [pair[:2] for pair in shown[1]]
