"""`explain`: any record by its id or its beginning, and what stands behind it."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import INSURER, entry, judged, local, observed, shipped, use
from gauger.assess.explain import explain, find
from gauger.core import comparison as compared
from gauger.core.dossier import Dossier, Tool
from gauger.core.errors import UsageError
from gauger.core.lineage import Evidence
from gauger.core.readings import Measured


@pytest.fixture(scope="module")
def dossier():
    """One folder with Qwen's tokenizer, judged for an insurer."""
    model, tokenizer = local("models/helios-7b"), entry("tokenizer/qwen2")
    seen = Evidence(
        probe="tokenizer-vocabulary",
        subject=model.id,
        reference=tokenizer.id,
        statement="all 151643 pieces are Qwen's",
        reading=Measured.exact(1.0, "share", 151643),
        strength="strong",
        calibration="tokenizer",
    )
    claim = observed(model, "shares-tokenizer-with", tokenizer)
    found = judged(model, INSURER, claims=[claim], references=[tokenizer])
    return Dossier(
        tool=Tool(name="gauger", version="0"),
        target="stack",
        as_of="2026-11-23",
        catalogue=shipped().stamp("2026-11-23"),
        models=(model,),
        uses=(use(model),),
        references=(tokenizer,),
        evidence=(seen,),
        claims=(claim,),
        scenarios=found.scenarios,
        instruments=found.instruments,
        decisions=found.decisions,
        outcomes=found.outcomes,
    )


def test_a_decision_is_explained_with_its_derivation_and_what_would_settle_it(dossier):
    """The questions, the answers, and the command."""
    told = next(d for d in dossier.decisions if d.instrument == "origin.unknown")
    text = "\n".join(explain(dossier, told.id))
    assert told.summary in text
    assert "gauger trace models/helios-7b" in text
    assert told.step.question in text


def test_every_record_of_a_dossier_can_be_explained(dossier):
    """Models, uses, references, evidence, claims, decisions, outcomes."""
    for record in dossier.records():
        lines = explain(dossier, record.id)
        assert lines[0] == record.id
        assert len(lines) > 1


def test_the_beginning_of_an_id_or_a_models_name_is_enough(dossier):
    """As long as only one record is meant."""
    told = decision_of(dossier)
    assert find(dossier, told.id[: len("decision-") + 10]) == told
    assert find(dossier, "models/helios-7b") == dossier.models[0]


def decision_of(dossier):
    """Some decision of the dossier."""
    return next(d for d in dossier.decisions if d.instrument == "origin.unknown")


@pytest.mark.parametrize("ident", ["outcome-", "nothing", ""])
def test_an_id_that_names_several_records_or_none_says_so(dossier, ident):
    """With some of those that it could be."""
    with pytest.raises(UsageError):
        find(dossier, ident)


def test_a_comparison_is_explained_with_its_tests_parts_and_layers(dossier):
    """Verdict, relation, bounds, parts, layer map, and the evidence that it gave; and back from that."""
    one, other = local("models/a"), local("models/b")
    bound = Measured.exact(1e-30, "p-value", 160)
    comparison = compared.Comparison(
        subject=one.id,
        reference=other.id,
        verdict="depth-changed",
        alterations=("depth-changed", "fine-tuned"),
        relation="pruned-from",
        tier="same-base",
        statement="twelve layers against eight",
        caveats=("heads were not compared",),
        tests=(
            compared.TestOutcome(
                test="aligned-units",
                component="layers.0 ~ layers.0",
                statistic=Measured.exact(28.0, "z", 160),
                p_value=bound,
                p_bound=bound,
                looks=96,
                units=160,
            ),
        ),
        components=(
            compared.ComponentMatch(
                component="layers.1",
                origin="layers.2",
                change=Measured.exact(0.1, "share", 9),
                state="altered",
            ),
        ),
        layer_map=(0, 2, -1),
    )
    seen = Evidence(
        probe="weights",
        subject=one.id,
        reference=other.id,
        statement="depth-changed",
        reading=bound,
        strength="strong",
        calibration="aligned-units",
        facts={"cosine": 0.9},
    )
    whole = msgspec.structs.replace(
        dossier, models=(one, other), comparisons=(comparison,), evidence=(seen,), claims=()
    )
    text = "\n".join(explain(whole, comparison.id))
    for words in (
        "models/a and models/b by their weights: depth-changed",
        "models/a pruned-from models/b",
        "p at most 1e-30 after 96 looks",
        "layers.1 from layers.2: altered, change 0.1",
        "1←2, 2←none",
        "note: heads were not compared",
        seen.id,
    ):
        assert words in text
    assert comparison.id in "\n".join(explain(whole, seen.id))
