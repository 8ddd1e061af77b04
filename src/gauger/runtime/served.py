"""A model behind an OpenAI-compatible endpoint, asked in the most telling form that the server offers.

Tried in turn: the prompt's own forecasts (`echo` with `logprobs`: one request a prompt tells all places), the
forecast after the prompt, a chat's first piece with `top_logprobs`, a chat's words. The first form that the
server answers is kept for all prompts, so that all answers of a run are of one kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from gauger.core.errors import EndpointError, UsageError
from gauger.core.text import printable
from gauger.runtime.endpoint import Endpoint, NotServed
from gauger.runtime.prompts import Prompt, stops
from gauger.runtime.run import Answer, Forecast, Mode, Run, Settings
from gauger.runtime.style import style_of

_FEWER = 5
"""Alternatives that the older completions interface gives at most. Source: OpenAI API reference, completions,
`logprobs`."""

_DIGITS = 4
_WRITTEN = 64
Form = Callable[[Prompt, Settings], Answer]


class ServedRunner:
    """A model by its name at an endpoint.

    Args:
        endpoint: Where.
        model: The name there.
    """

    ident = "endpoint"

    def __init__(self, endpoint: Endpoint, model: str) -> None:
        self._endpoint, self._model = endpoint, model

    def run(self, prompts: tuple[Prompt, ...], settings: Settings) -> Run:
        """See `Runner.run`. One request a prompt, one after the other."""
        if not prompts:
            raise UsageError("there is nothing to ask", subject=printable(self._model, 80))
        try:
            form, mode = self._form(prompts[0], settings)
            answers = tuple(form(prompt, settings) for prompt in prompts)
        finally:
            self._endpoint.close()
        return Run(
            model=self._model,
            runner=self.ident,
            mode=mode,
            settings=settings,
            answers=tuple(sorted(answers, key=lambda a: a.prompt)),
        )

    def _form(self, prompt: Prompt, settings: Settings) -> tuple[Form, Mode]:
        forms: list[tuple[Form, Mode]] = [
            (self._echoed(settings.top), "completion"),
            (self._echoed(_FEWER), "completion"),
            (self._continued(settings.top), "completion"),
            (self._continued(_FEWER), "completion"),
            (self._first_of_chat(settings.top), "chat"),
            (self._words, "text"),
        ]
        wanted = forms[-1:] if settings.new_tokens else forms
        for form, mode in wanted:
            try:
                answer = form(prompt, settings)
            except NotServed:
                continue
            if answer.forecasts or answer.style:
                return form, mode
        raise EndpointError(
            "answers neither with probabilities nor with words", subject=self._endpoint.address
        )

    def _echoed(self, top: int) -> Form:
        def ask(prompt: Prompt, settings: Settings) -> Answer:
            answer = self._completion(prompt, top, echo=True)
            return _echo(prompt, answer, settings)

        return ask

    def _continued(self, top: int) -> Form:
        def ask(prompt: Prompt, settings: Settings) -> Answer:  # noqa: ARG001 - the form of a form
            logs = _part(self._completion(prompt, top, echo=False), "logprobs")
            shown = _list(logs, "top_logprobs")
            forecasts = (
                (_forecast(len(prompt.text), shown[0].items()),)
                if shown and isinstance(shown[0], dict)
                else ()
            )
            return Answer(prompt=prompt.digest, domain=prompt.domain, forecasts=forecasts)

        return ask

    def _completion(self, prompt: Prompt, top: int, *, echo: bool) -> dict[str, Any]:
        question = {
            "model": self._model,
            "prompt": prompt.text,
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": top,
            "echo": echo,
        }
        return _choice(self._endpoint.ask("/completions", question), self._endpoint.address)

    def _first_of_chat(self, top: int) -> Form:
        def ask(prompt: Prompt, settings: Settings) -> Answer:  # noqa: ARG001 - the form of a form
            question = self._message(prompt) | {"max_tokens": 1, "logprobs": True, "top_logprobs": top}
            choice = _choice(self._endpoint.ask("/chat/completions", question), self._endpoint.address)
            content = _list(_part(choice, "logprobs"), "content")
            shown = _list(content[0], "top_logprobs") if content and isinstance(content[0], dict) else []
            pairs = [(p.get("token"), p.get("logprob")) for p in shown if isinstance(p, dict)]
            forecasts = (_forecast(len(prompt.text), pairs),) if pairs else ()
            return Answer(prompt=prompt.digest, domain=prompt.domain, forecasts=forecasts)

        return ask

    def _words(self, prompt: Prompt, settings: Settings) -> Answer:
        question = self._message(prompt) | {"max_tokens": settings.new_tokens or _WRITTEN}
        choice = _choice(self._endpoint.ask("/chat/completions", question), self._endpoint.address)
        words = _part(choice, "message").get("content")
        style = style_of(words) if isinstance(words, str) else {}
        return Answer(prompt=prompt.digest, domain=prompt.domain, style=style)

    def _message(self, prompt: Prompt) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": [{"role": "user", "content": prompt.text}],
            "temperature": 0,
        }


def _echo(prompt: Prompt, choice: dict[str, Any], settings: Settings) -> Answer:
    """All places of the prompt from one answer; empty where the server ignored `echo`."""
    logs = _part(choice, "logprobs")
    tokens, own, shown = (_list(logs, name) for name in ("tokens", "token_logprobs", "top_logprobs"))
    starts = _starts(tokens, _list(logs, "text_offset"))
    wanted = set(stops(prompt.text, settings.stops))
    forecasts: list[Forecast] = []
    nats, scored = 0.0, 0
    if len(tokens) < 2 or "".join(t for t in tokens if isinstance(t, str))[: len(prompt.text)] != prompt.text:
        return Answer(prompt=prompt.digest, domain=prompt.domain)
    for place, start in enumerate(starts):
        if start in wanted and place < len(shown) and isinstance(shown[place], dict):
            forecasts.append(_forecast(start, shown[place].items()))
        log = own[place] if place < len(own) else None
        if place and start < len(prompt.text) and isinstance(log, int | float) and math.isfinite(log):
            nats -= log
            scored += min(len(tokens[place]), len(prompt.text) - start)
    return Answer(
        prompt=prompt.digest,
        domain=prompt.domain,
        forecasts=tuple(forecasts),
        nats=round(nats, _DIGITS),
        scored=scored,
    )


def _starts(tokens: list[Any], offsets: list[Any]) -> list[int]:
    """Where each piece begins, in characters: as the server says, else by adding lengths up."""
    if len(offsets) == len(tokens) and all(isinstance(o, int) for o in offsets):
        return [o - offsets[0] for o in offsets]
    starts, at = [], 0
    for token in tokens:
        starts.append(at)
        at += len(token) if isinstance(token, str) else 0
    return starts


def _forecast(at: int, pairs: Iterable[tuple[Any, Any]]) -> Forecast:
    """The pieces that a server shows, likeliest first; what is no piece with a probability is left out."""
    shares: dict[str, float] = {}
    for piece, log in pairs:
        if (
            isinstance(piece, str)
            and isinstance(log, int | float)
            and math.isfinite(log)
            and log <= _ROUNDING
        ):
            spelled = piece.encode("utf-8", "replace").decode("latin-1")
            shares[spelled] = shares.get(spelled, 0.0) + math.exp(min(log, 0.0))
    best = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    total = max(1.0, sum(shares.values()))
    return Forecast(
        at=at,
        pieces=tuple(piece for piece, _ in best),
        logs=tuple(round(math.log(max(share / total, 1e-30)), _DIGITS) for _, share in best),
    )


_ROUNDING = 1e-3


def _choice(answer: dict[str, Any], subject: str) -> dict[str, Any]:
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise EndpointError("the answer holds no choice", subject=printable(subject, 200))
    return dict(choices[0])


def _part(node: dict[str, Any], name: str) -> dict[str, Any]:
    part = node.get(name)
    return part if isinstance(part, dict) else {}


def _list(node: dict[str, Any], name: str) -> list[Any]:
    part = node.get(name)
    return part if isinstance(part, list) else []
