"""Which files does an image show when its layers lie on one another, and which does it carry unseen?"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from gauger.formats.stretch import Stretch
from gauger.scan.layer import Layer, Node

_HOPS = 40
"""Links on the way to one file. Source: Linux, `MAXSYMLINKS` in include/linux/namei.h."""

_LONGEST_PATH = 4096
_MOST_STEPS = 5_000_000


class Buried(msgspec.Struct, frozen=True):
    """A file that lies in a layer and does not show.

    Attributes:
        path: Its path.
        layer: Which layer holds it, from 1 for the lowest.
        place: Its bytes.
        how: `deleted` or `replaced`.
    """

    path: str
    layer: int
    place: Stretch
    how: str


class Flat(msgspec.Struct, frozen=True):
    """One file system.

    Attributes:
        files: By path.
        links: Links to files, by path, with the path of the file.
        dangling: How many links lead nowhere, out of what was kept, or round in a circle.
        buried: Files that do not show, lowest layer first.
    """

    files: dict[str, Stretch]
    links: dict[str, str]
    dangling: int
    buried: tuple[Buried, ...]


def flatten(layers: Sequence[Layer]) -> Flat:
    """What do these layers, lowest first, show together?

    Read from the top, so that each name is looked at once: O(members × depth) time, whatever the layers say.
    """
    shown: dict[str, Node] = {}
    covering: set[str] = set()
    gone: set[str] = set()
    buried: list[Buried] = []
    for number in range(len(layers), 0, -1):
        layer = layers[number - 1]
        cover = _Cover(covering)
        for path, node in layer.nodes.items():
            if path in shown or path in gone or cover.hides(path):
                if node.kind == "file" and node.place is not None:
                    how = "replaced" if path in shown else "deleted"
                    buried.append(Buried(path, number, node.place, how))
            else:
                shown[path] = node
        if number > 1:
            covering.update(path for path, node in layer.nodes.items() if node.kind != "folder")
            covering |= layer.removed | layer.opaque
            gone |= layer.removed
    links, dangling = _followed(shown)
    files = {path: node.place for path, node in shown.items() if node.place is not None}
    return Flat(files, links, dangling, tuple(sorted(buried, key=lambda b: (b.layer, b.path))))


class _Cover:
    """Does something in the layers above hide everything below a folder? Answers are kept per folder."""

    def __init__(self, covering: set[str]) -> None:
        self.covering = covering
        self.known = {"": "" in covering}

    def hides(self, path: str) -> bool:
        if not self.covering:
            return False
        folder = path.rpartition("/")[0]
        waiting = []
        while folder not in self.known:
            waiting.append(folder)
            folder = folder.rpartition("/")[0]
        hidden = self.known[folder]
        for name in reversed(waiting):
            hidden = hidden or name in self.covering
            self.known[name] = hidden
        return hidden


def _followed(shown: dict[str, Node]) -> tuple[dict[str, str], int]:
    links: dict[str, str] = {}
    dangling = 0
    steps = _MOST_STEPS
    for path, node in sorted(shown.items()):
        if node.kind != "link":
            continue
        end, used = _end_of(path, shown, steps)
        steps -= used
        if end and shown[end].kind == "file":
            links[path] = end
        elif not end or shown[end].kind == "absent":
            dangling += 1
    return links, dangling


def _end_of(path: str, shown: dict[str, Node], most: int) -> tuple[str, int]:
    """Where does this path lead, never above the root? Empty for nowhere; and how many steps it took."""
    waiting = deque(path.split("/"))
    at = ""
    hops = steps = 0
    while waiting and steps < most:
        steps += 1
        part = waiting.popleft()
        if part == "..":
            at = at.rpartition("/")[0]
        elif part not in ("", "."):
            at = f"{at}/{part}" if at else part
            node = shown.get(at)
            if node is None or node.kind != "link":
                continue
            hops += 1
            if hops > _HOPS or len(node.target) > _LONGEST_PATH:
                return "", steps
            at = "" if node.target.startswith("/") else at.rpartition("/")[0]
            waiting.extendleft(reversed(node.target.split("/")))
    return (at if not waiting and at in shown else ""), steps
