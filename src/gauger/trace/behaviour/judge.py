"""From runs to a judgement on every candidate: controls checked, tests made, cells named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

import msgspec

from gauger.core.errors import UsageError
from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.runtime.run import Run
from gauger.stats.combine import holm
from gauger.trace.behaviour.closeness import (
    LEAST_CONTROLS,
    LEAST_PROMPTS,
    Closeness,
    closeness,
    moved,
)
from gauger.trace.behaviour.ground import Ground, apart, ground_of
from gauger.trace.behaviour.table import TEXT_ONLY, BehaviourColumn, Cell, WeightsRow, cell

THRESHOLD = 0.01
"""Of both tests, after Holm's correction over the candidates: at most one unrelated candidate in a
hundred."""

SKILL_FACTOR = 2.0
"""Perplexity of a word: beyond it in either direction two models differ by skill, whoever taught them. A
control takes the candidate's part where it is as skilled as the candidate, the subject's where it is as
skilled as the subject; one that is neither is left out."""

WORD = 6
"""Characters of a word with the space after it, to turn nats a character into perplexity a word."""


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part, by name.

    Attributes:
        subject: The model asked about.
        candidates: Possible teachers: the closed set.
        controls: Models that are known not to descend from, or to have taught, any of the others.
        before: An earlier checkpoint of the subject's lineage, or empty.
    """

    subject: str
    candidates: tuple[str, ...]
    controls: tuple[str, ...]
    before: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, the subject first, without repetition."""
        every = (self.subject, *self.candidates, *self.controls, *((self.before,) if self.before else ()))
        return tuple(dict.fromkeys(every))

    def check(self) -> Cast:
        """The cast itself, if it can answer the question.

        Raises:
            UsageError: no candidate, no control, or one model in two parts.
        """
        if not self.candidates:
            raise UsageError("there is no candidate teacher to compare with", hint="name one with --against")
        if not self.controls:
            raise UsageError(
                "without controls there is no p-value: any model is close to something",
                hint="name three or more independent models of comparable skill with --control",
            )
        parts = (self.subject, *self.candidates, *self.controls, *((self.before,) if self.before else ()))
        twice = sorted({name for name in parts if parts.count(name) > 1})
        if twice:
            raise UsageError("stands in two parts of one test", subject=", ".join(twice))
        return self


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one candidate.

    Attributes:
        candidate: Its name.
        rank: 1 for the candidate nearest to the subject.
        cell: Its cell of the table.
        closeness: The tests, or why none was made.
        adjusted: p-value over prompts and models together, after Holm's correction, or why there is none.
        skill: Perplexity of a word for subject, candidate and controls, as far as known.
        left_out: Controls that were not comparable, each with the reason.
        caveats: What must be read with the verdict.
    """

    candidate: str
    rank: int
    cell: Cell
    closeness: Closeness | None
    adjusted: Reading
    skill: dict[str, float]
    left_out: tuple[str, ...]
    caveats: tuple[str, ...]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """All candidates, nearest first.

    Attributes:
        cast: Who took part.
        ground: On what they were compared.
        prompts: Digests of the prompts that everybody answered.
        verdicts: One a candidate, by rank.
    """

    cast: Cast
    ground: Ground
    prompts: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def none_of_these(self) -> bool:
        """Is the behaviour closer to no candidate than to every control?"""
        return not any(verdict.cell.behaviour == "closer" for verdict in self.verdicts)


def judge(runs: Mapping[str, Run], cast: Cast, weights: Mapping[str, WeightsRow]) -> Judgement:
    """Which candidates is the subject's behaviour closer to than to every control?

    Args:
        runs: By name, for everybody of the cast.
        cast: Who takes part.
        weights: The table's row of each candidate, where the weights were compared.

    Raises:
        UsageError: the cast cannot answer the question.
    """
    everybody = [runs[name] for name in cast.check().names]
    ground = ground_of(everybody)
    skill = {name: value for name in cast.names if (value := perplexity(runs[name])) is not None}
    tried = {c: _tried(runs, cast, c, ground, skill) for c in cast.candidates}
    raw = {name: p for name, (close, _) in tried.items() if (p := _both(close)) is not None}
    adjusted = dict(zip(raw, (float(p) for p in holm(list(raw.values()))), strict=True))
    order = sorted(cast.candidates, key=lambda name: (_distance(tried[name][0]), name))
    verdicts = tuple(
        _verdict(
            name, rank, tried[name], adjusted.get(name), weights.get(name, "not-measured"), runs, cast, ground
        )
        for rank, name in enumerate(order, 1)
    )
    verdicts = tuple(
        msgspec.structs.replace(v, skill={n: round(s, 3) for n, s in skill.items()}) for v in verdicts
    )
    return Judgement(cast=cast, ground=ground, prompts=apart(everybody, ground).prompts, verdicts=verdicts)


def perplexity(run: Run) -> float | None:
    """Perplexity of a word of neutral text, from the prompts' likelihood; None where there is none."""
    scored = sum(answer.scored for answer in run.answers)
    nats = sum(answer.nats for answer in run.answers)
    return exp(min(50.0, WORD * nats / scored)) if scored else None


def _tried(
    runs: Mapping[str, Run], cast: Cast, candidate: str, ground: Ground, skill: Mapping[str, float]
) -> tuple[Closeness | None, tuple[str, ...]]:
    """The tests against the comparable controls, and the controls that were left out."""
    controls = [c for c in cast.controls if _alike(c, candidate, skill)]
    peers = [c for c in cast.controls if _alike(c, cast.subject, skill)]
    left_out = tuple(c for c in cast.controls if c not in {*controls, *peers})
    if not controls:
        return None, left_out
    others = [c for c in cast.controls if c not in left_out]
    here = apart([runs[n] for n in (cast.subject, candidate, *others)], ground)
    if len(here.prompts) < LEAST_PROMPTS:
        return None, left_out
    if not cast.before:
        return closeness(here, cast.subject, candidate, controls, peers), left_out
    names = (cast.subject, cast.before, candidate, *controls)
    both = apart([runs[n] for n in names], ground)
    if len(both.prompts) < LEAST_PROMPTS:
        return None, left_out
    return moved(both, both, (cast.before, cast.subject), candidate, controls), left_out


def _alike(control: str, other: str, skill: Mapping[str, float]) -> bool:
    """Do both read about equally well? Where that is not known, the control is used with a caveat."""
    if control not in skill or other not in skill:
        return True
    return 1 / SKILL_FACTOR <= skill[control] / skill[other] <= SKILL_FACTOR


def _both(close: Closeness | None) -> float | None:
    """The larger of the two p-values: both must reject, which needs no correction.

    Source: Berger, Technometrics 24 (1982).
    """
    if close is None or not isinstance(close.over_models, Measured):
        return None
    return max(close.over_prompts, close.over_models.value)


def _distance(close: Closeness | None) -> float:
    return -close.advantage if close is not None else float("inf")


def _verdict(
    name: str,
    rank: int,
    tried: tuple[Closeness | None, tuple[str, ...]],
    adjusted: float | None,
    weights: WeightsRow,
    runs: Mapping[str, Run],
    cast: Cast,
    ground: Ground,
) -> Verdict:
    close, left_out = tried
    column: BehaviourColumn = "undecided"
    reading: Reading
    if adjusted is None:
        reading = close.over_models if close is not None else _too_few(cast, left_out)
    else:
        reading = Measured.exact(adjusted, "p-value", close.prompts if close else 0)
        if adjusted < THRESHOLD:
            column = "closer"
        elif close is not None and close.freedom >= _FEW:
            column = "not-closer"
        else:
            few = f"{len(close.controls) if close else 0} controls have too little power to say no"
            reading = Unmeasured(reason="too-little-data", detail=few)
    where = cell(weights, column, name)
    return Verdict(
        candidate=name,
        rank=rank,
        cell=where,
        closeness=close,
        adjusted=reading,
        skill={},
        left_out=left_out,
        caveats=(*where.caveats, *_remarks(name, close, left_out, runs, cast, ground)),
    )


def _too_few(cast: Cast, left_out: Sequence[str]) -> Unmeasured:
    usable = len(cast.controls) - len(left_out)
    detail = (
        f"{usable} comparable controls; at least {LEAST_CONTROLS} are needed"
        if usable < LEAST_CONTROLS
        else f"fewer than {LEAST_PROMPTS} prompts were answered by all"
    )
    return Unmeasured(reason="too-little-data", detail=detail)


def _remarks(
    name: str,
    close: Closeness | None,
    left_out: Sequence[str],
    runs: Mapping[str, Run],
    cast: Cast,
    ground: Ground,
) -> tuple[str, ...]:
    said: list[str] = []
    if left_out:
        said.append(
            "Left out as controls, since their perplexity differs from the subject's and the candidate's by "
            f"more than a factor of {SKILL_FACTOR:g}: {', '.join(left_out)}."
        )
    unknown = [n for n in (name, *cast.controls) if perplexity(runs[n]) is None]
    if unknown:
        said.append(f"Skill could not be compared (no likelihoods): {', '.join(unknown)}.")
    if close is not None and 0 < close.freedom < _FEW:
        said.append(f"Only {len(close.controls)} controls: the test over models has next to no power.")
    own, theirs = runs[cast.subject].tokenizer, runs[name].tokenizer
    others = {runs[c].tokenizer for c in cast.controls}
    if ground == "characters" and own and own == theirs and others != {own}:
        said.append(
            "Subject and candidate share a tokenizer that not all controls have, which favours the candidate."
        )
    if ground == "text":
        said.append(TEXT_ONLY)
    return tuple(said)


_FEW = 3
"""Degrees of freedom below which a difference must be enormous to count. Three controls
give four, with an earlier checkpoint four give three."""
