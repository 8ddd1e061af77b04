"""A fingerprint as a file: safetensors, with the document in its metadata. Read strictly."""

from __future__ import annotations

import hashlib
import math
import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np

from gauger.core.canonical import canonical_json
from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.text import printable
from gauger.formats.extents import MAX_DIMENSIONS
from gauger.formats.source import FileSource, MemorySource, Source
from gauger.trace.fingerprints.records import GATED, SPREADS, VERSION, Array, Arrays, Document, Fingerprint

SUFFIX = ".safetensors"
MOST_BYTES = 256 * 1024 * 1024
"""A whole fingerprint; one of a 7B model has about 7 MB."""
HEADER_BYTES = 32 * 1024 * 1024
_MOST_BLOCKS = 20_000
_ALIGNMENT = 8
_KIND = "gauger-fingerprint"
_TYPES: dict[str, np.dtype[Any]] = {
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
    "I32": np.dtype("<i4"),
    "U64": np.dtype("<u8"),
}
_NAMES = {dtype: name for name, dtype in _TYPES.items()}
_SAMPLES = 64
_DIGEST = re.compile(r"([0-9a-f]{64})?")
_TEXT = 400
_MOST_COLONS = 4_000_000
_MOST_AXES = 8
_COUNTED = ("layers", "width", "vocabulary", "units", "count", "shape")
T = TypeVar("T")


def fingerprint_bytes(fingerprint: Fingerprint) -> bytes:
    """Which bytes is this fingerprint's file?

    Laws: `read_fingerprint` gives an equal fingerprint back; equal fingerprints give equal bytes.
    """
    header: dict[str, Any] = {
        "__metadata__": {
            _KIND: str(fingerprint.document.version),
            "document": canonical_json(fingerprint.document).decode(),
        }
    }
    chunks, at = [], 0
    for name in sorted(fingerprint.arrays):
        array = np.ascontiguousarray(fingerprint.arrays[name])
        kind = _NAMES[array.dtype.newbyteorder("<")]
        data = array.astype(_TYPES[kind], copy=False).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        chunks.append(data)
        at += len(data)
    head = canonical_json(header)
    head += b" " * (-len(head) % _ALIGNMENT)
    return len(head).to_bytes(8, "little") + head + b"".join(chunks)


def save_fingerprint(fingerprint: Fingerprint, path: Path) -> str:
    """Write it to `path`, whole or not at all; which SHA-256 has the file?"""
    data = fingerprint_bytes(fingerprint)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(data)
    aside.replace(path)
    return hashlib.sha256(data).hexdigest()


def load_fingerprint(path: Path, limits: Limits = DEFAULT_LIMITS) -> Fingerprint:
    """Which fingerprint does this file hold? Its arrays are mapped, not read, and read-only.

    Raises:
        Malformed: not a fingerprint, or one that contradicts itself.
        LimitExceeded: above the bounds.
        Unreadable: the file cannot be read.
    """
    with FileSource(path, name=path.name) as source:
        document, places, start = _header(source, limits)
        try:
            mapped = np.memmap(path, dtype=np.uint8, mode="r") if source.size_bytes else np.zeros(0, np.uint8)
        except (OSError, ValueError) as error:
            raise Unreadable("cannot be mapped", subject=path.name) from error
    return _checked(Fingerprint(document=document, arrays=_arrays(mapped, places, start)), path.name)


def read_fingerprint(
    data: bytes, limits: Limits = DEFAULT_LIMITS, *, name: str = "fingerprint"
) -> Fingerprint:
    """Which fingerprint do these bytes hold?

    Raises:
        Malformed: not a fingerprint, or one that contradicts itself.
        LimitExceeded: above the bounds.
    """
    document, places, start = _header(MemorySource(data, name=name), limits)
    arrays = _arrays(np.frombuffer(data, dtype=np.uint8), places, start)
    return _checked(Fingerprint(document=document, arrays=arrays), name)


_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dtype: str
    shape: tuple[_Size, ...]
    data_offsets: tuple[_Size, _Size]


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"version": _KIND}):
    version: str
    document: str


_Places = dict[str, _Entry]


def _header(source: Source, limits: Limits) -> tuple[Document, _Places, int]:
    if source.size_bytes > MOST_BYTES:
        raise LimitExceeded(f"a fingerprint has at most {MOST_BYTES} bytes", subject=source.name)
    length = int.from_bytes(source.read_at(0, 8), "little")
    if length > HEADER_BYTES:
        raise LimitExceeded(f"its header has at most {HEADER_BYTES} bytes", subject=source.name)
    raw = source.read_at(8, length)
    if raw.count(b":") > _MOST_COLONS or raw.count(b",") > limits.items:
        raise LimitExceeded("its header says more than that of any model", subject=source.name)
    header = _decoded(raw, dict[str, msgspec.Raw], source.name)
    said = _decoded(header.pop("__metadata__", b"{}"), _Said, source.name)
    if said.version != str(VERSION):
        raise Malformed(
            f"a fingerprint of version {printable(said.version, 20)}; this program reads {VERSION}",
            subject=source.name,
        )
    document = _decoded(said.document.encode(), Document, source.name)
    entries = {name: _decoded(entry, _Entry, source.name) for name, entry in header.items()}
    return document, _places(entries, source.size_bytes - 8 - length, source.name), 8 + length


def _decoded(raw: bytes | msgspec.Raw, kind: type[T], subject: str) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except RecursionError as error:
        raise LimitExceeded("nested too deeply", subject=subject) from error
    except (msgspec.DecodeError, ValueError) as error:
        text = printable(str(error), 200)
        raise Malformed(f"not a fingerprint of the known form: {text}", subject=subject) from error


def _places(entries: _Places, size: int, subject: str) -> _Places:
    """Where each array is: in the order of their names, without gaps, to the last byte."""
    at = 0
    for name in sorted(entries):
        entry = entries[name]
        dtype = _TYPES.get(entry.dtype)
        end = at + math.prod(entry.shape) * dtype.itemsize if dtype else -1
        if entry.data_offsets != (at, end) or end > size or len(entry.shape) > _MOST_AXES:
            raise Malformed(f"array {printable(name, 60)} is not where it must be", subject=subject)
        at = end
    if at != size:
        raise Malformed("bytes that belong to no array", subject=subject)
    return entries


def _arrays(data: Array, places: _Places, start: int) -> Arrays:
    """Views where the bytes are aligned, copies where they are not."""
    found: dict[str, Array] = {}
    for name, entry in places.items():
        begin, end = entry.data_offsets
        raw = data[start + begin : start + end]
        dtype = _TYPES[entry.dtype]
        aligned = raw if raw.ctypes.data % dtype.itemsize == 0 else raw.copy()
        found[name] = aligned.view(dtype).reshape(entry.shape)
    return found


def _checked(fingerprint: Fingerprint, subject: str) -> Fingerprint:
    """The fingerprint, if its arrays are those that its document speaks of.

    Raises:
        Malformed: they are not, or a number is not finite.
    """
    wanted = _wanted(fingerprint)
    arrays = fingerprint.arrays
    if wanted.keys() != arrays.keys():
        odd = min(wanted.keys() ^ arrays.keys())
        raise Malformed(f"array {printable(odd, 60)} is missing or not spoken of", subject=subject)
    for name, (kind, shape) in wanted.items():
        array = arrays[name]
        if _NAMES[array.dtype] != kind or not _fits(array.shape, shape):
            raise Malformed(f"array {name} has another shape or type than it must have", subject=subject)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise Malformed(f"array {name} holds a number that is not finite", subject=subject)
    _check_numbers(fingerprint, subject)
    return fingerprint


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Is this the wanted shape? -1 stands for any size, no shape at all for any."""
    return not wanted or (
        len(shape) == len(wanted) and all(w in (h, -1) for h, w in zip(shape, wanted, strict=True))
    )


def _wanted(fingerprint: Fingerprint) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type and shape of every array that the document speaks of; -1 for any size."""
    document = fingerprint.document
    wanted: dict[str, tuple[str, tuple[int, ...]]] = {"samples": ("F32", (len(document.tensors), _SAMPLES))}
    for tensor in document.tensors:
        if tensor.rows >= 0:
            wanted[f"rows.{tensor.rows}"] = ("F16", ())
    if document.blocks:
        wanted["spreads"] = ("F32", (len(document.blocks), len(GATED), SPREADS))
    for number, block in enumerate(document.blocks):
        wanted[f"units.{number}"] = ("F16", (block.count, len(block.features)))
    tokens = 0
    if "tokens.ids" in fingerprint.arrays:
        tokens = len(fingerprint.arrays["tokens.ids"]) if fingerprint.arrays["tokens.ids"].ndim else 0
        wanted["tokens.ids"] = ("I32", (tokens,))
        wanted["tokens.hashes"] = ("U64", (tokens,))
        wanted["tokens.embedding"] = ("F16", (tokens, -1))
    for number in range(len(document.lenses)):
        name = f"lens.{number}.units"
        chosen = fingerprint.arrays[name].size if name in fingerprint.arrays else 0
        wanted[name] = ("I32", (chosen,))
        wanted[f"lens.{number}.first"] = wanted[f"lens.{number}.second"] = ("F16", (chosen, tokens))
    return wanted


def _check_numbers(fingerprint: Fingerprint, subject: str) -> None:
    document = fingerprint.document
    if len(document.blocks) > _MOST_BLOCKS:
        raise LimitExceeded(f"more than {_MOST_BLOCKS} blocks", subject=subject)
    sizes = (document.structure, *document.blocks, *document.tensors)
    if any(n < 0 or n >= 1 << 62 for part in sizes for n in _counts(part)):
        raise Malformed("a size is negative or absurd", subject=subject)
    for block in document.blocks:
        described = len(block.centres) == len(block.features) == len({*block.features} & {*GATED})
        if block.count > block.units or not described:
            raise Malformed(f"block {printable(block.component, 60)} contradicts itself", subject=subject)
    for tensor in document.tensors:
        # Axes of length 1 are no part of the shape, so that one number has none, and a sample of length 1.
        fits = not tensor.sample or len(tensor.sample) <= max(1, len(tensor.shape))
        if not fits or any(n < 1 for n in tensor.sample) or math.prod(tensor.sample) > _SAMPLES:
            raise Malformed(f"a sample of {printable(tensor.component, 60)} is no sample", subject=subject)
        if not _DIGEST.fullmatch(tensor.digest) or len(tensor.shape) > MAX_DIMENSIONS:
            raise Malformed(f"{printable(tensor.component, 60)} contradicts itself", subject=subject)
    if any(not 0 <= lens.block < len(document.blocks) for lens in document.lenses):
        raise Malformed("a lens looks at a block that is not there", subject=subject)
    if not document.declared.key or any(len(text) > _TEXT for text in _texts(document)):
        raise Malformed("a name is empty or longer than any name", subject=subject)
    if any(printable(text) != text for text in _texts(document)):
        raise Malformed("a name holds characters that cannot be shown", subject=subject)


def _counts(part: Any) -> list[int]:
    values = (
        getattr(part, name)
        for name in ("layers", "width", "vocabulary", "units", "count", "shape")
        if hasattr(part, name)
    )
    return [n for value in values for n in (value if isinstance(value, tuple) else (value,))]


def _texts(document: Document) -> list[str]:
    declared = document.declared
    texts = [
        document.tool,
        declared.key,
        declared.title,
        declared.developer,
        declared.licence,
        declared.source,
    ]
    texts += [note.name for note in document.files] + list(document.reading.remarks)
    texts += [text for t in document.tensors for text in (t.component, t.role, t.dtype, t.quantiser)]
    return texts + [text for b in document.blocks for text in (b.component, b.expert, *b.features)]
