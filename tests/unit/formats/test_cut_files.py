"""Files that are cut off: rows that are there are read, the rest is told."""

from __future__ import annotations

import numpy as np
import pytest

from build.onnx import model, tensor
from build.safetensors import raw_entry, with_header
from build.tflite import tiny_tflite
from gauger.core.errors import Malformed
from gauger.formats.present import CUT_OFF
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of

MATRIX = np.arange(12, dtype="<f4").reshape(4, 3)


def safetensors(keep):
    """Two matrices of which the first `keep` bytes are there."""
    header = raw_entry("a", 0, 48, [4, 3]) + "," + raw_entry("b", 48, 96, [4, 3])
    return with_header("{" + header + "}", (2 * MATRIX.tobytes())[:keep])


def onnx(keep):
    """The same as ONNX, cut at the same place."""
    data = model([tensor("a", MATRIX), tensor("b", MATRIX)])
    return data[: data.rindex(MATRIX.tobytes()) + keep - 48]


@pytest.mark.parametrize("make", [safetensors, onnx])
def test_whole_rows_before_the_cut_are_read(make):
    """A row that is cut is not there."""
    weights = weights_of([MemorySource(make(48 + 30), name="m")])
    a, b = weights.tensors
    assert (weights.rows_here(a), weights.rows_here(b)) == (4, 2)
    assert weights.rows(b, 0, 2).tolist() == MATRIX[:2].tolist()
    with pytest.raises(Malformed):
        weights.rows(b, 2, 1)
    assert weights.unread == ()
    assert any("cut off" in remark for remark in weights.file.remarks)


def test_tensors_behind_the_cut_are_unread_with_the_reason():
    """They are listed, and nobody takes them for readable."""
    weights = weights_of([MemorySource(safetensors(48), name="m")])
    assert [t.name for t in weights.tensors] == ["a"]
    assert weights.unread == (("b", CUT_OFF),)


def test_a_whole_file_has_all_its_rows():
    """Quantised pairs, too."""
    weights = weights_of([MemorySource(tiny_tflite(), name="m")])
    assert {t.name: weights.rows_here(t) for t in weights.tensors} == {"bias": 1, "kernel": 2}
