"""A record as somebody wrote it: which file, and on which line each of its keys stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import yaml

from gauger.catalogue import records
from gauger.catalogue.text import file_bytes
from gauger.core.errors import GaugerError
from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.bounded_yaml import yaml_nodes

Key = tuple[str | int, ...]
"""A way into a record: `("sources", 0, "read-on")`."""


class Written:
    """One file of the knowledge base.

    Args:
        path: Where it is.
        kind: The folder below the data root, which names its record type.
        entry: What it holds; None where it cannot be read as that type.
    """

    def __init__(self, path: Path, kind: str, entry: records.Checked | None = None) -> None:
        self.path = path
        self.kind = kind
        self.entry = entry

    @property
    def file(self) -> str:
        """How is the file named in a message? Below the data root, with `/`."""
        return f"{self.kind}/{self.path.name}"

    @property
    def ident(self) -> str:
        """The record's id."""
        return str(getattr(self.entry, "id", ""))

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The record as plain values under the keys that are written in the file."""
        value: dict[str, Any] = msgspec.to_builtins(self.entry)
        return value

    @cached_property
    def _root(self) -> yaml.Node | None:
        try:
            data = file_bytes(self.path, self.file)
            return next(iter(yaml_nodes(data, DEFAULT_LIMITS, self.file)), None)
        except GaugerError:
            return None

    def _at(self, key: Key) -> tuple[yaml.Node | None, int]:
        """The node at the end of this way, or the last one on it, and its line."""
        node, line = self._root, 1
        for step in key:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return node, line

    def line(self, key: Key) -> int:
        """On which line, from 1, does this key stand, or the nearest one above it that is there?"""
        return self._at(key)[1]

    def line_of_word(self, key: Key, word: str) -> int:
        """On which line does this word stand below this key? The key's own line where it does not."""
        node, line = self._at(key)
        return next((at for text, at in _scalars(node) if text == word), line)


def named(key: Key) -> str:
    """How is this way into a record written in a message? `sources[0].read-on`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key)
    return text.removeprefix(".")


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = (p for p in node.value if p[0].value == step)
        return next(((name.start_mark.line + 1, value) for name, value in pairs), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


def _scalars(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value, node.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                yield from _scalars(part)
