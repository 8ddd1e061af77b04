"""What a scan says of one snippet of code, short enough to be written beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from build.stacks import scanned

Answer = tuple[int, str, str, str]
"""Line, model's name, provider (`-` where none is known), status."""


def answers(root: Path, files: Mapping[str, str], path: str = "") -> list[Answer]:
    """The uses in one of these files (the first, unless another is named), mentions left out."""
    wanted = path or next(iter(files))
    found = [t for t in scanned(root, files) if t.use.location.path == wanted and t.use.status != "mention"]
    return [(t.use.location.line, t.model.name, t.provider or "-", t.use.status) for t in found]
