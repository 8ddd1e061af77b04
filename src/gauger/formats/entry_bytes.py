"""The stored bytes of one tensor, wherever they are: in the file, or in a packed stretch of it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.model_file import Encoding, TensorEntry
from gauger.formats.number_types import Octets
from gauger.formats.source import FarSource, FileSource, Source

_INPUT = 1 << 16
_OUTPUT = 1 << 20


class EntryBytes(Protocol):
    """Bytes of one tensor, from its first to its last."""

    @property
    def size_bytes(self) -> int:
        """How many there are."""
        ...

    @property
    def in_pieces(self) -> bool:
        """Whether small reads cost nothing extra: a local file, where each piece then stays in the cache."""
        ...

    def read(self, offset: int, length: int) -> Octets:
        """Which bytes stand there? A writable array of its own.

        Raises:
            Malformed: the range is not wholly inside, or the packing is damaged.
            Unreadable: the bytes cannot be had.
            LimitExceeded: unpacking would cost more than the bounds allow.
        """
        ...


def entry_bytes(source: Source, entry: TensorEntry, limits: Limits) -> EntryBytes:
    """Where are this tensor's bytes?

    Raises:
        Unreadable: in none of the ways that are known here.
    """
    if entry.encoding is not None and entry.encoding.kind == "deflate":
        return DeflatedBytes(source, entry.encoding, entry.size_bytes, limits)
    if not entry.size_bytes:
        return PlainBytes(source, 0, 0)
    if entry.offset < 0:
        raise Unreadable(f"tensor {printable(entry.name, 80)}: its bytes are not here", subject=source.name)
    return PlainBytes(source, entry.offset, entry.size_bytes)


class PlainBytes:
    """Bytes as they stand in the file.

    Args:
        source: The part.
        offset: Of the first.
        size_bytes: How many; for a view with strides, more may be asked for.
    """

    def __init__(self, source: Source, offset: int, size_bytes: int) -> None:
        self._source = source
        self._offset = offset
        self.size_bytes = size_bytes
        self.in_pieces = isinstance(source, FileSource)

    def announce(self, stretches: Sequence[tuple[int, int]]) -> None:
        """These bytes will be asked for: first byte and the byte after the last. Fetched now from far away.

        Raises:
            LimitExceeded, Unreadable: as `FarSource.prefetch`.
        """
        if isinstance(self._source, FarSource):
            self._source.prefetch([(self._offset + start, self._offset + end) for start, end in stretches])

    def read(self, offset: int, length: int) -> Octets:
        """See `EntryBytes.read`. One copy where the source is a local file."""
        if isinstance(self._source, FileSource):
            if offset < 0 or self._offset + offset + length > self._source.size_bytes:
                raise Malformed("the file ends before the tensor does", subject=self._source.name)
            octets = np.empty(length, np.uint8)
            self._source.read_into(self._offset + offset, octets.data)
            return octets
        return np.frombuffer(bytearray(self._source.read_at(self._offset + offset, length)), np.uint8)


class DeflatedBytes:
    """Bytes inside a member of an archive that was compressed.

    Reading forwards costs one pass; reading back begins anew. Nothing is kept but the decompressor's state,
    and unpacking ends at the member's own size, so that a bomb is not unpacked.

    Args:
        source: The archive.
        place: Of the packed stretch, and where the tensor begins in it.
        size_bytes: Of the tensor.
        limits: `unpacked_bytes` bounds the member.

    Raises:
        LimitExceeded: the member is larger than the bound, or packed tighter than `unpack_ratio`.
    """

    def __init__(self, source: Source, place: Encoding, size_bytes: int, limits: Limits) -> None:
        limits.check(place.unpacked_bytes, "unpacked_bytes", subject=source.name)
        if place.unpacked_bytes > limits.unpack_ratio * place.size_bytes + _FREE:
            raise LimitExceeded(
                f"a member unpacks to more than {limits.unpack_ratio} times its size", subject=source.name
            )
        self._source = source
        self._place = place
        self.size_bytes = size_bytes
        self.in_pieces = True
        self._restart()

    def _restart(self) -> None:
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._taken = 0
        self._at = 0

    def read(self, offset: int, length: int) -> Octets:
        """See `EntryBytes.read`."""
        begin = self._place.begin + offset
        if offset < 0 or length < 0 or begin + length > self._place.unpacked_bytes:
            raise Malformed("the tensor reaches outside its member", subject=self._source.name)
        if begin < self._at:
            self._restart()
        while self._at < begin:
            self._next(min(_OUTPUT, begin - self._at))
        octets = np.empty(length, np.uint8)
        done = 0
        while done < length:
            data = self._next(min(_OUTPUT, length - done))
            octets[done : done + len(data)] = np.frombuffer(data, np.uint8)
            done += len(data)
        return octets

    def _next(self, most: int) -> bytes:
        """The next unpacked bytes: at least one."""
        packed = self._unpacker.unconsumed_tail
        while True:
            try:
                data = self._unpacker.decompress(packed, most)
            except zlib.error as error:
                raise Malformed("a member is damaged", subject=self._source.name) from error
            if data:
                self._at += len(data)
                return data
            left = self._place.size_bytes - self._taken
            if self._unpacker.eof or left <= 0:
                raise Malformed("a member is shorter than it says", subject=self._source.name)
            count = min(_INPUT, left)
            packed = self._unpacker.unconsumed_tail + self._source.read_at(
                self._place.offset + self._taken, count
            )
            self._taken += count


_FREE = 64 << 20
"""A member of this size may be packed as tightly as it likes: zeros pack a thousand to one."""
