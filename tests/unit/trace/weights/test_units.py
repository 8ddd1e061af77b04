"""Hidden units in another order, basis or number are found; features that both learned are not enough."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened, vocabulary
from gauger.trace.weights import units as module
from gauger.trace.weights.compare import compare_opened
from gauger.trace.weights.found import CLAIM, below
from gauger.trace.weights.units import Matched, matched

P = copies.parent()
E = "model.embed_tokens.weight"


def seen(ours: copies.Tensors, theirs: copies.Tensors = P) -> Matched:
    """The matched test on these two."""
    return matched(opened(ours).network, opened(theirs).network)


def convergent(share: float, seed: int = 70) -> copies.Tensors:
    """A model trained apart, in the same basis, that learned some of the very same units at other places."""
    found = copies.parent(seed) | {E: P[E]}
    draw = np.random.default_rng(seed)
    for name in [n for n in P if n.endswith("gate_proj.weight")]:
        stem = name.removesuffix("gate_proj.weight")
        count = P[name].shape[0]
        kept = round(share * count)
        old, new = draw.choice(count, kept, replace=False), draw.choice(count, kept, replace=False)
        for part in ("gate", "up"):
            tensor = found[f"{stem}{part}_proj.weight"].copy()
            tensor[new] = P[f"{stem}{part}_proj.weight"][old]
            found[f"{stem}{part}_proj.weight"] = tensor
        down = found[f"{stem}down_proj.weight"].copy()
        down[:, new] = P[f"{stem}down_proj.weight"][:, old]
        found[f"{stem}down_proj.weight"] = down
    return found


@pytest.mark.parametrize("share", [0.03, 0.06])
@pytest.mark.parametrize("seed", range(3))
def test_features_that_both_learned_are_no_derivation(share, seed):
    """A few per cent of equal units, at other places, in one basis: nothing is claimed of the layers."""
    copy = convergent(share, 70 + seed)
    found = seen(copy)
    assert found.agreement < module.AGREEMENT_FLOOR
    assert below(found.outcomes) == 0
    verdict = compare_opened(opened(copy), opened(P))
    assert {c.component for c in verdict.components if c.origin} <= {"embeddings"}
    assert not {"re-parameterised", "fine-tuned"} & {*verdict.alterations}


@pytest.mark.parametrize("share", [0.0, 0.03])
def test_convergent_units_under_other_embeddings_claim_nothing(share):
    """Without any shared part, the verdict is independent."""
    strange = convergent(share) | {E: copies.parent(70)[E]}
    found = compare_opened(opened(strange), opened(P))
    assert (found.verdict, found.relation) == ("independent", "")


def test_most_units_are_dependence():
    """Far above the floor the test speaks."""
    found = seen(convergent(0.8))
    assert found.agreement > 0.6
    assert below(found.outcomes) >= 2


@pytest.mark.parametrize(
    "copy",
    [copies.units_permuted(P), copies.rotated(copies.units_permuted(P)),
     copies.rotated(copies.units_permuted(copies.noise(P, 0.3))),
     copies.rotated(copies.narrower(P, 96))],
    ids=["permuted", "turned", "trained", "narrower"],
)  # fmt: skip
def test_units_are_found_again(copy):
    """In another order, another basis, after training, and where fewer are left; from both sides."""
    for found in (seen(copy), seen(P, copy)):
        assert below(found.outcomes) >= 2
        assert found.agreement > 0.5
        assert all(a == b for a, b in found.partner.items())


def test_wide_models_are_aligned_by_fewer_tokens(monkeypatch):
    """Where the lens says nothing, both bases are turned onto one, whatever the width."""
    monkeypatch.setattr(module, "_ALIGNED_NUMBERS", 150 * copies.WIDTH)
    taken: list[int] = []
    original = module.procrustes_factors
    monkeypatch.setattr(module, "procrustes_factors", lambda a, b: taken.append(len(a)) or original(a, b))
    assert below(seen(copies.parent(5)).outcomes) == 0
    assert taken == [150]
    monkeypatch.setattr(module, "_ALIGNED_NUMBERS", 100 * copies.WIDTH)
    seen(copies.parent(5))
    assert taken == [150]


def test_turned_rows_are_found_where_the_lens_fails(monkeypatch):
    """The alignment alone finds a rotated copy."""
    copy = copies.rotated(copies.units_permuted(P))
    monkeypatch.setattr(module._Lens, "ours", lambda _, rows: module.unit_rows(rows[:, ::-1].copy()))
    monkeypatch.setattr(module._Lens, "theirs", lambda _, rows: module.unit_rows(rows))
    found = seen(copy)
    assert below(found.outcomes) >= 2
    assert found.tokens > 256


def test_blocks_in_pieces_give_the_same(monkeypatch):
    """Large matrices are read some rows at a time, with the same result."""
    whole = seen(copies.rotated(copies.units_permuted(P)))
    monkeypatch.setattr("gauger.trace.weights.matrix.BLOCK_BYTES", 4096)
    pieces = seen(copies.rotated(copies.units_permuted(P)))
    assert [t.p_bound for t in pieces.outcomes] == [t.p_bound for t in whole.outcomes]


def test_why_nothing_was_tested():
    """No blocks, no embeddings, or too few shared tokens: the reason is given."""
    flat = {"x": np.random.default_rng(0).standard_normal((40, 30)).astype(np.float32)}
    assert "no feed-forward blocks" in seen(flat).detail
    assert "no token embeddings" in seen({n: t for n, t in P.items() if n != E}).detail
    words = [f"▁w{n}" for n in range(copies.TOKENS)]
    others = words[:40] + [f"▁x{n}" for n in range(copies.TOKENS - 40)]
    one, two = (opened(P, tokens=vocabulary(pieces)).network for pieces in (words, others))
    assert matched(one, two).detail == "the models share 40 tokens, 64 are needed"


@pytest.mark.parametrize("seed", range(6))
def test_bounds_of_unrelated_models_are_large(seed):
    """Every bound is far above the claim."""
    found = seen(copies.parent(200 + seed), copies.parent(300 + seed))
    assert all(t.p_bound.value > 1000 * CLAIM for t in found.outcomes)


def test_of_thousands_of_blocks_some_are_probed(monkeypatch):
    """Where fewer blocks are probed than there are, those of both sides are the same ones, and are found."""
    monkeypatch.setattr(module, "_PROBED_BLOCKS", 2)
    found = seen(P)
    assert len(found.partner) == 2
    assert all(ours == theirs for ours, theirs in found.partner.items())
