"""Broken, incomplete and degenerate models: no crash, no false claim, and reasons."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import numpy as np
import pytest

from build import copies
from build.opened_models import opened
from build.safetensors import index_bytes, raw_entry, safetensors_bytes, with_header
from gauger.core.comparison import Comparison
from gauger.core.errors import Malformed
from gauger.core.readings import Measured
from gauger.trace.weights.compare import compare_models, compare_opened

P = copies.parent()
LOST = {"depth-changed", "contained", "vocabulary-changed", "width-changed", "partly-inherited", "pruned"}


def half(folder: Path, tensors: copies.Tensors = P) -> Path:
    """The first of two shards, and the index that names both."""
    folder.mkdir()
    names = list(tensors)
    kept, files = names[: len(names) // 2], [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    (folder / files[0]).write_bytes(safetensors_bytes({name: tensors[name] for name in kept}))
    table = {name: files[name not in kept] for name in names}
    (folder / "model.safetensors.index.json").write_bytes(index_bytes(table))
    return folder


def cut(folder: Path) -> Path:
    """A file that ends in the middle."""
    path = copies.written(folder, P) / "model.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return folder


def said(ours: copies.Tensors, theirs: copies.Tensors = P) -> Comparison:
    """The verdict on these two."""
    return compare_opened(opened(ours, name="ours"), opened(theirs, name="theirs"))


@pytest.mark.parametrize("broken", [half, cut])
@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_missing_was_not_taken_out(tmp_path, broken, swapped):
    """A shard that is not there, or a download cut short, is no pruning: what is here is equal."""
    paths = [broken(tmp_path / "part"), copies.written(tmp_path / "whole", P)]
    found = compare_models(*(paths[::-1] if swapped else paths))
    assert not LOST & {*found.alterations}
    assert found.relation == "same-as"
    assert "incomplete" in found.statement
    assert found.facts["all-numbers-compared"] is False
    assert any("missing" in caveat or "cut off" in caveat for caveat in found.caveats)


def test_a_part_of_a_rewritten_copy_is_no_pruning(tmp_path):
    """The same, where units and basis were changed as well."""
    copy = copies.rotated(copies.units_permuted(P))
    found = compare_models(half(tmp_path / "part", copy), copies.written(tmp_path / "whole", P))
    assert found.verdict == "re-parameterised"
    assert not LOST & {*found.alterations}


@pytest.mark.parametrize(
    ("header", "data"),
    [
        ("{" + raw_entry("a.weight", 0, 4 * 64 * 64 * 10, [64, 64]) + "}", b"\0" * 100),
        (
            "{" + raw_entry("a.weight", 0, 16384, [64, 64]) + "," + raw_entry("b", 0, 16384, [64, 64]) + "}",
            b"\1" * 16384,
        ),
    ],
    ids=["too many bytes", "one on the other"],
)
def test_a_header_that_lies(tmp_path, header, data):
    """Offsets that do not fit end in the reader's error, on either side."""
    (tmp_path / "lie").mkdir()
    (tmp_path / "lie" / "model.safetensors").write_bytes(with_header(header, data))
    whole = copies.written(tmp_path / "whole", P)
    for pair in ((tmp_path / "lie", whole), (whole, tmp_path / "lie")):
        with pytest.raises(Malformed):
            compare_models(*pair)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_a_layer_without_numbers_was_not_taken_out(value):
    """NaN, infinity or zeros in all of a layer: the rest tells, and the layer is named among the caveats."""
    copy = {n: np.full_like(t, value) if ".layers.1." in n and t.ndim == 2 else t for n, t in P.items()}
    found = said(copy)
    assert (found.verdict, found.relation) == ("fine-tuned", "fine-tuned-from")
    assert any("layers.1" in caveat and "nothing" in caveat for caveat in found.caveats)
    assert not LOST & {*found.alterations}


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_no_numbers_at_all(value):
    """Nothing can be said, and why."""
    blank = copies.each(P, lambda t: np.full_like(t, value))
    renamed = {f"t{n}": tensor for n, tensor in enumerate(blank.values())}
    for pair in ((blank, P), (P, blank), (renamed, blank)):
        found = said(*pair)
        assert (found.verdict, found.relation) == ("undecided", "")
        assert "could be compared" in found.statement


def test_units_that_are_all_alike_are_no_evidence():
    """Equal rows in both models, with the same or another row."""

    def alike(seed: int) -> copies.Tensors:
        return copies.each(copies.parent(seed), lambda t: np.repeat(t[:1], t.shape[0], axis=0))

    assert said(alike(31), alike(32)).relation == ""
    doubled = copies.each(copies.parent(33), lambda t: np.concatenate([t[: len(t) // 2]] * 2))
    assert said(doubled, P).relation == ""


@pytest.mark.parametrize(
    "size", [{"layers": 1}, {"units": 32, "width": 32}, {"layers": 1, "units": 8, "width": 8}]
)
@pytest.mark.parametrize("seed", range(3))
def test_small_models_that_are_unrelated(size, seed):
    """One layer, or 32 units: independent with its power, or not decidable; never a claim."""
    found = said(copies.parent(600 + seed, **size), copies.parent(700 + seed, **size))
    assert found.relation == ""
    assert found.verdict in ("independent", "undecided")
    if found.verdict == "independent":
        assert isinstance(found.power, Measured)
        assert found.power.value <= 0.6
    else:
        assert found.statement.startswith("not decidable: ")


@pytest.mark.parametrize("size", [{"layers": 1}, {"units": 32, "width": 32}])
@pytest.mark.parametrize("edit", [lambda t: copies.noise(t, 0.05), copies.units_permuted])
def test_small_models_that_are_copies(size, edit):
    """Are found."""
    small = copies.parent(51, **size)
    assert said(edit(small), small).relation != ""


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_one_file_under_two_names(tmp_path, link):
    """Is identical to itself."""
    whole = copies.written(tmp_path / "whole", P) / "model.safetensors"
    link(whole, tmp_path / "other.safetensors")
    found = compare_models(tmp_path / "other.safetensors", whole)
    assert (found.verdict, found.relation) == ("identical", "same-as")
    assert found.facts["all-numbers-compared"] is True


def test_a_file_without_matrices():
    """One-dimensional tensors alone."""
    found = said({"a": np.arange(100, dtype=np.float32)})
    assert (found.verdict, found.relation) == ("undecided", "")


def test_huge_numbers_do_not_overflow():
    """Numbers near the largest float."""
    found = said({n: t * np.float32(1e37) for n, t in P.items()})
    assert found.verdict in ("fine-tuned", "re-parameterised")
    assert "inf" not in found.statement.replace("information", "")


@pytest.mark.parametrize(
    "copy", [copies.noise(P, 0.1), copies.rotated(copies.units_permuted(P)), copies.parent(9)]
)
def test_the_record_is_the_same_every_time(copy):
    """Byte for byte."""
    assert msgspec.json.encode(said(copy)) == msgspec.json.encode(said(copy))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_single_numbers_that_are_none_do_not_hide_a_rewritten_copy(value):
    """Some units and some tokens without numbers, in a turned copy."""
    copy = {n: t.copy() for n, t in copies.rotated(copies.units_permuted(P)).items()}
    for name, tensor in copy.items():
        if name.endswith(("gate_proj.weight", "embed_tokens.weight")):
            tensor[3, 5] = value
    found = said(copy)
    assert found.verdict in ("re-parameterised", "independent", "undecided")
    assert said(copy, copies.parent(12)).relation == ""
