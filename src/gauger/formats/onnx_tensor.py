"""One ONNX `TensorProto`: its name, type, shape, and where its numbers stand.

Source of field numbers: `onnx.proto3` of ONNX 1.18.
"""

from __future__ import annotations

import msgspec

from gauger.formats.model_file import Encoding
from gauger.formats.protobuf import BYTES, FIXED32, VARINT, Field, Wire, signed

TYPES = {
    1: "FLOAT",
    2: "UINT8",
    3: "INT8",
    4: "UINT16",
    5: "INT16",
    6: "INT32",
    7: "INT64",
    8: "STRING",
    9: "BOOL",
    10: "FLOAT16",
    11: "DOUBLE",
    12: "UINT32",
    13: "UINT64",
    14: "COMPLEX64",
    15: "COMPLEX128",
    16: "BFLOAT16",
    17: "FLOAT8E4M3FN",
    18: "FLOAT8E4M3FNUZ",
    19: "FLOAT8E5M2",
    20: "FLOAT8E5M2FNUZ",
    21: "UINT4",
    22: "INT4",
    23: "FLOAT4E2M1",
    24: "FLOAT8E8M0",
}
"""`TensorProto.DataType`."""

BITS = {
    "FLOAT": 32, "UINT8": 8, "INT8": 8, "UINT16": 16, "INT16": 16, "INT32": 32, "INT64": 64, "BOOL": 8,
    "FLOAT16": 16, "DOUBLE": 64, "UINT32": 32, "UINT64": 64, "COMPLEX64": 64, "COMPLEX128": 128,
    "BFLOAT16": 16,
    "FLOAT8E4M3FN": 8, "FLOAT8E4M3FNUZ": 8, "FLOAT8E5M2": 8, "FLOAT8E5M2FNUZ": 8, "UINT4": 4, "INT4": 4,
    "FLOAT4E2M1": 4, "FLOAT8E8M0": 8,
}  # fmt: skip
"""Bits of one element in `raw_data`; strings have none."""

_DIMS, _TYPE, _FLOATS, _INT32S, _INT64S, _NAME, _RAW, _DOUBLES, _UINT64S, _EXTERNAL, _PLACE = (
    1, 2, 4, 5, 7, 8, 9, 10, 11, 13, 14,
)  # fmt: skip
_SAME_BYTES = {_RAW: "", _FLOATS: "FLOAT", _DOUBLES: "DOUBLE"}
"""Fields whose packed content is the same bytes as `raw_data` would be, for tensors of that type."""


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A tensor as the message has it.

    Attributes:
        name: As written.
        dtype: One of `TYPES`, or `type-N`.
        shape: As written.
        offset: Of the first byte in the file or in the external file; -1 where numbers have to be decoded
            one by one (varints, single floats): `encoding` then says where they stand.
        size_bytes: Of the stored bytes; -1 where there are none that could be counted.
        external: Path of the external file as written, or None.
        encoding: Where numbers have to be decoded one by one.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    size_bytes: int
    external: str | None = None
    encoding: Encoding | None = None


def read_stored(wire: Wire, field: Field) -> Stored:
    """Which tensor is this message?

    Raises:
        Malformed: not such a message.
        LimitExceeded: a name or list above the bounds.
    """
    name, kind = "", 0
    shape: list[int] = []
    numbers: Field | None = None
    single = _Singles()
    external: dict[str, str] = {}
    is_external = False
    for part in wire.inside(field):
        if part.number == _DIMS:
            shape += [signed(value) for value in wire.numbers(part)]
        elif part.number == _TYPE and part.wire == VARINT:
            kind = part.value
        elif part.number == _NAME and part.wire == BYTES:
            name = wire.text(part)
        elif part.number == _PLACE and part.wire == VARINT:
            is_external = part.value == 1
        elif part.number == _EXTERNAL:
            external |= _entry(wire, part)
        elif part.number in (_RAW, _FLOATS, _INT32S, _INT64S, _DOUBLES, _UINT64S):
            numbers = part if part.wire == BYTES else None
            if part.wire != BYTES:
                single.add(part)
    dtype = TYPES.get(kind, f"type-{kind}")
    offset, size = _place(numbers, dtype)
    encoding = single.encoding(dtype) if numbers is None else _packed(numbers, dtype)
    if is_external:
        offset, size = _number(external.get("offset", "0")), _number(external.get("length", "-1"))
    return Stored(
        name=name,
        dtype=dtype,
        shape=tuple(shape),
        offset=offset,
        size_bytes=size,
        external=external.get("location", "") if is_external else None,
        encoding=encoding if offset < 0 and not is_external else None,
    )


def _place(numbers: Field | None, dtype: str) -> tuple[int, int]:
    if numbers is None or _SAME_BYTES.get(numbers.number, "?") not in ("", dtype):
        return -1, -1
    return numbers.offset, numbers.value


_HOLDS = {
    _INT32S: frozenset(TYPES.values()) - {"FLOAT", "INT64", "STRING", "DOUBLE", "UINT32", "UINT64"},
    _INT64S: frozenset({"INT64"}),
    _UINT64S: frozenset({"UINT32", "UINT64"}),
    _FLOATS: frozenset({"FLOAT"}),
    _DOUBLES: frozenset({"DOUBLE"}),
}
"""Which types each field of numbers holds."""


def _packed(numbers: Field, dtype: str) -> Encoding | None:
    """Varints one after the other; fields of fixed size are `_SAME_BYTES`."""
    if numbers.number not in (_INT32S, _INT64S, _UINT64S) or dtype not in _HOLDS[numbers.number]:
        return None
    return Encoding(kind="varints", offset=numbers.offset, size_bytes=numbers.value)


class _Singles:
    """Numbers of a repeated field that was not packed: each behind its tag, which is one byte here."""

    def __init__(self) -> None:
        self._number = 0
        self._begin = -1
        self._end = -1
        self._whole = True

    def add(self, part: Field) -> None:
        """Takes the next of them; they must follow each other without a gap."""
        if part.wire == VARINT:
            begin, end = part.offset - max(1, -(-part.value.bit_length() // 7)) - 1, part.offset
        else:
            begin, end = part.offset - 1, part.offset + (4 if part.wire == FIXED32 else 8)
        if self._begin < 0:
            self._number, self._begin = part.number, begin
        elif begin != self._end or part.number != self._number:
            self._whole = False
        self._end = end

    def encoding(self, dtype: str) -> Encoding | None:
        """Where they stand; None where there are none, or not in one piece, or of another type."""
        if self._begin < 0 or not self._whole or dtype not in _HOLDS.get(self._number, ()):
            return None
        kind = {_FLOATS: "tagged-4", _DOUBLES: "tagged-8"}.get(self._number, "tagged-varints")
        return Encoding(kind=kind, offset=self._begin, size_bytes=self._end - self._begin)


def _entry(wire: Wire, field: Field) -> dict[str, str]:
    key, value = "", ""
    for part in wire.inside(field):
        if part.wire == BYTES and part.number in (1, 2):
            text = wire.text(part)
            key, value = (text, value) if part.number == 1 else (key, text)
    return {key: value}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
