"""The directory of a zip archive, read by range and bounded; members are not unpacked unless asked for.

The standard library's reader loads the whole directory and needs a seekable file; this one works on any
`Source`. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.source import Source

STORED, DEFLATED = 0, 8
_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL_BYTES = 30
_LONGEST_TAIL = _END.size + 0xFFFF
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member of an archive.

    Attributes:
        name: As written.
        method: `STORED`, `DEFLATED`, or another number of the format.
        packed_bytes: As stored.
        size_bytes: When unpacked, as the directory says.
        header: Where its local header begins.
        encrypted: Whether it says so.
    """

    name: str
    method: int
    packed_bytes: int
    size_bytes: int
    header: int
    encrypted: bool


def zip_members(source: Source, limits: Limits) -> dict[str, Member]:
    """Which members does this archive list? The first of a name counts.

    Raises:
        Malformed: no directory at the end, or one that lies about its size.
        LimitExceeded: a directory above `header_bytes` or `archive_members`.
        Unreadable: the bytes cannot be had.
    """
    start, length, count = _directory_place(source)
    limits.check(count, "archive_members", subject=source.name)
    data = source.read_at(start, limits.check(length, "header_bytes", subject=source.name))
    members: dict[str, Member] = {}
    at = 0
    for _ in range(count):
        if at + _CENTRAL.size > len(data):
            raise Malformed("the archive's directory is shorter than it says", subject=source.name)
        fields = _CENTRAL.unpack_from(data, at)
        if fields[0] != b"PK\x01\x02":
            raise Malformed("the archive's directory is damaged", subject=source.name)
        name_bytes, extra_bytes, comment_bytes = fields[10:13]
        at += _CENTRAL.size
        raw, extra = data[at : at + name_bytes], data[at + name_bytes : at + name_bytes + extra_bytes]
        at += name_bytes + extra_bytes + comment_bytes
        size, packed, header = _wide(extra, fields[9], fields[8], fields[16])
        name = raw.decode("utf-8", "replace")
        members.setdefault(
            name,
            Member(
                name=name,
                method=fields[4],
                packed_bytes=packed,
                size_bytes=size,
                header=header,
                encrypted=bool(fields[3] & 1),
            ),
        )
    return members


def data_offset(source: Source, member: Member) -> int:
    """Where do this member's stored bytes begin?

    Raises:
        Malformed: there is no local header where the directory says.
        Unreadable: the bytes cannot be had.
    """
    local = source.read_at(member.header, _LOCAL_BYTES)
    if local[:4] != b"PK\x03\x04":
        raise Malformed(f"no member begins at byte {member.header}", subject=source.name)
    name_bytes, extra_bytes = struct.unpack_from("<2H", local, 26)
    return member.header + _LOCAL_BYTES + int(name_bytes) + int(extra_bytes)


def read_member(source: Source, member: Member, limits: Limits, *, bound: str = "header_bytes") -> bytes:
    """What does this member hold? Unpacking stops at the bound, whatever the directory says.

    Raises:
        Malformed: damaged, encrypted, or packed by an unknown method.
        LimitExceeded: more than the bound of that name, packed or unpacked.
        Unreadable: the bytes cannot be had.
    """
    if member.encrypted or member.method not in (STORED, DEFLATED):
        raise Malformed("a member is encrypted or packed by an unknown method", subject=source.name)
    limits.check(member.packed_bytes, bound, subject=source.name)
    packed = source.read_at(data_offset(source, member), member.packed_bytes)
    if member.method == STORED:
        return packed
    most: int = getattr(limits, bound)
    try:
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
    except zlib.error as error:
        raise Malformed("a member is damaged", subject=source.name) from error
    if len(unpacked) > most:
        raise LimitExceeded(f"a member unpacks to more than {most} bytes", subject=source.name)
    return unpacked


def _directory_place(source: Source) -> tuple[int, int, int]:
    """Start, length and number of entries of the central directory."""
    tail_bytes = min(source.size_bytes, _LONGEST_TAIL)
    tail_at = source.size_bytes - tail_bytes
    tail = source.read_at(tail_at, tail_bytes)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or found + _END.size > len(tail):
        raise Malformed("the archive has no directory at its end: it is cut off", subject=source.name)
    _, disk, _, _, count, length, start, _ = _END.unpack_from(tail, found)
    if disk not in (0, _FULL16):
        raise Malformed("the archive is one of several", subject=source.name)
    if count == _FULL16 or length == _FULL32 or start == _FULL32:
        start, length, count = _directory_place64(source, tail_at + found, (start, length, count))
    return start, length, count


def _directory_place64(source: Source, end: int, short: tuple[int, int, int]) -> tuple[int, int, int]:
    if end < _END64_PLACE.size:
        return short
    magic, _, place, _ = _END64_PLACE.unpack(source.read_at(end - _END64_PLACE.size, _END64_PLACE.size))
    if magic != b"PK\x06\x07":
        return short
    fields = _END64.unpack(source.read_at(place, _END64.size))
    if fields[0] != b"PK\x06\x06":
        raise Malformed("the archive's 64-bit directory is damaged", subject=source.name)
    return fields[9], fields[8], fields[7]


def _wide(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """Sizes and offset, from the 64-bit extra field where the short fields are full."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        body = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if tag == 1:
            wide = [int.from_bytes(body[i : i + 8], "little") for i in range(0, len(body) - 7, 8)]
            values = [wide.pop(0) if value == _FULL32 and wide else value for value in (size, packed, header)]
            return values[0], values[1], values[2]
    return size, packed, header
