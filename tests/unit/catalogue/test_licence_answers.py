"""What each licence answers: may outputs train, what must a student do, who gets none, above which number."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import (
    INSURER,
    SUBCONTRACTOR,
    Rules,
    decision,
    declared,
    entry,
    judged,
    named,
    rule,
    shipped,
    verdicts,
)
from gauger.assess.assess import Assessment
from gauger.assess.licences import instruments_of
from gauger.core.profile import Profile

ANSWERS: dict[str, tuple[str, set[str], set[str], set[str]]] = {
    # id: outputs, kinds of a student's duties, territories, kind of duty by question
    "llama-2": ("no", set(), set(), {"monthly-active-users agreement"}),
    "llama-3": ("no", set(), set(), {"monthly-active-users agreement"}),
    "llama-3.1": ("conditional", {"name", "label", "flow-down"}, set(), {"monthly-active-users agreement"}),
    "llama-3.2": ("conditional", {"name", "label", "flow-down"}, set(), {"monthly-active-users agreement"}),
    "llama-3.3": ("conditional", {"name", "label", "flow-down"}, set(), {"monthly-active-users agreement"}),
    "llama-4": ("conditional", {"name", "label", "flow-down"}, {"EU"}, {"monthly-active-users agreement"}),
    "gemma-2024-04": ("conditional", {"flow-down", "use-policy"}, set(), set()),
    "gemma": ("conditional", {"flow-down", "use-policy"}, set(), set()),
    "tongyi-qianwen": ("no", set(), set(), {"monthly-active-users agreement"}),
    "qwen": ("conditional", {"label"}, set(), {"monthly-active-users agreement"}),
    "qwen-research": ("conditional", {"label"}, set(), set()),
    "deepseek-la-1.0": ("conditional", {"use-policy", "flow-down"}, set(), set()),
    "kimi-k2-modified-mit": (
        "yes",
        set(),
        set(),
        {"monthly-active-users label", "monthly-revenue-usd label"},
    ),
    "kimi-k3": (
        "yes",
        set(),
        set(),
        {
            "model-service-group-revenue-usd agreement",
            "monthly-active-users label",
            "monthly-revenue-usd label",
        },
    ),
    "minimax-m2-modified-mit": (
        "yes",
        set(),
        set(),
        {"monthly-active-users label", "product-yearly-revenue-usd label"},
    ),
    "minimax-m3": ("unknown", set(), set(), {"yearly-revenue-usd agreement"}),
    "glm-5.3": ("yes", set(), set(), {"model-service-group-revenue-usd agreement"}),
    "tencent-hunyuan-2024-05": ("no", set(), {"EU"}, {"monthly-active-users agreement"}),
    "tencent-hunyuan-3d-2.0": ("no", set(), {"EU", "GB", "KR"}, {"monthly-active-users agreement"}),
    "tencent-hunyuan": ("no", set(), {"EU", "GB", "KR"}, set()),
    "nvidia-open-model": ("yes", set(), set(), set()),
    "nvidia-open-model-cosmos": ("conditional", {"label"}, set(), set()),
    "stability-community": ("no", set(), set(), {"yearly-revenue-usd agreement"}),
    "databricks-open-model": ("no", set(), set(), {"monthly-active-users agreement"}),
    "mistral-modified-mit": ("unknown", set(), set(), {"group-monthly-revenue-usd agreement"}),
    "baichuan-2": ("unknown", set(), set(), {"daily-active-users agreement"}),
    "bigcode-openrail-m": ("conditional", {"flow-down", "use-policy"}, set(), set()),
    "flux-1-dev-nc": ("no-compete", set(), set(), set()),
    "mit": ("yes", set(), set(), set()),
    "apache-2.0": ("yes", set(), set(), set()),
    "api-openai": ("no-compete", set(), set(), set()),
    "api-openai-consumer": ("no-compete", set(), set(), set()),
    "api-anthropic": ("no", set(), set(), set()),
    "api-gemini": ("no-compete", set(), set(), set()),
    "api-xai": ("no", set(), set(), set()),
    "api-mistral": ("conditional", {"other"}, set(), set()),
    "api-deepseek": ("yes", set(), set(), set()),
    "api-alibaba": ("no-compete", set(), set(), set()),
}

LICENCES_OF = {
    "Qwen/Qwen-72B-Chat": "tongyi-qianwen",
    "Qwen/Qwen2-72B-Instruct": "tongyi-qianwen",
    "Qwen/Qwen2-7B-Instruct": "apache-2.0",
    "Qwen/Qwen2.5-72B-Instruct": "qwen",
    "Qwen/Qwen2.5-3B-Instruct": "qwen-research",
    "Qwen/Qwen2.5-7B-Instruct": "apache-2.0",
    "Qwen/Qwen3.8-27B": "apache-2.0",
    "Qwen/Qwen3.8-Flash-Next": "qwen-community-1.0",
    "deepseek-ai/DeepSeek-V3": "deepseek-la-1.0",
    "deepseek-ai/DeepSeek-V3-0324": "mit",
    "deepseek-ai/DeepSeek-R1": "mit",
    "google/gemma-2-9b-it": "gemma-2024-04",
    "google/gemma-3-27b-it": "gemma",
    "google/gemma-4-31B-it": "apache-2.0",
    "meta-llama/Meta-Llama-3-8B": "llama-3",
    "meta-llama/Llama-3.2-3B-Instruct": "llama-3.2",
    "meta-llama/Llama-3.2-11B-Vision-Instruct": "llama-3.2-vision",
    "moonshotai/Kimi-K2-Instruct": "kimi-k2-modified-mit",
    "moonshotai/Kimi-K2.5": "kimi-k2.5-modified-mit",
    "moonshotai/Kimi-K3": "kimi-k3",
    "MiniMaxAI/MiniMax-M2": "minimax-m2-modified-mit",
    "MiniMaxAI/MiniMax-M2.5": "minimax-m2.5-modified-mit",
    "zai-org/GLM-5.2": "mit",
    "zai-org/GLM-5.3": "glm-5.3",
    "zai-org/GLM-5.3-Flash": "mit",
    "tencent/Hunyuan-A13B-Instruct": "tencent-hunyuan",
    "tencent/Hunyuan3D-2": "tencent-hunyuan-3d-2.0",
    "Tencent-Hunyuan/HunyuanDiT": "tencent-hunyuan-2024-05",
    "nvidia/Cosmos-Reason1-7B": "nvidia-open-model-cosmos",
    "openai/gpt-oss-120b": "gpt-oss",
    "databricks/dbrx-instruct": "databricks-open-model",
    "stabilityai/stable-diffusion-3.5-large": "stability-community",
    "black-forest-labs/FLUX.1-schnell": "apache-2.0",
    "black-forest-labs/FLUX.1-dev": "flux-1-dev-nc",
}


@pytest.mark.parametrize("ident", ANSWERS)
def test_a_licence_gives_its_four_answers(ident: str) -> None:
    """Outputs, a student's duties, territory and thresholds, as a person read them in the text."""
    licence = shipped().licences[ident]
    asked = {f"{t.question} {t.then.kind}" for t in licence.thresholds}
    found = (
        licence.outputs_training,
        {d.kind for d in licence.outputs_duties},
        set(licence.excluded_territories),
        asked,
    )
    assert found == ANSWERS[ident]


@pytest.mark.parametrize("name", LICENCES_OF)
def test_a_release_carries_its_own_licence(name: str) -> None:
    """Sizes and releases of one family differ, and the name decides."""
    assert named(name).licence == LICENCES_OF[name]


def test_every_licence_makes_rules_that_the_engine_can_read() -> None:
    """And no two of them share a name."""
    rules = [rule.id for licence in shipped().licences.values() for rule in instruments_of(licence)]
    assert len(rules) == len(set(rules))


def user(country: str, **facts: bool | float) -> Profile:
    """A firm of that country with the insurer's answers and these."""
    added = {k.replace("_", "-"): v for k, v in facts.items()}
    return msgspec.structs.replace(
        INSURER, country=country, jurisdictions=(country,), facts={**INSURER.facts, **added}
    )


def taught_by(teacher: str, profile: Profile) -> Assessment:
    """What holds for a Phi-4 that was distilled from this teacher."""
    model, reference = named("microsoft/phi-4"), entry(teacher)
    claim = declared(model, "distilled-from", reference)
    return judged(model, profile, claims=[claim], references=[reference])


def decided(found: Assessment) -> set[str]:
    """Which rules had something to say."""
    return {d.instrument for d in found.decisions}


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("tencent/Hunyuan-A13B-Instruct", "GB", {"unlicensed"}),
        ("tencent/Hunyuan-A13B-Instruct", "KR", {"unlicensed"}),
        ("tencent/Hunyuan-A13B-Instruct", "US", set()),
        ("tencent/Hunyuan3D-2", "GB", {"unlicensed"}),
        ("Tencent-Hunyuan/HunyuanDiT", "GB", set()),
        ("Tencent-Hunyuan/HunyuanDiT", "DE", {"unlicensed"}),
        ("meta-llama/Llama-4-Scout-17B-16E-Instruct", "DE", {"unlicensed"}),
        ("meta-llama/Llama-4-Scout-17B-16E-Instruct", "GB", set()),
    ],
)
def test_a_territory_is_that_of_the_release(name: str, country: str, expected: set[str]) -> None:
    """The first Hunyuan licence excluded the European Union alone; the later ones the UK and Korea too."""
    found = judged(named(name), user(country))
    territory = [d for d in found.decisions if d.instrument.endswith(".territory")]
    assert {d.verdict for d in territory} == expected


@pytest.mark.parametrize(
    ("teacher", "verdict", "part"),
    [
        ("llama-2", "unlicensed", "outputs"),
        ("llama-3", "unlicensed", "outputs"),
        ("qwen1", "unlicensed", "outputs"),
        ("qwen2-72b", "unlicensed", "outputs"),
        ("dbrx", "unlicensed", "outputs"),
        ("claude", "unlicensed", "outputs"),
        ("llama-3.1", "duties", "students"),
        ("gemma-2", "duties", "students"),
        ("gemma-3", "duties", "students"),
        ("qwen2.5-72b", "duties", "students"),
        ("deepseek-v3", "duties", "students"),
    ],
)
def test_a_student_bears_the_answer_of_its_teacher(teacher: str, verdict: str, part: str) -> None:
    """A ban leaves no licence; conditions leave duties."""
    found = taught_by(teacher, SUBCONTRACTOR)
    licence = shipped().families[teacher].licence
    assert decision(found, f"licence.{licence}.{part}").verdict == verdict


@pytest.mark.parametrize("teacher", ["deepseek-r1", "gemma-4", "kimi-k2", "gpt-oss", "minimax-m2"])
def test_outputs_under_a_free_licence_ask_nothing_of_a_student(teacher: str) -> None:
    """Neither a ban nor a duty follows for whoever trains on them."""
    told = decided(taught_by(teacher, INSURER))
    assert not {r for r in told if r.endswith((".outputs", ".students", ".unknown"))}


def test_a_student_of_gemma_passes_the_use_policy_on() -> None:
    """The flow-down is told as a duty, with the case in which it holds."""
    told = decision(taught_by("gemma-3", INSURER), "licence.gemma.students")
    assert any(d.startswith("flow-down: ") and "similarly to Gemma" in d for d in told.duties)


def test_a_student_of_llama_3_1_is_named_llama() -> None:
    """A name, a label and the agreement itself."""
    told = decision(taught_by("llama-3.1", INSURER), "licence.llama-3.1.students")
    assert [d.partition(":")[0] for d in told.duties] == ["name", "label", "flow-down"]


@pytest.mark.parametrize(
    ("name", "rule", "question", "figure", "verdict"),
    [
        ("moonshotai/Kimi-K2-Instruct", "kimi-k2-modified-mit", "monthly-active-users", 1e8, None),
        ("moonshotai/Kimi-K2-Instruct", "kimi-k2-modified-mit", "monthly-active-users", 1e8 + 1, "duties"),
        ("Qwen/Qwen2.5-72B-Instruct", "qwen", "monthly-active-users", 1e8, None),
        ("Qwen/Qwen2.5-72B-Instruct", "qwen", "monthly-active-users", 1e8 + 1, "unlicensed"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1", "monthly-active-users", 7e8, None),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1", "monthly-active-users", 7e8 + 1, "unlicensed"),
        ("moonshotai/Kimi-K3", "kimi-k3", "model-service-group-revenue-usd", 0, None),
        ("moonshotai/Kimi-K3", "kimi-k3", "model-service-group-revenue-usd", 2.1e7, "unlicensed"),
        ("zai-org/GLM-5.3", "glm-5.3", "model-service-group-revenue-usd", 2.1e7, None),
        ("zai-org/GLM-5.3", "glm-5.3", "model-service-group-revenue-usd", 1.1e10, "unlicensed"),
        ("stabilityai/stable-diffusion-3.5-large", "stability-community", "yearly-revenue-usd", 1e6, None),
        (
            "stabilityai/stable-diffusion-3.5-large",
            "stability-community",
            "yearly-revenue-usd",
            2e6,
            "unlicensed",
        ),
    ],
)
def test_a_threshold_itself_is_still_allowed(
    name: str, rule: str, question: str, figure: float, verdict: str | None
) -> None:
    """Above it: a duty, or no licence without an agreement."""
    found = judged(named(name), user("GB", **{question: figure}))
    told = {d.instrument: d.verdict for d in found.decisions}
    assert told.get(f"licence.{rule}.above.{question}") == verdict


def test_a_number_that_nobody_gave_is_asked_for() -> None:
    """Undetermined, with the question, the role that knows, and the line to write."""
    found = judged(named("moonshotai/Kimi-K2-Instruct"), INSURER)
    told = decision(found, "licence.kimi-k2-modified-mit.above.monthly-active-users")
    assert told.verdict == "undetermined"
    settle = next(s for s in told.settles if s.fact == "profile.monthly-active-users")
    assert settle.how.startswith("ask the product manager: How many people")


def test_who_sells_assistants_gets_no_licence_for_the_strictest_qwen() -> None:
    """Qwen3.8-Flash-Next asks for a separate licence at any size; its Apache sibling does not."""
    seller = user("GB", model_service_or_assistant_business=True)
    strict = judged(named("Qwen/Qwen3.8-Flash-Next"), seller)
    rule = "licence.qwen-community-1.0.use.model-service-or-assistant-business"
    assert decision(strict, rule).verdict == "unlicensed"
    assert "unlicensed" not in verdicts(judged(named("Qwen/Qwen3.8-27B"), seller)).values()


def test_a_military_user_gets_no_licence_where_the_policy_forbids_it() -> None:
    """The acceptable use policies of Llama 3 and of Hunyuan name military use; the MIT licence does not."""
    army = msgspec.structs.replace(SUBCONTRACTOR, facts={**SUBCONTRACTOR.facts, "military-use": True})
    for name, licence in (
        ("meta-llama/Meta-Llama-3-8B", "llama-3"),
        ("tencent/Hunyuan3D-2", "tencent-hunyuan-3d-2.0"),
    ):
        told = decision(judged(named(name), army), f"licence.{licence}.use.military-use")
        assert told.verdict == "unlicensed"
    assert "licence.mit.use.military-use" not in decided(judged(named("microsoft/phi-4"), army))


def test_share_alike_is_a_duty_of_who_adapts() -> None:
    """CC BY-SA lets outputs train anything, and binds adaptations to itself."""
    licence = shipped().licences["cc-by-sa-4.0"]
    assert licence.outputs_training == "yes"
    assert [d.kind for d in licence.duties] == ["notice", "flow-down"]


def test_one_name_may_stand_on_three_developers_licences() -> None:
    """NVIDIA's model comes from DeepSeek's student, whose weights are Qwen's and whose teacher is R1."""
    model = named("nvidia/Nemotron-Research-Reasoning-Qwen-1.5B")
    assert model.licence == "cc-by-nc-4.0"
    found = judged(model, INSURER)
    assert decision(found, "licence.cc-by-nc-4.0.commercial").verdict == "unlicensed"
    banned = rule(test={"developer": ["deepseek"]}, reaches={"fine-tune": "yes", "weights": "yes"})
    assert verdicts(judged(model, INSURER, catalogue=Rules([banned])))["literal"] == "prohibited"


def test_a_merge_is_bound_by_what_both_parents_are_bound_by() -> None:
    """The city's model was merged from Qwen3.5 and a fine-tune of it: by descent it is Alibaba's."""
    banned = rule(test={"developer": ["alibaba"]}, reaches={"fine-tune": "yes", "merge": "yes"})
    found = judged(named("prefeitura-rio/Rio-3.5-Open-397B"), INSURER, catalogue=Rules([banned]))
    assert verdicts(found)["literal"] == "prohibited"


def test_a_student_of_its_own_maker_bears_no_foreign_licence() -> None:
    """Muse Glimmer was distilled from Muse Spark, and both are Meta's."""
    found = judged(named("meta-models/Muse-Glimmer-30B"), INSURER)
    assert named("meta-models/Muse-Glimmer-30B").licence == "apache-2.0"
    assert "prohibited" not in set(verdicts(found).values())


@pytest.mark.parametrize("ident", sorted(shipped().allegations))
def test_an_allegation_names_its_accuser_and_an_answer(ident: str) -> None:
    """Also where none was found; and no derivation of a model that is accused names the alleged teacher."""
    told = shipped().allegations[ident]
    assert told.accuser
    assert told.answer
    known = {**shipped().families, **shipped().models}
    taught = {d.parent for about in told.about for d in known[about].derivations}
    assert not taught & set(told.teacher)
