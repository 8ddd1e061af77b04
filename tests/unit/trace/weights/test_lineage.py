"""Models of a stack are looked up among fingerprints, and compared with each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from build import copies
from build.fingerprints import fingerprinted
from build.opened_models import opened
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.errors import Malformed
from gauger.core.inventory import Model
from gauger.core.limits import DEFAULT_LIMITS
from gauger.trace.fingerprints.library import Library
from gauger.trace.fingerprints.make import REFERENCE
from gauger.trace.fingerprints.store import save_fingerprint
from gauger.trace.weights import lineage
from gauger.trace.weights.lineage import ByWeights, Item, by_weights
from gauger.trace.weights.opened import Opened

P = copies.parent(80)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Library:
    """Fingerprints of the parent and of three strangers."""
    folder, files = tmp_path_factory.mktemp("library"), tmp_path_factory.mktemp("files")
    for key, tensors in {"parent": P, **{f"other-{n}": copies.parent(90 + n) for n in range(3)}}.items():
        save_fingerprint(fingerprinted(tensors, files / key, key, REFERENCE), folder / f"{key}.safetensors")
    return Library([(folder, "local")])


def item(name: str, tensors: copies.Tensors) -> Item:
    """A model of the stack."""
    model = Model(namespace="local", name=name, form="weights")
    return Item(model, f"{name}/model.safetensors", lambda: opened(tensors, name=name))


def said(library: Library, **models: copies.Tensors) -> ByWeights:
    """What the weights of these say."""
    items = [item(name, tensors) for name, tensors in models.items()]
    return by_weights(items, Lookup(Catalogue()), DEFAULT_LIMITS, library=library)


def test_nothing_to_weigh(library):
    """No models, no records."""
    assert said(library) == ByWeights()


def test_weights_that_tell_nothing_are_a_gap_and_end_no_run(library):
    """A file of four zeros has no fingerprint: a gap says so, and the next model is still looked up."""
    found = said(library, nought={"w": np.zeros(4, np.float32)}, ours=P)
    (gap,) = [gap for gap in found.gaps if gap.location and gap.location.path.startswith("nought/")]
    assert (gap.reason, gap.detail) == (
        "unreadable",
        "no tensor holds numbers that tell one model from another",
    )
    assert found.claims


@pytest.mark.parametrize(
    "copy",
    [copies.noise(P, 0.2), copies.rotated(copies.units_permuted(P)), P],
    ids=["tuned", "rewritten", "same"],
)
def test_a_copy_is_found_in_the_library(library, copy):
    """One reference, the evidence with what stands behind it, and a claim."""
    found = said(library, ours=copy)
    assert len(found.references) == 1
    assert "parent" in found.references[0].title
    assert len(found.claims) == 1
    assert found.claims[0].object == found.references[0].id
    assert found.evidence[0].calibration == "fingerprints"
    assert found.comparisons == ()
    assert found.read_bytes > 0
    assert found.total_bytes > 0


def test_a_stranger_is_a_gap_and_no_claim(library):
    """Nothing of the library hangs together with it."""
    found = said(library, ours=copies.parent(99))
    assert (found.claims, found.evidence, found.findings) == ((), (), ())
    assert [(gap.reason, gap.subject) for gap in found.gaps] == [("no-reference", item("ours", {}).model.id)]


def test_models_of_the_stack_are_compared_with_each_other(library):
    """A pair that hangs together leaves a comparison and a claim; the stranger beside it leaves none."""
    base = copies.parent(120)
    found = said(library, base=base, child=copies.noise(base, 0.1), stranger=copies.parent(121))
    (pair,) = found.comparisons
    assert pair.verdict == "fine-tuned"
    assert {pair.subject, pair.reference} == {item("base", {}).model.id, item("child", {}).model.id}
    assert [c.relation for c in found.claims] == ["fine-tuned-from"]


def test_rewritten_copies_in_a_stack_are_findings(library):
    """With the evidence that they rest on."""
    base = copies.parent(120)
    found = said(library, base=base, copy=copies.rotated(copies.units_permuted(base)))
    (finding,) = found.findings
    assert finding.evidence[0] in {e.id for e in found.evidence}


def test_pairs_above_the_bound_are_a_gap(library, monkeypatch):
    """Not compared, and said how many."""
    monkeypatch.setattr(lineage, "_MOST_PAIRS", 1)
    base = copies.parent(120)
    found = said(library, a=base, b=copies.noise(base, 0.1), c=copies.noise(base, 0.2, seed=4))
    assert len(found.comparisons) == 1
    (gap,) = [gap for gap in found.gaps if gap.reason == "limit-exceeded"]
    assert "2 of 3 pairs" in gap.detail


def test_a_model_that_cannot_be_opened_is_a_gap(library):
    """The others are compared all the same."""

    def broken() -> Opened:
        raise Malformed("no header", subject="x")

    bad = Item(Model(namespace="local", name="bad", form="weights"), "bad/model.safetensors", broken)
    base = copies.parent(120)
    items = [item("a", base), bad, item("b", copies.noise(base, 0.1))]
    found = by_weights(items, Lookup(Catalogue()), DEFAULT_LIMITS, library=library)
    assert len(found.comparisons) == 1
    assert [gap.subject for gap in found.gaps if gap.reason == "malformed"] == [bad.model.id]


def test_a_broken_fingerprint_is_a_gap(tmp_path: Path):
    """It is named, and the search goes on."""
    (tmp_path / "bad.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{broken}")
    found = said(Library([(tmp_path, "local")]), ours=P)
    assert [g.location.path for g in found.gaps if g.reason == "malformed"] == ["bad.safetensors"]


def test_two_runs_say_the_same(library):
    """Records, in order, byte for byte."""
    base = copies.parent(120)
    first, second = (said(library, base=base, child=copies.noise(base, 0.1)) for _ in range(2))
    assert first == second
