"""Packed bytes as a stream that can only be read forwards, bounded in bytes and in how far it may swell."""

from __future__ import annotations

import bz2
import hashlib
import importlib
import lzma
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from gauger.core.errors import LimitExceeded, Malformed, MissingExtra
from gauger.core.limits import Limits
from gauger.formats.source import Source

_PIECE = 1 << 18
_FREE_BYTES = 64 << 20
"""A stream may swell at any ratio up to here: long runs of zeros are common in small files."""
_WINDOW_BYTES = 128 << 20
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)
"""Sources: RFC 1952; RFC 8878 3.1.1; bzip2's and xz's file format descriptions."""


def packing(head: bytes) -> str:
    """How are bytes packed that begin like this: `gzip`, `zstd`, `bzip2`, `xz`, or empty for not at all?"""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


class Budget:
    """What the archives of one scan may cost together; each use takes something away.

    Args:
        limits: Bounds.
    """

    def __init__(self, limits: Limits) -> None:
        self.unpacked = limits.unpacked_bytes
        self.kept = limits.kept_bytes
        self.members = limits.unpacked_members

    def take(self, what: str, amount: int, subject: str) -> None:
        """Use some of it.

        Raises:
            LimitExceeded: there is not so much left.
        """
        left = getattr(self, what) - amount
        if left < 0:
            name = {"unpacked": "unpacked_bytes", "kept": "kept_bytes", "members": "unpacked_members"}[what]
            raise LimitExceeded(f"the scan's bound {name} for archives is used up", subject=subject)
        setattr(self, what, left)


class Stream(Protocol):
    """Bytes from front to back."""

    @property
    def position(self) -> int:
        """How many bytes were read or passed over."""
        ...

    def read(self, length: int) -> bytes:
        """The next bytes: fewer than `length` only at the end."""
        ...

    def pass_over(self, length: int) -> int:
        """Leave this many bytes out. Returns how many of them were there."""
        ...


class PlainStream:
    """A source read forwards; what is passed over costs nothing.

    Args:
        source: The bytes.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.position = 0

    def read(self, length: int) -> bytes:
        """See `Stream.read`."""
        available = min(length, self.source.size_bytes - self.position)
        data = self.source.read_at(self.position, available)
        self.position += len(data)
        return data

    def pass_over(self, length: int) -> int:
        """See `Stream.pass_over`."""
        there = min(length, self.source.size_bytes - self.position)
        self.position += there
        return there


class _Decoder(Protocol):
    """What `bz2` and `lzma` offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflate:
    """zlib with the interface of the others."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        found = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = not self._inner.unconsumed_tail and len(found) < max_length
        return found


class UnpackedStream:
    """The unpacked bytes of a packed source.

    gzip members, zstd frames and the like that follow one another are one stream, as their formats say; other
    bytes after the first are left alone. O(bytes) time, some hundred kilobytes of memory, zstd up to 128 MiB.

    Args:
        source: The packed bytes.
        kind: From `packing`, or `deflate` for the raw kind that zip has.
        limits: Bounds.
        budget: Pays for every unpacked byte.

    Raises:
        MissingExtra: zstd, and no package that reads it is installed.
    """

    def __init__(self, source: Source, kind: str, limits: Limits, budget: Budget) -> None:
        self.source = source
        self.kind = kind
        self.position = 0
        self.unpacked_hash = hashlib.sha256()
        self.packed_hash = hashlib.sha256()
        self._limits = limits
        self._budget = budget
        self._at = 0
        self._held = b""
        self._new, self._errors = _decoder(kind)
        self._decoder: _Decoder | None = self._new()
        self._rest = b""

    def read(self, length: int) -> bytes:
        """See `Stream.read`.

        Raises:
            Malformed: damaged, or cut off.
            LimitExceeded: it swells too far, or the budget is used up.
        """
        pieces: list[bytes] = []
        wanted = length
        while wanted:
            if not self._held:
                self._held = self._next()
                if not self._held:
                    break
            piece, self._held = self._held[:wanted], self._held[wanted:]
            pieces.append(piece)
            wanted -= len(piece)
        self.position += length - wanted
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def pass_over(self, length: int) -> int:
        """See `Stream.pass_over`; the bytes are unpacked all the same."""
        start = self.position
        while self.position - start < length:
            if not self.read(min(length - self.position + start, _PIECE)):
                break
        return self.position - start

    def finish(self) -> None:
        """Read on to the end, so that both hashes cover everything."""
        while self.read(_PIECE):
            pass
        while self._at < self.source.size_bytes:
            self._packed()

    def _packed(self) -> bytes:
        data = self.source.read_at(self._at, min(_PIECE, self.source.size_bytes - self._at))
        self._at += len(data)
        self.packed_hash.update(data)
        return data

    def _next(self) -> bytes:
        """The next unpacked piece; empty at the end."""
        while self._decoder is not None:
            data = b""
            if self._decoder.needs_input:
                data, self._rest = self._rest or self._packed(), b""
                if not data:
                    raise Malformed(f"the {self.kind} stream is cut off", subject=self.source.name)
            try:
                found = self._decoder.decompress(data, _PIECE)
            except self._errors as error:
                raise Malformed(f"the {self.kind} stream is damaged", subject=self.source.name) from error
            if self._decoder.eof:
                self._follow()
            if found:
                self._pay(found)
                return found
        return b""

    def _follow(self) -> None:
        """Another stream may begin where one ended; anything else there is not part of it."""
        rest = self._decoder.unused_data if self._decoder is not None else b""
        self._rest = rest or self._packed()
        more = self.kind != "deflate" and packing(self._rest) == self.kind
        self._decoder = self._new() if more else None

    def _pay(self, found: bytes) -> None:
        self._budget.take("unpacked", len(found), self.source.name)
        self.unpacked_hash.update(found)
        produced = self.position + len(found)
        if produced > _FREE_BYTES and produced > self._at * self._limits.unpack_ratio:
            raise LimitExceeded(
                f"it unpacks to more than {self._limits.unpack_ratio} times its size",
                subject=self.source.name,
            )


def _decoder(kind: str) -> tuple[Callable[[], _Decoder], tuple[type[Exception], ...]]:
    """What unpacks this kind, and what it raises on damaged bytes."""
    if kind == "gzip":
        return lambda: _Inflate(16 + zlib.MAX_WBITS), (zlib.error,)
    if kind == "deflate":
        return lambda: _Inflate(-zlib.MAX_WBITS), (zlib.error,)
    if kind == "bzip2":
        return bz2.BZ2Decompressor, (OSError, ValueError, EOFError)
    if kind == "xz":
        return lambda: lzma.LZMADecompressor(memlimit=_WINDOW_BYTES), (lzma.LZMAError, EOFError)
    return _zstd()


def _zstd() -> tuple[Callable[[], _Decoder], tuple[type[Exception], ...]]:
    """Whichever of the two ways of reading zstd is there: Python's own (3.14), or its backport."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            module: Any = importlib.import_module(name)
        except ImportError:
            continue
        options = {module.DecompressionParameter.window_log_max: _WINDOW_BYTES.bit_length() - 1}
        return partial(module.ZstdDecompressor, options=options), (module.ZstdError, EOFError)
    raise MissingExtra(
        "it is packed by zstd, and nothing here can unpack that", hint="pip install 'gauger[images]'"
    )
