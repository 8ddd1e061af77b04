"""Which module names mean which role: one table for all architectures, by the end of the path.

Source: the module names of the transformers library's model classes, of Meta's, OpenAI's, ChatGLM's, Qwen's,
InternLM's and DBRX's own releases, of timm, OpenCLIP and diffusers, of PyTorch's `nn.TransformerEncoderLayer`, of
CTranslate2's specifications, and llama.cpp's GGUF tensor names.
"""

from __future__ import annotations

FEED_FORWARD: dict[str, str] = {
    # gate, up and down apart
    "gate_proj": "gate", "up_proj": "up", "down_proj": "down",
    "ffn_gate": "gate", "ffn_up": "up", "ffn_down": "down", "ffn_gate_up": "gate-up",
    "fc11": "up", "fc12": "gate",
    "wi_0": "gate", "wi_1": "up", "wi": "up", "DenseReluDense.wo": "down", "wo": "down?",
    "mlp.c_fc": "up", "mlp.c_proj": "down", "mlp.c_fc_0": "gate", "mlp.c_fc_1": "up",
    "fc_in": "up", "fc_out": "down", "fc1": "up", "fc2": "down", "lin1": "up", "lin2": "down",
    "linear1": "up", "linear2": "down", "feed_forward.w_1": "up", "feed_forward.w_2": "down",
    "intermediate.dense": "up", "output.dense": "down",
    "intermediate_dense": "up", "output_dense": "down",
    "dense_h_to_4h": "up", "dense_4h_to_h": "down",
    "ffn.linear_0": "up", "ffn.linear_0_noact": "noact", "ffn.linear_1": "down",
    "mlp.0": "up", "mlp.2": "down", "mlp.3": "down", "ffn": "up", "ffn_output": "down",
    "mlp.dense1": "up", "mlp.dense2": "down", "linear_fc1": "up", "linear_fc2": "down",
    "mlp.linear_1": "up", "mlp.linear_2": "down", "feed_forward.fc1": "up", "feed_forward.fc2": "down",
    "input_linear": "gate-up", "output_linear": "down",
    # fused
    "gate_up_proj": "gate-up", "up_gate_proj": "up-gate", "mlp.Wi": "gate-up", "mlp.Wo": "down",
    "gated_layers": "gate-up", "mlp.wo": "down", "net.0.proj": "up-gate", "net.2": "down",
    "weights_in": "gate-up", "weights_out": "down", "w12": "gate-up",
    # numbered: the shapes and the neighbours decide
    "w1": "w1", "w2": "w2", "w3": "w3", "v1": "v1", "mlp.c_proj.": "down",
}  # fmt: skip
"""End of path → role. `gate-up`: both in one tensor, gate first; `up-gate`: the other order. `w1`, `w2`, `w3`
have different meanings in different houses; `feed_forward.roles_of_numbered` tells them apart."""

ATTENTION: dict[str, str] = {
    "q_proj": "query", "k_proj": "key", "v_proj": "value", "o_proj": "output", "out_proj": "output",
    "wq": "query", "wk": "key", "wv": "value", "attention.wo": "output", "attn.wo": "output",
    "attn_q": "query", "attn_k": "key", "attn_v": "value", "attn_output": "output", "attn_out": "output",
    "self.query": "query", "self.key": "key", "self.value": "value", "attention.output.dense": "output",
    "attention.query": "query", "attention.key": "key", "attention.value": "value",
    "self_attn.linear_q": "query", "self_attn.linear_k": "key", "self_attn.linear_v": "value",
    "self_attn.linear_out": "output",
    "attn.query": "query", "attn.key": "key", "attn.value": "value", "attn.out": "output",
    "attn.q": "query", "attn.k": "key", "attn.v": "value", "attn.o": "output", "attn.proj": "output",
    "cross_attn.query": "query", "cross_attn.key": "key", "cross_attn.value": "value",
    "cross_attn.out": "output",
    "q_lin": "query", "k_lin": "key", "v_lin": "value", "out_lin": "output",
    "SelfAttention.q": "query", "SelfAttention.k": "key", "SelfAttention.v": "value", "SelfAttention.o": "output",
    "EncDecAttention.q": "query", "EncDecAttention.k": "key", "EncDecAttention.v": "value",
    "EncDecAttention.o": "output", "cross_attn_q": "query", "cross_attn_k": "key", "cross_attn_v": "value",
    "cross_attn_o": "output", "attn_o": "output",
    "to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "output", "to_out": "output",
    "attention.dense": "output", "self_attention.dense": "output", "attention.output": "output",
    "attn.c_proj": "output", "attn.Wo": "output", "mixer.out_proj": "output", "attn.out_proj": "output",
    "attention.attention.query": "query", "attention.attention.key": "key", "attention.attention.value": "value",
    # several in one tensor, one behind the other
    "qkv_proj": "query-key-value", "qkv": "query-key-value", "Wqkv": "query-key-value", "W_pack": "query-key-value",
    "in_proj": "query-key-value", "attn_qkv": "query-key-value", "c_attn": "query-key-value",
    "query_key_value": "query-key-value", "self_attention.linear_0": "query-key-value",
    "self_attention.linear_1": "output", "attention.linear_0": "query", "attention.linear_1": "key-value",
    "attention.linear_2": "output", "wqkv": "query-key-value by group", "to_qkv": "query-key-value",
    # latent attention
    "q_a_proj": "query-down", "q_b_proj": "query-up", "kv_a_proj_with_mqa": "key-value-down",
    "kv_b_proj": "key-value-up", "attn_q_a": "query-down", "attn_q_b": "query-up",
    "attn_kv_a_mqa": "key-value-down", "attn_kv_b": "key-value-up", "attn_k_b": "key-up", "attn_v_b": "value-up",
    "kv_a_proj": "key-value-down", "attn_gate": "output-gate", "g_proj": "output-gate",
    # linear attention and state spaces
    "in_proj_qkvz": "query-key-value-gate", "in_proj_ba": "decay", "in_proj_qkv": "query-key-value",
    "in_proj_z": "output-gate", "in_proj_b": "decay", "in_proj_a": "decay", "ssm_in": "state-input",
    "ssm_out": "output", "ssm_x": "state-mix", "ssm_dt": "state-step", "ssm_ba": "decay",
    "x_proj": "state-mix", "dt_proj": "state-step", "mixer.in_proj": "state-input", "conv1d": "convolution",
    "ssm_conv1d": "convolution",
}  # fmt: skip

ROUTER: dict[str, str] = {
    "router": "router", "ffn_gate_inp": "router", "block_sparse_moe.gate": "router", "mlp.gate": "router",
    "moe.gate": "router", "feed_forward.gate": "router", "feed_forward.router": "router", "gate": "router?",
    "shared_expert_gate": "shared-gate", "ffn_gate_inp_shexp": "shared-gate", "router.layer": "router",
    "mlp.router": "router", "router.classifier": "router", "gate.wg": "router", "ffn.gate": "router",
}  # fmt: skip

EMBEDDING: dict[str, str] = {
    "embed_tokens": "token-embedding", "wte": "token-embedding", "word_embeddings": "token-embedding",
    "tok_embeddings": "token-embedding", "token_embd": "token-embedding", "embed_in": "token-embedding",
    "shared": "token-embedding", "word_embedding": "token-embedding", "token_embedding": "token-embedding",
    "embeddings.tok_embeddings": "token-embedding", "embd.wte": "token-embedding", "tok_embed": "token-embedding",
    "embedding.word_embeddings": "token-embedding", "embeddings": "token-embedding?",
    "transformer.embedding": "token-embedding", "embeddings_0": "token-embedding?",
    "token_embeddings": "token-embedding", "char_embeddings": "token-embedding",
    "wpe": "position-embedding", "position_embeddings": "position-embedding", "embed_positions": "position-embedding",
    "position_embd": "position-embedding", "position_embedding": "position-embedding",
    "positional_embedding": "position-embedding", "pos_embed": "position-embedding",
    "position_encodings": "position-embedding", "relative_attention_bias": "position-bias",
    "attn_rel_b": "position-bias", "embed_tokens_per_layer": "layer-embedding", "per_layer_token_embd": "layer-embedding",
    "token_type_embeddings": "segment-embedding", "token_types": "segment-embedding",
    "lm_head": "unembedding", "output": "unembedding?", "embed_out": "unembedding", "proj_out": "unembedding?",
    "output_layer": "unembedding", "cls.predictions.decoder": "unembedding", "lm_head.decoder": "unembedding",
    "lm_head.linear": "unembedding", "decoder.projection": "unembedding", "predictions.decoder": "unembedding",
    "vocab_projector": "unembedding", "patch_embedding": "patch-embedding", "patch_embed.proj": "patch-embedding",
    "patch_embeddings.projection": "patch-embedding", "v.patch_embd": "patch-embedding",
}  # fmt: skip
"""End of path → role. A question mark: only outside of layers, and where the size fits a vocabulary."""

NORMS = ("norm", "ln_", "layernorm", "layer_norm", "_ln")
"""What names of normalisation layers contain, in lower case."""

NEEDS_ATTENTION = frozenset({"out_proj", "in_proj", "q", "k", "v", "o"})


def role_of(path: tuple[str, ...]) -> tuple[str, int]:
    """Which role does the end of this path name, and how many segments of it say so? ("", 0) for none."""
    for length in range(min(4, len(path)), 0, -1):
        key = ".".join(path[-length:])
        for table in (ATTENTION, FEED_FORWARD, ROUTER, EMBEDDING):
            if key in table:
                return table[key], length
    return "", 0


FEED_FORWARD_ROLES = frozenset(FEED_FORWARD.values())


def is_norm(path: tuple[str, ...]) -> bool:
    """Does this path name a normalisation layer?"""
    last = path[-1].lower() if path else ""
    return last in ("ln", "ln1", "ln2") or any(word in last for word in NORMS)
