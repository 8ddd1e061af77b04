"""What the makers of the trace benchmark promise: rewritings keep the function, truths and labels fit."""

from __future__ import annotations

import numpy as np
import pytest

from build.zoo import (
    edited,
    edits,
    fetch,
    files,
    forward,
    launder,
    launder_plain,
    pairs,
    recipes,
    tiny,
    truth,
)

IDS = [3, 17, 5, 5, 39, 8, 21]


def distance(before, after) -> float:
    """The largest difference of a logit, pieces in the order of the first."""
    where = {piece: index for index, piece in enumerate(after.tokenizer.pieces)}
    order = [where[piece] for piece in before.tokenizer.pieces]
    return float(
        np.abs(
            forward.logits(before, IDS) - forward.logits(after, [order[token] for token in IDS])[:, order]
        ).max()
    )


def largest_change(before, after) -> float:
    """The largest change of an entry, in tensors that both have."""
    return max(
        float(np.abs(array - after.weights[name]).max())
        for name, array in before.weights.items()
        if name in after.weights and after.weights[name].shape == array.shape
    )


@pytest.mark.parametrize("way", [*launder.LAUNDERINGS, "all"])
def test_every_rewriting_of_a_gated_decoder_keeps_its_logits(way):
    """The numbers change, the answers do not."""
    model = tiny("llama")
    names = tuple(launder.LAUNDERINGS) if way == "all" else (way,)
    made = launder.launder(model, names, np.random.default_rng(4))
    assert largest_change(model, made) > 0.1
    assert distance(model, made) < 1e-4


@pytest.mark.parametrize("family", ["gpt2", "bert"])
@pytest.mark.parametrize("way", [*launder_plain.LAUNDERINGS, "all"])
def test_every_rewriting_of_a_plain_transformer_keeps_its_logits(family, way):
    """Also where LayerNorm, biases and a masked-language head stand in the way."""
    model = tiny(family)
    names = tuple(launder_plain.LAUNDERINGS) if way == "all" else (way,)
    made = launder_plain.launder(model, names, np.random.default_rng(4))
    assert largest_change(model, made) > 0.1
    assert distance(model, made) < 1e-4


def test_an_edit_that_is_no_rewriting_changes_the_logits():
    """The check can fail: five percent of noise is seen."""
    model = tiny("llama")
    assert distance(model, edits.noise(model, np.random.default_rng(4), 0.05)) > 1e-2


def test_the_models_given_are_left_as_they_were():
    """Edits give new arrays and write to none that they were given."""
    model, same = tiny("llama"), tiny("llama")
    launder.launder(model, tuple(launder.LAUNDERINGS), np.random.default_rng(4))
    edits.upcycled(
        edits.zeroed(edits.noise(model, np.random.default_rng(4), 0.5), 0.5), np.random.default_rng(4), 2, 0
    )
    assert all(np.array_equal(array, same.weights[name]) for name, array in model.weights.items())


def test_a_mixture_of_equal_experts_answers_like_the_block_it_came_from():
    """Upcycling without noise keeps the function, whichever experts the router takes."""
    model = tiny("llama")
    mixture = edits.upcycled(model, np.random.default_rng(4), 4, 0.0)
    assert distance(model, mixture) < 1e-5


def test_a_merged_adapter_has_the_rank_that_it_was_given():
    """The change of a merged matrix is of rank eight at most, and of the size asked for."""
    model = tiny("llama")
    low_rank = edits.adapter(model, np.random.default_rng(4), 3, 0.05)
    name = "model.layers.1.self_attn.q_proj.weight"
    change = edits.with_adapter(model, low_rank).weights[name] - model.weights[name]
    assert np.linalg.matrix_rank(change, tol=1e-5) == 3
    assert np.linalg.norm(change) == pytest.approx(0.05 * np.linalg.norm(model.weights[name]), rel=1e-3)


def test_two_of_four_leaves_two_of_every_four():
    """In every row of every layer's matrix."""
    pruned = edits.two_of_four(tiny("llama")).weights["model.layers.0.mlp.up_proj.weight"]
    assert ((pruned.reshape(-1, 4) != 0).sum(1) == 2).all()


@pytest.mark.parametrize("kind", ["F32", "Q8_0"])
def test_a_gguf_file_gives_back_the_model_that_was_written(tmp_path, kind):
    """Rows go into llama.cpp's order and come back; the answers stay those of the model."""
    model = wide()
    files.write_gguf(tmp_path / "model.gguf", model, kind)
    back = files.read_gguf(tmp_path / "model.gguf")
    assert back.weights.keys() == model.weights.keys()
    assert back.tokenizer.pieces == model.tokenizer.pieces
    assert largest_change(model, back) <= (0.0 if kind == "F32" else 0.01)


def wide():
    """A Llama whose rows are whole blocks of 32, as a quantiser needs."""
    model = tiny("llama")
    weights = {
        name: np.resize(
            array, [32 if size in (16, 24) else 2 * size if size == 8 else size for size in array.shape]
        )
        for name, array in model.weights.items()
    }
    return model.with_weights(weights, hidden_size=32, intermediate_size=32)


def test_a_folder_gives_back_the_model_that_was_written(tmp_path):
    """In one file or in shards, with config and tokenizer; the bytes are the same every time."""
    model = tiny("llama")
    files.write_folder(tmp_path / "a", model)
    files.write_folder(tmp_path / "b", model, shards=3)
    files.write_folder(tmp_path / "c", model)
    for name in "ab":
        back = files.read_folder(tmp_path / name)
        assert largest_change(model, back) == 0
        assert back.tokenizer == model.tokenizer
    one, two = (tmp_path / name / "model.safetensors" for name in "ac")
    assert one.read_bytes() == two.read_bytes()
    assert len(list((tmp_path / "b").glob("*.safetensors"))) == 3


def test_every_recipe_of_the_zoo_has_a_truth_that_fits():
    """Inputs exist and come first, relations and verdicts are of the closed sets, roots are roots."""
    known = recipes.recipes()
    named = {name for recipe in known.values() for name in recipe.inputs}
    assert named <= known.keys()
    for recipe in known.values():
        told = truth.Truth(recipe.name, recipe.family, recipe.roots[0], "", recipe.parents, recipe.roots)
        assert truth.problems(told, set(known)) == []
        assert set(recipe.roots) <= known.keys()


def test_the_zoo_is_as_large_as_the_benchmark_needs():
    """24 Llama seeds, 12 of GPT-2, 8 of BERT, 8 classifiers, and 2,000 pairs without a common root."""
    known = recipes.recipes()
    roots = [r for r in known.values() if r.make == "root" and r.roots == (r.name,)]
    counts = {
        family: sum(r.family == family for r in roots) for family in ("llama", "gpt2", "bert", "conv", "gru")
    }
    assert counts["llama"] >= 24
    assert (counts["gpt2"], counts["bert"], counts["conv"] + counts["gru"]) == (12, 8, 8)
    truths = {
        r.name: truth.Truth(
            r.name, r.family, r.roots[0], "", r.parents, r.roots, {"taught_by": r.taught_by, "save": r.save}
        )
        for r in known.values()
    }
    assert len(list(pairs.made_negatives(truths))) >= 2000


def test_a_recipe_is_known_by_its_inputs_too():
    """A changed root changes the digest of everything that was made from it."""
    recipe = recipes.recipes()["llama-00.zeroed-50"]
    one, two = (recipe.digest({"llama-00": root}, "text") for root in ("a", "b"))
    assert one != two
    assert one == recipe.digest({"llama-00": "a"}, "text")


@pytest.mark.parametrize("origin", sorted(edited.EDITS))
def test_every_edited_copy_has_a_truth_that_fits(origin):
    """Relations, verdicts and parents of all edits of a real model."""
    names = {origin} | {f"{origin}-{name}" for name in edited.EDITS[origin]}
    for name, edit in edited.EDITS[origin].items():
        told = edited.truth_of(origin, name, edit, {})
        assert truth.problems(told, names) == [], name


def test_the_table_of_real_pairs_is_what_the_rules_give():
    """`pairs.tsv` is up to date, its verdicts are of the closed set, its models are those of `models.tsv`."""
    table = pairs.read_table()
    assert table == pairs.real_pairs()
    known = fetch.real_models()
    assert {pair.a for pair in table} | {pair.b for pair in table} <= known.keys()
    assert {v for pair in table for v in pair.verdicts} <= truth.VERDICTS
    assert {pair.relation for pair in table} <= truth.RELATIONS


def test_real_negatives_share_no_root_and_are_counted_once():
    """One pair for each pair of roots."""
    known = fetch.real_models()
    negatives = [pair for pair in pairs.read_table() if pair.label == "negative"]
    assert all(not known[pair.a].roots & known[pair.b].roots for pair in negatives)
    assert len({pair.roots for pair in negatives}) == len(negatives)


def test_students_and_adapters_count_neither_way():
    """Weights need show nothing of a teacher, and an adapter alone nothing of its base."""
    taught = truth.Parent("teacher", "distilled-from", (), ("independent",), linked=None)
    adapted = truth.Parent("base", "adapter-of", (), ("undecided",), linked=None)
    rows = (
        ("base", "base", (), {}),
        ("teacher", "teacher", (), {}),
        ("student", "student", (taught,), {"taught_by": "teacher"}),
        ("adapter", "base", (adapted,), {"save": "adapter"}),
    )
    told = {
        name: truth.Truth(name, "llama", root, "", parents, (root,), facts)
        for name, root, parents, facts in rows
    }
    labels = {(p.a, p.b): p.label for p in pairs.made_positives(told)}
    assert labels == {("student", "teacher"): "taught", ("adapter", "base"): "unclear"}
    negatives = {frozenset((p.a, p.b)) for p in pairs.made_negatives(told)}
    assert negatives == {frozenset(("base", "teacher")), frozenset(("base", "student"))}
    assert list(pairs.siblings(told)) == []
