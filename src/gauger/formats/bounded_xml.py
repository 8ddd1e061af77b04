"""XML from strangers: elements one after the other, with no document type and no entities of its own.

Python's expat is told to refuse the declarations with which documents grow or reach for other files; what is
left is a plain stream of elements, bounded in bytes, elements and levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.formats.source import Source

_PIECE = 1 << 18
_TEXT = 4096


class Element(NamedTuple):
    """The start of one element.

    Attributes:
        name: As written, with its prefix.
        attributes: By name; values cut to 4,096 characters.
        depth: How many elements are around it.
    """

    name: str
    attributes: dict[str, str]
    depth: int


def walk_xml(source: Source, limits: Limits) -> Iterator[Element]:
    """The elements of this document, as they begin. Text between them is passed over.

    Memory: one piece of 256 KB and its elements.

    Raises:
        Malformed: not XML, or with a document type.
        LimitExceeded: more than `header_bytes`, `items` elements, or `depth` levels.
        Unreadable: the bytes cannot be had.
    """
    limits.check(source.size_bytes, "header_bytes", subject=source.name)
    found: list[Element] = []
    state = [0, 0]

    def begin(name: str, attributes: dict[str, str]) -> None:
        limits.check(state[0], "depth", subject=source.name)
        state[1] = limits.check(state[1] + 1 + len(attributes), "items", subject=source.name)
        found.append(Element(name[:_TEXT], {k: v[:_TEXT] for k, v in attributes.items()}, state[0]))
        state[0] += 1

    def end(_: str) -> None:
        state[0] -= 1

    def refused(*_: object) -> int:
        raise Malformed("an XML document with a document type is refused", subject=source.name)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refused
    parser.ExternalEntityRefHandler = refused
    for at in range(0, source.size_bytes, _PIECE):
        length = min(_PIECE, source.size_bytes - at)
        try:
            parser.Parse(source.read_at(at, length), at + length == source.size_bytes)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise Malformed(f"not XML: {error}"[:200], subject=source.name) from error
        yield from found
        found.clear()
