"""Which files does a scan look at? One pass, in a fixed order, bounded, never outside the root."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Sequence
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
    """

    entries: tuple[Entry, ...]
    ignored: int
    gaps: tuple[Gap, ...]


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
    entries = tuple(sorted(walker.entries, key=lambda entry: entry.path))
    return Walked(entries, walker.ignored, tuple(sorted(walker.gaps, key=lambda gap: gap.id)))


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
        try:
            with os.scandir(os.path.join(self.root, path)) as listing:  # noqa: PTH118 - bytes-exact names
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
            with FileSource(Path(self.root, path), name=path, follow=False) as source:
                self.limits.check(source.size_bytes, "text_file_bytes", subject=path)
                text = source.read_at(0, source.size_bytes).decode("utf-8", errors="replace")
        except GaugerError as error:
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
            kind = "virtual environment" if is_venv else name
            self.packages[kind] += 1
            self.first_package.setdefault(kind, path)
            return True
        return False

    def note_packages(self) -> None:
        for kind, count in sorted(self.packages.items()):
            many = f"{count} folders" if count > 1 else "one folder"
            self.gap(
                self.first_package[kind],
                "not-requested",
                f"{many} of installed packages ({kind}) left out; a package may hold models of its own",
                "scan the folder by itself",
            )

    def link(self, path: str) -> None:
        """Admit the file that a link leads to, as long as it lies inside the root."""
        full = os.path.join(self.root, path)  # noqa: PTH118
        try:
            real = os.path.realpath(full, strict=True)
            info = Path(real).stat()
        except OSError as error:
            self.gap(path, "unreadable", f"a link that leads nowhere: {error.strerror}")
            return
        if real != self.root and not real.startswith(self.root.rstrip("/") + "/"):
            self.gap(
                path,
                "not-requested",
                "a link that leads out of the scanned folder; it was not followed",
                "scan its target as well",
            )
        elif stat.S_ISREG(info.st_mode):
            inside = os.path.relpath(real, self.root)
            self.admit(path, real, info.st_size, printable(inside, _PATH_CHARACTERS))

    def file(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.gap(path, "unreadable", f"cannot be looked at: {error.strerror}")
            return
        if not stat.S_ISREG(info.st_mode):
            self.gap(path, "not-supported", "neither a file nor a folder: a pipe, socket or device")
            return
        self.admit(path, os.path.join(self.root, path), info.st_size)  # noqa: PTH118

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
