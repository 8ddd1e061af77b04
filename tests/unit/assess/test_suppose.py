"""What-if on facts: which sentences are understood, what follows from them, and that nothing else does."""

from __future__ import annotations

import pytest

from build.policy import AS_OF, INSURER, SUBCONTRACTOR, local, named, shipped, use
from gauger.assess.assess import assess
from gauger.assess.suppose import Supposed, suppose
from gauger.catalogue.query import Lookup
from gauger.core.errors import UsageError

HELIOS = local("models/helios-7b", licence="apache-2.0")
LLAMA = named("meta-llama/Llama-3.1-8B-Instruct")
V3 = named("deepseek-ai/DeepSeek-V3.1")
STACK = (HELIOS, LLAMA, V3)


def told(*sentences: str) -> Supposed:
    """These suppositions about the stack."""
    return suppose(sentences, STACK, Lookup(shipped()))


def verdict(model, *sentences, profile=SUBCONTRACTOR, scenario="today", reading="cautious"):
    """The verdict on this model, these things supposed."""
    found = assess(
        STACK,
        [use(m) for m in STACK],
        (),
        (),
        catalogue=shipped(),
        profile=profile,
        as_of=AS_OF,
        scenarios=(scenario,),
        supposed=told(*sentences),
    )
    return next(o.verdict for o in found.outcomes if o.model == model.id and o.reading == reading)


def test_a_supposed_ancestor_takes_its_rules_with_it():
    """An unnamed model that is supposed to hold DeepSeek's weights is judged as they are."""
    assert verdict(HELIOS) == "undetermined"
    assert verdict(HELIOS, "helios-7b is a copy of deepseek-v3.1") == "prohibited"


@pytest.mark.parametrize(
    ("sentence", "relation", "title"),
    [
        ("models/helios-7b is a fine-tune of qwen2.5", "fine-tuned-from", "Qwen2.5"),
        ("helios-7b fine-tuned-from Qwen/Qwen2.5-7B-Instruct", "fine-tuned-from", "Qwen2.5"),
        ("HELIOS-7B was taught by Claude", "distilled-from", "Claude"),
        ("helios-7b is quantised from meta-llama/Llama-3.1-8B-Instruct", "quantised-from", "Llama 3.1 8B"),
        ("helios-7b is made by 深度求索", "same-as", "DeepSeek"),
    ],
)
def test_descent_is_told_in_plain_sentences(sentence, relation, title):
    """Names are those of the document, of the catalogue or of a hub; the phrase gives the relation."""
    supposed = told(sentence)
    assert [c.relation for c in supposed.claims] == [relation]
    assert {c.basis for c in supposed.claims} == {"supposed"}
    assert title in [r.title for r in supposed.references]
    assert "helios-7b" in supposed.words[0]


def test_a_listing_a_share_and_an_answer_are_supposed_as_well():
    """What a list, a register of shareholders or the profile would say can be supposed."""
    supposed = told(
        "deepseek is listed on us.ofac-sdn",
        "moonshot is owned by qwen 60%",
        "us-dod-contractor = no",
        "monthly-active-users = 900_000_000",
        "helios-7b is licensed under llama-3.1",
        "helios-7b is served by self",
    )
    assert [e.list for e in supposed.entries["deepseek"]] == ["us.ofac-sdn"]
    assert [(s.holder, s.percent) for s in supposed.stakes["moonshot"]] == [("qwen", 60.0)]
    assert supposed.facts == {"us-dod-contractor": False, "monthly-active-users": 900_000_000.0}
    assert supposed.licences == {HELIOS.id: "llama-3.1"}
    assert supposed.providers == {HELIOS.id: "self"}
    assert len(supposed.words) == 6


def test_a_supposed_answer_decides():
    """A threshold of a licence is passed once the number is supposed, and open while it is not known."""
    assert verdict(LLAMA, "monthly-active-users = 20", profile=INSURER) == "duties"
    assert verdict(LLAMA, "monthly-active-users = 700000000", profile=INSURER) == "duties"
    assert verdict(LLAMA, "monthly-active-users = 700000001", profile=INSURER) == "unlicensed"
    assert verdict(V3, "us-dod-contractor = no") != "prohibited"


def test_what_is_supposed_stands_in_every_scenario_and_makes_it_hypothetical():
    """A reader of any column sees what was supposed; even today's law is then a what-if."""
    found = assess(
        STACK,
        (),
        (),
        (),
        catalogue=shipped(),
        profile=INSURER,
        as_of=AS_OF,
        supposed=told("helios-7b is a fine-tune of qwen2.5"),
    )
    assert all(s.hypothetical for s in found.scenarios)
    assert all("supposes: models/helios-7b is fine-tuned from Qwen2.5" in s.changes for s in found.scenarios)


@pytest.mark.parametrize(
    ("sentence", "message", "hint"),
    [
        ("helios-8b is a fine-tune of qwen2.5", "no model in this document 'helios-8b'", "models/helios-7b"),
        ("helios-7b is a fine-tune of qwn2.5", "no model or developer 'qwn2.5'", "qwen2.5"),
        ("helios-7b is a fine-tune of qwenn2.5", "no model or developer 'qwenn2.5'", "qwen2.5"),
        ("helios-7b is made by deepsek", "no developer 'deepsek'", "deepseek"),
        ("helios-7b is under lama-3.1", "no licence 'lama-3.1'", "llama-3.1"),
        ("helios-7b is served by open-router", "no provider 'open-router'", "openrouter"),
        ("deepseek is listed on us.ofac-sdm", "no list that a rule asks for", "us.ofac-sdn"),
        ("qwen is owned by qwen 10%", "cannot hold", ""),
        ("us-dod-contracter = yes", "no question 'us-dod-contracter'", "us-dod-contractor"),
        ("us-dod-contractor = 7", "is no answer", "yes or no"),
        ("monthly-active-users = many", "is no answer", "a number"),
        ("helios-7b is a fine-tune of models/helios-7b", "cannot descend from itself", ""),
        ("what is this", "is not understood", "is a fine-tune of"),
        ("x" * 5_000, "is not understood", ""),
    ],
)
def test_a_sentence_that_says_nothing_is_an_error_with_the_nearest_name(sentence, message, hint):
    """Nothing is guessed: a wrong word stops the run, and the right one is named where there is one."""
    with pytest.raises(UsageError) as raised:
        told(sentence)
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_one_question_has_one_supposed_answer():
    """Two would both be told at the head of the document, and one of them alone would count."""
    with pytest.raises(UsageError, match="twice"):
        told("us-dod-contractor = yes", "us-dod-contractor = no")
    assert told("us-dod-contractor = yes", "us-dod-contractor = true").facts == {"us-dod-contractor": True}
