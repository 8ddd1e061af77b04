"""Reading a list file that the user fetched: bounded, recognised by its content, people left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from gauger.core.errors import LimitExceeded, Malformed, NothingToExamine, Unreadable, UsageError
from gauger.core.strict import nearest
from gauger.lists.records import SIZE_BYTES, Counts, ListFile, Party
from gauger.lists.registry import FORMATS
from gauger.lists.seam import HEAD_BYTES, Head, Header, ListFormat, head_of

_BLOCK = 1 << 20
_PARTIES = 5_000_000
_NAMES = 2_000
_MOSTLY_PEOPLE = frozenset({"us.dpl", "us.dtc"})
"""Lists whose entries have no kind and are mostly people."""
_ORGANISATION = re.compile(
    r"\b(?:co|company|corp|corporation|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|sa|srl|spa|bv|nv|oy|ab|jsc|ojsc"
    r"|pjsc|ooo|fze|fzco|fzc|pte|pty|sdn|bhd|kk|group|holdings?|enterprises?|industr(?:y|ies)|technology|technologies"
    r"|international|trading|university|institute|academy|bank|electronics|systems?|services?|laborator(?:y|ies)"
    r"|research|solutions?|airlines?|aviation|shipping|logistics|exports?|imports?|foundation|association)\b",
    re.IGNORECASE,
)


def read_list(
    path: Path, *, retrieved: str, published: str = "", ident: str = "", size_bytes: int = SIZE_BYTES
) -> ListFile:
    """What does this file list?

    Args:
        path: The file as it was downloaded.
        retrieved: ISO date on which it was.
        published: ISO date of its publication, for a file that does not say it; one that does must agree.
        ident: Keep only this list; of FollowTheMoney entities, the list that they are of.
        size_bytes: The largest file that is read.

    Raises:
        Unreadable: it cannot be opened.
        LimitExceeded: it is too large, or nested or long beyond all reason.
        Malformed: no format is recognised, or it is not what its format says.
        UsageError: publication date or list do not fit the file.
        NothingToExamine: nothing in it is on a list that is kept.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > size_bytes:
                raise LimitExceeded(
                    f"has {size:,} bytes; list files are read up to {size_bytes:,}", subject=path.name
                )
            digest = _digest(file, size_bytes, path.name)
            head = head_of(file.read(HEAD_BYTES))
            file.seek(0)
            return _read(file, _format(head, path.name), digest, size, retrieved, published, ident, path.name)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=path.name) from error


def _digest(file: BinaryIO, bound: int, name: str) -> str:
    digest, seen = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        seen += len(block)
        if seen > bound:
            raise LimitExceeded(f"has more than {bound:,} bytes", subject=name)
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def _format(head: Head, name: str) -> ListFormat:
    for known in FORMATS:
        if known.recognises(head):
            return known
    if not head.text.strip():
        raise Malformed("is empty", subject=name)
    what = f"XML with the root {head.root[:60]!r}" if head.kind == "xml" else head.kind
    raise Malformed(
        f"is no list that this program knows ({what})",
        subject=name,
        hint="known: " + ", ".join(known.ident for known in FORMATS),
    )


def _read(
    file: BinaryIO,
    known: ListFormat,
    digest: str,
    size: int,
    retrieved: str,
    published: str,
    ident: str,
    name: str,
) -> ListFile:
    header = Header()
    assigned = ident if known.collection == "ftm" else ""
    kept, seen, counts = _kept(known.parties(file, header, assigned), ident, name)
    read = counts.pop("read") + header.unassigned
    counts["of_other_lists"] += header.unassigned
    if not seen:
        _nothing(known, read, name)
    if ident and ident not in seen:
        guess = nearest(ident, sorted(seen))
        raise UsageError(
            f"the file has no entry of {ident!r}",
            subject=name,
            hint=f"did you mean {guess!r}?" if guess else "it holds: " + ", ".join(sorted(seen)),
        )
    lists = tuple(sorted({ident} if ident else seen))
    collection = known.collection if known.collection != "ftm" else "ftm." + "+".join(lists)
    if ident and known.collection not in {"ftm", ident}:
        collection = f"{known.collection}.{ident}"
    return ListFile(
        collection=collection[:120],
        title=known.title,
        format=known.ident,
        sha256=digest,
        size_bytes=size,
        published=_published(header.published, published, retrieved, name),
        retrieved=retrieved,
        lists=lists,
        counts=Counts(read=read, kept=len(kept), **counts),
        parties=tuple(kept),
    )


def _kept(parties: Iterable[Party], ident: str, name: str) -> tuple[list[Party], set[str], dict[str, int]]:
    """The parties to keep in order, the lists that were seen, and how many were read and left out."""
    counts = {"read": 0, "individuals": 0, "perhaps_individuals": 0, "of_other_lists": 0}
    kept: dict[Party, None] = {}
    seen: set[str] = set()
    for party in parties:
        counts["read"] += 1
        if counts["read"] > _PARTIES or len(party.names) > _NAMES:
            raise LimitExceeded(f"more than {_PARTIES:,} entries, or {_NAMES:,} names of one", subject=name)
        seen.add(party.list)
        if ident and party.list != ident:
            counts["of_other_lists"] += 1
        elif party.kind == "individual":
            counts["individuals"] += 1
        elif _perhaps_individual(party):
            counts["perhaps_individuals"] += 1
        else:
            kept[party] = None
    return sorted(kept, key=lambda p: (p.list, p.number, p.names, msgspec.structs.astuple(p))), seen, counts


def _perhaps_individual(party: Party) -> bool:
    if party.kind != "untyped" or party.list not in _MOSTLY_PEOPLE:
        return False
    return not any(_ORGANISATION.search(name.replace(".", "")) or not name.isascii() for name in party.names)


def _nothing(known: ListFormat, read: int, name: str) -> None:
    if known.collection == "ftm" and read:
        raise UsageError(
            "the entities do not say on which list they are",
            subject=name,
            hint="say it with --list, for example --list us.1260h",
        )
    raise NothingToExamine("no entry of a list is in it", subject=name)


def _published(said: str, given: str, retrieved: str, name: str) -> str:
    """The date of publication: what the file says, else what the user says.

    Raises:
        UsageError: neither says it, they differ, or it lies after the day of retrieval.
    """
    if not said and not given:
        raise UsageError(
            "the file does not say when it was published",
            subject=name,
            hint="say it with --published YYYY-MM-DD; one that is rebuilt all day: the day of download",
        )
    if said and given and said != given:
        raise UsageError(f"the file says that it was published on {said}, not on {given}", subject=name)
    if (said or given) > retrieved:
        raise UsageError(
            f"published on {said or given} and retrieved before, on {retrieved}",
            subject=name,
            hint="name the day of the download with --retrieved",
        )
    return said or given
