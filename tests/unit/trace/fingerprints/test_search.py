"""Finding the origin of a model among many fingerprints, and finding none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from build.fingerprints import drawn, fingerprinted, quantised, rewritten, tiny_llama, tuned
from gauger.trace.fingerprints.library import Library
from gauger.trace.fingerprints.make import QUERY, RANGES, REFERENCE
from gauger.trace.fingerprints.store import save_fingerprint

MANY = 200


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder of fingerprints of units alone."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(MANY):
        save_fingerprint(drawn(f"m{number}", number), folder / f"m{number}.safetensors")
    return folder


@pytest.fixture(scope="module")
def library(many):
    """All of them, opened."""
    return Library([(many, "local")])


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder with the fingerprints of eight tiny models, seeds 20 to 27."""
    folder, files = tmp_path_factory.mktemp("library"), tmp_path_factory.mktemp("models")
    for seed in range(20, 28):
        made = fingerprinted(tiny_llama(seed), files / str(seed), f"tiny-{seed}", REFERENCE)
        save_fingerprint(made, folder / f"tiny-{seed}.safetensors")
    return folder


def test_the_parent_is_found_among_many(library):
    """A child with half as much noise as signal has one hit: its parent, with the layers in order."""
    assert len(library) == MANY
    (hit,) = library.search(drawn("child", 9999, parent=123, noise=0.5))
    assert hit.key == "m123"
    assert hit.layer_map == tuple(range(6))
    assert hit.log_bound < np.log(1e-6)
    assert hit.places >= 2
    assert hit.trust == "local"


def test_independent_models_have_no_hit(library):
    """60 queries that depend on nothing in a library of 200: 432,000 pairs of layers, no hit."""
    hits = [library.search(drawn("q", 50_000 + seed)) for seed in range(60)]
    assert hits == [()] * 60


def test_layers_that_were_taken_out_show_in_the_map(library):
    """Of a child with some of the parent's layers, every layer knows its origin."""
    whole = drawn("child", 9998, parent=7, noise=0.3)
    kept = [0, 2, 3, 5]
    blocks = tuple(whole.document.blocks[i] for i in kept)
    arrays = {f"units.{n}": whole.arrays[f"units.{i}"] for n, i in enumerate(kept)}
    arrays |= {"samples": whole.arrays["samples"], "spreads": whole.arrays["spreads"][kept]}
    document = type(whole.document)(
        tool="x", declared=whole.document.declared, structure=whole.document.structure, blocks=blocks,
        reading=whole.document.reading,
    )  # fmt: skip
    (hit,) = library.search(type(whole)(document=document, arrays=arrays))
    assert hit.key == "m7"
    assert hit.layer_map == (0, 2, 3, 5)


def test_a_compiled_index_answers_as_a_fresh_one_does(many, library, tmp_path):
    """The second opening maps the files of the first; a changed library is compiled again."""
    query = drawn("child", 9997, parent=42, noise=0.5)
    fresh = library.search(query)
    first = Library([(many, "local")], cache=tmp_path).search(query)
    stamps = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.npy")}
    second = Library([(many, "local")], cache=tmp_path).search(query)
    assert fresh == first == second
    assert stamps == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.npy")}
    more = tmp_path / "more"
    save_fingerprint(drawn("closer", 1, parent=42, noise=0.4), more / "closer.safetensors")
    found = Library([(many, "local"), (more, "local")], cache=tmp_path).search(query)
    assert {hit.key for hit in found} == {"m42", "closer"}


def test_a_broken_fingerprint_is_left_out_and_named(tmp_path):
    """One bad file does not take the library away."""
    save_fingerprint(drawn("m1", 1), tmp_path / "m1.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    library = Library([(tmp_path, "local")])
    assert len(library) == 1
    assert [name for name, _ in library.broken] == ["bad.safetensors"]


def test_what_was_done_is_told_from_fingerprints_alone(models, tmp_path):
    """Equal, rounded, tuned and rewritten copies of one model: each has the right word, and one hit."""
    library = Library([(models, "shipped")])
    base = tiny_llama(23)
    copies = {
        "identical": base,
        "converted": {n: t.astype("<f2").astype("<f4") for n, t in base.items()},
        "fine-tuned": tuned(base, 5, 0.3),
        "re-parameterised": rewritten(base, 6),
    }
    for word, tensors in copies.items():
        hits = library.search(fingerprinted(tensors, tmp_path / word))
        assert [(hit.key, hit.alteration) for hit in hits] == [("tiny-23", word)]
    assert hits[0].tier == "laundered"


def test_a_fine_grid_is_within_rounding_or_tuning_never_nothing(models, tmp_path):
    """Plain numbers on an 8-bit grid still lead to their model."""
    (hit,) = Library([(models, "shipped")]).search(fingerprinted(quantised(tiny_llama(25)), tmp_path / "q"))
    assert hit.key == "tiny-25"
    assert hit.relation in {"converted-from", "quantised-from", "fine-tuned-from"}
    assert max(pair.change for pair in hit.tensors if len(pair.shape) > 1) < 0.02


def test_first_rows_alone_find_the_model(models, tmp_path):
    """A query of gate and up rows is answered from the same library."""
    query = fingerprinted(tuned(tiny_llama(21), 1, 0.1), tmp_path / "r", detail=RANGES)
    (hit,) = Library([(models, "shipped")]).search(query)
    assert hit.key == "tiny-21"
    assert hit.relation == "fine-tuned-from"


def test_shuffled_and_gaussian_weights_have_no_hit(models, tmp_path):
    """The same numbers in random order, and Gaussian ones of the same spread, come from nowhere."""
    draw = np.random.default_rng(1)
    base = tiny_llama(22)
    shuffled = {
        n: draw.permutation(t.reshape(-1)).reshape(t.shape) if t.ndim > 1 else t for n, t in base.items()
    }
    gaussian = {
        n: (t.std() * draw.normal(size=t.shape)).astype("<f4") if t.ndim > 1 else t for n, t in base.items()
    }
    library = Library([(models, "shipped")])
    for name, tensors in (("s", shuffled), ("g", gaussian), ("i", tiny_llama(99))):
        assert library.search(fingerprinted(tensors, tmp_path / name)) == ()


def test_convolutions_are_found_without_any_block(tmp_path):
    """A network of convolutions, renamed and tuned, leads to its origin; one of the same shapes does not."""

    def network(seed):
        draw = np.random.default_rng(seed)
        return {f"c{n}": draw.normal(size=(48, 32, 3, 3)).astype("<f4") for n in range(4)}

    folder = tmp_path / "lib"
    for seed in range(5):
        made = fingerprinted(network(seed), tmp_path / f"m{seed}", f"conv-{seed}", REFERENCE)
        save_fingerprint(made, folder / f"conv-{seed}.safetensors")
    library = Library([(folder, "local")])
    renamed = {f"conv/{n}/kernel": t for n, t in reversed(tuned(network(3), 1, 0.2).items())}
    (hit,) = library.search(fingerprinted(renamed, tmp_path / "q"))
    assert (hit.key, hit.alteration) == ("conv-3", "fine-tuned")
    assert library.search(fingerprinted(network(77), tmp_path / "n")) == ()
    (weak,) = library.search(fingerprinted(tuned(network(3), 1001, 2.0), tmp_path / "w"))
    assert (weak.alteration, weak.relation) == ("shared-initialisation", "")


def test_an_empty_library_has_no_hit(tmp_path):
    """Nothing to compare with is no error."""
    assert Library([(tmp_path / "none", "local")]).search(drawn("q", 1)) == ()


def test_one_layer_is_not_enough(tmp_path):
    """A claim needs two places: a model with one block and no tensors gives none."""
    save_fingerprint(drawn("one", 5, layers=1), tmp_path / "one.safetensors")
    assert Library([(tmp_path, "local")]).search(drawn("copy", 6, layers=1, parent=5, noise=0.1)) == ()


def test_query_details_are_wider_than_reference_details():
    """What is looked up spares nothing: lenses on every block."""
    assert QUERY.lenses > REFERENCE.lenses
