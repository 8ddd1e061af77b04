"""A web server on this machine that sends files by range, and misbehaves where a test tells it to."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class Made(Protocol):
    """Bytes that are made when they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, stretch: slice) -> bytes: ...


Held = bytes | Path | Made


@dataclass
class Trouble:
    """What is wrong with one path.

    Attributes:
        status: Answered instead of the file.
        times: How often; -1 for always.
        after: How many requests are answered well before it begins.
        headers: Added to the answer.
        ranges: False: the whole file comes, whatever is asked for.
        chunked: The length is not told.
        cut: Bytes after which the connection is closed.
        delay_s: Waited before each block of the body.
        block: Length of such a block.
        content_range: Sent instead of the true one.
        packed: The body is compressed.
        body: Sent with the status.
    """

    status: int = 0
    times: int = -1
    after: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    chunked: bool = False
    cut: int = -1
    delay_s: float = 0.0
    block: int = 1 << 20
    content_range: str = ""
    packed: bool = False
    body: bytes = b""


@dataclass
class Asked:
    """One request as it came.

    Attributes:
        path: Without the query.
        query: After the question mark.
        headers: By lower-case name.
        status: What was answered.
        sent: Bytes of body.
    """

    path: str
    query: str
    headers: dict[str, str]
    status: int = 0
    sent: int = 0


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that go away."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Nothing: the test looks at what the client makes of it."""


class RangeServer:
    """Serves `files` (path → bytes, or the path of a file) at `http://127.0.0.1:<port>`.

    Attributes:
        files: May be changed while it runs.
        troubles: Path → what is wrong with it; `*` for all others.
        etags: Path → tag; a tag made of the length by default; empty for none.
        asked: All requests, in order of their arrival.
    """

    def __init__(self, files: dict[str, Held] | None = None) -> None:
        self.files: dict[str, Held] = dict(files or {})
        self.troubles: dict[str, Trouble] = {}
        self.etags: dict[str, str] = {}
        self.modified = formatdate(1_700_000_000, usegmt=True)
        self.asked: list[Asked] = []
        self.seen: Counter[str] = Counter()
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def sent(self) -> int:
        """Bytes of all bodies."""
        return sum(one.sent for one in self.asked)

    def folder(self, path: Path, at: str = "/") -> RangeServer:
        """Serve the files of this folder below `at`."""
        self.files |= {
            at + file.relative_to(path).as_posix(): file for file in sorted(path.rglob("*")) if file.is_file()
        }
        return self

    def ranges(self, path: str) -> list[tuple[int, int]]:
        """First and last byte of each range of this file that was asked for."""
        found = [_RANGE.fullmatch(a.headers.get("range", "")) for a in self.asked if a.path == path]
        return [(int(r[1]), int(r[2])) for r in found if r]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(_Handler):
            server_of = outer

        return Handler


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server_of: RangeServer
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        outer = self.server_of
        parts = urlsplit(self.path)
        asked = Asked(unquote(parts.path), parts.query, {k.lower(): v for k, v in self.headers.items()})
        with outer.lock:
            outer.asked.append(asked)
            outer.seen[asked.path] += 1
            number = outer.seen[asked.path]
        trouble = outer.troubles.get(asked.path, outer.troubles.get("*", Trouble()))
        on = number > trouble.after and (trouble.times < 0 or number <= trouble.after + trouble.times)
        self._answer(asked, trouble if on else Trouble())

    def _answer(self, asked: Asked, trouble: Trouble) -> None:
        outer = self.server_of
        held = outer.files.get(asked.path)
        if trouble.status or held is None:
            self._head(
                asked, trouble.status or 404, {"Content-Length": str(len(trouble.body)), **trouble.headers}
            )
            self._body(asked, trouble.body, 0, len(trouble.body), trouble)
            return
        size = held.stat().st_size if isinstance(held, Path) else len(held)
        etag = outer.etags.get(asked.path, f'"{size}-1"')
        headers = {"Content-Type": _kind(asked.path)}
        headers |= {"ETag": etag} if etag else {}
        headers |= {"Last-Modified": outer.modified} if outer.modified else {}
        if etag and asked.headers.get("if-none-match") == etag:
            self._head(asked, 304, headers)
            return
        found = _RANGE.fullmatch(asked.headers.get("range", "")) if trouble.ranges else None
        condition = asked.headers.get("if-range", "")
        if found and condition and condition not in (etag, outer.modified):
            found = None
        if found is None:
            self._whole(asked, held, size, headers, trouble)
        elif int(found[1]) >= size:
            self._head(asked, 416, {**headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"})
        else:
            start, end = int(found[1]), min(int(found[2]) + 1, size)
            said = trouble.content_range or f"bytes {start}-{end - 1}/{size}"
            headers |= {"Content-Range": said, "Content-Length": str(end - start), **trouble.headers}
            self._head(asked, 206, headers)
            self._body(asked, held, start, end, trouble)

    def _whole(self, asked: Asked, held: Held, size: int, headers: dict[str, str], trouble: Trouble) -> None:
        if trouble.packed:
            held = gzip.compress(held.read_bytes() if isinstance(held, Path) else held[:])
            size = len(held)
            headers["Content-Encoding"] = "gzip"
        if trouble.chunked:
            self._head(asked, 200, {**headers, "Connection": "close", **trouble.headers})
            self.close_connection = True
        else:
            self._head(asked, 200, {**headers, "Content-Length": str(size), **trouble.headers})
        self._body(asked, held, 0, size, trouble)

    def _head(self, asked: Asked, status: int, headers: dict[str, str]) -> None:
        asked.status = status
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self, asked: Asked, held: Held, start: int, end: int, trouble: Trouble) -> None:
        stop = end if trouble.cut < 0 else min(end, start + trouble.cut)
        try:
            for at in range(start, stop, trouble.block):
                if trouble.delay_s:
                    time.sleep(trouble.delay_s)
                data = _stretch(held, at, min(at + trouble.block, stop))
                asked.sent += len(data)
                self.wfile.write(data)
                self.wfile.flush()
        except OSError:
            self.close_connection = True
        if stop < end:
            self.close_connection = True


def _stretch(held: Held, start: int, end: int) -> bytes:
    if not isinstance(held, Path):
        return held[start:end]
    with held.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


def _kind(path: str) -> str:
    if path.endswith(".json") or "/api/" in path:
        return "application/json"
    return "text/html" if path.endswith("/") else "application/octet-stream"
