"""Decodes a pickle into its operations without performing any; long payloads are passed over, not read.

Source of the opcodes: `pickletools` of Python 3.11, protocols 0 to 5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.source import Source

_FIXED = {
    "BININT": (b"J", "<i"),
    "BININT1": (b"K", "<B"),
    "BININT2": (b"M", "<H"),
    "BINFLOAT": (b"G", ">d"),
    "BINPUT": (b"q", "<B"),
    "LONG_BINPUT": (b"r", "<I"),
    "BINGET": (b"h", "<B"),
    "LONG_BINGET": (b"j", "<I"),
    "EXT1": (b"\x82", "<B"),
    "EXT2": (b"\x83", "<H"),
    "EXT4": (b"\x84", "<i"),
    "PROTO": (b"\x80", "<B"),
    "FRAME": (b"\x95", "<Q"),
}
_COUNTED = {
    "BINSTRING": (b"T", 4),
    "SHORT_BINSTRING": (b"U", 1),
    "BINBYTES": (b"B", 4),
    "SHORT_BINBYTES": (b"C", 1),
    "BINBYTES8": (b"\x8e", 8),
    "BYTEARRAY8": (b"\x96", 8),
    "BINUNICODE": (b"X", 4),
    "SHORT_BINUNICODE": (b"\x8c", 1),
    "BINUNICODE8": (b"\x8d", 8),
    "LONG1": (b"\x8a", 1),
    "LONG4": (b"\x8b", 4),
}
_LINES = {
    "INT": (b"I", 1),
    "LONG": (b"L", 1),
    "FLOAT": (b"F", 1),
    "STRING": (b"S", 1),
    "UNICODE": (b"V", 1),
    "PERSID": (b"P", 1),
    "PUT": (b"p", 1),
    "GET": (b"g", 1),
    "GLOBAL": (b"c", 2),
    "INST": (b"i", 2),
}
_BARE = {
    "MARK": b"(", "STOP": b".", "POP": b"0", "POP_MARK": b"1", "DUP": b"2", "NONE": b"N", "NEWTRUE": b"\x88",
    "NEWFALSE": b"\x89", "REDUCE": b"R", "BUILD": b"b", "APPEND": b"a", "APPENDS": b"e", "SETITEM": b"s",
    "SETITEMS": b"u", "DICT": b"d", "LIST": b"l", "TUPLE": b"t", "EMPTY_DICT": b"}", "EMPTY_LIST": b"]",
    "EMPTY_TUPLE": b")", "EMPTY_SET": b"\x8f", "ADDITEMS": b"\x90", "FROZENSET": b"\x91", "NEWOBJ": b"\x81",
    "NEWOBJ_EX": b"\x92", "STACK_GLOBAL": b"\x93", "MEMOIZE": b"\x94", "TUPLE1": b"\x85", "TUPLE2": b"\x86",
    "TUPLE3": b"\x87", "BINPERSID": b"Q", "OBJ": b"o", "NEXT_BUFFER": b"\x97", "READONLY_BUFFER": b"\x98",
}  # fmt: skip

_BY_CODE: dict[int, tuple[str, Any]] = (
    {code[0]: (name, struct.Struct(form)) for name, (code, form) in _FIXED.items()}
    | {code[0]: (name, -width) for name, (code, width) in _COUNTED.items()}
    | {code[0]: (name, lines) for name, (code, lines) in _LINES.items()}
    | {code[0]: (name, 0) for name, code in _BARE.items()}
)

NAMES = frozenset(name for name, _ in _BY_CODE.values())
"""All operations; a test compares them with `pickletools`."""

_WINDOW = 1 << 16
_LINE = 4096
_LONG_BYTES = 64


class Payload(NamedTuple):
    """Bytes, text or a number that is not kept: only its size is known, and of bytes their place.

    Attributes:
        size_bytes: How long it is.
        at: Where its first byte stands in the file; -1 where that does not matter.
    """

    size_bytes: int
    at: int = -1


class Operation(NamedTuple):
    """One operation.

    Attributes:
        name: As in `pickletools`.
        argument: Number, bytes, a `Payload`, or None.
        after: Where the next one begins.
    """

    name: str
    argument: Any
    after: int


def operations(
    source: Source, limits: Limits, *, at: int = 0, budget: int | None = None
) -> Iterator[Operation]:
    """Which operations make up the pickle that begins at `at`? Ends after STOP.

    Memory: one window of 64 KB. Payloads of more than 64 KB are passed over, and all of them once
    `limits.header_bytes` were handed out.

    Args:
        source: The file.
        limits: Bounds.
        at: Where the pickle begins.
        budget: How many operations are allowed; `limits.items` by default.

    Raises:
        Malformed: an unknown operation, or the file ends before STOP.
        LimitExceeded: too many operations.
        Unreadable: the bytes cannot be had.
    """
    window = _Window(source)
    kept = limits.header_bytes
    for _ in range(limits.items if budget is None else budget):
        code = window.take(at, 1)[0]
        if code not in _BY_CODE:
            raise Malformed(f"byte {at} is no pickle operation", subject=source.name)
        name, form = _BY_CODE[code]
        at += 1
        argument: Any = None
        if isinstance(form, struct.Struct):
            argument = form.unpack(window.take(at, form.size))[0]
            at += form.size
        elif form < 0:
            length = int.from_bytes(window.take(at, -form), "little")
            at += length - form
            argument = _payload(window, at - length, length, name, kept)
            kept -= 0 if isinstance(argument, Payload) else length
        elif form > 0:
            argument, at = _lines(window, at, form)
        yield Operation(name, argument, at)
        if name == "STOP":
            return
    raise LimitExceeded("too many pickle operations", subject=source.name)


class _Window:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._data = b""
        self._start = 0

    def take(self, at: int, length: int, *, short: bool = False) -> bytes:
        begin = at - self._start
        if begin < 0 or begin + length > len(self._data):
            left = max(0, self._source.size_bytes - at)
            if length > left and not short:
                raise Malformed("the pickle is cut off", subject=self._source.name)
            self._data = self._source.read_at(at, min(max(length, _WINDOW), left)) if left else b""
            self._start, begin = at, 0
        return self._data[begin : begin + length]

    def check(self, at: int, length: int) -> None:
        if at + length > self._source.size_bytes:
            raise Malformed("the pickle is cut off", subject=self._source.name)

    @property
    def name(self) -> str:
        return self._source.name


def _payload(window: _Window, at: int, length: int, name: str, room: int) -> Any:
    window.check(at, length)
    if name in ("LONG1", "LONG4"):
        return (
            int.from_bytes(window.take(at, length), "little", signed=True)
            if length <= _LONG_BYTES
            else Payload(length)
        )
    if length > min(room, _WINDOW):
        return Payload(length)
    data = window.take(at, length)
    return data.decode("utf-8", "replace") if "UNICODE" in name else data


def _lines(window: _Window, at: int, count: int) -> tuple[list[bytes], int]:
    found = []
    for _ in range(count):
        data = window.take(at, _LINE, short=True)
        end = data.find(b"\n")
        if end < 0:
            raise Malformed(f"a line at byte {at} of the pickle does not end", subject=window.name)
        found.append(data[:end])
        at += end + 1
    return found, at
