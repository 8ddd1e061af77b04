r"""Runs kept in a file, so that a result can be had again without the models.

JSON Lines, version 1. A line with `run` opens a run and says all of it but the answers; each following line
is one answer of that run. Texts are not kept: prompts by digest, what was written by its sketch. Law: reading
what was written gives equal runs, and writing those gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.text import printable
from gauger.formats.source import FileSource
from gauger.runtime.prompts import Prompt
from gauger.runtime.run import Answer, Mode, Run, Settings

MOST_BYTES = 512 << 20
"""Of one file of recorded runs: some fifty runs of the built-in prompts."""

MOST_ANSWERS = 200_000
_MOST_TOTAL = 1.01
"""Probabilities of one place sum to at most one, but for rounding."""

_FORMAT: Literal["gauger-run"] = "gauger-run"


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    run: Literal["gauger-run"] = _FORMAT
    version: Literal[1] = 1
    model: str
    runner: str
    mode: Mode
    tokenizer: str = ""
    weights: str = ""
    settings: Settings
    answers: int


_ENCODER = msgspec.json.Encoder(order="sorted")
_HEAD = msgspec.json.Decoder(_Head)
_ANSWER = msgspec.json.Decoder(Answer)


def written(runs: Iterable[Run]) -> bytes:
    """What are the bytes of a file that holds these runs, by model name?"""
    lines: list[bytes] = []
    for run in sorted(runs, key=lambda r: (r.model, r.mode)):
        head = _Head(
            model=run.model,
            runner=run.runner,
            mode=run.mode,
            tokenizer=run.tokenizer,
            weights=run.weights,
            settings=run.settings,
            answers=len(run.answers),
        )
        lines += [_ENCODER.encode(head), *(_ENCODER.encode(answer) for answer in run.answers)]
    return b"".join(line + b"\n" for line in lines)


def read_runs(path: Path) -> tuple[Run, ...]:
    """Which runs does this file hold?

    Raises:
        Malformed: a line is not what its place asks for, or a run is cut short.
        LimitExceeded: the file is above the bounds.
        Unreadable: it cannot be opened.
    """
    with FileSource(path, name=path.name) as source:
        if source.size_bytes > MOST_BYTES:
            raise LimitExceeded(f"a record of {source.size_bytes} bytes", subject=path.name)
        lines = source.read_at(0, source.size_bytes).splitlines()
    runs: list[Run] = []
    at = 0
    while at < len(lines):
        head = _decoded(_HEAD, lines[at], path.name, at)
        if not 0 <= head.answers <= min(MOST_ANSWERS, len(lines) - at - 1):
            raise Malformed(f"the run of {printable(head.model, 80)} is cut short", subject=path.name)
        answers = tuple(
            _checked(_decoded(_ANSWER, lines[n], path.name, n), path.name, n)
            for n in range(at + 1, at + 1 + head.answers)
        )
        runs.append(_run(head, answers))
        at += 1 + head.answers
    return tuple(runs)


def _run(head: _Head, answers: tuple[Answer, ...]) -> Run:
    return Run(
        model=printable(head.model, 200),
        runner=printable(head.runner, 40),
        mode=head.mode,
        tokenizer=printable(head.tokenizer, 64),
        weights=printable(head.weights, 64),
        settings=head.settings,
        answers=tuple(sorted(answers, key=lambda a: a.prompt)),
    )


T = TypeVar("T")


def _decoded(decoder: msgspec.json.Decoder[T], line: bytes, name: str, number: int) -> T:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise Malformed(f"line {number + 1} is no recorded run: {error}", subject=name) from error


def _checked(answer: Answer, name: str, number: int) -> Answer:
    """The answer, if its numbers can be probabilities of its pieces."""
    for forecast in answer.forecasts:
        fits = len(forecast.pieces) == len(forecast.logs) == len(set(forecast.pieces))
        total = sum(math.exp(min(log, 1.0)) for log in forecast.logs)
        if not fits or not all(math.isfinite(log) for log in forecast.logs) or total > _MOST_TOTAL:
            raise Malformed(f"line {number + 1}: these are no probabilities", subject=name)
    if not math.isfinite(answer.nats) or answer.scored < 0:
        raise Malformed(f"line {number + 1}: this is no likelihood", subject=name)
    return answer


class RecordedRunner:
    """Answers from a file: no model, no network."""

    ident = "recorded"

    def __init__(self, run: Run) -> None:
        self._run = run

    def run(self, prompts: tuple[Prompt, ...], settings: Settings) -> Run:  # noqa: ARG002 - as it was recorded
        """The recorded answers to these prompts; to all of its own where none are given."""
        wanted = {prompt.digest for prompt in prompts}
        kept = tuple(a for a in self._run.answers if not wanted or a.prompt in wanted)
        return msgspec.structs.replace(self._run, answers=kept)


def prompts_in(runs: Sequence[Run]) -> tuple[str, ...]:
    """To which prompts (by digest, sorted) did every one of these runs answer?"""
    common = [{answer.prompt for answer in run.answers} for run in runs]
    return tuple(sorted(set.intersection(*common))) if common else ()
