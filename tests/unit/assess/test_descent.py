"""Lineage closed over: forms, levels, circles, data sets, serving."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import declared, entry, local, named, observed, shipped, use
from gauger.assess.descent import Descent
from gauger.assess.readings import EXACT, MODERATE, STRONG, WEAK
from gauger.assess.sources import Serving, Sources, serving
from gauger.core.inventory import Endpoint
from gauger.core.lineage import Claim
from gauger.core.readings import Unmeasured


def lines(model, claims=(), references=(), others=(), organisation=""):
    """The lines of descent of this model."""
    sources = Sources(shipped(), [model, *others], references, organisation)
    return Descent(sources, claims).strands(model, Serving(providers=frozenset({"self"})))


def forms(strands):
    """Ancestor's title → form and level, the model's own line left out."""
    return {s.title: (s.forms, s.level) for s in strands if s.relation != "own"}


def test_the_furthest_step_of_a_path_decides_the_form():
    """A quantised copy of a student is, towards the teacher, a distillate; towards the base a fine-tune."""
    copy, student = (
        local("models/copy.gguf", form="quantised"),
        named("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"),
    )
    reference = entry("deepseek-r1-distill-qwen-7b")
    found = forms(lines(copy, [observed(copy, "quantised-from", reference, "exact")], [reference], [student]))
    assert found["DeepSeek-R1-Distill-Qwen-7B"] == (("quantised",), EXACT)
    assert found["Qwen2.5-Math"][0] == ("fine-tune",)
    assert found["DeepSeek R1"][0] == ("distillate",)


@pytest.mark.parametrize(
    ("strengths", "level"),
    [(("exact", "weak"), WEAK), (("strong", "moderate"), MODERATE), (("exact", "exact"), EXACT)],
)
def test_a_path_is_as_strong_as_its_weakest_link(strengths, level):
    """Two steps, two strengths."""
    top, middle, bottom = local("models/a"), local("models/b"), entry("olmo")
    claims = [
        observed(top, "fine-tuned-from", middle, strengths[0]),
        observed(middle, "fine-tuned-from", bottom, strengths[1]),
    ]
    assert forms(lines(top, claims, [bottom], [middle]))["OLMo"] == (("fine-tune",), level)


def test_of_two_paths_the_better_one_counts():
    """A weak observation does not spoil a strong one."""
    model, reference = local("models/a"), entry("olmo")
    claims = [observed(model, "fine-tuned-from", reference, s) for s in ("weak", "strong")]
    claims[0] = Claim(
        subject=model.id,
        relation="fine-tuned-from",
        object=reference.id,
        basis="observed",
        strength="weak",
        evidence=("evidence-1",),
        component="embeddings",
    )
    assert forms(lines(model, claims, [reference]))["OLMo"][1] == STRONG


def test_a_circle_of_claims_ends():
    """Two models that claim to come from each other, and from a third."""
    first, second, reference = local("models/a"), local("models/b"), entry("olmo")
    claims = [
        declared(first, "fine-tuned-from", second),
        declared(second, "fine-tuned-from", first),
        declared(second, "merged-from", reference),
    ]
    assert set(forms(lines(first, claims, [reference], [second]))) == {"models/b", "OLMo"}


def test_a_data_set_leads_to_the_models_that_wrote_it():
    """Trained on OpenThoughts-114k means taught by DeepSeek-R1; the data set itself is no ancestor."""
    model, data = named("microsoft/phi-4"), entry("openthoughts-114k")
    found = forms(lines(model, [declared(model, "trained-on-outputs-of", data)], [data]))
    assert found["DeepSeek R1"][0] == ("distillate",)
    assert "OpenThoughts-114k" not in found


def test_an_ancestor_that_nothing_knows_is_an_unknown_line():
    """A claim may point at what neither inventory nor catalogue has: the developer is not known."""
    model = named("microsoft/phi-4")
    claim = Claim(
        subject=model.id, relation="fine-tuned-from", object="model-0000000000000000", basis="declared"
    )
    unknown = [s for s in lines(model, [claim]) if not s.developer]
    assert [s.forms for s in unknown] == [("fine-tune",)]


def test_a_sure_copy_of_a_known_model_has_a_known_origin():
    """The unknown line of the model itself falls away at the level of the observation."""
    model, reference = local("models/helios-7b"), entry("qwen2.5")
    own = lines(model, [observed(model, "converted-from", reference, "moderate")], [reference])[0]
    assert [own.present(counts_from) for counts_from in (STRONG, MODERATE)] == [2, 0]


def test_a_hint_names_a_developer_once_however_many_claims_make_it():
    """Tokenizer and structure both point to Qwen: one doubt."""
    model = named("microsoft/phi-4")
    tokenizer, structure = entry("tokenizer/qwen2"), entry("structure/qwen2.5-7b")
    claims = [
        observed(model, "shares-tokenizer-with", tokenizer, "exact"),
        observed(model, "architecture-from", structure, "moderate"),
    ]
    hints = [s for s in lines(model, claims, [tokenizer, structure]) if s.hint]
    assert [s.developer for s in hints] == ["qwen"]


def test_a_weak_resemblance_is_no_hint():
    """Dozens of models have that shape."""
    model, structure = named("microsoft/phi-4"), entry("structure/qwen2.5-7b")
    claims = [observed(model, "architecture-from", structure, "weak")]
    assert not [s for s in lines(model, claims, [structure]) if s.hint]


@pytest.mark.parametrize(
    ("provider", "form"),
    [("deepseek", ("api",)), ("aws-bedrock", ("hosted",)), ("self", ("weights",)), ("", ("api", "hosted"))],
)
def test_who_serves_decides_between_the_developers_own_service_and_a_hosted_copy(provider, form):
    """An address that was not resolved leaves both open."""
    model = named("deepseek-chat", namespace="api", form="api")
    uses = [use(model, provider=provider)] if provider else [use(model)]
    served = serving(model, uses, shipped())
    own = Descent(Sources(shipped(), [model], []), []).strands(model, served)[0]
    assert own.forms == form


def test_a_call_whose_address_is_not_resolved_leaves_the_operator_open():
    """Another call's resolved address does not answer for it."""
    model = named("deepseek-chat", namespace="api", form="api")
    resolved = use(model, provider="deepseek")
    open_ = msgspec.structs.replace(
        resolved,
        id="",
        written="other",
        endpoint=Endpoint(provider=Unmeasured(reason="not-resolved"), basis="unresolved"),
    )
    assert serving(model, [resolved, open_], shipped()).known is False


def test_weights_that_no_call_leaves_for_run_on_own_machines():
    """A folder of the stack, and a hub model that is loaded in the process."""
    for model in (local("models/a"), named("Qwen/Qwen3-32B")):
        assert serving(model, [use(model)], shipped()).providers == {"self"}


def inverse(claim: Claim, direction: str = "heuristic") -> Claim:
    """The claim with its ends exchanged."""
    return msgspec.structs.replace(
        claim, subject=claim.object, object=claim.subject, direction=direction, id=""
    )


def test_equal_weights_are_an_origin_whichever_came_first():
    """The fingerprint is of the quantised copy: the unquantised file is Qwen's model all the same."""
    model, reference = local("models/a"), entry("qwen2.5-coder-1.5b-instruct")
    claim = inverse(observed(model, "quantised-from", reference))
    found = forms(lines(model, [claim], [reference]))
    assert found[reference.title] == (("quantised",), STRONG)


def test_a_heuristic_counts_less_when_it_is_read_the_other_way_round():
    """A published model is found whole in a nameless one: moderate, which the cautious reading counts."""
    model, reference = local("models/a"), entry("olmo")
    claim = inverse(observed(model, "merged-from", reference))
    assert forms(lines(model, [claim], [reference]))["OLMo"] == (("merge",), MODERATE)


def test_a_named_model_explains_a_nameless_one_of_the_stack_and_not_the_other_way_round():
    """Two models of one stack whose weights are linked, in whichever order they were compared."""
    nameless, known = local("models/a"), named("allenai/OLMo-2-1124-7B")
    claim = observed(nameless, "fine-tuned-from", known)
    for written in (claim, inverse(claim, "unknown")):
        assert forms(lines(nameless, [written], others=[known]))["allenai/OLMo-2-1124-7B"][1] == STRONG
        assert "models/a" not in forms(lines(known, [written], others=[nameless]))


def test_what_is_published_decides_which_of_two_named_models_came_first():
    """Llama beside DeepSeek's distillate of it is not DeepSeek's."""
    student, base = named("deepseek-ai/DeepSeek-R1-Distill-Llama-8B"), named("meta-llama/Llama-3.1-8B")
    for first, second in ((student, base), (base, student)):
        claim = observed(first, "fine-tuned-from", second)
        assert "deepseek-ai/DeepSeek-R1-Distill-Llama-8B" not in forms(lines(base, [claim], others=[student]))
        assert forms(lines(student, [claim], others=[base]))["meta-llama/Llama-3.1-8B"][1] == STRONG


def test_between_two_named_makers_the_order_stays_open():
    """Nothing says which came first: each may be the other's, and no reading takes it for true."""
    one, other = named("allenai/OLMo-2-1124-7B"), named("microsoft/phi-4")
    claim = observed(one, "fine-tuned-from", other)
    assert forms(lines(one, [claim], others=[other]))["microsoft/phi-4"][1] == WEAK
    assert forms(lines(other, [claim], others=[one]))["allenai/OLMo-2-1124-7B"][1] == WEAK


def test_a_chain_of_models_of_one_stack_leads_to_the_published_one():
    """A local copy of a local copy of OLMo is OLMo's."""
    last, middle, reference = local("models/a"), local("models/b"), entry("olmo")
    claims = [observed(last, "quantised-from", middle), observed(middle, "fine-tuned-from", reference)]
    assert forms(lines(last, claims, [reference], [middle]))["OLMo"] == (("fine-tune",), STRONG)
