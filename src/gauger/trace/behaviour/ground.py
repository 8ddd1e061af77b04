"""How far apart are two models' answers to one prompt, on ground that both stand on?

Distributions are compared after both were brought to one set of outcomes, so that neither tokenizer nor the
number of pieces that an endpoint shows favours anybody.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
from scipy.special import xlogy

from gauger.core.errors import UsageError
from gauger.runtime.run import Answer, Forecast, Run
from gauger.stats.arrays import Floats

Ground = Literal["pieces", "characters", "text"]
"""pieces: all participants share one tokenizer. characters: tokenizers differ or are not known, so that white
space and the character after it are forecast. text: at least one participant gives no probabilities."""

FLOOR = 1e-6
"""Divergences below this are rounding of the records (four decimals of a log): models that answer alike."""


def ground_of(runs: Sequence[Run]) -> Ground:
    """On which ground can all of these be compared?

    Raises:
        UsageError: some were asked through a chat template and others were not.
    """
    modes = {run.mode for run in runs}
    if "text" in modes or any(not any(a.forecasts for a in run.answers) for run in runs):
        return "text"
    if len(modes) > 1:
        raise UsageError(
            "some participants were asked as chats and others as texts to complete: "
            + ", ".join(sorted(f"{run.model} ({run.mode})" for run in runs)),
            hint="serve all of them in one way",
        )
    tokenizers = {run.tokenizer for run in runs}
    return "pieces" if len(tokenizers) == 1 and "" not in tokenizers else "characters"


class Apart(msgspec.Struct, frozen=True):
    """Divergences between all participants on all prompts.

    Attributes:
        names: Participants.
        ground: On which they were compared.
        prompts: Digests of the prompts that all answered in a way that can be compared.
        domains: Of those prompts.
        nats: Jensen-Shannon divergence in nats (0 to ln 2), float64 array of shape (prompts, names, names);
            on the ground of text, squared Hellinger distance of the sketches (0 to 1).
        places: Places compared, over all prompts.
    """

    names: tuple[str, ...]
    ground: Ground
    prompts: tuple[str, ...]
    domains: tuple[str, ...]
    nats: Floats
    places: int

    def between(self, one: str, other: str) -> Floats:
        """The divergence of these two on every prompt."""
        found: Floats = self.nats[:, self.names.index(one), self.names.index(other)]
        return found


def apart(runs: Sequence[Run], ground: Ground | None = None) -> Apart:
    """How far apart are these participants on every prompt that all of them answered?

    Laws: symmetric, zero on the diagonal; the order of runs and answers does not matter; removing probability
    from what is shown (a smaller `top`) never makes two models look further apart.
    O(prompts × places × participants²) time.
    """
    chosen = ground or ground_of(runs)
    answers = [{answer.prompt: answer for answer in run.answers} for run in runs]
    common = sorted(set.intersection(*(set(table) for table in answers))) if answers else []
    rows: list[Floats] = []
    kept: list[str] = []
    places = 0
    for prompt in common:
        row, count = _prompt([table[prompt] for table in answers], chosen)
        if count:
            rows.append(row)
            kept.append(prompt)
            places += count
    size = len(runs)
    return Apart(
        names=tuple(run.model for run in runs),
        ground=chosen,
        prompts=tuple(kept),
        domains=tuple(answers[0][prompt].domain for prompt in kept),
        nats=np.stack(rows) if rows else np.zeros((0, size, size)),
        places=places,
    )


def _prompt(answers: Sequence[Answer], ground: Ground) -> tuple[Floats, int]:
    """The mean divergence of every pair over the places at which all of them were asked, and their number."""
    size = len(answers)
    total = np.zeros((size, size))
    if ground == "text":
        if not all(answer.style for answer in answers):
            return total, 0
        return hellinger([answer.style for answer in answers]), 1
    at = [{forecast.at: forecast for forecast in answer.forecasts} for answer in answers]
    common = sorted(set.intersection(*(set(table) for table in at)))
    for place in common:
        shares = [_shares(table[place], ground) for table in at]
        total += jensen_shannon(shares)
    return total / max(1, len(common)), len(common)


def _shares(forecast: Forecast, ground: Ground) -> dict[str, float]:
    """Probability of each outcome that is shown; what is not shown is the rest to one."""
    shares: dict[str, float] = {}
    for piece, log in zip(forecast.pieces, forecast.logs, strict=True):
        outcome = piece if ground == "pieces" else opening(piece)
        shares[outcome] = shares.get(outcome, 0.0) + math.exp(min(0.0, log))
    return shares


def opening(piece: str) -> str:
    """White space before a piece, as one sign, and the byte after it: what all tokenizers forecast.

    A piece of white space alone, of which the character after it is not known, is an outcome of its own.
    """
    bare = piece.lstrip(" \t\r\n")
    white = piece[: len(piece) - len(bare)]
    sign = "\n" if "\n" in white else " " if white else ""
    return f"{sign}{bare[:1]}"


def jensen_shannon(shares: Sequence[Mapping[str, float]]) -> Floats:
    """Divergence in nats of every pair of these lists of likeliest outcomes: float64 (lists, lists).

    For each pair, outcomes that both show stay apart; everything else is one outcome, the rest. Both are
    then distributions on the same set, and merging outcomes can only bring two distributions nearer (data
    processing inequality), so the value is a lower bound of the divergence of the whole distributions.

    Source: Lin, IEEE Transactions on Information Theory 37 (1991); Cover and Thomas, section 2.8.
    """
    column = {outcome: n for n, outcome in enumerate(sorted(set().union(*shares)))}
    table = np.zeros((len(shares), len(column)))
    for row, listed in zip(table, shares, strict=True):
        for outcome, share in listed.items():
            row[column[outcome]] = share
    shown = (table[:, None] > 0) & (table[None] > 0)
    one, other = np.where(shown, table[:, None], 0.0), np.where(shown, table[None], 0.0)
    total = _parts(one, other).sum(-1)
    total += _parts(np.maximum(1.0 - one.sum(-1), 0.0), np.maximum(1.0 - other.sum(-1), 0.0))
    bounded: Floats = np.clip((total + total.T) / 2, 0.0, math.log(2))
    return bounded


def _parts(p: Floats, q: Floats) -> Floats:
    """What each outcome adds to the divergence."""
    added: Floats = (xlogy(p, p) + xlogy(q, q)) / 2 - xlogy((p + q) / 2, (p + q) / 2)
    return added


def hellinger(shares: Sequence[Mapping[str, float]]) -> Floats:
    """Squared Hellinger distance of every pair: 0 for equal shares, 1 for nothing in common."""
    out = np.zeros((len(shares), len(shares)))
    for i, one in enumerate(shares):
        for j, other in enumerate(shares[:i]):
            affinity = sum(math.sqrt(one[k] * other[k]) for k in sorted(one.keys() & other.keys()))
            out[i, j] = out[j, i] = max(0.0, 1.0 - affinity)
    return out
