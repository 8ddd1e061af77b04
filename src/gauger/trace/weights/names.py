"""What a tensor's name says of its place: the stack it is in, layer, expert, and the rest of its path."""

from __future__ import annotations

import re

import msgspec

LAYER_WORDS = frozenset({
    "layer", "layers", "h", "blk", "block", "blocks", "resblocks", "encoder_layers", "decoder_layers",
    "transformer_blocks", "single_transformer_blocks", "albert_layer_groups", "albert_layers", "layer_groups",
    "cross_attn_layers", "transformer_layers",
})  # fmt: skip
"""Words in front of a layer's number. Source: the modules of the transformers, timm, OpenCLIP, diffusers,
CTranslate2 and llama.cpp projects."""

_WRAPPERS = frozenset({
    "model", "module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "base_layer",
    "original_module", "base_model", "state_dict", "model_state_dict", "ema_model",
    "modules_to_save", "default", "_forward_module", "parametrizations",
})  # fmt: skip
"""Segments that trainers and adapters put around a module. Sources: PyTorch's FSDP and `compile`, PEFT."""

_KINDS = frozenset({
    "weight", "bias", "kernel", "gamma", "beta", "scale", "embedding", "embeddings", "g", "b", "moving_mean",
    "moving_variance", "running_mean", "running_var", "num_batches_tracked", "original0", "original1",
    "weight_g", "weight_v", "encodings",
})  # fmt: skip
"""Last segments that name a parameter of a module, not a module."""

_STACKED = frozenset({"experts", "switch_mlp", "local_experts", "moe_experts"})
_SHARED = frozenset({"shared_expert", "shared_experts", "shared_mlp", "share_expert", "share_experts"})
_NUMBERED = re.compile(r"^(layers?|blocks?|h|experts?|resblocks)_(\d+)$")
_PADDLE = {"w_0": "weight", "b_0": "bias"}
_FACTOR = re.compile(r"^lora_(?:embedding_)?([ab])$", re.IGNORECASE)
_QUANTISED = re.compile(r"(?:(?<=weight)|(?<=kernel))_(?:q|quantized|int8|uint8|fp16|Q4|Q4G32|q4|dq)$")
"""What quantisers append to a parameter's name."""

_SIDES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("vision", re.compile(r"^(vision.*|visual.*|vit|image_encoder|img_.*|v|sam.*|siglip.*|dino.*)$")),
    ("audio", re.compile(r"^(audio.*|speech.*|a|wav2vec2|hubert)$")),
    ("text", re.compile(r"^(text_model|text_encoder.*|text_tower)$")),
    ("qformer", re.compile(r"^(qformer|resampler|perceiver.*)$")),
    ("talker", re.compile(r"^(talker|depth_decoder|code2wav|token2wav|code_predictor)$")),
    ("mtp", re.compile(r"^(mtp|mtp_.*|nextn)$")),
    ("decoder", re.compile(r"^(decoder|dec)$")),
    ("encoder", re.compile(r"^(encoder|enc)$")),
)
_GGUF_EXPERTS = re.compile(r"^(ffn_(?:gate_up|gate|up|down))_(exps|shexp|chexps)$")


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """A tensor's name, taken apart.

    Attributes:
        side: `vision`, `audio`, `text`, `decoder`, `encoder`, `mtp`, …; empty for the plain stack.
        stack: What stands in front of the layer's number, as written: two stacks of one side differ here.
        word: The word in front of the number.
        layer: The number, and a second one for layers in stages; empty outside of layers.
        expert: `7`, `shared`, `*` where one tensor holds all experts, else empty.
        path: Modules below the layer (and the expert), the parameter's own name left out.
        kind: The parameter: `weight`, `bias`, `kernel`, …; empty for a bare parameter.
        adapter: `a` or `b` for the factors of a low-rank adapter, else empty.
    """

    side: str = ""
    stack: str = ""
    word: str = ""
    layer: tuple[int, ...] = ()
    expert: str = ""
    path: tuple[str, ...] = ()
    kind: str = ""
    adapter: str = ""

    @property
    def is_weight(self) -> bool:
        """Is it a matrix or a gain, not a bias or a running average?"""
        return self.kind in (
            "weight",
            "kernel",
            "",
            "gamma",
            "embedding",
            "embeddings",
            "g",
            "encodings",
            "scale",
        )


def parse_name(name: str) -> Name:
    """What does this tensor name say? Every name gives an answer; an unknown one has only a path."""
    parts, kind, adapter = _segments(name)
    at = _layer_at(parts)
    layer: tuple[int, ...] = ()
    front, word, rest = parts[:-1], "", parts
    if at is not None:
        front, word, layer, rest = parts[: at - 1], parts[at - 1], (int(parts[at][:9]),), parts[at + 1 :]
        deeper = word not in ("block", *_EXPERTS)
        if deeper and len(rest) > 2 and rest[0] in LAYER_WORDS and rest[1].isdecimal():
            layer, rest = (*layer, int(rest[1][:9])), rest[2:]
    expert, path = _expert_of(rest)
    return Name(
        side=_side(front),
        stack=".".join(front) if layer else "",
        word=word,
        layer=layer,
        expert=expert,
        path=tuple(part for part in path if part not in _WRAPPERS),
        kind=kind,
        adapter=adapter,
    )


_EXPERTS = ("experts", "expert")
_NOT_LAYERS = frozenset(
    {
        *_WRAPPERS,
        *_EXPERTS,
        "shared_experts",
        "mlp",
        "net",
        "ffn",
        "fc",
        "linear",
        "conv",
        "mlps",
        "feed_forward",
    }
)


def _segments(name: str) -> tuple[list[str], str, str]:
    """Modules, the parameter's own name, and which factor of an adapter it is."""
    plain = name.removesuffix(":0").replace("::", ".").replace("/", ".").replace("\\", ".").strip(".")
    parts: list[str] = []
    for part in plain.split("."):
        found = _NUMBERED.match(part)
        if found:
            parts += [found[1], found[2]]
        elif part:
            parts.append(part)
    factors = [found[1].lower() for part in parts if (found := _FACTOR.match(part))]
    parts = [part for part in parts if not _FACTOR.match(part)]
    return *_parameter(parts), factors[0] if factors else ""


def _parameter(parts: list[str]) -> tuple[list[str], str]:
    if parts:
        parts[-1] = _QUANTISED.sub("", parts[-1])
    if len(parts) > 1 and parts[-1] in _KINDS:
        kind = parts.pop()
        if len(parts) > 1 and parts[-1] in ("weight", "MatMul", "Gemm", "Gather"):
            parts.pop()
        return parts, kind
    if len(parts) > 1 and parts[-1] in _PADDLE:
        return parts[:-1], _PADDLE[parts[-1]]
    for suffix in ("_weight", "_bias"):
        if parts and parts[-1].endswith(suffix) and parts[-1] != suffix:
            return [*parts[:-1], parts[-1].removesuffix(suffix)], suffix[1:]
    return parts, ""


def _layer_at(parts: list[str]) -> int | None:
    """Where the layer's number stands: behind a known word, else behind any word that can hold a stack."""
    for at in range(1, len(parts)):
        if parts[at].isdecimal() and parts[at - 1] in LAYER_WORDS:
            return at
    for at in range(1, len(parts) - 1):
        if parts[at].isdecimal() and not parts[at - 1].isdecimal() and parts[at - 1] not in _NOT_LAYERS:
            return at
    return None


def _expert_of(rest: list[str]) -> tuple[str, list[str]]:
    for at, part in enumerate(rest):
        following = rest[at + 1] if at + 1 < len(rest) else ""
        if part in _SHARED:
            number = following if following.isdecimal() else ""
            return f"shared.{number}" if number else "shared", rest[:at] + rest[at + 1 + bool(number) :]
        if part in _EXPERTS and following.isdecimal():
            return str(int(following[:9])), rest[:at] + rest[at + 2 :]
        if part in _STACKED:
            return "*", rest[:at] + rest[at + 1 :]
        found = _GGUF_EXPERTS.match(part)
        if found:
            return ("shared" if found[2] == "shexp" else "*"), [*rest[:at], found[1], *rest[at + 1 :]]
        if part.startswith("ffn_") and following.isdecimal():
            return str(int(following[:9])), [*rest[: at + 1], *rest[at + 2 :]]
    return "", rest


def _side(front: list[str]) -> str:
    for side, pattern in _SIDES:
        if any(pattern.match(part) for part in front):
            return side
    return ""
