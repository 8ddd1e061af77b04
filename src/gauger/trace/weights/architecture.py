"""What a model's architecture is called."""

from __future__ import annotations

from collections.abc import Sequence

from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.configs import LANGUAGE_PARTS
from gauger.formats.weights import Tensor

_TELLING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gpt_oss", ("experts.gate_up_proj_bias",)),
    ("qwen3_next", ("linear_attn.in_proj_qkvz",)),
    ("qwen3_5", ("linear_attn.in_proj_qkv.", "linear_attn.in_proj_z.")),
    ("minimax", ("block_sparse_moe.experts.0.w1", "self_attn.output_gate")),
    ("mixtral", ("block_sparse_moe.experts.0.w1",)),
    ("deepseek_v3", ("kv_a_proj_with_mqa", "e_score_correction_bias")),
    ("deepseek_v2", ("kv_a_proj_with_mqa",)),
    ("gemma3_text", ("pre_feedforward_layernorm", "self_attn.q_norm", "post_feedforward_layernorm")),
    ("gemma2", ("pre_feedforward_layernorm", "post_feedforward_layernorm")),
    ("glm4", ("post_self_attn_layernorm", "post_mlp_layernorm")),
    ("phi3", ("self_attn.qkv_proj", "mlp.gate_up_proj")),
    ("qwen3_moe", ("self_attn.q_norm", "mlp.experts.0.gate_proj")),
    ("qwen2_moe", ("self_attn.q_proj.bias", "mlp.shared_expert_gate")),
    ("qwen3", ("self_attn.q_norm", "mlp.gate_proj")),
    ("qwen2", ("self_attn.q_proj.bias", "mlp.gate_proj")),
    ("llama", ("self_attn.q_proj", "mlp.gate_proj")),
    ("qwen", ("attn.c_attn", "mlp.w1")),
    ("gpt_neox", ("attention.query_key_value", "mlp.dense_h_to_4h", "embed_in")),
    ("chatglm", ("self_attention.query_key_value", "mlp.dense_h_to_4h", "encoder.layers")),
    ("falcon", ("self_attention.query_key_value", "mlp.dense_h_to_4h", "transformer.h.")),
    ("bloom", ("self_attention.query_key_value", "mlp.dense_h_to_4h")),
    ("gpt2", ("attn.c_attn", "mlp.c_fc")),
    ("t5", ("SelfAttention.q", "DenseReluDense")),
    ("llama", ("attention.wq", "feed_forward.w1")),
    ("distilbert", ("attention.q_lin", "ffn.lin1")),
    ("mpnet", ("attention.attn.q", "intermediate.dense")),
    ("modernbert", ("attn.Wqkv", "mlp.Wi")),
    ("nomic_bert", ("attn.Wqkv", "mlp.fc11")),
    ("bert", ("attention.self.query", "intermediate.dense")),
    ("whisper", ("encoder_attn", "encoder.conv1")),
    ("whisper", ("encoder/conv1", "decoder/layer_0/ffn")),
    ("clip", ("text_model", "vision_model", "mlp.fc1")),
    ("bart", ("encoder_attn", "fc1")),
    ("phi", ("self_attn.dense", "mlp.fc1")),
    ("opt", ("decoder.layers", "fc1")),
    ("vit", ("attention.attention.query", "intermediate.dense")),
)  # fmt: skip
"""What to call a model whose files do not say, by pieces that must all occur in its tensors' names; the first
that fits. Names as `model_type` of the transformers library."""


def architecture_of(config: Facts, metadata: Facts, tensors: Sequence[Tensor]) -> str:
    """What does the configuration, else the header, else the spelling of the names call it?

    Of a multimodal model, its language model's name; empty for unknown.
    """
    for part in LANGUAGE_PARTS:
        inner = config.get(f"{part}.model_type")
        if isinstance(inner, str) and inner:
            return printable(inner, 100)
    for value in (config.get("model_type"), metadata.get("general.architecture")):
        if isinstance(value, str) and value:
            return printable(value, 100)
    names = [tensor.name for tensor in tensors]
    for architecture, pieces in _TELLING:
        if all(any(piece in name for name in names) for piece in pieces):
            return architecture
    return ""
