"""Is the knowledge base well written? Every record by itself, and all of them together.

A record that is wrong changes legal answers without anybody noticing, so what can be checked by a machine is:
keys and words, dates and intervals, sources, and that every id that is named exists. Whether a fact is *true*
only its sources tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from gauger.catalogue import lint_licences, lint_links, lint_ownership, lint_record, lint_rules
from gauger.catalogue.load import KINDS, Edition, read_entry
from gauger.catalogue.written import Key, Written, named
from gauger.core.day import is_day
from gauger.core.errors import CatalogueError
from gauger.core.strict import nearest

FINGERPRINTS = "fingerprints"
"""Folder of fingerprints, each named by the model or family that it is of."""
_NAMED_KEY = re.compile(r"(?:key|field) ['`](?P<key>[^'`]+)['`]")
_PLACE = re.compile(r"`(?P<top>[a-z][a-z-]*)[^`]*`$|in (?P<within>[a-z-]+)(?:\[|\.|$)")


class Problem(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something in the knowledge base that is wrong, or due for a look.

    Attributes:
        file: Below the data root.
        line: From 1.
        key: The way into the record: `sources[0].read-on`; empty for the whole file.
        message: What is wrong, with the nearest right word where there is one.
        severity: `error`, or `warning` for what is right but old.
    """

    file: str
    line: int
    key: str
    message: str
    severity: Literal["error", "warning"] = "error"


def lint(folder: Path, *, as_of: str) -> tuple[Problem, ...]:
    """What is wrong in this knowledge base?

    A file that cannot be read as its record type is one error, and the others are checked without it: what
    names its record is an error as well, until the file is mended.

    Args:
        folder: The data root.
        as_of: ISO date; a record whose next check lies before it is due.

    Returns:
        Problems in the order of files and lines; none where all is well. O(size of the catalogue).
    """
    found = [*_edition(folder), *_strays(folder)]
    readable: list[Written] = []
    for kind in KINDS:
        for path in sorted((folder / kind).glob("*.yaml")):
            one, problem = _read(path, kind)
            if problem is None:
                readable.append(one)
            else:
                found.append(problem)
    for one in readable:
        found += [_problem(one, *told) for told in lint_record.check(one)]
        found += _due(one, as_of)
        found += _ahead(one, as_of)
    for checks in (lint_links.check, lint_rules.check, lint_licences.check, lint_ownership.check):
        found += [_problem(one, *told) for one, told in checks(readable)]
    return tuple(sorted(set(found)))


def _problem(one: Written, key: Key, message: str, word: str = "") -> Problem:
    line = one.line_of_word(key, word) if word else one.line(key)
    text = f"{named(key)}: {message}" if key else message
    return Problem(file=one.file, line=line, key=named(key), message=text)


def _due(one: Written, as_of: str) -> Iterator[Problem]:
    next_check = one.plain["next-check"]
    if is_day(next_check) and next_check < as_of:
        yield Problem(
            file=one.file,
            line=one.line(("next-check",)),
            key="next-check",
            message=f"next-check: was due on {next_check}; compare the record with its sources",
            severity="warning",
        )


def _ahead(one: Written, as_of: str) -> Iterator[Problem]:
    """Days on which somebody is said to have looked and that have not come yet."""
    days: dict[Key, str] = {("checked-on",): one.plain["checked-on"]}
    days |= {("sources", n, "read-on"): s["read-on"] for n, s in enumerate(one.plain["sources"])}
    for key, day in days.items():
        if is_day(day) and day > as_of:
            told = _problem(one, key, f"{day} is still to come; nobody can have looked then")
            yield msgspec.structs.replace(told, severity="warning")


def _edition(folder: Path) -> Iterator[Problem]:
    try:
        read_entry(folder / "edition.yaml", Edition)
    except CatalogueError as error:
        yield Problem(file="edition.yaml", line=1, key="", message=_told(error))


def _strays(folder: Path) -> Iterator[Problem]:
    """Files and folders that nothing would read, so that what stands in them would silently not count."""
    folders = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
    for path in (p for p in folders if not p.name.startswith((".", "_"))):
        if path.name == FINGERPRINTS:
            yield from _fingerprints(path)
            continue
        if path.name not in KINDS:
            guess = nearest(path.name, list(KINDS))
            hint = f"; did you mean {guess!r}?" if guess else ""
            yield Problem(file=path.name, line=1, key="", message=f"no record type has this folder{hint}")
            continue
        for stray in sorted(p for p in path.iterdir() if p.suffix != ".yaml" and p.name[0] not in "._"):
            where = f"{path.name}/{stray.name}"
            yield Problem(file=where, line=1, key="", message="is not read: its name has to end in .yaml")


def _fingerprints(folder: Path) -> Iterator[Problem]:
    """Fingerprints that name no model: a hit on one could not be tied to anybody."""
    known = {path.stem for kind in ("models", "families") for path in (folder.parent / kind).glob("*.yaml")}
    for path in sorted(p for p in folder.iterdir() if p.name[0] not in "._"):
        where = f"{folder.name}/{path.name}"
        if path.suffix != ".safetensors":
            message = "is not read: its name has to end in .safetensors"
            yield Problem(file=where, line=1, key="", message=message)
        elif path.stem not in known:
            guess = nearest(path.stem, sorted(known))
            hint = f"; did you mean {guess!r}?" if guess else ""
            yield Problem(file=where, line=1, key="", message=f"no model or family has this id{hint}")


def _read(path: Path, kind: str) -> tuple[Written, Problem | None]:
    try:
        return Written(path, kind, read_entry(path, KINDS[kind])), None
    except CatalogueError as error:
        one = Written(path, kind)
        key, line = _place(one, error)
        return one, Problem(file=one.file, line=line, key=key, message=_told(error))


def _told(error: CatalogueError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message


def _place(one: Written, error: CatalogueError) -> tuple[str, int]:
    """At which key and line does it stand? The file's beginning where the message names no place."""
    mark = getattr(error.__cause__, "problem_mark", None)
    if mark is not None:
        return "", mark.line + 1
    key, place = _NAMED_KEY.search(error.message), _PLACE.search(error.message)
    top = (place["top"] or place["within"]) if place else ""
    way: Key = (top,) if top else ()
    if key:
        return key["key"], one.line_of_word(way, key["key"])
    return top, one.line(way)
