"""A model behind an endpoint: every form of the protocol, and servers that lie, dawdle or redirect."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gauger.core.errors import EndpointError, GaugerError, LimitExceeded, UsageError
from gauger.runtime import endpoint as module
from gauger.runtime.endpoint import TOKEN_VARIABLE, Endpoint
from gauger.runtime.prompts import Prompt
from gauger.runtime.run import Settings
from gauger.runtime.served import ServedRunner

pytestmark = pytest.mark.server
PROMPTS = (Prompt(text="one two three four five"), Prompt(text="six seven eight nine ten eleven"))
Reply = Callable[[str, dict[str, Any]], tuple[int, Any]]


def answering(status: int, answer: object) -> Reply:
    """The same to every question."""
    return lambda _path, _question: (status, answer)


class Server:
    """A server that answers by a function, and keeps what it was asked."""

    def __init__(self) -> None:
        self.reply: Reply = answering(404, {})
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, question, self.headers.get("Authorization", "")))
                status, answer = outer.reply(self.path, question)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://192.0.2.1/elsewhere")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server on this machine."""
    made = Server()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def echoing(path: str, question: dict[str, Any]) -> tuple[int, Any]:
    """A completions server: words are pieces, the next is always `x` with 0.75 or `y` with 0.25."""
    if path != "/v1/completions":
        return 404, {}
    words = question["prompt"].split(" ")
    tokens = [words[0], *(f" {word}" for word in words[1:]), " x"]
    if not question["echo"]:
        tokens = tokens[-1:]
    shown = {" x": math.log(0.75), " y": math.log(0.25)}
    logs = [None, *[math.log(0.5)] * (len(tokens) - 1)] if question["echo"] else [math.log(0.75)]
    tops = [None, *[shown] * (len(tokens) - 1)] if question["echo"] else [shown]
    return 200, {"choices": [{"logprobs": {"tokens": tokens, "token_logprobs": logs, "top_logprobs": tops}}]}


def test_a_prompts_own_forecasts_are_read(server: Server) -> None:
    """With `echo` one request a prompt gives every stop, and the likelihood of its text."""
    server.reply = echoing
    run = ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())
    assert run.mode == "completion"
    answer = next(a for a in run.answers if a.prompt == PROMPTS[0].digest)
    assert [f.at for f in answer.forecasts] == [13, 18, 23]
    assert answer.forecasts[0].pieces == (" x", " y")
    assert answer.forecasts[0].logs == (-0.2877, -1.3863)
    assert answer.nats == pytest.approx(4 * math.log(2), abs=1e-3)
    assert answer.scored == len(PROMPTS[0].text) - 3
    assert len(server.asked) == 1 + len(PROMPTS)


def test_a_server_without_echo_is_asked_after_the_prompt(server: Server) -> None:
    """Where echo is refused, the forecast after the prompt is what there is."""
    server.reply = lambda path, q: (400, {}) if q.get("echo") else echoing(path, q)
    run = ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())
    assert run.mode == "completion"
    assert [f.at for f in run.answers[0].forecasts] in ([23], [31])
    assert run.answers[0].scored == 0


def test_fewer_alternatives_are_asked_where_twenty_are_refused(server: Server) -> None:
    """The older interface gives five."""
    server.reply = lambda path, q: (400, {}) if q.get("logprobs", 0) > 5 else echoing(path, q)
    run = ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())
    assert len(run.answers[0].forecasts) > 1
    assert {q["logprobs"] for _, q, _ in server.asked[2:]} == {5}


def chatting(*, logprobs: bool) -> Reply:
    """A chat server, with or without probabilities."""

    def reply(path: str, question: dict[str, Any]) -> tuple[int, Any]:
        if path != "/v1/chat/completions" or (question.get("logprobs") and not logprobs):
            return 404, {}
        pairs = [{"token": "Hé", "logprob": -0.5}, {"token": "A", "logprob": -2.0}, {"token": 5}]
        choice = {"message": {"content": "The answer, of course, is 42."}}
        return 200, {
            "choices": [choice | {"logprobs": {"content": [{"top_logprobs": pairs}]} if logprobs else None}]
        }

    return reply


def test_a_chats_first_piece_is_read(server: Server) -> None:
    """Pieces are kept as bytes, and what is no piece is left out."""
    server.reply = chatting(logprobs=True)
    run = ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())
    assert run.mode == "chat"
    assert run.answers[0].forecasts[0].pieces == ("HÃ©", "A")


def test_a_chat_without_probabilities_gives_a_sketch_and_no_words(server: Server) -> None:
    """Only shares of features are kept."""
    server.reply = chatting(logprobs=False)
    run = ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())
    assert run.mode == "text"
    style = run.answers[0].style
    assert style["sign ,"] == pytest.approx(2 * style["sign ."])
    assert "course" not in " ".join(style)
    assert sum(style.values()) == pytest.approx(1, abs=1e-4)


def test_the_token_travels_in_one_header_and_is_in_no_record(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken from the environment and shown to nobody else."""
    monkeypatch.setenv(TOKEN_VARIABLE, "not-a-real-one")
    server.reply = echoing
    run = ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())
    assert {token for _, _, token in server.asked} == {"Bearer not-a-real-one"}
    assert "not-a-real-one" not in repr(run)


def test_a_token_does_not_travel_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Http to another machine is refused while a token is set."""
    monkeypatch.setenv(TOKEN_VARIABLE, "not-a-real-one")
    with pytest.raises(UsageError):
        Endpoint("http://192.0.2.1/v1")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/v1",
        "https://",
        "https://user:pass@host/v1",
        "https://host/v1?key=1",
        "https://ho st/",
        "http://h:x/",
    ],
)
def test_addresses_that_are_none_are_refused(address: str) -> None:
    """No other scheme, no credentials, no query."""
    with pytest.raises(UsageError):
        Endpoint(address)


def test_a_redirect_is_not_followed(server: Server) -> None:
    """Only the address that the user gave is talked to."""
    server.reply = answering(302, {})
    with pytest.raises(EndpointError):
        ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())


def test_an_answer_without_end_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than the bound end the run."""
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    server.reply = answering(200, b"[" * 5000)
    with pytest.raises(LimitExceeded):
        ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\xfe",
        [],
        {},
        {"choices": []},
        {"choices": [7]},
        {"choices": [{"logprobs": {"tokens": "abc", "top_logprobs": 5, "token_logprobs": None}}]},
        {
            "choices": [
                {"logprobs": {"tokens": ["a", 5], "top_logprobs": [1, 2], "token_logprobs": ["x", "y"]}}
            ]
        },
        {"choices": [{"logprobs": {"content": ["a"]}, "message": 5}]},
    ],
)
def test_answers_that_are_none_are_errors_of_the_endpoint(server: Server, answer: object) -> None:
    """Whatever a server sends, the run ends with a named error."""
    server.reply = answering(200, answer)
    with pytest.raises(GaugerError):
        ServedRunner(Endpoint(server.address), "m").run(PROMPTS, Settings())


def test_nobody_there_is_an_error_of_the_endpoint() -> None:
    """A closed port is named, not a stack trace."""
    made = Server()
    made.server.server_close()
    with pytest.raises(EndpointError):
        ServedRunner(Endpoint(made.address), "m").run(PROMPTS, Settings())
