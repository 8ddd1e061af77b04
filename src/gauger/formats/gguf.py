"""GGUF 2 and 3, in either byte order, whole, split over files or cut off: header, tokenizer, tensors.

The `gguf` package's reader takes seconds because it maps the file and makes an array of each value; this one
walks the header once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts, Scalar
from gauger.core.text import printable
from gauger.formats.extents import check_extents, check_names, elements_of
from gauger.formats.gguf_cursor import GgufCursor
from gauger.formats.gguf_tokenizer import LISTS, tokenizer_facts
from gauger.formats.gguf_types import ARRAY, SCALARS, STRING, TENSOR_TYPES
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.source import Source

TEXT = 4000
_DEFAULT_ALIGNMENT = 32
_MAX_ALIGNMENT = 1 << 20
_VERSIONS = (2, 3)


class _Part(msgspec.Struct, kw_only=True):
    """One file as read, before the parts of a model are put together."""

    source: Source
    order: str
    values: dict[str, Any]
    lists: dict[str, Sequence[Any]]
    tensors: list[TensorEntry]
    remarks: list[str]


def read_gguf(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this GGUF model say it holds?

    A file that is cut off behind its header is read, with a remark; so is a split model with parts missing.

    Args:
        sources: The file, or the files of a split model in any order.
        limits: Bounds. Peak memory is at most about six times the header (short vocabulary pieces cost 50
            bytes each), and with the default bounds never above 500 MB.

    Raises:
        Malformed: not GGUF 2 or 3, a header that is cut off or lies, two tensors on the same bytes.
        LimitExceeded: a header, list or string above the bounds.
        Unreadable: the bytes cannot be had.
    """
    parts = sorted((_read_part(s, limits) for s in sources), key=lambda p: _number(p, "split.no"))
    first = parts[0]
    tensors = [
        msgspec.structs.replace(entry, source=number)
        for number, part in enumerate(parts)
        for entry in part.tensors
    ]
    limits.check(len(tensors), "tensors", subject=first.source.name)
    check_names(tensors, subject=first.source.name)
    return ModelFile(
        format="gguf",
        parts=tuple(part.source.name for part in parts),
        tensors=tuple(tensors),
        metadata=_metadata(first),
        tokenizer=tokenizer_facts(first.values, first.lists, subject=first.source.name),
        remarks=tuple(remark for part in parts for remark in part.remarks) + _split_remarks(parts),
        read_bytes=sum(s.read_bytes for s in sources),
    )


def _read_part(source: Source, limits: Limits) -> _Part:
    order = _byte_order(source)
    cursor = GgufCursor(source, limits, order=order, at=8)
    tensors, pairs = cursor.u64(), cursor.u64()
    limits.check(tensors, "tensors", subject=source.name)
    limits.check(pairs, "nodes", subject=source.name)
    part = _Part(source=source, order=order, values={}, lists={}, tensors=[], remarks=[])
    for _ in range(pairs):
        _read_pair(cursor, part)
    _read_directory(cursor, part, tensors)
    return part


def _byte_order(source: Source) -> str:
    """The version is a small number, so its bytes say in which order numbers are written."""
    head = source.read_at(0, 8)
    if head[:4] != b"GGUF":
        raise Malformed("does not begin with GGUF", subject=source.name)
    for order, name in (("<", "little"), (">", "big")):
        if int.from_bytes(head[4:], name) in _VERSIONS:  # type: ignore[arg-type]
            return order
    version = min(int.from_bytes(head[4:], "little"), int.from_bytes(head[4:], "big"))
    raise Malformed(f"GGUF version {version} is not one of 2 and 3", subject=source.name)


def _read_pair(cursor: GgufCursor, part: _Part) -> None:
    key = cursor.string().decode("utf-8", "replace")
    kind = cursor.u32()
    if key in part.values or key in part.lists:
        part.remarks.append(f"{part.source.name}: the key {printable(key, 80)} stands twice")
    if kind == ARRAY and key in LISTS:
        inner, count = cursor.array_head()
        if inner == STRING:
            part.lists[key] = cursor.strings(count)
        elif inner in SCALARS:
            part.lists[key] = cursor.numbers(inner, count)
        else:
            raise Malformed(f"{key} is a list of lists", subject=part.source.name)
        return
    value = cursor.value(kind)
    if value is not None:
        part.values[key] = value


def _read_directory(cursor: GgufCursor, part: _Part, count: int) -> None:
    alignment = part.values.get("general.alignment", _DEFAULT_ALIGNMENT)
    subject = part.source.name
    if not isinstance(alignment, int) or not 0 < alignment <= _MAX_ALIGNMENT:
        raise Malformed("general.alignment is not a sensible number", subject=subject)
    found = [_directory_entry(cursor, subject) for _ in range(count)]
    start = -(-cursor.at // alignment) * alignment
    # A type that we do not know yet has no known size: it is taken to reach up to its neighbour.
    ends = sorted({offset for _, _, _, offset, _ in found} | {max(0, part.source.size_bytes - start)})
    following = dict(pairwise(ends))
    for name, dtype, shape, offset, size in found:
        if offset % alignment:
            raise Malformed(f"tensor {printable(name, 80)} is not aligned", subject=subject)
        length = size if size >= 0 else max(0, following.get(offset, offset) - offset)
        part.tensors.append(
            TensorEntry(name=name, dtype=dtype, shape=shape, offset=start + offset, size_bytes=length)
        )
    part.remarks += check_extents(
        part.tensors, start=start, size_bytes=part.source.size_bytes, alignment=alignment, subject=subject
    )


def _directory_entry(cursor: GgufCursor, subject: str) -> tuple[str, str, tuple[int, ...], int, int]:
    """Name, type, shape (outermost first), offset in the data section, size in bytes (-1: unknown type)."""
    name = cursor.string().decode("utf-8", "replace")
    dimensions = cursor.u32()
    if dimensions > 8:
        raise Malformed(f"tensor {printable(name, 80)} has {dimensions} dimensions", subject=subject)
    shape = tuple(cursor.u64() for _ in range(dimensions))[::-1]
    kind, offset = cursor.u32(), cursor.u64()
    elements = elements_of(shape, name=name, subject=subject)
    if kind not in TENSOR_TYPES:
        return name, f"type-{kind}", shape, offset, -1
    dtype, block, block_bytes = TENSOR_TYPES[kind]
    if elements and (shape[-1] if shape else 1) % block:
        raise Malformed(
            f"tensor {printable(name, 80)}: rows of {shape[-1] if shape else 1} do not divide into blocks of "
            f"{block} ({dtype})",
            subject=subject,
        )
    return name, dtype, shape, offset, elements // block * block_bytes


def _metadata(part: _Part) -> Facts:
    shown: Facts = {"gguf.byte_order": "big" if part.order == ">" else "little"}
    for key, value in part.values.items():
        if key != "tokenizer.chat_template":
            shown[printable(key, 200)] = _shown(value)
    return shown


def _shown(value: Any) -> Scalar | tuple[Scalar, ...]:
    if isinstance(value, tuple):
        return tuple(printable(v, TEXT) if isinstance(v, str) else v for v in value)
    if isinstance(value, bytes):
        return printable(value.decode("utf-8", "replace"), TEXT)
    return value  # type: ignore[no-any-return]


def _number(part: _Part, key: str) -> int:
    value = part.values.get(key, 0)
    return value if isinstance(value, int) else 0


def _split_remarks(parts: Sequence[_Part]) -> tuple[str, ...]:
    """What is odd about how the files of a split model fit together?"""
    name = parts[0].source.name
    count = max(_number(part, "split.count") for part in parts)
    numbers = [_number(part, "split.no") for part in parts]
    if count <= 1 and len(parts) == 1:
        return ()
    remarks = []
    missing = sorted(set(range(min(count, 100_000))) - set(numbers))
    if missing:
        shown = ", ".join(str(n + 1) for n in missing[:10])
        remarks.append(f"{name}: split into {count} files, not here: {shown}{' …' if missing[10:] else ''}")
    if len(set(numbers)) != len(numbers):
        remarks.append(f"{name}: two files say that they are the same part of the model")
    wanted = _number(parts[0], "split.tensors.count")
    if wanted and not missing and wanted != sum(len(part.tensors) for part in parts):
        remarks.append(f"{name}: {wanted} tensors are announced, the files hold another number")
    return tuple(remarks)
