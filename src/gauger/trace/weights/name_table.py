"""Which module names mean which role: one table for all architectures, by the end of the path.

Source: the module names of the transformers library's model classes; of the releases of Meta, OpenAI,
ChatGLM, Qwen, InternLM and DBRX; of timm, OpenCLIP and diffusers; of PyTorch's `nn.TransformerEncoderLayer`;
of CTranslate2's specifications; and llama.cpp's GGUF tensor names.
"""

from __future__ import annotations

_FEED_FORWARD = """
gate: gate_proj ffn_gate fc12 wi_0 mlp.c_fc_0 linear_v
up: up_proj ffn_up fc11 wi_1 wi mlp.c_fc mlp.c_fc_1 fc_in fc1 lin1 linear1 feed_forward.w_1
up: intermediate.dense intermediate_dense dense_h_to_4h ffn.linear_0 mlp.0 ffn mlp.dense1 mlp.linear_1
up: linear_fc1 mlp.fc_1 feed_forward.linear_1 mlp.up mlp.lin1
down: down_proj ffn_down DenseReluDense.wo mlp.wo mlp.Wo mlp.c_proj fc_out fc2 lin2 linear2 feed_forward.w_2
down: output.dense output_dense dense_4h_to_h ffn.linear_1 mlp.2 mlp.3 ffn_output mlp.dense2 mlp.linear_2
down: linear_fc2 mlp.fc_2 feed_forward.linear_2 output_linear net.2 weights_out mlp.down mlp.lin2 mlp2
noact: ffn.linear_0_noact
fc0: fc0
gate-up: gate_up_proj ffn_gate_up mlp.Wi gated_layers input_linear weights_in w12 mlp1 up_gated_layer
up-gate: up_gate_proj net.0.proj
w1: w1
w2: w2
w3: w3
v1: v1
"""
"""Role, then ends of paths. `gate-up`: both in one tensor, gate first; `up-gate`: the other order. An `up` of
twice as many outputs as down has inputs is a `gate-up`. `w1`, `w2`, `w3` have different meanings in different
houses, and CTranslate2's `linear_0` is the gate where there is a `linear_0_noact`:
`fc1` is the way down where there is a `fc0`: `feed_forward.roles_of_group` tells them apart."""

_ATTENTION = """
query: q_proj wq attn_q self.query attention.query self_attn.linear_q attn.query attn.q cross_attn.query q_lin
query: query_proj SelfAttention.q EncDecAttention.q cross_attn_q to_q attention.attention.query
query: attention.linear_0
key: k_proj wk attn_k self.key attention.key self_attn.linear_k attn.key attn.k cross_attn.key k_lin
key: key_proj SelfAttention.k EncDecAttention.k cross_attn_k to_k attention.attention.key
value: v_proj wv attn_v self.value attention.value self_attn.linear_v attn.value attn.v cross_attn.value v_lin
value: value_proj SelfAttention.v EncDecAttention.v cross_attn_v to_v attention.attention.value
output: o_proj out_proj attention.wo attn.wo attn_output attn_out attention.output.dense self_attn.linear_out
output: attn.out attn.o attn.proj cross_attn.out out_lin SelfAttention.o EncDecAttention.o cross_attn_o attn_o
output: to_out.0 to_out attention.dense self_attention.dense attention.output attn.c_proj attn.Wo
output: self_attn.dense
output: self_attention.linear_1 attention.linear_2 ssm_out
query-key-value: qkv_proj qkv Wqkv W_pack attn_qkv c_attn query_key_value self_attention.linear_0
query-key-value: to_qkv self_attn.in_proj attn.in_proj attention.in_proj cross_attn.in_proj
query-key-value: multihead_attn.in_proj
query-key-value by group: wqkv
key-value: attention.linear_1
query-down: q_a_proj attn_q_a
query-up: q_b_proj attn_q_b
key-value-down: kv_a_proj_with_mqa attn_kv_a_mqa kv_a_proj
key-value-up: kv_b_proj attn_kv_b
key-up: attn_k_b
value-up: attn_v_b
output-gate: attn_gate g_proj in_proj_z self_attn.output_gate
query-key-value-gate: in_proj_qkvz
linear query-key-value: in_proj_qkv
decay: in_proj_ba in_proj_b in_proj_a ssm_ba ssm_alpha ssm_beta f_a_proj f_b_proj b_proj
state-input: ssm_in mixer.in_proj mamba.in_proj
state-mix: ssm_x x_proj
state-step: ssm_dt dt_proj
convolution: conv1d ssm_conv1d q_conv1d k_conv1d v_conv1d
"""

_ROUTER = """
router: router ffn_gate_inp block_sparse_moe.gate mlp.gate moe.gate feed_forward.gate feed_forward.router
router: router.layer mlp.router router.classifier gate.wg ffn.gate
router?: gate
shared-gate: shared_expert_gate ffn_gate_inp_shexp
"""

_EMBEDDING = """
token-embedding: embed_tokens wte word_embeddings tok_embeddings token_embd embed_in shared word_embedding
token-embedding: token_embedding embeddings.tok_embeddings embd.wte tok_embed embedding.word_embeddings
token-embedding: transformer.embedding token_embeddings char_embeddings
token-embedding?: embeddings embeddings_0 embedding
position-embedding: wpe position_embeddings embed_positions position_embd position_embedding pos_embed
position-embedding: positional_embedding position_encodings
position-bias: relative_attention_bias attn_rel_b
layer-embedding: embed_tokens_per_layer per_layer_token_embd
segment-embedding: token_type_embeddings token_types
patch-embedding: patch_embedding patch_embed.proj patch_embeddings.projection v.patch_embd
unembedding: lm_head embed_out output_layer cls.predictions.decoder lm_head.decoder lm_head.linear
unembedding: decoder.projection predictions.decoder vocab_projector unembedding
unembedding?: output proj_out
"""
"""A question mark: only outside of layers, and where the size fits a vocabulary."""


def _by_end(text: str) -> dict[str, str]:
    lines = (line.split(": ", 1) for line in text.strip().splitlines())
    return {end: role for role, ends in lines for end in ends.split()}


FEED_FORWARD = _by_end(_FEED_FORWARD)
_ROLES = _by_end(_EMBEDDING) | _by_end(_ROUTER) | FEED_FORWARD | _by_end(_ATTENTION)

FEED_FORWARD_ROLES = frozenset(FEED_FORWARD.values())
"""What the tensors of feed-forward blocks are called before they are told apart."""

_NORMS = ("norm", "ln_", "layernorm", "_ln")


def role_of(path: tuple[str, ...]) -> tuple[str, int]:
    """Which role does the end of this path name, and how many segments of it say so? ("", 0) for none."""
    for length in range(min(4, len(path)), 0, -1):
        role = _ROLES.get(".".join(path[-length:]), "")
        if role:
            return role, length
    return "", 0


def is_norm(path: tuple[str, ...]) -> bool:
    """Does this path name a normalisation layer?"""
    last = path[-1].lower() if path else ""
    return last in ("ln", "ln1", "ln2") or any(word in last for word in _NORMS)
