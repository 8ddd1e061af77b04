"""Replacement options: who survives a scenario, in which size and form, and who may teach."""

from __future__ import annotations

import json

import msgspec
import pytest

from build.policy import AS_OF, INSURER, SUBCONTRACTOR, local, named, shipped, use
from gauger.assess.assess import assess
from gauger.assess.questions import put_questions
from gauger.assess.verdicts import standings
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier, Tool
from gauger.core.judgement import READINGS
from gauger.core.readings import Unmeasured
from gauger.core.replacement import dump
from gauger.flows.question import Question
from gauger.flows.replace import replacements
from gauger.report.replacement import MOST, as_markdown, as_text

V3 = named("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
HUNYUAN = named("tencent/Hunyuan-7B-Instruct")
EMBEDDER = named("BAAI/bge-m3")
LLAMA = named("meta-llama/Llama-3.1-8B-Instruct")
NOBODY = local("models/helios-7b")
STACK = (V3, HUNYUAN, EMBEDDER, LLAMA, NOBODY)
USES = (use(V3), use(HUNYUAN), use(EMBEDDER, role="embedding"), use(LLAMA), use(NOBODY))


def plan(profile=INSURER, scenarios=("today",), models=STACK, uses=USES, only=()):
    """The replacements for this stack."""
    dossier = Dossier(
        tool=Tool(name="gauger", version="0"),
        target="stack",
        as_of=AS_OF,
        catalogue=shipped().stamp(AS_OF),
        profile=profile,
        models=tuple(sorted(models, key=lambda m: m.id)),
        uses=tuple(sorted(uses, key=lambda u: u.id)),
    )
    question = Question(as_of=AS_OF, profile=profile, scenarios=scenarios)
    return replacements(dossier, Lookup(shipped()), question, only)


@pytest.mark.parametrize("reading", READINGS)
def test_quick_verdicts_are_those_of_the_whole_assessment(reading):
    """The verdicts without explanations are the outcomes that a dossier would hold, in every scenario."""
    given = {"catalogue": shipped(), "profile": SUBCONTRACTOR, "as_of": AS_OF}
    quick = standings(put_questions(STACK, USES, (), (), **given), AS_OF, reading)
    whole = assess(STACK, USES, (), (), **given)
    outcomes = {(o.model, o.scenario): o.verdict for o in whole.outcomes if o.reading == reading}
    assert {key: stands.verdict for key, stands in quick.items()} == outcomes
    assert len(set(outcomes.values())) > 2


def test_what_a_scenario_takes_away_has_options_that_it_leaves():
    """Hunyuan is unlicensed in the UK: other licences are left, alike in size first."""
    (gone,) = plan().replacements
    assert (gone.name, gone.scenario, gone.verdict) == (HUNYUAN.name, "today", "unlicensed")
    assert gone.parameters.value == 7.0
    assert len(gone.options) > MOST
    assert {o.verdict for o in gone.options} <= {"clear", "watch", "duties"}
    assert {o.form for o in gone.options} == {"weights"}
    assert "Hunyuan" not in {o.title for o in gone.options}
    sizes = [o.size for o in gone.options]
    assert sizes == sorted(sizes, key=("alike", "not-known", "other").index)
    assert gone.options[0].size == "alike"
    assert all(3.5 <= o.parameters[0] <= 14 for o in gone.options if o.size == "alike")


def test_an_option_is_for_the_same_purpose():
    """An embedding model is replaced by embedding models, whatever else survives."""
    (gone,) = plan(scenarios=("uk-public-ban-pspf",), profile=_public(), only=(EMBEDDER.name,)).replacements
    families = shipped().families
    assert gone.tasks == ("embedding",)
    assert gone.options
    assert all("embedding" in families[o.key].tasks for o in gone.options)
    assert "CN" not in {o.country for o in gone.options}


def _public():
    return msgspec.structs.replace(INSURER, reading="strict", facts={**INSURER.facts, "uk-public-body": True})


def test_a_ban_of_one_origin_leaves_options_of_the_others():
    """Where Chinese developers' models are taken from contractors, others are left."""
    found = plan(profile=SUBCONTRACTOR, scenarios=("contractor-ban-widened",))
    gone = {r.name: r for r in found.replacements}
    assert V3.name in gone
    assert gone[V3.name].taken > 0
    assert "CN" not in {o.country for o in gone[V3.name].options}
    assert {"US", "FR"} <= {o.country for o in gone[V3.name].options}


def test_teachers_are_those_whose_terms_let_outputs_train():
    """No teacher whose terms forbid it, none that the scenario takes away, each with its condition."""
    found = plan(profile=SUBCONTRACTOR, scenarios=("contractor-ban-widened",))
    (taught,) = found.teachers
    assert taught.options
    assert {o.outputs for o in taught.options} <= {"yes", "conditional"}
    assert "CN" not in {o.country for o in taught.options}
    conditional = [o for o in taught.options if o.outputs == "conditional"]
    assert all(o.duties for o in conditional)


def test_a_size_that_nobody_knows_is_said_to_be_unknown():
    """A hosted model whose size is not published has options all the same, none of them called alike."""
    hosted = named("deepseek-chat", namespace="api", form="api", provider="deepseek")
    found = plan(
        profile=_public(),
        scenarios=("uk-public-ban-pspf",),
        models=(hosted,),
        uses=(use(hosted, provider="deepseek"),),
    )
    (gone,) = found.replacements
    assert isinstance(gone.parameters, Unmeasured)
    assert {o.size for o in gone.options} == {"not-known"}
    assert {o.form for o in gone.options} == {"weights", "api"}


def test_nothing_taken_away_gives_an_empty_plan_that_says_so():
    """No scenario, no option: the page says that nothing is taken away rather than showing an empty table."""
    empty = plan(models=(LLAMA,), uses=(use(LLAMA),))
    assert empty.replacements == ()
    assert "takes a model away" in as_text(empty)
    assert "takes a model away" in as_markdown(empty)


def test_the_plan_reads_the_same_as_text_page_and_data():
    """What the text lists is in the document, twice the same bytes, and hostile names are escaped."""
    evil = local("models/|<b>\x1b[31m")
    found = plan(scenarios=("today", "deepseek-entity-list"), models=(*STACK, evil), uses=(*USES, use(evil)))
    data = json.loads(dump(found))
    text, page = as_text(found), as_markdown(found)
    assert data["replacements"][0]["options"][0]["title"] in text
    assert data["replacements"][0]["options"][0]["title"] in page
    assert "the same is left as in Today" in text
    assert "not legal advice" in text
    assert "not legal advice" in page
    assert "\x1b" not in text + page
    assert dump(found) == dump(
        plan(scenarios=("today", "deepseek-entity-list"), models=(*STACK, evil), uses=(*USES, use(evil)))
    )
