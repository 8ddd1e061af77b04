"""Where bytes come from: ranged, bounded reads, so that a reader never cares whether a file is local."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from gauger.core.errors import Malformed, Unreadable


class Source(Protocol):
    """Bytes with a name and a size, read by range."""

    @property
    def name(self) -> str:
        """What to call it in messages: a path relative to the root, or an address."""
        ...

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        ...

    @property
    def read_bytes(self) -> int:
        """How many bytes have been read so far, repeated reads counted again."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Which bytes stand at `offset`?

        Returns:
            Exactly `length` bytes.

        Raises:
            Malformed: the range is not wholly inside the source (a cut file, a header that lies).
            Unreadable: the bytes cannot be had.
        """
        ...


@runtime_checkable
class FarSource(Protocol):
    """A source each read of which takes a journey: it can be told what will be wanted, and gets it in one."""

    def prefetch(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Have these ranges at hand: first byte and the byte after the last; cut to the source.

        Raises:
            Unreadable: a range cannot be had.
            LimitExceeded: above the bounds.
        """
        ...


class FileSource:
    """A local file or a stretch of one, opened once, following no link in its last component unless allowed.

    Args:
        path: The file.
        name: What to call it; the path by default.
        follow: Whether a symbolic link may be opened. The caller has checked where it leads.
        stretch: Offset and length in bytes of the part that this source stands for (a member of an
            uncompressed archive); None for the whole file.

    Raises:
        Unreadable: it cannot be opened, or is not a regular file (a pipe or device would block).
        Malformed: the stretch is not wholly inside the file.
    """

    def __init__(
        self, path: Path, *, name: str = "", follow: bool = True, stretch: tuple[int, int] | None = None
    ) -> None:
        self.path = path
        self._name = name or str(path)
        self._read = 0
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
        try:
            self._fd = os.open(path, flags)
        except OSError as error:
            raise Unreadable(error.strerror or "cannot be opened", subject=self._name) from error
        info = os.fstat(self._fd)
        if not stat.S_ISREG(info.st_mode):
            os.close(self._fd)
            raise Unreadable("is not a regular file", subject=self._name)
        self._start, self._size = stretch or (0, info.st_size)
        if self._start < 0 or self._size < 0 or self._start + self._size > info.st_size:
            self.close()
            raise Malformed("the member lies outside its archive", subject=self._name)

    @property
    def name(self) -> str:
        """The name given by the caller."""
        return self._name

    @property
    def size_bytes(self) -> int:
        """The size of the file, or of the stretch, when it was opened."""
        return self._size

    @property
    def read_bytes(self) -> int:
        """Bytes read through this object."""
        return self._read

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        if offset < 0 or length < 0 or offset + length > self._size:
            raise Malformed(
                f"bytes {offset} to {offset + length} were asked for, the file has {self._size}",
                subject=self._name,
            )
        chunks: list[bytes] = []
        left = length
        while left:
            try:
                chunk = os.pread(self._fd, left, self._start + offset + length - left)
            except OSError as error:
                raise Unreadable(error.strerror or "cannot be read", subject=self._name) from error
            if not chunk:
                raise Malformed("the file became shorter while it was read", subject=self._name)
            chunks.append(chunk)
            left -= len(chunk)
        self._read += length
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def read_into(self, offset: int, buffer: memoryview) -> None:
        """Fills the buffer with the bytes at `offset`, without a copy in between.

        Not mapped into memory: a mapped file that someone shortens would end the process.

        Raises:
            Malformed, Unreadable: as `read_at`.
        """
        length = buffer.nbytes
        if offset < 0 or offset + length > self._size:
            raise Malformed(
                f"bytes {offset} to {offset + length} were asked for, the file has {self._size}",
                subject=self._name,
            )
        done = 0
        while done < length:
            try:
                count = os.preadv(self._fd, [buffer[done:]], self._start + offset + done)
            except OSError as error:
                raise Unreadable(error.strerror or "cannot be read", subject=self._name) from error
            if not count:
                raise Malformed("the file became shorter while it was read", subject=self._name)
            done += count
        self._read += length

    def close(self) -> None:
        """Give the file handle back; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class MemorySource:
    """Bytes that are already in memory: a member of an archive, a test's fixture."""

    def __init__(self, data: bytes, *, name: str = "bytes") -> None:
        self._data = data
        self._name = name
        self._read = 0

    @property
    def name(self) -> str:
        """The name given by the caller."""
        return self._name

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return len(self._data)

    @property
    def read_bytes(self) -> int:
        """Bytes handed out by this object."""
        return self._read

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        if offset < 0 or length < 0 or offset + length > len(self._data):
            raise Malformed(
                f"bytes {offset} to {offset + length} were asked for, there are {len(self._data)}",
                subject=self._name,
            )
        self._read += length
        return self._data[offset : offset + length]


def sha256_of(source: Source, *, block_bytes: int, limit_bytes: int | None = None) -> tuple[str, int]:
    """What is the SHA-256 of this source, or of its first `limit_bytes`?

    Returns:
        64 hexadecimal digits, and how many bytes they cover. O(bytes) time, one block of memory.
    """
    total = source.size_bytes if limit_bytes is None else min(limit_bytes, source.size_bytes)
    digest = hashlib.sha256()
    for offset in range(0, total, block_bytes):
        digest.update(source.read_at(offset, min(block_bytes, total - offset)))
    return digest.hexdigest(), total
