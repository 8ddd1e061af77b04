"""Which collectors want this file? By the path's pattern, or by its first bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gauger.scan.collector import Collector

_PLAIN_SUFFIX = re.compile(r"\*\*/\*(\.[a-z0-9_.]+)")
_PLAIN_NAME = re.compile(r"\*\*/([^*?\[\]/]+)")


class Matcher:
    """The globs of all collectors, arranged so that one look-up answers most of them.

    `**` stands for any number of folders, `*` and `?` stay inside one name; case does not matter. A pattern
    without `/` is looked for in every folder.

    Args:
        collectors: Whose patterns.
    """

    def __init__(self, collectors: Iterable[Collector]) -> None:
        self.collectors = tuple(collectors)
        self._by_suffix: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._patterns: list[tuple[str, re.Pattern[str], int]] = []
        for index, collector in enumerate(self.collectors):
            for glob in collector.globs:
                self._add(glob.lower(), index)
        self._magics = [(magic, i) for i, c in enumerate(self.collectors) for magic in c.magics]
        self._any_magic = tuple(magic for magic, _ in self._magics)
        self.magic_bytes = max((len(magic) for magic, _ in self._magics), default=0)

    def _add(self, glob: str, index: int) -> None:
        pattern = glob if "/" in glob else f"**/{glob}"
        if suffix := _PLAIN_SUFFIX.fullmatch(pattern):
            self._by_suffix.setdefault(suffix[1], []).append(index)
        elif name := _PLAIN_NAME.fullmatch(pattern):
            self._by_name.setdefault(name[1], []).append(index)
        else:
            self._patterns.append((_longest_literal(pattern), re.compile(glob_expression(pattern)), index))

    def by_path(self, path: str) -> list[Collector]:
        """Which collectors want a file of this name, in the registry's order?"""
        return [self.collectors[index] for index in self.numbers_by_path(path)]

    def numbers_by_path(self, path: str) -> list[int]:
        """The same, as their places in the registry's order."""
        low = path.lower()
        name = low.rpartition("/")[2]
        wanted = set(self._by_name.get(name, ()))
        for suffix in _suffixes(name):
            wanted.update(self._by_suffix.get(suffix, ()))
        for literal, pattern, index in self._patterns:
            if literal in low and index not in wanted and pattern.fullmatch(low):
                wanted.add(index)
        return sorted(wanted)

    def by_magic(self, head: bytes) -> list[Collector]:
        """Which collectors want a file that begins like this?"""
        return [self.collectors[index] for index in self.numbers_by_magic(head)]

    def numbers_by_magic(self, head: bytes) -> list[int]:
        """The same, as their places in the registry's order."""
        if not head.startswith(self._any_magic):
            return []
        return sorted({index for magic, index in self._magics if head.startswith(magic)})


def _longest_literal(glob: str) -> str:
    """What stands in every path that the glob matches: looking for it settles nearly all of them."""
    return max(re.split(r"\*\*/|[*?]|\[[^\]]*\]", glob), key=len)


def _suffixes(name: str) -> Iterator[str]:
    """`.tar.gz` and `.gz` for `x.tar.gz`."""
    position = name.find(".", 0)
    while position >= 0:
        yield name[position:]
        position = name.find(".", position + 1)


def glob_expression(glob: str) -> str:
    """Which regular expression matches the same paths as this glob?"""
    parts = []
    rest = glob
    while rest:
        if rest.startswith("**/"):
            parts.append("(?:[^/]+/)*")
            rest = rest[3:]
        elif rest.startswith("**"):
            parts.append(".*")
            rest = rest[2:]
        elif rest[0] == "[" and "]" in rest[2:]:
            end = rest.index("]", 2)
            body = rest[1:end].replace("\\", "\\\\")
            parts.append(f"[{'^' + body[1:] if body[0] == '!' else body}]")
            rest = rest[end + 1 :]
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(rest[0]) or re.escape(rest[0]))
            rest = rest[1:]
    return "".join(parts)
