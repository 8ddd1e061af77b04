"""A folder of a web server: by the page that lists it, else by the names that models' files have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import wait
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import msgspec

from gauger.core.errors import GaugerError, LimitExceeded, Unreadable
from gauger.core.limits import Limits
from gauger.formats.bounded_json import bounded_json
from gauger.formats.tokenizer_files import NAMES
from gauger.remote.address import Address
from gauger.remote.bucket import is_list_of_keys, keys_in
from gauger.remote.client import Absent, Client, Refused
from gauger.remote.listing import LIST_BYTES, Entry, Listing, table

BESIDE = ("config.json", "README.md", "generation_config.json", "adapter_config.json", "MLmodel", *NAMES)
"""Small files that say something about the weights beside them."""
INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
USUAL = (
    *INDEXES, "model.safetensors", "adapter_model.safetensors", "consolidated.safetensors",
    "pytorch_model.bin", "model.gguf", "model.onnx", "model.onnx_data", "model.bin", "model.pt",
    "model.tflite", "model.h5",
)  # fmt: skip
"""Names that files of weights have wherever nobody chose another."""
_NUMBERED = re.compile(r"(.+[-_])(\d{1,6})([-_]of[-_])(\d{1,6})(\.\w+)")
_MOST_SHARDS = 2000


def list_folder(address: Address, client: Client) -> Listing:
    """Which files does this folder hold, as far as its server tells?

    Raises:
        Unreadable: the server cannot be reached, or gives nothing of it to us.
        LimitExceeded: too many files.
    """
    entries = _listed(address, client)
    if any(_is_weights(path) for path in entries):
        return Listing(name=address.name, entries=entries)
    tried = {**_present(address.url, (*USUAL, *BESIDE), client), **entries}
    for index in INDEXES:
        if index in tried:
            tried |= _shards(tried[index], address.url, client)
    return Listing(
        name=address.name, entries=table(tried.values(), client.limits, address.name), complete=False
    )


def list_file(address: Address, client: Client) -> Listing:
    """Which files belong to this one: its other shards, its index, and what says something about it?

    Beside an address with a query, whose signature fits one file, nothing is looked for.

    Raises:
        Unreadable: the server cannot be reached.
    """
    parts = urlsplit(address.url)
    name = unquote(parts.path.rpartition("/")[2]) or "model"
    own = {name: Entry(path=name, url=address.url)}
    if parts.query:
        return Listing(name=address.name, entries=own, complete=False, chosen=name)
    folder = urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0] + "/", "", ""))
    wanted = [*_numbered(name), *BESIDE, f"{name}_data", f"{name}.data"] if _is_weights(name) else []
    found = _present(folder, [other for other in wanted if other != name], client)
    entries = table((*own.values(), *found.values()), client.limits, address.name)
    return Listing(name=address.name, entries=entries, complete=False, chosen=name)


def _numbered(name: str) -> Iterator[str]:
    """The names of the other shards and of the index of them all."""
    found = _NUMBERED.fullmatch(name)
    if found and int(found[4]) <= _MOST_SHARDS:
        stem, number, of, count, ending = found.groups()
        first = 0 if not int(number) else 1
        for other in range(first, first + int(count)):
            yield f"{stem}{other:0{len(number)}d}{of}{count}{ending}"
        yield f"{stem.rstrip('-_')}{ending}.index.json"
    else:
        yield f"{name}.index.json"


def _listed(address: Address, client: Client) -> dict[str, Entry]:
    """What the page at the folder's own address lists; empty where there is no such page."""
    try:
        data, landed = client.whole(address.url, subject=address.name, most_bytes=LIST_BYTES)
    except (Absent, Refused, LimitExceeded):
        return {}
    text = data.decode("utf-8", "replace")
    kind = landed.answer.headers.get("content-type", "")
    if is_list_of_keys(text):
        root, prefix = _root_and_prefix(address.url)
        return table(keys_in(text, root, prefix), client.limits, address.name)
    names = _names_in_json(data, client.limits) if "json" in kind else _names_in_html(text, landed.url)
    return table((_entry(landed.url, name) for name in names), client.limits, address.name)


def _root_and_prefix(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", "")), unquote(parts.path.lstrip("/"))


class _Links(HTMLParser):
    """Gathers where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of a link."""
        if tag == "a":
            self.found += [value for key, value in attrs if key == "href" and value]


def _names_in_html(text: str, folder: str) -> list[str]:
    """Names of the files directly in the folder to which the page links."""
    links = _Links()
    links.feed(text)
    names: set[str] = set()
    for link in links.found:
        try:
            target = urljoin(folder, link)
        except ValueError:
            continue
        rest = target[len(folder) :].partition("#")[0] if target.startswith(folder) else ""
        if rest and "/" not in rest and "?" not in rest:
            names.add(unquote(rest))
    return sorted(names)


def _names_in_json(data: bytes, limits: Limits) -> list[str]:
    """Names in a list of the form that nginx gives: objects with `name` and `type`."""
    try:
        rows = bounded_json(data, limits, size_field="header_bytes")
    except GaugerError:
        return []
    named = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return sorted(
        row["name"] for row in named if isinstance(row.get("name"), str) and row.get("type") == "file"
    )


def _entry(folder: str, name: str) -> Entry:
    return Entry(path=name, url=folder + quote(name, safe=""))


def _present(folder: str, names: Iterable[str], client: Client) -> dict[str, Entry]:
    """Which of these names lead to something? Asked at the same time, for a single byte each.

    Raises:
        Unreadable: the server cannot be reached.
    """
    entries = [_entry(folder, name) for name in dict.fromkeys(names)]
    asked = [client.workers.submit(_is_there, entry, client) for entry in entries]
    wait(asked)
    return {entry.path: entry for entry, answer in zip(entries, asked, strict=True) if answer.result()}


def _is_there(entry: Entry, client: Client) -> bool:
    def once() -> bool:
        client.open(entry.url, {"Range": "bytes=0-0"}, subject=entry.path).answer.close()
        return True

    try:
        return client.patiently(once, subject=entry.path)
    except (Absent, Refused):
        return False


def _shards(index: Entry, folder: str, client: Client) -> dict[str, Entry]:
    """The files that an index names; those in other folders left out."""
    try:
        data, _ = client.whole(index.url, subject=index.path, most_bytes=LIST_BYTES)
        document = msgspec.json.decode(data, type=_Index)
    except (LimitExceeded, Unreadable, msgspec.DecodeError, ValueError, RecursionError):
        return {}
    names = sorted({name for name in document.weight_map.values() if "/" not in name and "\\" not in name})
    return {name: _entry(folder, name) for name in names[:_MOST_SHARDS]}


class _Index(msgspec.Struct, frozen=True):
    weight_map: dict[str, str]


def _is_weights(path: str) -> bool:
    return path.lower().endswith(ENDINGS)


ENDINGS = (
    ".safetensors", ".gguf", ".onnx", ".pt", ".pth", ".bin", ".ckpt", ".pkl", ".tflite", ".h5", ".keras",
    ".pdiparams", ".ggml", ".part01", ".001",
)  # fmt: skip
"""How names of files of weights end, the formats that are read most cheaply first."""
