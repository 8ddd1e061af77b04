"""Tiny ONNX models, written in the wire format without the onnx package."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TYPES = {np.dtype("f4"): 1, np.dtype("u1"): 2, np.dtype("i1"): 3, np.dtype("i8"): 7, np.dtype("f2"): 10}


def varint(value: int) -> bytes:
    """A base-128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    """A field that holds a number."""
    return varint(field << 3) + varint(value & (1 << 64) - 1)


def chunk(field: int, data: bytes | str) -> bytes:
    """A field that holds bytes."""
    raw = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def tensor(name: str, array: np.ndarray, *, raw: bool = True) -> bytes:
    """A `TensorProto` with its numbers in `raw_data`, or in `float_data`."""
    dims = b"".join(number(1, size) for size in array.shape)
    return dims + number(2, TYPES[array.dtype]) + chunk(8, name) + chunk(9 if raw else 4, array.tobytes())


def external_tensor(name: str, shape: tuple[int, ...], location: str, offset: int, length: int) -> bytes:
    """A float `TensorProto` whose numbers are in another file."""
    entries = {"location": location, "offset": str(offset), "length": str(length)}
    return (
        b"".join(number(1, size) for size in shape)
        + number(2, 1)
        + chunk(8, name)
        + b"".join(chunk(13, chunk(1, key) + chunk(2, value)) for key, value in entries.items())
        + number(14, 1)
    )


def node(operator: str, inputs: list[str], outputs: list[str], attributes: bytes = b"") -> bytes:
    """A `NodeProto`."""
    return (
        b"".join(chunk(1, name) for name in inputs)
        + b"".join(chunk(2, name) for name in outputs)
        + chunk(3, f"{operator}_0")
        + chunk(4, operator)
        + attributes
    )


def model(initialisers: list[bytes], nodes: Sequence[bytes] = (), *, producer: str = "test") -> bytes:
    """A whole `ModelProto`."""
    graph = b"".join(chunk(1, one) for one in nodes) + chunk(2, "main")
    graph += b"".join(chunk(5, one) for one in initialisers)
    graph += chunk(11, chunk(1, "x")) + chunk(12, chunk(1, "y"))
    head = number(1, 8) + chunk(2, producer)
    return head + chunk(7, graph) + chunk(8, number(2, 17)) + chunk(14, chunk(1, "k") + chunk(2, "v"))


def tiny_onnx() -> bytes:
    """A quantised weight with its scale, and a plain one."""
    weights = [
        tensor("w_q", np.arange(6, dtype="i1").reshape(2, 3)),
        tensor("w_scale", np.array([0.5], dtype="f4")),
        tensor("b", np.ones(3, dtype="f4"), raw=False),
    ]
    return model(weights, [node("DequantizeLinear", ["w_q", "w_scale"], ["w"])])
