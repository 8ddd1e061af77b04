"""What stands beside and above a text in a settings file? One tree for YAML, JSON, TOML and INI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from gauger.core.errors import LimitExceeded
from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.yaml_place import Spot

_DEPTH = 40
_BELONGING = {"models", "deployments"}


class Leaf:
    """One text in a settings file."""

    __slots__ = ("group", "key", "keys", "location", "spot", "text")

    def __init__(
        self, keys: tuple[str, ...], text: str, location: Location, group: Group, spot: Spot | None = None
    ) -> None:
        self.keys = keys
        self.key = next((k for k in reversed(keys) if not k.isdigit()), "")
        self.text = text
        self.location = location
        self.group = group
        self.spot = spot


class Group:
    """A mapping or a list, with the one that it stands in.

    Args:
        keys: The keys that lead here; elements of lists by their number.
        parent: What it stands in, or None for a document.
        is_list: Is it a list?
    """

    __slots__ = ("groups", "is_list", "keys", "leaves", "parent")

    def __init__(self, keys: tuple[str, ...], parent: Group | None, *, is_list: bool = False) -> None:
        self.keys = keys
        self.parent = parent
        self.is_list = is_list
        self.leaves: dict[str, Leaf] = {}
        self.groups: dict[str, Group] = {}
        if len(keys) > _DEPTH:
            raise LimitExceeded("settings are nested too deeply", subject=".".join(keys[:3]))

    @property
    def key(self) -> str:
        """The last of its keys; empty for a document."""
        return self.keys[-1] if self.keys else ""

    def text(self, key: str) -> str:
        """The text under this key; empty where there is none."""
        leaf = self.leaves.get(key)
        return leaf.text if leaf is not None else ""

    def around(self, levels: int) -> Iterator[Group]:
        """This mapping and those around it, as far as the element of a list that it belongs to.

        A list of `models` belongs to what stands around it, which is who serves them.
        """
        group: Group | None = self
        for _ in range(levels):
            if group is None:
                return
            if not group.is_list:
                yield group
            elif group is not self and group.key.lower() not in _BELONGING:
                return
            group = group.parent

    def walk(self) -> Iterator[Group]:
        """This one and all below, in order."""
        yield self
        for inner in self.groups.values():
            yield from inner.walk()

    def every_leaf(self) -> Iterator[Leaf]:
        """All texts, in order of the file as far as groups go."""
        for group in self.walk():
            yield from group.leaves.values()


def tree_of_spot(spot: Spot, keys: tuple[str, ...] = (), parent: Group | None = None) -> Group:
    """The tree of one YAML or JSON document.

    Raises:
        LimitExceeded: nested too deeply.
    """
    pairs = spot.items() or [(str(i), element) for i, element in enumerate(spot.elements())]
    group = Group(keys, parent, is_list=bool(spot.elements()))
    for key, child in pairs:
        path = (*keys, key)
        if child.is_text:
            group.leaves[key] = Leaf(path, child.text, child.location, group, child)
        elif isinstance(child.node, yaml.CollectionNode):
            group.groups[key] = tree_of_spot(child, path, group)
    return group


def tree_of_plain(
    value: Any, finder: Finder, keys: tuple[str, ...] = (), parent: Group | None = None
) -> Group:
    """The tree of what a parser without places has read.

    Raises:
        LimitExceeded: nested too deeply.
    """
    group = Group(keys, parent, is_list=isinstance(value, list))
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        path = (*keys, str(key))
        if isinstance(child, str):
            place = finder.place(printable(".".join(path), 200), child)
            group.leaves[str(key)] = Leaf(path, child, place, group)
        elif isinstance(child, dict | list):
            group.groups[str(key)] = tree_of_plain(child, finder, path, group)
        else:
            group.leaves[str(key)] = Leaf(path, "", Location(path=finder.path), group)
    return group


class Finder:
    """Finds the line of a value, for formats whose reader keeps no places."""

    def __init__(self, text: str, path: str) -> None:
        self.lines = text.splitlines()
        self.path = path
        self.at = 0

    def place(self, key: str, value: str) -> Location:
        """The next line that holds the value, from where the last one was found; 0 where there is none."""
        first = value.strip().split("\n", 1)[0] if "\n" in value else value
        for number in (*range(self.at, len(self.lines)), *range(self.at)):
            if first in self.lines[number]:
                self.at = number
                column = self.lines[number].index(first) + 1
                return Location(path=self.path, line=number + 1, column=column, member=key)
        return Location(path=self.path, member=key)
