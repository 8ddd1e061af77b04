"""The structure probe: sizes, what shares them, and configurations that do not fit their tensors."""

from __future__ import annotations

import pytest

from build.model_folders import CONFIG, model_folder, small_catalogue
from gauger.catalogue.load import Catalogue
from gauger.formats.model_file import TensorEntry
from gauger.trace.sizes import sizes_of_config, sizes_of_gguf, sizes_of_tensors
from gauger.trace.structure import contradictions, matching
from gauger.trace.trace import trace_path


@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    """A catalogue of two developers."""
    return small_catalogue(tmp_path_factory.mktemp("catalogue"))


def test_equal_sizes_are_at_most_moderate(tmp_path, lookup):
    """A full match of sizes is called moderate, and names architecture rather than lineage."""
    traced = trace_path(model_folder(tmp_path / "m", config=CONFIG), lookup)
    claims = [c for c in traced.claims if c.basis == "observed"]
    assert [(c.relation, c.strength) for c in claims] == [("architecture-from", "moderate")]
    assert traced.findings == ()


def test_other_vocabulary_size_excludes(tmp_path, lookup):
    """The same blocks with another vocabulary are no match."""
    folder = model_folder(tmp_path / "m", config=CONFIG | {"vocab_size": 999}, embedding=(999, 64))
    assert [c for c in trace_path(folder, lookup).claims if c.basis == "observed"] == []


def test_config_that_lies_is_a_finding_and_weakens_the_match(tmp_path, lookup):
    """Tensors of another width and vocabulary contradict the configuration; the match becomes weak."""
    folder = model_folder(tmp_path / "m", config=CONFIG, embedding=(50, 16), layers=1)
    traced = trace_path(folder, lookup)
    assert [f.rule for f in traced.findings] == ["config-contradicts-tensors"]
    assert "hidden_size 64, the tensors have 16" in traced.findings[0].message
    assert [c.strength for c in traced.claims if c.relation == "architecture-from"] == ["weak"]


def test_sizes_from_tensors_alone(tmp_path, lookup):
    """Without a configuration nothing is claimed on too few sizes, and nothing is said to be contradicted."""
    traced = trace_path(model_folder(tmp_path / "m"), lookup)
    assert traced.findings == ()
    assert [c for c in traced.claims if c.basis == "observed"] == []
    assert {g.reason for g in traced.gaps} == {"no-reference"}


@pytest.mark.parametrize(
    ("declared", "measured", "packed", "expected"),
    [
        ({"num_hidden_layers": 61.0}, {"num_hidden_layers": 62.0}, False, []),
        ({"num_hidden_layers": 61.0}, {"num_hidden_layers": 40.0}, False, ["num_hidden_layers"]),
        ({"hidden_size": 4096.0}, {"hidden_size": 512.0}, True, []),
        ({"vocab_size": 32000.0}, {"vocab_size": 32001.0}, True, ["vocab_size"]),
        ({"hidden_size": 64.0}, {}, False, []),
    ],
)
def test_what_counts_as_a_contradiction(declared, measured, packed, expected):
    """Extra layers and packed widths do not; fewer layers and another vocabulary do."""
    assert sorted(contradictions(declared, measured, packed=packed)) == expected


def test_shared_shape_is_told_from_its_sharers():
    """Many share the shape of Llama 3 8B; vocabulary and rope base single it out, Mistral stays named."""
    records = tuple(Catalogue().structures.values())
    sizes = {"hidden_size": 4096.0, "num_hidden_layers": 32.0, "num_attention_heads": 32.0}
    sizes |= {"num_key_value_heads": 8.0, "intermediate_size": 14336.0}
    assert len(matching(sizes, records).shape) >= 6
    llama = matching(sizes | {"vocab_size": 128256.0, "rope_theta": 500000.0}, records, "llama")
    assert "meta" in {r.developer for r in llama.best}
    assert all(r.sizes["vocab_size"] == 128256 for r in llama.best)
    assert any("Mistral-7B" in name for r in llama.shape for name in r.models)


def test_spellings_of_sizes():
    """GPT-2's, multimodal and GGUF names give the same sizes."""
    assert sizes_of_config({"n_embd": 768, "n_layer": 12, "n_head": 12})["hidden_size"] == 768
    assert sizes_of_config({"text_config.hidden_size": 2560})["hidden_size"] == 2560
    header = {"general.architecture": "qwen2", "qwen2.embedding_length": 896, "qwen2.block_count": 24}
    assert sizes_of_gguf(header) == {"hidden_size": 896, "num_hidden_layers": 24}


def test_sizes_of_tensors_read_both_orders_of_the_up_projection():
    """Width, layers and inner width come from shapes, whichever way the matrix is stored."""
    for shape in ((128, 64), (64, 128)):
        tensors = [
            TensorEntry(name="token_embd.weight", dtype="F16", shape=(1000, 64), offset=0, size_bytes=0),
            TensorEntry(name="blk.0.ffn_up.weight", dtype="F16", shape=shape, offset=0, size_bytes=0),
            TensorEntry(name="blk.1.ffn_up.weight", dtype="F16", shape=shape, offset=0, size_bytes=0),
        ]
        found = sizes_of_tensors(tensors)
        assert found == {
            "vocab_size": 1000,
            "hidden_size": 64,
            "num_hidden_layers": 2,
            "intermediate_size": 128,
        }
