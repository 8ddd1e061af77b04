"""How is a model saved as its recipe asks? Also: the digest of what a folder holds."""

from __future__ import annotations

import hashlib
from pathlib import Path

import ml_dtypes
import numpy as np
from zoo import files
from zoo.model import Model

INT8 = {"quantization_config": {"quant_method": "compressed-tensors", "format": "int-quantized"}}
FLOATS = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
SAVES = (*FLOATS, "Q8_0", "Q4_0", "int8", "shards", "adapter")


def save_model(folder: Path, model: Model, save: str) -> None:
    """Write a folder in Hugging Face's layout, with one GGUF file, or with an adapter."""
    folder.mkdir(parents=True, exist_ok=True)
    if save in ("Q8_0", "Q4_0"):
        files.write_gguf(folder / f"model.{save}.gguf", model, save)
    elif save == "int8":
        files.write_folder(folder, model.with_weights(files.int8(model.weights), **INT8))
    elif save == "shards":
        files.write_folder(folder, model, shards=3)
    elif save == "adapter":
        files.write_safetensors(folder / "adapter_model.safetensors", model.weights)
        files.write_json(folder / "adapter_config.json", model.extra["adapter_config.json"])
    else:
        files.write_folder(folder, model, FLOATS[save])


def content_digest(folder: Path) -> str:
    """SHA-256 of names and bytes of all weights in a folder."""
    made = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.gguf")]):
        made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()
