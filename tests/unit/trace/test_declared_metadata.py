"""Declarations become declared claims, published knowledge catalogue claims, allegations stay allegations."""

from __future__ import annotations

import json
import time

import pytest
import yaml

from build.gguf import gguf_bytes
from build.model_folders import CHECKED, model_folder, named_model, small_catalogue
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Artifact, Location
from gauger.trace.trace import trace_path, trace_stack


@pytest.fixture
def lookup(tmp_path):
    """A catalogue of two developers, with a derived model, a data set and an allegation."""
    folder = tmp_path / "catalogue"
    small_catalogue(folder)
    entries = {
        "models/beta-distill": {
            "id": "beta-distill",
            "title": "Beta-Distill",
            "developer": "beta",
            "family": "beta-lm",
            "names": ["beta-org/beta-distill"],
            "derivations": [{"relation": "fine-tuned-from", "parent": "alpha-lm"}],
        },
        "datasets/alpha-answers": {
            "id": "alpha-answers",
            "title": "Alpha's answers",
            "names": ["lab/alpha-answers"],
            "generated-by": ["alpha-lm"],
        },
        "allegations/a": {
            "id": "a",
            "accuser": "Alpha",
            "accused": "beta",
            "about": ["beta-lm"],
            "teacher": ["alpha-lm"],
            "statement": "Beta trained on Alpha's outputs.",
            "answer": "denied",
            "date": "2026-01-01",
        },
    }
    for name, entry in entries.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(entry | CHECKED), encoding="utf-8")
    return Lookup(Catalogue(folder))


def told(traced):
    """Basis, relation and the object's key of each claim."""
    keys = {r.id: r.key for r in traced.references}
    return {(c.basis, c.relation, keys.get(c.object, "inventory")) for c in traced.claims}


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("finetune", "fine-tuned-from"),
        ("quantized", "quantised-from"),
        ("adapter", "adapter-of"),
        ("merge", "merged-from"),
        ("", "fine-tuned-from"),
    ],
)
def test_card_relation(tmp_path, lookup, relation, expected):
    """The card's own word for the relation decides; without one, a single base is called fine-tuned."""
    line = f"base_model_relation: {relation}\n" if relation else ""
    card = f"---\nbase_model: alpha-org/alpha-lm-1b\n{line}---\n"
    traced = trace_path(model_folder(tmp_path / "m", card=card), lookup)
    assert told(traced) == {("declared", expected, "alpha-org/alpha-lm-1b")}
    (claim,) = traced.claims
    assert claim.strength == "none"
    assert claim.source.startswith("README.md")


def test_several_bases_are_several_parents(tmp_path, lookup):
    """A card with two bases is a merge of both."""
    card = "---\nbase_model: [alpha-org/alpha-lm-1b, beta-org/beta-lm-1b]\n---\n"
    traced = trace_path(model_folder(tmp_path / "m", card=card), lookup)
    assert told(traced) == {
        ("declared", "merged-from", "alpha-org/alpha-lm-1b"),
        ("declared", "merged-from", "beta-org/beta-lm-1b"),
    }


def test_published_lineage_of_a_declared_base_is_added(tmp_path, lookup):
    """The ancestors of a declared base are catalogue claims from the base on, not from the model."""
    card = "---\nbase_model: beta-org/beta-distill\n---\n"
    traced = trace_path(model_folder(tmp_path / "m", card=card), lookup)
    assert told(traced) == {
        ("declared", "fine-tuned-from", "beta-distill"),
        ("catalogue", "fine-tuned-from", "alpha-lm"),
    }
    ancestor = next(c for c in traced.claims if c.basis == "catalogue")
    assert ancestor.subject == next(r.id for r in traced.references if r.key == "beta-distill")


def test_the_source_of_published_lineage_is_about_the_descent(tmp_path, lookup):
    """The parent's own sources say nothing of its descendants: without another, the claim says so."""
    card = "---\nbase_model: beta-org/beta-distill\n---\n"
    traced = trace_path(model_folder(tmp_path / "m", card=card), lookup)
    ancestor = next(c for c in traced.claims if c.basis == "catalogue")
    assert ancestor.source.startswith("no source for this descent was read")


def test_the_distillations_of_r1_rest_on_their_developers_page(tmp_path):
    """Base and teacher of the shipped record carry the page that names them, not a list of prices."""
    card = "---\nbase_model: deepseek-ai/DeepSeek-R1-Distill-Qwen-32B\n---\n"
    shipped = Lookup(Catalogue())
    traced = trace_path(model_folder(tmp_path / "m", card=card), shipped)
    own = next(r.id for r in traced.references if r.key == "deepseek-r1-distill-qwen-32b")
    sources = {c.source for c in traced.claims if c.subject == own and c.basis == "catalogue"}
    assert sources == {"https://github.com/deepseek-ai/DeepSeek-R1"}


def test_data_set_of_outputs_makes_a_teacher(tmp_path, lookup):
    """A card that names a data set of Alpha's answers gives a claim on the catalogue's word."""
    card = "---\ndatasets: [lab/alpha-answers, lab/other]\n---\n"
    traced = trace_path(model_folder(tmp_path / "m", card=card), lookup)
    assert told(traced) == {("catalogue", "trained-on-outputs-of", "alpha-lm")}


def test_gguf_base_is_read_from_its_address(tmp_path, lookup):
    """The hub name in the header's address becomes the base, with the key as its place."""
    values = {
        "general.architecture": "x",
        "general.base_model.count": 1,
        "general.base_model.0.name": "Alpha LM 1B",
        "general.base_model.0.repo_url": "https://huggingface.co/alpha-org/alpha-lm-1b",
    }
    (tmp_path / "m.gguf").write_bytes(gguf_bytes(values))
    traced = trace_path(tmp_path / "m.gguf", lookup)
    assert told(traced) == {("declared", "quantised-from", "alpha-org/alpha-lm-1b")}
    assert traced.claims[0].source == "m.gguf (general.base_model.0)"


def test_adapter_and_mlflow(tmp_path, lookup):
    """An adapter names what it belongs to, MLflow what was saved."""
    folder = model_folder(tmp_path / "adapter")
    (folder / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": "alpha-org/alpha-lm-1b"})
    )
    assert told(trace_path(folder, lookup)) == {("declared", "adapter-of", "alpha-org/alpha-lm-1b")}
    run = tmp_path / "run"
    run.mkdir()
    (run / "MLmodel").write_text("flavors:\n  transformers:\n    source_model_name: alpha-org/alpha-lm-1b\n")
    assert told(trace_path(run, lookup)) == {("declared", "converted-from", "alpha-org/alpha-lm-1b")}


def test_name_alone_brings_published_lineage_and_allegations(tmp_path, lookup):
    """A model behind an API has no files; what is published and alleged of its name is still told apart."""
    traced = trace_stack(tmp_path, (), (named_model("beta-org/beta-distill"),), lookup)
    assert told(traced) == {
        ("catalogue", "fine-tuned-from", "alpha-lm"),
        ("alleged", "trained-on-outputs-of", "alpha-lm"),
    }
    allegation = next(c for c in traced.claims if c.basis == "alleged")
    assert (allegation.alleged_by, allegation.answer, allegation.evidence) == ("Alpha", "denied", ())


def test_base_that_is_in_the_stack_points_to_it(tmp_path, lookup):
    """A declared base that the stack holds under that name is the object itself, not a reference."""
    base = named_model("alpha-org/alpha-lm-1b")
    own = named_model("m", namespace="local")
    folder = model_folder(tmp_path / "m", card="---\nbase_model: alpha-org/alpha-lm-1b\n---\n")

    artifact = Artifact(
        kind="weights", location=Location(path="m/model.safetensors"), title="model.safetensors", model=own.id
    )
    traced = trace_stack(folder.parent, (artifact,), (base, own), lookup)
    assert [(c.subject, c.object) for c in traced.claims if c.basis == "declared"] == [(own.id, base.id)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# X\n\nThis model was trained from scratch on our data.\n", 3),
        ("Built entirely by us from the ground up", 1),
        ("本模型从零开始训练。", 1),
        ("Fine-tuned from Alpha-LM", 0),
        ("Our website was made by friends", 0),
    ],
)
def test_own_work_is_found_with_its_line(tmp_path, lookup, text, line):
    """Sentences that claim the whole model as own work are evidence at their line; others are not."""
    traced = trace_path(model_folder(tmp_path / "m", card=text), lookup)
    lines = [e.locations[0].line for e in traced.evidence if e.facts["kind"] == "own-work"]
    assert lines == ([line] if line else [])


def test_long_card_is_searched_in_bounded_time(tmp_path, lookup):
    """A card of megabytes of near-misses ends in well under the limit for one file."""
    folder = model_folder(tmp_path / "m", card="trained a b c from " * 200_000)
    started = time.monotonic()
    trace_path(folder, lookup)
    assert time.monotonic() - started < 5


def test_name_in_the_configuration_is_a_parent_only_where_it_is_known(tmp_path, lookup):
    """A known name in `_name_or_path` is what the weights were loaded from; an unknown one is only shown."""
    for name, expected in (
        ("alpha-org/alpha-lm-1b", {("declared", "fine-tuned-from", "alpha-org/alpha-lm-1b")}),
        ("acme/helios-7b", set()),
    ):
        folder = model_folder(tmp_path / name.replace("/", "-"), config={"_name_or_path": name})
        assert told(trace_path(folder, lookup)) == expected


def test_model_that_names_itself_has_no_parent(tmp_path, lookup):
    """A hub model whose configuration has its own name is not its own parent."""
    folder = model_folder(tmp_path / "m", config={"_name_or_path": "alpha-org/alpha-lm-1b"})
    model = named_model("alpha-org/Alpha-LM-1b")
    artifact = Artifact(
        kind="weights",
        location=Location(path="m/model.safetensors"),
        title="model.safetensors",
        model=model.id,
    )
    assert told(trace_stack(folder.parent, (artifact,), (model,), lookup)) == set()


def test_title_in_a_gguf_header_is_looked_up(tmp_path, lookup):
    """A title written with spaces is understood as the hub's spelling."""
    values = {"general.architecture": "x", "general.name": "Alpha LM 1B"}
    (tmp_path / "m.gguf").write_bytes(gguf_bytes(values))
    assert told(trace_path(tmp_path / "m.gguf", lookup)) == {("declared", "converted-from", "Alpha-LM-1B")}


def test_repackaged_copy_keeps_its_base(tmp_path, lookup):
    """A quantised copy by another organisation, with the base's own name in its name, is still its child."""
    card = "---\nbase_model: alpha-org/alpha-lm-1b\nbase_model_relation: quantized\n---\n"
    folder = model_folder(tmp_path / "m", card=card)
    model = named_model("packer/alpha-lm-1b-GGUF")
    artifact = Artifact(
        kind="weights",
        location=Location(path="m/model.safetensors"),
        title="model.safetensors",
        model=model.id,
    )
    assert told(trace_stack(folder.parent, (artifact,), (model,), lookup)) == {
        ("declared", "quantised-from", "alpha-org/alpha-lm-1b")
    }
