"""The judgement: cells, controls, ranks, claims; on little languages whose teachers are known."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from build.babble import language, learnt, model, prompts_of, run_of, sample
from gauger.core.errors import UsageError
from gauger.core.lineage import Reference
from gauger.core.readings import Unmeasured
from gauger.runtime.run import Run
from gauger.trace.behaviour.judge import Cast, Judgement, judge
from gauger.trace.behaviour.records import result_of, strength_of
from gauger.trace.behaviour.table import WeightsRow, cell

CONTROLS = ("c1", "c2", "c3", "c4")


@pytest.fixture(scope="module")
def world() -> dict[str, Run]:
    """Two teachers, four controls, a student of the first teacher, its earlier self, and a loner."""
    rng = np.random.default_rng(20)
    tongue = language(rng)
    tables = {name: model(tongue, rng) for name in ("t1", "t2", *CONTROLS, "loner")}
    tables["student"] = learnt(sample(tables["t1"], 6000, rng), 0.1)
    own, seen = sample(tongue, 3000, rng, 50), sample(tables["t1"], 6000, rng)
    tables["before"] = learnt(own, 0.1)
    tables["after"] = learnt(np.concatenate([own, seen]), 0.1)
    tables["dunce"] = learnt(rng.integers(0, 24, (100, 60)), 0.1)
    prompts = prompts_of(tongue, 40, rng)
    return {name: run_of(name, table, prompts) for name, table in tables.items()}


def judged(world: dict[str, Run], subject: str, row: WeightsRow = "independent", **cast: object) -> Judgement:
    """The judgement on both teachers."""
    who = Cast(**({"subject": subject, "candidates": ("t2", "t1"), "controls": CONTROLS} | cast))
    return judge(world, who, dict.fromkeys(who.candidates, row))


def records(judgement: Judgement):
    """What goes into the dossier."""
    references = {c: Reference(kind="model", key=c, title=c) for c in judgement.cast.candidates}
    return result_of(judgement, "model-x", references)


def test_the_teacher_is_ranked_first_and_significant(world: dict[str, Run]) -> None:
    """The student's teacher is closer than every control; the other candidate is not."""
    first, second = judged(world, "student").verdicts
    assert (first.candidate, first.rank, first.cell.behaviour) == ("t1", 1, "closer")
    assert second.cell.behaviour == "not-closer"
    assert first.adjusted.value < 0.001 < second.adjusted.value
    assert (
        "consistent with distillation from t1, or with shared data, or with a common teacher"
        in first.cell.words
    )


def test_a_loner_was_taught_by_none_of_these(world: dict[str, Run]) -> None:
    """A model of the same data is closer to nobody, which is no acquittal."""
    judgement = judged(world, "loner")
    assert judgement.none_of_these
    assert {v.cell.words for v in judgement.verdicts} == {"no evidence either way"}
    assert all("Absence proves nothing" in v.caveats[0] for v in judgement.verdicts)
    found = records(judgement)
    assert not found.claims
    assert not found.findings
    assert [e.strength for e in found.evidence] == ["none", "none"]


def test_behaviour_never_claims_distillation(world: dict[str, Run]) -> None:
    """With independent weights the claim is `trained-on-outputs-of`, at most moderate; its caveat is told."""
    found = records(judged(world, "student"))
    (claim,) = found.claims
    assert (claim.relation, claim.basis, claim.strength) == ("trained-on-outputs-of", "observed", "moderate")
    (finding,) = found.findings
    assert "consistent with" in finding.message
    assert "trained on the same data" in finding.message


@pytest.mark.parametrize("row", ["linked", "not-measured"])
def test_without_independent_weights_there_is_no_claim(world: dict[str, Run], row: WeightsRow) -> None:
    """Linked weights make it derivation; unknown ones leave it open."""
    found = records(judged(world, "student", row))
    assert not found.claims
    assert bool(found.findings) == (row == "not-measured")
    assert any("not compared" in gap.detail for gap in found.gaps) == (row == "not-measured")


def test_no_controls_no_answer(world: dict[str, Run]) -> None:
    """Without controls there is no p-value, and the message says so."""
    with pytest.raises(UsageError, match="without controls there is no p-value"):
        judged(world, "student", controls=())


@pytest.mark.parametrize(
    "cast",
    [{"candidates": ()}, {"controls": ("t1", "c1", "c2")}, {"candidates": ("student",)}, {"before": "c1"}],
)
def test_nobody_plays_two_parts(world: dict[str, Run], cast: dict[str, object]) -> None:
    """A candidate is no control, the subject no candidate, and there is a candidate."""
    with pytest.raises(UsageError):
        judged(world, "student", **cast)


def test_one_control_decides_nothing(world: dict[str, Run]) -> None:
    """However small the p-value over prompts: two models differ, and one of them is the nearer."""
    judgement = judged(world, "student", controls=("c1",))
    first = judgement.verdicts[0]
    assert first.closeness is not None
    assert first.closeness.over_prompts < 1e-6
    assert first.cell.behaviour == "undecided"
    assert isinstance(first.adjusted, Unmeasured)
    assert [gap.reason for gap in records(judgement).gaps] == ["too-little-data"] * 2


def test_a_control_of_other_skill_is_left_out_and_named(world: dict[str, Run]) -> None:
    """A model that learnt nothing is no control."""
    first = judged(world, "student", controls=(*CONTROLS, "dunce")).verdicts[0]
    assert first.left_out == ("dunce",)
    assert first.closeness is not None
    assert first.closeness.controls == CONTROLS
    assert any("dunce" in caveat for caveat in first.caveats)


def test_unknown_skill_is_said(world: dict[str, Run]) -> None:
    """An endpoint without likelihoods is used, and the reader is told."""
    answers = tuple(msgspec.structs.replace(a, scored=0) for a in world["c1"].answers)
    changed = world | {"c1": msgspec.structs.replace(world["c1"], answers=answers)}
    assert any("Skill could not be compared" in c for c in judged(changed, "student").verdicts[0].caveats)


def test_too_few_prompts_decide_nothing(world: dict[str, Run]) -> None:
    """Below twenty prompts nothing is tested."""
    few = {name: msgspec.structs.replace(run, answers=run.answers[:10]) for name, run in world.items()}
    first = judged(few, "student").verdicts[0]
    assert first.closeness is None
    assert first.cell.behaviour == "undecided"


def test_an_earlier_checkpoint_shows_where_training_went(world: dict[str, Run]) -> None:
    """The reference-based test: what both checkpoints had in common drops out."""
    first, second = judged(world, "after", before="before").verdicts
    assert (first.candidate, first.cell.behaviour) == ("t1", "closer")
    assert second.cell.behaviour == "not-closer"


def test_the_order_of_names_does_not_matter(world: dict[str, Run]) -> None:
    """Same participants, same verdicts."""
    one = judged(world, "student")
    other = judged(world, "student", candidates=("t1", "t2"), controls=CONTROLS[::-1])
    for a, b in zip(one.verdicts, other.verdicts, strict=True):
        assert (a.candidate, a.rank, a.cell) == (b.candidate, b.rank, b.cell)
        assert a.adjusted.value == pytest.approx(b.adjusted.value)


def _changed(world: dict[str, Run], change: Callable[[Run], Run]) -> dict[str, Run]:
    return {name: change(run) for name, run in world.items()}


def test_other_tokenizers_and_texts_are_weak(world: dict[str, Run]) -> None:
    """Characters and styles never carry further than weak."""
    names = {name: str(n) * 64 for n, name in enumerate(world)}
    spoken = _changed(world, lambda run: msgspec.structs.replace(run, tokenizer=names[run.model]))
    judgement = judged(spoken, "student")
    assert judgement.ground == "characters"
    assert strength_of(judgement, judgement.verdicts[0]) in {"weak", "none"}

    def written(run: Run) -> Run:
        answers = (
            msgspec.structs.replace(
                a,
                forecasts=(),
                style={p: 1 / 20 + 0.001 * n for n, p in enumerate(a.forecasts[0].pieces[:8])},
            )
            for a in run.answers
        )
        return msgspec.structs.replace(run, mode="text", answers=tuple(answers))

    judgement = judged(_changed(world, written), "student")
    assert judgement.ground == "text"
    assert strength_of(judgement, judgement.verdicts[0]) in {"weak", "none"}
    assert any("consistent with" in c for c in judgement.verdicts[0].caveats)


def test_no_cell_ever_acquits() -> None:
    """No cell says that a model is clean; every one without a link says what it cannot know."""
    for row in ("linked", "independent", "not-measured"):
        for column in ("closer", "not-closer", "undecided"):
            found = cell(row, column, "X")
            assert "clean" not in " ".join((found.words, *found.caveats)).lower()
            assert found.caveats or row == "linked"
            assert "distilled from" not in found.words
