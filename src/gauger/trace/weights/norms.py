"""Which normalisation stands in front of a feed-forward block, and what its gain really is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from gauger.formats.weights import Tensor
from gauger.trace.weights.members import Member
from gauger.trace.weights.name_table import is_norm

Norms = Mapping[tuple[str, ...], Tensor]

_BEFORE = (
    "pre_feedforward_layernorm", "pre_feedforward_layernorm_2", "pre_ff_layernorm", "pre_mlp_layernorm",
    "mlp_norm", "ffn_norm", "ff_norm", "mlp_layernorm", "feedforward_layernorm", "ln_mlp",
    "ln_2", "ln2", "layer_norm2", "layernorm_after", "norm_2", "mlp.layer_norm", "mlp.layernorm",
    "ffn.layer_norm", "layer_norm_2", "post_layer_norm", "norm3",
)  # fmt: skip
"""Names that can only mean the norm in front of the feed-forward block."""

_AFTER_ATTENTION = (
    "attention.output.LayerNorm", "sa_layer_norm", "attn_output_norm", "attention.LayerNorm",
    "encoder_attn_layer_norm", "self_attn_layer_norm", "layer_norm1", "attention_output_norm",
    "attn_ln",
)  # fmt: skip
"""Where the norm stands behind the sum (BERT and its kin), the feed-forward block reads the attention's."""

_PARALLEL = ("input_layernorm", "ln_1", "ln1", "ln", "attn_norm", "norm1", "norm_1", "attention_norm")
"""One norm for attention and feed-forward block side by side (Falcon, Phi, GPT-J, Command R)."""

_BEHIND = ("post_feedforward_layernorm", "post_ffw_norm", "post_mlp_layernorm", "post_ffn_norm")

_ENDS = ("layer_norm", "final_layer_norm", "ln_post", "post_layernorm", "ln", "ln_f", "norm", "layernorm")
_HEADS = ("lm_head", "cls", "pooler", "classifier", "head")

_ONE_ADDED = frozenset({
    "gemma", "gemma2", "gemma3", "gemma3_text", "paligemma", "shieldgemma2", "t5gemma", "recurrent_gemma",
    "qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text", "nemotron",
})  # fmt: skip
"""Architectures whose checkpoints hold the gain minus one. Sources: `GemmaRMSNorm`, `Qwen3NextRMSNorm` and
`NemotronLayerNorm1P` of the transformers library; llama.cpp's converter adds the one when it writes GGUF, and
does not for Gemma 3n."""


def gain_offset(architecture: str, format_name: str, side: str) -> float:
    """What is to be added to a stored gain? 1 for the language models that store it less one, else 0.

    Converters to GGUF and ONNX add it themselves.
    """
    converted = format_name in ("gguf", "onnx") or side in ("vision", "audio", "qformer", "talker")
    return 1.0 if architecture in _ONE_ADDED and not converted else 0.0


def norm_before(norms: Norms, prefix: Sequence[str], *, ends_normed: bool, side: str = "") -> Tensor | None:
    """Which of a layer's norms does its feed-forward block read from? None where it reads the bare stream.

    Args:
        norms: The layer's gains by path.
        prefix: Modules in which the block's own tensors lie.
        ends_normed: The stack has a norm behind its last layer, so that norms stand in front of blocks (ViT,
            Whisper, OPT), not behind the sums (BERT, BART, PyTorch's own layer).
        side: As `names.Name.side` says.
    """
    for length in range(len(prefix), 0, -1):
        for name in ("layer_norm", "norm", "layernorm", "ln"):
            path = (*prefix[:length], name)
            if path in norms:
                return norms[path]
    by_name = {".".join(path): tensor for path, tensor in norms.items()}
    wanted = _in_order(by_name.keys(), front=ends_normed or side in ("vision", "audio"))
    return next((by_name[name] for name in wanted if name in by_name), None)


def _in_order(names: Collection[str], *, front: bool) -> Iterator[str]:
    """Names of the norm in front of the feed-forward block, the surest first, given which norms there are."""
    yield from _BEFORE
    if front:
        yield from ("norm2", "final_layer_norm", "mlp_ln")
    behind = any(name in names for name in _BEHIND)
    if not behind or "post_self_attn_layernorm" in names:
        yield from ("post_attention_layernorm", "post_attention_norm")
    yield from _AFTER_ATTENTION
    if not behind:
        yield from _PARALLEL


def norms_of(members: Sequence[Member]) -> dict[str, dict[tuple[str, ...], Tensor]]:
    """Gains by layer and path; the empty layer holds those outside of all layers."""
    found: dict[str, dict[tuple[str, ...], Tensor]] = {}
    for member in members:
        name = member.name
        if len(member.tensor.shape) == 1 and name.is_weight and is_norm(name.path):
            found.setdefault(member.part, {})[name.path] = member.tensor
    return found


def sides_with_end(members: Sequence[Member]) -> frozenset[str]:
    """Which sides have a norm behind their last layer? The plain one serves all but encoder and decoder."""
    found = {
        member.name.side
        for member in members
        if not member.part
        and len(member.tensor.shape) == 1
        and member.name.path[-1:]
        and member.name.path[-1] in _ENDS
        and member.name.path[0] not in _HEADS
        and not any("embedding" in part for part in member.name.path)
    }
    others = {m.name.side for m in members} - {"encoder", "decoder"} if "" in found else set()
    return frozenset(found | others)
