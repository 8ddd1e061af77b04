"""Servers that want our time: lists and heads without an end."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from build.range_server import RangeServer, Trouble
from gauger.core.errors import EndpointError, LimitExceeded, Unreadable
from gauger.remote.bucket import keys_in
from gauger.remote.client import Client, Patience
from gauger.remote.connection import Network
from gauger.remote.http_source import HttpSource
from gauger.remote.listing import check_pages
from gauger.runtime import endpoint


@contextmanager
def dripping(piece: bytes, pause_s: float = 0.05):
    """A server that sends this piece again and again, and never anything else; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve() -> None:
            with suppress(OSError):
                while not over.is_set():
                    connection, _ = server.accept()
                    threading.Thread(target=drip, args=(connection,), daemon=True).start()

        def drip(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while not over.wait(pause_s):
                    connection.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        over.set()


ENDLESS = [b"HTTP/1.1 100 Continue\r\n\r\n", b"H"]


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_head_that_never_ends_is_given_up(piece):
    """Interim answers without end, and a line that comes letter by letter, take no longer than two steps."""
    with dripping(piece) as port, Client(patience=Patience(attempts=1, timeout_s=0.3)) as client:
        begun = time.monotonic()
        with pytest.raises(Unreadable):
            HttpSource(f"http://127.0.0.1:{port}/m.gguf", client)
        assert time.monotonic() - begun < 5.0


@pytest.mark.parametrize("piece", ENDLESS)
def test_an_endpoint_that_never_comes_to_an_end_is_given_up(piece, monkeypatch):
    """The same of an endpoint: the whole answer has one deadline."""
    monkeypatch.setattr(endpoint, "ANSWER_S", 0.4)
    with dripping(piece) as port:
        asked = endpoint.Endpoint(f"http://127.0.0.1:{port}/v1")
        begun = time.monotonic()
        with pytest.raises(EndpointError):
            asked.ask("/completions", {})
        assert time.monotonic() - begun < 5.0
        asked.close()


def test_a_list_of_elements_that_are_never_closed_takes_no_time():
    """A megabyte of opening marks is looked through once."""
    begun = time.monotonic()
    assert list(keys_in("<ListBucketResult" + "<Contents>" * 100_000, "https://h/", "")) == []
    assert time.monotonic() - begun < 2.0
    good = "<Contents><Key>a.gguf</Key><Size>3</Size></Contents><Blob><Name>b.gguf</Name></Blob><Contents>"
    assert [(e.path, e.size_bytes) for e in keys_in(good, "https://h/", "")] == [
        ("a.gguf", 3),
        ("b.gguf", -1),
    ]


def test_a_list_without_files_ends():
    """Pages that hold nothing and name a next one end at a thousand."""
    check_pages(1000, "list")
    with pytest.raises(LimitExceeded, match="pages"):
        check_pages(1001, "list")


def test_a_file_longer_than_any_is_refused():
    """A length beyond the numbers of file systems is an error, not an overflow later."""
    with RangeServer({"/m.bin": b"x" * 100}) as server, Client(network=Network(proxies={})) as client:
        server.troubles["/m.bin"] = Trouble(content_range="bytes 0-99/9999999999999999999")
        with pytest.raises(Unreadable, match="cannot be"):
            HttpSource(f"{server.url}/m.bin", client)
