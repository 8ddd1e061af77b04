"""Tensors inside what a PyTorch pickle would build: names, storages, shapes, places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.extents import elements_of
from gauger.formats.pickle_machine import Call, Name, Persistent, Table

STORAGE_BYTES = {
    "DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8,
    "IntStorage": 4, "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1,
    "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1,
    "QInt32Storage": 4, "UntypedStorage": 1,
}  # fmt: skip
"""Bytes of one element by storage class. Source: `torch.storage` of PyTorch 2."""


_DTYPE = 6
_UNTYPED = {
    "torch.float8_e4m3fn": ("F8_E4M3", 1),
    "torch.float8_e5m2": ("F8_E5M2", 1),
    "torch.float8_e4m3fnuz": ("F8_E4M3FNUZ", 1),
    "torch.float8_e5m2fnuz": ("F8_E5M2FNUZ", 1),
    "torch.float8_e8m0fnu": ("F8_E8M0", 1),
    "torch.uint16": ("U16", 2),
    "torch.uint32": ("U32", 4),
    "torch.uint64": ("U64", 8),
}
"""Types without a storage class of their own: the argument behind hooks names them; safetensors' word for
them and the bytes of one number. Source: `_rebuild_tensor_v3` of PyTorch 2."""


class TorchTensor(msgspec.Struct, frozen=True, kw_only=True):
    """One tensor as the pickle describes it.

    Attributes:
        name: Keys on the way to it, joined by dots.
        dtype: `torch.FloatStorage` and the like.
        shape: Sizes.
        key: The storage's key: the member `data/<key>` of the archive.
        begin: Offset of its first byte in the storage.
        size_bytes: Of its elements.
        storage_bytes: Of the whole storage, as the pickle says.
        strides: Elements from one number to the next along each dimension; empty where they stand row by row
            without gaps.
        span_bytes: From its first byte to behind its last.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    key: str
    begin: int
    size_bytes: int
    storage_bytes: int
    strides: tuple[int, ...]
    span_bytes: int


def torch_tensors(result: Any, limits: Limits, subject: str) -> list[TorchTensor]:
    """Which tensors does this result hold, in the order of the pickle?

    Raises:
        Malformed: a tensor with an impossible shape or outside its storage.
        LimitExceeded: nested too deeply, or too many values.
    """
    return [
        tensor
        for name, call in named_calls(result, limits, subject, is_rebuild)
        if (tensor := _tensor(name, call, subject)) is not None
    ]


def named_calls(
    result: Any, limits: Limits, subject: str, wanted: Callable[[Call], bool]
) -> Iterator[tuple[str, Call]]:
    """The wanted calls inside this result, with the keys on the way to each.

    Each shared value is visited once, so the walk is linear.

    Raises:
        LimitExceeded: nested too deeply.
    """
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", result, 0)]
    while waiting:
        name, value, depth = waiting.pop()
        if depth > limits.depth:
            raise LimitExceeded(f"nested deeper than {limits.depth} levels", subject=subject)
        if isinstance(value, Call) and wanted(value):
            yield name, value
            continue
        children = list(_children(value))
        if not children or id(value) in seen:
            continue
        seen.add(id(value))
        prefix = f"{name}." if name else ""
        waiting += [(f"{prefix}{key}"[:_NAME], child, depth + 1) for key, child in reversed(children)]


_NAME = 1000


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Table):
        yield from ((str(k), v) for k, v in value.pairs if isinstance(k, str | int))
    elif isinstance(value, list | tuple):
        yield from ((str(n), v) for n, v in enumerate(value) if isinstance(v, Table | list | tuple | Call))
    elif isinstance(value, Call):
        if value.state is not None:
            yield from _children(value.state)
        elif isinstance(value.arguments, tuple):
            yield from _children(value.arguments)


def is_rebuild(call: Call) -> bool:
    """Does this call rebuild a tensor of PyTorch's?"""
    return isinstance(call.function, Name) and call.function.text.startswith("torch._utils._rebuild_")


def _tensor(name: str, call: Call, subject: str) -> TorchTensor | None:
    """None for what is no plain tensor: sparse, quantised, or of an unknown storage."""
    arguments = call.arguments
    if isinstance(arguments, tuple) and arguments and isinstance(arguments[0], Call):
        return _tensor(name, arguments[0], subject) if is_rebuild(arguments[0]) else None
    storage = _storage(arguments[0]) if isinstance(arguments, tuple) and len(arguments) >= 4 else None
    if storage is None:
        return None
    dtype, key, count = storage
    offset, shape, strides = arguments[1:4]
    if not _whole((offset,)) or not _whole(shape) or not _whole(strides) or len(shape) != len(strides):
        raise Malformed(f"tensor {printable(name, 80)} has no proper shape", subject=subject)
    item = STORAGE_BYTES.get(dtype.rpartition(".")[2], 0)
    if dtype.endswith(".UntypedStorage") and len(arguments) > _DTYPE and isinstance(arguments[_DTYPE], Name):
        dtype, item = _UNTYPED.get(arguments[_DTYPE].text, (dtype, 1))
        count //= item
    elements = elements_of(shape, name=name, subject=subject)
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    if item and elements and (last >= count or last < offset):
        raise Malformed(f"tensor {printable(name, 80)} reaches outside its storage", subject=subject)
    return TorchTensor(
        name=name,
        dtype=dtype,
        shape=shape,
        key=key,
        begin=offset * item,
        size_bytes=elements * item,
        storage_bytes=count * item,
        strides=() if _in_rows(shape, strides) else strides,
        span_bytes=(last + 1 - offset) * item if elements else 0,
    )


def _storage(value: Any) -> tuple[str, str, int] | None:
    """Class, key and number of elements: `('storage', class, key, device, number)`."""
    parts = value.value if isinstance(value, Persistent) else None
    if not isinstance(parts, tuple) or len(parts) < 5 or parts[0] != "storage":
        return None
    kind, key, count = parts[1], parts[2], parts[4]
    if not isinstance(kind, Name) or not isinstance(key, str) or not _whole((count,)):
        return None
    return kind.text, key, count


def _whole(values: Any) -> bool:
    return isinstance(values, tuple) and all(type(v) is int and 0 <= v < 1 << 62 for v in values)


def _in_rows(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    step = 1
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if size != 1 and stride != step:
            return False
        step *= size
    return True
