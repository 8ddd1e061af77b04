"""A file behind an address, as a `Source`: read by range, never twice, and the same from first to last."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from gauger.core.errors import GaugerError, LimitExceeded, Malformed, Unreadable
from gauger.core.text import printable
from gauger.remote.client import Busy, Client, Landed
from gauger.remote.connection import Answer
from gauger.remote.intervals import Intervals, Span, coalesced, pieces
from gauger.remote.range_store import Pin, RangeStore

HEAD_BYTES = 128 << 10
"""Read first: the whole header of most shards of safetensors."""
AHEAD_BYTES = 2 << 20
"""Most that is read ahead of a reader that goes on from where it was."""
SMALLEST_BYTES = 16 << 10
"""Least that is asked for: a shorter answer comes no sooner."""
GAP_BYTES = 64 << 10
"""Holes that are read along: of 8 parallel requests of 50 ms over 100 Mbit/s, each costs as much as 78 KB."""
PIECE_BYTES = 4 << 20
"""Longer ranges are read in pieces of this length at the same time."""

_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})", re.ASCII)
_EMPTY = re.compile(r"bytes \*/(\d{1,19})", re.ASCII)
_SIGNING = re.compile(
    r"x-amz-.*|x-goog-.*|x-ms-.*|signature|expires|key-pair-id|policy|awsaccesskeyid|googleaccessid"
    r"|s[eiprtvk]|spr|sig|srt|ss|sdd|ske|skoid|sks|skt|sktid|skv|token|access_token|auth",
    re.IGNORECASE,
)
"""Parts of an address that say who may read and until when, not what. Sources: AWS Signature Version 4,
CloudFront signed URLs, Google Cloud Storage signed URLs, Azure Storage shared access signatures (the vendors'
references)."""


class HttpSource:
    """Implements `formats.source.Source`.

    The first answer pins the file's length and its tag; every later range is asked for on the condition that
    both are still true, so that a file which changes is an error and never a mixture.

    What is *planned* (`touched_bytes`) depends on what is asked for alone, not on what an earlier run left
    behind, so that documents of both runs agree; what came over the network now is `fetched_bytes`.

    Args:
        address: Of the file, http or https.
        client: Who asks.
        folder: Where ranges are kept between runs; None for nowhere.
        name: What to call it in messages; the address without query by default.

    Raises:
        Unreadable: it cannot be had, or not by range and is longer than `limits.unranged_bytes`.
    """

    def __init__(
        self, address: str, client: Client | None = None, folder: Path | None = None, *, name: str = ""
    ) -> None:
        self.address = address
        self._name = name or printable(address.partition("?")[0])
        self._own = client is None
        self._client = client or Client()
        self._url = address
        self._lock = Lock()
        self._read = 0
        self._fetched = 0
        self._touched = Intervals()
        self._last = (0, 0)
        self._store = RangeStore(folder / key_of(address) if folder is not None else None)
        try:
            self._pin = self._client.patiently(self._begin, subject=self._name)
        except BaseException:
            self.close()
            raise
        self._note((0, min(HEAD_BYTES, self._pin.size_bytes)))

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self._name

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return self._pin.size_bytes

    @property
    def read_bytes(self) -> int:
        """Bytes that were handed out, repeated reads counted again."""
        return self._read

    @property
    def touched_bytes(self) -> int:
        """How many different bytes were needed, with what was read ahead: the same for every run."""
        return self._touched.total

    @property
    def fetched_bytes(self) -> int:
        """Bytes that came over the network for this file in this run."""
        return self._fetched

    @property
    def head_bytes(self) -> int:
        """How many bytes from the first on were needed without a hole."""
        return self._touched.end_of_run(0)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        if offset < 0 or length < 0 or offset + length > self.size_bytes:
            raise Malformed(
                f"bytes {offset} to {offset + length} were asked for, the file has {self.size_bytes}",
                subject=self._name,
            )
        holes = self._touched.missing((offset, offset + length))
        if holes:
            self._need(coalesced([self._ahead(holes)], 0))
        with self._lock:
            self._read += length
        return self._store.read(offset, length)

    def prefetch(self, ranges: Iterable[Span], *, gap_bytes: int = GAP_BYTES) -> None:
        """Have these ranges at hand, read at the same time; near ones are read in one.

        Args:
            ranges: First byte and the byte after the last; cut to the file.
            gap_bytes: Holes up to this long are read along.

        Raises:
            Unreadable: a range cannot be had, or the file has changed.
            LimitExceeded: above the bounds.
        """
        for future in self.begin_prefetch(ranges, gap_bytes=gap_bytes):
            future.result()

    def begin_prefetch(self, ranges: Iterable[Span], *, gap_bytes: int = GAP_BYTES) -> list[Future[None]]:
        """As `prefetch`, without waiting: the caller waits for all that this returns."""
        wanted = [(max(0, start), min(end, self.size_bytes)) for start, end in ranges]
        holes = [hole for span in coalesced(wanted, 0) for hole in self._touched.missing(span)]
        planned = coalesced(holes, gap_bytes)
        futures = self._started(planned)
        for span in planned:
            self._note(span)
        return futures

    def close(self) -> None:
        """Keep what was read for another run, and let go."""
        self._store.close()
        if self._own:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ahead(self, holes: list[Span]) -> Span:
        """What is asked for instead of these holes: more, where a reader goes on from where it was."""
        start, end = holes[0][0], holes[-1][1]
        previous_start, previous_end = self._last
        goes_on = start == previous_end and previous_end == self._touched.end_of_run(previous_start)
        grown = min(2 * (previous_end - previous_start), AHEAD_BYTES) if goes_on else SMALLEST_BYTES
        return start, min(max(end, start + grown), self.size_bytes)

    def _need(self, planned: list[Span]) -> None:
        for future in self._started(planned):
            future.result()
        for span in planned:
            self._note(span)

    def _note(self, span: Span) -> None:
        self._touched.add(span)
        self._last = span

    def _started(self, planned: Iterable[Span]) -> list[Future[None]]:
        """Begin to read what is not held; a single piece is read here, by the thread that asks."""
        absent = pieces((hole for span in planned for hole in self._store.missing(span)), PIECE_BYTES)
        stop = Event()
        if len(absent) == 1:
            done: Future[None] = Future()
            self._fetch(absent[0], stop)
            done.set_result(None)
            return [done]
        return [self._client.workers.submit(self._fetch, piece, stop) for piece in absent]

    def _fetch(self, piece: Span, stop: Event) -> None:
        """Read one range, however often the connection breaks, as long as something comes each time."""
        at, end = piece
        idle = 0
        for _ in range(_MOST_TRIES):
            if at >= end or stop.is_set():
                break
            before = at
            try:
                at = self._fetch_some(at, end)
                continue
            except Busy as busy:
                at = self._store.end_of_run(at)
                idle = 0 if at > before and not busy.slow else idle + 1
                if at < end:
                    try:
                        self._client.wait(busy, idle, subject=self._name)
                    except GaugerError:
                        stop.set()
                        raise
            except BaseException:
                stop.set()
                raise
        if at < end:
            raise Unreadable("was not read to its end", subject=self._name)

    def _fetch_some(self, at: int, end: int) -> int:
        """One request for a range; up to where did it come?"""
        headers = {"Range": f"bytes={at}-{end - 1}"}
        if self._pin.condition:
            headers["If-Range"] = self._pin.condition
        landed = self._landed(headers)
        try:
            stop = min(end, self._checked(landed.answer, at, end))
            got = self._take(landed.answer, at, stop - at)
        finally:
            landed.answer.close()
        if not got:
            raise Busy("the answer is empty")
        return at + got

    def _landed(self, headers: dict[str, str]) -> Landed:
        """Ask where the last answer came from; a signed address that has run out is asked for again."""
        url = self._url
        if url != self.address:
            try:
                return self._client.open(url, headers, subject=self._name)
            except Unreadable:
                self._url = self.address
        landed = self._client.open(self.address, headers, subject=self._name)
        self._url = landed.url
        return landed

    def _take(self, answer: Answer, at: int, length: int) -> int:
        """Put the body into the store."""
        place = at

        def sink(data: bytes) -> None:
            nonlocal place
            self._store.write(place, data)
            place += len(data)
            with self._lock:
                self._fetched += len(data)

        return self._client.body(answer, length, sink, subject=self._name)

    def _checked(self, answer: Answer, at: int, end: int) -> int:
        """Up to where does this answer's body go, if it is the range that was asked for, of the same file?

        Raises:
            Unreadable: it is not.
        """
        if answer.status in (200, 416):
            raise Unreadable(_CHANGED, subject=self._name)
        first, last, total = _content_range(answer, self._name)
        if total != self._pin.size_bytes or not _fits(answer, self._pin):
            raise Unreadable(_CHANGED, subject=self._name)
        if first != at or not at <= last < end:
            raise Unreadable(
                f"bytes {at} to {end} were asked for, the server sent {first} to {last + 1}",
                subject=self._name,
            )
        return last + 1

    def _begin(self) -> Pin:
        """The first request: what is there, how long, and its beginning; or that all is as it was."""
        headers = {"Range": f"bytes=0-{HEAD_BYTES - 1}"}
        known = self._store.pin
        if known is not None and not known.condition:
            known = None
        if known is not None:
            headers |= {"If-None-Match": known.etag} if known.etag else {"If-Modified-Since": known.modified}
        landed = self._client.open(self.address, headers, subject=self._name)
        self._url = landed.url
        try:
            return self._begun(landed.answer, known)
        finally:
            landed.answer.close()

    def _begun(self, answer: Answer, known: Pin | None) -> Pin:
        if answer.status == 304:
            if known is None:
                raise Unreadable(
                    "the server says that it has not changed, and nobody asked", subject=self._name
                )
            self._store.begin(known)
            self._pin = known
            if known.whole:
                self._touched.add((0, known.size_bytes))
            for piece in self._store.missing((0, min(HEAD_BYTES, known.size_bytes))):
                self._fetch(piece, Event())
            return known
        if answer.status == 200:
            return self._whole(answer)
        if answer.status == 416:
            found = _EMPTY.fullmatch(answer.headers.get("content-range", ""))
            if not found or int(found[1]):
                raise Unreadable("the server has not even its first bytes", subject=self._name)
            return self._pinned(_pin_of(answer, 0))
        first, last, total = _content_range(answer, self._name)
        if first or last >= min(HEAD_BYTES, total):
            raise Unreadable(
                f"its beginning was asked for, the server sent {first} to {last + 1}", subject=self._name
            )
        pin = self._pinned(_pin_of(answer, total))
        begun = self._take(answer, 0, last + 1)
        if begun < min(HEAD_BYTES, total):
            raise Busy("the answer is shorter than it says")
        return pin

    def _whole(self, answer: Answer) -> Pin:
        """A server without ranges sends all of it, which is read if it is short enough."""
        most = self._client.limits.unranged_bytes
        told = answer.headers.get("content-length", "")
        if told.isascii() and told.isdigit() and int(told) > most:
            raise LimitExceeded(
                f"the server sends no ranges, and the file is longer than {most} bytes",
                subject=self._name,
                hint="download it and name the file",
            )
        self._pinned(Pin(size_bytes=most + 1))
        length = self._take(answer, 0, most + 1)
        if length > most:
            raise LimitExceeded(f"the server sends no ranges, and more than {most} bytes", subject=self._name)
        pin = msgspec.structs.replace(_pin_of(answer, length), whole=True)
        self._store.pin = self._pin = pin
        self._touched.add((0, length))
        return pin

    def _pinned(self, pin: Pin) -> Pin:
        self._store.begin(pin)
        self._pin = pin
        return pin


_CHANGED = "the file changed while it was read, or the server stopped sending ranges of it"


def _content_range(answer: Answer, subject: str) -> tuple[int, int, int]:
    """First byte, last byte, length of the file, as the answer says.

    Raises:
        Unreadable: it does not say, or something impossible.
    """
    found = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    if not found:
        raise Unreadable("the server does not say which range it sends", subject=subject)
    first, last, total = (int(number) for number in found.groups())
    if not first <= last < total <= _LONGEST_FILE:
        raise Unreadable("the server says that it sends a range that cannot be", subject=subject)
    return first, last, total


def _pin_of(answer: Answer, size_bytes: int) -> Pin:
    headers = answer.headers
    return Pin(
        size_bytes=size_bytes,
        etag=headers.get("etag", "")[:_LONGEST_TAG],
        modified=headers.get("last-modified", "")[:_LONGEST_TAG],
    )


_LONGEST_TAG = 1000
_LONGEST_FILE = 1 << 60
"""No file of this world; places behind it fit no file system's numbers."""
_MOST_TRIES = 64
"""Requests for one piece, however little each brings."""


def _fits(answer: Answer, pin: Pin) -> bool:
    """Is this answer about the file that was pinned?

    An answer to `If-Range` may leave its date out (RFC 9110, section 15.3.7).
    """
    now = _pin_of(answer, pin.size_bytes)
    if pin.etag:
        return now.etag == pin.etag
    return not now.modified or now.modified == pin.modified


def key_of(address: str) -> str:
    """Under which name are this address's ranges kept? A digest; signatures and their dates do not count."""
    parts = urlsplit(address)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _SIGNING.fullmatch(k)]
    plain = urlunsplit(
        (parts.scheme, parts.netloc.rpartition("@")[2].lower(), parts.path, urlencode(kept), "")
    )
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
