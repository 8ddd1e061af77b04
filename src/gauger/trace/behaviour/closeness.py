"""Is the subject closer to a candidate than to every control, by more than chance?

Two tests, both of which must reject. Over prompts: paired Wilcoxon of the candidate against *each* control.
Over models: is the pair (subject, candidate) closer than the other pairs let expect? The first alone is not
enough: with many prompts, one of several unrelated models is always significantly the nearest (see
docs/methods/behaviour.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import msgspec
import numpy as np
from scipy.stats import t as student_t

from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.stats.arrays import Floats
from gauger.stats.combine import wilcoxon_greater
from gauger.trace.behaviour.ground import FLOOR, Apart

LEAST_PROMPTS = 20
"""Fewer cannot reach the threshold against several controls with anything to spare."""

LEAST_CONTROLS = 2
"""One control leaves no freedom to say how much unrelated models differ."""


class Closeness(msgspec.Struct, frozen=True, kw_only=True):
    """What the tests say of one candidate.

    Attributes:
        candidate: Its name.
        apart: Mean divergence of subject and candidate, nats, with the bootstrap-free standard interval.
        nearest_control: The control that is nearest to the subject on average.
        nearest_apart: Mean divergence of subject and that control.
        advantage: Mean over prompts of log(divergence to the nearest control / divergence to the candidate).
        ahead: Share of prompts on which the candidate is nearer than that control.
        over_prompts: Largest p-value of the paired tests, one a control.
        over_models: p-value of the pair among all pairs, or why there is none.
        predicted: Divergence that the other pairs let expect for subject and candidate.
        freedom: Degrees of freedom of the test over models.
        controls: Names of the controls that were used.
        prompts: How many prompts.
    """

    candidate: str
    apart: Reading
    nearest_control: str
    nearest_apart: float
    advantage: float
    ahead: float
    over_prompts: float
    over_models: Reading
    predicted: float
    freedom: int
    controls: tuple[str, ...]
    prompts: int


def closeness(
    found: Apart, subject: str, candidate: str, controls: Sequence[str], peers: Sequence[str] | None = None
) -> Closeness:
    """How does the candidate compare with the controls?

    Args:
        found: Divergences of all participants.
        subject: Name of the model asked about.
        candidate: Name of the possible teacher.
        controls: Models known to be independent of both, about as skilled as the candidate; at least one.
        peers: Such models about as skilled as the subject; the controls themselves where nothing is said.
    """
    own = _logs(found.between(subject, candidate))
    others = {name: _logs(found.between(subject, name)) for name in controls}
    nearest = min(others, key=lambda name: (float(np.mean(found.between(subject, name))), name))
    p_value, predicted, freedom = over_models(
        found, subject, candidate, controls, controls if peers is None else peers
    )
    return Closeness(
        candidate=candidate,
        apart=_mean(found.between(subject, candidate)),
        nearest_control=nearest,
        nearest_apart=float(np.mean(found.between(subject, nearest))),
        advantage=float(np.mean(others[nearest] - own)),
        ahead=float(np.mean(others[nearest] > own)),
        over_prompts=max(wilcoxon_greater(values - own) for values in others.values()),
        over_models=p_value,
        predicted=predicted,
        freedom=freedom,
        controls=tuple(sorted({*controls, *(peers or ())})),
        prompts=len(found.prompts),
    )


def over_models(
    found: Apart, subject: str, candidate: str, controls: Sequence[str], peers: Sequence[str]
) -> tuple[Reading, float, int]:
    """Is this pair closer than models of such centrality are by chance?

    The log of the mean divergence of a pair is taken as the sum of one term a model (a model near the middle
    of the field is near to everybody) and a residual. The terms are estimated by least squares from all pairs
    like the one asked about, of one as skilled as the subject with one as skilled as the candidate (all
    pairs, where everybody is equally skilled); its own residual is compared with theirs by Student's t with
    the prediction's variance.

    Returns:
        The one-sided p-value (or why there is none), the predicted divergence, and the degrees of freedom.

    Source: prediction in the linear model, Seber and Lee, *Linear Regression Analysis*, section 5.3.
    """
    names = [subject, candidate, *sorted({*controls, *peers})]
    rows, columns = {subject, *peers}, {candidate, *controls}
    pairs = [
        (i, j)
        for i, j in combinations(range(len(names)), 2)
        if (i, j) != (0, 1)
        and ((names[i] in rows and names[j] in columns) or (names[j] in rows and names[i] in columns))
    ]
    design = np.zeros((len(pairs), len(names)))
    for row, pair in enumerate(pairs):
        design[row, list(pair)] = 1.0
    freedom = len(pairs) - int(np.linalg.matrix_rank(design)) if pairs else 0
    if freedom < 1:
        few = Unmeasured(
            reason="too-little-data",
            detail=f"{len(names) - 2} usable controls; {LEAST_CONTROLS} of each skill are needed",
        )
        return few, float("nan"), 0
    logs = np.array([_pair_log(found, names[i], names[j]) for i, j in pairs])
    asked = np.zeros(len(names))
    asked[:2] = 1.0
    terms, *_ = np.linalg.lstsq(design, logs, rcond=None)
    residual = logs - design @ terms
    spread = float(residual @ residual) / freedom
    leverage = float(asked @ np.linalg.pinv(design.T @ design) @ asked)
    expected = float(asked @ terms)
    gap = expected - _pair_log(found, subject, candidate)
    error = float(np.sqrt(max(spread, _LEAST_SPREAD) * (1 + leverage)))
    p_value = float(student_t.sf(gap / error, freedom))
    return Measured.exact(p_value, "p-value", len(pairs) + 1), float(np.exp(expected)), freedom


_LEAST_SPREAD = 0.02**2
"""Variance of log divergences that is assumed at least: pairs of unrelated models that agree to two per cent
by accident must not make a difference of three per cent look like descent."""


def moved(
    before: Apart, after: Apart, subjects: tuple[str, str], candidate: str, controls: Sequence[str]
) -> Closeness:
    """Has training moved the subject towards the candidate more than towards every control?

    The reference-based form: an earlier checkpoint of the same lineage is compared in the subject's stead, so
    that what the two had in common before drops out.

    Args:
        before: Divergences with the earlier checkpoint among the participants.
        after: Divergences with the subject among them, on the same prompts.
        subjects: Names of the earlier checkpoint and of the subject.
        candidate: Name of the possible teacher.
        controls: Names of the controls.
    """
    earlier, subject = subjects

    def gain(name: str) -> Floats:
        return _logs(before.between(earlier, name)) - _logs(after.between(subject, name))

    own = gain(candidate)
    others = {name: gain(name) for name in sorted(controls)}
    nearest = max(others, key=lambda name: (float(np.mean(others[name])), name))
    means = np.array([float(np.mean(values)) for values in others.values()])
    freedom = len(means) - 1
    over: Reading = Unmeasured(reason="too-little-data", detail="a single control shows no spread")
    if freedom >= 1:
        error = np.sqrt(max(float(np.var(means, ddof=1)), _LEAST_SPREAD) * (1 + 1 / len(means)))
        statistic = (float(np.mean(own)) - float(np.mean(means))) / error
        over = Measured.exact(float(student_t.sf(statistic, freedom)), "p-value", len(means) + 1)
    return Closeness(
        candidate=candidate,
        apart=_mean(after.between(subject, candidate)),
        nearest_control=nearest,
        nearest_apart=float(np.mean(after.between(subject, nearest))),
        advantage=float(np.mean(own - others[nearest])),
        ahead=float(np.mean(own > others[nearest])),
        over_prompts=max(wilcoxon_greater(own - values) for values in others.values()),
        over_models=over,
        predicted=float(np.mean(before.between(earlier, candidate))),
        freedom=freedom,
        controls=tuple(others),
        prompts=len(after.prompts),
    )


def _pair_log(found: Apart, one: str, other: str) -> float:
    return float(np.mean(_logs(found.between(one, other))))


def _logs(nats: Floats) -> Floats:
    logs: Floats = np.log(np.maximum(nats, FLOOR))
    return logs


def _mean(values: Floats) -> Reading:
    """The mean with a 95 % interval over prompts."""
    if not len(values):
        return Unmeasured(reason="too-little-data", detail="no prompt was answered by all")
    value = float(np.mean(values))
    half = 1.96 * float(np.std(values, ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return Measured(value=value, low=max(0.0, value - half), high=value + half, unit="nats", n=len(values))
