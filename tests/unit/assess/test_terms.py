"""Terms of service: who calls a model is bound by the provider's words, not by the licence of the weights."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.policy import INSURER, Rules, decision, declared, entry, judged, local, named, rule, shipped, use
from gauger.assess.assess import Assessment
from gauger.assess.licences import UNKNOWN_TERMS, instruments_of, terms_of
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Licence
from gauger.core.inventory import Endpoint, Model, Use
from gauger.core.judgement import Verdict
from gauger.core.profile import Profile
from gauger.core.readings import Unmeasured

RIVAL = msgspec.structs.replace(INSURER, facts={**INSURER.facts, "trains-competing-models": True})
"""An insurer that trains models which compete with its provider's."""

RECORDED = sorted(p.id for p in shipped().providers.values() if p.terms)
UNRECORDED = sorted(p.id for p in shipped().providers.values() if not p.terms)


def service(name: str, provider: str = "") -> Model:
    """A model that is called."""
    return named(name, namespace="api", form="api", provider=provider)


def through(name: str, *providers: str, role: str = "inference", profile: Profile = INSURER) -> Assessment:
    """What holds for this model, called through these."""
    model = service(name)
    return judged(model, profile, uses=[use(model, role=role, provider=p) for p in providers])


def told(found: Assessment, *, model: str = "") -> dict[str, Verdict]:
    """Verdict by rule, under the cautious reading; those of bills and lists left out."""
    return {
        d.instrument: d.verdict
        for d in found.decisions
        if d.instrument.startswith(("licence.", "terms."))
        and "cautious" in d.readings_in("today")
        and model in {"", d.model}
    }


def gaps(found: Assessment) -> list[str]:
    """What nobody has recorded of terms."""
    return [g.detail for g in found.gaps if "terms of" in g.detail]


def test_openai_lets_a_competitor_use_its_interface_and_not_teach_with_it() -> None:
    """The clause is on outputs: plain use is clear, a teacher of competing models is unlicensed."""
    assert told(through("gpt-4o", "openai", profile=RIVAL)) == {}
    taught = through("gpt-4o", "openai", role="teacher", profile=RIVAL)
    assert told(taught) == {"terms.api-openai.outputs": "unlicensed"}
    said = decision(taught, "terms.api-openai.outputs")
    assert "called through OpenAI API, under the OpenAI Services Agreement" in said.summary
    assert "if `trains-competing-models` were no: clear" in said.flips
    assert "if the provider agreed to it separately: clear" in said.flips


def test_who_does_not_compete_may_teach_with_openai() -> None:
    """The ban is on competing models only, and nothing is left open."""
    assert told(through("gpt-4o", "openai", role="teacher")) == {}


def test_claude_as_a_teacher_through_bedrock_comes_under_the_terms_of_amazon() -> None:
    """Amazon's clause binds a competitor; whether Anthropic's own words go along, no text says."""
    rival = through("claude-sonnet-4-5", "aws-bedrock", role="teacher", profile=RIVAL)
    assert told(rival) == {
        "terms.api-bedrock.outputs": "unlicensed",
        "terms.api-bedrock.duties": "duties",
        "licence.api-anthropic.outputs": "undetermined",
    }
    assert decision(rival, "licence.api-anthropic.outputs").settles[0].kind == "legal"
    other = through("claude-sonnet-4-5", "aws-bedrock", role="teacher")
    assert told(other) == {
        "terms.api-bedrock.duties": "duties",
        "licence.api-anthropic.outputs": "undetermined",
    }


def test_claude_as_a_teacher_through_anthropic_is_unlicensed_for_everybody() -> None:
    """Competing or not; and it is said once, of the terms of the service."""
    found = told(through("claude-sonnet-4-5", "anthropic", role="teacher"))
    assert found == {"terms.api-anthropic.outputs": "unlicensed", "terms.api-anthropic.duties": "duties"}


def test_glm_called_from_britain_is_not_asked_about_the_licence_of_its_weights() -> None:
    """A caller has no copy. What Z.ai's terms say of trade is not recorded: a gap, and no verdict."""
    found = through("glm-5.3", "zhipu")
    assert told(found) == {}
    (gap,) = gaps(found)
    assert gap.startswith(
        "of the terms of Zhipu BigModel and Z.ai (Z.ai Terms of Service) it is not recorded"
    )
    assert told(through("glm-5.3", "zhipu", role="teacher")) == {"terms.api-zhipu.outputs": "unlicensed"}


def test_deepseek_teaches_by_its_own_interface_and_not_surely_by_a_resellers() -> None:
    """DeepSeek's platform allows it in so many words; the terms of Nebius are not recorded."""
    assert told(through("deepseek-chat", "deepseek", role="teacher")) == {}
    resold = through("deepseek-chat", "nebius", role="teacher")
    assert told(resold)[UNKNOWN_TERMS] == "undetermined"
    (settle,) = [s for s in decision(resold, UNKNOWN_TERMS).settles if s.fact.startswith("terms of")]
    assert settle.how.startswith(
        "read the terms of service of Nebius Token Factory (AI Studio) on training other models"
    )


def test_plain_use_through_a_reseller_leaves_one_gap_and_no_verdict() -> None:
    """One for the provider, whatever the number of models; it names the models that it touches."""
    models = [service("deepseek-chat", "nebius"), service("deepseek-reasoner", "nebius")]
    found = judged(models, INSURER)
    assert UNKNOWN_TERMS not in told(found)
    (gap,) = [g for g in found.gaps if "terms of Nebius Token Factory (AI Studio)" in g.detail]
    assert gap.touches == ("every verdict on deepseek-chat", "every verdict on deepseek-reasoner")
    assert gap.reason == "not-in-catalogue"


def test_a_teacher_behind_an_unknown_gateway_is_undetermined() -> None:
    """The address is what settles it, and the derivation says that it is not known."""
    model = service("gpt-4o")
    gateway = Endpoint(provider=Unmeasured(reason="not-resolved"), basis="unknown")
    call = msgspec.structs.replace(use(model, role="teacher"), endpoint=gateway)
    found = judged(model, INSURER, uses=[call])
    said = decision(found, UNKNOWN_TERMS)
    assert said.verdict == "undetermined"
    assert [s.fact for s in said.settles] == ["who serves gpt-4o"]
    assert "called through an address that is not known" in said.summary


def test_two_providers_are_two_sets_of_terms() -> None:
    """Each is asked: the one that allows it does not make up for the one that does not."""
    found = through("deepseek-chat", "deepseek", "alibaba", role="teacher", profile=RIVAL)
    assert told(found)["terms.api-alibaba.outputs"] == "unlicensed"
    half = through("deepseek-chat", "deepseek", "requesty", role="teacher", profile=RIVAL)
    assert told(half)[UNKNOWN_TERMS] == "undetermined"
    said = decision(half, UNKNOWN_TERMS)
    unread = "called through Requesty, whose terms are not recorded"
    assert [s.fact for s in said.settles] == ["terms of Requesty"]
    assert unread in said.summary
    assert f"if deepseek-chat were not {unread}: clear" in said.flips


def test_the_derivation_names_every_provider_with_its_terms() -> None:
    """Those whose terms are read as well: a reader sees what was asked."""
    said = decision(through("deepseek-chat", "deepseek", "requesty", role="teacher"), UNKNOWN_TERMS)
    words = str(said.step)
    assert "called through DeepSeek API, under the DeepSeek Open Platform Terms; and through Req" in words


def test_weights_on_own_machines_come_under_their_licence_alone() -> None:
    """Nobody is called, so there are no terms; Llama 2 forbids it by its licence."""
    model = named("meta-llama/Llama-2-7b-chat-hf")
    found = judged(model, INSURER, uses=[use(model, role="teacher")])
    assert told(found)["licence.llama-2.outputs"] == "unlicensed"
    assert not [r for r in told(found) if r.startswith("terms.")]


def test_a_cloud_does_not_surely_pass_on_the_words_of_a_licence_on_outputs() -> None:
    """Llama 2 as a teacher at Amazon: the licence is a point for counsel."""
    found = told(through("meta-llama/Llama-2-7b-chat-hf", "aws-bedrock", role="teacher"))
    assert found["licence.llama-2.outputs"] == "undetermined"


def student(*providers: str, own: bool = True, role: str = "teacher") -> dict[str, Verdict]:
    """What holds for a model distilled from DeepSeek-R1, which the stack calls through these."""
    made = local("models/student") if own else named("microsoft/phi-4")
    teacher, reference = service("deepseek-r1"), entry("deepseek-r1")
    uses = [use(teacher, role=role, provider=p) for p in providers]
    found = judged(
        [made, teacher],
        RIVAL,
        uses=[use(made), *uses],
        claims=[declared(made, "distilled-from", reference)],
        references=[reference],
    )
    return told(found, model=made.id)


def test_a_student_of_the_stack_comes_under_the_terms_by_which_its_teacher_is_called() -> None:
    """The licence of R1 allows it; Amazon's terms do not let a competitor do it through Bedrock."""
    assert student("aws-bedrock")["terms.api-bedrock.outputs"] == "unlicensed"
    assert student("openrouter")[UNKNOWN_TERMS] == "undetermined"
    assert not [r for r in student("deepseek") if r.startswith("terms.")]


def test_a_student_that_somebody_published_was_taught_elsewhere() -> None:
    """Phi-4 is Microsoft's: through whom this stack calls the teacher says nothing of it."""
    assert not [r for r in student("aws-bedrock", own=False) if r.startswith("terms.")]


def test_a_model_that_is_called_for_something_else_taught_nobody() -> None:
    """Inference through Bedrock is no teaching."""
    assert not [r for r in student("aws-bedrock", role="inference") if r.startswith("terms.")]


def test_the_terms_bind_whosever_model_answers() -> None:
    """An unnamed model of a known provider: its maker is open, and the terms are not."""
    model = Model(namespace="api", name="*", provider="anthropic", form="api")
    found = judged(model, INSURER, uses=[use(model, role="teacher", provider="anthropic")])
    assert told(found)["terms.api-anthropic.outputs"] == "unlicensed"


def test_the_terms_of_a_service_give_the_rules_that_a_licence_gives() -> None:
    """Territory, forbidden use, trade, thresholds, outputs, conditions: the same parts, in the other way."""
    text = msgspec.structs.replace(
        shipped().licences["tencent-hunyuan-3d-2.0"], commercial="no", forbidden_when=("military-use",)
    )
    parts = [[r.id.partition(f".{text.id}.")[2] for r in rules(text)] for rules in (instruments_of, terms_of)]
    assert parts[0] == parts[1]
    assert {"territory", "use.military-use", "commercial", "outputs"} <= set(parts[0])


class Serving(Catalogue):
    """The shipped knowledge base in which Z.ai serves under these terms, and no law is asked.

    Args:
        text: The terms.
    """

    def __init__(self, text: Licence) -> None:
        base = shipped()
        self.folder, self.version, self.as_of = base.folder, base.version, base.as_of
        kinds = ("developers", "families", "models", "datasets", "tokenizers", "questions", "scenarios")
        self._tables = {kind: getattr(base, kind) for kind in kinds}
        zhipu = msgspec.structs.replace(base.providers["zhipu"], terms=text.id)
        self._tables["providers"] = {**base.providers, "zhipu": zhipu}
        self._tables["licences"] = {**base.licences, text.id: text}
        self._tables["instruments"] = {}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"excluded_territories": ("GB",)}, "territory"),
        ({"forbidden_when": ("commercial-use",)}, "use.commercial-use"),
        ({"commercial": "no"}, "commercial"),
    ],
)
def test_what_the_terms_forbid_is_forbidden_for_plain_use(change: dict[str, object], part: str) -> None:
    """Of whoever calls the provider, and of nobody who calls the same model elsewhere."""
    text = msgspec.structs.replace(shipped().licences["api-zhipu"], **change)
    model = service("glm-5.3")
    for provider, verdict in (("zhipu", "unlicensed"), ("openrouter", None)):
        found = judged(model, INSURER, uses=[use(model, provider=provider)], catalogue=Serving(text))
        assert told(found).get(f"terms.api-zhipu.{part}") == verdict


def _calls(model: Model, providers: Iterable[str], role: str) -> list[Use]:
    return [use(model, role=role, provider=p) for p in providers]


@given(
    known=st.lists(st.sampled_from(RECORDED), max_size=2, unique=True),
    unknown=st.lists(st.sampled_from([*UNRECORDED, "acme-gateway"]), min_size=1, max_size=2, unique=True),
    name=st.sampled_from(["gpt-4o", "deepseek-chat", "glm-5.3", "claude-sonnet-4-5", "helios-9"]),
)
def test_terms_that_nobody_has_read_never_clear_a_teacher(
    known: list[str], unknown: list[str], name: str
) -> None:
    """Law: one provider without recorded terms among any others, and no reading says clear."""
    model = service(name)
    found = judged(model, INSURER, uses=_calls(model, [*known, *unknown], "teacher"))
    assert {o.verdict for o in found.outcomes}.isdisjoint({"clear", "watch", "duties"})
    for provider in unknown:
        title = shipped().providers[provider].title if provider in shipped().providers else provider
        assert f"terms of {title}" in {s.fact for s in decision(found, UNKNOWN_TERMS).settles}
        assert len([g for g in gaps(found) if g.startswith(f"the terms of {title} are not recorded")]) == 1


@given(
    first=st.sampled_from(RECORDED),
    more=st.lists(st.sampled_from([*RECORDED, *UNRECORDED]), max_size=2),
    role=st.sampled_from(["teacher", "inference"]),
)
def test_another_provider_takes_back_no_ban_of_the_first(first: str, more: list[str], role: str) -> None:
    """Law: what is unlicensed by the terms of one stays so, through whomever else the model is called."""
    model = service("deepseek-chat")

    def banned(providers: list[str]) -> set[str]:
        found = judged(model, RIVAL, uses=_calls(model, providers, role))
        return {r for r, v in told(found).items() if r.startswith("terms.") and v == "unlicensed"}

    assert banned([first]) <= banned([first, *more])


def test_a_rule_of_law_may_ask_for_terms() -> None:
    """The word stands in the vocabulary, for contracts that speak of somebody's terms."""
    asked = rule(
        test={"service-terms": ["api-openai"]}, reaches={"api": "yes", "hosted": "yes"}, effect="duty"
    )
    model = service("gpt-4o")
    for provider, verdict in (("openai", "duties"), ("azure-openai", None)):
        found = judged(model, INSURER, uses=[use(model, provider=provider)], catalogue=Rules([asked]))
        assert {d.instrument: d.verdict for d in found.decisions}.get("test.rule") == verdict


@pytest.mark.parametrize(
    ("provider", "terms"),
    [
        ("azure-openai", "api-azure"),
        ("azure-ai-foundry", "api-azure"),
        ("github-models", "api-github-models"),
        ("openrouter", "api-openrouter"),
        ("together", "api-together"),
        ("groq", "api-groq"),
        ("huggingface", "api-huggingface"),
    ],
)
def test_terms_without_a_known_word_on_outputs_leave_a_teacher_open(provider, terms) -> None:
    """No clause on outputs was read: whether they may train is open, and plain use is not asked."""
    record = shipped().licences[terms]
    assert (record.outputs_training, record.confidence, bool(record.why_low)) == ("unknown", "low", True)
    taught = told(through("deepseek-chat", provider, role="teacher", profile=RIVAL))
    assert taught[UNKNOWN_TERMS] == "undetermined"
    assert UNKNOWN_TERMS not in told(through("deepseek-chat", provider))


def test_outputs_called_through_fireworks_may_not_train() -> None:
    """Competing or not; a model that only answers is not touched by the clause."""
    taught = through("deepseek-chat", "fireworks", role="teacher")
    assert told(taught)["terms.api-fireworks.outputs"] == "unlicensed"
    assert "terms.api-fireworks.outputs" not in told(through("deepseek-chat", "fireworks"))


def test_who_calls_a_model_on_azure_discloses_that_it_answered() -> None:
    """The code of conduct binds every application; somebody who calls DeepSeek itself is not under it."""
    assert told(through("gpt-4o", "azure-openai"))["terms.api-azure.duties"] == "duties"
    assert "terms.api-azure.duties" not in told(through("deepseek-chat", "deepseek"))
