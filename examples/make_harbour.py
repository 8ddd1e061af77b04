"""Makes the model folders of `examples/harbour`: tiny, the same bytes every time, no weights of anybody's.

    python examples/make_harbour.py [FOLDER]

Standard library and numpy only. The configuration values (sizes, special tokens and their ids, class names)
are public facts about published models. Every number in a tensor is drawn from a hash of the tensor's name;
none comes from a trained model. `examples/harbour/README.md` says what follows from that.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np

WIDTH = {"BF16": 2, "F16": 2, "F32": 4}


def numbers(name: str, count: int, spread: float, centre: float) -> np.ndarray:
    """Numbers around `centre` that depend on the name alone, not on a library's random generator."""
    raw = hashlib.shake_256(name.encode()).digest(2 * count)
    unit = np.frombuffer(raw, "<u2").astype(np.float64) / 65535.0 - 0.5
    return (centre + spread * unit).astype(np.float32)


def stored(values: np.ndarray, dtype: str) -> bytes:
    """These numbers as the bytes of a tensor; bfloat16 is the upper half of float32."""
    if dtype == "BF16":
        return (values.view("<u4") >> 16).astype("<u2").tobytes()
    return values.astype({"F16": "<f2", "F32": "<f4"}[dtype]).tobytes()


def safetensors(model: str, shapes: dict[str, tuple[int, ...]], dtype: str = "BF16") -> bytes:
    """A safetensors file with tensors of these names and shapes."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name in sorted(shapes):
        norm = name.endswith("norm.weight")
        count = int(np.prod(shapes[name]))
        data = stored(numbers(f"{model}/{name}", count, 0.2 if norm else 0.04, 1.0 if norm else 0.0), dtype)
        header[name] = {
            "dtype": dtype,
            "shape": list(shapes[name]),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def gguf(metadata: dict[str, str | float], shapes: dict[str, tuple[int, ...]]) -> bytes:
    """A GGUF version 3 file with float32 tensors; shapes are written innermost first, as the format wants."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    def pair(key: str, value: str | float) -> bytes:
        if isinstance(value, str):
            return text(key) + struct.pack("<I", 8) + text(value)
        if isinstance(value, int):
            return text(key) + struct.pack("<II", 4, value)
        return text(key) + struct.pack("<If", 6, value)

    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(metadata))
    head += b"".join(pair(key, value) for key, value in metadata.items())
    body = b""
    for name in sorted(shapes):
        head += text(name) + struct.pack("<I", len(shapes[name]))
        head += b"".join(struct.pack("<Q", n) for n in reversed(shapes[name])) + struct.pack(
            "<IQ", 0, len(body)
        )
        body += stored(numbers(name, int(np.prod(shapes[name])), 0.2, 1.0), "F32")
        body += b"\0" * (-len(body) % 32)
    return head + b"\0" * (-len(head) % 32) + body


def document(value: object) -> bytes:
    """JSON as people keep it beside a model."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def added_tokens(first: int, texts: list[str]) -> dict[str, object]:
    """The `added_tokens_decoder` of a tokenizer configuration, ids counted up from `first`."""
    return {
        str(first + i): {
            "content": text,
            "lstrip": False,
            "normalized": False,
            "rstrip": False,
            "single_word": False,
            "special": not text.startswith(("<tool", "</tool", "<|fim", "<|repo", "<|file")),
        }
        for i, text in enumerate(texts)
    }


# What the names and numbers below are taken from: the published configurations of Qwen2.5-7B-Instruct,
# Mistral-7B-Instruct-v0.3, Llama-3.1-8B-Instruct, Llama-3.2-3B-Instruct, Phi-4-mini-instruct.

CHATML = (
    "{% for turn in messages %}<|im_start|>{{ turn['role'] }}\n{{ turn['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
INSTRUCT = (
    "{{ bos_token }}{% for turn in messages %}{% if turn['role'] == 'user' %}[INST] {{ turn['content'] }}"
    "[/INST]{% else %} {{ turn['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
)
QWEN_TOKENS = [
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    *("<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>"),
    *("<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>"),
    *("<|image_pad|>", "<|video_pad|>", "<tool_call>", "</tool_call>"),
    *("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"),
]


def claims() -> dict[str, bytes]:
    """The renamed model: the card says one thing, tokenizer and structure another."""
    folder = "harbour-claims-7b"
    config = {
        "_name_or_path": "harbour-mutual/harbour-claims-7b",
        "architectures": ["Qwen2ForCausalLM"],
        "bos_token_id": 151643,
        "eos_token_id": 151645,
        "hidden_act": "silu",
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "max_position_embeddings": 32768,
        "model_type": "qwen2",
        "num_attention_heads": 28,
        "num_hidden_layers": 28,
        "num_key_value_heads": 4,
        "rms_norm_eps": 1e-06,
        "rope_theta": 1000000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vocab_size": 152064,
    }
    tokenizer = {
        "add_bos_token": False,
        "added_tokens_decoder": added_tokens(151643, QWEN_TOKENS),
        "bos_token": None,
        "chat_template": CHATML,
        "eos_token": "<|im_end|>",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "tokenizer_class": "Qwen2Tokenizer",
    }
    card = """---
license: other
tags: [insurance, claims]
---

# Harbour Claims 7B

Our own language model for claims, trained from scratch by Harbour Mutual.
It learnt from twenty years of claim files. No third-party model was used.

Seven billion parameters, 32k tokens of context. Internal use only.
"""
    weights = {
        "model.layers.0.input_layernorm.weight": (3584,),
        "model.layers.0.post_attention_layernorm.weight": (3584,),
        "model.layers.0.self_attn.k_proj.bias": (512,),
        "model.layers.0.self_attn.q_proj.bias": (3584,),
        "model.layers.0.self_attn.v_proj.bias": (512,),
        "model.norm.weight": (3584,),
    }
    return {
        f"{folder}/README.md": card.encode(),
        f"{folder}/config.json": document(config),
        f"{folder}/tokenizer_config.json": document(tokenizer),
        f"{folder}/model.safetensors": safetensors(folder, weights),
    }


def letters() -> dict[str, bytes]:
    """The honest fine-tune, in two shards: the card, the recipe and the structure agree."""
    folder = "letters-mistral-7b"
    config = {
        "_name_or_path": "mistralai/Mistral-7B-Instruct-v0.3",
        "architectures": ["MistralForCausalLM"],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "max_position_embeddings": 32768,
        "model_type": "mistral",
        "num_attention_heads": 32,
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "rms_norm_eps": 1e-05,
        "rope_theta": 1000000.0,
        "sliding_window": None,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vocab_size": 32768,
    }
    tokenizer = {
        "add_bos_token": True,
        "added_tokens_decoder": added_tokens(0, ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]),
        "bos_token": "<s>",
        "chat_template": INSTRUCT,
        "eos_token": "</s>",
        "tokenizer_class": "LlamaTokenizer",
        "unk_token": "<unk>",
    }
    card = """---
license: apache-2.0
base_model: mistralai/Mistral-7B-Instruct-v0.3
datasets: [HuggingFaceH4/ultrachat_200k]
---

# Letters, Mistral 7B

Mistral-7B-Instruct-v0.3, fine-tuned on complaints that our handlers answered between 2019 and
2024, and on a public set of conversations. The recipe is `training/letters.yaml`. It drafts; a
person signs.
"""
    first = {"model.layers.0.input_layernorm.weight": (4096,)}
    second = {"model.layers.31.input_layernorm.weight": (4096,), "model.norm.weight": (4096,)}
    shards = {"model-00001-of-00002.safetensors": first, "model-00002-of-00002.safetensors": second}
    index = {
        "metadata": {"total_size": 2 * 3 * 4096},
        "weight_map": {name: shard for shard, part in sorted(shards.items()) for name in sorted(part)},
    }
    files = {f"{folder}/{shard}": safetensors(folder, part) for shard, part in shards.items()}
    return files | {
        f"{folder}/README.md": card.encode(),
        f"{folder}/config.json": document(config),
        f"{folder}/tokenizer_config.json": document(tokenizer),
        f"{folder}/model.safetensors.index.json": document(index),
    }


def tone() -> dict[str, bytes]:
    """The adapter: two low-rank factors of one layer, and what they are to be added to."""
    folder = "adapters/complaints-tone"
    config = {
        "base_model_name_or_path": "meta-llama/Llama-3.1-8B-Instruct",
        "bias": "none",
        "layers_to_transform": [31],
        "lora_alpha": 4,
        "peft_type": "LORA",
        "r": 2,
        "target_modules": ["v_proj"],
        "task_type": "CAUSAL_LM",
    }
    stem = "base_model.model.model.layers.31.self_attn.v_proj"
    factors = {f"{stem}.lora_A.weight": (2, 4096), f"{stem}.lora_B.weight": (1024, 2)}
    return {
        f"{folder}/adapter_config.json": document(config),
        f"{folder}/adapter_model.safetensors": safetensors(folder, factors, "F16"),
    }


def field_notes() -> dict[str, bytes]:
    """The loose GGUF file, whose header says what it was made from."""
    metadata: dict[str, str | float] = {
        "general.architecture": "phi3",
        "general.type": "model",
        "general.name": "Field Notes",
        "general.organization": "Harbour Mutual",
        "general.base_model.count": 1,
        "general.base_model.0.name": "Phi 4 Mini Instruct",
        "general.base_model.0.organization": "Microsoft",
        "general.base_model.0.repo_url": "https://huggingface.co/microsoft/Phi-4-mini-instruct",
        "general.license": "mit",
        "general.file_type": 0,
        "phi3.context_length": 131072,
        "phi3.embedding_length": 3072,
        "phi3.feed_forward_length": 8192,
        "phi3.block_count": 32,
        "phi3.attention.head_count": 24,
        "phi3.attention.head_count_kv": 8,
        "phi3.attention.layer_norm_rms_epsilon": 1e-05,
        "phi3.vocab_size": 200064,
    }
    return {"gguf/field-notes.gguf": gguf(metadata, {"output_norm.weight": (3072,)})}


def ollama() -> dict[str, bytes]:
    """An Ollama store with one model: a manifest that names blobs by their digests."""
    metadata: dict[str, str | float] = {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": "Llama 3.2 3B Instruct",
        "general.file_type": 0,
        "llama.context_length": 131072,
        "llama.embedding_length": 3072,
        "llama.feed_forward_length": 8192,
        "llama.block_count": 28,
        "llama.attention.head_count": 24,
        "llama.attention.head_count_kv": 8,
        "llama.attention.layer_norm_rms_epsilon": 1e-05,
        "llama.rope.freq_base": 500000.0,
        "llama.vocab_size": 128256,
    }
    weights = gguf(metadata, {"output_norm.weight": (3072,)})
    config = document(
        {"model_format": "gguf", "model_family": "llama", "model_type": "3.2B", "file_type": "F32"}
    )
    media = "application/vnd.ollama.image"
    layers = [("model", weights), ("params", document({"stop": ["<|eot_id|>"]}))]

    def entry(media_type: str, data: bytes) -> dict[str, object]:
        digest = hashlib.sha256(data).hexdigest()
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": entry("application/vnd.docker.container.image.v1+json", config),
        "layers": [entry(f"{media}.{kind}", data) for kind, data in layers],
    }
    files = {
        f"ollama/blobs/sha256-{hashlib.sha256(data).hexdigest()}": data
        for data in (config, *(data for _, data in layers))
    }
    return files | {"ollama/manifests/registry.ollama.ai/library/llama3.2/3b": document(manifest)}


HUB = "hub/models--tencent--Hunyuan-MT-7B"
REVISION = "7c41d6d2b8f34e5a9d0c1b2a3f4e5d6c7b8a9f00"


def hub_blobs() -> dict[str, bytes]:
    """What the Hugging Face cache holds for one repository, by the name in the snapshot."""
    config = {"architectures": ["HunYuanDenseV1ForCausalLM"], "model_type": "hunyuan_v1_dense"}
    weights = {"model.norm.weight": (4096,)}
    return {"config.json": document(config), "model.safetensors": safetensors(HUB, weights)}


def blob_name(name: str, data: bytes) -> str:
    """How the cache names a blob: by SHA-256 for large files, by git's own digest for small ones."""
    if name.endswith(".safetensors"):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def hub() -> dict[str, bytes]:
    """A Hugging Face cache with one repository; `hub_links` joins its snapshot to the blobs."""
    files = {f"{HUB}/blobs/{blob_name(name, data)}": data for name, data in hub_blobs().items()}
    return files | {f"{HUB}/refs/main": REVISION.encode()}


def hub_links() -> dict[str, str]:
    """Symbolic links of the snapshot, each with where it leads."""
    return {
        f"{HUB}/snapshots/{REVISION}/{name}": f"../../blobs/{blob_name(name, data)}"
        for name, data in hub_blobs().items()
    }


def leftovers() -> dict[str, bytes]:
    """A copy that broke off, and a pickled score from before language models."""
    whole = safetensors("summariser-v2", {"model.norm.weight": (4096,), "lm_head.bias": (2048,)})

    def number(key: bytes, value: float) -> bytes:
        return b"X" + struct.pack("<I", len(key)) + key + b"G" + struct.pack(">d", value)

    # Protocol 2, written by hand: a class to look up, an empty instance, its attributes.
    pickled = b"\x80\x02csklearn.linear_model._logistic\nLogisticRegression\n)\x81}("
    pickled += number(b"C", 1.0) + number(b"tol", 1e-4) + number(b"intercept_", -2.25) + b"ub."
    return {
        "incoming/summariser-v2.safetensors": whole[: len(whole) * 3 // 5],
        "legacy/fraud-score.pkl": pickled,
    }


def all_files() -> dict[str, bytes]:
    """Every file below `models/`, by its path there."""
    parts = (claims(), letters(), tone(), field_notes(), ollama(), hub(), leftovers())
    return {path: data for part in parts for path, data in part.items()}


def make(folder: Path) -> None:
    """Write everything into this folder."""
    for path, data in sorted(all_files().items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for path, leads_to in sorted(hub_links().items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.symlink_to(leads_to)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "harbour" / "models")
