"""NumPy arrays inside a pickle: names, shapes, and where their numbers stand in the file.

PaddlePaddle's `.pdparams` and many pickled estimators are dictionaries of such arrays. From protocol 3 on the
numbers stand in the pickle as they are; before, they are text, and arrays are listed without a place.
Source: `ndarray.__reduce__` and `dtype.__reduce__` of NumPy 2.
"""

from __future__ import annotations

from math import prod
from typing import Any

import msgspec

from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.distinct import Distinct
from gauger.formats.extents import MAX_DIMENSIONS, elements_of
from gauger.formats.model_file import TensorEntry
from gauger.formats.pickle_machine import Call, Name
from gauger.formats.pickle_opcodes import Payload
from gauger.formats.torch_tensors import named_calls

_RECONSTRUCT = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
_FROM_BUFFER = ("numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer")
_TYPES = {
    "f2": "FLOAT16", "f4": "FLOAT32", "f8": "FLOAT64", "i1": "INT8", "i2": "INT16", "i4": "INT32",
    "i8": "INT64", "u1": "UINT8", "u2": "UINT16", "u4": "UINT32", "u8": "UINT64", "b1": "BOOL",
}  # fmt: skip


def numpy_entries(result: Any, limits: Limits, subject: str) -> list[TensorEntry]:
    """Which arrays of numbers does this result hold, in the order of the pickle?

    Arrays whose bytes do not fit their shape, and those of objects or records, are left out.

    Raises:
        Malformed: an array of an impossible size.
        LimitExceeded: nested too deeply, or too many arrays.
    """
    entries: list[TensorEntry] = []
    names = Distinct()
    for name, call in named_calls(result, limits, subject, _is_array):
        entry = _entry(name, call, subject)
        if entry is not None:
            limits.check(len(entries) + 1, "tensors", subject=subject)
            own = names.take(printable(name, 1000) or "array")
            entries.append(msgspec.structs.replace(entry, name=own))
    return entries


def _is_array(call: Call) -> bool:
    return isinstance(call.function, Name) and call.function.text in (*_RECONSTRUCT, *_FROM_BUFFER)


def _entry(name: str, call: Call, subject: str) -> TensorEntry | None:
    """From the state (version, shape, type, column by column, bytes), or from a buffer (protocol 5)."""
    parts = call.arguments if call.function.text in _FROM_BUFFER else call.state
    if not isinstance(parts, tuple):
        return None
    if call.function.text in _FROM_BUFFER and len(parts) == 4:
        data, kind, shape, by_columns = parts[0], parts[1], parts[2], parts[3] == "F"
    elif call.function.text in _RECONSTRUCT and len(parts) == 5:
        shape, kind, by_columns, data = parts[1], parts[2], bool(parts[3]), parts[4]
    else:
        return None
    dtype, item = _number_type(kind)
    if not item or not isinstance(shape, tuple) or len(shape) > MAX_DIMENSIONS:
        return None
    if not all(type(size) is int and 0 <= size < 1 << 62 for size in shape):
        return None
    size = item * elements_of(shape, name=name, subject=subject)
    here = isinstance(data, Payload) and data.at >= 0
    if here and size != data.size_bytes:
        return None
    strides = tuple(prod(shape[:n]) for n in range(len(shape))) if by_columns and len(shape) > 1 else ()
    return TensorEntry(
        name=name,
        dtype=dtype,
        shape=shape,
        offset=data.at if here else -1,  # up to protocol 2 bytes are written as text
        size_bytes=size,
        strides=strides,
    )


def _number_type(kind: Any) -> tuple[str, int]:
    """Name and bytes of one number: `dtype('f4', ...)` whose state has the byte order in its second place."""
    if not isinstance(kind, Call) or not isinstance(kind.arguments, tuple) or not kind.arguments:
        return "", 0
    code = kind.arguments[0]
    if not isinstance(code, str) or code not in _TYPES:
        return "", 0
    order = kind.state[1] if isinstance(kind.state, tuple) and len(kind.state) > 1 else "<"
    name = f"big-endian {_TYPES[code]}" if order == ">" and code[1] != "1" else _TYPES[code]
    return name, int(code[1])
