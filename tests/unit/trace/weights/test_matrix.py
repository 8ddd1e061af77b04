"""Matrices are read in the orientation of the model, whatever the file's."""

from __future__ import annotations

import numpy as np
import pytest

from build.safetensors import safetensors_bytes
from gauger.core.errors import LimitExceeded
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of
from gauger.trace.weights import matrix as matrices
from gauger.trace.weights.matrix import Matrix, View, whole_view
from gauger.trace.weights.place import Place


def opened(array, view=None):
    """A matrix over one stored array."""
    weights = weights_of([MemorySource(safetensors_bytes({"x": array}))])
    return Matrix(weights, weights.tensors[0], Place(), view)


STORED = np.random.default_rng(5).normal(size=(12, 7)).astype("<f4")
VIEWS = {
    "as it is": (None, STORED),
    "transposed": (View(rows=range(12), transposed=True), STORED.T),
    "some rows": (View(rows=range(3, 9)), STORED[3:9]),
    "every other row": (View(rows=range(1, 12, 2)), STORED[1::2]),
    "rows in another order": (View(rows=np.array([9, 2, 11, 0])), STORED[[9, 2, 11, 0]]),
    "some columns, transposed": (
        View(rows=range(4, 10), columns=range(0, 7, 2), transposed=True),
        STORED[4:10, ::2].T,
    ),
    "columns in another order": (View(rows=range(12), columns=np.array([6, 0, 3])), STORED[:, [6, 0, 3]]),
}


@pytest.mark.parametrize("case", VIEWS)
def test_views(case):
    """Whole, by range, scattered, in blocks and turned around: always the same numbers."""
    view, expected = VIEWS[case]
    matrix = opened(STORED, view)
    assert matrix.shape == expected.shape
    np.testing.assert_array_equal(matrix.whole(), expected)
    np.testing.assert_array_equal(matrix.rows(1, 2), expected[1:3])
    np.testing.assert_array_equal(matrix.gather([2, 0]), expected[[2, 0]])
    np.testing.assert_array_equal(np.concatenate(list(matrix.blocks(rows=2))), expected)
    np.testing.assert_array_equal(np.concatenate(list(matrix.blocks(1, 2, rows=5))), expected[1:3])
    np.testing.assert_array_equal(matrix.turned().whole(), expected.T)
    np.testing.assert_array_equal(matrix.turned().gather([1]), expected.T[[1]])


def test_convolutions_are_folded():
    """A kernel of four dimensions is one row for each output."""
    kernel = np.random.default_rng(1).normal(size=(5, 3, 2, 2)).astype("<f4")
    matrix = opened(kernel)
    assert (matrix.shape, matrix.view.fold) == ((5, 12), 6)
    np.testing.assert_array_equal(matrix.whole(), kernel.reshape(5, 12))
    np.testing.assert_array_equal(matrix.gather([4, 1]), kernel.reshape(5, 12)[[4, 1]])
    np.testing.assert_array_equal(matrix.turned().rows(2, 3), kernel.reshape(5, 12).T[2:5])


def test_only_the_rows_asked_for_are_read():
    """Rows that are rows of the file cost their own bytes."""
    matrix = opened(np.zeros((1000, 100), "<f4"))
    before = matrix.weights.read_bytes
    matrix.rows(500, 10)
    assert matrix.weights.read_bytes - before == 10 * 100 * 4


def test_scattered_rows_of_a_large_matrix_are_not_read_with_their_neighbours():
    """A few rows far apart are read one by one."""
    matrix = opened(np.arange(100_000, dtype="<f4").reshape(1000, 100))
    before = matrix.weights.read_bytes
    np.testing.assert_array_equal(matrix.gather([999, 3])[:, 0], [99_900, 300])
    assert matrix.weights.read_bytes - before < 100_000


def test_large_matrices_are_read_in_parts(monkeypatch):
    """Bounds hold for blocks and for what is held; the numbers stay the same."""
    array = np.random.default_rng(2).normal(size=(50, 30)).astype("<f4")
    monkeypatch.setattr(matrices, "BLOCK_BYTES", 4 * 30 * 4)
    monkeypatch.setattr(matrices, "HELD_BYTES", 4 * 50 * 7)
    plain, turned = opened(array), opened(array, whole_view(opened(array).tensor, transposed=True))
    assert [len(b) for b in plain.blocks()] == [4] * 12 + [2]
    np.testing.assert_array_equal(np.concatenate(list(turned.blocks())), array.T)
    assert max(len(b) for b in turned.blocks()) == 2


def test_too_much_at_once_is_refused(monkeypatch):
    """Nobody can ask for gigabytes in one array."""
    monkeypatch.setattr(matrices, "WHOLE_BYTES", 400)
    matrix = opened(np.zeros((20, 10), "<f4"))
    assert matrix.rows(0, 10).shape == (10, 10)
    with pytest.raises(LimitExceeded):
        matrix.whole()
    with pytest.raises(LimitExceeded):
        matrix.gather(range(11))
