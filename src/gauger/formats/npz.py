"""NumPy's `.npz` archives: weights of MLX, JAX and much else.

Source: NEP 1, "A simple file format for NumPy arrays", with its versions 2 and 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.distinct import Distinct
from gauger.formats.extents import MAX_DIMENSIONS, elements_of
from gauger.formats.joined import SliceSource
from gauger.formats.model_file import Encoding, ModelFile, TensorEntry
from gauger.formats.source import Source
from gauger.formats.unpack import Budget, UnpackedStream
from gauger.formats.zip_directory import DEFLATED, STORED, Member, data_offset, zip_members

_MAGIC = b"\x93NUMPY"
_HEAD_BYTES = 4096
_HEADER = re.compile(
    r"\{\s*'descr':\s*'(?P<order>[<>|=])(?P<kind>[a-zA-Z]\d{1,4})',\s*"
    r"'fortran_order':\s*(?P<columns>True|False),\s*'shape':\s*\((?P<shape>[\d,\s]*)\),?\s*\}\s*"
)
_TYPES = {
    "f2": "FLOAT16", "f4": "FLOAT32", "f8": "FLOAT64", "i1": "INT8", "i2": "INT16", "i4": "INT32",
    "i8": "INT64", "u1": "UINT8", "u2": "UINT16", "u4": "UINT32", "u8": "UINT64", "b1": "BOOL",
}  # fmt: skip


class _Array(NamedTuple):
    """What an array's header says; `begin` is where its numbers begin behind the header's first byte."""

    dtype: str
    item_bytes: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    begin: int


def read_npz(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """Which arrays does this archive hold?

    Arrays of objects, of records and of texts are left out. Headers are matched, never evaluated.

    Args:
        sources: The file.
        limits: Bounds.

    Raises:
        Malformed: no archive, no arrays of numbers in it, or one that does not fit its member.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    found = _members(source, limits)
    if not found:
        raise Malformed("holds no arrays of numbers", subject=source.name)
    return ModelFile(
        format="npz",
        parts=(source.name,),
        tensors=tuple(found),
        read_bytes=source.read_bytes,
    )


def _members(source: Source, limits: Limits) -> list[TensorEntry]:
    names = Distinct()
    budget = Budget(limits)
    entries: list[TensorEntry] = []
    for member in zip_members(source, limits).values():
        if not member.name.endswith(".npy") or member.encrypted or member.method not in (STORED, DEFLATED):
            continue
        limits.check(len(entries) + 1, "tensors", subject=source.name)
        at = data_offset(source, member)
        packed = SliceSource(source, at, member.packed_bytes, name=source.name)
        if member.method == STORED:
            head = packed.read_at(0, min(_HEAD_BYTES, packed.size_bytes))
        else:
            head = UnpackedStream(packed, "deflate", limits, budget).read(_HEAD_BYTES)
        array = _array(head, source.name)
        if array is not None:
            name = names.take(printable(member.name.removesuffix(".npy"), 1000))
            entries.append(_of_member(_entry(name, array, at + array.begin, source.name), array, at, member))
    return entries


def _of_member(entry: TensorEntry, array: _Array, at: int, member: Member) -> TensorEntry:
    """The entry with its place in the archive."""
    if array.begin + entry.size_bytes > member.size_bytes:
        raise Malformed(f"tensor {printable(entry.name, 80)} is longer than its member")
    if member.method == STORED:
        return entry
    packed = Encoding(
        kind="deflate",
        offset=at,
        size_bytes=member.packed_bytes,
        begin=array.begin,
        unpacked_bytes=member.size_bytes,
    )
    return msgspec.structs.replace(entry, offset=-1, encoding=packed)


def _entry(name: str, array: _Array, offset: int, subject: str) -> TensorEntry:
    return TensorEntry(
        name=name,
        dtype=array.dtype,
        shape=array.shape,
        offset=offset,
        size_bytes=array.item_bytes * elements_of(array.shape, name=name, subject=subject),
        strides=array.strides,
    )


def _array(head: bytes, subject: str) -> _Array | None:
    """What the header of an `.npy` file says; None for one that is no array of numbers."""
    if head[:6] != _MAGIC or len(head) < 12:
        return None
    width = 2 if head[6] == 1 else 4
    length = int.from_bytes(head[8 : 8 + width], "little")
    begin = 8 + width + length
    found = _HEADER.fullmatch(head[8 + width : begin].decode("latin-1"))
    if found is None or begin > len(head):
        return None
    kind = found["kind"]
    if kind == "V2":
        dtype, size = "BFLOAT16", 2  # how `ml_dtypes` is written by NumPy, and what JAX and MLX keep
    elif kind in _TYPES:
        dtype, size = _TYPES[kind], int(kind[1:])
    else:
        return None
    if found["order"] == ">" and size > 1:
        dtype = f"big-endian {dtype}"
    sizes = [text.strip() for text in found["shape"].split(",") if text.strip()]
    if len(sizes) > MAX_DIMENSIONS or any(len(text) > 18 for text in sizes):
        raise Malformed("an array of an impossible shape", subject=subject)
    shape = tuple(int(text) for text in sizes)
    strides: tuple[int, ...] = ()
    if found["columns"] == "True" and len(shape) > 1:
        step, steps = 1, []
        for dimension in shape:
            steps.append(step)
            step *= dimension
        strides = tuple(steps)
    return _Array(dtype, size, shape, strides, begin)
