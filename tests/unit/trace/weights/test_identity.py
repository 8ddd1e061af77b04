"""Equality is said of every number, or it is said what was not equal."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened
from gauger.core.comparison import Comparison
from gauger.trace.weights import identity
from gauger.trace.weights.compare import compare_opened
from gauger.trace.weights.identity import digest_of

P = copies.parent(3, units=400, width=128, layers=2)
NORM = "model.layers.1.input_layernorm.weight"
GATE = "model.layers.1.mlp.gate_proj.weight"


def said(ours: copies.Tensors, theirs: copies.Tensors = P) -> Comparison:
    """The verdict on these two."""
    return compare_opened(opened(ours, name="ours"), opened(theirs, name="theirs"))


def changed(name: str, at: tuple[int, ...]) -> copies.Tensors:
    """One number of one tensor is another."""
    tensor = P[name].copy()
    tensor[at] += 1.0
    return P | {name: tensor}


@pytest.mark.parametrize(("name", "at"), [(GATE, (7, 11)), (NORM, (5,))])
def test_one_other_number_is_no_identity(name, at):
    """Wherever it stands, in a matrix between the sampled places or in a norm; the tensor is named."""
    found = said(changed(name, at))
    assert (found.verdict, found.relation) == ("fine-tuned", "fine-tuned-from")
    assert name in found.statement
    assert found.facts["all-numbers-compared"] is False


def test_layout_is_no_difference():
    """Names, order, transposed matrices and axes of length one."""
    copy = {f"t{n}": tensor.T if tensor.ndim == 2 else tensor for n, tensor in enumerate(P.values())}
    found = said(copy)
    assert (found.verdict, found.relation) == ("identical", "same-as")
    assert found.facts["all-numbers-compared"] is True


def test_kernels_in_another_order_are_equal():
    """Convolutions with their places first."""
    draw = np.random.default_rng(0)
    shapes = [(16, 3, 3, 3), (32, 16, 3, 3), (32, 32, 3, 3), (10, 32)]
    ours = {f"c{n}": draw.standard_normal(shape).astype(np.float32) for n, shape in enumerate(shapes)}
    found = said(
        {f"k{n}": (t.transpose(2, 3, 1, 0) if t.ndim == 4 else t.T) for n, t in enumerate(ours.values())},
        ours,
    )
    assert found.verdict == "identical"
    assert found.facts["all-numbers-compared"] is True


def test_a_tensor_more_is_named():
    """A buffer that only one has; a head stored twice is none."""
    found = said(P | {"rotary.inv_freq": np.arange(16, dtype=np.float32)})
    assert found.verdict == "identical"
    assert found.facts["all-numbers-compared"] is False
    assert any("only the subject has one tensor: rotary.inv_freq" in caveat for caveat in found.caveats)
    tied = said(P | {"lm_head.weight": P["model.embed_tokens.weight"]})
    assert tied.facts["all-numbers-compared"] is True


@pytest.mark.parametrize("both", [False, True])
def test_numbers_that_are_none(both):
    """NaN on one side is a difference; the same NaN on both is not."""
    tensor = P[GATE].copy()
    tensor[3, 3] = np.nan
    found = said(P | {GATE: tensor}, P | {GATE: tensor} if both else P)
    assert found.verdict == ("identical" if both else "fine-tuned")


def test_large_models_are_not_read_whole(monkeypatch):
    """Above the bound equality rests on the sample, and says so."""
    monkeypatch.setattr(identity, "MOST_BYTES", 1000)
    found = said(changed(GATE, (7, 11)))
    assert found.verdict == "identical"
    assert "not every number was compared" in found.caveats
    assert found.facts["all-numbers-compared"] is False


def test_a_replaced_tensor_is_no_identity_at_any_size(monkeypatch):
    """A new matrix in place of an old one shows in the sample."""
    monkeypatch.setattr(identity, "MOST_BYTES", 1000)
    found = said(P | {GATE: copies.parent(4, units=400, width=128, layers=2)[GATE]})
    assert found.verdict == "fine-tuned"
    assert GATE in found.statement


def test_the_digest_ignores_names_types_and_signs_of_zero():
    """Over numbers, not bytes."""
    x = np.array([[0.0, 1.5], [2.0, -3.0]], np.float32)
    digests = []
    for name, tensor in (
        ("a", x),
        ("b", x.astype(np.float16)),
        ("c", np.where(x == 0, np.float32(-0.0), x)),
        ("d", x.T),
    ):
        model = opened({name: tensor})
        digests.append(digest_of(model.weights, model.weights.tensors[0]))
    assert digests[0] == digests[1] == digests[2] != digests[3]
