"""Mixtures of several models are told with their weights; relatives alone are none."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened
from gauger.trace.weights.merge import Mixture, mixture
from gauger.trace.weights.pairs import Compared, of_opened

BASE = copies.parent(3, layers=2)
A, B, C = (copies.noise(BASE, 0.3, seed=seed) for seed in (1, 2, 3))


def summed(*parts: tuple[float, copies.Tensors]) -> copies.Tensors:
    """The weighted sum."""
    return {name: sum(w * model[name] for w, model in parts).astype(np.float32) for name in BASE}


def on_sphere(t: float, a: copies.Tensors, b: copies.Tensors) -> copies.Tensors:
    """Spherical interpolation, tensor by tensor."""
    found = {}
    for name in a:
        x, y = a[name].ravel().astype(np.float64), b[name].ravel().astype(np.float64)
        angle = np.arccos(np.clip(x @ y / np.linalg.norm(x) / np.linalg.norm(y), -1, 1))
        mixed = x if angle < 1e-6 else (np.sin((1 - t) * angle) * x + np.sin(t * angle) * y) / np.sin(angle)
        found[name] = mixed.reshape(a[name].shape).astype(np.float32)
    return found


def mixed(subject: copies.Tensors, *parents: copies.Tensors) -> Mixture | None:
    """What the subject is made of."""
    return mixture(opened(subject), [opened(parent) for parent in parents])


def together(subject: copies.Tensors, *references: copies.Tensors) -> Compared:
    """All comparisons of the subject with these."""
    pairs = [(opened(r, name=f"m{n}"), f"model-m{n}") for n, r in enumerate(references, 1)]
    return of_opened(opened(subject, name="m0"), "model-m0", pairs)


@pytest.mark.parametrize("weight", [0.1, 0.5, 0.73])
def test_two_parents(weight):
    """With the weights of the merge, also where the sum was rounded to float16."""
    subject = {n: t.astype(np.float16) for n, t in summed((weight, A), (1 - weight, B)).items()}
    found = mixed(subject, A, B)
    assert found is not None
    assert found.weights == pytest.approx((weight, 1 - weight), abs=0.005)
    assert found.left < 0.05


def test_three_parents_and_no_more_than_needed():
    """Three where three were summed; two where two were, whoever else is at hand."""
    found = mixed(summed((0.5, A), (0.3, B), (0.2, C)), A, B, C)
    assert found is not None
    assert found.weights == pytest.approx((0.5, 0.3, 0.2), abs=0.005)
    two = mixed(summed((0.4, A), (0.6, C)), BASE, A, B, C)
    assert two is not None
    assert two.parents == (1, 3)


def test_changes_added_to_a_base():
    """The base is taken off where more than one change was added."""
    found = mixed(summed((0.8, A), (0.8, B), (-0.6, BASE)), BASE, A, B)
    assert found is not None
    assert found.weights == pytest.approx((-0.6, 0.8, 0.8), abs=0.01)


@pytest.mark.parametrize("t", [0.25, 0.4])
def test_spherical_interpolation(t):
    """Its weights add up to a little more than one."""
    found = mixed(on_sphere(t, A, B), A, B)
    assert found is not None
    assert found.weights == pytest.approx((1 - t, t), abs=0.03)
    assert sum(found.weights) > 1.0


@pytest.mark.parametrize(
    ("subject", "references"),
    [(C, (A, B)), (C, (BASE, A, B)), (A, (A, B)), (BASE, (A, B)), (copies.noise(A, 0.2, seed=9), (A, B)),
     (summed((1.05, A)), (A, B)), (copies.parent(8, layers=2), (A, B)), (A, (BASE, BASE))],
    ids=["siblings", "child", "itself", "parent", "grandchild", "scaled", "unrelated", "one reference twice"],
)  # fmt: skip
def test_relatives_are_no_merge(subject, references):
    """Siblings, parents and children of the references are not made up of them."""
    assert mixed(subject, *references) is None


def test_the_parents_say_so_and_others_do_not():
    """Comparisons with parents become merges with a weight; an unrelated reference stays independent."""
    found = together(summed((0.3, A), (0.7, B)), A, copies.parent(8, layers=2), B)
    assert [c.verdict for c in found.comparisons] == ["merged", "independent", "merged"]
    assert [c.relation for c in found.comparisons] == ["merged-from", "", "merged-from"]
    weights = [c.facts.get("merge-weight") for c in found.comparisons]
    assert weights == [pytest.approx(0.3, abs=0.005), None, pytest.approx(0.7, abs=0.005)]
    assert {c.object for c in found.claims} == {"model-m1", "model-m3"}
    assert len({c.id for c in found.comparisons}) == 3


def test_siblings_stay_what_they_are():
    """No merge is claimed of a third child."""
    assert {c.verdict for c in together(C, A, B).comparisons} == {"fine-tuned"}
