"""A model's numbers in memory, under Hugging Face's names, for the forward pass in numpy."""

from __future__ import annotations

import re
from math import prod

import numpy as np

from gauger.core.errors import LimitExceeded, Unreadable
from gauger.core.text import printable
from gauger.formats.number_types import Floats
from gauger.formats.weights import Weights

MOST_PARAMETERS = 2_000_000_000
"""Above that, 8 GB of float32, a model is run by torch or behind an endpoint."""

_BLOCK = re.compile(r"blk\.(\d+)\.(\w+)\.(weight|bias)")
_PARTS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_WHOLE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
"""GGUF's names. Source: llama.cpp, `gguf-py/gguf/constants.py`, the table of tensor names."""


def arrays_of(weights: Weights) -> dict[str, Floats]:
    """The numbers of every tensor as float32, by Hugging Face's names; shapes as the model uses them.

    Raises:
        LimitExceeded: more than `MOST_PARAMETERS`.
        Unreadable: a tensor's type cannot be turned into numbers.
        Malformed: the bytes are not what the header says.
    """
    subject = weights.file.parts[0]
    if weights.unread:
        name, reason = weights.unread[0]
        raise Unreadable(f"the numbers of {printable(name, 80)} cannot be read: {reason}", subject=subject)
    total = sum(prod(tensor.shape) for tensor in weights.tensors)
    if total > MOST_PARAMETERS:
        raise LimitExceeded(f"{total} parameters to be run in numpy", subject=subject)
    return {
        hub_name(tensor.name): np.concatenate(list(weights.blocks(tensor))).reshape(tensor.shape or (1,))
        for tensor in weights.tensors
    }


def hub_name(name: str) -> str:
    """What is this tensor called in Hugging Face's checkpoints? Its own name where no table knows it."""
    block = _BLOCK.fullmatch(name)
    if block and block[2] in _PARTS:
        return f"model.layers.{block[1]}.{_PARTS[block[2]]}.{block[3]}"
    return _WHOLE.get(name, name)
