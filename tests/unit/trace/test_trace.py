"""The flow: which files are a model's, what cannot be read, and the promises to the dossier."""

from __future__ import annotations

import pytest

from build.model_folders import CONFIG, model_folder, named_model, small_catalogue, tokenizer_json, vocabulary
from gauger.core.errors import NothingToExamine
from gauger.core.inventory import Artifact, Location
from gauger.core.lineage import Evidence
from gauger.trace.probe import ProbeResult
from gauger.trace.registry import PROBES
from gauger.trace.trace import trace_path, trace_stack


@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    """A catalogue of two developers."""
    return small_catalogue(tmp_path_factory.mktemp("catalogue"))


def weights(path: str, model: str) -> Artifact:
    """An inventory's file of weights."""
    return Artifact(kind="weights", location=Location(path=path), title=path, model=model)


def test_two_runs_give_equal_records(tmp_path, lookup):
    """Same bytes, same answer, in a defined order."""
    folder = model_folder(tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")))
    first, second = trace_path(folder, lookup), trace_path(folder, lookup)
    assert first == second
    assert [e.id for e in first.evidence] == sorted(e.id for e in first.evidence)
    assert {d.path for d in first.inputs} == {"config.json", "model.safetensors", "tokenizer.json"}


def test_every_observed_claim_names_evidence_that_is_there(tmp_path, lookup):
    """Claims, findings and evidence refer to one another by ids that exist."""
    folder = model_folder(tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")))
    traced = trace_path(folder, lookup)
    known = {e.id for e in traced.evidence}
    used = {e for c in traced.claims for e in c.evidence} | {e for f in traced.findings for e in f.evidence}
    assert used
    assert used <= known


def test_card_of_a_shared_folder_belongs_to_nobody(tmp_path, lookup):
    """Two models in one folder do not both take the README that lies there."""
    folder = model_folder(tmp_path / "m", card="---\nbase_model: alpha-org/alpha-lm-1b\n---\n")
    (folder / "second.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    one, two = named_model("one", "local"), named_model("two", "local")
    artifacts = (weights("m/model.safetensors", one.id), weights("m/second.safetensors", two.id))
    traced = trace_stack(tmp_path, artifacts, (one, two), lookup)
    assert [c for c in traced.claims if c.basis == "declared"] == []


def test_shards_are_one_model(tmp_path, lookup):
    """The parts of one artifact are opened together and digested each."""
    folder = model_folder(tmp_path / "m", config=CONFIG)
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    assert data
    model = named_model("m", "local")
    traced = trace_stack(
        tmp_path, (weights("m/model-00001-of-00001.safetensors", model.id),), (model,), lookup
    )
    assert [c.strength for c in traced.claims if c.relation == "architecture-from"] == ["moderate"]


def test_link_out_of_the_root_is_a_gap(tmp_path, lookup):
    """A configuration that is a link to a file outside is not read, and the gap says so."""
    outside = tmp_path / "outside.json"
    outside.write_text('{"hidden_size": 64}')
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(["a"]))
    (folder / "config.json").symlink_to(outside)
    traced = trace_path(folder, lookup)
    assert ("config.json", "unreadable") in {(str(g.location), g.reason) for g in traced.gaps}
    assert all(d.path != "config.json" for d in traced.inputs)


def test_link_inside_the_root_is_followed(tmp_path, lookup):
    """The hub cache's links from snapshots to blobs stay inside the root and are read."""
    blobs = model_folder(tmp_path / "blobs", config=CONFIG)
    snapshot = tmp_path / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        (snapshot / name).symlink_to(blobs / name)
    model = named_model("alpha-org/alpha-lm-1b")
    traced = trace_stack(tmp_path, (weights("snapshots/1/model.safetensors", model.id),), (model,), lookup)
    assert [gap for gap in traced.gaps if gap.part != "weights"] == []
    assert [c.strength for c in traced.claims if c.basis == "observed"] == ["moderate"]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "README.md", "model.safetensors"])
def test_broken_file_is_a_gap_and_the_rest_is_still_read(tmp_path, lookup, name):
    """One malformed file never stops the others."""
    folder = model_folder(
        tmp_path / "m", config=CONFIG, tokenizer=tokenizer_json(vocabulary("alpha")), card="---\na: b\n---\n"
    )
    (folder / name).write_bytes(b"---\n\x00{[\n---\n")
    traced = trace_path(folder, lookup)
    assert [g for g in traced.gaps if g.location and g.location.path == name]
    assert all("bug in" not in g.detail for g in traced.gaps)
    assert [c for c in traced.claims if c.basis == "observed"]


def test_probe_with_a_bug_is_a_gap(tmp_path, lookup):
    """A probe that raises takes nothing else with it, and the gap asks for a report."""

    class Broken:
        ident = "broken"
        cost = 0

        def examine(self, *_) -> ProbeResult:
            raise ZeroDivisionError

    folder = model_folder(tmp_path / "m", config=CONFIG)
    traced = trace_path(folder, lookup, probes=(Broken(), *PROBES))
    assert [g.part for g in traced.gaps if g.part != "weights"] == ["broken"]
    assert any(isinstance(e, Evidence) and e.probe == "structure" for e in traced.evidence)


def test_nothing_to_examine(tmp_path, lookup):
    """A folder without a model, and a file that is none, say so in one line."""
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(NothingToExamine):
        trace_path(tmp_path, lookup)
    with pytest.raises(NothingToExamine):
        trace_path(tmp_path / "notes.txt", lookup)


def test_probes_run_cheapest_first():
    """The registry is in the order of cost."""
    costs = [probe.cost for probe in PROBES]
    assert costs == sorted(costs)
    assert PROBES.idents() == ("declared-metadata", "structure", "tokenizer")
