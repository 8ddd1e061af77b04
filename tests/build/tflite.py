"""Tiny TensorFlow Lite files, laid out forwards without the flatbuffers package."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

TYPES = {"f4": 0, "f2": 1, "i4": 2, "u1": 3, "i1": 9}


class Scalar:
    """A number with its `struct` code."""

    def __init__(self, code: str, value: int) -> None:
        self.data = struct.pack("<" + code, value)


class Vector:
    """A list of numbers, or raw bytes."""

    def __init__(self, code: str, values: Any) -> None:
        self.count = len(values)
        self.data = bytes(values) if code == "B" else struct.pack(f"<{len(values)}{code}", *values)


def flatbuffer(table: dict[int, Any], magic: bytes = b"TFL3") -> bytes:
    """The file whose outermost table has these fields: `Scalar`, `Vector`, text, tables, lists of tables."""
    out = bytearray(b"\0\0\0\0" + magic)
    struct.pack_into("<I", out, 0, _table(out, table))
    return bytes(out)


def _table(out: bytearray, fields: dict[int, Any]) -> int:
    count = max(fields, default=-1) + 1
    slots, at = [0] * count, 4
    for number, value in sorted(fields.items()):
        slots[number] = at
        at += len(value.data) if isinstance(value, Scalar) else 4
    head = len(out)
    out += struct.pack(f"<HH{count}H", 4 + 2 * count, at, *slots)
    begin = len(out)
    out += struct.pack("<i", begin - head) + b"\0" * (at - 4)
    for number, value in sorted(fields.items()):
        place = begin + slots[number]
        if isinstance(value, Scalar):
            out[place : place + len(value.data)] = value.data
        else:
            struct.pack_into("<I", out, place, _content(out, value) - place)
    return begin


def _content(out: bytearray, value: Any) -> int:
    if isinstance(value, dict):
        return _table(out, value)
    begin = len(out)
    if isinstance(value, Vector):
        out += struct.pack("<I", value.count) + value.data
    elif isinstance(value, str):
        out += struct.pack("<I", len(value.encode())) + value.encode() + b"\0"
    else:
        out += struct.pack("<I", len(value)) + b"\0" * 4 * len(value)
        for n, item in enumerate(value):
            place = begin + 4 + 4 * n
            struct.pack_into("<I", out, place, _table(out, item) - place)
    return begin


def tensor(name: str, array: np.ndarray, buffer: int, **quantised: Any) -> dict[int, Any]:
    """A `Tensor`; `scale`, `zero` and `axis` make it a quantised one."""
    fields: dict[int, Any] = {
        0: Vector("i", array.shape),
        1: Scalar("b", TYPES[array.dtype.str[1:]]),
        2: Scalar("I", buffer),
        3: name,
    }
    if quantised:
        fields[4] = {
            2: Vector("f", quantised["scale"]),
            3: Vector("q", quantised.get("zero", [0] * len(quantised["scale"]))),
            6: Scalar("i", quantised.get("axis", 0)),
        }
    return fields


def model(tensors: list[tuple[str, np.ndarray, dict[str, Any]]]) -> bytes:
    """A file with one graph of these constant tensors, an input without numbers, and one operator."""
    buffers: list[dict[int, Any]] = [{}]
    listed = [{0: Vector("i", (1, 3)), 1: Scalar("b", 0), 3: "input"}]
    for name, array, quantised in tensors:
        listed.append(tensor(name, array, len(buffers), **quantised))
        buffers.append({0: Vector("B", array.tobytes())})
    graph = {0: listed, 3: [{0: Scalar("I", 0)}], 4: "main"}
    return flatbuffer({0: Scalar("I", 3), 1: [{0: Scalar("b", 9)}], 2: [graph], 3: "made", 4: buffers})


def tiny_tflite() -> bytes:
    """One float tensor and one of small integers with a scale for each row."""
    return model(
        [
            ("bias", np.array([1, -2, 3], "<f4"), {}),
            ("kernel", np.array([[1, 2, 3], [4, 5, 6]], "i1"), {"scale": [0.5, 2.0], "zero": [1, 0]}),
        ]
    )
