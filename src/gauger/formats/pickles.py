"""Bare pickles: what loading one would call, and the tensors of PyTorch's format from before its archives."""

from __future__ import annotations

from collections.abc import Sequence

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.numpy_pickles import numpy_entries
from gauger.formats.pickle_machine import Machine
from gauger.formats.pickle_names import unsafe_names
from gauger.formats.sniff import TEXT_PICKLE_STARTS
from gauger.formats.source import Source
from gauger.formats.torch_tensors import TorchTensor, torch_tensors

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
        The model; `unsafe` names what is not known to be harmless. Tensors are those of PyTorch's older
        format, where the storages follow behind the pickles, and NumPy arrays.

    Raises:
        Malformed: not one operation could be followed.
        LimitExceeded: too many operations in the first pickle.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    names: dict[str, None] = {}
    remarks: list[str] = []
    found: list[TorchTensor] = []
    arrays: list[TensorEntry] = []
    places: dict[str, int] = {}
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
        if finished and not legacy:
            arrays += numpy_entries(machine.result, limits, source.name)
        if legacy and count == _LEGACY_OBJECT:
            found = torch_tensors(machine.result, limits, source.name)
        count += finished
        at = machine.end
        if legacy and finished and count == _LEGACY_PICKLES:
            places = _storages(source, at, machine.result, found, remarks)
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
        tensors=(*(_entry(tensor, places) for tensor in found), *arrays),
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


def _storages(
    source: Source, at: int, keys: object, found: Sequence[TorchTensor], remarks: list[str]
) -> dict[str, int]:
    """Where each storage's first byte is: behind the pickles, in the order of the keys, behind their lengths.

    Source: `_legacy_load` of `torch.serialization` in PyTorch 2.
    """
    sizes = {tensor.key: tensor.storage_bytes for tensor in found}
    places: dict[str, int] = {}
    for key in keys if isinstance(keys, list) else ():
        if not isinstance(key, str) or key not in sizes or key in places:
            remarks.append(f"{source.name}: storages follow that no tensor names")
            break
        if at + _COUNT_BYTES + sizes[key] > source.size_bytes:
            remarks.append(f"{source.name}: cut off inside the storages")
            break
        places[key] = at + _COUNT_BYTES
        at += _COUNT_BYTES + sizes[key]
    return places


_COUNT_BYTES = 8


def _entry(tensor: TorchTensor, places: dict[str, int]) -> TensorEntry:
    return TensorEntry(
        name=tensor.name,
        dtype=tensor.dtype,
        shape=tensor.shape,
        offset=places[tensor.key] + tensor.begin if tensor.key in places else -1,
        size_bytes=tensor.size_bytes,
        strides=tensor.strides,
    )
