"""What are the zoo's networks? Functions of a dictionary of tensors under Hugging Face's names, in torch.

`forward.py` computes the same in numpy from what is saved; the tests hold the two against each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from zoo.model import Weights, shape_of

Parameters = dict[str, Tensor]
TOKENS = {"vocab_size": 2048, "bos_token_id": 0, "eos_token_id": 0}
CONFIGS: dict[str, dict[str, Any]] = {
    "llama": {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": 128,
        "intermediate_size": 384,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "rope_theta": 10000.0,
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": True,
        **TOKENS,
    },
    "gpt2": {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "n_embd": 128,
        "n_inner": 512,
        "n_layer": 4,
        "n_head": 4,
        "n_positions": 256,
        "n_ctx": 256,
        "layer_norm_epsilon": 1e-5,
        **TOKENS,
    },
    "bert": {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": 128,
        "intermediate_size": 512,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "max_position_embeddings": 256,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
        "vocab_size": 2048,
        "pad_token_id": 2,
    },
    "conv": {"model_type": "conv", "hidden_size": 96, "classes": 8, "vocab_size": 2048},
    "gru": {"model_type": "gru", "hidden_size": 96, "classes": 8, "vocab_size": 2048},
}
"""The sizes of every family."""


def shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor, in the order in which they are drawn."""
    return {
        "llama": llama_shapes,
        "gpt2": gpt2_shapes,
        "bert": bert_shapes,
        "conv": conv_shapes,
        "gru": gru_shapes,
    }[config["model_type"]](config)


def llama_shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Llama's tensors, embeddings tied."""
    s = shape_of(config)
    found: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (s.vocabulary, s.width)}
    for layer in range(s.layers):
        at = f"model.layers.{layer}"
        rows = {"q": s.heads * s.head, "k": s.kv_heads * s.head, "v": s.kv_heads * s.head}
        found |= {f"{at}.self_attn.{name}_proj.weight": (count, s.width) for name, count in rows.items()}
        found[f"{at}.self_attn.o_proj.weight"] = (s.width, s.heads * s.head)
        found |= {f"{at}.mlp.{name}_proj.weight": (s.ffn, s.width) for name in ("gate", "up")}
        found[f"{at}.mlp.down_proj.weight"] = (s.width, s.ffn)
        found |= {
            f"{at}.{name}.weight": (s.width,) for name in ("input_layernorm", "post_attention_layernorm")
        }
    return {**found, "model.norm.weight": (s.width,)}


def gpt2_shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """GPT-2's tensors, matrices as (inputs, outputs)."""
    s = shape_of(config)
    found: dict[str, tuple[int, ...]] = {
        "transformer.wte.weight": (s.vocabulary, s.width),
        "transformer.wpe.weight": (config["n_positions"], s.width),
    }
    for layer in range(s.layers):
        at = f"transformer.h.{layer}"
        parts = {"attn.c_attn": (s.width, 3 * s.width), "attn.c_proj": (s.width, s.width)}
        parts |= {"mlp.c_fc": (s.width, s.ffn), "mlp.c_proj": (s.ffn, s.width)}
        for name, shape in parts.items():
            found |= {f"{at}.{name}.weight": shape, f"{at}.{name}.bias": shape[1:]}
        for name in ("ln_1", "ln_2"):
            found |= {f"{at}.{name}.weight": (s.width,), f"{at}.{name}.bias": (s.width,)}
    return {**found, "transformer.ln_f.weight": (s.width,), "transformer.ln_f.bias": (s.width,)}


def bert_shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """BERT's tensors with the masked-language head, decoder tied."""
    s = shape_of(config)
    square = (s.width, s.width)
    found: dict[str, tuple[int, ...]] = {
        "bert.embeddings.word_embeddings.weight": (s.vocabulary, s.width),
        "bert.embeddings.position_embeddings.weight": (config["max_position_embeddings"], s.width),
        "bert.embeddings.token_type_embeddings.weight": (config["type_vocab_size"], s.width),
        "bert.embeddings.LayerNorm.weight": (s.width,),
    }
    for layer in range(s.layers):
        at = f"bert.encoder.layer.{layer}"
        found |= {f"{at}.attention.self.{name}.weight": square for name in ("query", "key", "value")}
        found[f"{at}.attention.output.dense.weight"] = square
        found[f"{at}.attention.output.LayerNorm.weight"] = (s.width,)
        found[f"{at}.intermediate.dense.weight"] = (s.ffn, s.width)
        found[f"{at}.output.dense.weight"] = (s.width, s.ffn)
        found[f"{at}.output.LayerNorm.weight"] = (s.width,)
    found["cls.predictions.transform.dense.weight"] = square
    found["cls.predictions.transform.LayerNorm.weight"] = (s.width,)
    no_bias = ("word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight")
    biases = {
        n.replace(".weight", ".bias"): shape[:1] for n, shape in found.items() if not n.endswith(no_bias)
    }
    return {**found, **biases, "cls.predictions.bias": (s.vocabulary,)}


def conv_shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Three convolutions over embedded tokens, and a classifier."""
    w = config["hidden_size"]
    found: dict[str, tuple[int, ...]] = {"embedding.weight": (config["vocab_size"], 64)}
    for index, inputs in enumerate((64, w, w)):
        found |= {f"conv{index}.weight": (w, inputs, 5), f"conv{index}.bias": (w,)}
    return {**found, "classifier.weight": (config["classes"], w), "classifier.bias": (config["classes"],)}


def gru_shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """One GRU over embedded tokens, and a classifier; PyTorch's names and gate order (reset, update, new)."""
    w = config["hidden_size"]
    found: dict[str, tuple[int, ...]] = {"embedding.weight": (config["vocab_size"], 64)}
    found |= {"gru.weight_ih_l0": (3 * w, 64), "gru.weight_hh_l0": (3 * w, w)}
    found |= {"gru.bias_ih_l0": (3 * w,), "gru.bias_hh_l0": (3 * w,)}
    return {**found, "classifier.weight": (config["classes"], w), "classifier.bias": (config["classes"],)}


def fresh(config: dict[str, Any], seed: int) -> Parameters:
    """Newly drawn parameters: matrices from a normal distribution, gains one, biases zero."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    layers = shape_of(config).layers if config["model_type"] in ("llama", "gpt2", "bert") else 1
    for name, shape in shapes(config).items():
        if len(shape) == 1:
            gain = name.endswith("weight")
            found[name] = torch.ones(shape) if gain else torch.zeros(shape)
            continue
        fan = math.prod(shape[1:]) if config["model_type"] in ("conv", "gru") else 0
        spread = fan**-0.5 if fan and not name.startswith("embedding") else 0.04
        if name.endswith(("o_proj.weight", "down_proj.weight", "c_proj.weight")):
            spread /= math.sqrt(2 * layers)
        found[name] = torch.randn(shape, generator=generator) * spread
    return found


def attend(query: Tensor, key: Tensor, value: Tensor, *, causal: bool) -> Tensor:
    """Attention over (batch, heads, tokens, head), joined to (batch, tokens, width)."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if causal:
        length = query.shape[-2]
        scores = scores.masked_fill(~torch.ones(length, length, dtype=torch.bool).tril(), -torch.inf)
    return (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)


def split(x: Tensor, heads: int) -> Tensor:
    """(batch, tokens, width) as (batch, heads, tokens, head)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def llama(p: Parameters, config: dict[str, Any], ids: Tensor) -> Tensor:
    """Logits of a Llama-style decoder."""
    s, epsilon = shape_of(config), config["rms_norm_eps"]
    half = s.head // 2
    angle = torch.arange(ids.shape[1])[:, None] * config["rope_theta"] ** (-torch.arange(half) / half)
    cos, sin = angle.cos(), angle.sin()

    def turn(x: Tensor) -> Tensor:
        first, second = x[..., :half], x[..., half:]
        return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

    def norm(x: Tensor, name: str) -> Tensor:
        return functional.rms_norm(x, (s.width,), p[f"{name}.weight"], epsilon)

    x = p["model.embed_tokens.weight"][ids]
    for layer in range(s.layers):
        at = f"model.layers.{layer}"
        y = norm(x, f"{at}.input_layernorm")
        q = turn(split(y @ p[f"{at}.self_attn.q_proj.weight"].T, s.heads))
        k = turn(split(y @ p[f"{at}.self_attn.k_proj.weight"].T, s.kv_heads))
        v = split(y @ p[f"{at}.self_attn.v_proj.weight"].T, s.kv_heads)
        group = s.heads // s.kv_heads
        mixed = attend(q, k.repeat_interleave(group, 1), v.repeat_interleave(group, 1), causal=True)
        x = x + mixed @ p[f"{at}.self_attn.o_proj.weight"].T
        y = norm(x, f"{at}.post_attention_layernorm")
        hidden = functional.silu(y @ p[f"{at}.mlp.gate_proj.weight"].T) * (
            y @ p[f"{at}.mlp.up_proj.weight"].T
        )
        x = x + hidden @ p[f"{at}.mlp.down_proj.weight"].T
    return norm(x, "model.norm") @ p["model.embed_tokens.weight"].T


def gpt2(p: Parameters, config: dict[str, Any], ids: Tensor) -> Tensor:
    """Logits of a GPT-2-style decoder."""
    s, epsilon = shape_of(config), config["layer_norm_epsilon"]

    def norm(x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(x, (s.width,), p[f"{name}.weight"], p[f"{name}.bias"], epsilon)

    def apply(x: Tensor, name: str) -> Tensor:
        return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

    x = p["transformer.wte.weight"][ids] + p["transformer.wpe.weight"][: ids.shape[1]]
    for layer in range(s.layers):
        at = f"transformer.h.{layer}"
        q, k, v = apply(norm(x, f"{at}.ln_1"), f"{at}.attn.c_attn").chunk(3, -1)
        mixed = attend(split(q, s.heads), split(k, s.heads), split(v, s.heads), causal=True)
        x = x + apply(mixed, f"{at}.attn.c_proj")
        hidden = functional.gelu(apply(norm(x, f"{at}.ln_2"), f"{at}.mlp.c_fc"), approximate="tanh")
        x = x + apply(hidden, f"{at}.mlp.c_proj")
    return norm(x, "transformer.ln_f") @ p["transformer.wte.weight"].T


def bert(p: Parameters, config: dict[str, Any], ids: Tensor) -> Tensor:
    """Masked-language logits of a BERT-style encoder."""
    s, epsilon = shape_of(config), config["layer_norm_eps"]

    def norm(x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(x, (s.width,), p[f"{name}.weight"], p[f"{name}.bias"], epsilon)

    def apply(x: Tensor, name: str) -> Tensor:
        return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]

    words, at = p["bert.embeddings.word_embeddings.weight"], "bert.embeddings"
    x = words[ids] + p[f"{at}.position_embeddings.weight"][: ids.shape[1]]
    x = norm(x + p[f"{at}.token_type_embeddings.weight"][0], f"{at}.LayerNorm")
    for layer in range(s.layers):
        at = f"bert.encoder.layer.{layer}"
        q, k, v = (split(apply(x, f"{at}.attention.self.{n}"), s.heads) for n in ("query", "key", "value"))
        mixed = apply(attend(q, k, v, causal=False), f"{at}.attention.output.dense")
        x = norm(x + mixed, f"{at}.attention.output.LayerNorm")
        hidden = apply(functional.gelu(apply(x, f"{at}.intermediate.dense")), f"{at}.output.dense")
        x = norm(x + hidden, f"{at}.output.LayerNorm")
    x = functional.gelu(apply(x, "cls.predictions.transform.dense"))
    return norm(x, "cls.predictions.transform.LayerNorm") @ words.T + p["cls.predictions.bias"]


def conv(p: Parameters, _: dict[str, Any], ids: Tensor) -> Tensor:
    """Scores of the classes, from convolutions."""
    x = p["embedding.weight"][ids].transpose(1, 2)
    for index in range(3):
        x = functional.conv1d(x, p[f"conv{index}.weight"], p[f"conv{index}.bias"], padding=2).relu()
    return x.amax(-1) @ p["classifier.weight"].T + p["classifier.bias"]


def gru(p: Parameters, config: dict[str, Any], ids: Tensor) -> Tensor:
    """Scores of the classes, from a recurrent network."""
    x = p["embedding.weight"][ids] @ p["gru.weight_ih_l0"].T + p["gru.bias_ih_l0"]
    state = torch.zeros(ids.shape[0], config["hidden_size"])
    for step in x.unbind(1):
        reset, update, new = step.chunk(3, -1)
        r, z, n = (state @ p["gru.weight_hh_l0"].T + p["gru.bias_hh_l0"]).chunk(3, -1)
        gate = (update + z).sigmoid()
        state = (1 - gate) * (new + (reset + r).sigmoid() * n).tanh() + gate * state
    return state @ p["classifier.weight"].T + p["classifier.bias"]


FORWARD: dict[str, Callable[[Parameters, dict[str, Any], Tensor], Tensor]] = {
    "llama": llama,
    "gpt2": gpt2,
    "bert": bert,
    "conv": conv,
    "gru": gru,
}


def to_numpy(p: Parameters) -> Weights:
    """The parameters as float32 arrays."""
    return {name: tensor.detach().numpy().copy() for name, tensor in p.items()}


def to_torch(weights: Weights) -> Parameters:
    """Arrays as parameters."""
    return {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
