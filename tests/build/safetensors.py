"""Tiny safetensors files, honest and otherwise."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

TYPES = {np.dtype("<f4"): "F32", np.dtype("<f2"): "F16", np.dtype("<i8"): "I64", np.dtype("u1"): "U8"}


def safetensors_bytes(tensors: dict[str, np.ndarray], metadata: dict[str, str] | None = None) -> bytes:
    """A whole file that holds these arrays, in order."""
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    data = b""
    for name, array in tensors.items():
        raw = array.tobytes()
        header[name] = {
            "dtype": TYPES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    return with_header(json.dumps(header), data)


def with_header(header: str | bytes, data: bytes = b"") -> bytes:
    """A file with exactly this header, true or not."""
    raw = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(raw)) + raw + data


def raw_entry(name: str, begin: int, end: int, shape: list[int], dtype: str = "F32") -> str:
    """One member of a header, as text."""
    return f'"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}'


def index_bytes(weight_map: dict[str, str]) -> bytes:
    """An index of shards."""
    return json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}).encode()
