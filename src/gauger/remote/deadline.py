"""A last moment for what a server sends: limits of single reads end no answer that comes drop by drop."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Timer


class Deadline:
    """Breaks a connection when its time is over; what reads from it then sees an end. Use it in a `with`.

    `http.client` waits for each line of a head anew, and skips interim answers (status 100) without end.

    Args:
        connected: The socket.
        seconds: From now on.
    """

    def __init__(self, connected: socket.socket | None, seconds: float) -> None:
        self._socket = connected
        self._timer = Timer(seconds, self._break)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _break(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # not the secured socket's own: it would change under whoever reads
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
