"""Which files does a scan look at? One pass, in a fixed order, bounded, never outside the root."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from gauger.core.errors import GaugerError, Unreadable
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.readings import Reason
from gauger.core.text import printable
from gauger.formats.source import FileSource
from gauger.scan.ignore import (
    PACKAGE_FOLDERS,
    SKIPPED_FOLDERS,
    Rules,
    left_out,
    read_all_the_same,
    rules_from,
)

_PATH_CHARACTERS = 4096
_MOST_SEEN = 300_000
Seen = tuple[str, int, int, int, int]
"""A path with the state in which it was seen: see `Walked.seen`."""


class Entry(msgspec.Struct, frozen=True):
    """One admitted file.

    Attributes:
        path: Relative to the root, made printable: the name under which everything else knows it.
        real: Where its bytes are; for a link, the file that it leads to.
        size_bytes: Its size when it was seen.
        link: For a link: the path, relative to the root, of the file that it leads to; else empty.
        offset: Where in `real` its bytes begin, for a file inside an uncompressed archive; -1 for a whole
            file.
    """

    path: str
    real: str
    size_bytes: int
    link: str = ""
    offset: int = -1


class Walked(msgspec.Struct, frozen=True):
    """What the walker saw.

    Attributes:
        entries: Admitted files, sorted by path.
        ignored: Files and folders that rules left out; a folder counts once, whatever is in it.
        gaps: What could not be looked at.
        seen: Every file and folder on whose state the list of files and their bytes depend, by its full path,
            with inode, time of change of content and of state (nanoseconds), and size (0 for a folder);
            empty where that cannot be told, or for more than 300,000.
    """

    entries: tuple[Entry, ...]
    ignored: int
    gaps: tuple[Gap, ...]
    seen: tuple[Seen, ...] = ()


def seen_as(path: str, info: os.stat_result) -> Seen:
    """What is remembered of the state of this file or folder?"""
    size = 0 if stat.S_ISDIR(info.st_mode) else info.st_size
    return (path, info.st_ino, info.st_mtime_ns, info.st_ctime_ns, size)


def walk(root: Path, limits: Limits, ignore: Sequence[str] = ()) -> Walked:
    """Which files are below this folder?

    Hidden files are read. `.gitignore` files are obeyed as git does it, except for what
    `ignore.read_all_the_same` names; `.gaugerignore` files and `ignore` are obeyed without exception. Links
    to files inside the root are followed; links to folders are not, since their targets are walked under
    their own names. O(files) time and memory; at most `limits.files` files and `limits.folder_depth` levels.

    Args:
        root: A folder.
        limits: Bounds.
        ignore: Patterns in the syntax of `.gitignore`, relative to the root.
    """
    walker = _Walker(Path(os.path.realpath(root)), limits)
    always = rules_from(ignore, "")
    walker.folder("", (), (always,) if always else (), hidden=False)
    walker.note_packages()
    walker.note_linked_folders()
    entries = tuple(sorted(walker.entries, key=lambda entry: entry.path))
    gaps = tuple(sorted(walker.gaps, key=lambda gap: gap.id))
    is_whole = walker.is_sure and len(walker.seen) <= _MOST_SEEN
    return Walked(entries, walker.ignored, gaps, tuple(walker.seen) if is_whole else ())


def single(path: Path) -> Walked:
    """What does the walk of one file alone give?"""
    real = os.path.realpath(path)
    return Walked((Entry(printable(path.name), real, Path(real).stat().st_size),), 0, ())


class _Walker:
    """The state of one walk."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = str(root)
        self.limits = limits
        self.entries: list[Entry] = []
        self.names: set[str] = set()
        self.gaps: list[Gap] = []
        self.ignored = 0
        self.packages: Counter[str] = Counter()
        self.first_package: dict[str, str] = {}
        self.full = False
        self.seen: list[Seen] = []
        self.is_sure = True
        self.linked_folders = 0
        self.first_linked = ""

    def gap(self, path: str, reason: Reason, detail: str, remedy: str = "") -> None:
        shown = printable(path or ".", _PATH_CHARACTERS)
        place = Location(path=shown)
        self.gaps.append(
            Gap(
                part="walk",
                reason=reason,
                location=place,
                detail=detail,
                touches=(f"uses in {shown}",),
                remedy=remedy,
            )
        )

    def folder(
        self, path: str, git: tuple[Rules, ...], own: tuple[Rules, ...], *, hidden: bool, depth: int = 0
    ) -> None:
        """Look at one folder; `hidden` says that git leaves it out and only exempt files count."""
        if depth > self.limits.folder_depth:
            self.gap(
                path, "limit-exceeded", f"folders are nested deeper than {self.limits.folder_depth} levels"
            )
            return
        here = f"{self.root}/{path}" if path else self.root
        try:
            self.seen.append(seen_as(here, os.lstat(here)))
            with os.scandir(here) as listing:
                found = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self.gap(path, "unreadable", f"the folder cannot be read: {error.strerror}")
            return
        names = [entry.name for entry in found]
        git, own = self.with_rules(path, names, git, own)
        for entry in found:
            if self.full:
                return
            self.one(entry, path, names, git, own, hidden=hidden, depth=depth)

    def with_rules(
        self, path: str, names: Sequence[str], git: tuple[Rules, ...], own: tuple[Rules, ...]
    ) -> tuple[tuple[Rules, ...], tuple[Rules, ...]]:
        """The rules with those added that stand in this folder."""
        if ".gitignore" in names and (rules := self.rules(path, ".gitignore")):
            git = (*git, rules)
        if ".gaugerignore" in names and (rules := self.rules(path, ".gaugerignore")):
            own = (*own, rules)
        return git, own

    def rules(self, folder: str, name: str) -> Rules | None:
        path = f"{folder}/{name}" if folder else name
        try:
            self.seen.append(seen_as(f"{self.root}/{path}", os.lstat(f"{self.root}/{path}")))
            with FileSource(Path(self.root, path), name=path, follow=False) as source:
                self.limits.check(source.size_bytes, "text_file_bytes", subject=path)
                text = source.read_at(0, source.size_bytes).decode("utf-8", errors="replace")
        except (GaugerError, OSError) as error:
            error = error if isinstance(error, GaugerError) else Unreadable(error.strerror or "is gone")
            reason: Reason = "unreadable" if isinstance(error, Unreadable) else "limit-exceeded"
            self.gap(path, reason, f"the ignore file is not obeyed: {printable(error.message)}")
            return None
        return rules_from(text.splitlines(), folder)

    def one(
        self,
        entry: os.DirEntry[str],
        folder: str,
        names: Sequence[str],
        git: tuple[Rules, ...],
        own: tuple[Rules, ...],
        *,
        hidden: bool,
        depth: int,
    ) -> None:
        path = f"{folder}/{entry.name}" if folder else entry.name
        try:
            is_link, is_folder = entry.is_symlink(), entry.is_dir(follow_symlinks=False)
        except OSError as error:
            self.gap(path, "unreadable", f"cannot be looked at: {error.strerror}")
            return
        if (own and left_out(own, path, is_folder=is_folder)) or (
            is_folder and self.skipped(path, entry.name)
        ):
            self.ignored += 1
            return
        ignored = hidden or (bool(git) and left_out(git, path, is_folder=is_folder))
        if is_folder:
            self.folder(path, git, own, hidden=ignored, depth=depth + 1)
        elif ignored and not read_all_the_same(folder, entry.name, names):
            self.ignored += 1
        elif is_link:
            self.link(path)
        else:
            self.file(path, entry)

    def skipped(self, path: str, name: str) -> bool:
        """Is this one of the folders that are never looked into?"""
        if name in SKIPPED_FOLDERS:
            return True
        is_venv = os.path.lexists(os.path.join(self.root, path, "pyvenv.cfg"))  # noqa: PTH118
        if name in PACKAGE_FOLDERS or is_venv:
            self.note_skipped(path)
            kind = "virtual environment" if is_venv else name
            self.packages[kind] += 1
            self.first_package.setdefault(kind, path)
            return True
        return False

    def note_skipped(self, path: str) -> None:
        with suppress(OSError):
            self.seen.append(seen_as(f"{self.root}/{path}", os.lstat(f"{self.root}/{path}")))

    def note_packages(self) -> None:
        for kind, count in sorted(self.packages.items()):
            many = f"{count} folders" if count > 1 else "one folder"
            self.gap(
                self.first_package[kind],
                "not-requested",
                f"{many} of installed packages ({kind}) left out; a package may hold models of its own",
                "scan the folder by itself",
            )

    def note_linked_folders(self) -> None:
        if self.linked_folders:
            many = f"{self.linked_folders} links" if self.linked_folders > 1 else "one link"
            self.gap(
                self.first_linked,
                "not-requested",
                f"{many} to folders inside the scanned folder: what is there is read under its own name only",
            )

    def link(self, path: str) -> None:
        """Admit the file that a link leads to, as long as it lies inside the root."""
        full = os.path.join(self.root, path)  # noqa: PTH118
        try:
            info = os.stat(full)  # noqa: PTH116 - first: the system gives up after 40 links, Python does not
            real = os.path.realpath(full, strict=True)
        except OSError as error:
            self.gap(path, "unreadable", f"a link that leads nowhere: {error.strerror}")
            self.is_sure = self.is_sure and error.errno != errno.ELOOP and self.leads_inside(full)
            return
        self.note_link(full, real, info)
        if real != self.root and not real.startswith(self.root.rstrip("/") + "/"):
            self.gap(
                path,
                "not-requested",
                "a link that leads out of the scanned folder; it was not followed",
                "scan its target as well",
            )
        elif stat.S_ISDIR(info.st_mode):
            self.linked_folders += 1
            self.first_linked = self.first_linked or path
        elif stat.S_ISREG(info.st_mode):
            inside = os.path.relpath(real, self.root)
            self.admit(path, real, info.st_size, printable(inside, _PATH_CHARACTERS))

    def leads_inside(self, full: str) -> bool:
        """Would the file to which this broken link leads lie inside the root, where its coming is seen?"""
        return os.path.realpath(full).startswith(self.root.rstrip("/") + "/")

    def note_link(self, full: str, real: str, info: os.stat_result) -> None:
        """Remember the state of a link and of its target; it is unsure where another link lies between."""
        try:
            target = os.path.normpath(os.path.join(os.path.dirname(full), os.readlink(full)))  # noqa: PTH115, PTH118, PTH120
            self.seen += [seen_as(full, os.lstat(full)), seen_as(real, info)]
        except OSError:
            target = ""
        self.is_sure = self.is_sure and target == real

    def file(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.gap(path, "unreadable", f"cannot be looked at: {error.strerror}")
            return
        if not stat.S_ISREG(info.st_mode):
            self.gap(path, "not-supported", "neither a file nor a folder: a pipe, socket or device")
            return
        real = f"{self.root}/{path}"
        if len(self.seen) <= _MOST_SEEN:
            self.seen.append(seen_as(real, info))
        self.admit(path, real, info.st_size)

    def admit(self, path: str, real: str, size_bytes: int, link: str = "") -> None:
        if len(self.entries) >= self.limits.files:
            self.gap("", "limit-exceeded", f"more than {self.limits.files} files; the rest was not looked at")
            self.full = True
            return
        shown = printable(path, _PATH_CHARACTERS)
        if not path.isascii() and any("\udc80" <= character <= "\udcff" for character in path):
            self.gap(path, "malformed", "the name is not UTF-8; references to it cannot be followed")
        if shown in self.names:
            self.gap(path, "ambiguous", "another file has the same name once it is made printable")
            return
        self.names.add(shown)
        self.entries.append(Entry(shown, real, size_bytes, link))
