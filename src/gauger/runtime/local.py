"""Models whose files are at hand: read, run, and asked at the prompts' stops."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from gauger.core.errors import Malformed, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.configs import read_config
from gauger.formats.number_types import Floats
from gauger.formats.source import FileSource
from gauger.formats.weights import Weights, open_weights
from gauger.runtime.architecture import of_config, of_gguf
from gauger.runtime.arrays import arrays_of
from gauger.runtime.forward import Decoder
from gauger.runtime.pieces import Encoded, Tokens, tokens_in, tokens_of_gguf
from gauger.runtime.prompts import Prompt, stops
from gauger.runtime.run import Answer, Forecast, Run, Settings
from gauger.runtime.style import style_of

_LOG_DIGITS = 4
_SAFE = frozenset({"safetensors", "gguf"})
"""Formats that hold numbers and nothing that a loader would call."""


class Scorer(Protocol):
    """Anything that gives log-probabilities of the next piece."""

    @property
    def ident(self) -> str:
        """`numpy` or `torch`."""
        ...

    def scores(self, texts: Sequence[Sequence[int]]) -> Iterator[Floats]:
        """For each text, natural log-probabilities after every piece: float32 (pieces, vocabulary)."""
        ...


class LocalRunner:
    """A model in memory with its tokenizer.

    Args:
        name: What to call it in records.
        scorer: The model.
        tokens: Its tokenizer.
        weights: Digest of its files' headers, for the record.
    """

    def __init__(self, name: str, scorer: Scorer, tokens: Tokens, weights: str = "") -> None:
        self.name, self._scorer, self._tokens, self._weights = name, scorer, tokens, weights

    @property
    def ident(self) -> str:
        """Which arithmetic runs it."""
        return self._scorer.ident

    def run(self, prompts: tuple[Prompt, ...], settings: Settings) -> Run:
        """See `Runner.run`. O(prompts × their length) forward passes; writing costs a pass a piece."""
        encoded = [self._tokens.encode(prompt.text) for prompt in prompts]
        scored = self._scorer.scores([text.ids for text in encoded])
        answers = [
            self._answer(prompt, text, logs, settings)
            for prompt, text, logs in zip(prompts, encoded, scored, strict=True)
        ]
        return Run(
            model=self.name,
            runner=self.ident,
            mode="completion",
            tokenizer=self._tokens.digest,
            weights=self._weights,
            settings=settings,
            answers=tuple(sorted(answers, key=lambda a: a.prompt)),
        )

    def _answer(self, prompt: Prompt, text: Encoded, logs: Floats, settings: Settings) -> Answer:
        last = {
            end: place for place, end in enumerate(text.ends)
        }  # of several pieces of one character, the last
        forecasts = tuple(
            self._forecast(at, logs[last[at]], settings.top)
            for at in stops(prompt.text, settings.stops)
            if at in last
        )
        nats, scored = _likelihood(text, logs)
        return Answer(
            prompt=prompt.digest,
            domain=prompt.domain,
            forecasts=forecasts,
            nats=nats,
            scored=scored,
            style=style_of(self._written(text, settings.new_tokens)) if settings.new_tokens else {},
        )

    def _forecast(self, at: int, logs: Floats, top: int) -> Forecast:
        """The likeliest spellings; pieces with one spelling (bytes and characters) count together."""
        known = min(len(logs), len(self._tokens.spelled))
        order = np.argsort(-logs[:known], kind="stable")[: 2 * top]
        shares: dict[str, float] = {}
        for number in order:
            spelled = self._tokens.spelled[number]
            if spelled:
                shares[spelled] = shares.get(spelled, 0.0) + float(np.exp(logs[number]))
        best = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:top]
        return Forecast(
            at=at,
            pieces=tuple(piece for piece, _ in best),
            logs=tuple(round(float(np.log(max(share, 1e-30))), _LOG_DIGITS) for _, share in best),
        )

    def _written(self, text: Encoded, most: int) -> str:
        """What the model writes after the text, the likeliest piece each time."""
        ids = list(text.ids)
        for _ in range(most):
            (logs,) = self._scorer.scores([ids])
            ids.append(int(np.argmax(logs[-1])))
        return self._tokens.decode(ids[len(text.ids) :])


def _likelihood(text: Encoded, logs: Floats) -> tuple[float, int]:
    """Nats of the text after its first piece, and the characters that they cover."""
    if len(text.ids) < 2:
        return 0.0, 0
    after = np.asarray(text.ids[1:])
    nats = -float(logs[np.arange(len(after)), after].astype(np.float64).sum())
    if not np.isfinite(nats):
        raise Malformed("the model gives no probabilities: its numbers are not finite")
    return round(nats, _LOG_DIGITS), max(0, text.ends[-1] - text.ends[0])


def local_runner(path: Path, name: str, limits: Limits = DEFAULT_LIMITS, *, prefer: str = "") -> LocalRunner:
    """The model in this folder, or this GGUF file, ready to answer.

    Small decoders of the common shapes run in numpy; others need torch and transformers (`gauger[models]`).
    Only safetensors and GGUF are loaded, never a pickle, and no code of the model's is run.

    Args:
        path: The folder or file.
        name: What to call it in records.
        limits: Bounds.
        prefer: `torch` or `numpy` to have that one; else numpy where it can.

    Raises:
        Unreadable: another format, or an architecture that nothing here runs.
        MissingExtra: a package is needed.
        Malformed: the files do not belong together.
        LimitExceeded: too large to be run here.
    """
    with open_weights(path, limits) as weights:
        return _opened(path, name, weights, limits, prefer)


def _opened(path: Path, name: str, weights: Weights, limits: Limits, prefer: str) -> LocalRunner:
    file = weights.file
    if file.format not in _SAFE:
        raise Unreadable(f"{file.format} is not loaded: only safetensors and GGUF are", subject=path.name)
    folder = path if path.is_dir() else path.parent
    tokens = tokens_of_gguf(file) if file.format == "gguf" else tokens_in(folder, limits)
    if prefer != "torch":
        try:
            return LocalRunner(name, _numpy(folder, weights, limits, path.name), tokens, digest_of(weights))
        except Unreadable:
            if prefer or file.format == "gguf":
                raise
    from gauger.runtime.torch_model import TorchDecoder  # noqa: PLC0415 - seconds and gigabytes

    return LocalRunner(name, TorchDecoder(folder), tokens, digest_of(weights))


def _numpy(folder: Path, weights: Weights, limits: Limits, subject: str) -> Decoder:
    file = weights.file
    if file.format == "gguf":
        architecture = of_gguf(file.metadata, subject)
    else:
        with FileSource(folder / "config.json", name="config.json") as source:
            size = limits.check(source.size_bytes, "text_file_bytes", subject="config.json")
            architecture = of_config(read_config(source.read_at(0, size), limits, subject), subject)
    return Decoder(arrays_of(weights), architecture, subject)


def digest_of(weights: Weights) -> str:
    """Which weights were run: SHA-256 over every tensor's name, type, shape and first row, no more."""
    digest = hashlib.sha256()
    for tensor in weights.tensors:
        line = f"{tensor.name} {tensor.dtype} {tensor.shape}\n"
        digest.update(line.encode("utf-8", "surrogatepass"))
        digest.update(np.ascontiguousarray(weights.rows(tensor, 0, 1)).tobytes())
    return digest.hexdigest()
