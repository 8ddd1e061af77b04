"""What the reader of tar files says of good ones, odd ones and hostile ones."""

from __future__ import annotations

import io
import tarfile

import pytest

from build.images import device, hard_link, tar
from gauger.core.errors import GaugerError, LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.source import MemorySource
from gauger.formats.tar import BLOCK, TarMember, is_tar, tar_members
from gauger.formats.unpack import PlainStream

MAGIC = b"ustar\x0000"
LONG = "a/" * 90 + "file"


def members(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[TarMember]:
    """All members."""
    return list(tar_members(PlainStream(MemorySource(data)), limits))


def header(
    name: bytes = b"x", size: bytes = b"0", flag: bytes = b"0", magic: bytes = b"ustar\x0000"
) -> bytes:
    """One header block with a valid checksum."""
    block = bytearray(BLOCK)
    block[: len(name)] = name
    block[124 : 124 + len(size)] = size
    block[156:157] = flag
    block[257 : 257 + len(magic)] = magic
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pax(text: bytes) -> bytes:
    """An extended header with these records."""
    return header(b"pax", b"%o" % len(text), b"x") + text + bytes(-len(text) % BLOCK)


@pytest.mark.parametrize("is_pax", [True, False])
def test_members_are_those_that_the_standard_library_wrote(is_pax: bool) -> None:  # noqa: FBT001
    """Names of any length, links, hard links, devices, and where the bytes lie; pax and GNU alike."""
    data = tar(
        {
            "short": b"one",
            LONG: b"two" * 300,
            "link": "../" * 60 + "target",
            "hard": hard_link("hard", "short"),
            "dev/null": device("dev/null"),
            "ü.txt": b"three",
        },
        pax=is_pax,
    )
    found = members(data)
    assert [(m.name, m.kind, m.target) for m in found] == [
        ("short", "file", ""),
        (LONG, "file", ""),
        ("link", "link", "../" * 60 + "target"),
        ("hard", "hard-link", "short"),
        ("dev/null", "other", ""),
        ("ü.txt", "file", ""),
    ]
    texts = [data[m.offset : m.offset + m.size_bytes] for m in found]
    assert texts == [b"one", b"two" * 300, b"", b"", b"", b"three"]


def test_the_old_name_prefix_is_put_before_the_name() -> None:
    """Ustar splits long names in two fields."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as file:
        file.addfile(tarfile.TarInfo("b" * 90 + "/" + "c" * 90))
    assert members(out.getvalue())[0].name == "b" * 90 + "/" + "c" * 90


def test_a_size_in_base_256_is_read() -> None:
    """GNU writes sizes above eight gigabytes so."""
    with pytest.raises(Malformed, match="cut off"):
        members(header(size=b"\x80" + bytes(6) + b"\xff\0\0\0\0"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (header(size=b"\xff" * 12), Malformed),
        (header(size=b"\x80" + b"\xff" * 11), Malformed),
        (header(size=b"-1"), Malformed),
        (header(size=b"9"), Malformed),
        (header(size=b"7777"), Malformed),
        (b"x" * BLOCK, Malformed),
        (header()[:100], Malformed),
        (header(b"pax", b"77777777777", b"x"), LimitExceeded),
        (header(b"pax", b"20000", b"x"), Malformed),
        (pax(b"12 path=abc\n") * 70 + header(), LimitExceeded),
        (pax(b"999 path=abc\n") + header(), Malformed),
        (pax(b"1 path=abc\n") + header(), Malformed),
        (pax(b"x path=abc\n") + header(), Malformed),
        (pax(b"0 path=abc\n") + header(), Malformed),
        (pax(b"99999999999999999999999 a=b\n") + header(), Malformed),
        (pax(b"12 pathxabc\n") + header(), Malformed),
        (pax(b"11 size=-1\n") + header(), Malformed),
        (pax(b"30 size=99999999999999999999\n") + header(), Malformed),
        (header(flag=b"S", size=b"0")[:482] + b"\1" + bytes(29), Malformed),
    ],
)
def test_hostile_headers_are_refused(data: bytes, error: type[GaugerError]) -> None:
    """Negative, endless and nonsensical sizes, extended headers without end."""
    with pytest.raises(error):
        members(data)


def test_headers_for_all_members_change_none() -> None:
    """A global header cannot rename what follows."""
    text = b"12 path=abc\n"
    data = header(b"pax", b"%o" % len(text), b"g") + text + bytes(-len(text) % BLOCK) + header(b"real")
    assert [m.name for m in members(data)] == ["real"]


def test_a_file_with_holes_is_said_to_be_one() -> None:
    """Its bytes do not lie in one piece; both ways of writing them are told."""
    block = bytearray(header(b"old", b"1000", b"S"))
    block[482] = 1
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    data = bytes(block) + bytes(BLOCK) + bytes(BLOCK) + header(b"next")
    assert [(m.name, m.kind) for m in members(data)] == [("old", "sparse"), ("next", "file")]
    new = pax(b"22 GNU.sparse.major=1\n" + b"26 GNU.sparse.name=shown\n\n"[:0]) + header(b"kept")
    assert [(m.name, m.kind) for m in members(new)] == [("kept", "sparse")]


def test_what_stands_after_the_end_mark_is_not_read() -> None:
    """Other readers stop there, so nothing is hidden from them and shown to us."""
    assert [m.name for m in members(header(b"a") + bytes(1024) + header(b"b"))] == ["a"]


def test_a_tar_file_is_told_by_its_checksum() -> None:
    """Old ones have no mark, and a mark alone is none."""
    assert is_tar(header(magic=b""))
    assert not is_tar(bytes(BLOCK))
    assert not is_tar(bytes(257) + b"ustar\x0000" + bytes(247))
