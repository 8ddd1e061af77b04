"""Real models as networks: every matrix in its place, in a quantised export too."""

from __future__ import annotations

import numpy as np
import pytest

from gauger.formats.open_model import open_tokenizer
from gauger.formats.weights import open_weights
from gauger.trace.weights.analytic import is_analytic
from gauger.trace.weights.invariants import block_invariants
from gauger.trace.weights.network import Network, network_of
from gauger.trace.weights.tokens import shared_tokens

pytestmark = pytest.mark.real_model


def network(folder, name) -> Network:
    """One of the real models."""
    return network_of(open_weights(folder / name), {}, open_tokenizer(folder / name))


def test_a_gguf_decoder(real_models):
    """All 210 matrices of the layers have a role; the output matrix is the embedding."""
    found = network(real_models, "smollm2")
    assert [(b.component, b.units, b.width) for b in found.blocks] == [
        (f"layers.{n}", 1536, 576) for n in range(30)
    ]
    assert all(m.place.role for m in found.matrices)
    assert (found.architecture, found.tied, found.embedding.shape) == ("llama", True, (49152, 576))


def test_an_export_without_names_is_the_model(real_models):
    """The nameless, transposed, eight-bit matrices of another author's export are those of the original."""
    original, export = network(real_models, "minilm"), network(real_models, "minilm-int8")
    assert [b.component for b in export.blocks] == [b.component for b in original.blocks]
    by_place = {m.place: m for m in original.matrices}
    placed = [m for m in export.matrices if m.place.role]
    assert len(placed) == 39
    for matrix in placed:
        if matrix.place.component.startswith("layers."):
            a, b = matrix.whole().ravel(), by_place[matrix.place].whole().ravel()
            assert a @ b > 0.999 * np.linalg.norm(a) * np.linalg.norm(b)
    for a, b in zip(original.blocks, export.blocks, strict=True):
        one, other = block_invariants(a).columns(), block_invariants(b).columns()
        assert np.corrcoef(one.T, other.T)[:3, 3:].diagonal().min() > 0.999


def test_two_tokenizers_meet(real_models):
    """A WordPiece and a byte-level vocabulary share thousands of pieces; a sample of them is drawn."""
    a, b = shared_tokens(network(real_models, "minilm"), network(real_models, "smollm2"))
    assert len(a) == len(b) == 256
    assert len(set(a.tolist())) == len(set(b.tolist())) == 256


@pytest.mark.parametrize("name", ["smollm2", "minilm", "minilm-int8"])
def test_nothing_trained_is_called_fixed(real_models, name):
    """No matrix of these models is taken for a formula."""
    for matrix in network(real_models, name).matrices:
        stored = matrix if matrix.by_rows else matrix.turned()
        assert is_analytic(stored.rows(0, 256)) == "", matrix
