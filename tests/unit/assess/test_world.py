"""Scenarios: which overlays apply, in which order, and how a wrong one is told."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import INSURER, Rules, judged, named, rule, shipped, verdicts
from gauger.assess.world import (
    chain,
    chosen,
    conflicts,
    joint,
    overlay,
    scenario_named,
    today,
    together,
    world_of,
)
from gauger.catalogue import records
from gauger.core.errors import CatalogueError, UsageError


def scenario(ident: str = "a", **fields: object) -> records.Scenario:
    """A scenario that assumes nothing unless told so."""
    plain = {
        "id": ident,
        "title": ident,
        "description": "made up",
        "order": 1,
        "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
        "checked-on": "2026-01-01",
        "next-check": "2027-01-01",
        "confidence": "high",
        **fields,
    }
    return msgspec.convert(plain, records.Scenario)


def test_what_a_scenario_extends_is_applied_first_and_once():
    """Two ways to the same overlay do not apply it twice; its own overlay comes last and wins."""
    low = scenario("low", **{"set-facts": {"military-use": False}})
    left, right = scenario("left", extends=["low"]), scenario("right", extends=["low"])
    top = scenario("top", extends=["left", "right"], **{"set-facts": {"military-use": True}})
    table = {s.id: s for s in (low, left, right, top)}
    assert [s.id for s in chain(top, table)] == ["low", "left", "right", "top"]
    assert world_of(top, table, today(Rules([rule()]))).facts == {"military-use": True}


def test_scenarios_that_extend_each_other_end():
    """The linter refuses a circle; the engine does not hang on one."""
    first, second = scenario("first", extends=["second"]), scenario("second", extends=["first"])
    assert [s.id for s in chain(first, {"first": first, "second": second})] == ["second", "first"]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"alter-instruments": {"test.rul": {"status": "ended"}}}, "did you mean 'test.rule'?"),
        ({"alter-instruments": {"test.rule": {"statu": "ended"}}}, "did you mean 'status'?"),
        ({"alter-instruments": {"test.rule": {"status": "in-farce"}}}, "did you mean 'in-force'?"),
    ],
)
def test_an_overlay_that_alters_what_is_not_there_names_the_nearest(fields, hint):
    """A misspelt instrument, field or value would otherwise silently change nothing."""
    with pytest.raises(CatalogueError) as error:
        overlay(today(Rules([rule()])), scenario(**fields))
    assert hint in error.value.hint


def test_an_unknown_scenario_names_the_nearest():
    """As a user's mistake, not the catalogue's."""
    with pytest.raises(UsageError) as error:
        chosen(("deepseek-entity-lst",), shipped())
    assert error.value.hint == "did you mean 'deepseek-entity-list'?"


def test_all_scenarios_stand_in_the_catalogues_order_with_the_law_as_it_stands_first():
    """The matrix's columns."""
    order = [s.id for s in chosen((), shipped())]
    assert order[0] == "today"
    assert order == [s.id for s in sorted(shipped().scenarios.values(), key=lambda s: (s.order, s.id))]


def test_an_assumed_answer_overrides_the_profile_in_that_scenario_alone():
    """What if the insurer supplied a US defence contractor?"""
    catalogue = Rules(
        [rule(binds={"fact": "us-dod-contractor"})],
        [msgspec.to_builtins(scenario("supplier", **{"set-facts": {"us-dod-contractor": True}}))],
    )
    found = judged(
        named("deepseek-ai/DeepSeek-V3.1"), INSURER, catalogue=catalogue, scenarios=("today", "supplier")
    )
    assert verdicts(found)["literal"] == "clear"
    assert verdicts(found, "supplier")["literal"] == "prohibited"


def test_a_scenario_tells_what_it_changes():
    """Each overlay, line by line, with names for people."""
    found = judged(named("gpt-4o", namespace="api", form="api"), INSURER, scenarios=())
    notes = {note.key: note.changes for note in found.scenarios}
    assert notes["today"] == ()
    assert "DeepSeek is put on us.entity-list from 2026-01-01" in notes["deepseek-entity-list"]
    assert any("status becomes in-force" in line for line in notes["contractor-ban-widened"])
    assert all(notes[key] for key in notes if key != "today")


def test_the_notes_say_whether_the_user_is_bound_and_why():
    """An insurer that has answered is not bound by the contractor ban; one that has not may be."""
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), INSURER)
    note = next(i for i in found.instruments if i.key == "us.ndaa26.1532.a3A")
    assert (note.binds_user, note.binds_because) == (
        "false",
        "Is the profile's answer to `us-dod-contractor` yes? profile: no",
    )
    silent = judged(named("deepseek-ai/DeepSeek-V3.1"), msgspec.structs.replace(INSURER, facts={}))
    note = next(i for i in silent.instruments if i.key == "us.ndaa26.1532.a3A")
    assert note.binds_user == "unknown"


def test_no_decision_is_stored_for_a_rule_that_does_not_bind():
    """The matrix covers it; the document does not repeat what does not concern the user."""
    found = judged(named("deepseek-ai/DeepSeek-V3.1"), INSURER, scenarios=())
    unbound = {i.key for i in found.instruments if i.binds_user == "false"}
    assert unbound
    assert not unbound & {d.instrument for d in found.decisions if "today" in {c.scenario for c in d.cases}}


def test_scenarios_compose_by_id_or_alias_and_each_is_applied_once():
    """Several scenarios make one in which all hold, whatever their order and spelling."""
    one = scenario_named("Deepseek-Entity-List+contractor-ban-widened", shipped())
    other = scenario_named("contractor-ban-widened + deepseek-entity-list+today", shipped())
    assert one == other
    assert one.extends == ("deepseek-entity-list", "contractor-ban-widened")
    base = today(shipped())
    world = world_of(one, shipped().scenarios, base)
    assert world.instruments["us.ndaa26.1532.a2"].status == "in-force"
    assert any(e.list == "us.entity-list" and e.status == "listed" for e in world.entries["deepseek"])


def test_several_scenarios_are_shown_one_by_one_and_together():
    """The command line's repeated option gives a column for each, and one for all of them."""
    both = ("contractor-ban-widened", "deepseek-entity-list")
    assert together(both, shipped())[:2] == both
    assert together(both, shipped())[2:] == ("deepseek-entity-list+contractor-ban-widened",)
    assert together(("today", "us-cut-off"), shipped()) == ("today", "us-cut-off")


def test_overlays_that_disagree_say_which_decides():
    """Where two scenarios set the same field to different values, the later one wins, and that is told."""
    scenarios = {
        ident: scenario(ident, order=order, **{"alter-instruments": {"rule": {"status": status}}})
        for order, (ident, status) in enumerate({"first": "in-force", "second": "ended"}.items())
    }
    assert conflicts(joint(tuple(scenarios.values())), scenarios) == (
        "first and second both set rule status: second decides",
    )
    assert conflicts(scenarios["first"], scenarios) == ()
