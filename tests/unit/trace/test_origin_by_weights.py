"""What weights say against the card: lineage, told once, and nothing where the declarations lead to it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from build.fingerprints import Tensors, quantised, rewritten, tiny_llama, written
from build.model_folders import small_catalogue, tokenizer_json, vocabulary
from gauger.flows.check import check
from gauger.flows.question import Question
from gauger.trace.fingerprints.make import make_fingerprint
from gauger.trace.fingerprints.records import Declared
from gauger.trace.fingerprints.store import save_fingerprint
from gauger.trace.trace import trace_path

SCRATCH = "# Helios\nTrained from scratch by Acme.\n"


@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    """A catalogue of two developers, with a fingerprint of Alpha's model."""
    folder = tmp_path_factory.mktemp("catalogue")
    found = small_catalogue(folder)
    path = written(tiny_llama(1), tmp_path_factory.mktemp("alpha"))
    made = make_fingerprint(path, Declared(key="alpha-lm"))
    (folder / "fingerprints").mkdir()
    save_fingerprint(made, folder / "fingerprints" / "alpha-lm.safetensors")
    return found


@pytest.fixture(autouse=True)
def no_own_library(monkeypatch, tmp_path):
    """The user's own fingerprints stay out of it."""
    monkeypatch.setenv("GAUGER_FINGERPRINTS", str(tmp_path / "own"))


def model(folder: Path, tensors: Tensors, card: str = "") -> Path:
    """A folder with these weights and this card."""
    written(tensors, folder)
    if card:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


@pytest.mark.parametrize("change", [lambda t: t, quantised, lambda t: rewritten(t, 3)])
def test_a_copy_that_claims_own_work_is_contradicted_by_its_weights(tmp_path, lookup, change):
    """Renamed, quantised or rewritten, the weights are Alpha's: high severity, high confidence."""
    folder = model(tmp_path / "m", change(tiny_llama(1)), SCRATCH)
    traced = trace_path(folder, lookup)
    found = [f for f in traced.findings if f.rule == "declared-origin-contradicted"]
    assert [(f.severity, f.confidence) for f in found] == [("high", "high")]
    assert found[0].message.startswith("the weights")
    assert "Alpha-LM" in found[0].message
    assert "README.md:2" in map(str, found[0].locations)
    assert {e.probe for e in traced.evidence if e.id in found[0].evidence} == {"weights"}


def test_silent_files_are_an_undeclared_origin(tmp_path, lookup):
    """Nothing false was said, so it is one step lower; the weights are no less sure."""
    folder = model(tmp_path / "m", tiny_llama(1))
    assert [(f.rule, f.severity, f.confidence) for f in trace_path(folder, lookup).findings] == [
        ("undeclared-origin", "medium", "high")
    ]


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("m", "---\nbase_model: alpha-org/alpha-lm-1b\n---\n# Helios, built from scratch\n"),
        ("alpha-lm-1b", SCRATCH),
        ("m", "# Alpha-LM\nTrained from scratch by Alpha.\n"),
    ],
)
def test_a_declared_base_or_the_models_own_name_explains_the_weights(tmp_path, lookup, name, card):
    """A card that names the base, or the published model under its own name, contradicts nothing."""
    folder = model(tmp_path / name, tiny_llama(1), card)
    assert trace_path(folder, lookup).findings == ()


def test_a_name_that_a_library_wrote_is_no_statement(tmp_path, lookup):
    """A published model's configuration names what its training began from; that contradicts nothing."""
    folder = model(tmp_path / "m", tiny_llama(1))
    (folder / "config.json").write_text(json.dumps({"_name_or_path": "somebody/earlier-model"}))
    assert [(f.rule, f.severity) for f in trace_path(folder, lookup).findings] == [
        ("undeclared-origin", "medium")
    ]


def test_another_model_is_not_accused(tmp_path, lookup):
    """Weights of nobody's leave one gap, short and about this model, and no finding."""
    folder = model(tmp_path / "m", tiny_llama(2), SCRATCH)
    traced = trace_path(folder, lookup)
    assert traced.findings == ()
    unknown = [g for g in traced.gaps if g.reason == "no-reference"]
    assert len(unknown) == 1
    assert len(unknown[0].detail) < 160


def test_tokenizer_and_weights_that_agree_are_one_finding(tmp_path, lookup):
    """The report does not say twice whose model it is; the evidence of both stands behind the one finding."""
    folder = model(tmp_path / "m", tiny_llama(1), SCRATCH)
    (folder / "tokenizer.json").write_bytes(tokenizer_json(vocabulary("alpha")))
    traced = trace_path(folder, lookup)
    assert [f.rule for f in traced.findings] == ["declared-origin-contradicted"]
    behind = {e.probe for e in traced.evidence if e.id in traced.findings[0].evidence}
    assert {"weights", "tokenizer"} <= behind
    assert "agree" in traced.findings[0].message


def test_a_tokenizer_of_another_developer_is_told_besides(tmp_path, lookup):
    """Alpha's weights under Beta's tokenizer: two findings, since they say different things."""
    folder = model(tmp_path / "m", tiny_llama(1), SCRATCH)
    (folder / "tokenizer.json").write_bytes(tokenizer_json(vocabulary("beta")))
    messages = sorted(f.message for f in trace_path(folder, lookup).findings)
    assert len(messages) == 2
    assert "Beta" in messages[0]
    assert "Alpha" in messages[1]


def test_a_check_says_it_once_and_keeps_it_when_judged(tmp_path, lookup):
    """A stack: the claim is observed, the finding stands once, and silence is found by tracing as well."""
    model(tmp_path / "stack" / "helios", tiny_llama(1), SCRATCH)
    dossier = check(tmp_path / "stack", lookup, Question(as_of="2026-06-01"))
    observed = [c for c in dossier.claims if c.basis == "observed" and c.strength in ("strong", "exact")]
    assert len(observed) == 1
    origins = [f.rule for f in dossier.findings if "origin" in f.rule]
    assert origins == ["declared-origin-contradicted"]
    (tmp_path / "stack" / "helios" / "README.md").unlink()
    silent = check(tmp_path / "stack", lookup, Question(as_of="2026-06-01"))
    assert [f.rule for f in silent.findings if "origin" in f.rule] == ["undeclared-origin"]


def test_a_copy_of_a_named_model_of_the_stack_is_found_beside_it(tmp_path, lookup):
    """Of two models in one stack, the renamed copy is the one whose card is contradicted."""
    copy, base = tiny_llama(7), tmp_path / "stack" / "models--alpha-org--alpha-lm-9" / "snapshots" / "1"
    model(base, copy)
    (base / "config.json").write_text(json.dumps({"_name_or_path": "alpha-org/alpha-lm-9"}))
    altered = {n: (t * np.float32(1.0) + np.float32(1e-3) * t.std()).astype("<f4") for n, t in copy.items()}
    model(tmp_path / "stack" / "helios", altered, SCRATCH)
    dossier = check(tmp_path / "stack", lookup, Question(as_of="2026-06-01"))
    names = {m.id: m.name for m in dossier.models}
    found = [names[f.subject] for f in dossier.findings if f.rule == "declared-origin-contradicted"]
    assert len(dossier.comparisons) == 1
    assert [name for name in found if "helios" not in name] == []
    assert len(found) == 1


def test_many_unknown_models_share_one_gap(tmp_path, lookup):
    """Seven models that no fingerprint is of: one gap with the count, not seven."""
    for number in range(7):
        model(tmp_path / "stack" / f"m{number}", tiny_llama(20 + number, layers=2))
    dossier = check(tmp_path / "stack", lookup, Question(as_of="2026-06-01"))
    unknown = [g for g in dossier.gaps if g.reason == "no-reference" and g.part in ("weights", "trace")]
    assert len(unknown) == 1
    assert "7 models" in unknown[0].detail
    assert "2 more" in unknown[0].detail
