"""What bytes are in the admitted files, and what stands beside them?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from gauger.core.errors import Unreadable
from gauger.core.inventory import Digest
from gauger.core.limits import Limits
from gauger.formats.source import FileSource, MemorySource, Source, sha256_of
from gauger.scan.walk import Entry, Walked

_KEPT_BYTES = 1 << 20


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
        self.bytes_read = 0

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
        if path not in self._entries:
            raise Unreadable("is not among the admitted files", subject=path)
        self.opened.add(path)
        if self._last[0] == path:
            return MemorySource(self._last[1], name=path)
        handle = _CountedSource(self, self._entries[path])
        if handle.size_bytes > min(_KEPT_BYTES, self.limits.text_file_bytes):
            return handle
        data = handle.read_at(0, handle.size_bytes)
        handle.close()
        self._last = (path, data)
        return MemorySource(data, name=path)

    def head(self, path: str, length: int) -> bytes:
        """How does this file begin? Fewer bytes where it is shorter; does not count as opening it.

        Raises:
            Unreadable: it cannot be opened.
        """
        if self._last[0] == path:
            return self._last[1][:length]
        source = _CountedSource(self, self._entries[path])
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


class _CountedSource(FileSource):
    """A file source whose reads the tree counts, and which gives its handle back when nobody holds it."""

    def __init__(self, tree: FolderTree, entry: Entry) -> None:
        self._fd = -1
        self._tree = tree
        stretch = (entry.offset, entry.size_bytes) if entry.offset >= 0 else None
        super().__init__(Path(entry.real), name=entry.path, follow=False, stretch=stretch)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        data = super().read_at(offset, length)
        self._tree.bytes_read += length
        return data

    def __del__(self) -> None:
        self.close()
