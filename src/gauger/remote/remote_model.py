"""A model elsewhere, as readers and probes want it: its files by path, each a source read by range."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from gauger.core.errors import GaugerError, NothingToExamine, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.companions import is_external
from gauger.formats.model_file import ModelFile, TokenizerFacts
from gauger.formats.registry import read_model
from gauger.formats.shards import ShardGroup, group_shards, shard_place
from gauger.formats.tokenizer_files import NAMES, read_tokenizer
from gauger.remote.address import Address, address_of, tokens_of
from gauger.remote.bucket import list_bucket
from gauger.remote.client import PATIENT, Client, Patience, Unreachable
from gauger.remote.folder import BESIDE, ENDINGS, list_file, list_folder
from gauger.remote.http_source import GAP_BYTES, HttpSource
from gauger.remote.hub import list_hub
from gauger.remote.intervals import Span
from gauger.remote.listing import Entry, Listing
from gauger.remote.range_store import evict

_NOT_WEIGHTS = (
    "training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.pt", "scheduler.bin", "rng_state.pth",
    "scaler.pt", "random_states_0.pkl",
)  # fmt: skip
"""State of a training run, which trainers put beside the weights."""


class SharedSource(HttpSource):
    """A source that its model closes, not whoever reads it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stay open: others read it too."""


class RemoteModel:
    """The files at one address. Implements `formats.members.Held`; close it, or use it in a `with`.

    Args:
        listing: Which files there are.
        client: Who asks; closed with the model.
        folder: Where ranges are kept between runs; None for nowhere.
        limits: Bounds.
    """

    def __init__(self, listing: Listing, client: Client, folder: Path | None, limits: Limits) -> None:
        self.listing = listing
        self.limits = limits
        self._client = client
        self._folder = folder
        self._paths = list(listing.entries)
        self._open: dict[str, Future[SharedSource]] = {}
        groups = _groups(listing)
        if listing.chosen and not groups:
            groups = [ShardGroup(title=listing.chosen, names=(listing.chosen,))]
        self._group = groups[0] if groups else None
        self.others = tuple(group.title for group in groups[1:])

    @property
    def name(self) -> str:
        """The address, without credentials and query."""
        return self.listing.name

    @property
    def repository(self) -> str:
        """`org/name` of a hub, or empty."""
        return self.listing.repository

    @property
    def in_store(self) -> bool:
        """Do the files lie in an object store?"""
        return self.listing.in_store

    @property
    def weights(self) -> tuple[str, ...]:
        """Paths of the files of the model that is examined, in order; empty where there is none.

        Of several, the one nearest to the top, in the format that is read most cheaply; `others` has the
        rest.
        """
        return self._group.names if self._group else ()

    @property
    def folder(self) -> str:
        """The folder of the weights, or the one that was named."""
        return self.weights[0].rpartition("/")[0] if self.weights else self.listing.folder

    def __contains__(self, path: str) -> bool:
        return path in self.listing.entries

    def names_in(self, folder: str) -> list[str]:
        """Base names of the files directly in this folder, sorted."""
        prefix = f"{folder}/" if folder else ""
        start = bisect_left(self._paths, prefix)
        end = bisect_left(self._paths, f"{folder}0") if folder else len(self._paths)
        return [path[len(prefix) :] for path in self._paths[start:end] if "/" not in path[len(prefix) :]]

    def open(self, path: str) -> SharedSource:
        """The file of this path; opened once, however often it is asked for.

        Raises:
            Unreadable: there is none, or it cannot be had.
            LimitExceeded: its server sends no ranges and it is long.
        """
        return self._opening([path])[0].result()

    def open_all(self, paths: Sequence[str]) -> list[SharedSource]:
        """These files, in order, opened at the same time.

        Raises:
            Unreadable, LimitExceeded: as `open`.
        """
        futures = self._opening(paths)
        wait(futures)
        return [future.result() for future in futures]

    def sources(self) -> list[SharedSource]:
        """The files of the model that is examined, with their index or external data.

        Raises:
            NothingToExamine: no file here is known for one of weights.
            Unreadable, LimitExceeded: as `open`.
        """
        if not self.weights:
            raise NothingToExamine("no file of weights at this address", subject=self.name)
        return self.open_all(self._with_companions(self.weights))

    def prefetch(self, ranges: Mapping[str, Iterable[Span]], *, gap_bytes: int = GAP_BYTES) -> None:
        """Have these ranges of these paths at hand, all read at the same time.

        Raises:
            Unreadable, LimitExceeded: as `HttpSource.prefetch`.
        """
        sources = dict(zip(ranges, self.open_all(list(ranges)), strict=True))
        begun = [
            f for path, s in sources.items() for f in s.begin_prefetch(ranges[path], gap_bytes=gap_bytes)
        ]
        wait(begun)
        for future in begun:
            future.result()

    def open_model(self, parts: Sequence[str], limits: Limits) -> ModelFile:
        """What does the model of these files say it holds?

        Raises:
            NothingToExamine, Malformed, LimitExceeded, Unreadable: as `read_model`.
        """
        return read_model(self.open_all(self._with_companions(parts)), limits)

    def open_tokenizer(self, folder: str, limits: Limits) -> TokenizerFacts | None:
        """Which tokenizer do the files directly in this folder make up? None where there is none.

        Raises:
            Malformed, LimitExceeded, Unreadable: as `read_tokenizer`.
        """
        names = [name for name in self.names_in(folder) if name in NAMES or name.endswith(".tiktoken")]
        opened = self.open_all([f"{folder}/{name}" if folder else name for name in names])
        return read_tokenizer(dict(zip(names, opened, strict=True)), limits)

    def digested_bytes(self, path: str, limit_bytes: int) -> int:
        """How much of the beginning of this file was read anyway, so that its digest costs no request?"""
        return min(limit_bytes, self.open(path).head_bytes)

    @property
    def opened(self) -> dict[str, SharedSource]:
        """The files that were opened, by path."""
        done = {path: future for path, future in sorted(self._open.items()) if future.done()}
        return {path: future.result() for path, future in done.items() if future.exception() is None}

    @property
    def touched_bytes(self) -> int:
        """How many different bytes were needed: the same for every run that asks the same."""
        return sum(source.touched_bytes for source in self.opened.values())

    @property
    def total_bytes(self) -> int:
        """How long the files together are of which something was needed."""
        return sum(source.size_bytes for source in self.opened.values())

    @property
    def fetched_bytes(self) -> int:
        """How much came over the network in this run, lists included."""
        return self._client.fetched_bytes

    @property
    def requests(self) -> int:
        """How many requests this run has made, redirects counted."""
        return self._client.requests

    def close(self) -> None:
        """Keep what was read for another run, and let go of all connections."""
        for source in self.opened.values():
            source.close()
        self._client.close()
        if self._folder is not None:
            evict(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opening(self, paths: Sequence[str]) -> list[Future[SharedSource]]:
        for path in paths:
            if path not in self.listing.entries:
                raise Unreadable("is not among the files at this address", subject=path)
            if path not in self._open:
                self._open[path] = self._client.workers.submit(self._source, self.listing.entries[path])
        return [self._open[path] for path in paths]

    def _source(self, entry: Entry) -> SharedSource:
        return SharedSource(entry.url, self._client, self._folder, name=entry.path)

    def _with_companions(self, parts: Sequence[str]) -> list[str]:
        """These files and what belongs to them: their index, or external data that is named after one."""
        folder, _, name = parts[0].rpartition("/")
        prefix = f"{folder}/" if folder else ""
        if self._group is not None and tuple(parts) == self._group.names and self._group.index:
            return [*parts, self._group.index]
        external = (
            [prefix + n for n in self.names_in(folder) if is_external(n, name)] if len(parts) == 1 else []
        )
        return [*parts, *external]


def open_remote(
    address: str | Address,
    limits: Limits = DEFAULT_LIMITS,
    *,
    environment: Mapping[str, str] = {},
    folder: Path | None = None,
    patience: Patience = PATIENT,
    told: Callable[[str], None] = lambda _: None,
) -> RemoteModel:
    """What lies at this address? Lists it, and opens nothing yet.

    Args:
        address: See `address_of`.
        limits: Bounds.
        environment: Tokens and endpoints; see `address_of` and `tokens_of`.
        folder: Where ranges are kept between runs; None for nowhere.
        patience: How often, how long.
        told: Is told what is being done.

    Raises:
        UsageError: the text is no address.
        NothingToExamine: no file of weights and no configuration is there.
        Unreadable, Malformed, LimitExceeded: it cannot be listed.
    """
    place = address_of(address, environment) if isinstance(address, str) else address
    client = Client(tokens_of(place, environment), limits, patience)
    told(f"asking {place.name}")
    try:
        return RemoteModel(_with_a_model(_listing(place, client)), client, folder, limits)
    except BaseException:
        client.close()
        raise


def _with_a_model(listing: Listing) -> Listing:
    """The same listing, if there is anything of a model in it."""
    telling = (path for path in listing.entries if _is_weights(path) or path.rpartition("/")[2] in BESIDE)
    if not listing.chosen and next(telling, None) is None:
        raise NothingToExamine(
            "no model at this address",
            subject=listing.name,
            hint="name a file of weights, or a folder with one",
        )
    return listing


def _listing(place: Address, client: Client) -> Listing:
    if place.kind == "hub":
        return list_hub(place, client)
    if place.kind == "bucket":
        return list_bucket(place, client)
    if place.kind == "file":
        return list_file(place, client)
    return _maybe_hub(place, client) or list_folder(place, client)


def _maybe_hub(place: Address, client: Client) -> Listing | None:
    """Does this server speak as hubs do? Asked where an address has the form of a repository's."""
    if not place.maybe_hub:
        return None
    root = place.url[: -len(place.repository) - 2]
    hub = Address(kind="hub", name=place.name, url=root, repository=place.repository)
    try:
        return list_hub(hub, client)
    except Unreachable:
        raise
    except GaugerError:
        return None


def _groups(listing: Listing) -> list[ShardGroup]:
    """The models that the address can mean, the one that is examined first."""
    folder = f"{listing.folder}/" if listing.folder else ""
    paths = [path for path in listing.entries if path.startswith(folder) and _is_weights(path)]
    groups = group_shards((*paths, *(p for p in listing.entries if p.endswith(".index.json"))))
    if listing.chosen:
        own = shard_place(listing.chosen)
        return [g for g in groups if listing.chosen in g.names or (own is not None and g.title == own[0])][:1]
    return sorted(groups, key=_rank)


def _rank(group: ShardGroup) -> tuple[int, bool, int, str, tuple[str, ...]]:
    """Nearest to the top first; weights before adapters and copies; then by format, then by name."""
    base = group.title.rpartition("/")[2].lower()
    ending = next((n for n, ending in enumerate(ENDINGS) if base.endswith(ending)), len(ENDINGS))
    aside = base.startswith(("adapter", "consolidated", "optimizer"))
    return group.names[0].count("/"), aside, ending, group.title, group.names


def _is_weights(path: str) -> bool:
    base = path.rpartition("/")[2].lower()
    return base.endswith(ENDINGS) and base not in _NOT_WEIGHTS
