"""Weights in HDF5: Keras' `.h5` and `.weights.h5`, and the `.keras` archive around one.

Read by range and with our own bounds; see docs/design/0013.
"""

from __future__ import annotations

from collections.abc import Sequence

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.extents import MAX_DIMENSIONS, check_names, elements_of
from gauger.formats.hdf5_objects import (
    ATTRIBUTE,
    DATASPACE,
    DATATYPE,
    FILTERS,
    LAYOUT,
    UNDEFINED,
    Message,
    is_group,
    links,
    links_in_heap,
    messages,
    root_address,
)
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.source import Source
from gauger.formats.window import Window

_WHOLE = {(1, True): "INT8", (1, False): "UINT8", (2, True): "INT16", (2, False): "UINT16",
          (4, True): "INT32", (4, False): "UINT32", (8, True): "INT64", (8, False): "UINT64"}  # fmt: skip
_FLOATS = {2: "FLOAT16", 4: "FLOAT32", 8: "FLOAT64"}
_TEXT = 4000
_KEPT_ATTRIBUTES = 64
_LONGEST_PATH = 1000


class _Walk:
    """What is gathered on the way through the groups."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.window = Window(source, limits)
        self.limits = limits
        self.entries: list[TensorEntry] = []
        self.remarks: list[str] = []
        self.packed = 0
        self.texts = 0


def read_hdf5(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this HDF5 file of weights hold?

    Each dataset of numbers is a tensor, named by its path; Keras keeps dense kernels as (inputs, outputs) and
    convolutions as (height, width, inputs, outputs). Datasets in chunks are listed and not read.

    Args:
        sources: The file.
        limits: Bounds.

    Raises:
        Malformed: not HDF5, damaged, or of an unusual build.
        LimitExceeded: too many objects, or groups nested too deeply.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    walk = _Walk(source, limits)
    root = root_address(walk.window)
    facts = _attributes(walk, list(messages(walk.window, root)))
    _walk_groups(walk, root)
    check_names(walk.entries, subject=source.name)
    if walk.packed:
        walk.remarks.append(f"{source.name}: {walk.packed} datasets are kept in chunks; not read")
    cut = sum(e.offset + e.size_bytes > source.size_bytes for e in walk.entries)
    if cut:
        walk.remarks.append(f"{source.name}: cut off: {cut} of {len(walk.entries)} tensors are not whole")
    return ModelFile(
        format="hdf5",
        parts=(source.name,),
        tensors=tuple(walk.entries),
        metadata=facts,
        remarks=tuple(walk.remarks),
        read_bytes=source.read_bytes,
    )


def _walk_groups(walk: _Walk, root: int) -> None:
    """Depth first in name order; a group that is linked twice is entered once."""
    seen: set[int] = set()
    waiting: list[tuple[str, int, int]] = [("", root, 0)]
    subject = walk.window.source.name
    while waiting:
        path, address, depth = waiting.pop()
        walk.limits.check(depth, "depth", subject=subject)
        found = list(messages(walk.window, address))
        if not is_group(found):
            _dataset(walk, path, found)
            continue
        if address in seen:
            continue
        seen.add(address)
        if links_in_heap(walk.window, found):
            walk.remarks.append(
                f"{subject}: the group {printable(path, 80)} keeps its links in a heap; not read"
            )
        prefix = f"{path}/" if path else ""
        members = []
        for name, place in links(walk.window, found):
            members.append((f"{prefix}{name}"[:_LONGEST_PATH], place, depth + 1))
            walk.texts += len(members[-1][0])  # many links may point to one long name
            walk.limits.check(walk.texts, "header_bytes", subject=subject)
        waiting += sorted(members, reverse=True)


def _dataset(walk: _Walk, path: str, found: Sequence[Message]) -> None:
    """Lists a dataset of numbers; texts and compound types are passed over."""
    by_kind = {message.kind: message for message in found}
    if not {DATASPACE, DATATYPE, LAYOUT} <= by_kind.keys():
        return
    window = walk.window
    dtype, item = _number_type(window, by_kind[DATATYPE].at)
    if not item:
        return
    shape = _shape(window, by_kind[DATASPACE].at)
    name = printable(path, 1000)
    size = item * elements_of(shape, name=name, subject=window.source.name)
    offset, stored = _place(window, by_kind[LAYOUT].at)
    if offset >= 0 and stored != size:
        raise Malformed(
            f"tensor {printable(name, 80)}: {dtype} {list(shape)} needs {size} bytes, {stored} are given",
            subject=window.source.name,
        )
    if offset < 0 or FILTERS in by_kind:
        offset = -1
        walk.packed += bool(size)
    walk.limits.check(len(walk.entries) + 1, "tensors", subject=window.source.name)
    walk.entries.append(TensorEntry(name=name, dtype=dtype, shape=shape, offset=offset, size_bytes=size))


def _number_type(window: Window, at: int) -> tuple[str, int]:
    """Name and bytes of one number; no bytes for what is not a number."""
    kind, flags, size = window.u8(at) & 15, window.u8(at + 1), window.u32(at + 4)
    if kind == 0:
        name = _WHOLE.get((size, bool(flags & 8)), "")
    elif kind == 1:
        name = _FLOATS.get(size, "")
        if size == 2 and window.u8(at + 13) == 8:
            name = "BF16"
    elif kind == 8 and size == 1:
        name = "BOOL"
    else:
        name = ""
    if name and flags & 1 and size > 1:
        name = f"big-endian {name}"
    return name, size if name else 0


def _shape(window: Window, at: int) -> tuple[int, ...]:
    version, rank = window.u8(at), window.u8(at + 1)
    if version not in (1, 2) or rank > MAX_DIMENSIONS:
        raise Malformed(f"a dataspace of version {version} and rank {rank}", subject=window.source.name)
    begin = at + (8 if version == 1 else 4)
    return tuple(window.u64(begin + 8 * n) for n in range(rank))


def _place(window: Window, at: int) -> tuple[int, int]:
    """Offset and bytes of the numbers; -1 where they are in chunks, or were never written."""
    version, kind = window.u8(at), window.u8(at + 1)
    if version in (3, 4) and kind == 0:
        return at + 4, window.u16(at + 2)
    if version in (3, 4) and kind == 1:
        address = window.u64(at + 2)
        return (-1, 0) if address == UNDEFINED else (address, window.u64(at + 10))
    if version in (1, 2) and window.u8(at + 2) == 1:
        rank, address = window.u8(at + 1), window.u64(at + 8)
        size = 1
        for n in range(min(rank, MAX_DIMENSIONS)):
            size *= window.u32(at + 16 + 4 * n)
        return (-1, 0) if address == UNDEFINED else (address, size)
    return -1, 0


def _attributes(walk: _Walk, found: Sequence[Message]) -> Facts:
    """Texts that the outermost group carries: Keras writes its version, its backend and the architecture."""
    facts: Facts = {}
    for message in found:
        if message.kind == ATTRIBUTE and len(facts) < _KEPT_ATTRIBUTES:
            try:
                name, text = _attribute(walk.window, message.at)
            except Malformed:  # an attribute of a kind that is not followed says nothing about the weights
                continue
            if text:
                facts[printable(name, 200)] = printable(text, _TEXT)
    return facts


def _attribute(window: Window, at: int) -> tuple[str, str]:
    """Name, and the text where it is a single one."""
    version = window.u8(at)
    sizes = [window.u16(at + 2 + 2 * n) for n in range(3)]
    padded = [-(-size // 8) * 8 for size in sizes] if version == 1 else sizes
    begin = at + (9 if version == 3 else 8)
    name = window.text(begin, sizes[0]).rstrip("\0")
    kind_at = begin + padded[0]
    space_at = kind_at + padded[1]
    data_at = space_at + padded[2]
    if _shape(window, space_at):
        return name, ""
    kind, size = window.u8(kind_at) & 15, window.u32(kind_at + 4)
    if kind == 3:
        return name, window.text(data_at, size).rstrip("\0 ")
    if kind == 9 and window.u8(kind_at + 1) & 15 == 1:
        return name, _global_text(window, data_at)
    return name, ""


def _global_text(window: Window, at: int) -> str:
    """A text of any length: its bytes are an object of a global heap."""
    length, heap, wanted = window.u32(at), window.u64(at + 4), window.u32(at + 12)
    if window.take(heap, 4) != b"GCOL":
        raise Malformed(f"no heap of texts at byte {heap}", subject=window.source.name)
    end, place = heap + window.u64(heap + 8), heap + 16
    while place + 16 <= end:
        index, size = window.u16(place), window.u64(place + 8)
        if index == wanted:
            return window.text(place + 16, min(length, size, _TEXT * 8))
        if not index:
            break
        place += 16 + -(-size // 8) * 8
    return ""
