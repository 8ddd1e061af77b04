"""Rules of US states and of other countries, as shipped: whom each catches, whom it does not, and when."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import INSURER, decision, judged, named, shipped, use
from gauger.catalogue.records import Instrument
from gauger.core.profile import Profile

DAY = "2026-11-24"
SILENT_OR_NO = {"silent", "no"}
STATES = {
    "US-AL": "us.al.oit",
    "US-AR": "us.ar.blocked",
    "US-GA": "us.ga.gta",
    "US-IA": "us.ia.directive",
    "US-KS": "us.ks.75-4720",
    "US-LA": "us.la.ai-order",
    "US-NC": "us.nc.dit",
    "US-ND": "us.nd.blocked",
    "US-NV": "us.nv.deepseek",
    "US-NY": "us.ny.its",
    "US-OK": "us.ok.omes",
    "US-OR": "us.or.deepseek",
    "US-SD": "us.sd.bit",
    "US-TN": "us.tn.network",
    "US-TX": "us.tx.prohibited",
    "US-VA": "us.va.eo46",
}
"""State → its rule that names DeepSeek, for all of its bodies."""
REPORTED = {"US-NC", "US-NV", "US-OR"}
"""States that are only reported to have such a rule: no order of theirs was found."""


def user(*places, **facts):
    """A user in these places with these answers; underscores stand for hyphens."""
    given = {name.replace("_", "-"): answer for name, answer in facts.items()}
    return Profile(jurisdictions=places, facts={**INSURER.facts, **given})


def app():
    """DeepSeek's application, on a device."""
    return named("deepseek-ai/DeepSeek-V3.1", form="app")


def weights(name="deepseek-ai/DeepSeek-V3.1"):
    """Weights in a stack."""
    return named(name)


def verdict(instrument, model, profile, *, reading="cautious", as_of=DAY):
    """What this rule says: a verdict, or `clear` where it has nothing to say."""
    uses = [use(model, provider=model.provider)] if model.provider else []
    found = judged(model, profile, uses=uses, as_of=as_of)
    told = [
        d.verdict
        for d in found.decisions
        if (d.instrument, reading in d.readings_in("today")) == (instrument, True)
    ]
    return told[0] if told else "clear"


def record(ident) -> Instrument:
    """The shipped record."""
    return shipped().instruments[ident]


@pytest.mark.parametrize(("place", "ident"), STATES.items())
def test_a_state_body_may_not_have_the_application(place, ident):
    """A ban reaches the application under the literal reading; one that is only reported is watched."""
    body = user(place, us_state_agency=True)
    expected = "watch" if place in REPORTED else "prohibited"
    assert verdict(ident, app(), body, reading="literal") == expected


@pytest.mark.parametrize(("place", "ident"), STATES.items())
def test_a_company_in_the_state_is_not_bound(place, ident):
    """The rules bind state bodies; a private firm in the same state is plainly not bound."""
    assert verdict(ident, app(), user(place, us_state_agency=False)) == "clear"


@pytest.mark.parametrize(("place", "ident"), STATES.items())
def test_a_body_of_another_state_is_not_bound(place, ident):
    """A state's rule ends at its border."""
    other = "US-CA" if place != "US-CA" else "US-WA"
    assert verdict(ident, app(), user(other, us_state_agency=True)) == "clear"


@pytest.mark.parametrize("ident", sorted(set(STATES.values()) - {"us.ks.75-4720"}))
def test_weights_on_own_machines_are_a_silent_point_in_the_states(ident):
    """Announcements speak of applications and devices: no state but Kansas says that weights are meant."""
    place = record(ident).jurisdiction
    body = user(place, us_state_agency=True)
    assert record(ident).reaches["weights"] == "silent"
    assert verdict(ident, weights(), body, reading="literal") == "clear"
    told = verdict(ident, weights(), body), verdict(ident, weights(), body, reading="strict")
    if place in REPORTED:
        assert told == ("watch", "watch")
    else:
        assert told == ("undetermined", "prohibited-under-strict-reading")


@pytest.mark.parametrize("ident", sorted(set(STATES.values()) - {"us.tx.prohibited"}))
def test_another_chinese_developer_is_not_named_by_the_states(ident):
    """Where a rule names DeepSeek, Qwen's application is not its subject."""
    body = user(record(ident).jurisdiction, us_state_agency=True)
    assert verdict(ident, named("Qwen/Qwen3-32B", form="app"), body) == "clear"


def test_kansas_speaks_of_the_model():
    """Model-level words: weights are reached wherever they run, and what others made of them is silent."""
    body = user("US-KS", us_state_agency=True)
    assert verdict("us.ks.75-4720", weights(), body, reading="literal") == "prohibited"
    chimera = weights("tngtech/DeepSeek-TNG-R1T2-Chimera")
    assert verdict("us.ks.75-4720", chimera, body, reading="literal") == "clear"
    assert verdict("us.ks.75-4720", chimera, body, reading="strict") == "prohibited-under-strict-reading"


def test_kansas_does_not_say_when_a_country_controls_a_model():
    """A Chinese company's model is a question for counsel there; an American one's is none."""
    body = user("US-KS", us_state_agency=True)
    assert verdict("us.ks.75-4720.d1B", weights("Qwen/Qwen3-32B"), body, reading="literal") == "clear"
    assert verdict("us.ks.75-4720.d1B", weights("Qwen/Qwen3-32B"), body) == "undetermined"
    assert verdict("us.ks.75-4720.d1B", weights("microsoft/phi-4"), body, reading="strict") == "clear"


@pytest.mark.parametrize(
    ("day", "name", "told"),
    [
        ("2025-01-30", "deepseek-ai/DeepSeek-V3.1", "clear"),
        ("2025-01-31", "deepseek-ai/DeepSeek-V3.1", "prohibited"),
        ("2026-01-25", "moonshotai/Kimi-K2-Instruct", "clear"),
        ("2026-01-26", "moonshotai/Kimi-K2-Instruct", "prohibited"),
        (DAY, "mistralai/Mistral-7B-Instruct-v0.3", "clear"),
    ],
)
def test_texas_follows_its_list_by_the_day(day, name, told):
    """DeepSeek from the first order, the 26 from the second; nobody before the entry."""
    body = user("US-TX", us_state_agency=True)
    model = named(name, form="app")
    assert verdict("us.tx.prohibited", model, body, as_of=day) == told


@pytest.mark.parametrize("developer", ["alibaba", "baidu", "zhipu", "baai", "moonshot", "minimax", "stepfun"])
def test_the_developers_of_the_texan_list_are_on_it(developer):
    """The 26 additions of January 2026, as far as they make models."""
    entries = [e for e in shipped().developers[developer].lists if e.list == "us.texas"]
    assert [e.since for e in entries] == ["2026-01-26"]


@pytest.mark.parametrize("ident", ["us.ne.eo25-04", "us.la.ai-order.hostile"])
def test_words_about_hostile_governments_leave_every_form_to_counsel(ident):
    """Whose model that is, the text does not say: nothing is decided under the literal reading."""
    body = user(record(ident).jurisdiction, us_state_agency=True)
    assert set(record(ident).reaches.values()) == {"silent"}
    assert verdict(ident, app(), body, reading="literal") == "clear"
    assert verdict(ident, app(), body) == "undetermined"
    assert verdict(ident, named("openai/gpt-oss-20b", form="app"), body, reading="strict") == "clear"


def test_pennsylvania_binds_its_treasury_only():
    """Another body of the same state answers no, and is free."""
    treasury = user("US-PA", us_state_agency=True, us_pa_treasury=True)
    other = user("US-PA", us_state_agency=True, us_pa_treasury=False)
    assert verdict("us.pa.treasury", app(), treasury) == "prohibited"
    assert verdict("us.pa.treasury", app(), other) == "clear"


def test_oregon_names_vendors_and_deepseek_is_not_among_them():
    """Tencent's application is barred by statute; DeepSeek's by no text that was found."""
    body = user("US-OR", us_state_agency=True)
    hunyuan = named("tencent/Hunyuan-A13B-Instruct", form="app")
    assert verdict("us.or.276A", hunyuan, body) == "prohibited"
    assert verdict("us.or.276A", app(), body) == "clear"
    assert verdict("us.or.hb3936", weights("tencent/Hunyuan-A13B-Instruct"), body) == "watch"
    assert verdict("us.or.hb3936", app(), body) == "clear"


@pytest.mark.parametrize(
    ("ident", "bound", "free"),
    [
        ("au.pspf", user("AU", au_commonwealth_entity=True), user("AU", au_commonwealth_entity=False)),
        ("au.states", user("AU", au_state_agency=True), user("AU", au_state_agency=False)),
        (
            "tw.moda",
            user("TW", public_body=True),
            user("TW", public_body=False, critical_infrastructure=False),
        ),
        (
            "tw.moda",
            user("TW", public_body=False, critical_infrastructure=True),
            user("GB", public_body=True, critical_infrastructure=True),
        ),
        (
            "kr.ministries",
            user("KR", central_government_body=True, kr_body_blocks_deepseek=True),
            user("KR", central_government_body=True, kr_body_blocks_deepseek=False),
        ),
        ("it.garante", user("IT", personal_data=True), user("IT", personal_data=False)),
        (
            "cz.nukib",
            user("CZ", cz_public_body=True, security_research_only=False, deepseek_egress_blocked=False),
            user("CZ", cz_public_body=False),
        ),
        ("nl.app-policy", user("NL", central_government_body=True), user("BE", central_government_body=True)),
        ("be.federal", user("BE", central_government_body=True), user("NL", central_government_body=True)),
        ("dk.folketing", user("DK", parliament_network=True), user("NZ", parliament_network=True)),
        ("lt.seimas", user("LT", parliament_network=True), user("LT", parliament_network=False)),
        ("us.fl.112-22", user("US-FL", us_state_agency=True), user("US-FL", us_state_agency=False)),
        ("us.fl.112-22", user("US-FL", us_state_agency=True), user("US-TX", us_state_agency=True)),
        ("nz.parliament", user("NZ", parliament_network=True), user("NZ", parliament_network=False)),
        ("ca.ssc", user("CA", ca_ssc_devices=True), user("CA", ca_ssc_devices=False)),
        (
            "uk.dwp.aup",
            user("GB", uk_public_supplier=True, uk_dwp_access=True),
            user("GB", uk_public_supplier=True, uk_dwp_access=False),
        ),
    ],
)
def test_who_may_not_use_the_application(ident, bound, free):
    """One who is bound, and one who differs in a single answer or place and is not."""
    assert verdict(ident, app(), bound, reading="literal") == "prohibited"
    assert verdict(ident, app(), free) == "clear"
    assert verdict(ident, named("microsoft/phi-4", form="app"), bound) == "clear"


@pytest.mark.parametrize(
    ("ident", "bound", "free"),
    [
        ("ca.tbs", user("CA", central_government_body=True), user("CA", central_government_body=False)),
        ("jp.cabinet", user("JP", central_government_body=True), user("KR", central_government_body=True)),
        ("in.finance", user("IN", in_finance_ministry=True), user("IN", in_finance_ministry=False)),
        ("de.berlin", user("DE", personal_data=True), user("DE", personal_data=False)),
        ("uk.advisory", user("GB"), user("FR")),
    ],
)
def test_advice_is_watched_and_forbids_nothing(ident, bound, free):
    """Advice never gives a prohibition, under whichever reading."""
    assert record(ident).status == "advisory"
    assert {verdict(ident, app(), bound, reading=r) for r in ("literal", "strict")} == {"watch"}
    assert verdict(ident, app(), free) == "clear"


def test_florida_asks_for_the_seat_of_the_company_and_for_an_application():
    """Any Chinese company's application is meant; of weights the section does not speak."""
    body = user("US-FL", us_state_agency=True)
    assert verdict("us.fl.112-22", named("Qwen/Qwen3-32B", form="app"), body) == "prohibited"
    assert verdict("us.fl.112-22", weights("Qwen/Qwen3-32B"), body, reading="literal") == "clear"


def test_the_dutch_policy_is_about_a_country_and_not_about_one_developer():
    """Any Chinese application is meant, and weights are not spoken of."""
    body = user("NL", central_government_body=True)
    assert verdict("nl.app-policy", named("Qwen/Qwen3-32B", form="app"), body) == "prohibited"
    assert verdict("nl.app-policy", weights("Qwen/Qwen3-32B"), body, reading="literal") == "clear"


def test_the_indian_note_is_about_tools_of_any_origin():
    """It is no rule about China: an American application is advised against as well."""
    ministry = user("IN", in_finance_ministry=True)
    assert verdict("in.finance", named("openai/gpt-oss-20b", form="app"), ministry) == "watch"


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-02-15", "watch"),
        ("2025-04-27", "watch"),
        ("2025-04-28", "clear"),
        (DAY, "clear"),
    ],
)
def test_the_korean_suspension_has_ended(day, told):
    """From and including its first day, up to and excluding the day on which the downloads came back."""
    assert verdict("kr.pipc", app(), user("KR"), as_of=day) == told
    assert verdict("kr.pipc", weights(), user("KR"), as_of=day) == "clear"


def test_the_czech_ban_exempts_open_weights_that_cannot_call_home():
    """And not the interface, and not the same weights while the network is open."""
    body = {"cz_public_body": True, "security_research_only": False}
    closed = user("CZ", **body, deepseek_egress_blocked=True)
    open_ = user("CZ", **body, deepseek_egress_blocked=False)
    service = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
    assert verdict("cz.nukib", weights(), closed, reading="strict") == "clear"
    assert verdict("cz.nukib", weights(), open_, reading="literal") == "prohibited"
    assert verdict("cz.nukib", service, closed, reading="literal") == "prohibited"


def test_an_obliged_entity_in_czechia_has_a_duty_and_no_ban():
    """Who is under the Cyber Security Act treats the threat as high; who is public administration stops."""
    entity = user(
        "CZ",
        cz_cyber_act_entity=True,
        cz_public_body=False,
        security_research_only=False,
        deepseek_egress_blocked=False,
    )
    assert verdict("cz.nukib.risk", app(), entity) == "duties"
    assert verdict("cz.nukib", app(), entity) == "clear"


def test_italy_reaches_the_service_and_not_the_weights():
    """The order stops the company's processing; a copy of the weights sends the company nothing."""
    firm = user("IT", personal_data=True)
    service = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
    assert verdict("it.garante", service, firm, reading="literal") == "prohibited"
    assert verdict("it.garante", weights(), firm, reading="strict") == "clear"


def test_in_the_uk_there_is_no_ban():
    """No rule of the UK that binds the public at large forbids a model; the record says so in its title."""
    ours = [i for i in shipped().instruments.values() if i.jurisdiction == "GB"]
    general = [i.id for i in ours if i.effect.startswith("prohibit") and i.binds == {"jurisdiction": ["GB"]}]
    assert not general
    assert "no ban" in record("uk.advisory").title


def test_the_law_on_intelligence_work_attaches_to_the_operator():
    """A call to a service in China is watched whoever you are; weights at home are not."""
    service = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
    assert verdict("cn.intelligence-law", service, user("GB")) == "watch"
    assert verdict("cn.intelligence-law", weights(), user("GB"), reading="strict") == "clear"


def test_chinese_rules_for_public_services_bind_who_offers_one_there():
    """Not who uses a Chinese model elsewhere."""
    assert (
        verdict("cn.genai", weights("microsoft/phi-4"), user("CN", cn_public_genai_service=True)) == "duties"
    )
    assert verdict("cn.genai", weights(), user("GB", cn_public_genai_service=True)) == "clear"


def test_a_reported_plan_forbids_nothing():
    """Proposed, known at second hand, and about those under Chinese law."""
    plan = record("cn.mofcom.weights")
    assert (plan.status, plan.confidence, plan.force) == ("proposed", "low", ())
    assert verdict("cn.mofcom.weights", weights(), user("CN")) == "watch"
    assert verdict("cn.mofcom.weights", weights(), user("GB"), reading="strict") == "clear"


def test_documentation_is_owed_to_who_integrates_a_model_in_the_eu():
    """Watched for a custom licence; an open licence needs none, and a user outside the EU is owed nothing."""
    integrator = user("EU", eu_integrates_gpai=True)
    assert verdict("eu.aia.annex-xii", weights("meta-llama/Llama-3.1-8B-Instruct"), integrator) == "watch"
    assert verdict("eu.aia.annex-xii", weights("Qwen/Qwen3-32B"), integrator) == "clear"
    assert verdict("eu.aia.annex-xii", weights("meta-llama/Llama-3.1-8B-Instruct"), user("US")) == "clear"


@pytest.mark.parametrize(("day", "told"), [("2027-12-01", "watch"), ("2027-12-02", "duties")])
def test_duties_for_high_risk_systems_begin_in_december_2027(day, told):
    """Watched until the day, and a duty from it on, whoever made the model."""
    provider = user("EU", eu_high_risk_system=True)
    assert verdict("eu.aia.high-risk", weights("microsoft/phi-4"), provider, as_of=day) == told


def test_a_member_of_the_eu_is_under_its_act():
    """Naming Germany is enough."""
    provider = user("DE", eu_high_risk_system=True)
    assert verdict("eu.aia.high-risk", weights("microsoft/phi-4"), provider) == "watch"


def test_an_insurer_in_the_uk_is_bound_by_none_of_the_rules_of_other_places():
    """No question about another place was put to it, and none is needed: it is in the UK only."""
    insurer = msgspec.structs.replace(INSURER, facts={"commercial-use": True})
    found = judged(app(), insurer)
    elsewhere = {
        i.id
        for i in shipped().instruments.values()
        if i.jurisdiction not in {"GB", "US", "contract", "licence"} and i.id != "cn.intelligence-law"
    }
    assert not {d.instrument for d in found.decisions} & elsewhere
    assert decision(found, "uk.advisory").verdict == "watch"


def test_every_rule_of_these_places_says_of_all_nine_forms_what_its_text_says():
    """A form that is left out would be silent without anybody having looked."""
    ours = [i for i in shipped().instruments.values() if i.jurisdiction[:2] not in {"co", "li"}]
    assert {i.id: len(i.reaches) for i in ours if len(i.reaches) != 9} == {}


def test_whatever_rests_on_lists_alone_says_that_it_is_unsure():
    """States whose order was not found are recorded with low confidence, and with the reason."""
    for ident in ("us.nc.dit", "us.nv.deepseek", "us.or.deepseek", "us.or.hb3936"):
        assert (record(ident).confidence, bool(record(ident).why_low)) == ("low", True)


@pytest.mark.parametrize(
    ("place", "ident"),
    [
        ("US", "us.ofac-sdn"),
        ("GB", "uk.samla"),
        ("DE", "eu.restrictive-measures"),
        ("AU", "au.autonomous-sanctions"),
    ],
)
def test_who_is_served_by_a_bank_on_a_sanctions_list_pays_a_blocked_person(place, ident):
    """Four places block dealings with it; of its published weights all four are silent."""
    service = named("GigaChat-Pro", namespace="api", form="api", provider="gigachat")
    assert verdict(ident, service, user(place), reading="literal") == "prohibited"
    own = named("ai-sage/GigaChat-20B-A3B-instruct")
    assert verdict(ident, own, user(place), reading="literal") == "clear"
    assert verdict(ident, own, user(place), reading="strict") == "prohibited-under-strict-reading"


@pytest.mark.parametrize(
    "ident", ["us.ofac-sdn", "uk.samla", "eu.restrictive-measures", "au.autonomous-sanctions"]
)
def test_who_is_served_by_a_developer_on_no_list_may_pay_it(ident):
    """Yandex is seated where Sber is, and on none of the lists itself."""
    service = named("yandexgpt-lite", namespace="api", form="api", provider="yandex")
    place = {"au": "AU", "eu": "DE", "uk": "GB", "us": "US"}[ident[:2]]
    assert verdict(ident, service, user(place)) == "clear"


@pytest.mark.parametrize("name", ["tencent/Hunyuan-A13B-Instruct", "ByteDance-Seed/Seed-OSS-36B-Instruct"])
def test_virginia_bars_the_applications_of_two_companies(name):
    """Of state bodies and of local ones; whether weights are an application, nobody says."""
    for body in (user("US-VA", us_state_agency=True), user("US-VA", us_state_agency=False, public_body=True)):
        assert verdict("us.va.5514", named(name, form="app"), body, reading="literal") == "prohibited"
        assert verdict("us.va.5514", named(name), body, reading="literal") == "clear"
        assert verdict("us.va.5514", named(name), body) == "undetermined"


def test_virginia_lets_companies_and_other_makers_be():
    """A firm is not bound, nor a public body elsewhere; DeepSeek is the subject of the executive order."""
    apps = named("tencent/Hunyuan-A13B-Instruct", form="app")
    assert verdict("us.va.5514", apps, user("US-VA", us_state_agency=False)) == "clear"
    assert verdict("us.va.5514", apps, user("US-MD", public_body=True)) == "clear"
    assert verdict("us.va.5514", apps, user("GB")) == "clear"
    assert verdict("us.va.5514", app(), user("US-VA", us_state_agency=True)) == "clear"


ARTICLE_50 = {
    "eu.aia.art50.inform": {"eu_system_meets_people": True},
    "eu.aia.art50.mark": {"eu_system_generates_content": True, "eu_system_before_august_2026": False},
    "eu.aia.art50.deployer": {"eu_publishes_generated_content": True},
}
"""Rule of the AI Act → the answers by which it binds."""


@pytest.mark.parametrize(("ident", "facts"), ARTICLE_50.items())
def test_transparency_is_owed_in_the_eu_whoever_made_the_model(ident, facts):
    """From 2 August 2026, for a model of any origin; not without the system, and not elsewhere."""
    for name in ("microsoft/phi-4", "Qwen/Qwen3-32B"):
        assert verdict(ident, weights(name), user("DE", **facts)) == "duties"
        assert verdict(ident, weights(name), user("DE", **facts), as_of="2026-08-01") == "watch"
    assert verdict(ident, weights(), user("DE", **dict.fromkeys(facts, False))) == "clear"
    assert verdict(ident, weights(), user("GB", **facts)) == "clear"
    assert verdict(ident, weights(), user("GB")) == "clear"


@pytest.mark.parametrize(("day", "told"), [("2026-12-01", "watch"), ("2026-12-02", "duties")])
def test_older_systems_mark_what_they_generate_from_december_2026(day, told):
    """They are spared by the paragraph for newer ones, and not by their own."""
    older = user("DE", eu_system_generates_content=True, eu_system_before_august_2026=True)
    assert verdict("eu.aia.art50.mark-older", weights(), older, as_of=day) == told
    assert verdict("eu.aia.art50.mark", weights(), older, as_of=day) == "clear"
    newer = user("DE", eu_system_generates_content=True, eu_system_before_august_2026=False)
    assert verdict("eu.aia.art50.mark-older", weights(), newer, as_of=day) == "clear"


def test_who_has_not_said_whether_the_system_generates_content_is_asked_in_the_eu_alone():
    """The place is asked first: nobody elsewhere is left undetermined for want of an answer."""
    assert verdict("eu.aia.art50.mark", weights(), user("DE")) == "undetermined"
    assert verdict("eu.aia.art50.mark", weights(), user("US", "GB")) == "clear"
