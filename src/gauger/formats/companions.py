"""Which files beside a model file belong to it, told by their names."""

from __future__ import annotations

_TOGETHER = {
    ".pdiparams": (".pdmodel", ".json"),
    ".pdmodel": (".pdiparams",),
    ".xml": (".bin",),
    ".bin": (".xml",),
}
"""A model file's ending, and those of what belongs to it under the same stem."""

_EXTERNAL = (".onnx_data", ".onnx.data", ".data", ".bin", ".weight")


def is_external(name: str, model: str) -> bool:
    """Does a file of this name belong to the model file of that name: its numbers, or its program?"""
    for ending, others in _TOGETHER.items():
        stem = model.removesuffix(ending)
        if stem != model:
            return name in {stem + other for other in others}
    stem = model.removesuffix(".onnx")
    return stem != model != name and name.startswith(stem) and name.endswith(_EXTERNAL)
