"""Bare pickles: what loading one would call, and the tensors of PyTorch's format from before its archives."""

from __future__ import annotations

from collections.abc import Sequence

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.pickle_machine import Machine
from gauger.formats.pickle_names import unsafe_names
from gauger.formats.sniff import TEXT_PICKLE_STARTS
from gauger.formats.source import Source
from gauger.formats.torch_tensors import torch_tensors

_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""First pickle of a legacy file. Source: `torch.serialization.MAGIC_NUMBER`."""

_MOST_PICKLES = 64


def read_pickle(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What would loading this pickle call, and which tensors does it describe?

    Several pickles one after the other are followed, as loaders of the older PyTorch format do. One that
    breaks off is reported with what was seen before: loading would have run that far.

    Args:
        sources: One file.
        limits: Bounds; `limits.items` operations in all. Peak memory some 400 MB.

    Returns:
        The model; `unsafe` names what is not known to be harmless. Tensors have no offsets.

    Raises:
        Malformed: not one operation could be followed.
        LimitExceeded: too many operations in the first pickle.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    names: dict[str, None] = {}
    remarks: list[str] = []
    tensors: list[TensorEntry] = []
    at = steps = count = 0
    legacy = False
    while at < source.size_bytes and count < _MOST_PICKLES:
        # Only the first may be of a protocol without a mark: what follows may be anything.
        first = source.read_at(at, 1)
        if first != b"\x80" and (count or first not in TEXT_PICKLE_STARTS):
            break
        machine = Machine(source, limits)
        finished = _run(machine, at, limits, steps, remarks)
        names |= machine.names
        steps += machine.steps
        legacy = legacy or (count == 0 and machine.result == _TORCH_MAGIC)
        if legacy and count == _LEGACY_OBJECT:
            tensors += _tensors(machine, limits, source)
        count += finished
        at = machine.end
        if not finished or (legacy and count == _LEGACY_PICKLES):
            break
    if not steps:
        raise Malformed("not a pickle", subject=source.name)
    if at < source.size_bytes and not legacy and not remarks:
        remarks.append(f"{source.name}: {source.size_bytes - at} bytes follow after the last pickle")
    metadata: Facts = {"pickles": count, "operations": steps, "legacy_torch": legacy}
    return ModelFile(
        format="pickle",
        parts=(source.name,),
        tensors=tuple(tensors),
        metadata=metadata | {"globals": tuple(sorted(names)[:256])},
        remarks=tuple(remarks),
        unsafe=unsafe_names(names),
        read_bytes=source.read_bytes,
    )


_LEGACY_OBJECT = 3
_LEGACY_PICKLES = 5
"""Magic number, protocol, system, the object, storage keys; then raw storages."""


def _run(machine: Machine, at: int, limits: Limits, steps: int, remarks: list[str]) -> bool:
    """Whether the pickle came to its end; else a remark says why not."""
    try:
        machine.run(at, limits.items - steps)
    except (Malformed, LimitExceeded) as error:
        if not machine.steps:
            raise
        remarks.append(f"the pickle breaks off after {machine.steps} operations: {error.message}")
        return False
    return True


def _tensors(machine: Machine, limits: Limits, source: Source) -> list[TensorEntry]:
    return [
        TensorEntry(name=t.name, dtype=t.dtype, shape=t.shape, offset=-1, size_bytes=t.size_bytes)
        for t in torch_tensors(machine.result, limits, source.name)
    ]
