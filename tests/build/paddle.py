"""Tiny Paddle inference models: the stream of tensors, and the program in both of its spellings."""

from __future__ import annotations

import json
import struct

import numpy as np

from build.onnx import chunk, number, varint

TYPES = {"f4": 5, "f2": 4, "i8": 3, "i1": 21}


def described(array: np.ndarray) -> bytes:
    """A `TensorDesc`."""
    return number(1, TYPES[array.dtype.str[1:]]) + b"".join(number(2, size) for size in array.shape)


def stream(arrays: list[np.ndarray], *, levels: bytes = b"") -> bytes:
    """A `.pdiparams`; `levels` is one level of offsets for the first tensor."""
    out = []
    for array in arrays:
        text = described(array)
        lod = struct.pack("<QQ", 1, len(levels)) + levels if levels and not out else struct.pack("<Q", 0)
        out.append(struct.pack("<I", 0) + lod + struct.pack("<Ii", 0, len(text)) + text + array.tobytes())
    return b"".join(out)


def program(arrays: dict[str, np.ndarray]) -> bytes:
    """A `.pdmodel` that declares these, an input, and a result that is not kept."""

    def variable(name: str, kind: int, kept: int, array: np.ndarray | None = None) -> bytes:
        held = chunk(3, chunk(1, described(array))) if array is not None else b""
        return chunk(3, chunk(1, name) + chunk(2, number(1, kind) + held) + number(3, kept))

    variables = b"".join(variable(name, 7, 1, array) for name, array in arrays.items())
    others = variable("feed", 9, 1) + variable("result", 7, 0, np.zeros(3, "f4"))
    return chunk(1, number(1, 0) + varint(2 << 3) + b"\xff" * 9 + b"\x01" + variables + others)


def graph(arrays: dict[str, np.ndarray]) -> bytes:
    """An `inference.json` as Paddle 3 writes it, as far as parameters go."""
    operations = [
        {"#": "p", "A": [0, 1, 1, name], "O": {"%": n, "TT": {"#": "0.t_dtensor", "D": [
            {"#": "0.t_f32"}, list(array.shape), "NCHW", [], 0]}}}
        for n, (name, array) in enumerate(arrays.items())
    ]  # fmt: skip
    body = {"regions": [{"#": "region_0", "blocks": [{"#": "block_0", "args": [], "ops": operations}]}]}
    return json.dumps({"base_code": {"magic": "pir"}, "program": body}).encode()


WEIGHTS = {"fc.w_0": np.arange(6, dtype="<f4").reshape(2, 3), "fc.b_0": np.array([1, 2, 3], "<f4")}
"""In the program's order; the file has them sorted."""


def tiny_paddle() -> bytes:
    """A `.pdiparams` of `WEIGHTS`."""
    return stream([WEIGHTS[name] for name in sorted(WEIGHTS)])
