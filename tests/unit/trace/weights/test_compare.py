"""Edited copies of a tiny model get the verdict of what was done; unrelated models get none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from build import copies
from gauger.core.comparison import Comparison
from gauger.core.errors import GaugerError
from gauger.core.readings import Measured
from gauger.trace.weights.compare import compare_models


def compared(tmp_path: Path, ours: copies.Tensors, theirs: copies.Tensors) -> Comparison:
    """The verdict on these two."""
    return compare_models(
        copies.written(tmp_path / "ours", ours), copies.written(tmp_path / "theirs", theirs)
    )


def half(tensors: copies.Tensors) -> copies.Tensors:
    """Rounded to float16."""
    return {name: t.astype(np.float16) for name, t in tensors.items()}


def zeroed(tensors: copies.Tensors) -> copies.Tensors:
    """The smaller half of every matrix set to zero."""
    return copies.each(
        tensors, lambda t: np.where(np.abs(t) >= np.median(np.abs(t)), t, 0).astype(np.float32)
    )


def renamed(tensors: copies.Tensors) -> copies.Tensors:
    """Names that say nothing, in another order."""
    return {f"t{n}": tensors[name] for n, name in enumerate(sorted(tensors, reverse=True))}


def transposed(tensors: copies.Tensors) -> copies.Tensors:
    """Names that say nothing, and every matrix the other way round."""
    return {f"m{n}": t.T for n, t in enumerate(tensors.values())}


P = copies.parent()
CASES = [
    ("renamed", renamed(P), "identical", "same-as", set()),
    ("transposed", transposed(P), "identical", "same-as", set()),
    ("half", half(P), "converted", "converted-from", set()),
    ("noise", copies.noise(P, 0.05), "fine-tuned", "fine-tuned-from", set()),
    ("much noise", copies.noise(P, 2.0), "fine-tuned", "fine-tuned-from", set()),
    ("zeroed", zeroed(P), "pruned", "pruned-from", set()),
    ("fewer layers", copies.kept_layers(P, [0, 2, 3]), "depth-changed", "pruned-from", set()),
    ("stacked", copies.kept_layers(P, [0, 1, 1, 2, 2, 3]), "depth-changed", "merged-from", set()),
    ("narrower", copies.narrower(P, 96), "width-changed", "pruned-from", set()),
    ("adapter", copies.with_adapter(P), "adapter", "fine-tuned-from", set()),
    ("permuted", copies.units_permuted(P), "re-parameterised", "converted-from", set()),
    ("rotated", copies.rotated(P), "re-parameterised", "converted-from", set()),
    ("both", copies.rotated(copies.units_permuted(P)), "re-parameterised", "converted-from", set()),
    ("rotated, fewer", copies.rotated(copies.kept_layers(P, [0, 1, 3])), "re-parameterised", "pruned-from",
     {"depth-changed"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("copy", "verdict", "relation", "also"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_verdict_is_what_was_done(tmp_path, copy, verdict, relation, also):
    """Each edit has its verdict and relation."""
    found = compared(tmp_path, copy, P)
    assert (found.verdict, found.relation) == (verdict, relation), found.statement
    assert also <= set(found.alterations)


@pytest.mark.parametrize(("copy", "verdict"), [c[1:3] for c in CASES[2:9]], ids=[c[0] for c in CASES[2:9]])
def test_lost_information_tells_the_direction_from_either_side(tmp_path, copy, verdict):
    """Asked the other way round, the verdict stays, and what was lost still names the child."""
    found = compared(tmp_path, P, copy)
    assert found.verdict == verdict
    if verdict in ("pruned", "depth-changed", "width-changed"):
        assert found.inverse
        assert found.direction == "information-loss"


@pytest.mark.parametrize("seed", range(4))
def test_models_of_other_seeds_are_independent(tmp_path, seed):
    """No derived claim for weights that have nothing in common, at any size of evidence."""
    found = compared(tmp_path, copies.parent(seed + 100), P)
    assert found.verdict == "independent"
    assert found.relation == ""
    assert isinstance(found.power, Measured)


def test_shuffled_numbers_are_no_copy(tmp_path):
    """The same numbers at other places have no lineage left."""
    draw = np.random.default_rng(7)
    shuffled = copies.each(P, lambda t: draw.permutation(t.reshape(-1)).reshape(t.shape))
    assert compared(tmp_path, shuffled, P).relation == ""


def test_one_starting_point_is_not_derivation(tmp_path):
    """Two models that drifted apart from one start hang together, and neither is called the other's child."""
    start = copies.parent(11)
    ours, theirs = copies.noise(start, 1.2, seed=12), copies.noise(start, 1.2, seed=13)
    found = compared(tmp_path, ours, theirs)
    assert found.verdict == "shared-initialisation"
    assert found.relation == ""


def test_embeddings_alone_are_a_partial_inheritance(tmp_path):
    """Fresh layers below inherited embeddings."""
    mixed = copies.parent(21) | {"model.embed_tokens.weight": P["model.embed_tokens.weight"]}
    found = compared(tmp_path, mixed, P)
    assert found.verdict == "partly-inherited"
    assert {c.component for c in found.components if c.origin} == {"embeddings"}


def test_some_layers_are_a_partial_inheritance(tmp_path):
    """Two layers of four, told one by one."""
    fresh = copies.parent(22)
    mixed = {n: (P[n] if ".layers.0." in n or ".layers.1." in n else t) for n, t in fresh.items()}
    found = compared(tmp_path, mixed, P)
    assert found.verdict == "partly-inherited"
    assert {c.component for c in found.components if c.origin} == {"layers.0", "layers.1"}


def test_more_tokens(tmp_path):
    """Rows added to the vocabulary."""
    extra = np.random.default_rng(5).standard_normal((64, copies.WIDTH)).astype(np.float32) * 0.05
    copy = P | {"model.embed_tokens.weight": np.concatenate([P["model.embed_tokens.weight"], extra])}
    found = compared(tmp_path, copy, P)
    assert (found.verdict, found.relation) == ("vocabulary-changed", "fine-tuned-from")


def test_the_layer_map_says_which_layers_are_left(tmp_path):
    """Layer by layer, also for repeated ones."""
    assert compared(tmp_path, copies.kept_layers(P, [0, 2, 3]), P).layer_map == (0, 2, 3)
    assert compared(tmp_path, copies.kept_layers(P, [0, 1, 1, 3]), P).layer_map == (0, 1, 1, 3)


class TestBadInput:
    """Broken and degenerate weights end in a verdict without a claim, or in a reader's error."""

    def test_no_numbers(self, tmp_path):
        """NaN everywhere."""
        broken = copies.each(P, lambda t: np.full_like(t, np.nan))
        found = compared(tmp_path, broken, P)
        assert (found.verdict, found.relation) == ("undecided", "")
        assert "could be compared" in found.statement

    def test_a_layer_of_zeros(self, tmp_path):
        """The rest still tells."""
        copy = {n: (t * 0 if ".layers.2." in n else t) for n, t in P.items()}
        found = compared(tmp_path, copy, P)
        assert found.relation != ""
        assert any("tell nothing" in caveat for caveat in found.caveats)

    def test_all_zeros(self, tmp_path):
        """Nothing can be said of a model without numbers."""
        found = compared(tmp_path, renamed(copies.each(P, lambda t: t * 0)), copies.each(P, lambda t: t * 0))
        assert found.verdict == "undecided"

    def test_duplicated_units_are_no_evidence(self, tmp_path):
        """Two models whose units are all alike are not linked by that."""

        def alike(seed: int) -> copies.Tensors:
            return copies.each(copies.parent(seed), lambda t: np.repeat(t[:1], t.shape[0], axis=0))

        assert compared(tmp_path, alike(31), alike(32)).relation == ""

    def test_one_layer_with_few_units(self, tmp_path):
        """A model too small to tell: not decidable, or independent with its power, never a claim."""
        ours, theirs = (copies.parent(s, layers=1, units=8, width=8) for s in (41, 42))
        found = compared(tmp_path, ours, theirs)
        assert found.relation == ""
        assert found.verdict in ("undecided", "independent")

    def test_thirty_two_units(self, tmp_path):
        """A small copy is still found."""
        small = copies.parent(51, units=32, width=32)
        assert compared(tmp_path, copies.noise(small, 0.05), small).relation == "fine-tuned-from"

    def test_no_model(self, tmp_path):
        """A file that is none raises a reader's error."""
        (tmp_path / "ours").mkdir()
        (tmp_path / "ours" / "model.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{no json at all}")
        with pytest.raises(GaugerError):
            compare_models(tmp_path / "ours", copies.written(tmp_path / "theirs", P))
