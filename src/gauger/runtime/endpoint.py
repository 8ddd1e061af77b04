"""The one place of `runtime` that opens a connection: to the address that the user gave, and to no other.

JSON over HTTP with the standard library. No redirect is followed, answers are bounded in bytes and time, and
the token comes from the environment, goes into one header, and is kept nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import ssl
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from gauger.core.errors import EndpointError, LimitExceeded, UsageError
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object
from gauger.remote.deadline import Deadline

TOKEN_VARIABLE = "GAUGER_ENDPOINT_TOKEN"  # noqa: S105 - the name of a variable, not its value
TIMEOUT_S = 120.0
ANSWER_S = 600.0
"""For one question and its whole answer, however steadily it comes."""
MOST_BYTES = 16 << 20
"""Of one answer. One with 20 alternatives for each of 1,000 pieces has about 1 MB."""

_OK = 200
_REFUSED = frozenset({400, 404, 405, 415, 422, 501})
"""What servers answer to a request whose form they do not know. Source: RFC 9110, section 15."""


class NotServed(EndpointError):
    """The server does not do what was asked of it; another form of the request may be tried."""


class Endpoint:
    """An address that answers as OpenAI's API does.

    Args:
        address: As `https://host/v1`; the part before `/completions` and `/chat/completions`.

    Raises:
        UsageError: it is no http(s) address, holds credentials, or would send a token in the clear.
    """

    def __init__(self, address: str) -> None:
        self._parts = _checked(address)
        self._token = os.environ.get(TOKEN_VARIABLE, "")
        if self._token and self._parts.scheme == "http" and not _is_here(self._parts.hostname or ""):
            raise UsageError(
                "a token would travel unencrypted", subject=self.address, hint="use https, or unset the token"
            )
        self._connection: http.client.HTTPConnection | None = None

    @property
    def address(self) -> str:
        """Scheme, host and path, as messages and records may show it."""
        return printable(self._parts.geturl(), 200)

    def ask(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        """What does the server answer to this question?

        Raises:
            NotServed: it says that it does not do this.
            EndpointError: it cannot be reached, refuses, or answers with something else than a JSON object.
            LimitExceeded: the answer is too long.
        """
        body = msgspec.json.encode(question)
        try:
            status, data = self._sent(path, body)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            raise EndpointError(f"no answer: {type(error).__name__}", subject=self.address) from error
        if len(data) > MOST_BYTES:
            self.close()
            raise LimitExceeded(f"the answer is longer than {MOST_BYTES} bytes", subject=self.address)
        if status != _OK:
            kind = NotServed if status in _REFUSED else EndpointError
            raise kind(f"status {status} for {path}", subject=self.address)
        return json_object(data, DEFAULT_LIMITS, self.address)

    def _sent(self, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        kept = self._connection is not None
        try:
            return self._answered(path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if not kept:
                raise
            self.close()  # a connection that was kept open may have been closed by the server: once more
            return self._answered(path, body, headers)

    def _answered(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = self._open()
        if connection.sock is None:
            connection.connect()
        with Deadline(connection.sock, ANSWER_S):
            connection.request("POST", self._parts.path.rstrip("/") + path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_BYTES + 1)

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                context = ssl.create_default_context()
                self._connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        return self._connection

    def close(self) -> None:
        """Hang up; the next question dials again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        known = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or any(char.isspace() or ord(char) < ord(" ") for char in address):
        raise UsageError("is no http or https address", subject=printable(address, 80))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "an address has neither credentials nor a query",
            subject=parts.hostname or "",
            hint=f"put the token into the environment variable {TOKEN_VARIABLE}",
        )
    return parts


def _is_here(host: str) -> bool:
    """Does this name stand for the machine itself?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
