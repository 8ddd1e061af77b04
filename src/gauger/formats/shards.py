"""Which files are parts of one model? Told by their names, before anything is opened."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

_NUMBERED = re.compile(
    r"(?P<stem>.+?)[-_.](?:part[-_]?)?(?P<number>\d{1,6})[-_]of[-_](?P<count>\d{1,6})(?P<ext>\.\w+)"
)
_CONSOLIDATED = re.compile(r"(?P<stem>consolidated)\.(?P<number>\d{2})(?P<ext>\.\w+)")
_INDEX = ".index.json"


class ShardGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Files that are one model, or one file that stands alone.

    Attributes:
        title: The name without the numbers: `models/x/model.safetensors`.
        names: The files, in the order of their numbers.
        index: The index that belongs to them, or empty.
        missing: Numbers, from the first as written, that should be there and are not.
    """

    title: str
    names: tuple[str, ...]
    index: str = ""
    missing: tuple[int, ...] = ()


def group_shards(names: Iterable[str]) -> tuple[ShardGroup, ...]:
    """Which of these files belong together?

    `model-00001-of-00003.safetensors` and the like are one group for each folder, stem, count and extension;
    `model.safetensors.index.json` joins the group or file of its name; every other file is its own group.

    Args:
        names: Paths with `/`, of files that hold weights and of indexes.

    Returns:
        Groups sorted by title, then by names. Indexes that belong to nothing are left out.
        Law: the order of `names` does not matter.
    """
    listed = sorted(set(names))
    indexes = {name.removesuffix(_INDEX): name for name in listed if name.endswith(_INDEX)}
    numbered: dict[tuple[str, int], dict[int, str]] = {}
    alone: list[str] = []
    for name in (n for n in listed if not n.endswith(_INDEX)):
        place = shard_place(name)
        if place is None or place[1] in numbered.get((place[0], place[2]), {}):
            alone.append(name)
        else:
            numbered.setdefault((place[0], place[2]), {})[place[1]] = name
    groups = [
        ShardGroup(
            title=title,
            names=tuple(found[number] for number in sorted(found)),
            index=indexes.get(title, ""),
            missing=_missing(found, count),
        )
        for (title, count), found in numbered.items()
    ]
    groups += [ShardGroup(title=name, names=(name,), index=indexes.get(name, "")) for name in alone]
    return tuple(sorted(groups, key=lambda group: (group.title, group.names)))


def shard_place(name: str) -> tuple[str, int, int] | None:
    """Title, number and count (0: not told) of the group that this name says it is a part of, else None."""
    folder, slash, base = name.rpartition("/")
    found = _NUMBERED.fullmatch(base)
    if found:
        return f"{folder}{slash}{found['stem']}{found['ext']}", int(found["number"]), int(found["count"])
    found = _CONSOLIDATED.fullmatch(base)
    return (f"{folder}{slash}{found['stem']}{found['ext']}", int(found["number"]), 0) if found else None


def _missing(found: dict[int, str], count: int) -> tuple[int, ...]:
    """Numbering starts with 0 or 1; a count from a hostile name must not make a long list."""
    first = 0 if 0 in found else 1
    if not count or count > 10 * len(found) + 1000:
        return ()
    return tuple(number for number in range(first, first + count) if number not in found)
