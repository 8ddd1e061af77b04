"""A repository of a model hub: its commit, its files.

Source: the hub's API as its reference client uses it (https://huggingface.co/docs/hub/api): `revision` gives
the commit, `tree` pages of files, `resolve` a file's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin

from gauger.core.errors import Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.formats.bounded_json import bounded_json
from gauger.remote.address import Address
from gauger.remote.client import Client
from gauger.remote.connection import origin_of
from gauger.remote.listing import LIST_BYTES, Entry, Listing, check_pages, table

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NEXT = re.compile(r"<([^<>]{1,4000})>\s*;\s*rel=\"?next\"?")
_NODES_PER_FILE = 24


def list_hub(address: Address, client: Client) -> Listing:
    """Which files does this repository hold, at the commit that its revision names now?

    Raises:
        Unreadable: there is none, it is not ours to see, or the hub does not answer as hubs do.
        Malformed: the answer is no list.
        LimitExceeded: too many files.
    """
    commit = _commit(address, client)
    start = f"{address.url}/api/models/{address.repository}/tree/{quote(commit, safe='')}?recursive=true"
    below = f"{address.url}/{address.repository}/resolve/{quote(commit, safe='')}/"
    entries = table(_entries(start, below, address, client), client.limits, address.name)
    chosen = address.path if address.path in entries else ""
    folder = address.path.rpartition("/")[0] if chosen else address.path
    if folder and not any(path.startswith(f"{folder}/") for path in entries):
        raise Unreadable("there is no such file or folder in the repository", subject=address.name)
    return Listing(
        name=address.name,
        entries=entries,
        revision=commit if _COMMIT.fullmatch(commit) else "",
        chosen=chosen,
        folder=folder,
        repository=address.repository,
    )


def _commit(address: Address, client: Client) -> str:
    url = f"{address.url}/api/models/{address.repository}/revision/{quote(address.revision, safe='')}"
    data, _ = client.whole(url, subject=address.name, most_bytes=LIST_BYTES)
    answer = _decoded(data, client.limits, address.name)
    commit = answer.get("sha") if isinstance(answer, dict) else None
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise Malformed("the hub does not say which commit this is", subject=address.name)
    return commit


def _entries(url: str, below: str, address: Address, client: Client) -> Iterator[Entry]:
    origin = origin_of(url)
    seen: set[str] = set()
    while url and url not in seen:
        seen.add(url)
        check_pages(len(seen), address.name)
        data, landed = client.whole(url, subject=address.name, most_bytes=LIST_BYTES)
        rows = _decoded(data, client.limits, address.name)
        if not isinstance(rows, list):
            raise Malformed("the hub's answer is no list of files", subject=address.name)
        for row in rows:
            if isinstance(row, dict) and row.get("type") == "file" and isinstance(row.get("path"), str):
                size = row.get("size")
                yield Entry(
                    path=row["path"],
                    url=below + quote(row["path"], safe="/"),
                    size_bytes=size if isinstance(size, int) and size >= 0 else -1,
                )
        following = _NEXT.search(landed.answer.headers.get("link", ""))
        url = urljoin(url, following[1]) if following else ""
        if url and origin_of(url) != origin:
            raise Unreadable("the list of files goes on at another host", subject=address.name)


def _decoded(data: bytes, limits: Limits, subject: str) -> Any:
    bound = _NODES_PER_FILE * limits.listed_files
    return bounded_json(data, limits, subject, size_field="header_bytes", nodes=bound)
