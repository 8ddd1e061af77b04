"""Cases that a general counsel would ask about, each with the answer that the texts give."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import (
    INSURER,
    SUBCONTRACTOR,
    alleged,
    decision,
    declared,
    entry,
    judged,
    local,
    named,
    observed,
    shipped,
    use,
    verdicts,
)
from gauger.core.canonical import canonical_json
from gauger.core.profile import Profile

EVERY = {"literal", "cautious", "strict"}


def answering(profile: Profile, **facts: bool) -> Profile:
    """The same user with other answers; underscores stand for hyphens."""
    given = {name.replace("_", "-"): answer for name, answer in facts.items()}
    return msgspec.structs.replace(profile, facts={**profile.facts, **given})


CZECH = Profile(
    country="CZ",
    jurisdictions=("CZ",),
    facts={**INSURER.facts, "cz-public-body": True, "cz-cyber-act-entity": False},
)
AUSTRALIAN = Profile(
    country="AU", jurisdictions=("AU",), facts={**INSURER.facts, "au-commonwealth-entity": True}
)


def test_r1_distill_qwen_in_a_us_defence_subcontract_is_prohibited_under_every_reading():
    """DeepSeek developed it, on Qwen's weights: the developer test of s. 1532(a)(3)(A) needs no lineage."""
    found = judged(named("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"), SUBCONTRACTOR)
    assert verdicts(found) == dict.fromkeys(EVERY, "prohibited")
    told = decision(found, "us.ndaa26.1532.a3A")
    assert "DeepSeek-R1-Distill-Qwen-7B is made by DeepSeek, under the MIT License" in told.summary
    assert "if `us-dod-contractor` were no: clear" in told.flips


def test_r1_distill_qwen_at_a_uk_insurer_is_watched_for_the_advice_and_forbidden_by_nobody():
    """No rule in force binds a UK insurer; government advice on Chinese open models remains."""
    found = judged(named("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"), INSURER)
    assert verdicts(found) == dict.fromkeys(EVERY, "watch")
    assert {d.instrument for d in found.decisions} == {"uk.advisory"}


def test_a_cloud_hosted_copy_is_reached_by_the_contractor_ban_as_well():
    """Hosting does not matter to a developer test: Bedrock's copy of R1 is DeepSeek's AI."""
    model = named("us.deepseek.r1-v1:0", namespace="cloud", form="api", provider="aws-bedrock")
    found = judged(model, SUBCONTRACTOR, uses=[use(model, provider="aws-bedrock")])
    assert verdicts(found)["literal"] == "prohibited"


def test_another_labs_merge_of_deepseek_weights_is_silent_law():
    """R1T2 is TNG's: literal clear of the ban, cautious for review, strict prohibited; three answers."""
    found = judged(named("tngtech/DeepSeek-TNG-R1T2-Chimera"), SUBCONTRACTOR)
    by_reading = {
        reading: [
            d.verdict
            for d in found.decisions
            if d.instrument == "us.ndaa26.1532.a3A" and reading in d.readings_in("today")
        ]
        for reading in EVERY
    }
    assert by_reading == {
        "literal": [],
        "cautious": ["undetermined"],
        "strict": ["prohibited-under-strict-reading"],
    }
    told = decision(found, "us.ndaa26.1532.a3A")
    assert [s.kind for s in told.settles] == ["legal"]
    assert "if the text were held not to reach the form merge: clear" in told.flips


def test_self_hosted_deepseek_weights_are_exempt_under_the_czech_wording_once_egress_is_blocked():
    """The Czech exemption asks for an open model, run locally, that cannot reach DeepSeek's servers."""
    model = named("deepseek-ai/DeepSeek-V3.1")
    blocked = answering(CZECH, deepseek_egress_blocked=True, security_research_only=False)
    open_ = answering(CZECH, deepseek_egress_blocked=False, security_research_only=False)
    assert "cz.nukib" not in {d.instrument for d in judged(model, blocked).decisions}
    assert decision(judged(model, open_), "cz.nukib").verdict == "prohibited"


def test_the_czech_exemption_is_undetermined_until_somebody_answers_for_the_network():
    """The unknown fact is named, with the role that can answer it, and not taken as a no or a yes."""
    model = named("deepseek-ai/DeepSeek-V3.1")
    found = judged(model, answering(CZECH, security_research_only=False))
    told = decision(found, "cz.nukib")
    assert told.verdict == "undetermined"
    assert [s.fact for s in told.settles] == ["profile.deepseek-egress-blocked"]
    assert told.settles[0].how.startswith("ask the platform team: ")


def test_the_deepseek_api_is_prohibited_under_the_czech_wording():
    """Programming interfaces are named in the warning, and no exemption is open to them."""
    model = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
    found = judged(model, answering(CZECH, deepseek_egress_blocked=False, security_research_only=False))
    assert decision(found, "cz.nukib", "literal").verdict == "prohibited"


def test_self_hosted_deepseek_weights_are_a_silent_point_under_the_australian_wording():
    """The direction speaks of products, applications and web services; of weights it says nothing."""
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), AUSTRALIAN)
    assert decision(found, "au.pspf", "cautious").verdict == "undetermined"
    assert decision(found, "au.pspf", "strict").verdict == "prohibited-under-strict-reading"
    assert verdicts(found)["literal"] == "clear"


def test_the_deepseek_api_is_prohibited_under_the_australian_wording():
    """A web service is what the direction names."""
    model = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
    assert decision(judged(model, AUSTRALIAN), "au.pspf", "literal").verdict == "prohibited"


def test_hunyuan_weights_are_unlicensed_in_the_uk_and_not_in_the_us():
    """The licence itself says that it does not apply in the United Kingdom."""
    model = named("tencent/Hunyuan-A13B-Instruct")
    british = judged(model, INSURER)
    assert verdicts(british) == dict.fromkeys(EVERY, "unlicensed")
    told = decision(british, "licence.tencent-hunyuan.territory")
    assert "UNITED KINGDOM" in next(i.quote for i in british.instruments if i.key == told.instrument)
    american = judged(model, SUBCONTRACTOR)
    assert "licence.tencent-hunyuan.territory" not in {d.instrument for d in american.decisions}


def test_an_unnamed_model_with_qwens_tokenizer_is_undetermined_with_the_command_that_settles_it():
    """A shared tokenizer is not lineage, but the origin is then unknown, and unknown is never clear."""
    model, tokenizer = local("models/helios-7b", licence="mit"), entry("tokenizer/qwen2")
    found = judged(
        model,
        INSURER,
        claims=[observed(model, "shares-tokenizer-with", tokenizer)],
        references=[tokenizer],
    )
    assert verdicts(found) == dict.fromkeys(EVERY, "undetermined")
    told = decision(found, "origin.unknown")
    assert "gauger trace models/helios-7b" in [s.how for s in told.settles]


def test_a_known_model_with_a_foreign_tokenizer_is_undetermined_where_that_origin_would_matter():
    """The card omits it and the tokenizer shows it: licence and advice of Qwen's line may reach this one."""
    model, tokenizer = named("microsoft/phi-4"), entry("tokenizer/qwen2")
    plain = judged(model, INSURER)
    assert verdicts(plain)["cautious"] == "clear"
    hinted = judged(
        model,
        INSURER,
        claims=[observed(model, "shares-tokenizer-with", tokenizer)],
        references=[tokenizer],
    )
    assert verdicts(hinted)["cautious"] == "undetermined"
    contractor = judged(
        model,
        SUBCONTRACTOR,
        claims=[observed(model, "shares-tokenizer-with", tokenizer)],
        references=[tokenizer],
        scenarios=("contractor-ban-widened",),
    )
    assert verdicts(contractor, "contractor-ban-widened")["literal"] == "undetermined"


def test_a_tokenizer_that_the_catalogue_expects_raises_no_doubt():
    """SmolLM3 is recorded as using Llama 3's tokenizer; seeing it proves nothing new."""
    model, tokenizer = named("HuggingFaceTB/SmolLM3-3B"), entry("tokenizer/llama3")
    claims = [observed(model, "shares-tokenizer-with", tokenizer)]
    assert (
        judged(model, INSURER, claims=claims, references=[tokenizer]).outcomes
        == judged(model, INSURER).outcomes
    )


@pytest.mark.parametrize("relation", ["distilled-from", "trained-on-outputs-of", "fine-tuned-from"])
def test_an_allegation_alone_changes_nothing(relation):
    """Whoever alleges what: outcomes, decisions and findings are the same as without it."""
    model, teacher = named("moonshotai/Kimi-K2-Instruct"), entry("claude")
    plain = judged(model, SUBCONTRACTOR)
    accused = judged(model, SUBCONTRACTOR, claims=[alleged(model, relation, teacher)], references=[teacher])
    assert (accused.outcomes, accused.decisions, accused.findings) == (
        plain.outcomes,
        plain.decisions,
        plain.findings,
    )


@pytest.mark.parametrize(
    ("name", "provider", "today"),
    [("claude-sonnet-4-5", "anthropic", "duties"), ("gpt-4o", "openai", "clear")],
)
def test_hosted_us_models_are_cut_off_from_a_uk_insurer_in_that_scenario_alone(name, provider, today):
    """The precedent of June 2026, for all hosted US models: origin-neutral, and only hypothetical.

    Today only the conditions of the provider's own terms hold.
    """
    model = named(name, namespace="api", form="api", provider=provider)
    found = judged(model, INSURER, scenarios=("today", "us-cut-off"))
    assert verdicts(found, "today") == dict.fromkeys(EVERY, today)
    assert verdicts(found, "us-cut-off") == dict.fromkeys(EVERY, "prohibited")


def test_the_licence_letter_of_june_2026_holds_only_for_its_eighteen_days():
    """A rule that has ended is not asked today, and is asked for a day on which it was in force."""
    model = named("claude-fable-5", namespace="api", form="api", provider="anthropic")
    now = judged(model, INSURER)
    assert {d.instrument for d in now.decisions} == {"terms.api-anthropic.duties"}
    then = judged(model, INSURER, as_of="2026-06-20")
    assert decision(then, "us.isinformed.2026-06", "literal").changes_on == ("2026-06-30",)
    assert verdicts(then)["literal"] == "prohibited"


def test_a_qwen_fine_tune_is_reached_when_covered_companies_are_included():
    """Once guidance issues, Qwen itself is prohibited; what others made of it stays a silent point."""
    base, tuned = named("Qwen/Qwen3-32B"), named("microsoft/NextCoder-7B")
    reference = entry("qwen2.5-coder")
    scenario = "contractor-ban-widened"
    assert verdicts(judged(base, SUBCONTRACTOR, scenarios=(scenario,)), scenario)["literal"] == "prohibited"
    found = judged(
        tuned,
        SUBCONTRACTOR,
        claims=[declared(tuned, "fine-tuned-from", reference)],
        references=[reference],
        scenarios=(scenario,),
    )
    told = {
        r: [
            d.verdict
            for d in found.decisions
            if d.instrument == "us.ndaa26.1532.a2" and r in d.readings_in(scenario)
        ]
        for r in EVERY
    }
    assert told == {
        "literal": [],
        "cautious": ["undetermined"],
        "strict": ["prohibited-under-strict-reading"],
    }


def test_a_dormant_rule_is_watched():
    """Section 1532(a)(2) binds nobody without guidance; what it would catch is on watch."""
    found = judged(named("Qwen/Qwen3-32B"), SUBCONTRACTOR)
    assert decision(found, "us.ndaa26.1532.a2", "literal").verdict == "watch"


def test_a_scheduled_rule_says_on_which_day_it_begins():
    """Section 805 reaches indirect purchases from 30 June 2027."""
    model = named("qwen-max", namespace="api", form="api", provider="alibaba")
    told = decision(judged(model, SUBCONTRACTOR), "us.ndaa24.805.indirect", "literal")
    assert (told.verdict, told.changes_on) == ("watch", ("2027-06-30",))
    later = judged(model, SUBCONTRACTOR, as_of="2027-06-30")
    assert decision(later, "us.ndaa24.805.indirect", "literal").verdict == "prohibited"


def test_the_two_wordings_of_a_uk_ban_part_over_weights_on_own_machines():
    """A supplier's self-hosted DeepSeek: a silent point in one wording, exempt in the other."""
    supplier = answering(INSURER, uk_public_supplier=True, security_research_only=False)
    model = named("deepseek-ai/DeepSeek-V3.1")
    found = judged(model, supplier, scenarios=("uk-public-ban-pspf", "uk-public-ban-nukib"))
    assert decision(found, "uk.public-ban.pspf-wording", "strict", "uk-public-ban-pspf").verdict == (
        "prohibited-under-strict-reading"
    )
    assert "uk.public-ban.nukib-wording" not in {d.instrument for d in found.decisions}


def test_a_llama_taught_student_with_another_name_has_duties():
    """Llama 3.1 lets outputs train others, on conditions: the name and the notice."""
    student, teacher = named("microsoft/phi-4"), entry("llama-3.1")
    found = judged(
        student, INSURER, claims=[declared(student, "distilled-from", teacher)], references=[teacher]
    )
    told = decision(found, "licence.llama-3.1.students")
    assert told.verdict == "duties"
    assert any(duty.startswith("name: begin the name") for duty in told.duties)


def test_a_student_taught_by_llama_2_is_unlicensed():
    """Llama 2 forbids it outright."""
    student, teacher = named("microsoft/phi-4"), entry("llama-2")
    found = judged(
        student, INSURER, claims=[declared(student, "distilled-from", teacher)], references=[teacher]
    )
    assert decision(found, "licence.llama-2.outputs", "literal").verdict == "unlicensed"


def test_a_hosted_teacher_is_unlicensed_only_for_who_trains_a_competitor():
    """No-compete terms ask the user: no is clear, yes is unlicensed, silence is undetermined."""
    teacher = named("gpt-4o", namespace="api", form="api", provider="openai")
    asked = [use(teacher, role="teacher", provider="openai")]
    told = {}
    for answer in (False, True):
        profile = answering(INSURER, trains_competing_models=answer)
        told[answer] = verdicts(judged(teacher, profile, uses=asked))["cautious"]
    facts = {k: v for k, v in INSURER.facts.items() if k != "trains-competing-models"}
    told["silent"] = verdicts(judged(teacher, msgspec.structs.replace(INSURER, facts=facts), uses=asked))[
        "cautious"
    ]
    assert told == {False: "clear", True: "unlicensed", "silent": "undetermined"}


def test_deepseek_v3_is_unlicensed_for_military_use():
    """The licence of December 2024 forbids military use in any way; the MIT licence of V3.1 does not."""
    profile = answering(INSURER, military_use=True)
    assert verdicts(judged(named("deepseek-ai/DeepSeek-V3"), profile))["literal"] == "unlicensed"
    assert verdicts(judged(named("deepseek-ai/DeepSeek-V3.1"), profile))["literal"] == "watch"


def test_a_model_that_is_only_mentioned_is_not_judged():
    """A ban list names DeepSeek; naming is not using."""
    model = named("deepseek-ai/DeepSeek-V3")
    assert judged(model, SUBCONTRACTOR, uses=[use(model, status="mention")]).outcomes == ()


def test_a_credential_without_a_models_name_leaves_the_model_unknown():
    """Which of a reseller's models is called, nobody can say: undetermined, with whom to ask."""
    model = named("*", namespace="api", form="api", provider="openrouter")
    found = judged(model, INSURER)
    assert verdicts(found)["literal"] == "undetermined"
    assert "openrouter" in decision(found, "origin.unknown").settles[0].how


def test_what_the_users_own_organisation_published_has_a_known_developer():
    """An in-house adapter of Llama is the user's own work on Llama's weights."""
    profile = msgspec.structs.replace(INSURER, organisation="Example Mutual")
    model, base = named("example-mutual/claims-lora", form="adapter"), entry("llama-3.1")
    claims = [declared(model, "adapter-of", base)]
    own = judged(model, profile, claims=claims, references=[base])
    assert "origin.unknown" not in {d.instrument for d in own.decisions}
    assert decision(own, "licence.llama-3.1.duties").verdict == "duties"


def test_an_observation_that_the_card_denies_is_recorded_as_a_finding():
    """The only way from clear to prohibited: a contradiction that a person can read."""
    model, reference = named("microsoft/phi-4"), entry("deepseek-v3")
    found = judged(
        model,
        answering(INSURER, customer_bans_deepseek=True),
        claims=[observed(model, "fine-tuned-from", reference)],
        references=[reference],
    )
    assert [f.rule for f in found.findings] == ["undeclared-origin"]
    assert "deepseek" in found.findings[0].message


def test_a_student_of_a_teacher_whose_terms_nobody_read_is_undetermined():
    """MiniMax-M3's words on outputs are not recorded; a student of it may or may not be licensed."""
    student, teacher = named("microsoft/phi-4"), entry("minimax-m3")
    found = judged(
        student, INSURER, claims=[declared(student, "distilled-from", teacher)], references=[teacher]
    )
    told = decision(found, "licence.outputs.unknown", "literal")
    assert told.verdict == "undetermined"
    assert [s.fact for s in told.settles] == ["terms of MiniMax-M3"]


def test_a_later_release_of_the_same_developer_leaves_the_earlier_licence_behind():
    """V3.1 is DeepSeek's own work on V3, under MIT: whoever owns both may license the later one anew."""
    earlier, later = named("deepseek-ai/DeepSeek-V3"), named("deepseek-ai/DeepSeek-V3.1")
    rules = {
        model.name: {d.instrument for d in judged(model, INSURER).decisions} for model in (earlier, later)
    }
    assert "licence.deepseek-la-1.0.duties" in rules[earlier.name]
    assert "licence.deepseek-la-1.0.duties" not in rules[later.name]


def test_somebody_elses_work_does_not_leave_the_licence_behind():
    """Microsoft's fine-tune under MIT of weights under the DeepSeek licence still carries that licence."""
    tuned, base = named("microsoft/phi-4"), entry("deepseek-v3")
    found = judged(tuned, INSURER, claims=[declared(tuned, "fine-tuned-from", base)], references=[base])
    assert decision(found, "licence.deepseek-la-1.0.duties").verdict == "duties"


def test_an_entity_listing_does_not_forbid_running_published_weights():
    """A listing restricts exports to the developer: who is subject to it has something to watch, no more."""
    model = named("deepseek-ai/DeepSeek-V3.1")
    exporter = answering(INSURER, subject_to_ear=True)
    found = judged(model, exporter, scenarios=("today", "deepseek-entity-list"))
    assert decision(found, "us.bis.el", scenario="deepseek-entity-list").verdict == "watch"
    assert (
        verdicts(found, "deepseek-entity-list") == verdicts(found, "today") == dict.fromkeys(EVERY, "watch")
    )


def test_every_shipped_allegation_together_changes_no_byte_of_a_verdict():
    """Whoever is accused of whatever: what assess writes is the same with and without all of it."""
    models = [named("moonshotai/Kimi-K2-Instruct"), named("deepseek-ai/DeepSeek-V3"), local("models/helios")]
    told = [entry(key) for key in sorted({t for a in shipped().allegations.values() for t in a.teacher})]
    claims = [alleged(model, "distilled-from", teacher) for model in models for teacher in told]
    plain = judged(models, SUBCONTRACTOR, scenarios=())
    accused = judged(models, SUBCONTRACTOR, claims=claims, references=told, scenarios=())
    assert told
    assert canonical_json(accused) == canonical_json(plain)


def test_a_file_that_only_says_whose_copy_it_is_is_not_believed_under_the_strict_reading():
    """A header that names a base is a statement by nobody known: the strict reading asks for more."""
    model, base = local("models/notes.gguf", form="quantised", licence="mit"), entry("phi-4")
    claims = [declared(model, "quantised-from", base)]
    found = judged(model, INSURER, claims=claims, references=[base])
    assert verdicts(found) == {"literal": "clear", "cautious": "clear", "strict": "undetermined"}
    told = decision(found, "origin.unknown", "strict")
    assert [s.fact for s in told.settles] == ["lineage of models/notes.gguf"]
    assert "only the model's own files say" in canonical_json(told).decode()


def test_a_clear_verdict_that_rests_on_a_statement_is_a_gap_that_says_so():
    """Whoever reads "clear" finds beside it that nothing measured agrees with the file's own words."""
    model, base = local("models/notes.gguf", form="quantised", licence="mit"), entry("phi-4")
    claims = [declared(model, "quantised-from", base)]
    found = judged(model, INSURER, claims=claims, references=[base])
    assert ["said by its own files only" in g.detail for g in found.gaps if g.subject] == [True]


def test_a_statement_with_which_a_measurement_agrees_is_believed_under_every_reading():
    """Sizes that few others share, and that are the named developer's, agree with the header."""
    model, base = local("models/notes.gguf", form="quantised", licence="mit"), entry("phi-4")
    structure = entry("structure/phi-4-mini-instruct")
    claims = [
        declared(model, "quantised-from", base),
        observed(model, "architecture-from", structure, "moderate"),
    ]
    found = judged(model, INSURER, claims=claims, references=[base, structure])
    assert verdicts(found) == dict.fromkeys(EVERY, "clear")
    assert not [g for g in found.gaps if g.subject]


def test_weak_agreement_does_not_support_a_statement():
    """A shape that many share says nothing for the name in the header."""
    model, base = local("models/notes.gguf", form="quantised", licence="mit"), entry("phi-4")
    structure = entry("structure/phi-4-mini-instruct")
    seen = observed(model, "architecture-from", structure, "weak")
    claims = [declared(model, "quantised-from", base), seen]
    found = judged(model, INSURER, claims=claims, references=[base, structure])
    assert verdicts(found)["strict"] == "undetermined"


def test_a_data_set_does_not_license_the_outputs_in_it_anew():
    """Answers of GPT-3.5 in a set stay under OpenAI's terms, also where scan names OpenAI as their origin."""
    answers = msgspec.structs.replace(
        named("tatsu-lab/alpaca", form="data-set"), id="", developer="openai", family="gpt-3.5"
    )
    profile = Profile(country="US", jurisdictions=("US",), facts={"commercial-use": True})
    wrote = entry("gpt-3.5")
    claims = [declared(answers, "trained-on-outputs-of", wrote)]
    trained = use(answers, role="training-data")
    found = judged(answers, profile, claims=claims, references=[wrote], uses=[trained])
    told = decision(found, "licence.api-openai.outputs")
    assert told.verdict == "undetermined"
    assert [s.fact for s in told.settles] == ["profile.trains-competing-models"]
