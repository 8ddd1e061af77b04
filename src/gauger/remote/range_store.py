"""The ranges of one remote file that were read, on disk: a file with holes, and the list of what is in it.

A later run takes up where an earlier one stopped, if the server says that the file is still the same. Memory
holds the list only, whatever was read. The folder belongs to the user alone; it holds no address, since an
address may hold a signature: folders are called by a digest.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock

import msgspec

from gauger.core.errors import Unreadable
from gauger.remote.intervals import Intervals, Span

FORM = 1
_SAVED_EVERY = 32 << 20
_KEPT_FILES = 4000
_KEPT_BYTES = 20 << 30
_MOST_SPANS = 2_000_000
_OURS = re.compile(r"[0-9a-f]{64}")


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What tells one state of a remote file from another.

    Attributes:
        size_bytes: Its length.
        etag: As the server gives it, with quotes; empty where it gives none.
        modified: `Last-Modified`; empty where the server gives none.
        whole: The server sends no ranges, so that all of it was read.
    """

    size_bytes: int
    etag: str = ""
    modified: str = ""
    whole: bool = False

    @property
    def condition(self) -> str:
        """What to send with `If-Range`; empty where nothing is strong enough.

        Source: RFC 9110, section 13.1.5: a weak tag does not do.
        """
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: int
    pin: Pin
    spans: list[Span]


class RangeStore:
    """What is held of one file.

    Args:
        folder: Where it is kept between runs; None for a temporary file that is gone when the run ends. A
            folder that another run uses now, or that is not the user's own, is not used.
    """

    def __init__(self, folder: Path | None) -> None:
        self.pin: Pin | None = None
        self._held = Intervals()
        self._lock = Lock()
        self._unsaved = 0
        self._folder = folder if folder is not None and _is_ours(folder) else None
        self._guard = _locked(self._folder)
        if self._guard < 0:
            self._folder = None
        try:
            self._data = self._opened()
        except OSError as error:
            raise Unreadable(f"no place for what is read: {error.strerror}") from error
        if self._folder is not None:
            self._load()

    def begin(self, pin: Pin) -> None:
        """From now on hold this state of the file; what was held of another is forgotten."""
        if self.pin != pin or not pin.condition:
            self._held = Intervals()
            os.ftruncate(self._data, 0)
        self.pin = pin

    def missing(self, span: Span) -> list[Span]:
        """Which parts of this range are not held?"""
        with self._lock:
            return self._held.missing(span)

    def end_of_run(self, at: int) -> int:
        """Up to where are the bytes from `at` on held?"""
        with self._lock:
            return self._held.end_of_run(at)

    def write(self, offset: int, data: bytes) -> None:
        """Hold these bytes.

        Raises:
            Unreadable: the disk is full, or fails.
        """
        view, at = memoryview(data), offset
        try:
            while view:
                done = os.pwrite(self._data, view, at)
                view, at = view[done:], at + done
        except OSError as error:
            raise Unreadable(f"no place for what is read: {error.strerror}") from error
        with self._lock:
            self._held.add((offset, at))
            self._unsaved += len(data)
            due = self._unsaved >= _SAVED_EVERY
        if due:
            self.save()

    def read(self, offset: int, length: int) -> bytes:
        """The bytes of a range that is held.

        Raises:
            Unreadable: it is not, or the disk fails.
        """
        with self._lock:
            known = self._held.covers((offset, offset + length))
        if not known:
            raise Unreadable("these bytes have not been read")
        try:
            data = os.pread(self._data, length, offset)
            while len(data) < length:
                more = os.pread(self._data, length - len(data), offset + len(data))
                if not more:
                    raise Unreadable("what was kept of it is gone")
                data += more
        except OSError as error:
            raise Unreadable(error.strerror or "cannot be read") from error
        return data

    def save(self) -> None:
        """Note what is held, so that a later run finds it; the bytes reach the disk before the note does."""
        with self._lock:
            if self._folder is None or self.pin is None or not self.pin.condition or not self._unsaved:
                return
            kept = msgspec.json.encode(_Kept(FORM, self.pin, list(self._held)))
            self._unsaved = 0
            with suppress(OSError):
                os.fdatasync(self._data)
                handle, name = tempfile.mkstemp(dir=self._folder, prefix="new-")
                with os.fdopen(handle, "wb") as file:
                    file.write(kept)
                Path(name).replace(self._folder / _LIST)

    def close(self) -> None:
        """Save and let go."""
        if self._data >= 0:
            self.save()
            os.close(self._data)
            self._data = -1
        if self._guard >= 0:
            os.close(self._guard)
            self._guard = -1

    def _opened(self) -> int:
        if self._folder is None:
            with tempfile.TemporaryFile() as file:
                return os.dup(file.fileno())
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(self._folder / _DATA, flags, 0o600)

    def _load(self) -> None:
        assert self._folder is not None  # noqa: S101 - the caller asked
        try:
            kept = msgspec.json.decode((self._folder / _LIST).read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError, ValueError):
            return
        size = os.fstat(self._data).st_size
        ordered = all(0 <= start < end <= size for start, end in kept.spans)
        if kept.form == FORM and kept.pin.condition and ordered and len(kept.spans) <= _MOST_SPANS:
            self.pin, self._held = kept.pin, Intervals(kept.spans)


_DATA, _LIST, _GUARD = "ranges", "held.json", "in-use"


def _is_ours(folder: Path) -> bool:
    """Is this a folder of the user's own, which others cannot look into? It is made where it is missing."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = folder.lstat()
        os.utime(folder)
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & 0o077


def _locked(folder: Path | None) -> int:
    """A handle that keeps other runs away from this folder, or -1."""
    if folder is None:
        return -1
    try:
        handle = os.open(folder / _GUARD, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return -1
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return -1
    return handle


def evict(folder: Path, *, kept_files: int = _KEPT_FILES, kept_bytes: int = _KEPT_BYTES) -> None:
    """Take away the stores that were used longest ago, until the rest is within bounds."""
    with suppress(OSError):
        found = [
            (entry.stat(follow_symlinks=False).st_mtime, Path(entry.path))
            for entry in os.scandir(folder)
            if _OURS.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
        ]
        total = 0
        for number, (_, path) in enumerate(sorted(found, key=lambda pair: (-pair[0], pair[1].name))):
            total += _on_disk(path / _DATA)
            if total > kept_bytes or number >= kept_files:
                guard = _locked(path)
                if guard >= 0:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(guard)


def _on_disk(path: Path) -> int:
    """Bytes that the file takes, its holes left out."""
    try:
        return path.lstat().st_blocks * 512
    except OSError:
        return 0
