"""Which files are inside archives and images, as entries that everything else reads like any other file?"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.inventory import Location
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import Limits
from gauger.core.plugin import gap_for, guarded
from gauger.core.readings import Reason
from gauger.core.text import printable
from gauger.formats.sniff import sniff_source
from gauger.formats.source import FileSource
from gauger.formats.stretch import Stretch
from gauger.formats.tar import BLOCK, is_tar
from gauger.formats.unpack import Budget, packing
from gauger.scan.flatten import Flat, flatten
from gauger.scan.ignore import Rules, left_out
from gauger.scan.image_files import open_images
from gauger.scan.inside import is_archive, is_model, why_left_out
from gauger.scan.layer import Layer, LayerReader
from gauger.scan.match import Matcher
from gauger.scan.registry import COLLECTORS
from gauger.scan.spool import Spool
from gauger.scan.walk import Entry
from gauger.scan.zip_layer import read_zip

_PATH_CHARACTERS = 4096
_ROOT_FILES = ("etc/os-release", "usr/lib/os-release", ".dockerenv", "run/.containerenv")
"""Files that a root file system has and an archive of something else has not. Source: os-release(5)."""

_PART = "archive"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class Opener:
    """Opens archives one after another, those inside others last, within one budget.

    Args:
        limits: Bounds.
        folder: A temporary folder, which the caller deletes.
        rules: What the user wants left out.
        taken: Paths that are taken already.
    """

    def __init__(self, limits: Limits, folder: Path, rules: tuple[Rules, ...], taken: Sequence[str]) -> None:
        self.limits = limits
        matcher = Matcher(COLLECTORS)
        spool = Spool(folder, Budget(limits))
        self.reader = LayerReader(limits, spool, lambda path: bool(matcher.by_path(path)))
        self.rules = rules
        self.entries: list[Entry] = []
        self.gaps: list[Gap] = []
        self.findings: list[Finding] = []
        self.ignored = 0
        self._names = set(taken)
        self._waiting: deque[tuple[Entry, int]] = deque()
        self._full = False

    def open(self, entry: Entry, *, sure: bool = True) -> None:
        """Take in everything inside this file, and inside the archives that it holds.

        Args:
            entry: The file.
            sure: It is called an archive, so that one that is none is a gap.
        """
        self._attempt(entry, partial(self._archive, entry, 1, sure=sure))
        self._inner()

    def open_layout(self, index: Entry, files: dict[str, Stretch]) -> None:
        """Take in the images of an OCI layout that lies unpacked in a folder.

        Args:
            index: Its `index.json`.
            files: Everything in the folder, by path relative to it.
        """
        flat = Flat(files, {}, 0, ())
        self._attempt(index, partial(self._layout, index, flat))
        self._inner()

    def _layout(self, index: Entry, flat: Flat) -> None:
        open_images(self, index.path, flat, 1)

    def _inner(self) -> None:
        while self._waiting:
            inner, depth = self._waiting.popleft()
            if depth > self.limits.archive_depth:
                deep = f"archives are nested deeper than {self.limits.archive_depth} levels"
                self.gap(inner.path, "limit-exceeded", deep)
                continue
            self._attempt(inner, partial(self._archive, inner, depth, sure=True))

    def _attempt(self, entry: Entry, action: partial[None]) -> None:
        answer = guarded(
            _PART, action, location=Location(path=entry.path), touches=(f"uses in {entry.path}",)
        )
        if isinstance(answer, Gap):
            self.gaps.append(answer)

    def gap(self, path: str, reason: Reason, detail: str, remedy: str = "") -> None:
        """Note what was not looked at."""
        shown = printable(path, _PATH_CHARACTERS)
        self.gaps.append(
            Gap(
                part=_PART,
                reason=reason,
                location=Location(path=shown),
                detail=printable(detail),
                touches=(f"uses in {shown}",),
                remedy=remedy,
            )
        )

    def _archive(self, entry: Entry, depth: int, *, sure: bool) -> None:
        place = Stretch(entry.real, entry.offset, entry.size_bytes)
        with place.open(entry.path) as source:
            layer = self._listed(entry.path, place, source)
        if layer is None or (not sure and layer.error is not None and not layer.nodes):
            if sure:
                raise Malformed("the name says an archive, the bytes are none", subject=entry.path)
            return
        flat = flatten([layer])
        if open_images(self, entry.path, flat, depth):
            self._error(entry.path, layer)
            return
        if self._as_root_file_system(layer):
            flat = flatten([layer])
        self.report(entry.path, [layer], flat)
        self.emit(f"{entry.path}!", flat, depth)

    def _listed(self, path: str, place: Stretch, source: FileSource) -> Layer | None:
        head = source.read_at(0, min(BLOCK, source.size_bytes))
        policy = _of_wheel if path.lower().endswith(".whl") else _of_archive
        if head.startswith(_ZIP):
            return read_zip(place, source, self.reader, policy)
        kind = packing(head)
        if kind or is_tar(head):
            return self.reader.read(place, source, kind, policy)
        return None

    def _as_root_file_system(self, layer: Layer) -> bool:
        """What `docker export` wrote is a whole file system: its distribution is left out as in an image."""
        if not any(path in layer.nodes for path in _ROOT_FILES):
            return False
        for path in [path for path in layer.nodes if why_left_out(path, is_image=True)]:
            if layer.nodes.pop(path).kind == "file":
                layer.left_out["system"] += 1
        return True

    def emit(self, root: str, flat: Flat, depth: int) -> None:
        """Take in the files of one file system, and put the archives among them in line."""
        for path in sorted({*flat.files, *flat.links}):
            if self._full:
                return
            link = flat.links.get(path, "")
            place = flat.files[link or path]
            entry = self.admit(f"{root}/{path}", place, f"{root}/{link}" if link else "")
            if entry is not None and not link and is_archive(path):
                self._waiting.append((entry, depth + 1))

    def admit(self, path: str, place: Stretch, link: str = "") -> Entry | None:
        """Take in one file; None where it is left out, or its name is taken."""
        shown = printable(path, _PATH_CHARACTERS)
        if self.rules and left_out(self.rules, path, is_folder=False):
            self.ignored += 1
            return None
        if shown in self._names:
            self.gap(path, "ambiguous", "another file has the same name once it is made printable")
            return None
        if len(self._names) >= self.limits.files:
            self._full = True
            more = f"more than {self.limits.files} files; the rest was not looked at"
            self.gap(path.partition("!")[0], "limit-exceeded", more)
            return None
        self._names.add(shown)
        entry = Entry(
            shown, place.real, place.size_bytes, link and printable(link, _PATH_CHARACTERS), place.offset
        )
        self.entries.append(entry)
        return entry

    def _error(self, path: str, layer: Layer) -> None:
        if layer.error is not None:
            place = Location(path=printable(path, _PATH_CHARACTERS))
            touches = (f"uses in {place.path}",)
            self.gaps.append(gap_for(layer.error, part=_PART, location=place, touches=touches))

    def report(self, path: str, layers: Sequence[Layer], flat: Flat) -> None:
        """Note what was left out of these layers, refused, or could not be read."""
        for layer in layers:
            self._error(path, layer)
            for why, (count, first) in sorted(layer.refused.items()):
                some = "one member was refused" if count == 1 else f"{count} members were refused"
                self.gap(path, "malformed", f"{some} for {why}: {first}")
        for why in sorted({why for layer in layers for why in layer.left_out}):
            self._left_out(path, why, sum(layer.left_out[why] for layer in layers))
        if flat.dangling:
            self.gap(path, "not-present", f"{flat.dangling} links lead nowhere, or to what was left out")

    def _left_out(self, path: str, why: str, count: int) -> None:
        files = "one file" if count == 1 else f"{count} files"
        if why == "skipped":
            self.ignored += count
        elif why == "unwanted":
            return
        elif why == "no room":
            error = LimitExceeded(f"{files} did not fit into kept_bytes ({self.limits.kept_bytes})")
            self.gap(path, "limit-exceeded", error.message, "unpack it and scan the folder")
        elif why == "sparse":
            self.gap(path, "not-supported", f"{files} with holes cannot be read where they lie")
        elif why == "large":
            bound = f"text_file_bytes ({self.limits.text_file_bytes})"
            self.gap(path, "limit-exceeded", f"{files} longer than {bound} not unpacked")
        elif why == "system":
            system = f"{files} of the distribution and its packages left out, models among them excepted"
            self.gap(path, "not-requested", system, "unpack it and scan the folder by itself")
        else:
            what = f"{files} of installed packages ({why}) left out; a package may hold models of its own"
            self.gap(path, "not-requested", what, "unpack it and scan the folder by itself")


def _of_archive(path: str) -> str:
    return why_left_out(path, is_image=False)


def _of_wheel(path: str) -> str:
    """A wheel is an installed package in the making: only models in it are read."""
    return "" if is_model(path) else "wheel"


def looks_packed(entry: Entry) -> bool:
    """Do this file's first bytes say that it is an archive, whatever it is called?"""
    with Stretch(entry.real, entry.offset, entry.size_bytes).open(entry.path) as source:
        head = source.read_at(0, min(BLOCK, source.size_bytes))
        return (
            packing(head) != "" or is_tar(head) or (head.startswith(_ZIP) and sniff_source(source) == "zip")
        )
