"""HTTP over sockets, and nothing above it: the only module of Gauger that opens a connection.

The standard library's `http.client` is used rather than a client library. What such a library would add
(redirects, retries, decompression, cookies, tokens taken from files) is what must not happen here unasked,
and connecting to the very IP address that was checked is what most of them cannot do.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from gauger import __version__
from gauger.core.errors import Unreadable
from gauger.remote.deadline import Deadline
from gauger.remote.reach import Reach

_PORTS = {"http": 80, "https": 443}
_MOST_DRAINED = 64 << 10
_MOST_IDLE = 16
_HEAD_TIMEOUTS = 2
"""The whole head of an answer may take as long as so many single steps."""


class Origin(NamedTuple):
    """Scheme, host and port: what a token belongs to.

    Attributes:
        scheme: `http` or `https`.
        host: Lower case, without brackets.
        port: Its number.
    """

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin:
    """Whom does this address speak to?

    Raises:
        Unreadable: neither http nor https, or no host.
    """
    parts, port = _split(url)
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Unreadable("is not an address", subject=url.partition("?")[0][:200]) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Unreadable(f"{parts.scheme[:20] or 'no scheme'} is neither http nor https")
    return parts, port


class Answer:
    """The head of a response; its body is read piece by piece.

    Attributes:
        status: The number.
        headers: Names in lower case; of several of one name, the first.
    """

    def __init__(self, response: http.client.HTTPResponse, network: Network, held: _Held) -> None:
        self.status = response.status
        self.headers: dict[str, str] = {}
        for name, value in response.getheaders():
            self.headers.setdefault(name.lower(), value)
        self._response = response
        self._left = response.length
        self._network = network
        self._held: _Held | None = held

    def read(self, most: int) -> bytes:
        """The next bytes of the body as they come, at most so many; empty at its end.

        Raises:
            OSError: the connection broke, or the body is shorter than was said.
        """
        if self._left is not None:
            most = min(most, self._left)
        if not most:
            return b""
        try:
            data = self._response.read1(most)  # `read` would wait for all of it, however slowly it comes
        except http.client.HTTPException as error:
            raise ConnectionError(_words(error)) from error
        if self._left is not None:
            self._left -= len(data)
            if not data:
                raise ConnectionError("the answer ended early")
        return data

    def close(self) -> None:
        """Give the connection back where the body is at its end or nearly so; else close it."""
        held, self._held = self._held, None
        if held is None:
            return
        try:
            if not self._response.will_close and self._drained():
                self._response.close()
                self._network.give_back(held)
                return
        except (OSError, http.client.HTTPException):
            pass
        self._response.close()
        held.connection.close()

    def _drained(self) -> bool:
        """Was the body read to its end, or is the rest of it here already?"""
        if self._left is None:
            return self._response.isclosed()
        if 0 < self._left <= _MOST_DRAINED:
            self.read(self._left)
        return not self._left


class _Held(NamedTuple):
    origin: Origin
    connection: http.client.HTTPConnection


class Network:
    """Connections that are kept open between requests. Threads may share it.

    Args:
        timeout_s: How long one step (connecting, one read) may take.
        proxies: Scheme → address of a proxy; those of the environment by default.
    """

    def __init__(self, *, timeout_s: float = 30.0, proxies: Mapping[str, str] | None = None) -> None:
        self.reach = Reach()
        self._timeout_s = timeout_s
        self._proxies = urllib.request.getproxies_environment() if proxies is None else dict(proxies)
        self._idle: dict[Origin, list[http.client.HTTPConnection]] = defaultdict(list)
        self._lock = Lock()
        self._tls: ssl.SSLContext | None = None

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """What is answered to one GET? Redirects, errors and bodies are the caller's.

        Raises:
            OSError: no connection, or it broke.
            Unreadable: the address is none, its host is unknown, not allowed, or not who it says it is.
        """
        origin = origin_of(url)
        while True:
            connection, fresh = self._connection(origin)
            try:
                with Deadline(connection.sock, _HEAD_TIMEOUTS * self._timeout_s):
                    response = self._ask(connection, origin, url, headers)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if fresh:
                    raise ConnectionError(_words(error)) from error
            else:
                return Answer(response, self, _Held(origin, connection))

    def give_back(self, held: _Held) -> None:
        """Keep this connection for the next request."""
        with self._lock:
            idle = self._idle[held.origin]
            if len(idle) < _MOST_IDLE:
                idle.append(held.connection)
                return
        held.connection.close()

    def close(self) -> None:
        """Close what is kept open."""
        with self._lock:
            every = [c for idle in self._idle.values() for c in idle]
            self._idle.clear()
        for connection in every:
            connection.close()

    def _connection(self, origin: Origin) -> tuple[http.client.HTTPConnection, bool]:
        with self._lock:
            if self._idle[origin]:
                return self._idle[origin].pop(), False
        return self._connected(origin), True

    def _ask(
        self, connection: http.client.HTTPConnection, origin: Origin, url: str, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        shown = host if origin.port == _PORTS[origin.scheme] else f"{host}:{origin.port}"
        through = origin.scheme == "http" and self._proxy(origin) is not None
        connection.putrequest(
            "GET",
            f"http://{shown}{target}" if through else target,
            skip_host=True,
            skip_accept_encoding=True,
        )
        connection.putheader("Host", shown)
        connection.putheader("User-Agent", f"gauger/{__version__}")
        connection.putheader("Accept-Encoding", "identity")
        for name, value in headers.items():
            connection.putheader(name, value)
        if through:
            for name, value in _proxy_headers(self._proxy(origin)).items():
                connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()

    def _connected(self, origin: Origin) -> http.client.HTTPConnection:
        proxy = self._proxy(origin)
        if proxy is not None:
            return self._through(proxy, origin)
        addresses = list(dict.fromkeys(_resolved(origin)))
        connection = http.client.HTTPConnection(origin.host, origin.port, timeout=self._timeout_s)
        connection.auto_open = 0  # a lost connection is not opened again without the checks
        connection.sock = self._socket(origin, self.reach.allowed(origin.host, addresses))
        return connection

    def _socket(self, origin: Origin, addresses: list[str]) -> socket.socket:
        failed: OSError | None = None
        for address in addresses:
            try:
                plain = socket.create_connection((address, origin.port), self._timeout_s)
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._secured(plain, origin.host) if origin.scheme == "https" else plain
            except OSError as error:
                failed = error
        raise failed or ConnectionError("the host has no address")

    def _secured(self, plain: socket.socket, host: str) -> socket.socket:
        try:
            return self._context().wrap_socket(plain, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise Unreadable(
                f"the server's certificate is not valid: {error.verify_message}", subject=host
            ) from error
        except OSError:
            plain.close()
            raise

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = ssl.create_default_context()
            return self._tls

    def _proxy(self, origin: Origin) -> SplitResult | None:
        address = self._proxies.get(origin.scheme) or self._proxies.get("all")
        bypass = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined] # not in its stubs
        if not address or bypass(origin.host, dict(self._proxies)):
            return None
        return urlsplit(address if "://" in address else f"http://{address}")

    def _through(self, proxy: SplitResult, origin: Origin) -> http.client.HTTPConnection:
        """By way of a proxy, which looks up names itself: only addresses in figures can be judged here."""
        if proxy.scheme != "http" or not proxy.hostname:
            raise Unreadable(f"a proxy of the kind {proxy.scheme!r} cannot be used", subject="proxy")
        self.reach.allowed(origin.host, _figures(origin.host) or [_ANY_PUBLIC])
        port = proxy.port or 80
        if origin.scheme == "http":
            plain = http.client.HTTPConnection(proxy.hostname, port, timeout=self._timeout_s)
            plain.connect()
            return plain
        tunnel = http.client.HTTPSConnection(
            proxy.hostname, port, timeout=self._timeout_s, context=self._context()
        )
        tunnel.set_tunnel(origin.host, origin.port, _proxy_headers(proxy))
        tunnel.connect()
        return tunnel


_ANY_PUBLIC = "1.1.1.1"
"""Stands for a host whose address only the proxy learns."""


def _figures(host: str) -> list[str]:
    """The host as an IP address where it is one; `localhost` is one as well."""
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    except OSError:
        return []
    return [host]


def _resolved(origin: Origin) -> list[str]:
    try:
        found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise Unreadable("is no name of a host", subject=origin.host) from error
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise ConnectionError("the host's name could not be looked up") from error
        raise Unreadable("there is no host of this name", subject=origin.host) from error
    return [str(entry[4][0]) for entry in found]


def _proxy_headers(proxy: SplitResult | None) -> dict[str, str]:
    if proxy is None or not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _words(error: Exception) -> str:
    """What broke, without anything that the other side wrote."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return error.strerror or "the connection broke"
    return f"the answer is not HTTP as it should be ({type(error).__name__})"
