"""Which files of a folder are pieces of one model, whose other pieces may lie in folders beside it?"""

from __future__ import annotations

from collections.abc import Sequence

from gauger.formats.joined import PartGroup, group_parts, is_piece, numbered_folder
from gauger.formats.pieces import joins
from gauger.scan.collector import FileView

PIECES = (
    "*part[0-9]*", "*part[-_.][0-9]*", "*chunk[0-9]*", "*chunk[-_.][0-9]*", "*piece[0-9]*",
    "*piece[-_.][0-9]*", "*split[0-9]*", "*split[-_.][0-9]*", "*.[0-9][0-9][0-9]", "*.aa",
)  # fmt: skip
"""Names that pieces have; pieces called `part.bin` in numbered folders are told by the folder."""

_MOST_BELOW = 100_000


def pieces_in(view: FileView, folder: str, files: Sequence[str]) -> list[PartGroup]:
    """Groups of pieces of which at least one lies in this folder, and whose bytes agree.

    Raises:
        Malformed, Unreadable: a piece cannot be read.
    """
    if not any(is_piece(path) for path in files):
        return []
    groups = _agreeing(view, files, files)
    if any(len(group.names) > 1 and not group.missing for group in groups):
        return groups
    return _agreeing(view, [*files, *_beside(view, folder)], files) or groups


def _agreeing(view: FileView, names: Sequence[str], here: Sequence[str]) -> list[PartGroup]:
    wanted = set(here)
    groups = [group for group in group_parts(names) if wanted & {*group.names, *group.left}]
    return [group for group in groups if joins([view.tree.open(name) for name in group.names[:2]])]


def _beside(view: FileView, folder: str) -> list[str]:
    """Files at the same place in the folders that have another number."""
    place = numbered_folder(folder)
    if place is None:
        return []
    before, beside, behind = place
    prefix = f"{before}/" if before else ""
    found = []
    for path in view.tree.files_below(before)[:_MOST_BELOW]:
        other, _, rest = path[len(prefix) :].partition("/")
        if (
            beside.fullmatch(other)
            and rest.rpartition("/")[0] == behind
            and path.rpartition("/")[0] != folder
        ):
            found.append(path)
    return found
