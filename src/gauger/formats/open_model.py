"""The one way from paths to a model: opens, groups, picks the reader, closes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import msgspec

from gauger.core.errors import NothingToExamine, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.text import printable
from gauger.formats.companions import is_external
from gauger.formats.joined import PartGroup
from gauger.formats.model_file import ModelFile, TokenizerFacts
from gauger.formats.pieces import as_one, pieces_below, pieces_beside
from gauger.formats.registry import READERS, read_model
from gauger.formats.shards import ShardGroup, group_shards, shard_place
from gauger.formats.sniff import WEIGHTS, sniff_source
from gauger.formats.source import FileSource, Source
from gauger.formats.tokenizer_files import NAMES, read_tokenizer


def open_model(
    paths: Path | Sequence[Path], limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None
) -> ModelFile:
    """What does the model at this place say it holds?

    Args:
        paths: A folder; or one file, whose other shards, index and external data are looked for beside it; or
            the exact files of one model.
        limits: Bounds.
        root: Names of parts are relative to it, and links that lead out of it are refused; without it, parts
            are called by their base names and links are followed.

    Returns:
        The model. Of a folder with several, the first by format (safetensors, GGUF, ONNX, PyTorch, pickle)
        and name, with a remark on the others; `models_in` lists them all.

    Raises:
        NothingToExamine: no file here holds a model that can be read.
        Malformed: a file is not what its format says.
        LimitExceeded: a file is above the bounds.
        Unreadable: a file cannot be opened, or a link leads out of the root.
    """
    with ExitStack() as stack:
        sources, remarks = open_sources(stack, paths, limits, root=root)
        model = read_model(sources, limits)
    return msgspec.structs.replace(model, remarks=model.remarks + remarks)


def open_sources(
    stack: ExitStack,
    paths: Path | Sequence[Path],
    limits: Limits = DEFAULT_LIMITS,
    *,
    root: Path | None = None,
) -> tuple[list[Source], tuple[str, ...]]:
    """The opened files of the model at this place, as `open_model` says, with remarks.

    Pieces of one file are joined, and a model inside a zip archive is taken out of it.

    Args:
        stack: Closes what is opened.
        paths: As for `open_model`.
        limits: Bounds.
        root: As for `open_model`.

    Raises:
        NothingToExamine, Malformed, LimitExceeded, Unreadable: as `open_model`.
    """
    files, remarks = model_paths(paths, limits, root=root)
    sources: list[Source] = [stack.enter_context(open_part(path, root)) for path in files]
    whole, told = as_one(stack, [str(path) for path in files], sources, limits)
    return whole, remarks + told


def model_paths(
    paths: Path | Sequence[Path], limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None
) -> tuple[list[Path], tuple[str, ...]]:
    """Which files make up the model at this place, as `open_model` says, and what else lies in the folder?

    Raises:
        NothingToExamine: no file in this folder is a model.
        Unreadable: a file cannot be opened, or a link leads out of the root.
    """
    if not isinstance(paths, Path):
        return list(paths), ()
    if not paths.is_dir():
        group = pieces_beside(paths, limits)
        return _pieces(group, limits) if group is not None else _with_siblings(paths, limits), ()
    found = pieces_below(paths, limits, deep=False)
    cut = {Path(name).name for group in found for name in (*group.names, *group.left)}
    groups = [g for g in models_in(paths, limits, root=root) if not cut & set(g.names)]
    if not groups:
        found = found or pieces_below(paths, limits, deep=True)
        also = tuple(f"also in this folder: {group.title}" for group in found[1:])
        archive = None if found else _archive_in(paths, limits, root)
        if archive is not None:
            return [archive], ()
        if not found:
            raise NothingToExamine("no model files in this folder", subject=paths.name)
        return _pieces(found[0], limits), tuple(printable(text.replace(f"{paths}/", "")) for text in also)
    files = [paths / name for name in (*groups[0].names, groups[0].index) if name]
    if len(files) == 1:
        files = model_paths(files[0], limits, root=root)[0]
    return files, tuple(f"also in this folder: {group.title}" for group in groups[1:])


def _pieces(group: PartGroup, limits: Limits) -> list[Path]:
    """The pieces, and what belongs to the whole beside the first of them."""
    first = Path(group.names[0])
    whole = Path(group.title).name
    names = [entry.name for entry in islice(first.parent.iterdir(), limits.files)]
    beside = sorted(first.parent / name for name in names if is_external(name, whole))
    pieces = [Path(name) for name in (*group.names, *group.left)]
    return [*pieces, *(path for path in beside if path not in pieces)]


def _archive_in(folder: Path, limits: Limits, root: Path | None) -> Path | None:
    """The first zip archive directly in this folder, by name."""
    for path in sorted(islice(folder.iterdir(), limits.files)):
        if path.is_file():
            try:
                with open_part(path, root) as source:
                    if sniff_source(source) == "zip":
                        return path
            except Unreadable:
                continue
    return None


def models_in(
    folder: Path, limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None
) -> tuple[ShardGroup, ...]:
    """Which models lie directly in this folder? Names are base names; best format first.

    Files that cannot be opened are passed over here; opening them by name says why.
    """
    kinds: dict[str, str] = {}
    for path in sorted(islice(folder.iterdir(), limits.files)):
        if path.is_file():
            try:
                with open_part(path, root) as source:
                    kinds[path.name] = sniff_source(source)
            except Unreadable:
                continue
    wanted = [n for n, kind in kinds.items() if kind in WEIGHTS or kind == "safetensors-index"]
    order = READERS.idents()
    return tuple(sorted(group_shards(wanted), key=lambda g: (order.index(kinds[g.names[0]]), g.title)))


def open_tokenizer(
    folder: Path, limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None
) -> TokenizerFacts | None:
    """Which tokenizer do the files directly in this folder make up? None where there is none.

    Raises:
        Malformed: a file is not what its name says.
        LimitExceeded: a file is above the bounds.
        Unreadable: a file cannot be opened, or a link leads out of the root.
    """
    ranks = sorted(path.name for path in islice(folder.iterdir(), limits.files) if path.suffix == ".tiktoken")
    with ExitStack() as stack:
        sources = {
            name: stack.enter_context(open_part(folder / name, root))
            for name in (*NAMES, *ranks)
            if (folder / name).is_file()
        }
        return read_tokenizer(sources, limits)


def open_part(path: Path, root: Path | None) -> FileSource:
    """One file of a model, called as `open_model` says.

    Raises:
        Unreadable: it cannot be opened, or a link leads out of the root.
    """
    if root is None:
        return FileSource(path, name=path.name)
    real_root = root.resolve()
    if not path.resolve().is_relative_to(real_root):
        raise Unreadable("a link leads out of the examined folder", subject=path.name)
    place = path.parent.resolve() / path.name
    name = place.relative_to(real_root) if place.is_relative_to(real_root) else Path(path.name)
    return FileSource(path, name=name.as_posix())


def _with_siblings(path: Path, limits: Limits) -> list[Path]:
    """The other shards and the index of this file, or external data that is named after it."""
    names = [entry.name for entry in islice(path.parent.iterdir(), limits.files)] if path.is_file() else []
    place = shard_place(path.name)
    title = place[0] if place else path.name
    for group in group_shards(name for name in names if _belongs(name, title)):
        if path.name in group.names and (len(group.names) > 1 or group.index):
            return [path.parent / name for name in (*group.names, group.index) if name]
    return [path, *sorted(path.parent / name for name in names if is_external(name, path.name))]


def _belongs(name: str, title: str) -> bool:
    place = shard_place(name)
    return (place[0] if place else name.removesuffix(".index.json")) == title
