"""A model in pieces, or in an archive, as the place that a trace reads: its files and their common root."""

from __future__ import annotations

import os
from pathlib import Path

from gauger.core.errors import NothingToExamine
from gauger.core.limits import Limits
from gauger.formats.joined import group_parts
from gauger.formats.open_model import model_paths, models_in
from gauger.trace.subject import Place


def place_in_pieces(path: Path, limits: Limits) -> Place | None:
    """Which files are the model here, where it is cut into pieces or a folder holds only an archive of it?

    Returns:
        None where it is neither: a plain file, a folder with models in it, or nothing at all.
    """
    if path.is_dir() and models_in(path, limits):
        return None
    try:
        files, _ = model_paths(path, limits)
    except NothingToExamine:
        return None
    names = [str(file) for file in files]
    if not group_parts(names) and not path.is_dir():
        return None
    root = path if path.is_dir() else Path(os.path.commonpath([file.parent for file in files]))
    weights = tuple(file.relative_to(root).as_posix() for file in files)
    return Place(root=root, weights=(weights,), folder=Path(weights[0]).parent.as_posix(), owns_folder=False)
