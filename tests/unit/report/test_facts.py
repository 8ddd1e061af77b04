"""Facts for other engines: nothing unknown is left out, and the example policy fails closed."""

from __future__ import annotations

import json
import re

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings

from build import dossiers as made
from build.any_dossiers import dossiers
from build.documents import DOCS
from build.policy import entry, local, named
from gauger.core.judgement import Gap
from gauger.core.lineage import Claim
from gauger.core.readings import known
from gauger.report.facts import published_facts_schema
from gauger.report.registry import RENDERERS

VALIDATOR = jsonschema.Draft202012Validator(json.loads(published_facts_schema()))
PAGE = (DOCS / "how-to" / "decide-with-opa.md").read_text(encoding="utf-8")
POLICY, BY_VERDICT = re.findall(r"```rego\n(.*?)```", PAGE, re.DOTALL)


def facts_of(dossier):
    """The document, after its schema has accepted it."""
    document = json.loads(RENDERERS.get("facts").render(dossier))
    VALIDATOR.validate(document)
    return document


def stack(*models, claims=(), references=(), gaps=(), **fields):
    """A dossier with these models and nothing else."""
    return msgspec.structs.replace(
        made.empty(), models=models, claims=claims, references=references, gaps=gaps, **fields
    )


def declared(subject, relation, target):
    """A declared claim."""
    return Claim(subject=subject.id, relation=relation, object=target.id, basis="declared")


def only(dossier):
    """The facts of the only model."""
    (model,) = facts_of(dossier)["models"]
    return model


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_made_dossiers_are_valid_and_every_model_in_use_is_there(name):
    """Whatever the dossier holds, the schema accepts the facts and no model is lost."""
    dossier = getattr(made, name)()
    assert {m["id"] for m in facts_of(dossier)["models"]} == {m.id for m in dossier.models_in_use}


@settings(max_examples=40, deadline=None)
@given(dossiers())
def test_any_dossier_gives_facts_in_which_nothing_unknown_is_missing(dossier):
    """A developer that is not known is said to be not known, with the reason of the record."""
    by_id = {m.id: m for m in dossier.models}
    for model in facts_of(dossier)["models"]:
        record = by_id[model["id"]]
        assert model["developer"]["known"] == (known(record.developer) is not None)
        if not model["developer"]["known"]:
            assert model["developer"]["reason"] == record.developer.reason


def test_a_developer_carries_its_owners_and_its_entries_on_lists():
    """A policy can ask for the group and for the list, without a knowledge base of its own."""
    model = named("deepseek-ai/DeepSeek-V3")
    found = only(stack(model, references=(entry("deepseek-v3"),)))
    assert found["developer"] == {"known": True, "value": "deepseek"}
    assert {"deepseek"} < set(found["group"]["value"])
    assert found["lists"]["known"]
    assert all(row["list"] and row["holder"] in found["group"]["value"] for row in found["lists"]["value"])


def test_an_old_document_does_not_say_that_nobody_owns_a_developer():
    """Without the group of the reference the fact is unknown, and names the developer all the same."""
    model = named("deepseek-ai/DeepSeek-V3")
    bare = msgspec.structs.replace(entry("deepseek-v3"), group=(), listings=())
    found = only(stack(model, references=(bare,)))
    assert not found["group"]["known"]
    assert found["every_group"]["at_least"] == ["deepseek"]
    assert not found["lists"]["known"]


def test_ancestors_are_closed_over_and_a_cycle_ends():
    """A quantisation of a fine-tune of a model has both as ancestors, with the way to each."""
    first, second, base = local("a"), local("b", form="fine-tune"), entry("qwen2.5")
    claims = (
        declared(first, "quantised-from", second),
        declared(second, "fine-tuned-from", base),
        declared(second, "same-as", first),
    )
    model = next(
        m
        for m in facts_of(stack(first, second, claims=claims, references=(base,)))["models"]
        if m["name"] == "a"
    )
    assert [(a["name"], a["relation"], len(a["path"])) for a in model["ancestors"]] == [
        ("b", "quantised-from", 1),
        (base.title, "fine-tuned-from", 2),
    ]


def test_a_copy_is_its_originals_and_a_fine_tune_has_an_unknown_tuner():
    """Only for a copy does a known origin stand in for the maker that nobody names."""
    base = entry("qwen2.5")
    for relation, complete in (
        ("quantised-from", True),
        ("fine-tuned-from", False),
        ("distilled-from", False),
    ):
        model = local("models/x")
        found = only(stack(model, claims=(declared(model, relation, base),), references=(base,)))
        assert found["every_developer"]["known"] is complete
        held = found["every_developer"]
        assert (held["value"] if complete else held["at_least"]) == ["qwen"]


def test_an_allegation_is_no_ancestor():
    """It stands apart, with who says it and the answer."""
    model, base = named("deepseek-ai/DeepSeek-V3"), entry("qwen2.5")
    claim = Claim(
        subject=model.id,
        relation="trained-on-outputs-of",
        object=base.id,
        basis="alleged",
        alleged_by="a rival",
        answer="denied",
    )
    found = only(stack(model, claims=(claim,), references=(base, entry("deepseek-v3"))))
    assert found["ancestors"] == []
    assert found["allegations"][0]["by"] == "a rival"


def asked(document, policy=POLICY):
    """An interpreter of Rego with the document and the policy of the how-to."""
    regopy = pytest.importorskip("regopy")
    engine = regopy.Interpreter()
    engine.add_module("models", policy)
    engine.set_input(document)
    return engine


def decided(document, policy=POLICY):
    """What the policy says: allowed or not, and why not."""
    engine = asked(document, policy)
    said = engine.query("data.models").results[0].expressions[0]
    return said["allow"], sorted(said["deny"])


def test_the_example_policy_allows_what_is_wholly_known_and_not_barred():
    """A model with a known maker that runs on the user's own machines passes."""
    allow, deny = decided(
        facts_of(stack(named("mistralai/Mistral-7B-v0.1"), references=(entry("mistral-7b"),)))
    )
    assert deny == []
    assert allow is True


@pytest.mark.parametrize(
    ("dossier", "words"),
    [
        (stack(), None),
        (stack(local("models/x")), "not known who made it"),
        (stack(named("deepseek-ai/DeepSeek-V3"), references=(entry("deepseek-v3"),)), "made by deepseek"),
        (
            stack(
                named("mistralai/Mistral-7B-v0.1"),
                references=(entry("mistral-7b"),),
                gaps=(Gap(part="walk", reason="unreadable", detail="x"),),
            ),
            "could not be examined",
        ),
        (made.small(), "contradicted"),
    ],
    ids=["no-model", "unknown-maker", "barred", "gap", "small"],
)
def test_the_example_policy_fails_closed(dossier, words):
    """No model, an unknown maker, a barred one, a gap: each is refused, all but the first with a reason."""
    allow, deny = decided(facts_of(dossier))
    assert allow is False
    assert words is None or any(words in line for line in deny)


def test_hostile_names_do_not_open_the_policy():
    """Only the count is asked for: regopy writes quotes inside of names without escaping them."""
    engine = asked(facts_of(made.hostile()))
    engine.add_module("hostile", "package hostile\nimport rego.v1\nrefused := count(data.models.deny)\n")
    assert engine.query("data.hostile.refused").results[0].expressions[0] > 0


def test_the_example_policy_refuses_a_document_without_facts():
    """An empty object is no permission."""
    allow, deny = decided({})
    assert allow is False
    assert deny


def test_a_barred_ancestor_is_named_although_the_tuner_is_unknown():
    """What is known of an unknown whole still counts."""
    model, base = local("models/x", form="fine-tune"), entry("deepseek-v3")
    facts = facts_of(stack(model, claims=(declared(model, "fine-tuned-from", base),), references=(base,)))
    assert any("made by deepseek" in line for line in decided(facts)[1])


def test_the_policy_on_verdicts_lets_nothing_undetermined_through():
    """Undetermined and not evaluated are refused like prohibited."""
    policy = f"package models\nimport rego.v1\ndefault allow := false\n{BY_VERDICT}"
    _, deny = decided(facts_of(made.small()), policy)
    assert any("undetermined" in line for line in deny)
    assert not any(line.endswith(": clear") for line in deny)
