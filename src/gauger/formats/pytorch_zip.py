"""PyTorch's zip archives: the tensor directory out of `data.pkl`, read and never loaded."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.extents import check_names
from gauger.formats.model_file import Encoding, ModelFile, TensorEntry
from gauger.formats.pickle_machine import Machine
from gauger.formats.pickle_names import unsafe_names
from gauger.formats.sniff import sniff_source
from gauger.formats.source import MemorySource, Source
from gauger.formats.torch_tensors import TorchTensor, torch_tensors
from gauger.formats.zip_directory import DEFLATED, STORED, Member, data_offset, read_member, zip_members

_STORAGES = {"data.pkl": "data", "constants.pkl": "constants"}
"""Pickles that hold tensors, with the folder of their storages. TorchScript keeps those that its code uses as
constants apart; the code itself is never looked at."""

_SMALL_MEMBERS = ("version", "byteorder", ".format_version")


def read_pytorch_zip(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What do these PyTorch archives, which are one model, hold?

    Args:
        sources: The shards in order; an index beside them is passed over.
        limits: Bounds. Peak memory is some 400 MB for a hostile pickle of two million operations.

    Returns:
        The model; `unsafe` names what loading would have called. A pickle that breaks off is reported with
        what was seen before, since loading would have run that far.

    Raises:
        Malformed: no archive, no `data.pkl`, or tensors outside their storages.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    shards = [s for s in sources if sniff_source(s) != "safetensors-index"]
    tensors: list[TensorEntry] = []
    names: list[str] = []
    remarks: list[str] = []
    metadata: Facts = {}
    for number, source in enumerate(shards):
        members = zip_members(source, limits)
        names += _read_archive(source, number, members, limits, tensors, remarks)
        for key, value in _small_facts(source, members, limits).items():
            metadata.setdefault(key, value)
    limits.check(len(tensors), "tensors", subject=shards[0].name)
    check_names(tensors, subject=shards[0].name)
    return ModelFile(
        format="pytorch-zip",
        parts=tuple(s.name for s in shards),
        tensors=tuple(tensors),
        metadata=metadata,
        remarks=tuple(remarks),
        unsafe=unsafe_names(names),
        read_bytes=sum(s.read_bytes for s in sources),
    )


def _read_archive(
    source: Source,
    number: int,
    members: dict[str, Member],
    limits: Limits,
    tensors: list[TensorEntry],
    remarks: list[str],
) -> list[str]:
    """Appends the archive's tensors; returns the names that its pickles ask for."""
    pickles = [m for name, m in members.items() if name.endswith(".pkl")]
    main = next((m for m in pickles if m.name.rpartition("/")[2] == "data.pkl"), None)
    if main is None:
        raise Malformed("the archive holds no data.pkl", subject=source.name)
    folder = main.name.removesuffix("data.pkl")
    names: list[str] = []
    for member in pickles:
        inner = MemorySource(
            read_member(source, member, limits), name=f"{source.name}!{printable(member.name, 80)}"
        )
        machine = Machine(inner, limits)
        try:
            machine.run(0, limits.items)
        except Malformed as error:
            remarks.append(f"{inner.name}: breaks off after {machine.steps} operations: {error.message}")
        names += machine.names
        kind = _STORAGES.get(member.name.removeprefix(folder))
        if kind is not None:
            found = torch_tensors(machine.result, limits, source.name)
            prefix = "" if member is main else f"{kind}."
            tensors += _entries(source, number, f"{folder}{kind}/", members, found, remarks, prefix=prefix)
    return names


def _entries(
    source: Source,
    number: int,
    folder: str,
    members: dict[str, Member],
    found: Sequence[TorchTensor],
    remarks: list[str],
    *,
    prefix: str,
) -> list[TensorEntry]:
    places: dict[str, int] = {}
    packed: dict[str, Encoding] = {}
    for key in {tensor.key for tensor in found}:
        holder = members.get(f"{folder}{key}")
        places[key] = _storage_offset(source, holder)
        if holder is not None and holder.method == DEFLATED and not holder.encrypted:
            packed[key] = Encoding(
                kind="deflate",
                offset=data_offset(source, holder),
                size_bytes=holder.packed_bytes,
                unpacked_bytes=holder.size_bytes,
            )
    gone = sum(f"{folder}{key}" not in members for key in places)
    if gone:
        remarks.append(f"{source.name}: {gone} storages are not in the archive")
    entries = []
    for tensor in found:
        member = members.get(f"{folder}{tensor.key}")
        if member is not None and tensor.begin + tensor.span_bytes > member.size_bytes:
            raise Malformed(
                f"tensor {printable(tensor.name, 80)} is longer than its storage", subject=source.name
            )
        at = places[tensor.key]
        entries.append(
            TensorEntry(
                name=printable(f"{prefix}{tensor.name}", 1000),
                dtype=tensor.dtype,
                shape=tensor.shape,
                source=number,
                offset=at + tensor.begin if at >= 0 else -1,
                size_bytes=tensor.size_bytes,
                strides=tensor.strides,
                encoding=_within(packed[tensor.key], tensor.begin) if tensor.key in packed else None,
            )
        )
    return entries


def _within(storage: Encoding, begin: int) -> Encoding:
    return msgspec.structs.replace(storage, begin=begin)


def _storage_offset(source: Source, member: Member | None) -> int:
    return data_offset(source, member) if member is not None and member.method == STORED else -1


def _small_facts(source: Source, members: dict[str, Member], limits: Limits) -> Facts:
    """The archive's version and byte order; whether it is TorchScript."""
    facts: Facts = {}
    for name, member in members.items():
        last = name.rpartition("/")[2]
        if last in _SMALL_MEMBERS and member.size_bytes <= 64 and name.count("/") <= 1:
            facts[last.lstrip(".")] = printable(
                read_member(source, member, limits).decode("utf-8", "replace").strip(), 64
            )
    if any("/code/__torch__" in name for name in members):
        facts["torchscript"] = True
    return facts
