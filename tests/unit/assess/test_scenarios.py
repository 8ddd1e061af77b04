"""What each shipped scenario changes, for whom, and of which origin the models are that it hits."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import msgspec
import pytest

from build.panel import USERS, answering, differences, panel, said
from build.policy import INSURER, SUBCONTRACTOR, judged, named, shipped, verdicts
from gauger.assess.world import conflicts, joint, overlay, scenario_named, today, world_of
from gauger.catalogue.conditions import parse
from gauger.core.profile import Profile


class Change(NamedTuple):
    """One user for whom a scenario changes what is said of one model and leaves another alone."""

    user: str
    hit: str
    spared: str
    origins: frozenset[str]


def change(user: str, hit: str, spared: str, *origins: str) -> Change:
    """The same, with the origins that the scenario hits for that user."""
    return Change(user, hit, spared, frozenset(origins))


CHANGES = {
    "deepseek-entity-list": change("exporter", "deepseek", "qwen", "CN"),
    "affiliates-rule-live": change("exporter", "glm-api", "qwen", "CN"),
    "contractor-ban-widened": change("contractor", "qwen", "llama", "CN"),
    "extraction-act": change("exporter", "kimi", "glm-api", "CN"),
    "sdn-designation": change("contractor", "kimi-api", "qwen", "CN"),
    "icts-prohibition": change("contractor", "qwen", "llama", "CN"),
    "federal-supply-attestation": change("federal", "mistral-api", "gpt", "CN", "EU"),
    "uk-public-ban-pspf": change("supplier", "deepseek", "mistral", "CN"),
    "uk-public-ban-nukib": change("supplier", "deepseek-api", "deepseek", "CN"),
    "uk-critical-infrastructure-ban": change("grid", "fine-tuned-qwen", "phi", "CN"),
    "eu-modifier-provider": change("french-maker", "mistral-base", "mistral", "CN", "US", "EU"),
    "china-stops-weights": change("insurer", "qwen", "deepseek-api", "CN"),
    "us-stops-weights": change("insurer", "llama", "gpt", "US"),
    "eu-stops-weights": change("insurer", "mistral", "mistral-api", "EU"),
    "us-cut-off": change("insurer", "claude", "mistral-api", "US"),
    "china-closes-interfaces": change("insurer", "deepseek-api", "gpt", "CN"),
    "eu-closes-interfaces": change("insurer", "mistral-api", "gpt", "EU"),
    "customer-bans-deepseek": change("insurer", "deepseek", "qwen", "CN"),
    "teacher-alleges-breach": change("insurer", "student-of-gpt", "kimi", "own"),
    "teacher-permission-withdrawn": change("insurer", "llama-teacher", "llama", "US"),
    "custom-licences-closed": change("insurer", "llama", "phi", "US", "CN", "EU"),
    "contractor-ban-open-weights": change("contractor", "kimi", "llama", "CN"),
    "defence-bill-sanctions": change("contractor", "deepseek-api", "glm-api", "CN"),
    "us-import-ban": change("contractor", "qwen", "mistral", "CN"),
    "eu-procurement-european": change("french-body", "gpt", "mistral-api", "US", "CN"),
    "lever-entity-list": change("exporter", "kimi-api", "qwen", "CN"),
    "lever-procurement": change("federal", "qwen", "mistral", "CN"),
    "lever-advisories": change("contractor", "qwen-on-groq", "mistral", "CN"),
    "lever-liability": change("contractor", "kimi", "gpt", "CN"),
    "lever-pressure": change("insurer", "qwen-on-groq", "qwen", "CN"),
    "us-states-widened": change("texan", "qwen-base", "llama", "CN"),
    "us-lab-sanctioned-by-china": change("chinese", "gpt", "qwen", "US"),
    "eu-lab-owner-sanctioned": change("contractor", "mistral-api", "gpt", "EU"),
}
ORIGINS = {"CN", "US", "EU"}


def hypothetical() -> list[str]:
    """All shipped scenarios but the law as it stands."""
    return sorted(s.id for s in shipped().scenarios.values() if s.hypothetical)


def test_every_shipped_scenario_has_its_example_here():
    """A scenario that changes nothing that somebody can name has no place in the pack."""
    assert sorted(CHANGES) == hypothetical()


@pytest.mark.parametrize("ident", sorted(CHANGES))
def test_a_scenario_changes_one_model_leaves_another_alone_and_hits_the_origin_that_it_names(ident):
    """For one user: some rule says something else of the one, every rule the same of the other."""
    expected = CHANGES[ident]
    changed = differences(expected.user)[ident]
    assert expected.hit in changed
    assert expected.spared not in changed
    students = {"own"} - expected.origins
    assert {panel()[name].origin for name in changed} - {"US on CN"} - students == expected.origins


def test_the_pack_hits_models_of_every_origin():
    """Not only Chinese models are at risk: two scenarios at least for each of US and EU models as well."""
    hit = {origin: [i for i, c in CHANGES.items() if origin in c.origins] for origin in ORIGINS}
    assert len(hit["US"]) >= 5
    assert len(hit["EU"]) >= 3
    assert len(hit["CN"]) >= 5


@pytest.mark.parametrize(
    "kind",
    [
        ("us-cut-off", "china-closes-interfaces", "eu-closes-interfaces"),
        ("us-stops-weights", "china-stops-weights", "eu-stops-weights"),
        ("us-lab-sanctioned-by-china", "sdn-designation", "eu-lab-owner-sanctioned"),
    ],
)
def test_each_kind_of_blow_exists_for_every_origin(kind):
    """What may happen to one side's models may happen to the others' too, and is encoded in the same way."""
    assert set().union(*(CHANGES[ident].origins for ident in kind)) == ORIGINS
    effects = [{i.effect for i in shipped().scenarios[ident].add_instruments} for ident in kind[:2]]
    if kind[0] != "us-lab-sanctioned-by-china":
        assert effects[0] == effects[1]


@pytest.mark.parametrize("user", sorted(USERS))
def test_no_scenario_leaves_a_user_who_has_answered_without_a_verdict_on_everything(user):
    """Under the literal reading facts alone leave a verdict open, and never that of most models."""
    members = panel()
    told = said(members.values(), USERS[user])
    for ident in hypothetical():
        doubtful = {
            name
            for name, m in members.items()
            if any(
                reading == "literal" and verdict == "undetermined"
                for _, reading, verdict in told[m.model.id, ident] - told[m.model.id, "today"]
            )
        }
        assert len(doubtful) <= len(members) // 2, (ident, doubtful)


def test_what_a_scenario_adds_says_that_it_is_assumed():
    """An added rule is hypothetical, its title or the description says so, and it has a source."""
    for ident in hypothetical():
        scenario = shipped().scenarios[ident]
        for added in scenario.add_instruments:
            assert added.status == "hypothetical", added.id
        entries = [e for listed in scenario.add_list_entries.values() for e in listed]
        assert all("(assumed)" in e.name for e in entries), ident


def test_the_fifteen_short_names_lead_to_their_scenarios():
    """S0 to S14, and S8b, in any case."""
    names = [f"S{n}" for n in range(15)] + ["s8b"]
    found = [scenario_named(name, shipped()).id for name in names]
    assert len(set(found)) == len(names)
    assert found[0] == "today"
    assert found[12] == "us-cut-off"


@pytest.mark.parametrize("ident", hypothetical())
def test_a_joint_scenario_with_itself_is_the_scenario(ident):
    """S and S is S."""
    assert scenario_named(f"{ident}+{ident}", shipped()).id == ident


def touched(ident: str) -> set[str]:
    """What a scenario's overlay writes: rules, answers, and developers' list entries."""
    scenario = shipped().scenarios[ident]
    own = {i.id for i in scenario.add_instruments} | set(scenario.alter_instruments) | set(scenario.set_facts)
    return own.union(scenario.add_list_entries, *(touched(below) for below in scenario.extends))


def test_overlays_that_touch_different_things_may_come_in_any_order():
    """For every pair of shipped scenarios that share no rule, answer or developer."""
    base = today(shipped())
    pairs = [p for p in itertools.combinations(hypothetical(), 2) if not touched(p[0]) & touched(p[1])]
    assert len(pairs) > 200
    for one, other in pairs:
        first, second = shipped().scenarios[one], shipped().scenarios[other]
        there, back = overlay(overlay(base, first), second), overlay(overlay(base, second), first)
        assert (there.instruments, there.facts) == (back.instruments, back.facts)
        assert {d: set(e) for d, e in there.entries.items()} == {d: set(e) for d, e in back.entries.items()}


def test_scenarios_that_disagree_say_which_decides():
    """Two overlays that set one field of one rule to different values: told, and the later one holds."""
    one = msgspec.structs.replace(
        shipped().scenarios["icts-prohibition"],
        id="a",
        title="A",
        order=1,
        alter_instruments={"us.icts": {"status": "in-force"}},
    )
    other = msgspec.structs.replace(
        one, id="b", title="B", order=2, alter_instruments={"us.icts": {"status": "ended"}}
    )
    table = {"a": one, "b": other}
    both = joint((other, one))
    assert conflicts(both, table) == ("A and B both set us.icts status: B decides",)
    assert world_of(both, table, today(shipped())).instruments["us.icts"].status == "ended"
    assert conflicts(one, table) == ()


def test_of_the_shipped_pairs_only_few_disagree():
    """Agreeing alterations of the same rule, such as an ended one twice, are no conflict."""
    for one, other in itertools.combinations(hypothetical(), 2):
        both = scenario_named(f"{one}+{other}", shipped())
        assert conflicts(both, {**shipped().scenarios, both.id: both}) == ()


def test_two_scenarios_together_catch_what_each_catches_alone():
    """DeepSeek listed and the licence letter returned: each hits other models, both hit both."""
    user = USERS["exporter"]
    names = ("deepseek-entity-list", "us-cut-off", "deepseek-entity-list+us-cut-off")
    told = said(panel().values(), user, names)
    both = scenario_named(names[2], shipped()).id
    for member in panel().values():
        alone = told[member.model.id, names[0]] | told[member.model.id, names[1]]
        assert {r for r in alone if r[0] != "us.bis.el.pending"} <= told[member.model.id, both]


def test_weights_that_china_no_longer_releases_stay_usable_with_duties():
    """Nothing held becomes unlawful: keep copies, and know who mends them; a hosted copy is watched."""
    found = judged(named("Qwen/Qwen3-32B"), answering(INSURER), scenarios=("china-stops-weights",))
    assert set(verdicts(found, "china-stops-weights").values()) == {"duties"}
    told = next(d for d in found.decisions if d.instrument == "china.weights.frozen")
    assert any("copies" in duty for duty in told.duties)


def test_a_us_user_with_us_staff_is_not_cut_off_and_any_other_user_is():
    """A seat abroad is enough; in the United States it depends on who uses the model."""
    model = panel()["gpt"].model
    foreign = msgspec.structs.replace(SUBCONTRACTOR, facts={**SUBCONTRACTOR.facts, "us-persons-only": False})
    silent = Profile(country="GB", jurisdictions=("GB",))
    told = {
        name: verdicts(judged(model, user, scenarios=("us-cut-off",)), "us-cut-off")["literal"]
        for name, user in (("staff", SUBCONTRACTOR), ("foreign staff", foreign), ("abroad", silent))
    }
    assert told == {"staff": "clear", "foreign staff": "prohibited", "abroad": "prohibited"}


def test_conditions_of_scenarios_bind_by_place_before_they_ask():
    """Every added rule that asks a question asks for a place as well, or is about exports."""
    for ident in hypothetical():
        for added in shipped().scenarios[ident].add_instruments:
            words = {word.ident for word, _ in parse(added.binds, subject=added.id).words()}
            assert "fact" not in words or "jurisdiction" in words or added.binds == {"fact": "subject-to-ear"}
