"""One request and what it takes to get an answer: redirects, tokens, patience."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Self, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from gauger.core.errors import LimitExceeded, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.text import printable
from gauger.remote.connection import Answer, Network, Origin, origin_of

T = TypeVar("T")
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_REFUSED = {401, 403, 407}
_ABSENT = {404, 410}
_MOST_HOPS = 6
_LONGEST_WAIT_S = 30.0
_SLOWEST_BYTES_PER_S = 16 << 10


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How often, how long.

    Attributes:
        attempts: Requests for one range that may fail one after the other without a byte arriving.
        first_wait_s: Seconds before the second; doubled each time.
        timeout_s: For one step of a connection.
        grace_s: After which a body that comes slower than 16 KiB a second is given up.
        workers: Ranges that are read at the same time.
    """

    attempts: int = 5
    first_wait_s: float = 0.5
    timeout_s: float = 30.0
    grace_s: float = 60.0
    workers: int = 8


PATIENT = Patience()
"""What the command line uses."""


class Busy(Exception):
    """The server cannot answer now, or the connection broke.

    Args:
        message: What happened.
        after_s: How long the server asks to wait; 0 where it does not say.
        slow: Something came, and not soon enough to wait for more of it again and again.
        lost: There was no answer at all.
    """

    def __init__(self, message: str, after_s: float = 0.0, *, slow: bool = False, lost: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.after_s = after_s
        self.slow = slow
        self.lost = lost


class Unreachable(Unreadable):
    """Nobody answers."""


class Absent(Unreadable):
    """There is nothing at this address."""


class Refused(Unreadable):
    """The server does not give this to us."""


class Landed(msgspec.Struct, frozen=True):
    """An answer and where it came from.

    Attributes:
        url: After all redirects.
        answer: The answer; the caller closes it.
    """

    url: str
    answer: Answer


class Client:
    """Asks, follows redirects, counts what it reads. Threads may share it.

    Args:
        tokens: Whom → bearer token. A token goes to no other scheme, host or port, whatever redirects say.
        limits: Bounds; `fetched_bytes` is for everything that this client reads.
        patience: How often, how long.
        network: Connections; fresh ones by default.
        pause: How to wait; replaced in tests.
    """

    def __init__(
        self,
        tokens: Mapping[Origin, str] = {},
        limits: Limits = DEFAULT_LIMITS,
        patience: Patience = PATIENT,
        *,
        network: Network | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self.patience = patience
        self.requests = 0
        self.fetched_bytes = 0
        self._tokens = dict(tokens)
        self._network = network or Network(timeout_s=patience.timeout_s)
        self._pause = pause
        self._lock = Lock()
        self._workers: ThreadPoolExecutor | None = None

    @property
    def workers(self) -> ThreadPoolExecutor:
        """Threads that read ranges."""
        with self._lock:
            if self._workers is None:
                self._workers = ThreadPoolExecutor(self.patience.workers, thread_name_prefix="gauger-range")
            return self._workers

    def open(self, url: str, headers: Mapping[str, str], *, subject: str) -> Landed:
        """Who answers in the end, and what? One try.

        Args:
            url: Where to begin.
            headers: Besides those that every request has.
            subject: What to call it in messages; the address itself may hold a signature.

        Returns:
            An answer with a status of 200, 206, 304 or 416.

        Raises:
            Busy: another try may succeed.
            Absent, Refused: there is nothing here, or not for us.
            Unreadable: anything else that is no answer.
        """
        first = url
        for _ in range(_MOST_HOPS):
            answer = self._get(url, headers, subject)
            if answer.status not in _REDIRECTS:
                return Landed(url, _wanted(answer, subject, first != url))
            following = answer.headers.get("location", "")
            region = answer.headers.get("x-amz-bucket-region", "")
            answer.close()
            if not following and _REGION.fullmatch(region):
                raise Unreadable(
                    "the bucket lies in another region", subject=subject, hint=f"set AWS_REGION={region}"
                )
            url = _followed(url, following, subject)
        raise Unreadable("is redirected again and again", subject=subject)

    def patiently(self, action: Callable[[], T], *, subject: str) -> T:
        """The answer of an action that may raise `Busy`, tried a few times.

        Raises:
            Unreadable: it was `Busy` every time; and whatever else the action raises.
        """
        for attempt in range(self.patience.attempts):
            try:
                return action()
            except Busy as busy:
                self.wait(busy, attempt, subject=subject)
        raise Unreadable("was not asked", subject=subject)

    def wait(self, busy: Busy, attempt: int, *, subject: str) -> None:
        """Wait before the next try.

        Raises:
            Unreadable: there is no next try.
        """
        if attempt + 1 >= self.patience.attempts:
            kind = Unreachable if busy.lost else Unreadable
            raise kind(f"gave up after {attempt + 1} tries: {busy.message}", subject=subject) from busy
        self._pause(min(max(busy.after_s, self.patience.first_wait_s * 2**attempt), _LONGEST_WAIT_S))

    def body(self, answer: Answer, length: int, sink: Callable[[bytes], None], *, subject: str) -> int:
        """Read up to so many bytes of a body, block by block; how many came?

        Raises:
            Busy: the connection broke or the body is too slow; what came before was given to `sink`.
            LimitExceeded: this run has read more than its bound.
        """
        done, begun = 0, time.monotonic()
        while done < length:
            try:
                data = answer.read(min(_BLOCK, length - done))
            except OSError as error:
                raise Busy(str(error) or "the connection broke") from error
            if not data:
                break
            self._count(len(data), subject)
            sink(data)
            done += len(data)
            allowed = self.patience.grace_s + done / _SLOWEST_BYTES_PER_S
            if time.monotonic() - begun > allowed:
                raise Busy("the answer comes too slowly", slow=True)
        return done

    def whole(self, url: str, *, subject: str, most_bytes: int) -> tuple[bytes, Landed]:
        """A small document, at most so many bytes; tried a few times. For lists of files, not for files.

        Raises:
            LimitExceeded: it is longer.
            Unreadable: it cannot be had.
        """

        def once() -> tuple[bytes, Landed]:
            landed = self.open(url, {}, subject=subject)
            blocks: list[bytes] = []
            try:
                if landed.answer.status != 200:
                    raise Unreadable(f"answered {landed.answer.status}", subject=subject)
                length = self.body(landed.answer, most_bytes + 1, blocks.append, subject=subject)
            finally:
                landed.answer.close()
            if length > most_bytes:
                raise LimitExceeded(f"the list is longer than {most_bytes} bytes", subject=subject)
            return b"".join(blocks), landed

        return self.patiently(once, subject=subject)

    def close(self) -> None:
        """Close connections and threads."""
        if self._workers is not None:
            self._workers.shutdown(wait=True, cancel_futures=True)
            self._workers = None
        self._network.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(self, url: str, headers: Mapping[str, str], subject: str) -> Answer:
        token = self._tokens.get(origin_of(url))
        own = {"Authorization": f"Bearer {token}"} if token else {}
        with self._lock:
            self.requests += 1
        try:
            return self._network.get(url, {**headers, **own})
        except OSError as error:
            words = error.strerror or str(error) or f"no connection to {origin_of(url).host}"
            raise Busy(words, lost=True) from error
        except ValueError as error:
            raise Unreadable("the address cannot be asked for", subject=subject) from error

    def _count(self, length: int, subject: str) -> None:
        with self._lock:
            self.fetched_bytes += length
            total = self.fetched_bytes
        self.limits.check(total, "fetched_bytes", subject=subject)


_BLOCK = 256 << 10
_REGION = re.compile(r"[a-z0-9-]{3,30}")


def _wanted(answer: Answer, subject: str, elsewhere: bool) -> Answer:  # noqa: FBT001 - what a message says
    """The answer, if it is one.

    Raises:
        Busy, Absent, Refused, Unreadable: as `Client.open`.
    """
    if answer.status in (200, 206, 304, 416):
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            answer.close()
            raise Unreadable(
                "the server sends it packed, so that no range of it can be told", subject=subject
            )
        return answer
    status = answer.status
    after = answer.headers.get("retry-after", "")
    answer.close()
    where = " after a redirect" if elsewhere else ""
    if status in _BUSY:
        raise Busy(
            f"the server answered {status}{where}",
            float(after) if after.isascii() and after.isdigit() else 0.0,
        )
    if status in _ABSENT:
        raise Absent("there is nothing at this address", subject=subject)
    if status in _REFUSED:
        raise Refused(
            f"the server does not give it to us (answer {status}{where})",
            subject=subject,
            hint="set GAUGER_TOKEN, or HF_TOKEN for the hub, if you have access",
        )
    raise Unreadable(f"the server answered {status}{where}", subject=subject)


_KEPT = "/:?#[]@!$&'()*+,;=%~-._"
"""What stands in an address as it is. Source: RFC 3986, sections 2.2 and 2.3."""


def _followed(url: str, following: str, subject: str) -> str:
    """Where does this redirect lead?

    Raises:
        Unreadable: nowhere, or from a protected connection to an open one.
    """
    try:
        target = urljoin(url, following)
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise Unreadable("is redirected to what is no address", subject=subject) from error
    if not following or scheme not in ("http", "https"):
        raise Unreadable(
            f"is redirected to {printable(scheme or 'nothing', 20)}, not to http or https", subject=subject
        )
    if urlsplit(url).scheme == "https" and scheme == "http":
        raise Unreadable("is redirected from https to http", subject=subject)
    return quote(target, safe=_KEPT)
