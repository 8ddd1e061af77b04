"""Loose model files, the Hugging Face cache, Ollama's store."""

import hashlib
import json

import numpy as np
import pytest

from build.deployments import collect_all
from build.gguf import gguf_bytes
from build.onnx import tiny_onnx
from build.pickles import calling_pickle, harmless_pickle, tiny_torch_zip
from build.safetensors import safetensors_bytes
from gauger.scan.huggingface_cache import HuggingFaceCache
from gauger.scan.model_files import ModelFiles
from gauger.scan.ollama_store import OllamaStore

WEIGHTS = safetensors_bytes({"w": np.zeros((2, 3), np.float32)})
CONFIG = json.dumps({"architectures": ["XForCausalLM"], "model_type": "x", "_name_or_path": "org/own-name"})
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CARD = "---\nlicense: mit\nbase_model: org/base\n---\n# A model\n"


def stored(collected):
    """Model, name that the files give, place, for every stored model."""
    return [(c.model.text, c.written, str(c.location)) for c in collected.candidates]


def kinds(collected):
    """How many artifacts there are of each kind."""
    found: dict[str, int] = {}
    for artifact in collected.artifacts:
        found[artifact.kind] = found.get(artifact.kind, 0) + 1
    return found


def gguf(name: str, **more: str) -> bytes:
    """A tiny GGUF that calls itself so."""
    return gguf_bytes({"general.architecture": "x", "general.name": name, **more})


def test_a_folder_with_a_configuration_is_one_model():
    """Shards, index, configuration, tokenizer and card are parts of one model that the folder names."""
    files = {
        "models/x/config.json": CONFIG,
        "models/x/model-00001-of-00002.safetensors": WEIGHTS,
        "models/x/model-00002-of-00002.safetensors": safetensors_bytes({"v": np.zeros(2, np.float32)}),
        "models/x/tokenizer_config.json": '{"tokenizer_class": "XTokenizer", "chat_template": "{{ x }}"}',
        "models/x/README.md": CARD,
        "src/config.json": '{"port": 80}',
    }
    found = collect_all(ModelFiles(), files)
    assert stored(found) == [("models/x", "org/own-name", "models/x/model-00001-of-00002.safetensors")]
    assert kinds(found) == {"weights": 1, "config": 1, "tokenizer": 1, "card": 1}
    assert {a.facts["group"] for a in found.artifacts} == {"models/x"}
    weights = next(a for a in found.artifacts if a.kind == "weights")
    assert (weights.facts["tensors"], len(weights.parts), weights.format) == (2, 2, "safetensors")
    assert next(a for a in found.artifacts if a.kind == "card").facts["base_model"] == ("org/base",)


def test_loose_files_are_models_of_their_own():
    """Without a configuration each file is a model; a GGUF is called what its header says."""
    files = {
        "m/a.gguf": gguf("Alpha 7B", **{"general.base_model.0.name": "Base 7B"}),
        "m/b.onnx": tiny_onnx(),
        "m/blob": gguf("Hidden"),
        "m/c.safetensors": WEIGHTS,
    }
    found = collect_all(ModelFiles(), files)
    assert sorted(stored(found)) == [
        ("m/a.gguf", "Alpha 7B (base_model: Base 7B)", "m/a.gguf"),
        ("m/b.onnx", "b.onnx", "m/b.onnx"),
        ("m/blob", "Hidden", "m/blob"),
        ("m/c.safetensors", "c.safetensors", "m/c.safetensors"),
    ]
    assert all(c.role == "stored" and c.namespace == "local" for c in found.candidates)


def test_an_adapter_names_its_base_as_a_fact():
    """The base is what the configuration declares, on its line; the model is the adapter itself."""
    config = '{\n "peft_type": "LORA",\n "base_model_name_or_path": "org/base"\n}'
    found = collect_all(
        ModelFiles(), {"l/adapter_config.json": config, "l/adapter_model.safetensors": WEIGHTS}
    )
    assert stored(found) == [("l", "org/base", "l/adapter_config.json:3")]
    assert found.candidates[0].form == "adapter"
    assert {a.facts.get("base_model") for a in found.artifacts if a.kind == "config"} == {"org/base"}
    assert kinds(found) == {"adapter": 1, "config": 1}


def test_pickles_are_listed_and_judged():
    """A harmless pickle is a low finding, one that calls something a critical one, and none is loaded."""
    files = {
        "p/ok.pkl": harmless_pickle(),
        "p/bad.pkl": calling_pickle(),
        "p/pytorch_model.bin": tiny_torch_zip(),
    }
    found = collect_all(ModelFiles(), files)
    rules = {(f.rule, f.severity, str(f.locations[0])) for f in found.findings}
    assert rules == {
        ("pickle-format", "low", "p/ok.pkl"),
        ("unsafe-pickle", "critical", "p/bad.pkl"),
        ("pickle-format", "low", "p/pytorch_model.bin"),
    }
    assert len(found.candidates) == 3


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("x.safetensors", b"\xff" * 40, "malformed"),
        ("x.gguf", b"GGUF\x03\x00\x00\x00", "malformed"),
        ("x.onnx", b"", "malformed"),
        ("x.tflite", b"\x1c\x00\x00\x00TFL3", "malformed"),
        ("x.mindir", b"\x0a\x03\x30\x2e\x33", "not-supported"),
        ("model-00001-of-00003.safetensors", WEIGHTS, "not-present"),
        (
            "y.safetensors",
            "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n",
            "not-present",
        ),
    ],
)
def test_what_cannot_be_read_is_listed_with_a_gap(name, data, reason):
    """Broken, unsupported, incomplete and absent weights stay in the inventory."""
    found = collect_all(ModelFiles(), {f"m/{name}": data})
    assert [g.reason for g in found.gaps] == [reason]
    assert len(found.candidates) == 1
    assert kinds(found) == {"weights": 1}


def test_files_that_only_look_like_models():
    """A firmware image and a web application's configuration are nothing."""
    files = {"fw/update.bin": b"\x7fELF" + bytes(100), "web/config.json": "{}", "fw/table.h5": b"text"}
    found = collect_all(ModelFiles(), files)
    assert (found.candidates, found.artifacts, found.gaps) == ((), (), ())


def test_subfolders_belong_to_the_model_above():
    """`onnx/` below a model's folder is the same model in another format."""
    files = {"m/config.json": CONFIG, "m/model.safetensors": WEIGHTS, "m/onnx/model.onnx": tiny_onnx()}
    assert {model for model, _, _ in stored(collect_all(ModelFiles(), files))} == {"m"}


def test_the_hub_cache_names_its_models():
    """Name from the folder, revision from the snapshot; the cache is no business of loose files."""
    top = "cache/hub/models--org--some--name"
    files = {
        f"{top}/refs/main": COMMIT,
        f"{top}/snapshots/{COMMIT}/config.json": CONFIG,
        f"{top}/snapshots/{COMMIT}/model.safetensors": WEIGHTS,
        f"{top}/snapshots/{COMMIT}/README.md": CARD,
        "cache/hub/models--org--gone/refs/main": COMMIT,
        f"cache/hub/datasets--org--data/snapshots/{COMMIT}/a.parquet": b"PAR1",
    }
    found = collect_all(HuggingFaceCache(), files)
    assert {(c.model.text, c.role, c.revision.text if c.revision else "") for c in found.candidates} == {
        ("org/some/name", "stored", COMMIT),
        ("org/gone", "stored", COMMIT),
        ("org/data", "training-data", ""),
    }
    assert {a.facts.get("group") for a in found.artifacts if a.kind == "weights"} == {
        f"hub:org/some/name@{COMMIT}"
    }
    assert collect_all(ModelFiles(), files).candidates == ()


def ollama(data: bytes, *, name: str, tag: str, keep: bool = True) -> dict[str, str | bytes]:
    """A store with one tag whose model layer is this blob."""
    digest = hashlib.sha256(data).hexdigest()
    layer = {
        "mediaType": "application/vnd.ollama.image.model",
        "digest": f"sha256:{digest}",
        "size": len(data),
    }
    manifest = json.dumps({"schemaVersion": 2, "layers": [layer]})
    files: dict[str, str | bytes] = {f"o/manifests/registry.ollama.ai/{name}/{tag}": manifest}
    return files | ({f"o/blobs/sha256-{digest}": data} if keep else {})


def test_ollama_tags_and_their_blobs():
    """The tag is the model; the blob says what it calls itself, at the blob."""
    files = ollama(gguf("Real Name"), name="library/alias", tag="8b")
    found = collect_all(OllamaStore(), files)
    blob = next(path for path in files if "/blobs/" in path)
    assert [(c.model.text, c.written, c.location.path) for c in found.candidates] == [
        ("alias:8b", "alias:8b", "o/manifests/registry.ollama.ai/library/alias/8b"),
        ("alias:8b", "Real Name", blob),
    ]
    assert collect_all(ModelFiles(), files).candidates == ()


def test_an_ollama_tag_without_its_blob():
    """The tag is listed, and the gap says that its blob is missing."""
    found = collect_all(OllamaStore(), ollama(gguf("X"), name="me/helper", tag="latest", keep=False))
    assert [c.model.text for c in found.candidates] == ["me/helper:latest"]
    assert [g.reason for g in found.gaps] == ["not-present"]


def test_a_blob_that_no_tag_names():
    """An orphan of an Ollama store is a loose model."""
    files = ollama(gguf("A"), name="library/a", tag="x") | {f"o/blobs/sha256-{'0' * 64}": gguf("Orphan")}
    found = collect_all(ModelFiles(), files)
    assert [c.written for c in found.candidates] == ["Orphan"]


def test_a_model_taken_from_the_hub_by_ollama():
    """`hf.co/Org/Name` in the store is the hub's model."""
    files = ollama(gguf("X"), name="library/a", tag="x")
    moved = {
        p.replace("registry.ollama.ai/library/a/x", "hf.co/org/name/Q4_K_M"): d for p, d in files.items()
    }
    found = collect_all(OllamaStore(), moved)
    assert {(c.model.text, c.namespace, c.revision.text if c.revision else "") for c in found.candidates} == {
        ("org/name", "hub", "Q4_K_M")
    }
