"""A completions server on this machine, whose models all expect the same few words."""

from __future__ import annotations

import json
import math
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def completion(question: dict[str, Any]) -> dict[str, Any]:
    """Words are pieces; every next piece is one of three, with shares that depend on the word before.

    Models whose names begin with `other` have shares of their own; the rest differ by two parts in a hundred.
    """
    name, apart = question["model"], 0.3 if question["model"].startswith("other") else 0.02
    words = question["prompt"].split(" ")
    tokens = [words[0], *(f" {word}" for word in words[1:]), " then"]
    tops: list[dict[str, float] | None] = [None]
    for token in tokens[:-1]:
        share = 0.2 + 0.3 * _draw(token) + apart * _draw(name + token)
        tops.append({" then": math.log(share), " and": math.log(0.9 - share), " so": math.log(0.1)})
    logs = [None, *(-2.0 for _ in tokens[1:])]
    return {"choices": [{"logprobs": {"tokens": tokens, "token_logprobs": logs, "top_logprobs": tops}}]}


def _draw(text: str) -> float:
    return zlib.crc32(text.encode()) % 100 / 100


class Handler(BaseHTTPRequestHandler):
    """Answers completions, and nothing else."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """One answer."""
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = self.path.endswith("/completions") and "prompt" in question
        data = json.dumps(completion(question) if found else {}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def answering_server() -> Iterator[str]:
    """The address of the running server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
