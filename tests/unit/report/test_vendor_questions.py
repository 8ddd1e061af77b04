"""Questions to suppliers: made from what is not known, never asked of what was observed."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.core.inventory import Model
from gauger.core.lineage import Claim
from gauger.core.readings import Unmeasured
from gauger.report.registry import RENDERERS
from gauger.report.vendors.general import general
from gauger.report.vendors.questions import NOBODY, vendors
from gauger.report.view import View, model_name

OURS = Model(namespace="local", name="models/ours", form="weights")
BASE = Model(
    namespace="hub", name="lab/base", form="weights", developer="lab", licence="mit", publisher="lab"
)


def stack(*claims, model=OURS):
    """A dossier with two models and these claims."""
    return msgspec.structs.replace(made.empty(), models=(BASE, model), claims=claims)


def claim(relation, basis, strength="none"):
    """A claim that our model comes from the base."""
    evidence = ("evidence-0000000000000000",) if basis == "observed" else ()
    return Claim(
        subject=OURS.id, relation=relation, object=BASE.id, basis=basis, strength=strength, evidence=evidence
    )


def topics(dossier, name=OURS.name):
    """What is asked about this model, with what is said so far."""
    return {q.topic: q for v in vendors(dossier) for q in v.questions if name in q.models}


@pytest.mark.parametrize("relation", ["fine-tuned-from", "same-as"])
@pytest.mark.parametrize(
    ("basis", "strength", "asked"),
    [
        ("observed", "exact", False),
        ("observed", "strong", False),
        ("observed", "moderate", True),
        ("declared", "none", True),
        ("alleged", "none", True),
    ],
)
def test_what_was_observed_is_not_asked(relation, basis, strength, asked):
    """A strong observation answers the question of origin; a statement is asked to be confirmed."""
    found = topics(stack(claim(relation, basis, strength)))
    assert ("origin" in found) is asked
    if basis == "declared":
        assert found["origin"].said == (f"models/ours: declared: {relation} lab/base",)
    if basis == "alleged":
        assert found["origin"].said == ()


def test_an_observed_teacher_is_not_asked():
    """Nor is a teacher that was seen by a strong test."""
    assert "teacher" in topics(stack())
    assert "teacher" not in topics(stack(claim("distilled-from", "observed", "strong")))


def test_a_known_licence_is_not_asked_an_unknown_one_is():
    """The licence of the base is known, ours is not."""
    found = stack()
    assert "licence" in topics(found)
    assert "licence" not in topics(found, BASE.name)
    unknown = msgspec.structs.replace(BASE, licence=Unmeasured(reason="not-declared"))
    assert "licence" in topics(msgspec.structs.replace(found, models=(unknown, OURS)), BASE.name)


def test_the_place_of_serving_is_asked_of_services_only():
    """Weights that we hold run where we run them."""
    assert "serving" not in topics(stack())
    service = Model(namespace="api", name="cloud-1", provider="lab", form="api", developer="lab")
    assert "serving" in topics(stack(model=service), "cloud-1")


def test_files_that_nobody_supplied_are_asked_of_nobody_by_name():
    """They are not forgotten."""
    named = {v.name: v.models for v in vendors(stack())}
    assert named[NOBODY] == ("models/ours",)


def test_a_publisher_with_the_developers_name_is_the_developer():
    """The supplier has one section, not two."""
    assert [v.name for v in vendors(stack()) if BASE.name in v.models] == ["lab"]


@settings(max_examples=40)
@given(dossiers())
def test_every_model_in_use_has_a_supplier(dossier):
    """Each has at least one section, and each question is about models of its supplier."""
    found = vendors(dossier)
    assert {n for v in found for n in v.models} == {model_name(m) for m in View(dossier).models}
    for vendor in found:
        for question in vendor.questions:
            assert set(question.models) <= set(vendor.models)
            assert bool(question.hangs) or question.verdicts == 0


def test_the_general_set_covers_what_every_supplier_is_asked():
    """Each question with why it is asked and what settles it."""
    idents = [g.ident for g in general()]
    assert idents == ["provenance", "distillation", "change", "hosting", "sub-processors", "withdrawal"]
    assert all(g.why and g.settles for g in general())


def test_the_twin_in_json_has_every_question():
    """And the general set."""
    told = json.loads(RENDERERS.get("vendor-questions-json").render(made.small()))
    assert len(told["vendors"]) == len(vendors(made.small()))
    assert len(told["general"]) == len(general())
    assert "Questions to the suppliers" in RENDERERS.get("vendor-questions").render(made.small()).decode()
