"""The answer in a few sentences, and the counts behind it."""

from __future__ import annotations

import msgspec

from build import dossiers as made
from build.dossiers import SCENARIOS, empty, judged, large, model, small
from gauger.core.judgement import READINGS, Finding
from gauger.flows.summary import summary as flows_summary
from gauger.report.summary import doubts, holes, how_many, scenario_answer
from gauger.report.view import View
from gauger.report.words import VERDICT, listed, plural, sentence, size


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


def with_data_set(developer):
    """The small dossier, whose first model of that developer (or of none) is a data set."""
    dossier = small()
    view = View(dossier)
    chosen = next(m for m in dossier.models if bool(view.developer(m)) == developer)
    models = tuple(msgspec.structs.replace(m, form="data-set") if m is chosen else m for m in dossier.models)
    return view, View(msgspec.structs.replace(dossier, models=models)), chosen


def test_a_data_set_is_nobodys_model():
    """The developer whose model wrote it has one model less in the count, and is named for the answers."""
    before, after, chosen = with_data_set(developer=True)
    maker = before.developer(chosen)
    assert dict(before.by_developer(99))[maker] - dict(after.by_developer(99)).get(maker, 0) == 1
    data_set = next(m for m in after.models if m.form == "data-set")
    assert after.made_by(data_set) == f"answers by models of {maker}"
    assert before.made_by(chosen) == maker


def test_a_data_set_without_a_known_maker_is_no_model_without_one():
    """The number of models whose developer is not known counts models."""
    before, after, _ = with_data_set(developer=False)
    assert "the developer of 4 models is not known" in holes(before)
    assert "the developer of 3 models is not known" in holes(after)
    assert sum(count for _, count in after.by_developer(99)) == len(after.models) - 1


def test_a_path_at_the_head_of_a_sentence_keeps_its_letters():
    """A detail that begins with a file is shown as the file is called; ordinary words get a capital."""
    assert sentence("models/a.gguf: cut off") == "models/a.gguf: cut off"
    assert sentence("config.json is cut off") == "config.json is cut off"
    assert sentence("neither sizes nor tokenizer match") == "Neither sizes nor tokenizer match"
    assert sentence("") == ""


def test_the_line_on_the_terminal_does_not_steer_it():
    """A document that somebody else made may be about a target of any name."""
    line = flows_summary(msgspec.structs.replace(made.small(), target="a\x1b[31m\u202eb\n"))
    assert "a\\x1b[31m\\u202eb\\x0a" in line
    assert line.isprintable()
