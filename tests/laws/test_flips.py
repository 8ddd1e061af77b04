"""Laws of what would change a verdict: sets told are true and minimal, and nothing open is left unsettled."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.policy import (
    AS_OF,
    INSURER,
    SUBCONTRACTOR,
    Rules,
    declared,
    entry,
    judged,
    local,
    named,
    observed,
    rule,
    shipped,
    use,
)
from gauger.assess.amend import amended
from gauger.assess.changes import changes
from gauger.assess.decide import judge
from gauger.assess.flips import Asked, flips
from gauger.assess.questions import put_questions
from gauger.assess.rule import Rule
from gauger.assess.smallest import smallest
from gauger.assess.strand import believed
from gauger.core.judgement import READINGS
from gauger.core.profile import Profile

QUESTIONS = ("us-dod-contractor", "uk-public-body", "military-use")
NUMBER = "monthly-active-users"
MODELS = (
    "deepseek-ai/DeepSeek-V3.1",
    "Qwen/Qwen3-32B",
    "microsoft/phi-4",
    "meta-llama/Llama-3.1-8B-Instruct",
)
ANCESTORS = ("deepseek-v3", "qwen2.5", "phi-4")
RELATIONS = ("quantised-from", "fine-tuned-from", "distilled-from")

about_user = st.one_of(
    st.sampled_from(QUESTIONS).map(lambda q: {"fact": q}),
    st.sampled_from([["GB"], ["US"], ["EU"], ["CZ", "FR"], ["US-TX"]]).map(lambda c: {"jurisdiction": c}),
    st.sampled_from([100, 700]).flatmap(
        lambda bound: st.sampled_from(["above", "at-least"]).map(
            lambda word: {word: {"question": NUMBER, "value": bound}}
        )
    ),
    st.just({"always": True}),
)
about_model = st.one_of(
    st.sampled_from([["deepseek"], ["qwen", "tencent"], ["meta"]]).map(lambda d: {"developer": d}),
    st.just({"developer-country": ["CN"]}),
    st.just({"listed-on": ["us.1260h"]}),
    st.just({"family": ["qwen3", "deepseek-v3"]}),
    st.just({"self-hosted": True}),
    st.just({"open-weights": True}),
    st.just({"licence": ["llama-3.1", "mit"]}),
    st.just({"owned-by": {"developers": ["alibaba", "high-flyer"], "percent": 20}}),
)


def joined(leaf):
    """Conditions of one or two levels."""
    some = st.lists(leaf, min_size=1, max_size=3)
    return st.one_of(
        leaf,
        some.map(lambda c: {"all": c}),
        some.map(lambda c: {"any": c}),
        leaf.map(lambda c: {"not": c}),
        st.lists(some.map(lambda c: {"all": c}), min_size=1, max_size=2).map(lambda c: {"any": c}),
    )


cells = st.dictionaries(
    st.sampled_from(["weights", "quantised", "fine-tune", "distillate"]),
    st.sampled_from(["yes", "no", "silent"]),
)
instruments = st.builds(
    lambda binds, test, reaches, effect, exception, status: rule(
        binds=binds,
        test=test,
        reaches=reaches,
        effect=effect,
        duties=[{"kind": "other", "text": "do it"}],
        exceptions=exception,
        status=status,
    ),
    joined(about_user),
    joined(st.one_of(about_model, about_model, about_user)),
    cells,
    st.sampled_from(["prohibit-use", "unlicensed", "duty", "warn"]),
    st.one_of(
        st.just([]),
        st.just([{"title": "by leave", "kind": "waiver", "by": "the minister"}]),
        about_user.map(lambda when: [{"title": "an exemption", "when": when}]),
    ),
    st.sampled_from(["in-force", "in-force", "dormant"]),
)
profiles = st.builds(
    lambda facts, users, places: Profile(
        facts={**facts, **({NUMBER: users} if users is not None else {})}, jurisdictions=places
    ),
    st.dictionaries(st.sampled_from(QUESTIONS), st.booleans()),
    st.sampled_from([None, 50, 100, 400, 900]),
    st.sampled_from([(), ("GB",), ("US",), ("EU",), ("FR", "CZ"), ("US-TX",)]),
)


def questions_of(instrument, profile, name, ancestor, relation, strength):
    """One model with one ancestor, and the case with the one rule."""
    model = local(name) if name.startswith("models/") else named(name)
    reference = entry(ancestor)
    claim = (
        declared(model, relation, reference)
        if strength == "declared"
        else observed(model, relation, reference, strength)
    )
    return put_questions(
        [model],
        [use(model)],
        [claim],
        [reference],
        catalogue=Rules([instrument]),
        profile=profile,
        as_of=AS_OF,
        scenarios=("today",),
    )


def said_afresh(one, user, strands, made, reading):
    """What the rule says with these changes, compiled and asked anew, nothing remembered."""
    laws = tuple(change.law for change in made if change.law is not None)
    instrument = amended(one, laws).instrument
    for change in made:
        user = change.user(user) if change.user is not None else user
    lines = []
    for place, strand in enumerate(strands):
        line = strand
        for change in made:
            if line is not None and change.line is not None and place in change.line.places:
                line = change.line.as_(line)
        lines += [] if line is None else [line]
    return judge(Rule(instrument, one.ground), user, tuple(lines), AS_OF, reading).verdict


@settings(max_examples=150, deadline=None)
@given(
    instruments,
    profiles,
    st.sampled_from((*MODELS, "models/helios-7b")),
    st.sampled_from(ANCESTORS),
    st.sampled_from(RELATIONS),
    st.sampled_from(["declared", "weak", "moderate", "strong"]),
    st.sampled_from(READINGS),
)
def test_every_set_told_gives_the_verdict_told_and_no_part_of_it_does(
    instrument, profile, name, ancestor, relation, strength, reading
):
    """Whatever the rule, user and lineage: sets are true, minimal, at most three large, at most six."""
    questions = questions_of(instrument, profile, name, ancestor, relation, strength)
    case, subject = questions.cases[0], questions.subjects[0]
    (one,) = (r for r in case.rules if r.instrument.id == "test.rule")
    strands = believed(subject.strands, reading)
    now = judge(one, case.user, strands, AS_OF, reading).verdict
    possible = changes(one, case.user, strands, AS_OF, reading)
    found = flips(Asked(one, case.user, strands, AS_OF, reading), possible, now)
    assert len(found) <= 6
    assert [len(made) for made, _ in found] == sorted(len(made) for made, _ in found)
    for made, verdict in found:
        assert 1 <= len(made) <= 3
        assert len({change.about for change in made}) == len(made)
        assert said_afresh(one, case.user, strands, made, reading) == verdict != now
        for size in range(1, len(made)):
            for part in itertools.combinations(made, size):
                assert said_afresh(one, case.user, strands, part, reading) == now


@settings(max_examples=100, deadline=None)
@given(
    instruments,
    profiles,
    st.sampled_from((*MODELS, "models/helios-7b")),
    st.sampled_from(ANCESTORS),
    st.sampled_from(RELATIONS),
    st.sampled_from(["declared", "weak", "moderate", "strong"]),
)
def test_no_undetermined_verdict_is_left_without_a_way_to_settle_it(
    instrument, profile, name, ancestor, relation, strength
):
    """Whatever is not known, there is a command, a person or counsel to ask."""
    model = local(name) if name.startswith("models/") else named(name)
    reference = entry(ancestor)
    claim = (
        declared(model, relation, reference)
        if strength == "declared"
        else observed(model, relation, reference, strength)
    )
    found = judged(
        model,
        profile,
        catalogue=Rules([instrument]),
        claims=[claim],
        references=[reference],
        uses=[use(model)],
    )
    for decision in found.decisions:
        assert decision.verdict != "undetermined" or decision.settles, decision


@pytest.mark.parametrize("profile", [Profile(), INSURER, SUBCONTRACTOR, Profile(jurisdictions=("EU", "US"))])
def test_no_undetermined_verdict_of_the_shipped_rules_is_left_without_a_way_to_settle_it(profile):
    """Every rule and scenario; models by name, by file, by an interface of an unknown operator."""
    models = [
        *(named(name) for name in MODELS),
        local("models/helios-7b"),
        named("deepseek-chat", namespace="api", form="api", provider="deepseek"),
        named("some-model", namespace="api", form="api"),
        named("tencent/Hunyuan-A13B-Instruct"),
    ]
    found = judged(models, profile, uses=[use(m) for m in models], scenarios=tuple(shipped().scenarios))
    open_ = [d for d in found.decisions if d.verdict == "undetermined"]
    assert open_
    assert [d.instrument for d in open_ if not d.settles] == []


@given(
    st.integers(1, 6),
    st.lists(st.frozensets(st.integers(0, 5), min_size=1, max_size=3), min_size=1, max_size=3),
)
def test_the_smallest_set_holds_and_no_part_of_it_does(count, ways):
    """For an outcome that any of some sets of changes brings about: what is found is a minimal way to it."""
    changes_ = list(range(count))

    def holds(made):
        return any(way <= made for way in ways)

    found = smallest(changes_, holds)
    assert bool(found) == holds(frozenset(changes_))
    for some in found:
        assert holds(some)
        assert not any(holds(some - {one}) for one in some)


def test_the_smallest_set_is_found_among_many_changes_in_few_trials():
    """Four of three hundred that are needed together take a few dozen trials beside the single ones."""
    tried = []
    needed = frozenset({3, 77, 150, 299})

    def holds(made):
        tried.append(made)
        return needed <= made

    assert smallest(list(range(300)), holds) == (needed,)
    assert len(tried) < 300 + 150
