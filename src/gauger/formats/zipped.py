"""A model inside a zip archive: read where it lies if it is stored, else unpacked to a temporary file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from gauger.core.errors import LimitExceeded, Malformed, NothingToExamine
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.companions import is_external
from gauger.formats.joined import SliceSource
from gauger.formats.registry import READERS
from gauger.formats.shards import ShardGroup, group_shards
from gauger.formats.sniff import HEAD_BYTES, WEIGHTS, sniff
from gauger.formats.source import FileSource, Source
from gauger.formats.unpack import Budget, UnpackedStream
from gauger.formats.zip_directory import DEFLATED, STORED, Member, data_offset, zip_members

_SMALLEST = 64
_MOST_LOOKED_AT = 2_000
_PIECE = 1 << 20
_NO_MODEL = (
    ".py",
    ".pyc",
    ".pyi",
    ".md",
    ".txt",
    ".html",
    ".css",
    ".js",
    ".so",
    ".dll",
    ".png",
    ".jpg",
    ".svg",
)


def open_zipped(
    stack: ExitStack, archive: Source, limits: Limits, *, budget: Budget | None = None, depth: int = 0
) -> tuple[list[Source], tuple[str, ...]]:
    """Which files of this archive make up the model in it?

    Archives inside the archive are entered where it holds no model itself.

    Args:
        stack: Closes what is opened; temporary files are gone with it.
        archive: The archive; the caller keeps it open.
        limits: Bounds: members that are looked into, bytes that are unpacked and kept, levels of archives.
        budget: What may still be unpacked, shared by archives inside archives.
        depth: How many archives are around this one.

    Returns:
        The files of the first model, by format and name, and a remark for every other.

    Raises:
        NothingToExamine: no member is a model.
        Malformed: a damaged archive or member.
        LimitExceeded: above the bounds.
        Unreadable: the bytes cannot be had.
    """
    limits.check(depth, "archive_depth", subject=archive.name)
    budget = budget or Budget(limits)
    members = {
        name: member
        for name, member in zip_members(archive, limits).items()
        if member.method in (STORED, DEFLATED) and not member.encrypted and not name.endswith("/")
    }
    kinds = _kinds(archive, members, limits, budget)
    groups = _groups(kinds)
    if not groups:
        for name in sorted(name for name, kind in kinds.items() if kind == "zip"):
            inner = open_member(stack, archive, members[name], limits, budget)
            return open_zipped(stack, inner, limits, budget=budget, depth=depth + 1)
        raise NothingToExamine("no model in this archive", subject=archive.name)
    wanted = [name for name in (*groups[0].names, groups[0].index) if name]
    if len(wanted) == 1:
        wanted += sorted(name for name in members if _is_beside(name, wanted[0]))
    sources = [open_member(stack, archive, members[name], limits, budget) for name in wanted]
    others = (f"also in this archive: {printable(group.title, 200)}" for group in groups[1:])
    return sources, tuple(others)


def open_member(stack: ExitStack, archive: Source, member: Member, limits: Limits, budget: Budget) -> Source:
    """This member as a source, called `archive!member`.

    Raises:
        Malformed: damaged, or of another size than it says.
        LimitExceeded: it unpacks to more than is left, or swells too far.
        Unreadable: the bytes cannot be had.
    """
    name = f"{archive.name}!{printable(member.name, 400)}"
    packed = _packed(archive, member, name)
    if member.method == STORED:
        return packed
    stream = UnpackedStream(packed, "deflate", limits, budget)
    with tempfile.NamedTemporaryFile(prefix="gauger-") as file:
        written = 0
        while data := stream.read(_PIECE):
            written += len(data)
            if written > member.size_bytes:
                raise Malformed(f"a member is longer than its {member.size_bytes} bytes", subject=name)
            budget.take("kept", len(data), name)
            file.write(data)
        file.flush()
        if written != member.size_bytes:
            raise Malformed(f"a member of {member.size_bytes} bytes has {written}", subject=name)
        return stack.enter_context(FileSource(Path(file.name), name=name, follow=False))


def _packed(archive: Source, member: Member, name: str) -> SliceSource:
    return SliceSource(archive, data_offset(archive, member), member.packed_bytes, name=name)


def _kinds(archive: Source, members: Mapping[str, Member], limits: Limits, budget: Budget) -> dict[str, str]:
    """Formats of the largest members, by their first bytes."""
    listed = [
        m for n, m in members.items() if m.size_bytes >= _SMALLEST and not n.lower().endswith(_NO_MODEL)
    ]
    listed.sort(key=lambda member: (-member.size_bytes, member.name))
    found: dict[str, str] = {}
    for member in listed[:_MOST_LOOKED_AT]:
        try:
            source = _packed(archive, member, archive.name)
            if member.method == STORED:
                head = source.read_at(0, min(HEAD_BYTES, source.size_bytes))
            else:
                head = UnpackedStream(source, "deflate", limits, budget).read(HEAD_BYTES)
        except (Malformed, LimitExceeded):  # a damaged member is told when it is the one that is wanted
            continue
        found[member.name] = sniff(head, member.size_bytes, member.name)
    return found


def _groups(kinds: Mapping[str, str]) -> list[ShardGroup]:
    """The models among these members, best format first, the least deep before those below it."""
    order = READERS.idents()
    wanted = [name for name, kind in kinds.items() if kind in WEIGHTS or kind == "safetensors-index"]
    return sorted(
        group_shards(wanted),
        key=lambda group: (order.index(kinds[group.names[0]]), group.title.count("/"), group.title),
    )


def _is_beside(name: str, model: str) -> bool:
    folder, _, base = name.rpartition("/")
    model_folder, _, model_base = model.rpartition("/")
    return folder == model_folder and is_external(base, model_base)
