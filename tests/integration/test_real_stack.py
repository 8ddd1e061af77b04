"""A stack with real models in it: what is found, and what their own bytes say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier
from gauger.flows.check import Question, check
from real_models import MINILM, MINILM_INT8, SMOLLM2, real_models

__all__ = ["real_models"]
pytestmark = pytest.mark.real_model

APP = """
from llama_cpp import Llama
from sentence_transformers import SentenceTransformer

writer = Llama(model_path="models/writer.gguf")
finder = SentenceTransformer("models/finder")
"""


@pytest.fixture(scope="module")
def dossier(real_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """A checked stack: the real files under invented names, with a card that claims them as one's own."""
    stack = tmp_path_factory.mktemp("stack")
    (stack / "app.py").write_text(APP)
    models = stack / "models"
    shutil.copytree(real_models / Path(MINILM).parent, models / "finder")
    (models / "finder" / "README.md").write_text("# Finder\nTrained from scratch by us.\n")
    shutil.copy(real_models / SMOLLM2, models / "writer.gguf")
    (models / "small").mkdir()
    shutil.copy(real_models / MINILM_INT8, models / "small" / "model.onnx")
    return check(stack, Lookup(Catalogue()), Question(as_of="2026-11-23"))


def model_named(dossier: Dossier, part: str):
    """The model whose name holds this."""
    (found,) = [m for m in dossier.models if part in m.name]
    return found


def observed(dossier: Dossier, subject: str) -> set[tuple[str, str, str]]:
    """Relation, object's key and strength of every observed claim about this model."""
    keys = {r.id: r.key for r in dossier.references}
    return {
        (c.relation, keys.get(c.object, c.object), c.strength)
        for c in dossier.claims
        if c.subject == subject and c.basis == "observed"
    }


def test_every_real_file_is_found_and_bound_to_its_use(dossier: Dossier):
    """The GGUF and the folder are stored models and are those that the code loads."""
    for name in ("models/writer.gguf", "models/finder"):
        model = model_named(dossier, name)
        uses = [u for u in dossier.uses if u.model == model.id]
        assert {"stored"} < {u.role for u in uses}, name
        assert any(u.location.path == "app.py" for u in uses), name
    assert model_named(dossier, "models/small")


def test_the_tokenizer_in_a_real_gguf_is_recognised(dossier: Dossier):
    """SmolLM2's whole vocabulary and merge list are equal to the reference's."""
    claims = observed(dossier, model_named(dossier, "writer.gguf").id)
    assert ("shares-tokenizer-with", "tokenizer/smollm2", "exact") in claims


def test_the_tokenizer_of_a_real_encoder_is_recognised_under_a_card_that_hides_it(dossier: Dossier):
    """MiniLM's vocabulary is BERT's, its sizes are those of the MiniLM models."""
    claims = observed(dossier, model_named(dossier, "finder").id)
    assert any(r == "shares-tokenizer-with" and key == "tokenizer/bert-uncased" for r, key, _ in claims)
    assert any(r == "architecture-from" and "minilm" in key.lower() for r, key, _ in claims)


def test_a_card_that_claims_a_real_model_as_ones_own_is_contradicted(dossier: Dossier):
    """The finding names the folder and the card."""
    finder = model_named(dossier, "finder")
    rules = {f.rule for f in dossier.findings if f.subject == finder.id}
    assert "declared-origin-contradicted" in rules


def test_nothing_that_was_examined_is_lost(dossier: Dossier):
    """No reader gave up on a real file."""
    assert not [g for g in dossier.gaps if g.reason in {"malformed", "unreadable", "limit-exceeded"}]
