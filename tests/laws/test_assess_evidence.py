"""What more evidence may change: it settles what was open, and turns nothing over without a word."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build.completions import DAY
from build.policy import rule, use
from build.small_worlds import DEVELOPERS, FIGURE, LISTS, QUESTIONS, SmallWorld
from build.tried import (
    answered,
    claims_of,
    developers,
    entries,
    links,
    model_of,
    profiles,
    rules,
    seen,
    stakes,
)
from gauger.assess.assess import assess
from gauger.assess.calendar import listed
from gauger.assess.kleene import TRUE
from gauger.assess.ownership import holdings
from gauger.assess.questions import put_questions
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.catalogue import records
from gauger.catalogue.query import Lookup
from gauger.core.judgement import READINGS
from gauger.core.profile import Profile

many = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
_NOBODY = Profile(country="GB", jurisdictions=("GB",))
DECIDED = {"prohibited", "unlicensed", "duties", "clear"}


def in_force(tried: Any) -> Any:
    """The same rule, in force: a rule that waits is watched whatever is known."""
    return {**tried, "status": "in-force"}


@many
@given(
    developers,
    rules,
    profiles,
    seen,
    st.sampled_from(QUESTIONS),
    st.booleans(),
    st.sampled_from([5, 100, 101]),
)
def test_an_answer_or_a_number_settles_and_never_turns_over(
    world, tried, profile, known, question, answer, number
):
    """What was decided stays as it was; only what was open may become known."""
    added = {k: v for k, v in {question: answer, FIGURE: number}.items() if k not in profile.facts}
    implied = question == "exporter" and "US" in profile.jurisdictions and not answer
    if implied:  # the answer contradicts what the place implies, and the answer is believed
        added.pop(question, None)
    more = msgspec.structs.replace(profile, facts={**profile.facts, **added})
    before = answered(world, in_force(tried), profile, {}, known).verdicts
    after = answered(world, in_force(tried), more, {}, known).verdicts
    for reading in READINGS:
        if before[reading] in DECIDED and rule_is_factual(before[reading], tried):
            assert after[reading] == before[reading]


def rule_is_factual(verdict: str, tried: Any) -> bool:
    """Not a warning, whose verdict is *watch* whether it is known or not."""
    return verdict == "clear" or tried["effect"] not in {"warn", "identify", "prohibit-export-to"}


@many
@given(developers, rules, profiles, seen, links)
def test_a_claim_turns_clear_into_caught_only_with_a_finding_or_from_a_statement(
    world, tried, profile, known, more
):
    """A measured ancestor whom nothing declares is a finding; what is prohibited stays so."""
    catalogue = SmallWorld(world, [in_force(tried)])
    model = model_of(known)
    verdicts = []
    extra = [link for link in more if link[:2] not in {old[:2] for old in known.links}]
    for chosen in (known, known._replace(links=[*known.links, *extra])):
        claims, references = claims_of(chosen, model, Lookup(catalogue))
        found = assess(
            [model],
            [use(model, role=known.role, provider=known.provider)],
            claims,
            references,
            catalogue=catalogue,
            profile=profile,
            as_of=DAY,
        )
        said = {c.reading: d.verdict for d in found.decisions for c in d.cases if d.instrument == "test.rule"}
        verdicts.append(({r: said.get(r, "clear") for r in READINGS}, {f.rule for f in found.findings}))
    (before, _), (after, findings) = verdicts
    named = [known.developer, *(_maker(key) for _, key, how in known.links if how == "declared")]
    related = Lookup(catalogue).are_related
    explained = all(any(related(_maker(key), n) for n in named) for _, key, how in extra if how != "weak")
    stated = any(how == "declared" for _, _, how in extra)
    for reading in READINGS:
        worse = before[reading] == "clear" and after[reading] in {"prohibited", "unlicensed", "duties"}
        if worse and known.developer and not stated and not explained:
            assert "undeclared-origin" in findings
        if known.developer and before[reading] in {"prohibited", "unlicensed"}:
            assert after[reading] == before[reading]


def _maker(key: str) -> str:
    return key.rsplit("-", 1)[0]


@many
@given(
    developers,
    stakes,
    st.sets(st.sampled_from(DEVELOPERS)),
    st.sampled_from([10, 30, 50, 100]),
    st.sampled_from(DEVELOPERS),
)
def test_more_shares_and_more_holders_never_take_anybody_out(world, added, holders, percent, owned):
    """Ownership is monotone: in the holders, in the shares, and the surer set lies within the wider one."""
    plain = SmallWorld(world, []).developers
    grown = SmallWorld(
        {**world, owned: {**world[owned], "stakes": [*world[owned]["stakes"], *added]}}, []
    ).developers
    surely, perhaps = holdings(plain, frozenset(holders), percent, DAY)
    assert holders <= surely <= perhaps
    for wider in (
        holdings(grown, frozenset(holders), percent, DAY),
        holdings(plain, frozenset(holders) | {"elm"}, percent, DAY),
        holdings(plain, frozenset(holders), percent / 2, DAY),
    ):
        assert surely <= wider[0]
        assert perhaps <= wider[1]


@many
@given(developers, st.sets(st.sampled_from(DEVELOPERS)), st.sampled_from([20, 30, 60]))
def test_a_size_that_is_reported_settles_what_was_open(world, holders, percent):
    """Each stake of unknown size, given any size: who was surely reached stays, who was out stays out."""
    surely, perhaps = holdings(SmallWorld(world, []).developers, frozenset(holders), percent, DAY)
    for size in (1.0, 25.0, 100.0):
        sized = {
            d: {**fields, "stakes": [{"percent": size, **s} for s in fields["stakes"]]}
            for d, fields in world.items()
        }
        known = holdings(SmallWorld(sized, []).developers, frozenset(holders), percent, DAY)
        assert known[0] == known[1]
        assert surely <= known[0] <= perhaps


def test_companies_that_own_each_other_end():
    """Five companies in a ring, each half of the next: whoever is listed, all are reached, and it ends."""
    ring = {
        d: {
            "country": "CN",
            "parents": [DEVELOPERS[n - 1]],
            "stakes": [{"holder": DEVELOPERS[n - 1], "percent": 50.0}],
            "lists": [],
        }
        for n, d in enumerate(DEVELOPERS)
    }
    developers_ = SmallWorld(ring, []).developers
    for start in DEVELOPERS:
        assert holdings(developers_, frozenset({start}), 50, DAY) == (frozenset(DEVELOPERS),) * 2
    assert holdings(developers_, frozenset(), 50, DAY) == (frozenset(), frozenset())


@many
@given(developers, st.sampled_from(LISTS), st.sampled_from([10, 30, 50]), st.sampled_from(DEVELOPERS))
def test_who_is_listed_counts_as_owned_by_the_listed(world, name, percent, developer):
    """Contradictions end in favour of the list: a listed company is reached whatever its shares say."""
    world = {**world, developer: {**world[developer], "lists": [{"list": name, "since": "2025-01-01"}]}}
    catalogue = SmallWorld(world, [rule(test={"owned-by-listed": {"lists": [name], "percent": percent}})])
    asked = put_questions([], [], [], [], catalogue=catalogue, profile=_NOBODY, as_of=DAY)
    compiled = next(r for c in asked.cases for r in c.rules if r.instrument.id == "test.rule")
    strand = Strand(
        relation="own", forms=("weights",), level=3, developer=developer, group=frozenset({developer})
    )
    assert compiled.test(User(), strand, DAY) == TRUE


@many
@given(developers, entries, st.sampled_from(DEVELOPERS), st.sampled_from(LISTS), seen)
def test_more_list_entries_never_let_a_listed_developer_go(world, added, developer, name, known):
    """A rule that speaks of the listed, and of nothing else, catches no fewer models when lists grow."""
    tried = rule(
        test={"any": [{"listed-on": [name]}, {"owned-by-listed": {"lists": [name], "percent": 30}}]},
        reaches=dict.fromkeys(
            ["weights", "quantised", "api", "hosted", "adapter", "fine-tune", "merge", "distillate"], "yes"
        ),
        exceptions=[],
    )
    order = ["prohibited", "undetermined", "clear"]
    before = answered(world, tried, _NOBODY, {}, known).verdicts
    after = answered(world, tried, _NOBODY, {"add-list-entries": {developer: added}}, known).verdicts
    assert all(order.index(after[r]) <= order.index(before[r]) for r in READINGS)


days = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 1, 1)).map(lambda d: d.isoformat())


@given(days, days, days)
def test_a_listing_holds_on_its_first_day_and_not_on_its_last(start, end, day):
    """From and including, up to and excluding; and what is only approved is never listed."""
    first, last = sorted((start, end))
    until = last if last > first else ""
    one = records.ListEntry(list="us.1260h", since=first, until=until)
    assert listed(one, day) == (first <= day and (not until or day < until))
    assert not listed(msgspec.structs.replace(one, status="approved-unpublished"), day)


@given(days, days, days)
def test_a_share_counts_from_its_first_day_until_the_day_before_its_last(start, end, day):
    """The same of stakes."""
    first, last = sorted((start, end))
    stake = {"holder": "amber", "percent": 60.0, "since": first, **({"until": last} if last > first else {})}
    plain = {"country": "CN", "parents": [], "stakes": [], "lists": []}
    world = dict.fromkeys(DEVELOPERS, plain) | {"birch": {**plain, "stakes": [stake]}}
    reached = holdings(SmallWorld(world, []).developers, frozenset({"amber"}), 50, day)
    held = first <= day and (last == first or day < last)
    assert reached == (frozenset({"amber", "birch"} if held else {"amber"}),) * 2
