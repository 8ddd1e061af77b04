"""What one model answered to a set of prompts: forecasts, likelihoods and the sketch of its texts."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from gauger.runtime.prompts import MOST_STOPS, Prompt

Mode = Literal["completion", "chat", "text"]
"""How the model was asked. completion: it reads the prompt as the beginning of a text. chat: the prompt is a
user's message inside the server's own template. text: only its words came back, no probabilities."""

TOP = 20
"""Likeliest pieces kept at each place: the most that common endpoints give. Source: the `top_logprobs` bound
of the OpenAI chat completions reference (20); the rest of the probability is one further outcome."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for, the same for every participant.

    Attributes:
        top: Likeliest pieces kept at each place.
        stops: Places noted in each prompt.
        new_tokens: Pieces to write after each prompt, greedily; 0 for none.
    """

    top: int = TOP
    stops: int = MOST_STOPS
    new_tokens: int = 0


class Forecast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model expected next at one place.

    Attributes:
        at: Offset in the prompt, in characters; after the prompt's first `at` characters.
        pieces: The likeliest next pieces, as the bytes of their text, each byte written as the character of
            that number (Latin-1), so that half a character has a spelling too.
        logs: Their natural log-probabilities, in the same order, rounded to four decimals.
    """

    at: int
    pieces: tuple[str, ...]
    logs: tuple[float, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model said to one prompt. Holds no text.

    Attributes:
        prompt: SHA-256 of the prompt's text.
        domain: Of the prompt.
        forecasts: By offset; empty where the model gives no probabilities.
        nats: Negative log-likelihood of the prompt's own text.
        scored: Characters of the prompt that `nats` covers; 0 where the likelihood was not to be had.
        style: Sketch of the text written: share of each feature; empty where none was asked for.
    """

    prompt: str
    domain: str = ""
    forecasts: tuple[Forecast, ...] = ()
    nats: float = 0.0
    scored: int = 0
    style: dict[str, float] = {}


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model, all prompts.

    Attributes:
        model: What to call it: a folder's or file's own name, or the name at the endpoint.
        runner: Which runner: `numpy`, `torch`, `endpoint`.
        mode: How it was asked.
        tokenizer: SHA-256 over its vocabulary in id order; empty where it is not known.
        weights: SHA-256 over the headers of its files and their sizes; empty behind an endpoint.
        settings: What was asked for.
        answers: Sorted by the prompts' digests.
    """

    model: str
    runner: str
    mode: Mode
    tokenizer: str = ""
    weights: str = ""
    settings: Settings = Settings()
    answers: tuple[Answer, ...] = ()


class Runner(Protocol):
    """One way to have a model answer."""

    @property
    def ident(self) -> str:
        """`numpy`, `torch`, `endpoint` or `recorded`."""
        ...

    def run(self, prompts: tuple[Prompt, ...], settings: Settings) -> Run:
        """What does the model answer to these prompts?

        Raises:
            GaugerError: it cannot be run, or answers out of bounds.
        """
        ...
