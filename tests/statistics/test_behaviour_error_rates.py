"""How often are models accused that nobody taught, and how often is a student found?"""

from __future__ import annotations

import numpy as np
import pytest

from build.babble import compared, language, learnt, model, sample
from gauger.core.readings import Measured
from gauger.stats.combine import clopper_pearson, uniform_ks
from gauger.trace.behaviour.closeness import closeness
from gauger.trace.behaviour.judge import THRESHOLD

CONTROLS = ("m2", "m3", "m4")


def p_values(seed: int, *, taught: bool) -> tuple[float, float]:
    """Both p-values for a subject, a candidate and three controls, each with its own sample of a language."""
    rng = np.random.default_rng(seed)
    tongue = language(rng)
    models = [model(tongue, rng) for _ in range(2 + len(CONTROLS))]
    if taught:
        models[0] = learnt(sample(models[1], 6000, rng), 0.1)
    close = closeness(compared(models, rng), "m0", "m1", CONTROLS)
    assert isinstance(close.over_models, Measured)
    return close.over_prompts, close.over_models.value


@pytest.fixture(scope="module")
def unrelated() -> np.ndarray:
    """Two hundred independent quintets."""
    return np.array([p_values(50_000 + n, taught=False) for n in range(200)])


def test_unrelated_models_are_accused_at_most_at_the_nominal_rate(unrelated: np.ndarray) -> None:
    """Both tests together: the interval of the measured rate reaches down to the threshold or below it."""
    wrong = int((unrelated.max(1) < THRESHOLD).sum())
    assert clopper_pearson(wrong, len(unrelated))[0] <= THRESHOLD
    assert wrong <= 5


def test_the_test_over_models_is_uniform_under_the_null(unrelated: np.ndarray) -> None:
    """Its p-values are spread evenly."""
    assert uniform_ks(unrelated[:, 1]) > 0.01


def test_prompts_alone_would_accuse_too_many(unrelated: np.ndarray) -> None:
    """The reason for two tests: with prompts as the only units the rate is several times the nominal."""
    accused = int((unrelated[:, 0] < THRESHOLD).sum())
    assert clopper_pearson(accused, len(unrelated))[0] > THRESHOLD


def test_students_are_found() -> None:
    """A model that read nothing but its teacher's texts is found with three controls."""
    found = np.array([p_values(60_000 + n, taught=True) for n in range(25)])
    assert (found.max(1) < THRESHOLD).all()
