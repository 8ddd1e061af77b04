"""Comparing models gives a dossier: both models, the comparisons and the lineage that follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from build import copies
from build.safetensors import raw_entry, with_header
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier
from gauger.core.errors import NothingToExamine, UsageError
from gauger.flows.compare import compare, distinct_names
from gauger.flows.question import Question

P = copies.parent(layers=2)
ASKED = Question(as_of="2026-11-23")


@pytest.fixture(scope="module")
def known() -> Lookup:
    """The knowledge base as shipped."""
    return Lookup(Catalogue())


def asked(known: Lookup, *paths: Path) -> Dossier:
    """The dossier of the first and the others."""
    return compare(paths[0], paths[1:], known, ASKED)


def test_a_copy_and_its_parent(tmp_path, known):
    """One comparison, one claim between both models, tests and coverage beside it."""
    paths = copies.written(tmp_path / "child", copies.noise(P, 0.1)), copies.written(tmp_path / "base", P)
    found = asked(known, *paths)
    (pair,) = found.comparisons
    assert (pair.verdict, pair.relation) == ("fine-tuned", "fine-tuned-from")
    names = {model.id: model.name for model in found.models}
    assert (names[pair.subject], names[pair.reference]) == ("child", "base")
    assert [(c.subject, c.object) for c in found.claims if c.basis == "observed"] == [
        (pair.subject, pair.reference)
    ]
    assert found.target == "child ~ base"
    assert "weights" in found.coverage.probes
    assert found.coverage.bytes_read > 0
    assert str(tmp_path) not in repr(found)


def test_several_references(tmp_path, known):
    """One comparison each; a merge is told of its parents and not of the stranger."""
    one, two = copies.noise(P, 0.3, seed=1), copies.noise(P, 0.3, seed=2)
    mix = {name: (0.4 * one[name] + 0.6 * two[name]).astype("<f4") for name in P}
    made = {"mix": mix, "one": one, "two": two, "strange": copies.parent(8, layers=2)}
    found = asked(known, *(copies.written(tmp_path / name, tensors) for name, tensors in made.items()))
    names = {model.id: model.name for model in found.models}
    assert {names[c.reference]: c.verdict for c in found.comparisons} == {
        "one": "merged",
        "two": "merged",
        "strange": "independent",
    }


def test_folders_of_one_name_are_told_apart(tmp_path, known):
    """By as much of their paths as is needed."""
    paths = [copies.written(tmp_path / part / "model", P) for part in ("a", "b")]
    found = asked(known, *paths)
    assert {model.name for model in found.models} == {"a/model", "b/model"}
    assert distinct_names(paths) == ["a/model", "b/model"]


@pytest.mark.parametrize("how", ["twice", "link", "none"])
def test_two_different_models_are_needed(tmp_path, known, how):
    """The same path, a link to it, or nothing to compare with is a mistake of the caller."""
    folder = copies.written(tmp_path / "m", P)
    (tmp_path / "n").symlink_to(folder)
    paths = {"twice": (folder, folder), "link": (folder, tmp_path / "n"), "none": (folder,)}[how]
    with pytest.raises(UsageError):
        asked(known, *paths)


def test_a_folder_without_a_model(tmp_path, known):
    """Nothing to examine, on either side."""
    folder, empty = copies.written(tmp_path / "m", P), tmp_path / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("no model")
    for paths in ((empty, folder), (folder, empty)):
        with pytest.raises(NothingToExamine):
            asked(known, *paths)


def test_a_model_that_cannot_be_read_is_a_gap(tmp_path, known):
    """The other reference is compared all the same."""
    base, bad = copies.written(tmp_path / "base", P), tmp_path / "bad"
    bad.mkdir()
    lie = with_header("{" + raw_entry("a.weight", 0, 40, [64, 64]) + "}", b"\0" * 40)
    (bad / "model.safetensors").write_bytes(lie)
    found = asked(known, copies.written(tmp_path / "child", copies.noise(P, 0.1)), bad, base)
    assert [c.verdict for c in found.comparisons] == ["fine-tuned"]
    assert any(gap.location is not None and "bad" in gap.location.path for gap in found.gaps)
