"""Tiny CTranslate2 `model.bin` files."""

from __future__ import annotations

import struct

import numpy as np

TYPES = {"f4": 0, "i1": 1, "i2": 2, "i4": 3, "f2": 4}


def _name(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def model(
    variables: dict[str, np.ndarray], aliases: dict[str, str] | None = None, *, version: int = 6
) -> bytes:
    """A file of these variables; up to version 3 only the size of a number is written."""
    out = [struct.pack("<I", version), _name("TinySpec"), struct.pack("<II", 1, len(variables))]
    for name, array in variables.items():
        out.append(_name(name) + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape))
        if version >= 4:
            out.append(struct.pack("<BI", TYPES[array.dtype.str[1:]], array.nbytes))
        else:
            out.append(struct.pack("<BI", array.itemsize, array.size))
        out.append(array.tobytes())
    if version >= 3:
        out.append(struct.pack("<I", len(aliases or {})))
        out += [_name(alias) + _name(name) for alias, name in (aliases or {}).items()]
    return b"".join(out)


def tiny_ctranslate2() -> bytes:
    """One matrix in eight bits with its scales, one bias, and a second name."""
    return model(
        {
            "layer/bias": np.array([1, 2], "<f4"),
            "layer/weight": np.array([[10, 20, 30], [40, 50, 60]], "i1"),
            "layer/weight_scale": np.array([10, 20], "<f4"),
        },
        {"other/weight": "layer/weight"},
    )
