"""Laws of assess: Kleene's logic, overlays, dates, and above all: what is not known is never clear."""

from __future__ import annotations

import itertools
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.policy import AS_OF, Rules, entry, judged, local, named, observed, rule, shipped, use, verdicts
from gauger.assess import kleene
from gauger.assess.calendar import inside, standing
from gauger.assess.decide import weigh
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN
from gauger.assess.predicates import Ground
from gauger.assess.rule import NOBODY, Tree
from gauger.assess.user import User
from gauger.assess.world import overlay, today
from gauger.catalogue import records
from gauger.catalogue.conditions import parse
from gauger.core.judgement import READINGS, VERDICTS
from gauger.core.profile import Profile

values = st.sampled_from([FALSE, UNKNOWN, TRUE])
lists = st.lists(values, max_size=5)
QUESTIONS = ("us-dod-contractor", "uk-public-body", "military-use", "commercial-use")
answers = st.dictionaries(st.sampled_from(QUESTIONS), st.booleans())
days = st.dates(min_value=date(2020, 1, 1)).map(lambda d: d.isoformat())

KNOWN_NAMES = (
    "deepseek-ai/DeepSeek-V3.1",
    "Qwen/Qwen3-32B",
    "tencent/Hunyuan-A13B-Instruct",
    "meta-llama/Llama-3.1-8B-Instruct",
    "microsoft/phi-4",
    "mistralai/Mistral-7B-Instruct-v0.3",
)
ENTRIES = ("deepseek-v3", "qwen2.5", "hunyuan", "llama-3.1", "phi-4", "deepseek-r1-distill-qwen")
LINEAGE = ("same-as", "quantised-from", "fine-tuned-from", "merged-from", "distilled-from")


def profile_conditions(depth: int = 2) -> st.SearchStrategy[dict[str, object]]:
    """Conditions about the user, nested."""
    leaf = st.one_of(
        st.sampled_from(QUESTIONS).map(lambda q: {"fact": q}),
        st.sampled_from([["GB"], ["US"], ["EU"], ["CZ", "FR"]]).map(lambda c: {"jurisdiction": c}),
        st.just({"always": True}),
    )
    return _nested(leaf, depth)


def model_conditions(depth: int = 2) -> st.SearchStrategy[dict[str, object]]:
    """Conditions about a model, nested."""
    leaf = st.one_of(
        st.sampled_from([["deepseek"], ["qwen", "tencent"], ["meta"]]).map(lambda d: {"developer": d}),
        st.sampled_from([["CN"], ["US", "FR"]]).map(lambda c: {"developer-country": c}),
        st.sampled_from([["us.1260h"], ["us.texas"]]).map(lambda x: {"listed-on": x}),
        st.just({"family": ["qwen3", "deepseek-v3"]}),
        st.just({"self-hosted": True}),
        st.just({"open-weights": True}),
    )
    return _nested(leaf, depth)


def _nested(leaf, depth):
    if depth == 0:
        return leaf
    below = _nested(leaf, depth - 1)
    some = st.lists(below, min_size=1, max_size=3)
    return st.one_of(
        leaf,
        some.map(lambda c: {"all": c}),
        some.map(lambda c: {"any": c}),
        below.map(lambda c: {"not": c}),
    )


users = st.builds(
    User,
    answers=answers,
    places=st.sampled_from([(), ("GB",), ("US",), ("EU",), ("CZ", "EU")]).map(frozenset),
)
cells = st.dictionaries(
    st.sampled_from(["weights", "quantised", "fine-tune", "merge", "distillate", "api", "hosted"]),
    st.sampled_from(["yes", "no", "silent"]),
)
instruments = st.builds(
    lambda binds, test, reaches, effect, exception: rule(
        binds=binds,
        test=test,
        reaches=reaches,
        effect=effect,
        duties=[{"kind": "other", "text": "do it"}],
        exceptions=[{"title": "an exception", "when": exception}] if exception else [],
    ),
    profile_conditions(),
    model_conditions(),
    cells,
    st.sampled_from(["prohibit-use", "unlicensed", "duty"]),
    st.one_of(st.none(), profile_conditions(1)),
)


@given(lists)
def test_de_morgan(given_values):
    """Not all is any not, and not any is all not, in three values as in two."""
    opposite = [kleene.negation(v) for v in given_values]
    assert kleene.negation(kleene.conjunction(given_values)) == kleene.disjunction(opposite)
    assert kleene.negation(kleene.disjunction(given_values)) == kleene.conjunction(opposite)


@given(lists, st.integers(0, 4))
def test_learning_a_fact_never_turns_true_into_false(given_values, position):
    """Kleene's logic is monotone: replacing an unknown keeps every answer that was known."""
    learnt = [
        [*given_values[:position], value, *given_values[position + 1 :]]
        for value in (FALSE, TRUE)
        if position < len(given_values) and given_values[position] == UNKNOWN
    ]
    for fold in (kleene.conjunction, kleene.disjunction):
        before = fold(given_values)
        assert before == UNKNOWN or all(fold(values) == before for values in learnt)


@given(profile_conditions(3), users, st.sampled_from(QUESTIONS), st.booleans())
def test_an_answer_never_moves_a_condition_between_true_and_false(condition, user, question, answer):
    """The compiled closures keep the law of the logic: one more answer teaches something, or nothing."""
    ask = Tree(parse(condition, subject="test"), Ground(shipped(), {})).asked
    before = ask(user, NOBODY, AS_OF)
    if question not in user.answers:
        after = ask(user.assuming({question: answer}), NOBODY, AS_OF)
        assert before in {UNKNOWN, after}


@given(profile_conditions(2), users)
def test_not_is_the_mirror_image(condition, user):
    """A condition and its negation are true and false, or both unknown."""
    ground = Ground(shipped(), {})
    plain = Tree(parse(condition, subject="test"), ground).asked(user, NOBODY, AS_OF)
    mirrored = Tree(parse({"not": condition}, subject="test"), ground).asked(user, NOBODY, AS_OF)
    assert mirrored == kleene.negation(plain)


def test_a_verdict_is_clear_only_where_the_rule_is_known_not_to_catch():
    """Over all truths, readings and effects: clear means false; the strict reading is never milder."""
    for effect, latent in itertools.product(
        ["prohibit-use", "unlicensed", "duty", "label", "warn"], [True, False]
    ):
        for least, most in [
            (FALSE, FALSE),
            (FALSE, UNKNOWN),
            (FALSE, TRUE),
            (UNKNOWN, UNKNOWN),
            (UNKNOWN, TRUE),
            (TRUE, TRUE),
        ]:
            by_reading = {r: weigh(effect, least, most, r, latent=latent).verdict for r in READINGS}
            truth = {"literal": least, "cautious": max(least, most), "strict": most}
            for reading in READINGS:
                assert (by_reading[reading] == "clear") == (truth[reading] == FALSE)
            if least == FALSE:
                ranks = [VERDICTS.index(by_reading[r]) for r in ("strict", "literal")]
                assert ranks[0] <= ranks[1]


@settings(max_examples=60)
@given(instruments, answers, st.sampled_from([(), ("GB",), ("US",)]), st.sampled_from(KNOWN_NAMES))
def test_an_unknown_deciding_fact_is_never_clear(instrument, given_answers, places, name):
    """Whatever the rule: a model is clear only if no way of answering the open questions would catch it.

    The open facts are the answers that the profile does not give; every way of giving them is tried.
    """
    catalogue = Rules([instrument])
    model = named(name)
    profile = Profile(facts=given_answers, jurisdictions=places or ("FR",))
    clear = _clear(judged(model, profile, catalogue=catalogue), "test.rule")
    missing = [q for q in QUESTIONS if q not in given_answers]
    for combination in itertools.product([False, True], repeat=len(missing)):
        filled = {**given_answers, **dict(zip(missing, combination, strict=True))}
        full = judged(model, msgspec.structs.replace(profile, facts=filled), catalogue=catalogue)
        assert clear <= _clear(full, "test.rule")


@settings(max_examples=60)
@given(instruments, answers, st.sampled_from([(), ("GB",), ("US",)]))
def test_a_model_whose_developer_is_not_known_is_never_clear(instrument, given_answers, places):
    """No rule, no profile and no licence make an unknown origin clear, in any reading or scenario."""
    found = judged(
        local("models/helios-7b", licence="apache-2.0"),
        Profile(facts=given_answers, jurisdictions=places),
        catalogue=Rules([instrument]),
    )
    assert "clear" not in verdicts(found).values()


@settings(max_examples=60)
@given(instruments, answers, st.sampled_from(KNOWN_NAMES), st.sampled_from(ENTRIES), st.sampled_from(LINEAGE))
def test_an_unknown_ancestor_decides_as_long_as_it_could(instrument, given_answers, name, key, relation):
    """A weak observation of an ancestor is unknown: it clears nothing that the ancestor would not clear."""
    catalogue, model, reference = Rules([instrument]), named(name), entry(key)
    profile = Profile(facts=given_answers, jurisdictions=("GB",))
    weak, strong = (
        judged(
            model,
            profile,
            catalogue=catalogue,
            claims=[observed(model, relation, reference, strength)],
            references=[reference],
        )
        for strength in ("weak", "exact")
    )
    without = judged(model, profile, catalogue=catalogue)
    assert _clear(weak, "test.rule") <= _clear(strong, "test.rule") & _clear(without, "test.rule")


@settings(max_examples=80)
@given(
    instruments,
    answers,
    st.sampled_from(KNOWN_NAMES),
    st.sampled_from(ENTRIES),
    st.sampled_from(LINEAGE),
    st.sampled_from(["moderate", "strong", "exact"]),
)
def test_evidence_turns_clear_into_caught_only_with_a_recorded_contradiction(
    instrument, given_answers, name, key, relation, strength
):
    """A new observation of a known model may make it worse only together with a finding that says so."""
    catalogue, model, reference = Rules([instrument]), named(name), entry(key)
    profile = Profile(facts=given_answers, jurisdictions=("GB",))
    before = judged(model, profile, catalogue=catalogue)
    after = judged(
        model,
        profile,
        catalogue=catalogue,
        claims=[observed(model, relation, reference, strength)],
        references=[reference],
    )
    worse = _clear(before, "test.rule") - _clear(after, "test.rule")
    if worse and shipped().families[key].developer != model.developer:
        assert [f.rule for f in after.findings] == ["undeclared-origin"]
    assert _caught(before) <= _caught(after)


def _clear(assessment, instrument):
    """The readings under which this rule has nothing against the model."""
    against = {r for d in assessment.decisions if d.instrument == instrument for r in d.readings_in("today")}
    return set(READINGS) - against


def _caught(assessment):
    return {
        (d.instrument, case.reading)
        for d in assessment.decisions
        for case in d.cases
        if d.verdict in {"prohibited", "unlicensed"} and d.instrument == "test.rule"
    }


@given(days, days, days)
def test_an_interval_holds_its_first_day_and_not_its_last(start, end, day):
    """From and including the start, up to and excluding the end."""
    first, last = sorted((start, end))
    interval = records.Interval(from_=first, until=last if last > first else "")
    assert inside(interval, first)
    assert not interval.until or not inside(interval, interval.until)
    assert inside(interval, day) == (first <= day and (not interval.until or day < interval.until))


@given(days, days)
def test_a_rule_in_force_is_active_from_its_first_day_on(start, day):
    """Before it, the rule waits; a rule that has ended is over, not waiting."""
    waiting = msgspec.convert(rule(force=[{"from": start}]), records.Instrument)
    assert standing(waiting, day) == ("active" if day >= start else "latent")
    ended = msgspec.convert(rule(force=[{"from": "2019-01-01", "until": "2019-02-01"}]), records.Instrument)
    assert standing(ended, day) == "over"


@pytest.mark.parametrize("ident", sorted(shipped().scenarios))
def test_an_overlay_applied_twice_is_applied_once(ident):
    """For every shipped scenario."""
    scenario = shipped().scenarios[ident]
    once = overlay(today(shipped()), scenario)
    assert overlay(once, scenario) == once


overlays = st.builds(
    lambda ident, added, status, since, facts: msgspec.convert(
        {
            "id": ident,
            "title": ident,
            "description": "made up",
            "order": 1,
            "add-instruments": [rule(f"added.{n}") for n in added],
            "alter-instruments": {"test.rule": {"status": status}},
            "add-list-entries": {"qwen": [{"list": "us.entity-list", "since": since}]},
            "set-facts": facts,
            "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
            "checked-on": "2026-01-01",
            "next-check": "2027-01-01",
            "confidence": "high",
        },
        records.Scenario,
    ),
    st.sampled_from(["a", "b"]),
    st.sets(st.integers(0, 3)),
    st.sampled_from(["in-force", "dormant", "ended"]),
    st.sampled_from(["2025-01-01", "2026-01-01"]),
    answers,
)


@given(overlays, overlays)
def test_overlays_are_idempotent_whatever_came_before(first, second):
    """A world that an overlay has changed is left alone by the same overlay."""
    base = overlay(today(Rules([rule()])), first)
    changed = overlay(base, second)
    assert overlay(changed, second) == changed


@settings(max_examples=25)
@given(st.lists(st.sampled_from(KNOWN_NAMES), unique=True, min_size=1, max_size=4), st.randoms())
def test_the_order_of_models_and_uses_does_not_matter(names, random):
    """Same input, same decisions, whatever the order in which it comes."""
    models = [named(n) for n in names]
    uses = [use(m) for m in models]
    plain = judged(models, Profile(country="GB"), uses=uses)
    random.shuffle(models)
    random.shuffle(uses)
    assert judged(models, Profile(country="GB"), uses=uses) == plain


@pytest.mark.parametrize("relation", ["shares-tokenizer-with", "architecture-from"])
@pytest.mark.parametrize("strength", ["moderate", "strong", "exact"])
def test_a_hint_is_never_more_than_unknown(relation, strength):
    """A shared tokenizer or structure prohibits nothing, however surely it was seen."""
    model, tokenizer = named("microsoft/phi-4"), entry("tokenizer/deepseek-v3")
    found = judged(
        model,
        Profile(jurisdictions=("GB",)),
        catalogue=Rules(
            [rule(reaches=dict.fromkeys(["weights", "quantised", "fine-tune", "merge", "distillate"], "yes"))]
        ),
        claims=[observed(model, relation, tokenizer, strength)],
        references=[tokenizer],
    )
    told = {d.verdict for d in found.decisions if d.instrument == "test.rule"}
    assert told == {"undetermined"}


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        ("weak", {"literal": "undetermined", "cautious": "undetermined", "strict": "undetermined"}),
        ("moderate", {"literal": "undetermined", "cautious": "prohibited", "strict": "prohibited"}),
        ("strong", {"literal": "prohibited", "cautious": "prohibited", "strict": "prohibited"}),
        ("exact", {"literal": "prohibited", "cautious": "prohibited", "strict": "prohibited"}),
    ],
)
def test_a_reading_moves_the_threshold_and_nothing_else(strength, expected):
    """The literal reading counts strong observations, the others moderate ones; weak is unknown to all."""
    model, reference = named("microsoft/phi-4"), entry("deepseek-v3")
    found = judged(
        model,
        Profile(jurisdictions=("GB",)),
        catalogue=Rules([rule(reaches={"fine-tune": "yes"})]),
        claims=[observed(model, "fine-tuned-from", reference, strength)],
        references=[reference],
    )
    told = {
        case.reading: d.verdict for d in found.decisions if d.instrument == "test.rule" for case in d.cases
    }
    assert told == expected
