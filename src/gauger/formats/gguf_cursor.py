"""A cursor over a GGUF header: it fetches windows of the file and never more than the header's bound."""

from __future__ import annotations

import math
import struct

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.record import Scalar
from gauger.formats.gguf_types import ARRAY, FLOAT32, SCALARS, STRING
from gauger.formats.source import Source

_WINDOW = 1 << 20
_KEPT_ITEMS = 256


class GgufCursor:
    """Reads values one after the other.

    Memory: one window (1 MB, or one string of at most `limits.string_bytes`) and what the caller keeps.

    Args:
        source: The file.
        limits: Bounds.
        order: `<` or `>`, as the file's version field says.
        at: Where to begin.
    """

    def __init__(self, source: Source, limits: Limits, *, order: str, at: int) -> None:
        self._source = source
        self._limits = limits
        self._order = order
        self._scalars = {kind: struct.Struct(order + code) for kind, code in SCALARS.items()}
        self._u64 = self._scalars[10]
        self._window = b""
        self._start = at
        self._pos = 0

    @property
    def at(self) -> int:
        """Where the next value begins, from the start of the file."""
        return self._start + self._pos

    def scalar(self, kind: int) -> Scalar:
        """The next value of this fixed-size kind; a NaN or infinity comes as text, a float32 as 1e-05."""
        packer = self._scalars[kind]
        return _tidy(packer.unpack(self._take(packer.size))[0], kind)

    def u32(self) -> int:
        """The next unsigned 32-bit number."""
        return int(self.scalar(4))

    def u64(self) -> int:
        """The next unsigned 64-bit number."""
        return int(self.scalar(10))

    def string(self) -> bytes:
        """The next string, as it stands in the file."""
        length = self.u64()
        if length > self._source.size_bytes - self.at:
            raise Malformed(f"a text of {length} bytes does not fit the file", subject=self._source.name)
        return self._take(self._limits.check(length, "string_bytes", subject=self._source.name))

    def strings(self, count: int) -> list[bytes]:
        """The next `count` strings; the loop is written for speed, vocabularies have 300,000 of them."""
        found: list[bytes] = []
        unpack, append = self._u64.unpack_from, found.append
        while len(found) < count:
            window, pos, end = self._window, self._pos, len(self._window)
            for _ in range(count - len(found)):
                if pos + 8 > end:
                    break
                stop = pos + 8 + unpack(window, pos)[0]
                if stop > end:
                    break
                append(window[pos + 8 : stop])
                pos = stop
            self._pos = pos
            if len(found) < count:
                append(self.string())
        return found

    def array_head(self) -> tuple[int, int]:
        """Kind and number of an array's items, checked against the bounds and the bytes that are left."""
        kind, count = self.u32(), self.u64()
        smallest = 1 if kind in SCALARS else 8
        if count * smallest > self._source.size_bytes - self.at:
            raise Malformed(f"an array of {count} items does not fit the file", subject=self._source.name)
        if kind not in SCALARS and kind not in (STRING, ARRAY):
            raise Malformed(f"an array of unknown kind {kind}", subject=self._source.name)
        self._limits.check(count, "items", subject=self._source.name)
        return kind, count

    def numbers(self, kind: int, count: int) -> tuple[int | float, ...]:
        """The next `count` values of a fixed-size kind."""
        packer = struct.Struct(f"{self._order}{count}{SCALARS[kind]}")
        return packer.unpack(self._take(packer.size))

    def value(self, kind: int, depth: int = 0) -> Scalar | tuple[Scalar, ...] | bytes | None:
        """The next value of any kind; None for an array that is long or nested, which is passed over.

        Raises:
            Malformed: an unknown kind.
            LimitExceeded: arrays nested too deeply.
        """
        if kind in SCALARS:
            return self.scalar(kind)
        if kind == STRING:
            return self.string()
        if kind != ARRAY:
            raise Malformed(f"a value of unknown kind {kind}", subject=self._source.name)
        inner, count = self.array_head()
        if inner in SCALARS and count <= _KEPT_ITEMS:
            return tuple(_tidy(number, inner) for number in self.numbers(inner, count))
        if inner == STRING and count <= _KEPT_ITEMS:
            return tuple(item.decode("utf-8", "replace") for item in self.strings(count))
        self._pass_over(inner, count, depth)
        return None

    def _pass_over(self, kind: int, count: int, depth: int) -> None:
        if kind in SCALARS:
            self._skip(count * self._scalars[kind].size)
            return
        self._limits.check(depth + 1, "depth", subject=self._source.name)
        for _ in range(count):
            if kind == STRING:
                self._skip(self.u64())
            else:
                self.value(kind, depth + 1)

    def _skip(self, length: int) -> None:
        if self.at + length > self._source.size_bytes:
            raise Malformed("the header is cut off", subject=self._source.name)
        self._limits.check(self.at + length, "header_bytes", subject=self._source.name)
        self._pos += length
        if self._pos > len(self._window):
            self._start, self._pos, self._window = self.at, 0, b""

    def _take(self, length: int) -> bytes:
        if self._pos + length > len(self._window):
            self._refill(length)
        taken = self._window[self._pos : self._pos + length]
        self._pos += length
        return taken

    def _refill(self, length: int) -> None:
        at = self.at
        left = self._source.size_bytes - at
        if length > left:
            raise Malformed("the header is cut off", subject=self._source.name)
        if at + length > self._limits.header_bytes:
            raise LimitExceeded(
                f"the header is longer than {self._limits.header_bytes} bytes", subject=self._source.name
            )
        self._window = self._source.read_at(at, min(max(length, _WINDOW), left))
        self._start, self._pos = at, 0


def _tidy(value: Scalar, kind: int) -> Scalar:
    """The shortest decimal that a float32 stands for, so that an epsilon compares equal to a config's."""
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return str(value)
    short = float(f"{value:.7g}")
    return short if kind == FLOAT32 and _FLOAT32.pack(short) == _FLOAT32.pack(value) else value


_FLOAT32 = struct.Struct("<f")
