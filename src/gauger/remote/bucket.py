"""The keys below a prefix of an object store that lets everybody, or whoever holds the token, list them.

Sources: Amazon S3 API reference, ListObjectsV2; Google Cloud Storage XML API, "List objects" (the same form);
    Azure Storage REST API, "List Blobs".
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from gauger.core.errors import Malformed
from gauger.remote.address import Address
from gauger.remote.client import Client
from gauger.remote.listing import LIST_BYTES, Entry, Listing, check_pages, table

_ITEM = re.compile(r"<(Contents|Blob)>")
_KEY = re.compile(r"<(Key|Name)>([^<]{1,4096})</\1>")
_SIZE = re.compile(r"<(Size|Content-Length)>(\d{1,18})</\1>", re.ASCII)
_NEXT = re.compile(r"<(NextContinuationToken|NextMarker)>([^<]{1,8192})</\1>")
_MARKS = ("<ListBucketResult", "<EnumerationResults")


def list_bucket(address: Address, client: Client) -> Listing:
    """Which keys lie below this prefix, and how long are they?

    Raises:
        Unreadable: the store does not let us list it.
        Malformed: the answer is no list.
        LimitExceeded: too many keys.
    """
    return Listing(
        name=address.name,
        entries=table(_entries(address, client), client.limits, address.name),
        in_store=True,
    )


def _entries(address: Address, client: Client) -> Iterator[Entry]:
    marker, seen = "", set[str]()
    while marker not in seen:
        seen.add(marker)
        check_pages(len(seen), address.name)
        url = f"{address.url}?{urlencode(_query(address, marker))}"
        data, _ = client.whole(url, subject=address.name, most_bytes=LIST_BYTES)
        text = data.decode("utf-8", "replace")
        if not is_list_of_keys(text):
            raise Malformed("the answer is no list of objects", subject=address.name)
        yield from keys_in(text, address.url, address.path)
        following = _NEXT.search(text)
        if following is None:
            return
        marker = html.unescape(following[2])


def is_list_of_keys(text: str) -> bool:
    """Is this document an object store's list?"""
    return any(mark in text[:2000] for mark in _MARKS)


def keys_in(text: str, root: str, prefix: str) -> Iterator[Entry]:
    """The objects that this page lists below the prefix; folders' own markers left out.

    The few elements that are needed are found by their marks: entities other than XML's own five are not
    expanded, nested or looked up anywhere, so that the document cannot grow.
    """
    for item in _items(text):
        key, size = _KEY.search(item), _SIZE.search(item)
        if key is None:
            continue
        name = html.unescape(key[2])
        if name.startswith(prefix) and name != prefix and not name.endswith("/"):
            yield Entry(
                path=name[len(prefix) :],
                url=root + quote(name, safe="/~-._"),
                size_bytes=int(size[2]) if size else -1,
            )


def _items(text: str) -> Iterator[str]:
    """What stands in each element; each character is looked at once, so that no list takes long."""
    at = 0
    while (opening := _ITEM.search(text, at)) is not None:
        end = text.find(f"</{opening[1]}>", opening.end())
        if end < 0:
            return
        yield text[opening.end() : end]
        at = end


def _query(address: Address, marker: str) -> dict[str, str]:
    if address.store == "az":
        named = {"restype": "container", "comp": "list", "prefix": address.path, "marker": marker}
    else:
        named = {"list-type": "2", "prefix": address.path, "continuation-token": marker}
    return {key: value for key, value in named.items() if value}
