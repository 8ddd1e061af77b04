"""What bytes are in the admitted files, and what stands beside them?"""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from gauger.core.errors import Unreadable
from gauger.core.inventory import Digest
from gauger.core.limits import Limits
from gauger.formats.source import FileSource, MemorySource, Source, sha256_of
from gauger.scan.walk import Entry, Walked

_KEPT_BYTES = 1 << 20
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


class FolderTree:
    """The admitted files of one walk.

    Several collectors read the same file one after another, so the last small file is kept in memory.

    Args:
        walked: What the walker admitted.
        limits: Bounds.
    """

    def __init__(self, walked: Walked, limits: Limits) -> None:
        self.limits = limits
        self._entries = {entry.path: entry for entry in walked.entries}
        self._paths = sorted(self._entries)
        self._last: tuple[str, bytes] = ("", b"")
        self.opened: set[str] = set()
        self.ranged_bytes = 0

    @property
    def bytes_read(self) -> int:
        """Bytes that were read: small files once, stretches of larger ones each time."""
        most = min(_KEPT_BYTES, self.limits.text_file_bytes)
        sizes = (self._entries[path].size_bytes for path in self.opened)
        return sum(size for size in sizes if size <= most) + self.ranged_bytes

    @property
    def paths(self) -> Sequence[str]:
        """All admitted files, sorted."""
        return self._paths

    def files_below(self, folder: str) -> Sequence[str]:
        """See `Tree.files_below`."""
        if not folder or folder == ".":
            return self._paths
        prefix = folder.rstrip("/") + "/"
        start = bisect_left(self._paths, prefix)
        return self._paths[start : bisect_left(self._paths, prefix[:-1] + "0")]

    def files_in(self, folder: str) -> Sequence[str]:
        """See `Tree.files_in`."""
        depth = len(folder.rstrip("/")) + 1 if folder and folder != "." else 0
        return [path for path in self.files_below(folder) if "/" not in path[depth:]]

    def size_bytes(self, path: str) -> int:
        """See `Tree.size_bytes`."""
        return self._entries[path].size_bytes if path in self._entries else 0

    def exists(self, path: str) -> bool:
        """See `Tree.exists`."""
        return path in self._entries

    def is_folder(self, path: str) -> bool:
        """See `Tree.is_folder`."""
        return bool(self.files_below(path)) if path and path != "." else True

    def open(self, path: str) -> Source:
        """See `Tree.open`."""
        data = self.small(path)
        self.opened.add(path)
        if data is not None:
            return MemorySource(data, name=path)
        return _CountedSource(self, self._entries[path])

    def small(self, path: str) -> bytes | None:
        """All bytes of a file of up to 1 MB; None for a larger one. Counts as having been read.

        Raises:
            Unreadable: not admitted, or gone since.
        """
        if self._last[0] == path:
            return self._last[1]
        entry = self._entries.get(path)
        if entry is None:
            raise Unreadable("is not among the admitted files", subject=path)
        most = min(_KEPT_BYTES, self.limits.text_file_bytes)
        if entry.size_bytes > most:
            return None
        data = _whole(entry, most)
        if data is not None:
            self._last = (path, data)
            self.opened.add(path)
        return data

    def head(self, path: str, length: int) -> bytes:
        """How does this file begin? Fewer bytes where it is shorter; does not count as opening it.

        Raises:
            Unreadable: it cannot be opened.
        """
        if self._last[0] == path:
            return self._last[1][:length]
        with _plain(self._entries[path]) as source:
            return source.read_at(0, min(length, source.size_bytes))

    def digest(self, path: str) -> Digest:
        """Which bytes of this file were there to be read: all, or the first block of a large one?

        Raises:
            Unreadable, Malformed: the file is gone or was cut since it was walked.
        """
        source = self.open(path)
        whole = source.size_bytes <= self.limits.text_file_bytes
        limit = None if whole else self.limits.block_bytes
        sha256, covered = sha256_of(source, block_bytes=self.limits.block_bytes, limit_bytes=limit)
        return Digest(path=path, sha256=sha256, size_bytes=source.size_bytes, read_bytes=covered)


def _stretch(entry: Entry) -> tuple[int, int] | None:
    return (entry.offset, entry.size_bytes) if entry.offset >= 0 else None


def _plain(entry: Entry) -> FileSource:
    return FileSource(Path(entry.real), name=entry.path, follow=False, stretch=_stretch(entry))


def _whole(entry: Entry, most: int) -> bytes | None:
    """All bytes of the file as it is now; None where it has grown beyond the bound.

    The same as reading a `FileSource`, which costs three times as much for a file of a few kilobytes.
    """
    if entry.offset >= 0:
        with _plain(entry) as source:
            return source.read_at(0, source.size_bytes) if source.size_bytes <= most else None
    try:
        handle = os.open(entry.real, _FLAGS)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be opened", subject=entry.path) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable("is not a regular file", subject=entry.path)
        parts = [os.read(handle, entry.size_bytes + 1)]
        while len(parts[-1]) and sum(map(len, parts)) != entry.size_bytes and sum(map(len, parts)) <= most:
            parts.append(os.read(handle, most + 1))
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=entry.path) from error
    finally:
        os.close(handle)
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    return data if len(data) <= most else None


class _CountedSource(FileSource):
    """A file source whose reads the tree counts, and which gives its handle back when nobody holds it."""

    def __init__(self, tree: FolderTree, entry: Entry) -> None:
        self._fd = -1
        self._tree = tree
        super().__init__(Path(entry.real), name=entry.path, follow=False, stretch=_stretch(entry))

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        data = super().read_at(offset, length)
        self._tree.ranged_bytes += length
        return data

    def __del__(self) -> None:
        self.close()
