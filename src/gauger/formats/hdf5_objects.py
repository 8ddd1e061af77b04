"""What HDF5 files are made of: object headers with their messages, groups and their links.

Only what files of weights use is followed. Source: HDF5 File Format Specification 3.0
(https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from gauger.core.errors import LimitExceeded, Malformed
from gauger.formats.window import Window

UNDEFINED = (1 << 64) - 1
DATASPACE, LINK_INFO, DATATYPE, LINK, LAYOUT, FILTERS, ATTRIBUTE = 0x1, 0x2, 0x3, 0x6, 0x8, 0xB, 0xC
_CONTINUATION, _SYMBOLS = 0x10, 0x11
_SYMBOL_BYTES = 40
_LONGEST_NAME = 1024


class Message(NamedTuple):
    """One message of an object header.

    Attributes:
        kind: Its number.
        at: Where its content begins.
        size_bytes: Of the content.
    """

    kind: int
    at: int
    size_bytes: int


def root_address(window: Window) -> int:
    """Where is the header of the outermost group?

    Raises:
        Malformed: not HDF5 of a version that is known, or with other sizes than eight bytes.
        LimitExceeded, Unreadable: as the window.
    """
    version = window.u8(8)
    sizes = (window.u8(13), window.u8(14)) if version < 2 else (window.u8(9), window.u8(10))
    if version > 3 or sizes != (8, 8):
        raise Malformed(
            f"HDF5 superblock {version} with numbers of {sizes} bytes", subject=window.source.name
        )
    if version >= 2:
        return window.u64(36)
    return window.u64(24 + 4 * version + 40)


def messages(window: Window, address: int) -> Iterator[Message]:
    """Which messages does the object header at this place hold, continuations followed?

    Raises:
        Malformed: no object header there.
        LimitExceeded: more messages or continuations than allowed.
        Unreadable: the bytes cannot be had.
    """
    signature = window.take(address, 4)
    if signature == b"OHDR":
        flags = window.u8(address + 5)
        at = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        size = int.from_bytes(window.take(at, width), "little")
        blocks = [(at + width, size)]
        head = 6 if flags & 4 else 4
    elif signature[0] == 1:
        blocks = [(address + 16, window.u32(address + 8))]
        head = 8
    else:
        raise Malformed(f"no HDF5 object at byte {address}", subject=window.source.name)
    seen = 0
    while blocks:
        at, left = blocks.pop(0)
        seen += 1
        window.limits.check(seen, "depth", subject=window.source.name)
        if signature == b"OHDR" and seen > 1:
            at, left = at + 4, left - 8  # the block's own signature and check sum
        while left >= head:
            kind, size = _message_head(window, at, head)
            if kind == _CONTINUATION:
                blocks.append((window.u64(at + head), window.u64(at + head + 8)))
            else:
                yield Message(kind, at + head, size)
            at, left = at + head + size, left - head - size


def _message_head(window: Window, at: int, head: int) -> tuple[int, int]:
    if head == 8:
        return window.u16(at), window.u16(at + 2)
    return window.u8(at), window.u16(at + 1)


def links(window: Window, found: list[Message]) -> Iterator[tuple[str, int]]:
    """Names and header addresses of a group's members, from its messages.

    Raises:
        Malformed: damaged tables.
        LimitExceeded: too many members or levels.
        Unreadable: the bytes cannot be had.
    """
    for message in found:
        if message.kind == _SYMBOLS:
            yield from _symbols(window, window.u64(message.at), window.u64(message.at + 8))
        elif message.kind == LINK:
            link = _link(window, message.at)
            if link is not None:
                yield link


def is_group(found: list[Message]) -> bool:
    """Is this the header of a group?"""
    return any(message.kind in (_SYMBOLS, LINK, LINK_INFO) for message in found)


def links_in_heap(window: Window, found: list[Message]) -> bool:
    """Does this group keep its links in a heap, which is not followed here?"""
    for message in found:
        if message.kind == LINK_INFO:
            at = message.at + 2 + (8 if window.u8(message.at + 1) & 1 else 0)
            return window.u64(at) != UNDEFINED
    return False


def _link(window: Window, at: int) -> tuple[str, int] | None:
    """A hard link; None for soft and external ones, which name no object of this file."""
    flags = window.u8(at + 1)
    place = at + 2
    kind = window.u8(place) if flags & 8 else 0
    place += bool(flags & 8) + (8 if flags & 4 else 0) + bool(flags & 0x10)
    width = 1 << (flags & 3)
    length = int.from_bytes(window.take(place, width), "little")
    if length > _LONGEST_NAME:
        raise LimitExceeded(f"a name of {length} bytes", subject=window.source.name)
    name = window.text(place + width, length)
    return (name, window.u64(place + width + length)) if kind == 0 else None


def _symbols(window: Window, tree: int, heap: int) -> Iterator[tuple[str, int]]:
    """The members of an old-style group: a tree of tables, with the names in a heap."""
    if window.take(heap, 4) != b"HEAP":
        raise Malformed(f"no heap of names at byte {heap}", subject=window.source.name)
    names = window.u64(heap + 24)
    waiting = deque([(tree, window.limits.depth)])
    while waiting:
        at, budget = waiting.popleft()
        if not budget:
            raise LimitExceeded("a tree of groups is too deep", subject=window.source.name)
        signature = window.take(at, 4)
        if signature == b"TREE":
            count = window.u16(at + 6)
            waiting += [(window.u64(at + 32 + 16 * n), budget - 1) for n in range(count)]
            window.limits.check(len(waiting), "items", subject=window.source.name)
        elif signature == b"SNOD":
            for n in range(window.u16(at + 6)):
                entry = at + 8 + _SYMBOL_BYTES * n
                yield _heap_text(window, names + window.u64(entry)), window.u64(entry + 8)
        else:
            raise Malformed(f"no table of a group at byte {at}", subject=window.source.name)


def _heap_text(window: Window, at: int) -> str:
    """The text up to the next zero."""
    length = min(_LONGEST_NAME, window.source.size_bytes - at)
    data = window.take(at, max(0, length))
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")
