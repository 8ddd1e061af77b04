"""US federal rules as recorded: whom each catches, whom it lets go, and from which day to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from build.policy import (
    INSURER,
    SUBCONTRACTOR,
    Rules,
    declared,
    entry,
    judged,
    named,
    shipped,
)
from gauger.assess.assess import Assessment
from gauger.assess.calendar import standing
from gauger.catalogue.records import Developer, ListEntry, Stake
from gauger.catalogue.vocabulary import FORMS
from gauger.core.inventory import Model
from gauger.core.judgement import LegalReading
from gauger.core.profile import Profile

FEDERAL = (
    "us.1260H",
    "us.agencies.commerce",
    "us.agencies.dod",
    "us.agencies.house",
    "us.agencies.nasa",
    "us.agencies.navy",
    "us.bis.affiliates",
    "us.bis.el",
    "us.bis.el.pending",
    "us.bis.gp10",
    "us.daamta",
    "us.dod.anthropic",
    "us.fascsa.2026-01",
    "us.gottheimer",
    "us.gsar",
    "us.hawley",
    "us.house.probe",
    "us.icts",
    "us.isinformed.2026-06",
    "us.naaia",
    "us.ndaa24.805.direct",
    "us.ndaa24.805.indirect",
    "us.ndaa26.1532.a1",
    "us.ndaa26.1532.a2",
    "us.ndaa26.1532.a3A",
    "us.ndaa26.6604",
    "us.ndaa27",
    "us.ofac-sdn",
    "us.omb.m2522",
    "us.ostp.nstm4",
    "us.s1638",
    "us.s765",
    "us.state.cable",
)
WAITING = {"dormant", "proposed", "approved-unpublished", "suspended", "asserted"}
AMERICAN = Profile(
    country="US",
    jurisdictions=("US",),
    facts={
        **SUBCONTRACTOR.facts,
        "us-dod-contractor": False,
        "us-dod-contract-performance": False,
        "subject-to-ear": True,
        "us-dod-component": False,
        "us-navy": False,
        "us-nasa": False,
        "us-house-office": False,
        "us-commerce-department": False,
    },
)
"""A US company that supplies no agency and is none."""
SUPPLIER = AMERICAN, {"us-federal-contractor": True}
AGENCY = AMERICAN, {"us-federal-body": True}
DEFENCE = AMERICAN, {"us-federal-body": True, "us-dod-component": True}
NAVY = AMERICAN, {"us-federal-body": True, "us-dod-component": True, "us-navy": True}
NASA = AMERICAN, {"us-federal-body": True, "us-nasa": True}
HOUSE = AMERICAN, {"us-federal-body": True, "us-house-office": True}
COMMERCE = AMERICAN, {"us-federal-body": True, "us-commerce-department": True}
INTELLIGENCE = AMERICAN, {"us-ic-system": True}
CONTRACTOR = SUBCONTRACTOR, {}
NOBODY = AMERICAN, {}

DEEPSEEK = named("deepseek-ai/DeepSeek-V3.1")
DEEPSEEK_APP = named("deepseek-chat", namespace="api", form="app", provider="deepseek")
DEEPSEEK_API = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
QWEN = named("Qwen/Qwen3-32B")
QWEN_API = named("qwen-max", namespace="api", form="api", provider="alibaba")
GLM = named("zai-org/GLM-4.5")
KIMI = named("moonshotai/Kimi-K2-Instruct")
MISTRAL_API = named("mistral-large-latest", namespace="api", form="api", provider="mistral")
CLAUDE_API = named("claude-opus-4-5", namespace="api", form="api", provider="anthropic")
FABLE_API = named("claude-fable-5", namespace="api", form="api", provider="anthropic")
GPT_API = named("gpt-4o", namespace="api", form="api", provider="openai")

Who = tuple[Profile, Mapping[str, bool]]


def of(who: Who) -> Profile:
    """This user, with the answers that make them who they are."""
    profile, facts = who
    return msgspec.structs.replace(profile, facts={**profile.facts, **facts})


def told(found: Assessment, instrument: str, reading: LegalReading = "literal") -> str:
    """What one rule says today under one reading; `clear` where it has no decision."""
    verdicts = {
        d.verdict for d in found.decisions if d.instrument == instrument and reading in d.readings_in("today")
    }
    assert len(verdicts) <= 1, verdicts
    return next(iter(verdicts), "clear")


@pytest.mark.parametrize("ident", FEDERAL)
def test_every_form_has_its_cell_and_every_waiver_somebody_who_grants_it(ident):
    """Nothing is left to the default: a form that a text does not name is written down as silent."""
    record = shipped().instruments[ident]
    assert set(record.reaches) == set(FORMS)
    assert record.consequence
    assert record.checked_on < record.next_check
    assert all(e.by for e in record.exceptions if e.kind == "waiver")


@pytest.mark.parametrize(
    ("instrument", "who", "model", "verdict"),
    [
        ("us.ndaa26.1532.a3A", CONTRACTOR, DEEPSEEK, "prohibited"),
        ("us.ndaa26.1532.a1", DEFENCE, DEEPSEEK, "prohibited"),
        ("us.ndaa26.6604", INTELLIGENCE, DEEPSEEK_APP, "prohibited"),
        ("us.ndaa24.805.direct", DEFENCE, QWEN_API, "prohibited"),
        ("us.fascsa.2026-01", SUPPLIER, DEEPSEEK, "prohibited"),
        ("us.fascsa.2026-01", AGENCY, DEEPSEEK_API, "prohibited"),
        ("us.agencies.navy", NAVY, DEEPSEEK, "watch"),
        ("us.agencies.dod", DEFENCE, DEEPSEEK_APP, "prohibited"),
        ("us.agencies.nasa", NASA, DEEPSEEK_API, "prohibited"),
        ("us.agencies.house", HOUSE, DEEPSEEK_APP, "prohibited"),
        ("us.agencies.commerce", COMMERCE, DEEPSEEK_APP, "prohibited"),
        ("us.bis.el", NOBODY, GLM, "watch"),
        ("us.bis.el.pending", NOBODY, DEEPSEEK, "watch"),
        ("us.1260H", NOBODY, QWEN, "watch"),
        ("us.house.probe", NOBODY, QWEN, "watch"),
        ("us.omb.m2522", AGENCY, MISTRAL_API, "watch"),
        ("us.icts", NOBODY, QWEN, "watch"),
        ("us.hawley", NOBODY, KIMI, "watch"),
        ("us.naaia", AGENCY, QWEN, "watch"),
        ("us.s765", AGENCY, DEEPSEEK_APP, "watch"),
        ("us.s1638", SUPPLIER, DEEPSEEK_APP, "watch"),
        ("us.gsar", SUPPLIER, MISTRAL_API, "watch"),
        ("us.ndaa26.1532.a2", CONTRACTOR, KIMI, "watch"),
        ("us.ndaa24.805.indirect", CONTRACTOR, QWEN_API, "watch"),
        ("us.dod.anthropic", CONTRACTOR, CLAUDE_API, "watch"),
    ],
)
def test_a_rule_catches_whom_and_what_its_text_names(instrument, who, model, verdict):
    """With silence read as no: the texts themselves say this."""
    assert told(judged(model, of(who)), instrument) == verdict


@pytest.mark.parametrize(
    ("instrument", "who", "model"),
    [
        ("us.ndaa26.1532.a3A", NOBODY, DEEPSEEK),
        ("us.ndaa26.1532.a3A", CONTRACTOR, QWEN),
        ("us.ndaa26.1532.a1", DEFENCE, QWEN),
        ("us.ndaa26.1532.a1", CONTRACTOR, DEEPSEEK),
        ("us.ndaa26.6604", INTELLIGENCE, DEEPSEEK),
        ("us.ndaa26.6604", NOBODY, DEEPSEEK_APP),
        ("us.ndaa24.805.direct", AGENCY, QWEN_API),
        ("us.ndaa24.805.direct", CONTRACTOR, QWEN_API),
        ("us.ndaa24.805.direct", DEFENCE, KIMI),
        ("us.fascsa.2026-01", NOBODY, DEEPSEEK),
        ("us.fascsa.2026-01", DEFENCE, DEEPSEEK),
        ("us.fascsa.2026-01", SUPPLIER, QWEN),
        ("us.agencies.navy", DEFENCE, DEEPSEEK_API),
        ("us.agencies.dod", DEFENCE, DEEPSEEK),
        ("us.agencies.nasa", COMMERCE, DEEPSEEK_API),
        ("us.agencies.house", HOUSE, DEEPSEEK),
        ("us.agencies.commerce", COMMERCE, QWEN_API),
        ("us.bis.el", NOBODY, QWEN),
        ("us.bis.el.pending", NOBODY, GLM),
        ("us.1260H", NOBODY, KIMI),
        ("us.house.probe", NOBODY, GLM),
        ("us.omb.m2522", AGENCY, GPT_API),
        ("us.omb.m2522", NOBODY, MISTRAL_API),
        ("us.icts", NOBODY, MISTRAL_API),
        ("us.gsar", SUPPLIER, GPT_API),
        ("us.ofac-sdn", NOBODY, QWEN_API),
        ("us.daamta", NOBODY, KIMI),
        ("us.dod.anthropic", CONTRACTOR, GPT_API),
        ("us.dod.anthropic", NOBODY, CLAUDE_API),
        ("us.isinformed.2026-06", NOBODY, FABLE_API),
    ],
)
def test_a_rule_lets_go_whom_or_what_its_text_does_not_name(instrument, who, model):
    """Another user, another developer, or a form of which the text says nothing, read literally."""
    assert told(judged(model, of(who)), instrument) == "clear"


@pytest.mark.parametrize(
    "model", [DEEPSEEK, DEEPSEEK_API, DEEPSEEK_APP, QWEN, QWEN_API, GLM, KIMI, CLAUDE_API, FABLE_API]
)
def test_no_federal_rule_binds_a_uk_insurer(model):
    """Neither agencies' rules nor bills reach somebody under UK law alone, and none is left open."""
    assert not {d.instrument for d in judged(model, INSURER).decisions} & set(FEDERAL)


@pytest.mark.parametrize("ident", FEDERAL)
def test_whoever_is_no_body_of_the_government_is_asked_nothing_about_agencies(ident):
    """One answer settles all rules for agencies: the questions on single ones come after it."""
    unsaid = {"us-dod-component", "us-nasa", "us-house-office", "us-commerce-department"}
    facts = {name: answer for name, answer in AMERICAN.facts.items() if name not in unsaid}
    silent = msgspec.structs.replace(AMERICAN, facts=facts)
    for model in (DEEPSEEK_APP, QWEN_API):
        assert told(judged(model, silent), ident, "strict") == told(judged(model, AMERICAN), ident, "strict")


@pytest.mark.parametrize("ident", FEDERAL)
def test_a_rule_that_waits_is_never_more_than_watched(ident):
    """Dormant, proposed, asserted, suspended, unpublished: for a user to whom everything applies."""
    record = shipped().instruments[ident]
    if record.status not in WAITING:
        assert record.force, "what does not wait has a day on which it begins"
        return
    everything = {
        q.id: True for q in shipped().questions.values() if q.answer == "yes-no" and q.id != "us-persons-only"
    }
    user = msgspec.structs.replace(AMERICAN, facts=everything)
    models = (DEEPSEEK, DEEPSEEK_APP, QWEN, QWEN_API, GLM, KIMI, MISTRAL_API, CLAUDE_API)
    for model in models:
        found = judged(model, user)
        for reading in ("literal", "cautious", "strict"):
            assert told(found, ident, reading) in {"clear", "watch"}


@pytest.mark.parametrize(
    ("ident", "day", "how"),
    [
        ("us.ndaa26.1532.a3A", "2026-01-16", "latent"),
        ("us.ndaa26.1532.a3A", "2026-01-17", "active"),
        ("us.ndaa24.805.direct", "2026-06-29", "latent"),
        ("us.ndaa24.805.direct", "2026-06-30", "active"),
        ("us.ndaa24.805.indirect", "2027-06-29", "latent"),
        ("us.ndaa24.805.indirect", "2027-06-30", "active"),
        ("us.fascsa.2026-01", "2026-10-19", "latent"),
        ("us.fascsa.2026-01", "2026-10-20", "active"),
        ("us.isinformed.2026-06", "2026-06-11", "latent"),
        ("us.isinformed.2026-06", "2026-06-12", "active"),
        ("us.isinformed.2026-06", "2026-06-29", "active"),
        ("us.isinformed.2026-06", "2026-06-30", "over"),
        ("us.bis.affiliates", "2025-10-15", "latent"),
        ("us.bis.affiliates", "2026-11-24", "latent"),
        ("us.icts", "2026-11-24", "latent"),
    ],
)
def test_a_rule_begins_and_ends_on_its_days(ident, day, how):
    """From and including the first day, up to and excluding the last; a status that waits outlasts them."""
    assert standing(shipped().instruments[ident], day) == how


@pytest.mark.parametrize(
    ("day", "how"),
    [
        ("2025-09-28", "latent"),
        ("2025-09-29", "active"),
        ("2025-11-09", "active"),
        ("2025-11-10", "latent"),
        ("2026-11-09", "latent"),
        ("2026-11-10", "active"),
    ],
)
def test_the_affiliates_rule_has_a_gap_for_its_suspension(day, how):
    """As soon as somebody confirms that it is back, its own intervals say when it held and when not."""
    confirmed = msgspec.structs.replace(shipped().instruments["us.bis.affiliates"], status="in-force")
    assert standing(confirmed, day) == how


class Owned(Rules):
    """The shipped knowledge base with some of its rules, and other stakes and list entries.

    Args:
        idents: Of the rules.
        changed: Fields of developers by id.
    """

    def __init__(self, *idents: str, **changed: Mapping[str, Any]) -> None:
        super().__init__([msgspec.to_builtins(shipped().instruments[i]) for i in idents])
        developers: dict[str, Developer] = dict(shipped().developers)
        for name, fields in changed.items():
            developers[name] = msgspec.structs.replace(developers[name], **fields)
        self._tables["developers"] = developers


def held(holder: str, percent: float | None) -> Stake:
    """A share that is held all the time."""
    return Stake(holder=holder, percent=percent)


def listing(name: str) -> dict[str, Any]:
    """An entry that has long stood on this list."""
    return {"lists": (ListEntry(list=name, since="2020-01-01"),)}


@pytest.mark.parametrize(
    ("percent", "verdict"),
    [(20.0, "prohibited"), (19.9, "clear"), (0.0, "clear"), (None, "undetermined")],
)
def test_a_fifth_held_by_high_flyer_makes_a_developer_covered(percent, verdict):
    """Section 1532(c)(2) counts a stake of at least 20 per cent; of unknown size it stays open."""
    law = Owned("us.ndaa26.1532.a3A", mistral={"stakes": (held("high-flyer", percent),)})
    found = judged(MISTRAL_API, SUBCONTRACTOR, catalogue=law)
    assert told(found, "us.ndaa26.1532.a3A") == verdict


def test_deepseek_is_covered_by_name_and_through_its_owner():
    """Both ways are in the definition; each alone is enough."""
    rule = shipped().instruments["us.ndaa26.1532.a3A"]
    assert [list(part) for part in rule.test["any"]] == [["developer"], ["owned-by"]]
    plain = msgspec.to_builtins(rule)
    for part in rule.test["any"]:
        found = judged(DEEPSEEK, SUBCONTRACTOR, catalogue=Rules([{**plain, "test": part}]))
        assert told(found, "us.ndaa26.1532.a3A") == "prohibited"


@pytest.mark.parametrize(
    ("stakes", "verdict"),
    [
        ((held("alibaba", 30.0), held("tencent", 20.0)), "prohibited"),
        ((held("alibaba", 50.0),), "prohibited"),
        ((held("alibaba", 30.0), held("tencent", 19.9)), "clear"),
        ((held("alibaba", 30.0), held("tencent", None)), "undetermined"),
        ((held("alibaba", 30.0), held("meta", 40.0)), "clear"),
    ],
)
def test_half_in_the_hands_of_blocked_owners_together_blocks_dealings(stakes, verdict):
    """The shares of all blocked owners are added up; others' shares do not count."""
    law = Owned(
        "us.ofac-sdn",
        mistral={"stakes": stakes},
        alibaba=listing("us.ofac-sdn"),
        tencent=listing("us.ofac-sdn"),
    )
    assert told(judged(MISTRAL_API, AMERICAN, catalogue=law), "us.ofac-sdn") == verdict


def test_a_designated_developer_is_blocked_and_its_published_weights_are_a_silent_point():
    """A payment or a service is a dealing; running weights that were published before is not mentioned."""
    law = Owned("us.ofac-sdn", moonshot=listing("us.ofac-sdn"))
    service = named("kimi-k2-0905-preview", namespace="api", form="api", provider="moonshot")
    assert told(judged(service, AMERICAN, catalogue=law), "us.ofac-sdn") == "prohibited"
    weights = judged(KIMI, AMERICAN, catalogue=law)
    assert {r: told(weights, "us.ofac-sdn", r) for r in ("literal", "cautious", "strict")} == {
        "literal": "clear",
        "cautious": "undetermined",
        "strict": "prohibited-under-strict-reading",
    }
    assert told(judged(service, INSURER, catalogue=law), "us.ofac-sdn") == "clear"


@pytest.mark.parametrize(("percent", "verdict"), [(50.0, "watch"), (49.9, "clear")])
@pytest.mark.parametrize("name", ["us.entity-list", "us.meu"])
def test_half_in_the_hands_of_a_listed_owner_is_watched_and_never_forbids(name, percent, verdict):
    """The Affiliates Rule concerns exports to the company, whether suspended or in force."""
    law = Owned("us.bis.affiliates", mistral={"stakes": (held("xai", percent),)}, xai=listing(name))
    assert told(judged(MISTRAL_API, AMERICAN, catalogue=law), "us.bis.affiliates") == verdict


def tuned(relation: str) -> tuple[Model, dict[str, Any]]:
    """A US developer's model that its card derives from DeepSeek's, and the lineage."""
    model, parent = named("microsoft/NextCoder-7B"), entry("deepseek-v3")
    return model, {"claims": [declared(model, relation, parent)], "references": [parent]}


@pytest.mark.parametrize("relation", ["fine-tuned-from", "distilled-from", "merged-from", "adapter-of"])
@pytest.mark.parametrize(
    ("instrument", "who"), [("us.ndaa26.1532.a3A", CONTRACTOR), ("us.fascsa.2026-01", SUPPLIER)]
)
def test_what_others_made_of_deepseek_is_a_silent_point(instrument, who, relation):
    """The three readings part exactly where the text says nothing."""
    model, lineage = tuned(relation)
    found = judged(model, of(who), **lineage)
    assert {r: told(found, instrument, r) for r in ("literal", "cautious", "strict")} == {
        "literal": "clear",
        "cautious": "undetermined",
        "strict": "prohibited-under-strict-reading",
    }


def test_an_unread_or_unsettled_rule_says_so():
    """What could not be read, or moved after the last source, is recorded with low confidence and why."""
    low = {i for i in FEDERAL if shipped().instruments[i].confidence == "low"}
    assert {"us.bis.affiliates", "us.gottheimer", "us.ndaa27", "us.fascsa.2026-01"} <= low
    assert all(shipped().instruments[i].why_low for i in low)
    assert all(shipped().instruments[i].next_check <= "2026-12-31" for i in low)
