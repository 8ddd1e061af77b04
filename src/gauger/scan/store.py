"""Answers of earlier runs, kept while nothing has changed: nothing is read twice.

What is kept is the finished answer with the state (inode, size, times) of every file and folder that was
looked at. It is used again only if all of them are still in that state, and the program, the knowledge base
and the question are the same. A state as young as the run itself is not trusted: such a run is not kept.

The folder belongs to the user alone (mode 0700), and so does every file in it; anything else is ignored, as
is whatever cannot be decoded strictly. It holds no file's text beyond what the answer itself holds.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

FORMAT = 1
_MOST_BYTES = 256 << 20
_KEPT_BYTES = 512 << 20
_KEPT_FILES = 200
_RACY_NS = 20_000_000
"""Two changes within one tick of the file system's clock look alike; Linux ticks at least every 10 ms."""
_COARSE_NS = 2_000_000_000
"""Where a time is a whole second, the file system may know no finer one: FAT counts in two seconds.

Source: https://learn.microsoft.com/en-us/windows/win32/sysinfo/file-times
"""
_OURS = re.compile(r"[0-9a-f]{64}\.answer|new-\w+")
"""What this module writes: nothing else in the folder is ever taken away."""
_STATE = struct.Struct("<Qqqq")


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the store.

    Attributes:
        form: Version of this form.
        key: Which question it answers.
        paths: Everything that was looked at.
        state: Digest over the state of each, in order.
        answer: The answer, as it was given.
    """

    form: int
    key: str
    paths: list[str]
    state: bytes
    answer: bytes


class Store:
    """A folder of answers.

    Args:
        folder: Where; made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """What was answered to this question, if everything is still as it was? None otherwise."""
        data = self._read(self.folder / f"{key}.answer")
        if data is None:
            return None
        try:
            kept = msgspec.msgpack.decode(data, type=Kept)
        except (msgspec.DecodeError, RecursionError):
            return None
        if kept.form != FORMAT or kept.key != key or state_of(kept.paths) != kept.state:
            return None
        with suppress(OSError):
            os.utime(self.folder / f"{key}.answer")
        return kept.answer

    def put(
        self, key: str, seen: Sequence[tuple[str, int, int, int, int]], started_ns: int, answer: bytes
    ) -> bool:
        """Keep this answer; was it kept?

        Args:
            key: The question.
            seen: What was looked at, in the state in which it was seen: `Walked.seen`.
            started_ns: Wall clock when the walk began.
            answer: The answer.
        """
        times = (time for one in seen for time in one[2:4])
        if not seen or any(_is_young(time, started_ns) for time in times) or len(answer) > _MOST_BYTES // 2:
            return False
        try:
            paths = [one[0] for one in seen]
            data = msgspec.msgpack.encode(Kept(FORMAT, key, paths, _digest(one[1:] for one in seen), answer))
            self._make()
            self._write(self.folder / f"{key}.answer", data)
        except (OSError, UnicodeEncodeError):
            return False
        self._evict()
        return True

    def _make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(self.folder.lstat(), folder=True):
            raise PermissionError

    def _read(self, path: Path) -> bytes | None:
        try:
            if not _is_own(self.folder.lstat(), folder=True):
                return None
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        info = os.fstat(handle)
        if not _is_own(info, folder=False) or info.st_size > _MOST_BYTES:
            os.close(handle)
            return None
        with suppress(OSError), os.fdopen(handle, "rb") as file:
            return file.read(_MOST_BYTES)
        return None

    def _write(self, path: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self.folder, prefix="new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise

    def _evict(self) -> None:
        """Take away the answers that were used longest ago, until the rest is within bounds."""
        with suppress(OSError):
            found = sorted(
                (
                    (entry.stat(follow_symlinks=False), entry.path)
                    for entry in os.scandir(self.folder)
                    if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
                ),
                key=lambda p: -p[0].st_mtime,
            )
            total = 0
            for number, (info, path) in enumerate(found):
                total += info.st_size
                if total > _KEPT_BYTES or number >= _KEPT_FILES:
                    Path(path).unlink()


def _is_young(time: int, started_ns: int) -> bool:
    """May a later change have this same time? Nanoseconds."""
    return time >= started_ns - (_RACY_NS if time % 1_000_000_000 else _COARSE_NS)


def _is_own(info: os.stat_result, *, folder: bool) -> bool:
    kind = stat.S_ISDIR(info.st_mode) if folder else stat.S_ISREG(info.st_mode)
    return kind and info.st_uid == os.geteuid() and not info.st_mode & 0o077


def state_of(paths: Sequence[str]) -> bytes:
    """Digest over the state of these paths now; one that is gone has none, and neither has the whole."""
    states = []
    look, is_folder = os.lstat, stat.S_ISDIR
    try:
        for path in paths:
            info = look(path)
            size = 0 if is_folder(info.st_mode) else info.st_size
            states.append((info.st_ino, info.st_mtime_ns, info.st_ctime_ns, size))
    except (OSError, ValueError):
        return b""
    return _digest(states)


def _digest(states: Iterable[tuple[int, ...]]) -> bytes:
    pack = _STATE.pack
    return hashlib.sha256(b"".join([pack(*one) for one in states])).digest()


def folder_state(folder: Path) -> str:
    """Digest over names and states of all files below a folder of our own: the program, a knowledge base."""
    rows: list[tuple[str, int, int, int]] = []
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as listing:
            for entry in listing:
                if entry.is_dir():
                    waiting += [entry.path] if entry.name != "__pycache__" else []
                else:
                    info = entry.stat()
                    rows.append((entry.path, info.st_mtime_ns, info.st_ctime_ns, info.st_size))
    return hashlib.sha256(msgspec.msgpack.encode(sorted(rows))).hexdigest()


def key_of(*parts: object) -> str:
    """Name of a question: a digest over everything that the answer depends on besides the files."""
    return hashlib.sha256(msgspec.msgpack.encode([FORMAT, *parts], order="sorted")).hexdigest()


def default_folder() -> Path:
    """Where answers are kept unless told otherwise: `$XDG_CACHE_HOME/gauger`, else `~/.cache/gauger`."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    start = Path(given) if given.startswith("/") else Path("~/.cache").expanduser()
    return start / "gauger"


def store_for(root: Path, folder: Path | None) -> Store | None:
    """The store to use when this is examined; None for one that would lie inside it."""
    chosen = folder if folder is not None else default_folder()
    inside = Path(os.path.realpath(chosen)).is_relative_to(os.path.realpath(root))
    return None if inside else Store(chosen)


def now_ns() -> int:
    """The wall clock, for telling a young state from an old one; never part of an answer."""
    return time.time_ns()
