"""A document that claims endless ancestors ends in time, and nothing that was cut off is clear."""

from __future__ import annotations

from itertools import pairwise

import pytest

from build.policy import INSURER, SUBCONTRACTOR, declared, local, named, shipped
from gauger.assess.assess import assess
from gauger.assess.descent import MOST_ANCESTORS

DAY = "2026-11-24"


def judged_all(models, claims, profile=INSURER):
    """All models, today."""
    return assess(
        models,
        (),
        claims,
        (),
        catalogue=shipped(),
        profile=profile,
        as_of=DAY,
        scenarios=("today",),
    )


def chain(length):
    """Models, each a fine-tune of the next."""
    models = [local(f"models/{n:04}", licence="mit") for n in range(length)]
    claims = [declared(a, "fine-tuned-from", b) for a, b in pairwise(models)]
    return models, claims


def test_a_chain_longer_than_any_real_one_is_cut_and_told():
    """What lies beyond the bound is not known: undetermined, with a gap that names the model."""
    models, claims = chain(MOST_ANCESTORS + 40)
    found = judged_all(models, claims)
    first = models[0].id
    assert any(g.subject == first and g.reason == "limit-exceeded" for g in found.gaps)
    assert not any(g.subject == models[-1].id and g.reason == "limit-exceeded" for g in found.gaps)
    assert {o.verdict for o in found.outcomes if o.model == first} == {"undetermined"}


def test_a_forbidden_maker_beyond_the_bound_is_not_cleared():
    """Whoever descends from DeepSeek by more steps than are gone through is never clear for a contractor."""
    models, claims = chain(MOST_ANCESTORS + 5)
    root = named("deepseek-ai/DeepSeek-V3.1")
    known = named("mistralai/Mistral-7B-Instruct-v0.3")
    claims = [
        *claims,
        declared(models[-1], "fine-tuned-from", root),
        declared(known, "fine-tuned-from", models[0]),
    ]
    found = judged_all([*models, root, known], claims, SUBCONTRACTOR)
    assert "clear" not in {o.verdict for o in found.outcomes if o.model == known.id}


@pytest.mark.parametrize("shape", ["ring", "all"])
def test_rings_and_tangles_end(shape):
    """Cycles and a model that descends from all others are judged, each model once."""
    models = [local(f"models/{n:03}", licence="mit") for n in range(40)]
    if shape == "ring":
        claims = [
            declared(a, "merged-from", b) for a, b in zip(models, [*models[1:], models[0]], strict=True)
        ]
    else:
        claims = [declared(a, "merged-from", b) for a in models for b in models if a is not b]
    found = judged_all(models, claims)
    assert len(found.outcomes) == 3 * len(models)
    assert "clear" not in {o.verdict for o in found.outcomes}
