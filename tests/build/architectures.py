# ruff: noqa: E501 - a table with one architecture after another
"""Tiny models with the tensor names and shapes of real architectures, and what a network of them must be.

Sizes: W 16 wide, U 20 units, M 12 units in an expert, V 300 tokens, K 8 for keys and values (4 heads of 4, two of
keys), E 3 experts, L 2 layers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

SIZES = {"W": 16, "U": 20, "M": 12, "V": 300, "K": 8, "E": 3, "P": 64, "C": 6, "R": 10}
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4, "hidden_size": 16}


@dataclass(frozen=True)
class Architecture:
    """One architecture.

    Attributes:
        name: For the test's name and the documentation.
        config: What its config.json says.
        outside: Tensors outside of layers: name and dimensions, one a line.
        layer: Tensors of one layer, `{n}` for its number, `{e}` for an expert's.
        blocks: Components of the expected blocks of layer 1.
        units: Of each of these blocks.
        gated: Whether they have a gate.
        norm: End of the name of the norm in front; empty for none.
        roles: Expected roles among the matrices of layer 1, besides the blocks'.
        architecture: What the network is called without a configuration; empty for the same as in `config`.
        offset: What is added to the stored gain.
        part: What layer 1 is called.
        layers: How many layers.
        unembedding: Whether an output matrix is stored.
    """

    name: str
    outside: str
    layer: str
    blocks: dict[str, int]
    norm: str
    gated: bool = True
    config: dict[str, Any] = field(default_factory=dict)
    roles: str = "query key value output"
    architecture: str = ""
    offset: float = 0.0
    part: str = "layers.1"
    layers: int = 2
    unembedding: bool = False
    embedding: bool = True


_QKVO = """
model.layers.{n}.self_attn.q_proj.weight W W
model.layers.{n}.self_attn.k_proj.weight K W
model.layers.{n}.self_attn.v_proj.weight K W
model.layers.{n}.self_attn.o_proj.weight W W
"""
_NORMS = """
model.layers.{n}.input_layernorm.weight W
model.layers.{n}.post_attention_layernorm.weight W
"""
_SWIGLU = """
model.layers.{n}.mlp.gate_proj.weight U W
model.layers.{n}.mlp.up_proj.weight U W
model.layers.{n}.mlp.down_proj.weight W U
"""
_LLAMA = _QKVO + _NORMS + _SWIGLU
_OUTSIDE = "model.embed_tokens.weight V W\nmodel.norm.weight W\n"
_HEAD = _OUTSIDE + "lm_head.weight V W\n"
_QK_NORM = "model.layers.{n}.self_attn.q_norm.weight 4\nmodel.layers.{n}.self_attn.k_norm.weight 4\n"
_EXPERTS = """
model.layers.{n}.mlp.gate.weight E W
model.layers.{n}.mlp.experts.{e}.gate_proj.weight M W
model.layers.{n}.mlp.experts.{e}.up_proj.weight M W
model.layers.{n}.mlp.experts.{e}.down_proj.weight W M
"""
_MLA = """
model.layers.{n}.self_attn.q_a_proj.weight R W
model.layers.{n}.self_attn.q_a_layernorm.weight R
model.layers.{n}.self_attn.q_b_proj.weight 24 R
model.layers.{n}.self_attn.kv_a_proj_with_mqa.weight C W
model.layers.{n}.self_attn.kv_a_layernorm.weight 4
model.layers.{n}.self_attn.kv_b_proj.weight 32 4
model.layers.{n}.self_attn.o_proj.weight W 16
"""
_ROUTED = {"layers.1.experts.0": 12, "layers.1.experts.1": 12, "layers.1.experts.2": 12}
_DENSE = {"layers.1": 20}


def _bert(prefix: str, attention: str, norm: str) -> str:
    return f"""
{prefix}.{{n}}.{attention}query.weight W W
{prefix}.{{n}}.{attention}key.weight W W
{prefix}.{{n}}.{attention}value.weight W W
{prefix}.{{n}}.attention.output.dense.weight W W
{prefix}.{{n}}.intermediate.dense.weight U W
{prefix}.{{n}}.intermediate.dense.bias U
{prefix}.{{n}}.output.dense.weight W U
{prefix}.{{n}}.output.dense.bias W
""" + norm.replace("{p}", prefix)


_BERT_NORMS = "{p}.{n}.attention.output.LayerNorm.weight W\n{p}.{n}.output.LayerNorm.weight W\n"
_VIT_NORMS = "{p}.{n}.layernorm_before.weight W\n{p}.{n}.layernorm_after.weight W\n"
_FC = """
{p}.{n}.self_attn.q_proj.weight W W
{p}.{n}.self_attn.k_proj.weight W W
{p}.{n}.self_attn.v_proj.weight W W
{p}.{n}.self_attn.out_proj.weight W W
{p}.{n}.fc1.weight U W
{p}.{n}.fc1.bias U
{p}.{n}.fc2.weight W U
{p}.{n}.self_attn_layer_norm.weight W
{p}.{n}.final_layer_norm.weight W
"""
_GGUF_QKV = """
blk.{n}.attn_q.weight W W
blk.{n}.attn_k.weight K W
blk.{n}.attn_v.weight K W
blk.{n}.attn_output.weight W W
blk.{n}.attn_norm.weight W
"""


def _fc(prefix: str, more: str = "") -> str:
    return (_FC + more).replace("{p}", prefix)


TABLE: tuple[Architecture, ...] = (
    Architecture("Llama", _HEAD, _LLAMA, _DENSE, "post_attention_layernorm.weight", config={"model_type": "llama"} | HEADS, unembedding=True),
    Architecture("Llama, wrapped by an adapter", _OUTSIDE.replace("model.", "base_model.model.model."), _LLAMA.replace("model.layers", "base_model.model.model.layers").replace("_proj.weight", "_proj.base_layer.weight"), _DENSE, "post_attention_layernorm.weight", architecture=""),
    Architecture("Llama, Meta's own files", "tok_embeddings.weight V W\nnorm.weight W\noutput.weight V W\n", """
layers.{n}.attention.wq.weight W W
layers.{n}.attention.wk.weight K W
layers.{n}.attention.wv.weight K W
layers.{n}.attention.wo.weight W W
layers.{n}.feed_forward.w1.weight U W
layers.{n}.feed_forward.w2.weight W U
layers.{n}.feed_forward.w3.weight U W
layers.{n}.attention_norm.weight W
layers.{n}.ffn_norm.weight W
""", _DENSE, "ffn_norm.weight", architecture="llama", unembedding=True),
    Architecture("Llama 4 (stacked experts)", "language_model.model.embed_tokens.weight V W\nlanguage_model.lm_head.weight V W\n", (_QKVO + _NORMS + """
model.layers.{n}.feed_forward.router.weight E W
model.layers.{n}.feed_forward.experts.gate_up_proj E W 24
model.layers.{n}.feed_forward.experts.down_proj E M W
model.layers.{n}.feed_forward.shared_expert.gate_proj.weight M W
model.layers.{n}.feed_forward.shared_expert.up_proj.weight M W
model.layers.{n}.feed_forward.shared_expert.down_proj.weight W M
""").replace("model.layers", "language_model.model.layers"), _ROUTED | {"layers.1.experts.shared": 12}, "post_attention_layernorm.weight", config={"model_type": "llama4", "text_config.model_type": "llama4_text"}, roles="query router", unembedding=True),
    Architecture("Mistral", _HEAD, _LLAMA, _DENSE, "post_attention_layernorm.weight", config={"model_type": "mistral"} | HEADS, unembedding=True),
    Architecture("Mixtral", _HEAD, _QKVO + _NORMS + """
model.layers.{n}.block_sparse_moe.gate.weight E W
model.layers.{n}.block_sparse_moe.experts.{e}.w1.weight M W
model.layers.{n}.block_sparse_moe.experts.{e}.w2.weight W M
model.layers.{n}.block_sparse_moe.experts.{e}.w3.weight M W
""", _ROUTED, "post_attention_layernorm.weight", architecture="mixtral", roles="query router", unembedding=True),
    Architecture("MiniMax", _HEAD, """
model.layers.{n}.self_attn.qkv_proj.weight 48 W
model.layers.{n}.self_attn.output_gate.weight W W
model.layers.{n}.self_attn.out_proj.weight W W
model.layers.{n}.block_sparse_moe.gate.weight E W
model.layers.{n}.block_sparse_moe.experts.{e}.w1.weight M W
model.layers.{n}.block_sparse_moe.experts.{e}.w2.weight W M
model.layers.{n}.block_sparse_moe.experts.{e}.w3.weight M W
""" + _NORMS, _ROUTED, "post_attention_layernorm.weight", architecture="minimax", roles="query key value output-gate output router", unembedding=True),
    Architecture("Qwen", "transformer.wte.weight V W\nlm_head.weight V W\n", """
transformer.h.{n}.attn.c_attn.weight 48 W
transformer.h.{n}.attn.c_attn.bias 48
transformer.h.{n}.attn.c_proj.weight W W
transformer.h.{n}.ln_1.weight W
transformer.h.{n}.ln_2.weight W
transformer.h.{n}.mlp.w1.weight U W
transformer.h.{n}.mlp.w2.weight U W
transformer.h.{n}.mlp.c_proj.weight W U
""", _DENSE, "ln_2.weight", architecture="qwen", unembedding=True),
    Architecture("Qwen 1.5 MoE", _HEAD, _QKVO + _NORMS + _EXPERTS + """
model.layers.{n}.self_attn.q_proj.bias W
model.layers.{n}.mlp.shared_expert.gate_proj.weight U W
model.layers.{n}.mlp.shared_expert.up_proj.weight U W
model.layers.{n}.mlp.shared_expert.down_proj.weight W U
model.layers.{n}.mlp.shared_expert_gate.weight 1 W
""", _ROUTED | {"layers.1.experts.shared": 20}, "post_attention_layernorm.weight", architecture="qwen2_moe", roles="query router shared-gate", unembedding=True),
    Architecture("Qwen 2.5", _OUTSIDE, _LLAMA + "model.layers.{n}.self_attn.q_proj.bias W\n", _DENSE, "post_attention_layernorm.weight", architecture="qwen2"),
    Architecture("Qwen 3", _OUTSIDE, _LLAMA + _QK_NORM, _DENSE, "post_attention_layernorm.weight", architecture="qwen3"),
    Architecture("Qwen 3 MoE", _HEAD, _QKVO + _NORMS + _QK_NORM + _EXPERTS, _ROUTED, "post_attention_layernorm.weight", architecture="qwen3_moe", roles="query router", unembedding=True),
    Architecture("Qwen 3 VL MoE (stacked experts, vision tower)", "model.language_model.embed_tokens.weight V W\nlm_head.weight V W\nmodel.visual.patch_embed.proj.weight 14 3 2 4 4\n", """
model.language_model.layers.{n}.self_attn.q_proj.weight W W
model.language_model.layers.{n}.input_layernorm.weight W
model.language_model.layers.{n}.post_attention_layernorm.weight W
model.language_model.layers.{n}.mlp.gate.weight E W
model.language_model.layers.{n}.mlp.experts.gate_up_proj E W 24
model.language_model.layers.{n}.mlp.experts.down_proj E M W
model.visual.blocks.{n}.attn.qkv.weight 42 14
model.visual.blocks.{n}.attn.proj.weight 14 14
model.visual.blocks.{n}.norm1.weight 14
model.visual.blocks.{n}.norm2.weight 14
model.visual.blocks.{n}.mlp.linear_fc1.weight 22 14
model.visual.blocks.{n}.mlp.linear_fc1.bias 22
model.visual.blocks.{n}.mlp.linear_fc2.weight 14 22
""", _ROUTED | {"vision.layers.1": 22}, "", gated=False, config={"model_type": "qwen3_vl_moe", "text_config.model_type": "qwen3_vl_moe_text"}, roles="query router", unembedding=True),
    Architecture("Qwen 3.5 (gated delta net)", "model.language_model.embed_tokens.weight V W\n", """
model.language_model.layers.{n}.linear_attn.in_proj_qkv.weight 32 W
model.language_model.layers.{n}.linear_attn.in_proj_z.weight 16 W
model.language_model.layers.{n}.linear_attn.in_proj_a.weight 4 W
model.language_model.layers.{n}.linear_attn.in_proj_b.weight 4 W
model.language_model.layers.{n}.linear_attn.conv1d.weight 32 1 4
model.language_model.layers.{n}.linear_attn.norm.weight 4
model.language_model.layers.{n}.linear_attn.out_proj.weight W 16
""" + (_NORMS + _SWIGLU).replace("model.layers", "model.language_model.layers"), _DENSE, "post_attention_layernorm.weight", config={"model_type": "qwen3_5", "text_config.model_type": "qwen3_5_text"}, roles="output convolution decay output-gate", offset=1.0),
    Architecture("Qwen 3.5 MoE", "model.language_model.embed_tokens.weight V W\n", """
model.language_model.layers.{n}.linear_attn.in_proj_qkv.weight 32 W
model.language_model.layers.{n}.linear_attn.out_proj.weight W 16
model.language_model.layers.{n}.mlp.gate.weight E W
model.language_model.layers.{n}.mlp.experts.gate_up_proj E 24 W
model.language_model.layers.{n}.mlp.experts.down_proj E W M
model.language_model.layers.{n}.mlp.shared_expert.gate_proj.weight M W
model.language_model.layers.{n}.mlp.shared_expert.up_proj.weight M W
model.language_model.layers.{n}.mlp.shared_expert.down_proj.weight W M
""" + _NORMS.replace("model.layers", "model.language_model.layers"), _ROUTED | {"layers.1.experts.shared": 12}, "post_attention_layernorm.weight", config={"model_type": "qwen3_5_moe", "text_config.model_type": "qwen3_5_moe_text"}, roles="output router", offset=1.0),
    Architecture("DeepSeek V2 and V3 (latent attention)", _HEAD, _MLA + _NORMS + _EXPERTS + """
model.layers.{n}.mlp.gate.e_score_correction_bias E
model.layers.{n}.mlp.shared_experts.gate_proj.weight U W
model.layers.{n}.mlp.shared_experts.up_proj.weight U W
model.layers.{n}.mlp.shared_experts.down_proj.weight W U
""", _ROUTED | {"layers.1.experts.shared": 20}, "post_attention_layernorm.weight", architecture="deepseek_v3", roles="query-down query-up key-value-down key-value-up output router", unembedding=True),
    Architecture("Kimi Linear", _HEAD, """
model.layers.{n}.self_attn.q_proj.weight W W
model.layers.{n}.self_attn.k_proj.weight W W
model.layers.{n}.self_attn.v_proj.weight W W
model.layers.{n}.self_attn.o_proj.weight W W
model.layers.{n}.self_attn.q_conv1d.weight W 1 4
model.layers.{n}.self_attn.f_a_proj.weight 4 W
model.layers.{n}.self_attn.b_proj.weight 4 W
model.layers.{n}.block_sparse_moe.gate.weight E W
model.layers.{n}.block_sparse_moe.experts.{e}.w1.weight M W
model.layers.{n}.block_sparse_moe.experts.{e}.w2.weight W M
model.layers.{n}.block_sparse_moe.experts.{e}.w3.weight M W
model.layers.{n}.block_sparse_moe.shared_experts.gate_proj.weight M W
model.layers.{n}.block_sparse_moe.shared_experts.up_proj.weight M W
model.layers.{n}.block_sparse_moe.shared_experts.down_proj.weight W M
""" + _NORMS, _ROUTED | {"layers.1.experts.shared": 12}, "post_attention_layernorm.weight", config={"model_type": "kimi_linear"}, roles="query convolution decay router", unembedding=True),
    Architecture("Gemma", _OUTSIDE, _LLAMA, _DENSE, "post_attention_layernorm.weight", config={"model_type": "gemma"} | HEADS, offset=1.0),
    Architecture("Gemma 2", _OUTSIDE, _LLAMA + "model.layers.{n}.pre_feedforward_layernorm.weight W\nmodel.layers.{n}.post_feedforward_layernorm.weight W\n", _DENSE, "pre_feedforward_layernorm.weight", architecture="gemma2", offset=1.0),
    Architecture("Gemma 3", _OUTSIDE, _LLAMA + _QK_NORM + "model.layers.{n}.pre_feedforward_layernorm.weight W\nmodel.layers.{n}.post_feedforward_layernorm.weight W\n", _DENSE, "pre_feedforward_layernorm.weight", architecture="gemma3_text", offset=1.0),
    Architecture("Gemma 3n", _OUTSIDE, _LLAMA + _QK_NORM + "model.layers.{n}.pre_feedforward_layernorm.weight W\nmodel.layers.{n}.post_feedforward_layernorm.weight W\n", _DENSE, "pre_feedforward_layernorm.weight", config={"model_type": "gemma3n", "text_config.model_type": "gemma3n_text"}),
    Architecture("OLMo 2 (no norm in front)", _HEAD, _QKVO + _SWIGLU + "model.layers.{n}.post_attention_layernorm.weight W\nmodel.layers.{n}.post_feedforward_layernorm.weight W\n", _DENSE, "", config={"model_type": "olmo2"}, unembedding=True),
    Architecture("Phi-1 and Phi-2", _HEAD, """
model.layers.{n}.self_attn.q_proj.weight W W
model.layers.{n}.self_attn.k_proj.weight W W
model.layers.{n}.self_attn.v_proj.weight W W
model.layers.{n}.self_attn.dense.weight W W
model.layers.{n}.input_layernorm.weight W
model.layers.{n}.mlp.fc1.weight U W
model.layers.{n}.mlp.fc1.bias U
model.layers.{n}.mlp.fc2.weight W U
""", _DENSE, "input_layernorm.weight", gated=False, architecture="phi", unembedding=True),
    Architecture("Phi-3 and Phi-4 (fused)", _HEAD, _NORMS + """
model.layers.{n}.self_attn.qkv_proj.weight 32 W
model.layers.{n}.self_attn.o_proj.weight W W
model.layers.{n}.mlp.gate_up_proj.weight 40 W
model.layers.{n}.mlp.down_proj.weight W U
""", _DENSE, "post_attention_layernorm.weight", architecture="phi3", unembedding=True),
    Architecture("GPT-2 (transposed)", "wte.weight V W\nwpe.weight 32 W\nln_f.weight W\n", """
h.{n}.ln_1.weight W
h.{n}.ln_2.weight W
h.{n}.attn.c_attn.weight W 48
h.{n}.attn.c_attn.bias 48
h.{n}.attn.c_proj.weight W W
h.{n}.mlp.c_fc.weight W U
h.{n}.mlp.c_fc.bias U
h.{n}.mlp.c_proj.weight U W
""", _DENSE, "ln_2.weight", gated=False, architecture="gpt2"),
    Architecture("GPT-NeoX and Pythia", "gpt_neox.embed_in.weight V W\nembed_out.weight V W\n", """
gpt_neox.layers.{n}.input_layernorm.weight W
gpt_neox.layers.{n}.post_attention_layernorm.weight W
gpt_neox.layers.{n}.attention.query_key_value.weight 48 W
gpt_neox.layers.{n}.attention.dense.weight W W
gpt_neox.layers.{n}.mlp.dense_h_to_4h.weight U W
gpt_neox.layers.{n}.mlp.dense_4h_to_h.weight W U
""", _DENSE, "post_attention_layernorm.weight", gated=False, config={"model_type": "gpt_neox", "num_attention_heads": 4, "hidden_size": 16}, unembedding=True),
    Architecture("GPT-J", "transformer.wte.weight V W\nlm_head.weight V W\n", """
transformer.h.{n}.ln_1.weight W
transformer.h.{n}.attn.q_proj.weight W W
transformer.h.{n}.attn.k_proj.weight W W
transformer.h.{n}.attn.v_proj.weight W W
transformer.h.{n}.attn.out_proj.weight W W
transformer.h.{n}.mlp.fc_in.weight U W
transformer.h.{n}.mlp.fc_out.weight W U
""", _DENSE, "ln_1.weight", gated=False, config={"model_type": "gptj"}, unembedding=True),
    Architecture("Falcon", "transformer.word_embeddings.weight V W\nlm_head.weight V W\n", """
transformer.h.{n}.input_layernorm.weight W
transformer.h.{n}.self_attention.query_key_value.weight 24 W
transformer.h.{n}.self_attention.dense.weight W W
transformer.h.{n}.mlp.dense_h_to_4h.weight U W
transformer.h.{n}.mlp.dense_4h_to_h.weight W U
""", _DENSE, "input_layernorm.weight", gated=False, config={"model_type": "falcon", "num_attention_heads": 4, "hidden_size": 16, "multi_query": True}, unembedding=True),
    Architecture("BLOOM", "word_embeddings.weight V W\nword_embeddings_layernorm.weight W\n", """
h.{n}.input_layernorm.weight W
h.{n}.post_attention_layernorm.weight W
h.{n}.self_attention.query_key_value.weight 48 W
h.{n}.self_attention.dense.weight W W
h.{n}.mlp.dense_h_to_4h.weight U W
h.{n}.mlp.dense_4h_to_h.weight W U
""", _DENSE, "post_attention_layernorm.weight", gated=False, config={"model_type": "bloom", "n_head": 4, "hidden_size": 16}),
    Architecture("ChatGLM and GLM-4 (fused)", "transformer.embedding.word_embeddings.weight V W\ntransformer.output_layer.weight V W\n", """
transformer.encoder.layers.{n}.input_layernorm.weight W
transformer.encoder.layers.{n}.post_attention_layernorm.weight W
transformer.encoder.layers.{n}.self_attention.query_key_value.weight 32 W
transformer.encoder.layers.{n}.self_attention.dense.weight W W
transformer.encoder.layers.{n}.mlp.dense_h_to_4h.weight 40 W
transformer.encoder.layers.{n}.mlp.dense_4h_to_h.weight W U
""", _DENSE, "post_attention_layernorm.weight", architecture="chatglm", unembedding=True),
    Architecture("GLM-4-0414", _HEAD, _QKVO + _NORMS + """
model.layers.{n}.post_self_attn_layernorm.weight W
model.layers.{n}.post_mlp_layernorm.weight W
model.layers.{n}.mlp.gate_up_proj.weight 40 W
model.layers.{n}.mlp.down_proj.weight W U
""", _DENSE, "post_attention_layernorm.weight", architecture="glm4", unembedding=True),
    Architecture("InternLM 2", "model.tok_embeddings.weight V W\noutput.weight V W\n", """
model.layers.{n}.attention.wqkv.weight 32 W
model.layers.{n}.attention.wo.weight W W
model.layers.{n}.attention_norm.weight W
model.layers.{n}.ffn_norm.weight W
model.layers.{n}.feed_forward.w1.weight U W
model.layers.{n}.feed_forward.w2.weight W U
model.layers.{n}.feed_forward.w3.weight U W
""", _DENSE, "ffn_norm.weight", config={"model_type": "internlm2"} | HEADS, unembedding=True),
    Architecture("gpt-oss (stacked, interleaved)", _HEAD, _QKVO + _NORMS + """
model.layers.{n}.self_attn.sinks 4
model.layers.{n}.mlp.router.weight E W
model.layers.{n}.mlp.router.bias E
model.layers.{n}.mlp.experts.gate_up_proj E W 24
model.layers.{n}.mlp.experts.gate_up_proj_bias E 24
model.layers.{n}.mlp.experts.down_proj E M W
model.layers.{n}.mlp.experts.down_proj_bias E W
""", _ROUTED, "post_attention_layernorm.weight", architecture="gpt_oss", roles="query router", unembedding=True),
    Architecture("BERT", "embeddings.word_embeddings.weight V W\nembeddings.position_embeddings.weight 32 W\nembeddings.LayerNorm.weight W\npooler.dense.weight W W\n", _bert("encoder.layer", "attention.self.", _BERT_NORMS), _DENSE, "attention.output.LayerNorm.weight", gated=False, architecture="bert"),
    Architecture("RoBERTa and XLM-R", "roberta.embeddings.word_embeddings.weight V W\nlm_head.dense.weight W W\nlm_head.decoder.weight V W\n", _bert("roberta.encoder.layer", "attention.self.", _BERT_NORMS), _DENSE, "attention.output.LayerNorm.weight", gated=False, architecture="bert", unembedding=True),
    Architecture("MPNet", "embeddings.word_embeddings.weight V W\nencoder.relative_attention_bias.weight 32 4\n", """
encoder.layer.{n}.attention.attn.q.weight W W
encoder.layer.{n}.attention.attn.k.weight W W
encoder.layer.{n}.attention.attn.v.weight W W
encoder.layer.{n}.attention.attn.o.weight W W
encoder.layer.{n}.attention.LayerNorm.weight W
encoder.layer.{n}.intermediate.dense.weight U W
encoder.layer.{n}.output.dense.weight W U
encoder.layer.{n}.output.LayerNorm.weight W
""", _DENSE, "attention.LayerNorm.weight", gated=False, architecture="mpnet"),
    Architecture("DistilBERT", "distilbert.embeddings.word_embeddings.weight V W\nvocab_projector.weight V W\n", """
distilbert.transformer.layer.{n}.attention.q_lin.weight W W
distilbert.transformer.layer.{n}.attention.k_lin.weight W W
distilbert.transformer.layer.{n}.attention.v_lin.weight W W
distilbert.transformer.layer.{n}.attention.out_lin.weight W W
distilbert.transformer.layer.{n}.sa_layer_norm.weight W
distilbert.transformer.layer.{n}.ffn.lin1.weight U W
distilbert.transformer.layer.{n}.ffn.lin2.weight W U
distilbert.transformer.layer.{n}.output_layer_norm.weight W
""", _DENSE, "sa_layer_norm.weight", gated=False, architecture="distilbert", unembedding=True),
    Architecture("ModernBERT (fused)", "model.embeddings.tok_embeddings.weight V W\nmodel.embeddings.norm.weight W\n", """
model.layers.{n}.attn_norm.weight W
model.layers.{n}.attn.Wqkv.weight 48 W
model.layers.{n}.attn.Wo.weight W W
model.layers.{n}.mlp_norm.weight W
model.layers.{n}.mlp.Wi.weight 40 W
model.layers.{n}.mlp.Wo.weight W U
""", _DENSE, "mlp_norm.weight", architecture="modernbert"),
    Architecture("Nomic", "embeddings.word_embeddings.weight V W\n", """
encoder.layers.{n}.attn.Wqkv.weight 48 W
encoder.layers.{n}.attn.out_proj.weight W W
encoder.layers.{n}.norm1.weight W
encoder.layers.{n}.norm2.weight W
encoder.layers.{n}.mlp.fc11.weight U W
encoder.layers.{n}.mlp.fc12.weight U W
encoder.layers.{n}.mlp.fc2.weight W U
""", _DENSE, "norm1.weight", architecture="nomic_bert"),
    Architecture("T5 v1.1", "shared.weight V W\nencoder.final_layer_norm.weight W\nlm_head.weight V W\n", """
encoder.block.{n}.layer.0.SelfAttention.q.weight 24 W
encoder.block.{n}.layer.0.SelfAttention.k.weight 24 W
encoder.block.{n}.layer.0.SelfAttention.v.weight 24 W
encoder.block.{n}.layer.0.SelfAttention.o.weight W 24
encoder.block.{n}.layer.0.layer_norm.weight W
encoder.block.{n}.layer.1.DenseReluDense.wi_0.weight U W
encoder.block.{n}.layer.1.DenseReluDense.wi_1.weight U W
encoder.block.{n}.layer.1.DenseReluDense.wo.weight W U
encoder.block.{n}.layer.1.layer_norm.weight W
decoder.block.{n}.layer.0.SelfAttention.q.weight 24 W
decoder.block.{n}.layer.0.layer_norm.weight W
decoder.block.{n}.layer.1.EncDecAttention.q.weight 24 W
decoder.block.{n}.layer.1.layer_norm.weight W
decoder.block.{n}.layer.2.DenseReluDense.wi_0.weight U W
decoder.block.{n}.layer.2.DenseReluDense.wi_1.weight U W
decoder.block.{n}.layer.2.DenseReluDense.wo.weight W U
decoder.block.{n}.layer.2.layer_norm.weight W
""", {"encoder.layers.1": 20, "decoder.layers.1": 20}, "layer_norm.weight", architecture="t5", part="decoder.layers.1", roles="query cross-query", unembedding=True),
    Architecture("T5 (without gate)", "shared.weight V W\n", """
encoder.block.{n}.layer.0.SelfAttention.q.weight 24 W
encoder.block.{n}.layer.0.layer_norm.weight W
encoder.block.{n}.layer.1.DenseReluDense.wi.weight U W
encoder.block.{n}.layer.1.DenseReluDense.wo.weight W U
encoder.block.{n}.layer.1.layer_norm.weight W
""", _DENSE, "layer.1.layer_norm.weight", gated=False, architecture="t5", roles="query"),
    Architecture("ViT", "vit.embeddings.position_embeddings 1 9 W\nvit.embeddings.patch_embeddings.projection.weight W 3 4 4\n", _bert("vit.encoder.layer", "attention.attention.", _VIT_NORMS), {"vision.layers.1": 20}, "layernorm_after.weight", gated=False, architecture="vit", part="vision.layers.1", embedding=False),
    Architecture("CLIP and SigLIP", "text_model.embeddings.token_embedding.weight V W\nvision_model.embeddings.patch_embedding.weight 14 3 4 4\n", (_fc("text_model.encoder.layers") + _fc("vision_model.encoder.layers")).replace(".fc", ".mlp.fc").replace("self_attn_layer_norm", "layer_norm1").replace("final_layer_norm", "layer_norm2"), {"text.layers.1": 20, "vision.layers.1": 20}, "layer_norm2.weight", gated=False, architecture="clip", part="text.layers.1"),
    Architecture("Whisper", "model.decoder.embed_tokens.weight V W\nmodel.encoder.layer_norm.weight W\nmodel.decoder.layer_norm.weight W\nmodel.encoder.conv1.weight W 5 3\n", _fc("model.encoder.layers") + _fc("model.decoder.layers", "{p}.{n}.encoder_attn.q_proj.weight W W\n{p}.{n}.encoder_attn_layer_norm.weight W\n"), {"encoder.layers.1": 20, "decoder.layers.1": 20}, "final_layer_norm.weight", gated=False, architecture="whisper", part="decoder.layers.1", roles="query cross-query"),
    Architecture("Whisper, OpenAI's own files", "decoder.token_embedding.weight V W\ndecoder.positional_embedding 32 W\nencoder.ln_post.weight W\ndecoder.ln.weight W\n", """
encoder.blocks.{n}.attn.query.weight W W
encoder.blocks.{n}.attn.key.weight W W
encoder.blocks.{n}.attn.value.weight W W
encoder.blocks.{n}.attn.out.weight W W
encoder.blocks.{n}.attn_ln.weight W
encoder.blocks.{n}.mlp.0.weight U W
encoder.blocks.{n}.mlp.2.weight W U
encoder.blocks.{n}.mlp_ln.weight W
decoder.blocks.{n}.cross_attn.query.weight W W
decoder.blocks.{n}.mlp.0.weight U W
decoder.blocks.{n}.mlp.2.weight W U
decoder.blocks.{n}.mlp_ln.weight W
""", {"encoder.layers.1": 20, "decoder.layers.1": 20}, "mlp_ln.weight", gated=False, config={"model_type": "whisper"}, part="encoder.layers.1"),
    Architecture("Whisper, converted for CTranslate2", "encoder/conv1/weight W 5 3\nencoder/layer_norm/gamma W\ndecoder/embeddings/weight V W\ndecoder/projection/weight V W\n", """
encoder/layer_{n}/self_attention/linear_0/weight 48 W
encoder/layer_{n}/self_attention/linear_1/weight W W
encoder/layer_{n}/self_attention/layer_norm/gamma W
encoder/layer_{n}/ffn/linear_0/weight U W
encoder/layer_{n}/ffn/linear_1/weight W U
encoder/layer_{n}/ffn/layer_norm/gamma W
decoder/layer_{n}/self_attention/linear_0/weight 48 W
decoder/layer_{n}/attention/linear_0/weight W W
decoder/layer_{n}/attention/linear_1/weight 32 W
decoder/layer_{n}/attention/linear_2/weight W W
decoder/layer_{n}/ffn/linear_0/weight U W
decoder/layer_{n}/ffn/linear_1/weight W U
decoder/layer_{n}/ffn/layer_norm/gamma W
""", {"encoder.layers.1": 20, "decoder.layers.1": 20}, "ffn/layer_norm/gamma", gated=False, architecture="whisper", part="decoder.layers.1", roles="query key value cross-query cross-key cross-value cross-output", unembedding=True),
    Architecture("BART (norms behind)", "model.shared.weight V W\nmodel.encoder.layernorm_embedding.weight W\n", _fc("model.encoder.layers") + _fc("model.decoder.layers", "{p}.{n}.encoder_attn.q_proj.weight W W\n{p}.{n}.encoder_attn_layer_norm.weight W\n"), {"encoder.layers.1": 20, "decoder.layers.1": 20}, "attn_layer_norm.weight", gated=False, architecture="bart", part="decoder.layers.1", roles="query cross-query"),
    Architecture("OPT", "model.decoder.embed_tokens.weight V W\nmodel.decoder.final_layer_norm.weight W\n", _fc("model.decoder.layers"), _DENSE, "final_layer_norm.weight", gated=False, architecture="opt"),
    Architecture("Granite MoE (stacked linear layers)", _HEAD, _QKVO + _NORMS + """
model.layers.{n}.block_sparse_moe.router.layer.weight E W
model.layers.{n}.block_sparse_moe.input_linear.weight E 24 W
model.layers.{n}.block_sparse_moe.output_linear.weight E W M
""", _ROUTED, "post_attention_layernorm.weight", config={"model_type": "granitemoe"}, roles="query router", unembedding=True),
    Architecture("MoonViT (Kimi's vision tower)", "vision_tower.patch_embed.proj.weight W 3 4 4\n", """
vision_tower.encoder.blocks.{n}.norm0.weight W
vision_tower.encoder.blocks.{n}.norm1.weight W
vision_tower.encoder.blocks.{n}.wqkv.weight 48 W
vision_tower.encoder.blocks.{n}.wo.weight W W
vision_tower.encoder.blocks.{n}.mlp.fc0.weight U W
vision_tower.encoder.blocks.{n}.mlp.fc0.bias U
vision_tower.encoder.blocks.{n}.mlp.fc1.weight W U
""", {"vision.layers.1": 20}, "norm1.weight", gated=False, config={"model_type": "kimi_vl"}, part="vision.layers.1", roles="", embedding=False),
    Architecture("GTE (fused, norms behind)", "embeddings.word_embeddings.weight V W\n", """
encoder.layer.{n}.attention.qkv_proj.weight 48 W
encoder.layer.{n}.attention.o_proj.weight W W
encoder.layer.{n}.attn_ln.weight W
encoder.layer.{n}.mlp.up_gate_proj.weight 40 W
encoder.layer.{n}.mlp.down_proj.weight W U
encoder.layer.{n}.mlp_ln.weight W
""", _DENSE, "attn_ln.weight", config={"model_type": "new"}),
    Architecture("DeepSeek V3's layer for further tokens", _HEAD, _MLA + _NORMS + _SWIGLU + """
model.layers.{n}.eh_proj.weight W 32
model.layers.{n}.enorm.weight W
model.layers.{n}.hnorm.weight W
model.layers.{n}.embed_tokens.weight V W
model.layers.{n}.shared_head.head.weight V W
""", _DENSE, "post_attention_layernorm.weight", config={"model_type": "deepseek_v3"}, roles="query-up output", unembedding=True),
    Architecture("timm's ViT in a trainer's state", "state_dict.model.patch_embed.proj.weight W 3 4 4\nstate_dict.model.norm.weight W\n", """
state_dict.model.blocks.{n}.norm1.weight W
state_dict.model.blocks.{n}.norm2.weight W
state_dict.model.blocks.{n}.attn.qkv.weight 48 W
state_dict.model.blocks.{n}.attn.proj.weight W W
state_dict.model.blocks.{n}.mlp.fc1.weight U W
state_dict.model.blocks.{n}.mlp.fc2.weight W U
""", _DENSE, "norm2.weight", gated=False, embedding=False),
    Architecture("PyTorch's encoder layer", "embedding.weight V W\n", """
transformer.layers.{n}.self_attn.in_proj_weight 48 W
transformer.layers.{n}.self_attn.out_proj.weight W W
transformer.layers.{n}.linear1.weight U W
transformer.layers.{n}.linear2.weight W U
transformer.layers.{n}.norm1.weight W
transformer.layers.{n}.norm2.weight W
""", _DENSE, "norm1.weight", gated=False),
)  # fmt: skip

GGUF: tuple[Architecture, ...] = (
    Architecture("GGUF llama", "token_embd.weight V W\noutput.weight V W\n", _GGUF_QKV + """
blk.{n}.ffn_norm.weight W
blk.{n}.ffn_gate.weight U W
blk.{n}.ffn_up.weight U W
blk.{n}.ffn_down.weight W U
""", _DENSE, "ffn_norm.weight", architecture="llama", unembedding=True),
    Architecture("GGUF gemma3", "token_embd.weight V W\n", _GGUF_QKV + """
blk.{n}.ffn_norm.weight W
blk.{n}.post_attention_norm.weight W
blk.{n}.post_ffw_norm.weight W
blk.{n}.ffn_gate.weight U W
blk.{n}.ffn_up.weight U W
blk.{n}.ffn_down.weight W U
""", _DENSE, "ffn_norm.weight", architecture="gemma3"),
    Architecture("GGUF qwen3moe", "token_embd.weight V W\n", _GGUF_QKV + """
blk.{n}.ffn_norm.weight W
blk.{n}.ffn_gate_inp.weight E W
blk.{n}.ffn_gate_exps.weight E M W
blk.{n}.ffn_up_exps.weight E M W
blk.{n}.ffn_down_exps.weight E W M
""", _ROUTED, "ffn_norm.weight", architecture="qwen3moe", roles="query router"),
    Architecture("GGUF deepseek2", "token_embd.weight V W\n", """
blk.{n}.attn_norm.weight W
blk.{n}.attn_q_a.weight R W
blk.{n}.attn_q_b.weight 24 R
blk.{n}.attn_kv_a_mqa.weight C W
blk.{n}.attn_kv_b.weight 32 4
blk.{n}.attn_output.weight W W
blk.{n}.ffn_norm.weight W
blk.{n}.ffn_gate_inp.weight E W
blk.{n}.ffn_gate_exps.weight E M W
blk.{n}.ffn_up_exps.weight E M W
blk.{n}.ffn_down_exps.weight E W M
blk.{n}.ffn_gate_shexp.weight U W
blk.{n}.ffn_up_shexp.weight U W
blk.{n}.ffn_down_shexp.weight W U
""", _ROUTED | {"layers.1.experts.shared": 20}, "ffn_norm.weight", architecture="deepseek2", roles="query-down query-up key-value-up router"),
    Architecture("GGUF phi3 (fused)", "token_embd.weight V W\n", """
blk.{n}.attn_norm.weight W
blk.{n}.attn_qkv.weight 48 W
blk.{n}.attn_output.weight W W
blk.{n}.ffn_norm.weight W
blk.{n}.ffn_up.weight 40 W
blk.{n}.ffn_down.weight W U
""", _DENSE, "ffn_norm.weight", architecture="phi3"),
    Architecture("GGUF gpt-oss", "token_embd.weight V W\n", _GGUF_QKV + """
blk.{n}.post_attention_norm.weight W
blk.{n}.ffn_gate_inp.weight E W
blk.{n}.ffn_gate_exps.weight E M W
blk.{n}.ffn_up_exps.weight E M W
blk.{n}.ffn_down_exps.weight E W M
""", _ROUTED, "post_attention_norm.weight", architecture="gpt-oss", roles="query router"),
    Architecture("GGUF bert", "token_embd.weight V W\nposition_embd.weight 32 W\n", """
blk.{n}.attn_q.weight W W
blk.{n}.attn_k.weight W W
blk.{n}.attn_v.weight W W
blk.{n}.attn_output.weight W W
blk.{n}.attn_output_norm.weight W
blk.{n}.ffn_up.weight U W
blk.{n}.ffn_down.weight W U
blk.{n}.layer_output_norm.weight W
""", _DENSE, "attn_output_norm.weight", gated=False, architecture="bert"),
    Architecture("GGUF vision tower", "v.patch_embd.weight W 3 4 4\n", """
v.blk.{n}.attn_q.weight W W
v.blk.{n}.ln1.weight W
v.blk.{n}.ln2.weight W
v.blk.{n}.ffn_up.weight U W
v.blk.{n}.ffn_down.weight W U
""", {"vision.layers.1": 20}, "ln2.weight", gated=False, architecture="clip", part="vision.layers.1", roles="query", embedding=False),
    Architecture("GGUF vision tower, early", "v.patch_embd.weight W 3 4 4\n", """
v.blk.{n}.attn_q.weight W W
v.blk.{n}.ln1.weight W
v.blk.{n}.ln2.weight W
v.blk.{n}.ffn_down.weight U W
v.blk.{n}.ffn_down.bias U
v.blk.{n}.ffn_up.weight W U
v.blk.{n}.ffn_up.bias W
""", {"vision.layers.1": 20}, "ln2.weight", gated=False, architecture="clip", part="vision.layers.1", roles="query", embedding=False),
    Architecture("GGUF falcon (one norm)", "token_embd.weight V W\n", """
blk.{n}.attn_norm.weight W
blk.{n}.attn_qkv.weight 24 W
blk.{n}.attn_output.weight W W
blk.{n}.ffn_up.weight U W
blk.{n}.ffn_down.weight W U
""", _DENSE, "attn_norm.weight", gated=False, architecture="falcon"),
)  # fmt: skip


def arrays_of(architecture: Architecture, seed: int = 0) -> dict[str, np.ndarray]:
    """Random numbers under the architecture's names, float32."""
    random = np.random.default_rng(seed)
    found: dict[str, np.ndarray] = {}
    for line in architecture.outside.strip().splitlines():
        _add(found, line, random)
    for number in range(architecture.layers):
        for line in architecture.layer.strip().splitlines():
            for expert in range(SIZES["E"] if "{e}" in line else 1):
                _add(found, line.replace("{n}", str(number)).replace("{e}", str(expert)), random)
    return found


def _add(found: dict[str, np.ndarray], line: str, random: np.random.Generator) -> None:
    if not line.strip():
        return
    name, *dimensions = line.split()
    shape = tuple(SIZES.get(d) or int(d) for d in dimensions)
    found[name] = random.normal(size=shape).astype("<f4")
