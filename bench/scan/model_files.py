"""Which model files does the benchmark's stack hold? Tiny ones, made here, the same bytes every time.

They are made and not kept in the repository, because a store's layout (links, blobs named by their digest)
and binary headers are easier to review as code than as bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from build.gguf import gguf_bytes
from build.onnx import tiny_onnx
from build.pickles import tiny_torch_zip
from build.safetensors import index_bytes, safetensors_bytes

STORE = "larkspur/model-store"
REVISION = "5f0b02c75b57c5855da9ae460ce51323ea669d8a"
LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "vocab_size": 16}


def write(root: Path) -> None:
    """Write every model file below `root`."""
    store = root / STORE
    hub_model(
        store / "hub",
        "Qwen/Qwen2.5-0.5B-Instruct",
        {**LLAMA, "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]},
    )
    hub_model(
        store / "hub",
        "larkspur/triage-notes",
        {**LLAMA, "_name_or_path": "microsoft/Phi-4-mini-instruct"},
        "---\nbase_model: microsoft/Phi-4-mini-instruct\nlibrary_name: transformers\n---\nSorts notes.\n",
    )
    ollama_model(store / "ollama", "library/gemma3", "4b", {"general.name": "Gemma 3 4b It"})
    ollama_model(
        store / "ollama",
        "larkspur/nurse",
        "latest",
        {
            "general.name": "Nurse",
            "general.base_model.count": 1,
            "general.base_model.0.name": "Llama 3.2 3B Instruct",
            "general.base_model.0.repo_url": "https://huggingface.co/meta-llama/Llama-3.2-3B-Instruct",
        },
    )
    loose_files(store)
    folders(store)


def weights(seed: int, *names: str) -> dict[str, np.ndarray]:
    """Small float32 arrays of shape (8, 8), from a seed."""
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal((8, 8), dtype=np.float32) for name in names}


def put(path: Path, data: bytes | str | dict[str, Any]) -> None:
    """Write bytes, text or a JSON document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, dict):
        data = json.dumps(data, indent=2, sort_keys=True) + "\n"
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def hub_model(hub: Path, name: str, config: dict[str, Any], card: str = "") -> None:
    """A model as the Hugging Face cache lays it out: blobs, a reference, a snapshot of links to the blobs."""
    folder = hub / ("models--" + name.replace("/", "--"))
    put(folder / "refs" / "main", REVISION)
    data = safetensors_bytes(weights(len(name), "model.embed_tokens.weight", "lm_head.weight"))
    files = {"config.json": json.dumps(config).encode(), "model.safetensors": data}
    if card:
        files["README.md"] = card.encode()
    for file, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        put(folder / "blobs" / digest, content)
        link = folder / "snapshots" / REVISION / file
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("..", "..", "blobs", digest))


def ollama_model(store: Path, name: str, tag: str, facts: dict[str, Any]) -> None:
    """A model as Ollama's store lays it out: a manifest whose layers are blobs named by their digest."""
    architecture = {"general.architecture": "llama", "llama.block_count": 1, "llama.embedding_length": 8}
    layers = {
        "application/vnd.ollama.image.model": gguf_bytes({**architecture, **facts}),
        "application/vnd.ollama.image.system": f"You are {name}.".encode(),
    }
    described = []
    for media, content in layers.items():
        digest = hashlib.sha256(content).hexdigest()
        put(store / "blobs" / f"sha256-{digest}", content)
        described.append({"mediaType": media, "digest": f"sha256:{digest}", "size": len(content)})
    manifest = {"schemaVersion": 2, "layers": described}
    put(store / "manifests" / "registry.ollama.ai" / name / tag, manifest)


def loose_files(store: Path) -> None:
    """Weights that lie about, and two files that only look like weights."""
    discharge = {
        "general.architecture": "llama",
        "general.name": "Mistral 7B Instruct v0.3",
        "general.basename": "Mistral",
        "general.base_model.count": 1,
        "general.base_model.0.name": "Mistral 7B v0.3",
        "general.base_model.0.repo_url": "https://huggingface.co/mistralai/Mistral-7B-v0.3",
    }
    put(store / "gguf" / "discharge.gguf", gguf_bytes(discharge))
    put(store / "onnx" / "deidentify.onnx", tiny_onnx())
    put(store / "falls-risk" / "pytorch_model.bin", tiny_torch_zip())
    put(store / "firmware" / "pump.bin", b"PUMPFW\x00\x01" + bytes(range(256)))
    put(store / "firmware" / "disk-gpt.img", b"\x00" * 512 + b"EFI PART" + b"\x00" * 504)


def folders(store: Path) -> None:
    """An adapter, a model in two shards, a sentence encoder, a merge."""
    adapter = store / "adapters" / "radiology-lora"
    put(
        adapter / "adapter_config.json",
        {"peft_type": "LORA", "r": 8, "base_model_name_or_path": "google/medgemma-27b-text-it"},
    )
    names = [f"base_model.model.model.layers.0.self_attn.q_proj.lora_{side}.weight" for side in "AB"]
    put(adapter / "adapter_model.safetensors", safetensors_bytes(weights(1, *names)))
    shards = store / "local" / "admissions"
    put(shards / "config.json", {**LLAMA, "_name_or_path": "HPAI-BSC/Llama3.1-Aloe-Beta-8B"})
    places = {"model.embed_tokens.weight": 1, "lm_head.weight": 2}
    for tensor, number in places.items():
        put(shards / f"model-0000{number}-of-00002.safetensors", safetensors_bytes(weights(number, tensor)))
    index = {tensor: f"model-0000{number}-of-00002.safetensors" for tensor, number in places.items()}
    put(shards / "model.safetensors.index.json", index_bytes(index))
    encoder = store / "local" / "codes-encoder"
    put(
        encoder / "config.json",
        {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "_name_or_path": "nreimers/MiniLM-L6-H384-uncased",
        },
    )
    put(
        encoder / "modules.json",
        '[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]\n',
    )
    put(encoder / "model.safetensors", safetensors_bytes(weights(3, "embeddings.word_embeddings.weight")))
    merge = store / "local" / "ward-merge"
    put(merge / "config.json", LLAMA)
    put(
        merge / "mergekit_config.yml",
        "merge_method: slerp\nbase_model: aaditya/Llama3-OpenBioLLM-8B\nmodels:\n"
        "  - model: aaditya/Llama3-OpenBioLLM-8B\n  - model: instruction-pretrain/medicine-Llama3-8B\n",
    )
    put(merge / "model.safetensors", safetensors_bytes(weights(4, "model.embed_tokens.weight")))
