"""What moved, and what moved it: found by exchanging one input at a time, not by guessing."""

from __future__ import annotations

import msgspec
import pytest

from build.judged import dossier_of, with_facts
from build.policy import INSURER, Rules, declared, entry, local, named, observed, rule, use
from gauger.catalogue.query import Lookup
from gauger.core.change import dump
from gauger.core.dossier import Tool
from gauger.core.errors import UsageError
from gauger.core.judgement import Finding, Gap
from gauger.core.profile import Profile
from gauger.flows.diff import between_catalogues, between_documents, between_scenarios
from gauger.report.diff import FORMATS, written

DEEPSEEK = "deepseek-ai/deepseek-llm-7b-chat"
BOUND = {"binds": {"fact": "us-dod-contractor"}}


def of_rule(diff, ident="test.rule"):
    """The verdicts that this rule moved."""
    return [moved for moved in diff.verdicts if ident in moved.rules]


def causes(moved):
    """Inputs and keys of each set."""
    return [[(cause.input, cause.key) for cause in some] for some in moved.because]


def test_an_answer_of_the_profile_is_named_and_the_others_are_not():
    """Three answers changed, one of them moved the verdict."""
    rules = Rules([rule(**BOUND)])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    changed = with_facts(INSURER, us_dod_contractor=True, military_use=True, uk_public_body=True)
    new = dossier_of([named(DEEPSEEK)], changed, catalogue=rules)
    (moved,) = of_rule(between_documents(old, new, [rules]))
    assert (moved.after, moved.worse) == ("prohibited", True)
    assert causes(moved) == [[("profile", "facts.us-dod-contractor")]]
    assert (moved.because[0][0].before, moved.because[0][0].after) == ("no", "yes")
    assert {case.reading for case in moved.cases} == {"literal", "cautious", "strict"}


def test_two_answers_that_are_needed_together_are_told_together():
    """Neither of them moves it alone."""
    rules = Rules([rule(binds={"all": [{"fact": "us-dod-contractor"}, {"fact": "uk-public-body"}]})])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    new = dossier_of(
        [named(DEEPSEEK)], with_facts(INSURER, us_dod_contractor=True, uk_public_body=True), catalogue=rules
    )
    (moved,) = of_rule(between_documents(old, new, [rules]))
    assert causes(moved) == [[("profile", "facts.uk-public-body"), ("profile", "facts.us-dod-contractor")]]


def test_the_date_alone_moves_a_verdict():
    """A rule that began between the two; an answer that changed as well is not to blame."""
    rules = Rules([rule(force=[{"from": "2027-01-01"}])])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    new = dossier_of(
        [named(DEEPSEEK)], with_facts(INSURER, military_use=True), catalogue=rules, as_of="2027-02-01"
    )
    (moved,) = of_rule(between_documents(old, new, [rules]))
    assert causes(moved) == [[("date", "as-of")]]
    assert moved.because[0][0].after == "2027-02-01"


def test_a_claim_that_came_moves_a_verdict_and_stands_in_the_lineage():
    """An ancestor was found; the diff names the claim by its ends."""
    rules = Rules([rule(reaches={"fine-tune": "yes"})])
    model, ancestor = named("microsoft/phi-4"), entry("deepseek-v3")
    claim = declared(model, "fine-tuned-from", ancestor)
    old = dossier_of([model], INSURER, catalogue=rules)
    new = dossier_of([model], INSURER, catalogue=rules, claims=[claim], references=[ancestor])
    diff = between_documents(old, new, [rules])
    (moved,) = of_rule(diff)
    assert causes(moved) == [[("lineage", claim.id)]]
    assert "microsoft/phi-4 fine-tuned-from DeepSeek V3" in moved.because[0][0].after
    assert [(item.change, item.key) for item in diff.lineage] == [("new", claim.id)]


def test_a_claim_that_carries_further_is_a_change_of_lineage():
    """The same claim, observed more strongly."""
    rules = Rules([rule(reaches={"fine-tune": "yes"})])
    model, ancestor = named("microsoft/phi-4"), entry("deepseek-v3")
    weak, strong = (observed(model, "fine-tuned-from", ancestor, s) for s in ("weak", "strong"))
    old = dossier_of([model], INSURER, catalogue=rules, claims=[weak], references=[ancestor])
    new = dossier_of([model], INSURER, catalogue=rules, claims=[strong], references=[ancestor])
    diff = between_documents(old, new, [rules])
    assert [(i.change, i.before, i.after) for i in diff.lineage] == [("changed", "weak", "strong")]
    assert causes(of_rule(diff)[0]) == [[("lineage", strong.id)]]


def test_models_and_uses_that_came_or_went_are_listed_with_the_verdict_of_today():
    """A new model has no old verdict: it stands among the models, and a gate still sees it."""
    rules = Rules([rule()])
    kept, gone, came = named("microsoft/phi-4"), named("Qwen/Qwen3-32B"), named(DEEPSEEK)
    old = dossier_of([kept, gone], INSURER, catalogue=rules)
    new = dossier_of([kept, came], INSURER, catalogue=rules)
    diff = between_documents(old, new, [rules])
    assert [(i.change, i.what, i.after) for i in diff.models] == [
        ("gone", "Qwen/Qwen3-32B", ""),
        ("new", DEEPSEEK, "prohibited"),
    ]
    assert [i.change for i in diff.uses] == ["gone", "new"]
    assert diff.verdicts == ()
    assert diff.got_worse


def test_a_use_that_moved_to_another_line_is_no_change():
    """Code above it was written; nothing came or went."""
    rules, model = Rules([rule()]), named(DEEPSEEK)
    moved_down = msgspec.structs.replace(
        use(model), id="", location=msgspec.structs.replace(use(model).location, line=9)
    )
    old = dossier_of([model], INSURER, catalogue=rules)
    new = dossier_of([model], INSURER, catalogue=rules, uses=[moved_down])
    assert between_documents(old, new, [rules]).uses == ()


def test_a_changed_record_is_named_with_its_fields_before_and_after():
    """Two records of the knowledge base changed; the one that moved the verdict is shown field by field."""
    old = Rules([rule(effect="warn"), rule("other.rule", test={"developer": ["meta"]})])
    new = Rules([rule(), rule("other.rule", test={"developer": ["qwen"]})])
    dossier = dossier_of([named(DEEPSEEK)], INSURER, catalogue=old)
    diff = between_catalogues(dossier, old, new)
    (moved,) = of_rule(diff)
    assert causes(moved) == [[("catalogue", "instruments/test.rule")]]
    assert [(r.record, r.field, r.before, r.after) for r in diff.records] == [
        ("instruments/test.rule", "effect", '"warn"', '"prohibit-use"')
    ]
    assert diff.between == "catalogues"


def test_a_rule_that_is_new_in_the_knowledge_base_is_told_as_a_whole():
    """No field was there before."""
    old, new = Rules([]), Rules([rule()])
    diff = between_catalogues(dossier_of([named(DEEPSEEK)], INSURER, catalogue=old), old, new)
    assert [(r.record, r.field, r.before, r.after) for r in diff.records] == [
        ("instruments/test.rule", "", "", "A rule")
    ]


def test_either_of_two_causes_is_told_as_two_sets():
    """Two rules came, and each alone prohibits."""
    old, new = Rules([]), Rules([rule(), rule("second.rule")])
    diff = between_catalogues(dossier_of([named(DEEPSEEK)], INSURER, catalogue=old), old, new)
    (moved,) = of_rule(diff)
    assert causes(moved) == [
        [("catalogue", "instruments/second.rule")],
        [("catalogue", "instruments/test.rule")],
    ]


def test_documents_of_two_knowledge_bases_at_hand_tell_which_of_the_inputs_it_was():
    """The rule and an answer changed, and both are needed."""
    old_rules, new_rules = Rules([rule(**BOUND, effect="warn")]), Rules([rule(**BOUND)])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=old_rules)
    new = dossier_of([named(DEEPSEEK)], with_facts(INSURER, us_dod_contractor=True), catalogue=new_rules)
    (moved,) = of_rule(between_documents(old, new, [old_rules, new_rules]))
    assert causes(moved) == [[("catalogue", "instruments/test.rule"), ("profile", "facts.us-dod-contractor")]]


def test_without_the_old_knowledge_base_what_is_left_over_is_put_down_to_it():
    """The profile did not change; the edition did, and it is not at hand."""
    old_rules, new_rules = Rules([]), Rules([rule()])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=old_rules)
    new = dossier_of([named(DEEPSEEK)], INSURER, catalogue=new_rules)
    diff = between_documents(old, new, [new_rules])
    (moved,) = of_rule(diff)
    assert causes(moved) == [[("catalogue", "edition")]]
    assert "could not be exchanged" in moved.note
    assert any("not at hand" in note for note in diff.notes)


def test_another_version_of_the_program_is_an_input_too():
    """It cannot be exchanged, and is named only where nothing else accounts for what moved."""
    rules = Rules([rule(**BOUND)])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    new = dossier_of([named(DEEPSEEK)], with_facts(INSURER, us_dod_contractor=True), catalogue=rules)
    old = msgspec.structs.replace(old, tool=Tool(name="gauger", version="0.0.1"))
    diff = between_documents(old, new, [rules])
    assert "program" in diff.inputs
    assert causes(of_rule(diff)[0]) == [[("profile", "facts.us-dod-contractor")]]


def test_two_scenarios_are_told_apart_by_the_part_of_the_overlay_that_moves_it():
    """One alters a rule and puts somebody on a list; the list is what decides here."""
    harsher = {
        "id": "harsher",
        "title": "Harsher",
        "description": "made up",
        "order": 5,
        "alter-instruments": {"other.rule": {"effect": "prohibit-use"}},
        "add-list-entries": {"deepseek": [{"list": "us.1260h", "since": "2026-01-01"}]},
        "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
        "checked-on": "2026-01-01",
        "next-check": "2027-01-01",
        "confidence": "high",
    }
    rules = Rules(
        [
            rule(test={"listed-on": ["us.1260h"]}),
            rule("other.rule", test={"developer": ["meta"]}, effect="warn"),
        ],
        [harsher],
    )
    dossier = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    diff = between_scenarios(dossier, Lookup(rules), "today", "harsher")
    (moved,) = of_rule(diff)
    assert causes(moved) == [[("scenario", "entries deepseek")]]
    listed = "us.1260h since 2026-01-01 (listed)"
    assert listed in moved.because[0][0].after
    assert listed not in moved.because[0][0].before
    assert diff.old.title == rules.scenarios["today"].title
    back = between_scenarios(dossier, Lookup(rules), "harsher", "today")
    assert not back.got_worse
    with pytest.raises(UsageError):
        between_scenarios(dossier, Lookup(rules), "today", "today")


def test_the_same_document_moves_nothing_and_the_same_inputs_give_the_same_bytes():
    """Deterministic, and empty where nothing differs."""
    rules = Rules([rule(**BOUND)])
    one = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    same = between_documents(one, one, [rules])
    assert (same.verdicts, same.models, same.inputs, same.findings) == ((), (), (), ())
    other = dossier_of([named(DEEPSEEK)], with_facts(INSURER, us_dod_contractor=True), catalogue=rules)
    assert dump(between_documents(one, other, [rules])) == dump(between_documents(one, other, [rules]))


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_of_a_document_steers_no_terminal_and_no_page(form):
    """Names, messages and details come from examined files: escapes and markup are written out."""
    evil = "\x1b[2Jx](javascript:1)<script>|\u202e@all"
    rules = Rules([rule(**BOUND)])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules, target=evil)
    new = dossier_of(
        [local(evil), named(DEEPSEEK)],
        Profile(organisation=evil, facts={**INSURER.facts, "us-dod-contractor": True}),
        catalogue=rules,
    )
    new = msgspec.structs.replace(
        new,
        findings=(
            *new.findings,
            Finding(rule=evil, severity="low", confidence="low", audience=("security",), message=evil),
        ),
        gaps=(*new.gaps, Gap(part=evil, reason="malformed", detail=evil)),
    )
    data = written(between_documents(old, new, [rules]), form).decode()
    assert "\x1b" not in data
    assert "\u202e" not in data
    if form == "md":
        assert "<script>" not in data
        assert "](javascript" not in data.replace("\\]", "")


def test_the_text_names_every_verdict_that_moved_with_its_reason():
    """For a person: model, step, rule, and why."""
    rules = Rules([rule(**BOUND)])
    old = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    new = dossier_of([named(DEEPSEEK)], with_facts(INSURER, us_dod_contractor=True), catalogue=rules)
    text = written(between_documents(old, new, [rules]), "text").decode()
    assert f"{DEEPSEEK}: " in text
    assert "prohibited (worse)" in text
    assert "because profile facts.us-dod-contractor: no → yes" in text


def test_models_of_which_the_same_is_said_share_a_line():
    """In text and Markdown; the JSON document has one record for each."""
    rules = Rules([rule(**BOUND)])
    models = [named(DEEPSEEK), named("deepseek-ai/deepseek-llm-67b-base")]
    old = dossier_of(models, INSURER, catalogue=rules)
    new = dossier_of(models, with_facts(INSURER, us_dod_contractor=True), catalogue=rules)
    diff = between_documents(old, new, [rules])
    assert len(of_rule(diff)) == 2
    text = written(diff, "text").decode()
    assert f"  deepseek-ai/deepseek-llm-67b-base, {DEEPSEEK}: " in text
    assert f"| `deepseek-ai/deepseek-llm-67b-base`, `{DEEPSEEK}` |" in written(diff, "md").decode()


def test_a_document_that_was_never_judged_is_compared_and_the_lack_is_told():
    """Models and uses are; verdicts are not, and a note says so."""
    rules = Rules([rule()])
    judged = dossier_of([named(DEEPSEEK)], INSURER, catalogue=rules)
    scanned = msgspec.structs.replace(judged, outcomes=(), decisions=(), scenarios=())
    diff = between_documents(scanned, judged, [rules])
    assert diff.verdicts == ()
    assert any("never judged" in note for note in diff.notes)


def test_a_scenario_that_only_one_edition_knows_is_noted_and_stops_nothing():
    """The knowledge base before it had no such scenario."""
    extra = {
        "id": "extra",
        "title": "Extra",
        "description": "made up",
        "order": 5,
        "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
        "checked-on": "2026-01-01",
        "next-check": "2027-01-01",
        "confidence": "high",
    }
    old, new = Rules([rule(effect="warn")]), Rules([rule()], [extra])
    dossier = dossier_of([named(DEEPSEEK)], INSURER, catalogue=new, scenarios=("today", "extra"))
    diff = between_catalogues(dossier, old, new)
    assert {case.scenario for moved in diff.verdicts for case in moved.cases} == {"today"}
    assert any("extra" in note for note in diff.notes)
