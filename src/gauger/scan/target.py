"""What is examined: a folder, one file, an archive or an image, opened for as long as somebody reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from gauger.core.errors import Unreadable
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.members import Members
from gauger.formats.stretch import Stretch
from gauger.scan.ignore import rules_from
from gauger.scan.inside import is_archive
from gauger.scan.opener import Opener, looks_packed
from gauger.scan.walk import Entry, Walked, single, walk

Unpacked = tuple[Entry, dict[str, Stretch]]
"""An OCI layout in a folder: its index, and all files of the folder by path relative to it."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What one run looks at.

    Attributes:
        walked: The admitted files, members of archives and images among them, with the gaps of listing them.
        findings: What listing them gave a person to look at.
    """

    walked: Walked
    findings: tuple[Finding, ...] = ()

    @property
    def members(self) -> Members:
        """The files inside archives and images, for whoever reads on after the scan."""
        inside = (e for e in self.walked.entries if e.offset >= 0)
        return Members({e.path: Stretch(e.real, e.offset, e.size_bytes) for e in inside})


@contextmanager
def open_target(root: Path, limits: Limits = DEFAULT_LIMITS, ignore: Sequence[str] = ()) -> Iterator[Target]:
    """Which files are there to be read at this place? They can be read until the context ends.

    Args:
        root: A folder, or one file.
        limits: Bounds.
        ignore: Patterns in the syntax of `.gitignore`, relative to the root.

    Raises:
        Unreadable: there is neither a folder nor a file of that name.
    """
    if not root.is_dir() and not root.is_file():
        raise Unreadable("there is no such file or folder", subject=str(root))
    walked = walk(root, limits, ignore) if root.is_dir() else single(root)
    layouts = list(_layouts(walked.entries))
    archives = [e for e in walked.entries if not e.link and is_archive(e.path)]
    if root.is_file() and not archives:
        archives = [e for e in walked.entries if looks_packed(e)]
    if not layouts and not archives:
        yield Target(walked=walked)
        return
    rules = rules_from(ignore, "")
    with TemporaryDirectory(prefix="gauger-") as folder:
        taken = [entry.path for entry in walked.entries]
        opener = Opener(limits, Path(folder), (rules,) if rules else (), taken)
        yield _opened(walked, opener, layouts, archives)


def _opened(walked: Walked, opener: Opener, layouts: Sequence[Unpacked], archives: Sequence[Entry]) -> Target:
    """The walked files, with what is inside the archives and layouts among them."""
    inside: set[str] = set()
    for index, files in layouts:
        opener.open_layout(index, files)
        inside |= {f"{index.path.removesuffix('index.json')}{path}" for path in files if "/" in path}
    for entry in archives:
        if entry.path not in inside:
            opener.open(entry, sure=is_archive(entry.path))
    entries = [entry for entry in walked.entries if entry.path not in inside]
    return Target(
        walked=msgspec.structs.replace(
            walked,
            entries=tuple(sorted([*entries, *opener.entries], key=lambda entry: entry.path)),
            ignored=walked.ignored + opener.ignored,
            gaps=tuple(sorted([*walked.gaps, *opener.gaps], key=lambda gap: gap.id)),
            seen=() if _depends_on_machine(opener.gaps) else walked.seen,
        ),
        findings=tuple(opener.findings),
    )


def _depends_on_machine(gaps: Sequence[Gap]) -> bool:
    """Would the same bytes give more elsewhere: with a package installed, or with room on the disk?

    Then the answer is not to be remembered for the next run.
    """
    return any(gap.reason in ("not-supported", "unreadable") for gap in gaps)


def _layouts(entries: Sequence[Entry]) -> Iterator[Unpacked]:
    """OCI layouts that lie unpacked in a folder: each index, with all files of its folder."""
    by_path = {entry.path: entry for entry in entries}
    for mark in sorted(path for path in by_path if path.rpartition("/")[2] == "oci-layout"):
        folder = mark.removesuffix("oci-layout")
        index = by_path.get(folder + "index.json")
        if index is not None:
            blobs = (e for e in entries if e.path.startswith((folder + "blobs/", index.path, mark)))
            yield index, {e.path[len(folder) :]: Stretch(e.real, e.offset, e.size_bytes) for e in blobs}
