"""Protocol buffers' wire format, walked field by field without reading what is passed over.

Source: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.source import Source

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_WINDOW = 1 << 16
_LONGEST_VARINT = 10
_FAR = 1 << 62


class Field(NamedTuple):
    """One field of a message.

    Attributes:
        number: The field's number.
        wire: `VARINT`, `FIXED64`, `BYTES` or `FIXED32`.
        value: The number (unsigned) for the first, second and last; the length for `BYTES`.
        offset: Where the content begins, from the start of the source.
    """

    number: int
    wire: int
    value: int
    offset: int


class CutOff(Malformed):
    """The file ends inside a message: what came before it may still be of use."""


class Wire:
    """Walks messages inside a source.

    Memory: one window of 64 KB; content is read only when it is asked for. Every field that is looked at
    counts against `limits.items`, whatever message it is in, so that a file of empty fields ends.

    Args:
        source: The file.
        limits: Bounds.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self._window = b""
        self._start = 0
        self._fields = 0

    def whole(self) -> Iterator[Field]:
        """The fields of the message that the whole source is. A file that was cut yields what there is.

        Raises:
            CutOff: the last field is not whole.
            Malformed: as `fields`.
            LimitExceeded: as `fields`.
        """
        for field in self.fields(0, _FAR, stop=self.source.size_bytes):
            yield field
            if field.wire == BYTES and field.offset + field.value > self.source.size_bytes:
                raise CutOff("the file is cut off", subject=self.source.name)

    def fields(self, start: int, end: int, *, stop: int | None = None) -> Iterator[Field]:
        """The fields of the message between these two places; none that begins at or after `stop`.

        Raises:
            CutOff: the file ends before the message does.
            Malformed: a field that does not fit its message, number 0 (no field has it), a group, a number
                that never ends.
            LimitExceeded: too many fields.
        """
        at = start
        while at < (end if stop is None else stop):
            self._fields += 1
            if self._fields > self.limits.items:
                raise LimitExceeded(f"more than {self.limits.items} fields", subject=self.source.name)
            tag, at = self._varint(at, end)
            number, wire = tag >> 3, tag & 7
            if not number:
                raise Malformed(f"field number 0 at byte {at - 1}", subject=self.source.name)
            if wire in (VARINT, BYTES):
                value, at = self._varint(at, end)
                length = value if wire == BYTES else 0
            elif wire in (FIXED32, FIXED64):
                length = 4 if wire == FIXED32 else 8
                self._fits(at, length, end)
                value = int.from_bytes(self._peek(at, length), "little")
            else:
                raise Malformed(f"wire type {wire} at byte {at}", subject=self.source.name)
            self._fits(at, length, end)
            yield Field(number, wire, value, at)
            at += length

    def inside(self, field: Field) -> Iterator[Field]:
        """The fields of a message that is the content of this field.

        Raises:
            Malformed: the field holds no message; as `fields`.
        """
        self._need_bytes(field)
        return self.fields(field.offset, field.offset + field.value)

    def content(self, field: Field, bound: str = "string_bytes") -> bytes:
        """The bytes of this field.

        Raises:
            LimitExceeded: more than the bound of that name.
            Malformed: the field holds no bytes, or they are not all in the file.
        """
        self._need_bytes(field)
        return self._peek(field.offset, self.limits.check(field.value, bound, subject=self.source.name))

    def text(self, field: Field) -> str:
        """The text of this field; bytes that are not UTF-8 are replaced."""
        return self.content(field).decode("utf-8", "replace")

    def numbers(self, field: Field) -> list[int]:
        """The numbers of a repeated integer field, packed or not; unsigned.

        Raises:
            LimitExceeded: more than `items`.
            Malformed: the content is not numbers.
        """
        if field.wire != BYTES:
            return [field.value]
        found: list[int] = []
        at, end = field.offset, field.offset + field.value
        while at < end:
            value, at = self._varint(at, end)
            found.append(value)
            self.limits.check(len(found), "items", subject=self.source.name)
        return found

    def _need_bytes(self, field: Field) -> None:
        if field.wire != BYTES:
            raise Malformed(f"field {field.number} holds a number, not bytes", subject=self.source.name)

    def _fits(self, at: int, length: int, end: int) -> None:
        if at + length > end:
            raise Malformed(f"a field of {length} bytes at byte {at} does not fit", subject=self.source.name)

    def _peek(self, at: int, length: int) -> bytes:
        begin = at - self._start
        if begin < 0 or begin + length > len(self._window):
            left = self.source.size_bytes - at
            if length > left or left <= 0:
                raise CutOff("the file is cut off", subject=self.source.name)
            if length > _WINDOW:
                return self.source.read_at(at, length)
            self._window = self.source.read_at(at, min(_WINDOW, left))
            self._start, begin = at, 0
        return self._window[begin : begin + length]

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        inside, window = at - self._start, self._window
        if at < end and 0 <= inside < len(window) and window[inside] < 0x80:
            return window[inside], at + 1
        data = self._peek(at, max(0, min(_LONGEST_VARINT, end - at, self.source.size_bytes - at)))
        value = 0
        for used, byte in enumerate(data, start=1):
            value |= (byte & 0x7F) << (7 * used - 7)
            if byte < 0x80:
                return value & _U64, at + used
        if at + len(data) < end and len(data) < _LONGEST_VARINT:
            raise CutOff("the file is cut off", subject=self.source.name)
        raise Malformed(f"a number at byte {at} does not end", subject=self.source.name)


_U64 = (1 << 64) - 1


def signed(value: int) -> int:
    """The signed 64-bit number that this unsigned one stands for (`int32` and `int64` fields)."""
    return value - (1 << 64) if value >= 1 << 63 else value
