"""The members of a tar file, read forwards and bounded; nothing is ever unpacked by name.

The standard library's reader follows pax headers without a bound on their size and keeps every member in
memory; this one knows ustar, pax and GNU's extensions and keeps nothing. Sources: POSIX.1-2017 `pax`, section
"ustar Interchange Format" and "pax Header Block"; the GNU tar manual, "Basic Tar Format" and "Storing Sparse
Files".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.formats.unpack import Stream

BLOCK = 512
_ZEROS = bytes(BLOCK)
_LARGEST = (1 << 63) - 1
_KINDS: dict[int, MemberKind] = {
    0: "file", ord("0"): "file", ord("7"): "file", ord("1"): "hard-link", ord("2"): "link",
    ord("5"): "folder", ord("S"): "sparse",
}  # fmt: skip
_HEADER_ONLY = frozenset(b"123456")
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL, _SOLARIS_PAX = (ord(c) for c in "LKxgX")
_EXTENSIONS = {_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL, _SOLARIS_PAX}

MemberKind = Literal["file", "folder", "link", "hard-link", "sparse", "other"]
"""sparse: a file with holes, whose bytes do not lie in one piece. other: devices, pipes, unknown kinds."""


class TarMember(msgspec.Struct, frozen=True):
    """One member.

    Attributes:
        name: As written; bytes that are not UTF-8 are surrogates.
        kind: What it is.
        size_bytes: Of its data.
        target: Of a link, as written.
        offset: Where in the stream its data begin.
    """

    name: str
    kind: MemberKind
    size_bytes: int
    target: str
    offset: int


def is_tar(head: bytes) -> bool:
    """Do these first 512 bytes make a tar header? Its checksum says so; the mark is no use for old ones."""
    return len(head) >= BLOCK and head[:BLOCK] != _ZEROS and _has_checksum(head[:BLOCK])


def tar_members(stream: Stream, limits: Limits, subject: str = "") -> Iterator[TarMember]:
    """Which members does this tar file have, in order, the same name as often as it stands there?

    While the caller holds a member, the stream stands at the first byte of its data; the caller may read them
    or not. Ends at the first block of zeros, as other readers do, or where the bytes end. O(members) time and
    constant memory; headers that describe other headers count against `archive_members` in a row of their
    own.

    Raises:
        Malformed: a header without a valid checksum or with a number that is none; a member that is cut off.
        LimitExceeded: an extended header above `line_bytes`, or too many in a row.
    """
    extended: dict[str, str] = {}
    in_a_row = 0
    while (block := stream.read(BLOCK)) and block != _ZEROS:
        if len(block) < BLOCK or not _has_checksum(block):
            raise Malformed(f"no tar header at byte {stream.position - len(block)}", subject=subject)
        size = _number(block[124:136], subject)
        if block[156] in _EXTENSIONS:
            in_a_row += 1
            limits.check(in_a_row, "depth", subject=subject)
            _extend(extended, block[156], _data(stream, size, limits, subject), subject)
            continue
        member = _member(block, size, extended, stream, subject)
        extended, in_a_row = {}, 0
        yield member
        left = member.offset + member.size_bytes - stream.position
        if stream.pass_over(left + -member.size_bytes % BLOCK) < left:
            raise Malformed("the last member is cut off", subject=subject)


def _has_checksum(block: bytes) -> bool:
    """The sum of all bytes, its own field read as spaces; some old writers summed signed bytes."""
    field = block[148:156].split(b"\0", 1)[0].strip()
    if not field.isdigit() or b"8" in field or b"9" in field:
        return False
    said = int(field, 8)
    found = sum(block) - sum(block[148:156]) + 256
    if found == said:
        return True
    high = sum(1 for byte in block[:148] + block[156:] if byte >= 128)
    return found - 256 * high == said


def _number(field: bytes, subject: str) -> int:
    """Octal digits, or base 256 where the first bit is set (GNU)."""
    if field[0] == 0x80:
        value = int.from_bytes(field[1:], "big")
    elif field[0] > 0x80:
        raise Malformed("a size below zero or without end", subject=subject)
    else:
        text = field.split(b"\0", 1)[0].strip()
        if text and (not text.isdigit() or b"8" in text or b"9" in text):
            raise Malformed("a size that is no number", subject=subject)
        value = int(text or b"0", 8)
    if value > _LARGEST - BLOCK:
        raise Malformed("a size without end", subject=subject)
    return value


def _data(stream: Stream, size: int, limits: Limits, subject: str) -> bytes:
    limits.check(size, "line_bytes", subject=subject)
    data = stream.read(size)
    if len(data) < size:
        raise Malformed("an extended header is cut off", subject=subject)
    stream.pass_over(-size % BLOCK)
    return data


def _extend(extended: dict[str, str], kind: int, data: bytes, subject: str) -> None:
    """Note what an extended header says of the next member; a global one says nothing that is needed here."""
    if kind == _LONG_NAME:
        extended["path"] = _text(data)
    elif kind == _LONG_LINK:
        extended["linkpath"] = _text(data)
    elif kind in (_PAX, _SOLARIS_PAX):
        extended.update(_pax_records(data, subject))


def _pax_records(data: bytes, subject: str) -> Iterator[tuple[str, str]]:
    r"""`LENGTH KEY=VALUE\n`, the length in decimal digits and counting itself."""
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + 20)
        digits = data[at:space] if space > 0 else b""
        if not digits.isdigit() or not 5 <= int(digits) <= len(data) - at:
            raise Malformed("an extended header is damaged", subject=subject)
        record = data[space + 1 : at + int(digits) - 1]
        at += int(digits)
        key, equals, value = record.partition(b"=")
        if not equals:
            raise Malformed("an extended header is damaged", subject=subject)
        if key in (b"path", b"linkpath", b"size", b"GNU.sparse.name") or key.startswith(b"GNU.sparse."):
            yield key.decode("ascii", "replace"), value.decode("utf-8", "surrogateescape")


def _member(block: bytes, size: int, extended: dict[str, str], stream: Stream, subject: str) -> TarMember:
    flag = block[156]
    kind = _KINDS.get(flag, "other")
    name = extended.get("GNU.sparse.name") or extended.get("path") or _name(block)
    if "size" in extended:
        if not extended["size"].isdecimal() or len(extended["size"]) > 19:
            raise Malformed("a size that is no number", subject=subject)
        size = _number(b"%o" % min(int(extended["size"]), _LARGEST), subject)
    if kind == "sparse":
        _pass_sparse_map(block, stream, subject)
    elif any(key.startswith("GNU.sparse.") for key in extended):
        kind = "sparse"
    if kind == "file" and name.endswith("/"):
        kind = "folder"
    return TarMember(
        name,
        kind,
        0 if flag in _HEADER_ONLY else size,
        extended.get("linkpath") or _text(block[157:257]),
        stream.position,
    )


def _pass_sparse_map(block: bytes, stream: Stream, subject: str) -> None:
    """GNU's old sparse files have blocks with the rest of the map between header and data."""
    more = block[482]
    while more:
        following = stream.read(BLOCK)
        if len(following) < BLOCK:
            raise Malformed("the map of a sparse file is cut off", subject=subject)
        more = following[504]


def _name(block: bytes) -> str:
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and block[345]:
        return f"{_text(block[345:500])}/{name}"
    return name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
