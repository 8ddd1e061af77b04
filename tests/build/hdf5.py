"""Tiny HDF5 files in the oldest and the newer layout of groups, without the h5py package."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

Tree = dict[str, Any]
"""Names to arrays, or to further trees."""

NONE = b"\xff" * 8


def hdf5(tree: Tree, attributes: dict[str, str] | None = None, *, newer: bool = False) -> bytes:
    """A file of these groups and datasets, with texts as attributes of the outermost group."""
    head = 48 if newer else 96
    out = bytearray(head)
    extra = [_attribute(name, text) for name, text in (attributes or {}).items()]
    root = _group(out, tree, extra, newer=newer)
    end = struct.pack("<Q", len(out))
    if newer:
        out[:head] = b"\x89HDF\r\n\x1a\n\x02\x08\x08\0" + bytes(8) + NONE + end + struct.pack("<QI", root, 0)
    else:
        fixed = b"\x89HDF\r\n\x1a\n" + bytes(5) + b"\x08\x08\0" + struct.pack("<HHI", 4, 16, 0)
        out[:head] = fixed + bytes(8) + NONE + end + NONE + struct.pack("<QQII16x", 0, root, 0, 0)
    return bytes(out)


def _group(out: bytearray, tree: Tree, extra: list[tuple[int, bytes]], *, newer: bool) -> int:
    places = {
        name: _group(out, value, [], newer=newer)
        if isinstance(value, dict)
        else _dataset(out, value, newer=newer)
        for name, value in sorted(tree.items())
    }
    if newer:
        links = [
            (6, b"\x01\0" + bytes([len(name)]) + name.encode() + struct.pack("<Q", at))
            for name, at in places.items()
        ]
        return _header(out, [(2, b"\0\0" + NONE + NONE), *links, *extra], newer=True)
    names = bytearray(8)
    entries, last = b"", 0
    for name, at in places.items():
        entries += struct.pack("<QQII16x", len(names), at, 0, 0)
        last = len(names)
        names += name.encode() + b"\0"
    heap = _put(out, b"HEAP" + bytes(4) + struct.pack("<QQQ", len(names), 1, len(out) + 32) + names)
    node = _put(out, b"SNOD\x01\0" + struct.pack("<H", len(places)) + entries.ljust(320, b"\0"))
    key = struct.pack("<QQQ", 0, node, last)
    tree_at = _put(out, b"TREE\0\0" + struct.pack("<H", 1) + NONE + NONE + key.ljust(520, b"\0"))
    return _header(out, [(0x11, struct.pack("<QQ", tree_at, heap)), *extra], newer=False)


def _dataset(out: bytearray, array: np.ndarray, *, newer: bool) -> int:
    data = _put(out, array.tobytes())
    space = struct.pack("<BBB5x", 1, array.ndim, 0) + b"".join(struct.pack("<Q", n) for n in array.shape)
    layout = struct.pack("<BBQQ", 3, 1, data, array.nbytes)
    return _header(out, [(1, space), (3, _type(array.dtype)), (8, layout)], newer=newer)


def _type(dtype: np.dtype[Any]) -> bytes:
    big = int(dtype.byteorder == ">")
    if dtype.kind == "f":
        size = dtype.itemsize
        exponent, mantissa, bias = {2: (5, 10, 15), 4: (8, 23, 127), 8: (11, 52, 1023)}[size]
        fixed = struct.pack("<BBBBI", 0x11, 0x20 | big, 8 * size - 1, 0, size)
        return fixed + struct.pack("<HHBBBBI", 0, 8 * size, mantissa, exponent, 0, mantissa, bias)
    signed = 8 if dtype.kind == "i" else 0
    return struct.pack("<BBBBIHH", 0x10, big | signed, 0, 0, dtype.itemsize, 0, 8 * dtype.itemsize)


def _attribute(name: str, text: str) -> tuple[int, bytes]:
    label, value = name.encode() + b"\0", text.encode()
    kind, space = struct.pack("<BBBBI", 0x13, 0, 0, 0, len(value)), struct.pack("<BBB5x", 1, 0, 0)
    sizes = struct.pack("<BBHHH", 1, 0, len(label), len(kind), len(space))
    return 0xC, sizes + _padded(label) + kind + space + value


def _header(out: bytearray, messages: list[tuple[int, bytes]], *, newer: bool) -> int:
    if newer:
        body = b"".join(struct.pack("<BHB", kind, len(data), 0) + data for kind, data in messages)
        return _put(out, b"OHDR\x02\x02" + struct.pack("<I", len(body)) + body + bytes(4))
    padded = [(kind, _padded(data)) for kind, data in messages]
    body = b"".join(struct.pack("<HHB3x", kind, len(data), 0) + data for kind, data in padded)
    return _put(out, struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def _put(out: bytearray, data: bytes) -> int:
    at = len(out)
    out += _padded(data)
    return at


WEIGHTS: Tree = {
    "dense": {
        "dense": {"bias:0": np.array([1, 2], "<f4"), "kernel:0": np.arange(6, dtype="<f2").reshape(3, 2)}
    },
    "steps": np.array([7], "<i8"),
}


def tiny_hdf5(*, newer: bool = False) -> bytes:
    """`WEIGHTS` with the attributes that Keras writes."""
    return hdf5(WEIGHTS, {"backend": "tensorflow", "keras_version": "2.1.5"}, newer=newer)
