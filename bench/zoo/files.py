"""How does a model become a folder, and a folder a model? safetensors, shards, GGUF, int8, tokenizers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import ml_dtypes
import numpy as np
from gguf.quants import dequantize, quantize
from zoo.model import Array, Model, Tokenizer, Weights, shape_of

NAMES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "int8": "I8", "int64": "I64", "uint8": "U8"}
NUMBERS = {
    "F32": np.float32,
    "F16": np.float16,
    "BF16": ml_dtypes.bfloat16,
    "I8": np.int8,
    "I64": np.int64,
    "U8": np.uint8,
}
GGUF_LAYER = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
GGUF_REST = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
SHARD = "model-{:05d}-of-{:05d}.safetensors"


def write_json(path: Path, content: Any) -> None:
    """JSON with sorted keys, so that equal content gives equal bytes."""
    path.write_text(
        json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def write_safetensors(path: Path, weights: Mapping[str, Array]) -> None:
    """One safetensors file, tensors in the order of their names, written one after another."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    start = 0
    for name in sorted(weights):
        array = weights[name]
        end = start + array.nbytes
        header[name] = {
            "dtype": NAMES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
        start = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in sorted(weights):
            file.write(np.ascontiguousarray(weights[name]).tobytes())


def read_safetensors(path: Path) -> Weights:
    """Every tensor of one file; the floats as float32."""
    data = np.memmap(path, np.uint8, "r")
    size = int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8 : 8 + size].tobytes())
    header.pop("__metadata__", None)
    w: Weights = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        array = data[start:end].view(NUMBERS[entry["dtype"]]).reshape(entry["shape"])
        w[name] = np.array(array, np.float32) if entry["dtype"] in ("F32", "F16", "BF16") else np.array(array)
    return w


def cast(weights: Mapping[str, Array], dtype: Any) -> Weights:
    """Floats as `dtype`; the rest as it was."""
    return {n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in weights.items()}


def write_folder(folder: Path, model: Model, dtype: Any = np.float32, shards: int = 1) -> None:
    """A model folder: config, tokenizer, extra files, and safetensors in one file or in shards."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = cast(model.weights, dtype)
    write_context(folder, model, np.dtype(dtype).name)
    if shards == 1:
        write_safetensors(folder / "model.safetensors", weights)
        return
    names = sorted(weights)
    where = {name: SHARD.format(1 + index * shards // len(names), shards) for index, name in enumerate(names)}
    for file in sorted(set(where.values())):
        write_safetensors(folder / file, {n: weights[n] for n in names if where[n] == file})
    total = sum(array.nbytes for array in weights.values())
    write_json(
        folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": where}
    )


def write_context(folder: Path, model: Model, dtype: str) -> None:
    """Everything beside the weights."""
    write_json(folder / "config.json", {**model.config, "torch_dtype": dtype})
    for name, content in model.extra.items():
        write_json(folder / name, content)
    if model.tokenizer is not None:
        write_json(folder / "tokenizer.json", tokenizer_json(model.tokenizer))
        if model.tokenizer.kind == "wordpiece":
            (folder / "vocab.txt").write_text("\n".join(model.tokenizer.pieces) + "\n", encoding="utf-8")


def tokenizer_json(tokenizer: Tokenizer) -> dict[str, Any]:
    """The tokenizer in the layout of the `tokenizers` library."""
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    added = [{"id": i, "content": tokenizer.pieces[i], **flags} for i in tokenizer.special]
    vocabulary = {piece: index for index, piece in enumerate(tokenizer.pieces)}
    if tokenizer.kind == "wordpiece":
        inner: dict[str, Any] = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##"}
        steps: dict[str, Any] = {
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "decoder": {"type": "WordPiece"},
        }
    else:
        inner = {"type": "BPE", "merges": list(tokenizer.merges)}
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
        own = tokenizer.pattern != ""
        cut = {**level, "use_regex": not own}
        split = {
            "type": "Split",
            "pattern": {"Regex": tokenizer.pattern},
            "behavior": "Isolated",
            "invert": False,
        }
        before = {"type": "Sequence", "pretokenizers": [split, cut]} if own else cut
        steps = {"pre_tokenizer": before, "decoder": {**level, "use_regex": True}}
    return {"version": "1.0", "added_tokens": added, **steps, "model": {**inner, "vocab": vocabulary}}


def read_tokenizer(path: Path) -> Tokenizer:
    """The inverse of `tokenizer_json`, for any file of that layout with BPE or WordPiece."""
    content = json.loads(path.read_text(encoding="utf-8"))
    vocabulary = dict(content["model"]["vocab"])
    vocabulary |= {entry["content"]: entry["id"] for entry in content.get("added_tokens", [])}
    merges = [m if isinstance(m, str) else " ".join(m) for m in content["model"].get("merges", [])]
    return Tokenizer(
        pieces=tuple(sorted(vocabulary, key=vocabulary.__getitem__)),
        merges=tuple(merges),
        special=tuple(sorted(entry["id"] for entry in content.get("added_tokens", []))),
        kind="bpe" if merges else "wordpiece",
    )


def read_folder(folder: Path) -> Model:
    """A model folder of safetensors, in one file or several."""
    w: Weights = {}
    for path in sorted(folder.glob("*.safetensors")):
        w |= read_safetensors(path)
    tokenizer = read_tokenizer(folder / "tokenizer.json") if (folder / "tokenizer.json").exists() else None
    return Model(w, json.loads((folder / "config.json").read_text(encoding="utf-8")), tokenizer)


def swapped(rows: Array, heads: int, *, to_gguf: bool) -> Array:
    """Query or key rows between Hugging Face's half-split rotary order and llama.cpp's interleaved one."""
    half = rows.shape[0] // heads // 2
    pair = (2, half) if to_gguf else (half, 2)
    split = rows.reshape(heads, *pair, rows.shape[1])
    return np.ascontiguousarray(split.swapaxes(1, 2).reshape(rows.shape))


def gguf_name(name: str) -> str:
    """llama.cpp's name of a Llama tensor."""
    stem = name.removesuffix(".weight")
    if stem in GGUF_REST:
        return f"{GGUF_REST[stem]}.weight"
    _, _, layer, part = stem.split(".", 3)
    return f"blk.{layer}.{GGUF_LAYER[part]}.weight"


def write_gguf(path: Path, model: Model, kind: str = "Q8_0") -> None:
    """A GGUF file of a Llama model: matrices as `kind`, norms as they are, with llama.cpp's row order."""
    shape, config = shape_of(model.config), model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(shape.layers)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_freq_base(config.get("rope_theta", 10000.0))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(shape.head)
    writer.add_vocab_size(shape.vocabulary)
    if model.tokenizer is not None:
        writer.add_tokenizer_model("gpt2")
        writer.add_token_list(list(model.tokenizer.pieces))
        special = set(model.tokenizer.special)
        writer.add_token_types([3 if index in special else 1 for index in range(len(model.tokenizer.pieces))])
        writer.add_token_merges(list(model.tokenizer.merges))
        writer.add_bos_token_id(config["bos_token_id"])
        writer.add_eos_token_id(config["eos_token_id"])
    wanted = gguf.GGMLQuantizationType[kind]
    for name in sorted(model.weights):
        array = model.weights[name]
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            array = swapped(array, shape.heads if "q_proj" in name else shape.kv_heads, to_gguf=True)
        if array.ndim < 2:
            writer.add_tensor(gguf_name(name), np.ascontiguousarray(array, np.float32))
            continue
        writer.add_tensor(gguf_name(name), quantize(array, wanted), raw_dtype=wanted)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_config(value: Callable[[str], Any], *, tied: bool) -> dict[str, Any]:
    """The config that a GGUF file's keys amount to."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": value("llama.embedding_length"),
        "intermediate_size": value("llama.feed_forward_length"),
        "num_hidden_layers": value("llama.block_count"),
        "num_attention_heads": value("llama.attention.head_count"),
        "num_key_value_heads": value("llama.attention.head_count_kv"),
        "max_position_embeddings": value("llama.context_length"),
        "rope_theta": value("llama.rope.freq_base"),
        "rms_norm_eps": value("llama.attention.layer_norm_rms_epsilon"),
        "tie_word_embeddings": tied,
        "vocab_size": value("llama.vocab_size"),
        "bos_token_id": value("tokenizer.ggml.bos_token_id"),
        "eos_token_id": value("tokenizer.ggml.eos_token_id"),
    }


def read_gguf(path: Path) -> Model:
    """A Llama model out of a GGUF file: dequantised to float32, rows in Hugging Face's order."""
    reader = gguf.GGUFReader(path)

    def value(name: str) -> Any:
        return reader.fields[name].contents()

    heads, kv_heads = value("llama.attention.head_count"), value("llama.attention.head_count_kv")
    back = {f"{new}.weight": f"{old}.weight" for old, new in GGUF_REST.items()}
    inside = {new: old for old, new in GGUF_LAYER.items()}
    w: Weights = {}
    for tensor in reader.tensors:
        array = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), np.float32)
        if tensor.name in back:
            w[back[tensor.name]] = array
            continue
        _, layer, part, _ = tensor.name.split(".")
        if part in ("attn_q", "attn_k"):
            array = swapped(array, heads if part == "attn_q" else kv_heads, to_gguf=False)
        w[f"model.layers.{layer}.{inside[part]}.weight"] = array
    config = gguf_config(value, tied="lm_head.weight" not in w)
    types = value("tokenizer.ggml.token_type")
    tokenizer = Tokenizer(
        pieces=tuple(value("tokenizer.ggml.tokens")),
        merges=tuple(value("tokenizer.ggml.merges")),
        special=tuple(index for index, kind in enumerate(types) if kind == 3),
    )
    return Model(w, config, tokenizer)


def int8(weights: Mapping[str, Array]) -> Weights:
    """Matrices as int8 with one float32 scale a row, names with `.weight_scale` beside them."""
    w: Weights = {}
    for name, array in weights.items():
        if array.ndim != 2 or array.dtype.kind != "f":
            w[name] = array
            continue
        scale = np.maximum(np.abs(array).max(1, keepdims=True), 1e-12) / 127
        w[name] = np.rint(array / scale).astype(np.int8)
        w[f"{name}_scale"] = scale.astype(np.float32)
    return w
