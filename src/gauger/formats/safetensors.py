"""Safetensors: one file, shards with an index, or shards alone. Only headers are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object
from gauger.formats.extents import check_extents, check_names, elements_of
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.sniff import sniff_source
from gauger.formats.source import Source

BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64,
    "F64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
"""Bits of one element. Source: `Dtype` of the safetensors reference implementation, 0.6."""

METADATA_TEXT = 4000
_SEPARATORS_PER_TENSOR = 16
_COLONS_PER_TENSOR = 6
_SPARE = 10_000

_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class _Tensor(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[_Size, ...]
    data_offsets: tuple[_Size, _Size]


class _Index(msgspec.Struct, frozen=True):
    weight_map: dict[str, str]


def read_safetensors(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What do these files, which are one model, say they hold?

    Args:
        sources: The shards in order, with or without their index (`*.index.json`).
        limits: Bounds. Peak memory is at most some 700 MB for a hostile header of 100 MB, and about ten times
            the header for an honest one.

    Raises:
        Malformed: a header that is not what the format says; two tensors on the same bytes or of one name.
        LimitExceeded: a header or a directory above the bounds.
        Unreadable: the bytes cannot be had.
    """
    shards = [s for s in sources if sniff_source(s) != "safetensors-index"]
    tensors: list[TensorEntry] = []
    metadata: Facts = {}
    remarks: list[str] = []
    for number, shard in enumerate(shards):
        entries, said = _read_shard(shard, number, limits, remarks)
        tensors += entries
        limits.check(len(tensors), "tensors", subject=shard.name)
        for key, value in said.items():
            metadata.setdefault(key, value)
    subject = shards[0].name if shards else "safetensors"
    check_names(tensors, subject=subject)
    for index in (s for s in sources if s not in shards):
        remarks += _check_index(index, shards, tensors, limits)
    return ModelFile(
        format="safetensors",
        parts=tuple(s.name for s in shards),
        tensors=tuple(tensors),
        metadata=metadata,
        remarks=tuple(remarks),
        read_bytes=sum(s.read_bytes for s in sources),
    )


def _read_shard(
    source: Source, number: int, limits: Limits, remarks: list[str]
) -> tuple[list[TensorEntry], Facts]:
    length = int.from_bytes(source.read_at(0, 8), "little")
    limits.check(length, "header_bytes", subject=source.name)
    header = source.read_at(8, length)
    members = _members(header, limits, source.name)
    metadata = _metadata(members.pop("__metadata__", None), limits, source.name)
    limits.check(len(members), "tensors", subject=source.name)
    if header.count(b'"data_offsets"') != len(members):
        _check_duplicates(header, limits, source.name)
    start = 8 + length
    entries = [_entry(name, raw, number, start, source.name) for name, raw in members.items()]
    remarks += check_extents(
        entries, start=start, size_bytes=source.size_bytes, alignment=1, subject=source.name
    )
    return entries, metadata


def _members(header: bytes, limits: Limits, subject: str) -> dict[str, msgspec.Raw]:
    """The header's first level; nothing below it is built yet.

    Colons and commas are counted first: each member of the first level costs some 250 bytes of memory.
    """
    colons, separators = header.count(b":"), header.count(b",") + header.count(b"[") + header.count(b"{")
    if colons > _COLONS_PER_TENSOR * limits.tensors + _SPARE or separators > (
        _SEPARATORS_PER_TENSOR * limits.tensors + _SPARE
    ):
        raise LimitExceeded(f"the header names more than {limits.tensors} tensors", subject=subject)
    if not header.startswith(b"{"):
        raise Malformed("the header does not begin with '{'", subject=subject)
    members: dict[str, msgspec.Raw] = _decoded(header, dict[str, msgspec.Raw], subject)
    return members


def _decoded(raw: bytes | msgspec.Raw, kind: Any, subject: str) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except RecursionError as error:
        raise LimitExceeded("nested too deeply", subject=subject) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise Malformed(f"not as the format says: {printable(str(error), 200)}", subject=subject) from error


def _metadata(raw: msgspec.Raw | None, limits: Limits, subject: str) -> Facts:
    if raw is None:
        return {}
    limits.check(len(raw), "string_bytes", subject=subject)
    said: dict[str, str] = _decoded(raw, dict[str, str], subject)
    limits.check(len(said), "nodes", subject=subject)
    return {printable(key, 200): printable(value, METADATA_TEXT) for key, value in said.items()}


def _check_duplicates(header: bytes, limits: Limits, subject: str) -> None:
    """Does a name stand twice? Asked only where the count of entries looks wrong: it costs another pass.

    Raises:
        Malformed: it does, or the header is too long to find out.
    """
    if len(header) > limits.text_file_bytes:
        raise Malformed("the header has keys that stand twice or are spelled with escapes", subject=subject)
    twice: list[str] = []
    json_object(header, limits, subject, nodes=_SEPARATORS_PER_TENSOR * limits.tensors, remarks=twice)
    if twice:
        raise Malformed(twice[0], subject=subject)


def _entry(name: str, raw: msgspec.Raw, number: int, start: int, subject: str) -> TensorEntry:
    tensor: _Tensor = _decoded(raw, _Tensor, subject)
    begin, end = tensor.data_offsets
    bits = BITS.get(tensor.dtype)
    wanted = elements_of(tensor.shape, name=name, subject=subject) * bits if bits else 8 * (end - begin)
    if begin > end or wanted != 8 * (end - begin):
        raise Malformed(
            f"tensor {printable(name, 80)}: {printable(tensor.dtype, 20)} {list(tensor.shape)} needs "
            f"{wanted // 8} bytes, its offsets give {end - begin}",
            subject=subject,
        )
    return TensorEntry(
        name=name,
        dtype=printable(tensor.dtype, 40),
        shape=tensor.shape,
        source=number,
        offset=start + begin,
        size_bytes=end - begin,
    )


def _check_index(
    index: Source, shards: Sequence[Source], tensors: Sequence[TensorEntry], limits: Limits
) -> list[str]:
    """What does the index say that the shards do not, and the other way round?"""
    data = index.read_at(0, limits.check(index.size_bytes, "header_bytes", subject=index.name))
    if data.count(b":") > _COLONS_PER_TENSOR * limits.tensors + _SPARE:
        raise LimitExceeded(f"the index names more than {limits.tensors} tensors", subject=index.name)
    document: _Index = _decoded(data, _Index, index.name)
    table = document.weight_map
    names = [_last(s.name) for s in shards]
    held = {entry.name: names[entry.source] for entry in tensors}
    missing = sorted({_last(file) for file in table.values()} - set(names))
    outside = sorted({file for file in table.values() if "/" in file or "\\" in file})
    absent = [n for n, file in table.items() if file in names and held.get(n) != file]
    unnamed = held.keys() - table.keys()
    remarks = [f"{index.name}: shard {printable(file, 120)} is missing" for file in missing[:_NAMED]]
    if len(missing) > _NAMED:
        remarks.append(f"{index.name}: {len(missing) - _NAMED} more shards are missing")
    remarks += [
        f"{index.name}: names a file in another folder: {printable(f, 120)}" for f in outside[:_NAMED]
    ]
    if absent:
        remarks.append(f"{index.name}: {len(absent)} tensors are not in the shard that it names")
    if unnamed:
        remarks.append(f"{index.name}: {len(unnamed)} tensors of the shards are not in the index")
    return remarks


_NAMED = 5


def _last(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
