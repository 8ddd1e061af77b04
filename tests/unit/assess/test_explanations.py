"""Every decision says why: derivation, flips, open facts, dates."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import INSURER, Rules, decision, declared, entry, judged, local, named, rule, use
from gauger.core.judgement import Step
from gauger.core.profile import Profile

NOBODY = Profile()


def every(step: Step):
    """This step and all below it."""
    yield step
    for below in step.steps:
        yield from every(below)


def test_the_derivation_asks_whom_it_binds_what_it_catches_and_whether_it_is_in_force():
    """The parts of a rule, each a question with its answer and the fact."""
    found = judged(named("deepseek-ai/deepseek-llm-7b-chat"), INSURER, catalogue=Rules([rule()]))
    step = decision(found, "test.rule").step
    assert (step.question, step.truth) == ("Does A rule apply?", "true")
    assert [s.question for s in step.steps] == [
        "Is the user bound?",
        "Is it caught by way of deepseek-ai/deepseek-llm-7b-chat?",
        "Is it in force on 2026-11-23?",
    ]
    assert "developer: deepseek" in {s.because for s in every(step)}


def test_every_unknown_step_says_what_is_missing():
    """No bare `unknown` in any derivation of a profile that answers nothing."""
    found = judged(
        [local("models/helios-7b"), named("deepseek-ai/DeepSeek-V3.1"), named("Qwen/Qwen3-32B")],
        NOBODY,
        scenarios=(),
    )
    leaves = [s for d in found.decisions for s in every(d.step) if s.truth == "unknown" and not s.steps]
    assert leaves
    assert all(leaf.because for leaf in leaves)


def test_the_evidence_of_a_line_is_named():
    """The claims along a path stand at the step that uses them."""
    model, reference = named("microsoft/phi-4"), entry("deepseek-v3")
    claim = declared(model, "fine-tuned-from", reference)
    found = judged(
        model,
        INSURER,
        catalogue=Rules([rule(reaches={"fine-tune": "yes"})]),
        claims=[claim],
        references=[reference],
    )
    named_ = {ident for s in every(decision(found, "test.rule").step) for ident in s.evidence}
    assert {claim.id, reference.id} <= named_


def test_an_undetermined_fact_names_who_can_answer():
    """The question, the role, and the line to write."""
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), msgspec.structs.replace(INSURER, facts={}))
    settle = decision(found, "contract.no-deepseek").settles[0]
    assert (settle.fact, settle.kind) == ("profile.customer-bans-deepseek", "factual")
    assert settle.how.startswith("ask the contracts manager: Does a contract")
    assert "customer-bans-deepseek: true" in settle.how


def test_a_user_who_names_no_place_is_asked_for_it_first():
    """Without a country nobody can say whose law applies."""
    found = judged(named("tencent/Hunyuan-A13B-Instruct"), NOBODY)
    facts = [s.fact for s in decision(found, "licence.tencent-hunyuan.territory").settles]
    assert "profile.jurisdictions" in facts


def test_facts_and_silence_are_kept_apart_where_both_are_open():
    """A merge of an unknown contractor: one factual question, one legal."""
    profile = msgspec.structs.replace(INSURER, facts={"us-dod-contract-performance": True})
    found = judged(named("tngtech/DeepSeek-TNG-R1T2-Chimera"), profile)
    kinds = {s.kind for s in decision(found, "us.ndaa26.1532.a3A").settles}
    assert kinds == {"factual", "legal"}


def test_a_fact_that_cannot_change_the_result_is_not_asked_for():
    """Who is no contractor need not say whether the model is used in performance."""
    profile = msgspec.structs.replace(INSURER, facts={"us-dod-contractor": False})
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), profile)
    asked = {s.fact for d in found.decisions for s in d.settles}
    assert "profile.us-dod-contract-performance" not in asked


def test_a_flip_names_the_ancestor_whose_absence_would_clear_the_model():
    """Smallest changes: it were shown not to descend from DeepSeek V3, and, last, no such rule."""
    model, reference = named("microsoft/phi-4"), entry("deepseek-v3")
    found = judged(
        model,
        INSURER,
        catalogue=Rules([rule(reaches={"fine-tune": "yes"})]),
        claims=[declared(model, "fine-tuned-from", reference)],
        references=[reference],
    )
    assert decision(found, "test.rule").flips == (
        "if it were shown not to descend from DeepSeek V3 (December 2024): clear",
        "if A rule were not in force: clear",
    )


def test_an_exception_that_nobody_granted_is_told_and_does_not_help():
    """A waiver by a secretary stands in the derivation as not held."""
    waiver = [{"title": "a waiver"}]
    found = judged(
        named("deepseek-ai/deepseek-llm-7b-chat"), INSURER, catalogue=Rules([rule(exceptions=waiver)])
    )
    told = decision(found, "test.rule")
    assert told.verdict == "prohibited"
    assert [s.because for s in every(told.step) if "a waiver" in s.question] == [
        "it would have to be granted"
    ]


def test_the_calendar_alone_may_change_the_verdict():
    """A rule that begins and ends later gives both days."""
    spans = [{"from": "2027-03-01", "until": "2028-03-01"}]
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), INSURER, catalogue=Rules([rule(force=spans)]))
    assert decision(found, "test.rule").changes_on == ("2027-03-01", "2028-03-01")


@pytest.mark.parametrize(("day", "verdict"), [("2026-06-07", "clear"), ("2026-06-08", "prohibited")])
def test_a_list_entry_counts_from_its_own_day_on(day, verdict):
    """Alibaba, which owns Qwen, stands on the 1260H list since 8 June 2026."""
    listed = rule(test={"listed-on": ["us.1260h"]})
    found = judged(named("Qwen/Qwen3-32B"), INSURER, catalogue=Rules([listed]), as_of=day)
    assert {o.verdict for o in found.outcomes} == {verdict}


def test_a_decision_is_written_once_for_all_the_cases_in_which_it_holds():
    """Six scenarios, three readings, one text."""
    found = judged(named("tencent/Hunyuan-A13B-Instruct"), INSURER, scenarios=())
    territory = [d for d in found.decisions if d.instrument == "licence.tencent-hunyuan.territory"]
    assert [len(d.cases) for d in territory] == [len(found.scenarios) * 3]


def test_an_outcome_names_its_decisions_worst_first():
    """And every id leads to a decision that holds in that very case."""
    models = [named("tencent/Hunyuan-A13B-Instruct"), named("deepseek-ai/DeepSeek-V3"), local("models/x")]
    found = judged(models, NOBODY, scenarios=(), uses=[use(m) for m in models])
    by_id = {d.id: d for d in found.decisions}
    for outcome in found.outcomes:
        mine = [by_id[ident] for ident in outcome.decisions]
        assert all(outcome.reading in d.readings_in(outcome.scenario) for d in mine)
        assert all(d.model == outcome.model for d in mine)
        assert (mine[0].verdict if mine else "clear") == outcome.verdict
