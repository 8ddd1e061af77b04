"""Which files lie at an address, as far as anybody tells."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from gauger.core.errors import LimitExceeded
from gauger.core.limits import Limits

LIST_BYTES = 32 << 20
"""One page of a list."""
_MOST_PAGES = 1000
"""Of one list. Stores and hubs put 1,000 files on a page; `listed_files` ends an honest list long before."""
_PART = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file elsewhere.

    Attributes:
        path: Relative to the address, with `/`.
        url: Where its bytes are.
        size_bytes: As listed; -1 where the list does not say.
    """

    path: str
    url: str
    size_bytes: int = -1


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one place.

    Attributes:
        name: What to call the place in a document.
        entries: By path, sorted.
        revision: The commit that was listed, where there is one.
        complete: False where nobody lists the files, and names were tried.
        chosen: The file that the address itself names, or empty.
        folder: The folder that the address itself names, or empty.
        repository: `org/name` of a hub, or empty.
        in_store: The files lie in an object store.
    """

    name: str
    entries: dict[str, Entry]
    revision: str = ""
    complete: bool = True
    chosen: str = ""
    folder: str = ""
    repository: str = ""
    in_store: bool = False


def table(entries: Iterable[Entry], limits: Limits, subject: str) -> dict[str, Entry]:
    """The entries by path, those with paths that no honest list has left out.

    Raises:
        LimitExceeded: more than `limits.listed_files`.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        if is_path(entry.path):
            found[entry.path] = entry
        if len(found) > limits.listed_files:
            raise LimitExceeded(f"more than {limits.listed_files} files", subject=subject)
    return {path: found[path] for path in sorted(found)}


def check_pages(count: int, subject: str) -> None:
    """Is this still a list that ends? Pages without a file do not count against `listed_files`.

    Raises:
        LimitExceeded: more than 1,000 pages.
    """
    if count > _MOST_PAGES:
        raise LimitExceeded(f"the list has more than {_MOST_PAGES} pages", subject=subject)


def is_path(path: str) -> bool:
    """Is this a plain relative path: no empty part, none that leads upwards, no control characters?"""
    return len(path) <= _LONGEST and all(
        _PART.fullmatch(part) and part not in (".", "..") for part in path.split("/")
    )


_LONGEST = 1024
