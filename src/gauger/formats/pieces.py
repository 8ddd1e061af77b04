"""Pieces of one file on disk: found beside a piece or below a folder, and asked of their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from gauger.core.errors import Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.formats.joined import JoinedSource, PartGroup, group_parts, numbered_folder
from gauger.formats.sniff import HEAD_BYTES, WEIGHTS, sniff, sniff_source
from gauger.formats.source import FileSource, Source
from gauger.formats.zipped import open_zipped

_WHOLE = WEIGHTS | {"zip"}
_DEEPEST = 4
_MOST_BELOW = 50_000


def pieces_beside(path: Path, limits: Limits) -> PartGroup | None:
    """The pieces of which this file is one, in its folder or in numbered folders beside it."""
    folder = path.parent
    names = [str(folder / name) for name in _files_in(folder, limits)]
    group = _group_with(str(path), names)
    place = numbered_folder(folder.as_posix())
    if place is None or (group is not None and not group.missing and len(group.names) > 1):
        return group
    before, beside, behind = place
    above = Path(before or ("/" if folder.is_absolute() else "."))
    for other in sorted(islice(_folders_in(above), limits.files)):
        if beside.fullmatch(other) and above / other / behind != folder:
            names += [
                str(above / other / behind / name) for name in _files_in(above / other / behind, limits)
            ]
    return _group_with(str(path), names)


def pieces_below(folder: Path, limits: Limits, *, deep: bool) -> list[PartGroup]:
    """Files in pieces in this folder, or also some levels below it; the largest number of pieces first."""
    names = list(islice(_walk(folder, _DEEPEST if deep else 0), min(limits.files, _MOST_BELOW)))
    groups = [group for group in group_parts(names) if are_pieces(group)]
    return sorted(groups, key=lambda group: (-len(group.names), group.title))


def are_pieces(group: PartGroup) -> bool:
    """Do the bytes agree: does the first piece begin as a model or an archive, and the second as nothing?"""
    kinds = [_kind(Path(name)) for name in group.names[:2]]
    return kinds[0] in _WHOLE and (len(kinds) < 2 or kinds[1] not in _WHOLE)


def joins(sources: Sequence[Source]) -> bool:
    """As `are_pieces`, of what is already open."""
    kinds = [_head_kind(source) for source in sources[:2]]
    return kinds[0] in _WHOLE and (len(kinds) < 2 or kinds[1] not in _WHOLE)


def as_one(
    stack: ExitStack, names: Sequence[str], sources: Sequence[Source], limits: Limits
) -> tuple[list[Source], tuple[str, ...]]:
    """The files of a model, with pieces of one file joined and a model in an archive taken out of it.

    Args:
        stack: Closes what is opened for it.
        names: Of the files, as paths with `/`.
        sources: The same files, opened; the caller closes them.
        limits: Bounds.

    Returns:
        What a reader is given, and remarks: pieces that are missing, other models in the archive.

    Raises:
        NothingToExamine, Malformed, LimitExceeded, Unreadable: as `open_zipped`.
    """
    whole, told = list(sources), tuple[str, ...]()
    for group in group_parts(names):
        pieces = [sources[names.index(name)] for name in group.names]
        if joins(pieces):
            joined = JoinedSource(pieces, name=_title(group, pieces[0]))
            used = {*group.names, *group.left}
            whole = [joined, *(s for s, name in zip(sources, names, strict=True) if name not in used)]
            told = _missing(group, joined.name)
            break
    if whole and sniff_source(whole[0]) == "zip":
        inner, others = open_zipped(stack, whole[0], limits)
        return inner, told + others
    return whole, told


def _title(group: PartGroup, first: Source) -> str:
    """The name of the whole, in the folder of its first piece."""
    folder, slash, _ = first.name.rpartition("/")
    return f"{folder}{slash}{group.title.rpartition('/')[2]}"


def _missing(group: PartGroup, name: str) -> tuple[str, ...]:
    if not group.missing:
        return ()
    shown = ", ".join(str(number) for number in group.missing[:10])
    return (f"{name}: pieces are not here: {shown}; read up to the first gap",)


def _group_with(name: str, names: Sequence[str]) -> PartGroup | None:
    for group in group_parts(names):
        if name in group.names or name in group.left:
            return group if are_pieces(group) else None
    return None


def _kind(path: Path) -> str:
    try:
        with FileSource(path, name=path.name) as source:
            return _head_kind(source)
    except (Unreadable, Malformed):
        return ""


def _head_kind(source: Source) -> str:
    """The format by the first bytes alone."""
    head = source.read_at(0, min(HEAD_BYTES, source.size_bytes))
    return sniff(head, source.size_bytes, source.name)


def _files_in(folder: Path, limits: Limits) -> list[str]:
    try:
        return sorted(e.name for e in islice(os.scandir(folder), limits.files) if e.is_file())
    except OSError:
        return []


def _folders_in(folder: Path) -> Iterator[str]:
    try:
        yield from (e.name for e in os.scandir(folder) if e.is_dir())
    except OSError:
        return


def _walk(folder: Path, deep: int) -> Iterator[str]:
    """Paths of files, in order of their names, links to folders not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError:
        return
    yield from (e.path for e in entries if e.is_file())
    if deep:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), deep - 1)
