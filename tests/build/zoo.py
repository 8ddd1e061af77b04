"""The modules of `bench/zoo` and `bench/trace`, which are commands and no packages, and tiny models."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np

BENCH = Path(__file__).parents[2] / "bench"
for folder in (BENCH, BENCH / "trace"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

edits = importlib.import_module("zoo.edits")
files = importlib.import_module("zoo.files")
forward = importlib.import_module("zoo.forward")
launder = importlib.import_module("zoo.launder")
launder_plain = importlib.import_module("zoo.launder_plain")
model = importlib.import_module("zoo.model")
recipes = importlib.import_module("zoo.recipes")
truth = importlib.import_module("zoo.truth")
edited = importlib.import_module("edited")
fetch = importlib.import_module("fetch")
pairs = importlib.import_module("pairs")

LLAMA = {
    "model_type": "llama",
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "rope_theta": 100.0,
    "max_position_embeddings": 64,
    "vocab_size": 40,
    "bos_token_id": 0,
    "eos_token_id": 1,
}
GPT2 = {
    "model_type": "gpt2",
    "n_embd": 16,
    "n_inner": 24,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 64,
    "layer_norm_epsilon": 1e-5,
    "vocab_size": 40,
}
BERT = {
    "model_type": "bert",
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "vocab_size": 40,
}
CONFIGS = {"llama": LLAMA, "gpt2": GPT2, "bert": BERT}


def drawn(shapes, config, seed=1):
    """A model of these shapes with every number drawn, gains and biases too: no symmetry is hidden."""
    rng = np.random.default_rng(seed)
    weights = {
        name: (1.0 if len(shape) == 1 and name.endswith("weight") else 0.0)
        + rng.standard_normal(shape).astype(np.float32) * np.float32(0.3)
        for name, shape in shapes.items()
    }
    pieces = tuple(f"p{index}" for index in range(config["vocab_size"]))
    single = {name: array.astype(np.float32) for name, array in weights.items()}
    return model.Model(single, dict(config), model.Tokenizer(pieces, ("p 3", "p 4"), (0, 1)))


def tiny(family: str, seed: int = 1):
    """A model of a family with two layers."""
    shapes = {"llama": llama_shapes, "gpt2": gpt2_shapes, "bert": bert_shapes}[family]()
    return drawn(shapes, CONFIGS[family], seed)


def llama_shapes():
    """Hugging Face's tensors of the tiny Llama."""
    found = {"model.embed_tokens.weight": (40, 16), "model.norm.weight": (16,)}
    for layer in range(2):
        at = f"model.layers.{layer}"
        for name, rows in (("q", 16), ("k", 8), ("v", 8), ("o", 16)):
            found[f"{at}.self_attn.{name}_proj.weight"] = (rows, 16)
        found |= {f"{at}.mlp.gate_proj.weight": (24, 16), f"{at}.mlp.up_proj.weight": (24, 16)}
        found[f"{at}.mlp.down_proj.weight"] = (16, 24)
        found |= {f"{at}.{name}.weight": (16,) for name in ("input_layernorm", "post_attention_layernorm")}
    return found


def gpt2_shapes():
    """Those of the tiny GPT-2."""
    found = {"transformer.wte.weight": (40, 16), "transformer.wpe.weight": (64, 16)}
    for layer in range(2):
        at = f"transformer.h.{layer}"
        sizes = (
            ("attn.c_attn", 16, 48),
            ("attn.c_proj", 16, 16),
            ("mlp.c_fc", 16, 24),
            ("mlp.c_proj", 24, 16),
        )
        for name, rows, columns in sizes:
            found |= {f"{at}.{name}.weight": (rows, columns), f"{at}.{name}.bias": (columns,)}
        for name in ("ln_1", "ln_2"):
            found |= {f"{at}.{name}.weight": (16,), f"{at}.{name}.bias": (16,)}
    return {**found, "transformer.ln_f.weight": (16,), "transformer.ln_f.bias": (16,)}


def bert_shapes():
    """Those of the tiny BERT with its masked-language head."""
    tables = {"word": 40, "position": 64, "token_type": 2}
    found = {f"bert.embeddings.{name}_embeddings.weight": (rows, 16) for name, rows in tables.items()}
    blocks = {"bert.embeddings.LayerNorm": (16,), "cls.predictions.transform.LayerNorm": (16,)}
    blocks["cls.predictions.transform.dense"] = (16, 16)
    for layer in range(2):
        at = f"bert.encoder.layer.{layer}"
        blocks |= {f"{at}.attention.self.{name}": (16, 16) for name in ("query", "key", "value")}
        blocks |= {f"{at}.attention.output.dense": (16, 16), f"{at}.attention.output.LayerNorm": (16,)}
        blocks |= {f"{at}.intermediate.dense": (24, 16), f"{at}.output.dense": (16, 24)}
        blocks[f"{at}.output.LayerNorm"] = (16,)
    for name, shape in blocks.items():
        found |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return {**found, "cls.predictions.bias": (40,)}
