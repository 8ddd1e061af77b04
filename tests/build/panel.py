"""A panel of models of every origin and form, and users of many places: for tests of scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from build.policy import AS_OF, INSURER, SUBCONTRACTOR, declared, entry, named, shipped, use
from gauger.assess.memory import Memory
from gauger.assess.questions import put_questions
from gauger.core.inventory import Model
from gauger.core.judgement import READINGS
from gauger.core.profile import Profile

Said = frozenset[tuple[str, str, str]]
"""What rules say of one model: rule, reading, verdict; nothing of those that are clear."""


class Member(NamedTuple):
    """One model of the panel: whose it is, who serves it, what for, and what it was taught by."""

    model: Model
    origin: str
    provider: str = "self"
    role: str = "inference"
    relation: str = ""
    ancestor: str = ""


def hosted(name: str, provider: str) -> Model:
    """A model that is called as a service."""
    return named(name, namespace="api", form="api", provider=provider)


@cache
def panel() -> Mapping[str, Member]:
    """Models by a short name."""
    return {
        "deepseek-api": Member(hosted("deepseek-chat", "deepseek"), "CN", "deepseek"),
        "deepseek": Member(named("deepseek-ai/DeepSeek-V3.1"), "CN"),
        "qwen": Member(named("Qwen/Qwen3-32B"), "CN"),
        "kimi": Member(named("moonshotai/Kimi-K2-Instruct"), "CN"),
        "kimi-api": Member(hosted("kimi-latest", "moonshot"), "CN", "moonshot"),
        "qwen-on-groq": Member(hosted("qwen/qwen3-32b", "groq"), "CN", "groq"),
        "glm-api": Member(hosted("glm-4.6", "zhipu"), "CN", "zhipu"),
        "gpt": Member(hosted("gpt-4o", "openai"), "US", "openai"),
        "claude": Member(hosted("claude-sonnet-4-5", "anthropic"), "US", "anthropic"),
        "llama": Member(named("meta-llama/Llama-3.1-8B-Instruct"), "US"),
        "llama-teacher": Member(named("meta-llama/Llama-3.3-70B-Instruct"), "US", role="teacher"),
        "phi": Member(named("microsoft/phi-4"), "US"),
        "phi-quantised": Member(
            named("unsloth/phi-4-GGUF", form="quantised"),
            "US",
            "self",
            "inference",
            "quantised-from",
            "phi-4",
        ),
        "llama-base": Member(named("meta-llama/Llama-3.1-8B"), "US", role="training-base"),
        "qwen-base": Member(named("Qwen/Qwen3-8B-Base"), "CN", role="training-base"),
        "mistral-base": Member(named("mistralai/Mistral-7B-v0.3"), "EU", role="training-base"),
        "mistral-api": Member(hosted("mistral-large-latest", "mistral"), "EU", "mistral"),
        "mistral": Member(named("mistralai/Mistral-7B-Instruct-v0.3"), "EU"),
        "mistral-research": Member(named("mistralai/Mistral-Large-Instruct-2411"), "EU"),
        "qwen-custom": Member(named("Qwen/Qwen2.5-72B-Instruct"), "CN"),
        "student-of-gpt": Member(
            named("example-mutual/triage"), "own", "self", "inference", "distilled-from", "gpt-4o"
        ),
        "fine-tuned-qwen": Member(
            named("microsoft/NextCoder-7B"),
            "US on CN",
            "self",
            "inference",
            "fine-tuned-from",
            "qwen2.5-coder",
        ),
    }


def answering(profile: Profile, **facts: bool | float) -> Profile:
    """The same user with other answers; underscores stand for hyphens."""
    given = {name.replace("_", "-"): answer for name, answer in facts.items()}
    return msgspec.structs.replace(profile, facts={**profile.facts, **given})


def seated(country: str, *more: str, **facts: bool | float) -> Profile:
    """A user in this country and under the law of these places besides."""
    return answering(
        msgspec.structs.replace(INSURER, country=country, jurisdictions=(country, *more)), **facts
    )


USERS: Mapping[str, Profile] = {
    "insurer": INSURER,
    "supplier": answering(INSURER, uk_public_supplier=True, security_research_only=False),
    "grid": answering(INSURER, critical_infrastructure=True),
    "exporter": seated("FR", subject_to_ear=True),
    "french-body": seated("FR", public_body=True),
    "french-maker": seated("FR", eu_places_modified_model=True),
    "contractor": SUBCONTRACTOR,
    "federal": answering(SUBCONTRACTOR, us_federal_contractor=True, us_dod_contractor=False),
    "texan": answering(
        seated("US", "US-TX", us_persons_only=True), us_state_agency=True, us_federal_contractor=False
    ),
    "chinese": seated("CN"),
}
"""Users by a short name; each has answered what bears on them."""


def said(
    members: Iterable[Member], profile: Profile, scenarios: tuple[str, ...] = ()
) -> Mapping[tuple[str, str], Said]:
    """What do the rules say of these models in each scenario? By the model's id and the scenario's."""
    members = tuple(members)
    references = [entry(m.ancestor) for m in members if m.ancestor]
    claims = [declared(m.model, m.relation, entry(m.ancestor)) for m in members if m.ancestor]
    uses = [use(m.model, role=m.role, provider="" if m.provider == "self" else m.provider) for m in members]
    questions = put_questions(
        tuple(m.model for m in members),
        uses,
        claims,
        references,
        catalogue=shipped(),
        profile=profile,
        as_of=AS_OF,
        scenarios=scenarios,
    )
    memory = Memory(AS_OF)
    found = {}
    for case in questions.cases:
        askings = memory.concerning(case.rules, case.user)
        for subject in questions.subjects:
            number, lines = memory.signed(subject.strands)
            told = {(a.rule.instrument.id, t) for a in askings if (t := a.answer(number, lines)) is not None}
            found[subject.model.id, case.scenario.id] = frozenset(
                (rule, reading, judged.verdict)
                for rule, triple in told
                for reading, judged in zip(READINGS, triple, strict=True)
                if judged.verdict != "clear"
            )
    return found


@cache
def differences(user: str) -> Mapping[str, frozenset[str]]:
    """For which models of the panel does each scenario say something else than the law as it stands?"""
    members = panel()
    told = said(members.values(), USERS[user])
    scenarios = {scenario for _, scenario in told}
    return {
        s: frozenset(n for n, m in members.items() if told[m.model.id, s] != told[m.model.id, "today"])
        for s in scenarios
    }
