"""What is examined: a folder, one file, an archive or an image, opened for as long as somebody reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from gauger.core.errors import Unreadable
from gauger.core.judgement import Finding
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.scan.walk import Walked, single, walk


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What one run looks at.

    Attributes:
        walked: The admitted files, members of archives and images among them, with the gaps of listing them.
        findings: What listing them gave a person to look at.
    """

    walked: Walked
    findings: tuple[Finding, ...] = ()


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
    yield Target(walked=walk(root, limits, ignore) if root.is_dir() else single(root))
