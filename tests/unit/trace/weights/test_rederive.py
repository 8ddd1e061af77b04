"""Quantising the reference again gives the quantised model, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from build import copies
from gauger.core.comparison import Comparison
from gauger.trace.weights.compare import compare_models

P = copies.parent(layers=2)


def quantised(folder: Path, tensors: copies.Tensors, kind: str) -> Path:
    """A GGUF file of this type."""
    folder.mkdir()
    path = folder / "model.gguf"
    path.write_bytes(copies.as_gguf(tensors, kind))
    return path


def said(tmp_path: Path, kind: str, ours: copies.Tensors = P) -> Comparison:
    """The verdict on the quantised model and the plain parent."""
    return compare_models(quantised(tmp_path / "q", ours, kind), copies.written(tmp_path / "p", P))


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"])
def test_the_same_numbers_come_out(tmp_path, kind):
    """Every number, and the verdict says so; the direction follows from the loss."""
    found = said(tmp_path, kind)
    assert (found.verdict, found.relation, found.quantiser) == ("quantised", "quantised-from", kind)
    assert found.facts["re-derived"] == 1.0
    assert "gives the same numbers" in found.statement
    assert (found.inverse, found.direction) == (False, "information-loss")


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0"])
def test_a_trained_copy_comes_out_otherwise(tmp_path, kind):
    """The quantised file of a fine-tuned model is not the parent's, and both alterations are told."""
    found = said(tmp_path, kind, copies.noise(P, 0.2))
    assert {"fine-tuned", "quantised"} <= {*found.alterations}
    assert found.facts["re-derived"] < 0.9
    assert "gives the same numbers" not in found.statement


def test_from_the_other_side(tmp_path):
    """The plain model was not made from the quantised one."""
    found = compare_models(copies.written(tmp_path / "p", P), quantised(tmp_path / "q", P, "Q8_0"))
    assert (found.verdict, found.inverse, found.direction) == ("quantised", True, "information-loss")
    assert found.facts["re-derived"] == 1.0


@pytest.mark.parametrize("kind", ["F32", "F16", "BF16"])
def test_plain_numbers_in_another_format(tmp_path, kind):
    """GGUF with float32 is a conversion, every number equal, and float16 one with rounding."""
    found = said(tmp_path, kind)
    assert (found.verdict, found.relation, found.quantiser) == ("converted", "converted-from", "")
