"""Facts that stay open, one by one: each of these was once taken for known."""

from __future__ import annotations

import msgspec

from build.policy import (
    INSURER,
    Rules,
    decision,
    declared,
    entry,
    judged,
    named,
    observed,
    rule,
    use,
    verdicts,
)
from build.small_worlds import DEVELOPERS, SmallWorld
from gauger.assess.assess import assess
from gauger.core.inventory import Endpoint, Model
from gauger.core.profile import Profile
from gauger.core.readings import Unmeasured

EVERYWHERE = dict.fromkeys(
    ["weights", "quantised", "fine-tune", "merge", "distillate", "hosted", "api"], "yes"
)


def told(found):
    """What the rule of the test says, by reading."""
    return {c.reading: d.verdict for d in found.decisions if d.instrument == "test.rule" for c in d.cases}


def test_a_hint_may_turn_out_to_be_any_relation():
    """A shared tokenizer is no distillation, and may come from one: a rule on students is not clear."""
    model, tokenizer = named("microsoft/phi-4"), entry("tokenizer/qwen2")
    on_students = rule(
        test={"all": [{"developer": ["qwen"]}, {"relation": ["distilled-from"]}]}, reaches=EVERYWHERE
    )
    found = judged(
        model,
        INSURER,
        claims=[observed(model, "shares-tokenizer-with", tokenizer)],
        references=[tokenizer],
        catalogue=Rules([on_students]),
    )
    assert set(told(found).values()) == {"undetermined"}


def test_what_is_only_hinted_at_is_served_by_whoever_serves_the_model():
    """A hint of Qwen in a model on an American cloud: a rule on such clouds is not clear."""
    model, tokenizer = named("microsoft/phi-4"), entry("tokenizer/qwen2")
    on_clouds = rule(test={"all": [{"developer": ["qwen"]}, {"provider": ["groq"]}]}, reaches=EVERYWHERE)
    found = judged(
        model,
        INSURER,
        uses=[use(model, provider="groq")],
        claims=[observed(model, "shares-tokenizer-with", tokenizer)],
        references=[tokenizer],
        catalogue=Rules([on_clouds]),
    )
    assert set(told(found).values()) == {"undetermined"}


def test_a_call_to_an_address_that_is_not_known_may_go_to_own_machines():
    """An open model behind an unresolved address may be own weights; a closed one may not."""
    on_weights = Rules([rule(test={"always": True}, reaches={"weights": "yes", "api": "no", "hosted": "no"})])
    verdict = {}
    for name in ("Qwen/Qwen3-32B", "gpt-4o"):
        model = named(name, namespace="api", form="api")
        unresolved = Endpoint(provider=Unmeasured(reason="unresolved"), basis="declared")
        asked = msgspec.structs.replace(use(model), endpoint=unresolved)
        verdict[name] = told(judged(model, INSURER, uses=[asked], catalogue=on_weights)).get(
            "literal", "clear"
        )
    assert verdict == {"Qwen/Qwen3-32B": "undetermined", "gpt-4o": "clear"}


def test_a_model_of_an_unknown_maker_on_own_machines_is_weights():
    """Its maker is not known, where it runs is: a rule on interfaces alone does not reach it."""
    model = Model(namespace="api", name="helios", form="api", provider="self")
    on_services = Rules(
        [rule(test={"always": True}, reaches={"weights": "no", "api": "yes", "hosted": "yes"})]
    )
    assert told(judged(model, INSURER, uses=[use(model, provider="self")], catalogue=on_services)) == {}


def test_listing_a_shareholder_touches_who_is_owned():
    """The scenario lists amber; birch, of which amber holds 60 per cent, is not clear any more."""
    plain = {"country": "CN", "parents": [], "stakes": [], "lists": []}
    world = dict.fromkeys(DEVELOPERS, plain)
    world["birch"] = {**plain, "stakes": [{"holder": "amber", "percent": 60.0}]}
    owned = rule(test={"owned-by-listed": {"lists": ["us.ofac-sdn"], "percent": 50}}, effect="block-dealings")
    listing = {"list": "us.ofac-sdn", "since": "2026-01-01"}
    scenario = {
        "id": "x",
        "title": "X",
        "description": "x",
        "order": 1,
        "add-list-entries": {"amber": [listing]},
    }
    model = Model(namespace="local", name="models/m", form="weights", developer="birch", licence="free")
    found = assess(
        [model],
        [use(model)],
        [],
        [],
        catalogue=SmallWorld(world, [owned], [scenario]),
        profile=Profile(country="GB"),
        as_of="2026-06-01",
    )
    assert set(verdicts(found, "today").values()) == {"clear"}
    assert set(verdicts(found, "x").values()) == {"prohibited"}


def test_a_users_own_model_is_seated_where_the_user_is():
    """The organisation's own model is not under suspicion of every country."""
    model = named("example-mutual/triage")
    own = judged(
        model, INSURER, catalogue=Rules([rule(test={"developer-country": ["CN"]}, reaches=EVERYWHERE)])
    )
    assert told(own) == {}


def test_a_service_does_not_pass_on_the_licence_of_weights_that_its_maker_used():
    """Whoever calls Cursor's model has no copy of Kimi: its conditions are the maker's."""
    service, base = named("composer-2", namespace="api", form="app"), entry("kimi-k2.5")
    weights = named("microsoft/phi-4")
    found = {
        model.form: {
            d.instrument
            for d in judged(
                model, INSURER, claims=[declared(model, "fine-tuned-from", base)], references=[base]
            ).decisions
        }
        for model in (service, weights)
    }
    above = "licence.kimi-k2.5-modified-mit.above.monthly-active-users"
    assert above not in found["app"]
    assert above in found["weights"]


def test_a_teacher_behind_a_service_keeps_its_terms_on_outputs():
    """That nobody has a copy says nothing of what outputs may train: such terms reach a service too."""
    service, teacher = named("composer-2", namespace="api", form="app"), entry("llama-2")
    claims = [declared(service, "distilled-from", teacher)]
    found = judged(service, INSURER, claims=claims, references=[teacher])
    assert decision(found, "licence.llama-2.outputs", "literal").verdict == "unlicensed"


def test_a_teacher_that_holds_somebodys_weights_passes_their_terms_on_outputs_on():
    """A fine-tune of Llama 2 that teaches: what its outputs may train, Llama 2's licence says."""
    teacher, base = named("microsoft/phi-4"), entry("llama-2")
    claims = [declared(teacher, "fine-tuned-from", base)]
    for role, expected in (("teacher", True), ("inference", False)):
        found = judged(teacher, INSURER, uses=[use(teacher, role=role)], claims=claims, references=[base])
        assert ("licence.llama-2.outputs" in {d.instrument for d in found.decisions}) == expected
