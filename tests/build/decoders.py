"""Tiny decoders of random weights with a tokenizer, as folders on disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from build.safetensors import safetensors_bytes

LETTERS = [chr(n) for n in range(33, 127)] + ["Ġ", "Ċ"]
PIECES = [*LETTERS, "Ġt", "he", "Ġthe", "in", "er", "Ġa", "on", "re"]
MERGES = ["Ġ t", "h e", "Ġt he", "i n", "e r", "Ġ a", "o n", "r e"]


def tokenizer() -> dict[str, object]:
    """A byte-level BPE tokenizer over printable ASCII, in the format of `tokenizer.json`."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "ByteLevel",
            "add_prefix_space": False,
            "trim_offsets": True,
            "use_regex": True,
        },
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {piece: n for n, piece in enumerate(PIECES)},
            "merges": MERGES,
        },
    }


def llama(folder: Path, seed: int = 0, **config: object) -> Path:
    """A Llama-like model of two layers; `model_type` may be qwen2 (biases) or qwen3 (norms)."""
    rng = np.random.default_rng(seed)
    facts = {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 48,
        "vocab_size": len(PIECES),
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "max_position_embeddings": 512,
        "head_dim": 8,
        **config,
    }
    tensors = {
        "model.embed_tokens.weight": (len(PIECES), 32),
        "model.norm.weight": (32,),
        "lm_head.weight": (len(PIECES), 32),
    }
    for layer in range(2):
        at = f"model.layers.{layer}"
        tensors |= {
            f"{at}.input_layernorm.weight": (32,),
            f"{at}.post_attention_layernorm.weight": (32,),
            f"{at}.self_attn.q_proj.weight": (32, 32),
            f"{at}.self_attn.k_proj.weight": (16, 32),
            f"{at}.self_attn.v_proj.weight": (16, 32),
            f"{at}.self_attn.o_proj.weight": (32, 32),
            f"{at}.mlp.gate_proj.weight": (48, 32),
            f"{at}.mlp.up_proj.weight": (48, 32),
            f"{at}.mlp.down_proj.weight": (32, 48),
        }
        if facts["model_type"] == "qwen2":
            tensors |= {f"{at}.self_attn.{n}_proj.bias": (32 if n == "q" else 16,) for n in "qkv"}
        if facts["model_type"] == "qwen3":
            tensors |= {f"{at}.self_attn.{n}_norm.weight": (8,) for n in "qk"}
    return _written(folder, facts, tensors, rng)


def gpt2(folder: Path, seed: int = 0) -> Path:
    """A GPT-2 of two layers."""
    facts = {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "n_embd": 32,
        "n_layer": 2,
        "n_head": 4,
        "n_positions": 256,
        "vocab_size": len(PIECES),
        "layer_norm_epsilon": 1e-5,
        "activation_function": "gelu_new",
    }
    tensors: dict[str, tuple[int, ...]] = {
        "transformer.wte.weight": (len(PIECES), 32),
        "transformer.wpe.weight": (256, 32),
        "transformer.ln_f.weight": (32,),
        "transformer.ln_f.bias": (32,),
    }
    for layer in range(2):
        at = f"transformer.h.{layer}"
        tensors |= {f"{at}.{norm}.{part}": (32,) for norm in ("ln_1", "ln_2") for part in ("weight", "bias")}
        for name, shape in (
            ("attn.c_attn", (32, 96)),
            ("attn.c_proj", (32, 32)),
            ("mlp.c_fc", (32, 128)),
            ("mlp.c_proj", (128, 32)),
        ):
            tensors |= {f"{at}.{name}.weight": shape, f"{at}.{name}.bias": shape[1:]}
    return _written(folder, facts, tensors, np.random.default_rng(seed))


def _written(
    folder: Path, facts: dict[str, object], shapes: dict[str, tuple[int, ...]], rng: np.random.Generator
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {
        name: (rng.normal(1, 0.1, shape) if len(shape) == 1 else rng.normal(0, 0.25, shape)).astype(
            np.float32
        )
        for name, shape in shapes.items()
    }
    (folder / "model.safetensors").write_bytes(safetensors_bytes(numbers, {"format": "pt"}))
    (folder / "config.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(), ensure_ascii=False), encoding="utf-8")
    return folder
