"""The answer in a few sentences, and the counts behind it."""

from __future__ import annotations

import msgspec

from build.dossiers import SCENARIOS, empty, judged, large, model, small
from gauger.core.judgement import READINGS, Finding
from gauger.report.summary import doubts, holes, how_many, scenario_answer
from gauger.report.view import View
from gauger.report.words import VERDICT, listed, plural, size


def test_mentions_are_not_counted_as_uses():
    """A comment that names a model is counted apart."""
    view = View(small())
    assert how_many(view) == "8 models, 6 uses."
    assert "1 mention" in holes(view)


def test_what_is_not_bound_is_said_in_the_first_answer():
    """Unresolved names, unknown providers and unknown developers each have their number."""
    text = holes(View(small()))
    assert "1 use could not be followed" in text
    assert "provider" in text
    assert "the developer of 4 models is not known" in text


def test_a_contradiction_is_counted_by_what_it_rests_on_not_by_its_name():
    """A finding that rests on a declared and an observed claim is one, whatever its rule is called."""
    dossier = small()
    finding = msgspec.structs.replace(dossier.findings[0], id="", rule="card-and-bytes")
    view = View(msgspec.structs.replace(dossier, findings=(finding,)))
    assert view.contradictions() == [finding]
    assert "1 contradiction" in doubts(view)


def test_a_finding_without_both_kinds_of_claim_is_no_contradiction():
    """Two declared claims that differ do not make an observed contradiction."""
    dossier = small()
    declared = tuple(c.id for c in dossier.claims if c.basis == "declared")[:2]
    finding = Finding(
        rule="two-cards",
        severity="low",
        confidence="low",
        audience=("platform",),
        message="two cards differ",
        evidence=declared,
    )
    assert View(msgspec.structs.replace(dossier, findings=(finding,))).contradictions() == []


def test_a_scenario_says_what_each_reading_would_take_away():
    """The profile's reading comes first, readings that differ from it follow in brackets."""
    text = scenario_answer(View(small()), SCENARIOS[0])
    assert text.startswith("takes away 2 of 8 (strict 4); ")
    assert "1 undetermined" in text


def test_a_missing_outcome_is_not_evaluated_and_never_clear():
    """A model without an outcome is counted apart from the clear ones."""
    lone = model("lone")
    view = View(msgspec.structs.replace(empty(), models=(lone,), scenarios=SCENARIOS[:1]))
    assert view.cell(lone.id, "today") == "not-evaluated"
    assert view.tally("today") == [("not-evaluated", 1)]


def test_models_are_ordered_worst_first():
    """Whoever reads only the top of the matrix sees what a scenario takes away."""
    models = (model("a-clear"), model("b-banned"))
    rules = {"r": lambda m, *_: "prohibited" if m.name == "b-banned" else None}
    dossier = msgspec.structs.replace(
        empty(), models=models, scenarios=SCENARIOS[:1], **judged(models, ("today",), rules)
    )
    assert [m.name for m in View(dossier).models] == ["b-banned", "a-clear"]


def test_every_model_is_in_exactly_one_count_of_a_scenario():
    """The numbers of a scenario add up to the number of models, under each reading."""
    view = View(large(20, 6, 3))
    for scenario in view.dossier.scenarios:
        for reading in READINGS:
            assert sum(count for _, count in view.tally(scenario.key, reading)) == 20


def test_every_verdict_has_a_sign_of_its_own():
    """Nothing hangs on colour: no two verdicts share a sign or a word."""
    assert len({w.sign for w in VERDICT.values()}) == len(VERDICT)
    assert len({w.short for w in VERDICT.values()}) == len(VERDICT)
    assert max(len(w.short) for w in VERDICT.values()) <= 10


def test_counts_lists_and_sizes_are_said_as_people_say_them():
    """One is singular, thousands are separated, an unknown size is not zero."""
    assert (plural(1, "use"), plural(1204, "use")) == ("1 use", "1,204 uses")
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")
    assert (size(-1), size(0), size(15_231_233_024)) == ("size not known", "0 bytes", "15.2 GB")


def test_nothing_measured_is_not_said_to_be_uncontradicted():
    """Without an observed claim, the report says that no declaration was put to the test."""
    claims = tuple(c for c in small().claims if c.basis != "observed")
    view = View(msgspec.structs.replace(small(), claims=claims, findings=()))
    assert doubts(view).startswith("Nothing about lineage was measured")
