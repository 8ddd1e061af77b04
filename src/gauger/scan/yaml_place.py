"""What stands where in a YAML (or JSON) document? Nodes that know their place, for the collectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import yaml

from gauger.core.inventory import Location
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.bounded_yaml import yaml_nodes
from gauger.scan.shell_lexer import Word

_SURROGATES = re.compile(
    r"((?<!\\)(?:\\\\)*)\\u(?:([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|[dD][89a-fA-F][\da-fA-F]{2})"
)
"""Source: RFC 8259, section 7."""
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"


class Spot:
    """One node of a document, with the keys that lead to it.

    Args:
        node: From `yaml_nodes`.
        path: The file, relative to the root.
        member: The keys that lead here, joined by dots.
        first_line: Line of the file at which the document's text begins, less one.
        lines: The lines of the document's text.
    """

    __slots__ = ("first_line", "lines", "member", "node", "path")

    def __init__(
        self, node: yaml.Node, path: str, member: str = "", first_line: int = 0, lines: Sequence[str] = ()
    ) -> None:
        self.lines = lines
        self.node = node
        self.path = path
        self.member = member
        self.first_line = first_line

    @property
    def location(self) -> Location:
        """Where the node stands."""
        mark = self.node.start_mark
        return Location(
            path=self.path,
            line=self.first_line + mark.line + 1,
            column=mark.column + 1,
            member=printable(self.member, 200),
        )

    @property
    def is_text(self) -> bool:
        """Is it a scalar that is not null?"""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag != _NULL

    @property
    def text(self) -> str:
        """The scalar's text; empty for null, lists and mappings."""
        return str(self.node.value) if self.is_text else ""

    @property
    def text_line(self) -> int:
        """The line on which the scalar's text begins: below the mark of a block scalar."""
        block = isinstance(self.node, yaml.ScalarNode) and self.node.style in ("|", ">")
        return self.location.line + (1 if block else 0)

    @property
    def shell_text(self) -> str:
        """The scalar as shell language, with each word on the line of the file on which it stands.

        A folded scalar's line breaks are spaces to the shell: they become continuations.
        """
        mark, end = self.node.start_mark, self.node.end_mark
        style = self.node.style if isinstance(self.node, yaml.ScalarNode) else ""
        if style == ">":
            body = self.lines[mark.line + 1 : end.line]
        elif style is None and end.line > mark.line:
            body = [*self.lines[mark.line : end.line], self.lines[end.line][: end.column]]
            body[0] = body[0][mark.column :]
        else:
            return self.text
        return re.sub(r"(?<=\S)[ \t]*\n(?=[ \t]*\S)", r" \\\n", "\n".join(body)) if body else self.text

    @property
    def word(self) -> Word:
        """The scalar as one word of a command."""
        place = self.location
        return Word(self.text, place.line, place.column)

    def items(self) -> list[tuple[str, Spot]]:
        """Keys and values of a mapping, merged ones first; empty for everything else."""
        return list(self._pairs(self.node, 0)) if isinstance(self.node, yaml.MappingNode) else []

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, Spot]]:
        for key, value in node.value:
            if key.tag == _MERGE and depth < 8:
                merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
                for source in merged:
                    if isinstance(source, yaml.MappingNode):
                        yield from self._pairs(source, depth + 1)
        for key, value in node.value:
            if key.tag != _MERGE and isinstance(key, yaml.ScalarNode):
                yield str(key.value), self._child(value, str(key.value))

    def elements(self) -> list[Spot]:
        """Elements of a list; empty for everything else."""
        if not isinstance(self.node, yaml.SequenceNode):
            return []
        return [self._child(value, f"[{i}]") for i, value in enumerate(self.node.value)]

    def _child(self, node: yaml.Node, key: str) -> Spot:
        joint = "." if self.member and not key.startswith("[") else ""
        return Spot(node, self.path, f"{self.member}{joint}{key}", self.first_line, self.lines)

    def get(self, *keys: str) -> Spot | None:
        """The value that these keys lead to, one after another; the last of a key that stands twice."""
        spot: Spot | None = self
        for key in keys:
            found = [value for name, value in spot.items() if name == key] if spot is not None else []
            spot = found[-1] if found else None
        return spot

    def text_at(self, *keys: str) -> str:
        """The text that these keys lead to; empty where there is none."""
        spot = self.get(*keys)
        return spot.text if spot is not None else ""

    def walk(self) -> Iterator[tuple[str, Spot]]:
        """Every node below, each with the key that it stands under (that of the list for its elements)."""
        stack: list[tuple[str, Spot]] = [("", self)]
        seen: set[int] = set()
        while stack:
            key, spot = stack.pop()
            if id(spot.node) in seen:
                continue
            seen.add(id(spot.node))
            yield key, spot
            children = [*spot.items(), *((key, element) for element in spot.elements())]
            stack += reversed(children)


@lru_cache(maxsize=1)
def _nodes(text: str, limits: Limits, path: str) -> tuple[yaml.Node, ...]:
    """The last text's nodes: up to five collectors ask for the same file, one after another."""
    if "\\ud" in text or "\\uD" in text:
        text = _SURROGATES.sub(_joined, text)
    return tuple(yaml_nodes(text, limits, path))


def _joined(match: re.Match[str]) -> str:
    """The one character of a pair of JSON's escapes, which YAML does not know; a half stands for none."""
    if match[2] is None:
        return f"{match[1]}\ufffd"
    return match[1] + chr(0x10000 + ((int(match[2], 16) - 0xD800) << 10) + int(match[3], 16) - 0xDC00)


def yaml_documents(
    text: str, path: str, limits: Limits, *, first_line: int = 0, member: str = ""
) -> list[Spot]:
    """Which documents does this text hold?

    Args:
        text: The text.
        path: The file that it is in.
        limits: Bounds.
        first_line: Lines of the file before the text.
        member: Where in the file it is, for a text inside a document.

    Raises:
        Malformed, LimitExceeded: as `yaml_nodes`.
    """
    if path.endswith(".json"):
        text = text.replace("\t", " ")
    nodes = _nodes(text, limits, path)
    lines = text.removeprefix("\ufeff").split("\n") if nodes else []
    return [Spot(node, path, member, first_line, lines) for node in nodes]
