"""The user's folder of lists: one canonical document a file, and what people decided about entries."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import msgspec

from gauger.core.day import is_day
from gauger.core.errors import LimitExceeded, Malformed, Unreadable, UsageError
from gauger.lists.confirmations import CONFIRMATIONS, read_confirmations
from gauger.lists.records import SIZE_BYTES, ListFile, ListFolder

FOLDER = "gauger-lists"
"""The folder's usual name, beside `gauger.yaml`."""
SUFFIX = ".list.json"
IGNORED = ".gaugerignore"
"""Put into the folder, so that a scan of the stack does not take what lists say for what the stack uses."""
_FILES = 200
_TOGETHER = 4 * SIZE_BYTES
"""Bytes of all list files of a folder: every list that is published, several times over."""
_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(ListFile)
_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]{0,119}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def dump(file: ListFile) -> bytes:
    """What are the bytes of this document? One entry a line, keys sorted; the same on every machine.

    Laws: `load(dump(x)) == x`; equal values give equal bytes.
    """
    head = msgspec.json.encode(msgspec.structs.replace(file, parties=()), order="sorted")
    entries = b",\n".join(_ENCODER.encode(party) for party in file.parties)
    empty = b'"parties":[]'
    return head.replace(empty, b'"parties":[\n' + entries + b"\n]" if entries else empty, 1) + b"\n"


def load(data: bytes, subject: str = "") -> ListFile:
    """Which list file do these bytes hold?

    Raises:
        Malformed: not a document of a known version, or with a name, date or digest that is none.
    """
    try:
        file = _DECODER.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed(f"no list file of version 1: {error}", subject=subject) from error
    has_days = is_day(file.published) and is_day(file.retrieved) and file.published <= file.retrieved
    if not has_days or not _NAME.fullmatch(file.collection) or not _DIGEST.fullmatch(file.sha256):
        raise Malformed("no list file of version 1: name, dates or digest are none", subject=subject)
    if any(party.list not in file.lists for party in file.parties):
        raise Malformed("an entry is on a list that the file does not hold", subject=subject)
    return file


def read_folder(folder: Path) -> ListFolder:
    """What does this folder of lists hold?

    Raises:
        UsageError: there is no such folder.
        Unreadable: a file of it cannot be read, or is a link that leads out of it.
        Malformed: one is not what was written there.
        LimitExceeded: one is too large, or there are too many.
    """
    if not folder.is_dir():
        raise UsageError(
            "there is no such folder of lists",
            subject=str(folder),
            hint="make one with `gauger lists import`",
        )
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    if len(paths) > _FILES:
        raise LimitExceeded(f"holds more than {_FILES} lists", subject=folder.name)
    _check_together(paths, folder)
    files = tuple(sorted((load(_bytes(p, folder), p.name) for p in paths), key=lambda f: f.key))
    notes = folder / CONFIRMATIONS
    there = notes.exists() or notes.is_symlink()
    told = read_confirmations(_bytes(notes, folder)) if there else ()
    return ListFolder(files=files, confirmations=told)


def _check_together(paths: list[Path], folder: Path) -> None:
    """Are these together of a size that fits into memory?"""
    try:
        if sum(path.stat().st_size for path in paths) > _TOGETHER:
            raise LimitExceeded(f"holds more than {_TOGETHER:,} bytes of lists", subject=folder.name)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=folder.name) from error


def _bytes(path: Path, folder: Path) -> bytes:
    try:
        if not path.is_file():
            raise Unreadable("is not a file, or a link to nothing", subject=path.name)
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Unreadable("is a link that leads out of the folder; it was not followed", subject=path.name)
        with path.open("rb") as file:
            data = file.read(SIZE_BYTES + 1)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=path.name) from error
    if len(data) > SIZE_BYTES:
        raise LimitExceeded(f"has more than {SIZE_BYTES:,} bytes", subject=path.name)
    return data


def keep(folder: Path, file: ListFile, *, force: bool = False) -> ListFile:
    """Put this list file into the folder, in place of an earlier one; which one is there now?

    Law: keeping the same file again changes nothing, not even the day of retrieval.

    Raises:
        UsageError: it is older than the one that is there, or differs from it although both were published on
            the same day; not with `force`.
    """
    path = folder / f"{file.collection}{SUFFIX}"
    if path.exists():
        before = load(_bytes(path, folder), path.name)
        if before.sha256 == file.sha256 and before.published == file.published:
            return before
        if not force:
            _refuse(before, file)
    data = dump(file)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)  # a link that somebody left there is not written through
        with fresh.open("xb") as new:
            new.write(data)
        fresh.replace(path)
        with suppress(FileExistsError), (folder / IGNORED).open("xb") as ignored:
            ignored.write(f"*{SUFFIX}\n{CONFIRMATIONS}\n".encode())
    except OSError as error:
        raise UsageError(error.strerror or "cannot be written", subject=str(path)) from error
    return file


def _refuse(before: ListFile, file: ListFile) -> None:
    if file.published < before.published:
        raise UsageError(
            f"published on {file.published}; the one at hand, {before.key}, on {before.published}",
            subject=file.key,
            hint="import the newest one, or go back with --force",
        )
    if file.published == before.published:
        raise UsageError(
            f"two files of {file.title} published on {file.published} differ: "
            f"sha256 {before.sha256} is at hand, sha256 {file.sha256} was to be imported",
            subject=file.collection,
            hint="find out which is the publisher's; --force puts the second in place of the first",
        )
