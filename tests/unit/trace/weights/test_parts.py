"""What happened to layers, experts, tokens, gates and whole parts, from either side."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened, vocabulary
from gauger.core.comparison import Comparison
from gauger.trace.weights.compare import compare_opened

P = copies.parent(layers=3)
E = "model.embed_tokens.weight"
WORDS = [f"▁w{n}" for n in range(copies.TOKENS)]


def said(ours: copies.Tensors, theirs: copies.Tensors = P) -> Comparison:
    """The verdict on these two."""
    return compare_opened(opened(ours, name="ours"), opened(theirs, name="theirs"))


def ensemble(*members: copies.Tensors) -> copies.Tensors:
    """Several models in one file, each under a name of its own."""
    return {f"member{n}.{name}": t for n, member in enumerate(members) for name, t in member.items()}


def upcycled(tensors: copies.Tensors, experts: int = 4) -> copies.Tensors:
    """A mixture whose experts all began as the dense block."""
    draw, found = np.random.default_rng(4), {}
    names = {"gate_proj.weight": "w1.weight", "up_proj.weight": "w3.weight", "down_proj.weight": "w2.weight"}
    for name, tensor in tensors.items():
        if ".mlp." not in name:
            found[name] = tensor
            continue
        front, part = name.split(".mlp.")
        for number in range(experts):
            noise = 0.02 * tensor.std() * draw.standard_normal(tensor.shape)
            found[f"{front}.block_sparse_moe.experts.{number}.{names[part]}"] = (tensor + noise).astype(
                np.float32
            )
        router = draw.standard_normal((experts, tensor.shape[1])).astype(np.float32)
        if part.startswith("gate"):
            found[f"{front}.block_sparse_moe.gate.weight"] = router
    return found


def test_a_member_of_an_ensemble_is_contained():
    """The member is whole in the ensemble; the ensemble was made from it, whoever is asked."""
    both = ensemble(P, copies.parent(71, layers=3))
    for pair, inverse in (((both, P), False), ((P, both), True)):
        found = said(*pair)
        assert (found.verdict, found.relation) == ("contained", "merged-from")
        assert (found.inverse, found.direction) == (inverse, "information-loss")


def test_experts_that_began_as_one_block():
    """An upcycled mixture comes from the dense model."""
    for pair, inverse in (((upcycled(P), P), False), ((P, upcycled(P)), True)):
        found = said(*pair)
        assert (found.verdict, found.relation, found.inverse) == ("depth-changed", "fine-tuned-from", inverse)
        assert "experts" in found.statement


@pytest.mark.parametrize("layers", [[0, 1, 1, 2], [0, 1, 2, 0, 1, 2]])
def test_repeated_layers(layers):
    """A stacked model comes from the one whose layers it repeats, and the map says which."""
    stacked = copies.kept_layers(P, layers)
    found = said(stacked)
    assert (found.verdict, found.relation, found.inverse) == ("depth-changed", "merged-from", False)
    assert found.layer_map == tuple(layers)
    other = said(P, stacked)
    assert (other.verdict, other.relation, other.inverse) == ("depth-changed", "merged-from", True)


@pytest.mark.parametrize("layers", [[0, 2], [1, 2], [0]])
def test_layers_taken_out(layers):
    """A shorter model comes from the longer one."""
    for pair, inverse in (
        ((copies.kept_layers(P, layers), P), False),
        ((P, copies.kept_layers(P, layers)), True),
    ):
        found = said(*pair)
        assert (found.verdict, found.relation, found.inverse) == ("depth-changed", "pruned-from", inverse)


@pytest.mark.parametrize(
    ("order", "relation"),
    [
        (list(range(300)), "pruned-from"),
        (list(range(200, 512)), "pruned-from"),
        (list(range(512))[::-1], "converted-from"),
    ],
    ids=["cut", "chosen", "reversed"],
)  # fmt: skip
@pytest.mark.parametrize("known", [True, False])
def test_tokens_taken_out_or_moved(order, relation, known):
    """With tokenizers by their pieces, without by the rows' numbers."""
    tokens = [vocabulary([WORDS[n] for n in order]), vocabulary(WORDS)] if known else [None, None]
    models = P | {E: P[E][order]}, P
    found = compare_opened(*(opened(m, tokens=t) for m, t in zip(models, tokens, strict=True)))
    assert (found.verdict, found.relation) == ("vocabulary-changed", relation)


@pytest.mark.parametrize("known", [True, False])
def test_tokens_added(known):
    """A larger vocabulary is no pruning."""
    extra = 0.05 * np.random.default_rng(5).standard_normal((64, copies.WIDTH))
    longer = P | {E: np.concatenate([P[E], extra.astype(np.float32)])}
    tokens = [vocabulary(WORDS + [f"▁n{n}" for n in range(64)]), vocabulary(WORDS)] if known else [None, None]
    found = compare_opened(*(opened(m, tokens=t) for m, t in zip((longer, P), tokens, strict=True)))
    assert (found.verdict, found.relation) == ("vocabulary-changed", "fine-tuned-from")


def recurrent(seed: int, hidden: int = 48, inputs: int = 40) -> copies.Tensors:
    """Two recurrent layers of four gates, and an output."""
    draw = np.random.default_rng(seed)
    shapes = {"l0.ih": (4 * hidden, inputs), "l0.hh": (4 * hidden, hidden), "l1.ih": (4 * hidden, hidden),
              "l1.hh": (4 * hidden, hidden), "out": (30, hidden)}  # fmt: skip
    return {name: (0.1 * draw.standard_normal(shape)).astype(np.float32) for name, shape in shapes.items()}


def gates_moved(tensors: copies.Tensors) -> copies.Tensors:
    """Another exporter's order."""
    parts = {name: np.split(t, 4) for name, t in tensors.items() if name != "out"}
    return {**tensors, **{name: np.concatenate([p[n] for n in (0, 3, 1, 2)]) for name, p in parts.items()}}


@pytest.mark.parametrize("turned", [False, True])
def test_gates_in_another_order(turned):
    """A conversion; with noise on top it was trained as well; a stranger is no copy."""
    moved = {f"n.{n}": t.T if turned else t for n, t in gates_moved(recurrent(0)).items()}
    found = said(moved, recurrent(0))
    assert (found.verdict, found.relation) == ("gate-order-changed", "converted-from")
    tuned = said(copies.noise(moved, 0.05), recurrent(0))
    assert tuned.alterations == ("fine-tuned", "gate-order-changed")
    assert said(gates_moved(recurrent(1)), recurrent(0)).relation == ""


def test_a_head_added_to_a_model():
    """What was equal stays equal; the new tensor is named."""
    found = said(
        P | {"score.weight": np.random.default_rng(0).standard_normal((3, copies.WIDTH)).astype(np.float32)}
    )
    assert found.relation != ""
    assert found.facts.get("all-numbers-compared") is not True
    assert any("score.weight" in text for text in (*found.caveats, found.statement))


def test_a_part_that_was_made_anew():
    """Attention trained from scratch above inherited blocks is no identity."""
    fresh = copies.parent(33, layers=3)
    mixed = {n: fresh[n] if "self_attn.q_proj" in n else t for n, t in P.items()}
    found = said(mixed)
    assert found.verdict != "identical"
    assert found.relation != ""
