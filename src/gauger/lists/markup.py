"""Streaming XML: the elements of one name, one by one, whatever the document's length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.text import printable

_BLOCK = 1 << 20
_DEPTH = 32
"""Levels of nesting; the deepest real file (OFAC's advanced XML) has ten."""
_PARTS = 200_000
"""Elements below one entry; the widest real entry has a few thousand."""


class Element:
    """One element with everything below it.

    Attributes:
        tag: Its name without a prefix.
        attributes: By name.
        children: In the document's order.
    """

    __slots__ = ("attributes", "children", "parts", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self.parts: list[str] = []

    @property
    def text(self) -> str:
        """The text directly inside, stripped."""
        return "".join(self.parts).strip()

    def get(self, name: str) -> str:
        """The attribute's value; empty where there is none."""
        return self.attributes.get(name, "")

    def all(self, *path: str) -> list[Element]:
        """The elements at this path of names."""
        found = [self]
        for tag in path:
            found = [child for element in found for child in element.children if child.tag == tag]
        return found

    def first(self, *path: str) -> str:
        """The text of the first element at this path; empty where there is none."""
        found = self.all(*path)
        return found[0].text if found else ""

    def below(self, tag: str) -> Iterator[Element]:
        """All elements of this name at any depth below, in the document's order."""
        waiting = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            if element.tag == tag:
                yield element
            waiting.extend(reversed(element.children))


class _Collector(ContentHandler):
    """Keeps the wanted elements, and nothing else."""

    def __init__(self, wanted: frozenset[str], subject: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.subject = subject
        self.ready: list[Element] = []
        self.root: Element | None = None
        self._open: list[Element] = []
        self._depth = 0
        self._parts = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name for it
        self._depth += 1
        if self._depth > _DEPTH:
            raise LimitExceeded(f"nested more than {_DEPTH} deep", subject=self.subject)
        tag = name.rpartition(":")[2]
        if not self._open and self.root is not None and tag not in self.wanted:
            return
        element = Element(tag, dict(attrs.items()) if attrs.getLength() else {})
        if self.root is None:
            self.root = element
            self.ready.append(element)
            return
        if self._open:
            self._open[-1].children.append(element)
            self._parts += 1
            if self._parts > _PARTS:
                raise LimitExceeded(f"an entry has more than {_PARTS} elements", subject=self.subject)
        else:
            self._parts = 0
        self._open.append(element)

    def characters(self, content: str) -> None:
        if self._open:
            self._open[-1].parts.append(content)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - the parser's name and arguments
        self._depth -= 1
        if self._open:
            element = self._open.pop()
            if not self._open:
                self.ready.append(element)


def elements(file: BinaryIO, wanted: frozenset[str], subject: str) -> Iterator[Element]:
    """The root (its attributes only) and then every element with one of these names, when it is complete.

    Document types and entities are refused, so nothing expands and nothing else is opened. Memory: one
    entry at a time.

    Raises:
        Malformed: not well-formed, cut off, or with a document type.
        LimitExceeded: nested too deeply, or an entry of unreasonable size.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    collector = _Collector(wanted, subject)
    parser.setContentHandler(collector)
    try:
        while block := file.read(_BLOCK):
            parser.feed(block)
            yield from collector.ready
            collector.ready.clear()
        parser.close()
    except DefusedXmlException as error:
        raise Malformed("the XML has a document type or entities; no list has", subject=subject) from error
    except (SAXException, ValueError, LookupError) as error:
        raise Malformed(f"not well-formed XML, or cut off: {_where(error)}", subject=subject) from error
    yield from collector.ready


def _where(error: Exception) -> str:
    return printable(str(error).replace("<unknown>:", "line "), 160)
