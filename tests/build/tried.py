"""Random rules, users and models in random small worlds, for the laws of assess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from hypothesis import strategies as st

from build.completions import CODES, DAY, FORM_OF, HINTED, Line, Oracle, counts
from build.policy import rule, use
from build.small_worlds import DEVELOPERS, FIGURE, LICENCES, LISTS, PROVIDERS, QUESTIONS, SmallWorld
from gauger.assess.assess import assess
from gauger.catalogue.query import Lookup
from gauger.catalogue.records import Effect
from gauger.catalogue.vocabulary import FORMS
from gauger.core.inventory import Model
from gauger.core.judgement import READINGS
from gauger.core.lineage import Claim
from gauger.core.profile import Profile
from gauger.core.readings import Unmeasured

some = lambda values, most=2: st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)  # noqa: E731
percents = st.sampled_from([10, 30, 50])
ABOUT_USERS = st.one_of(
    st.sampled_from(QUESTIONS).map(lambda q: {"fact": q}),
    some(CODES).map(lambda c: {"jurisdiction": c}),
    st.sampled_from(["at-least", "above"]).map(lambda w: {w: {"question": FIGURE, "value": 100}}),
    st.just({"always": True}),
)
ABOUT_MODELS = st.one_of(
    some(DEVELOPERS).map(lambda d: {"developer": d}),
    some(["CN", "US", "FR"]).map(lambda c: {"developer-country": c}),
    some(LISTS).map(lambda x: {"listed-on": x}),
    some(LISTS).map(lambda x: {"list-entry-pending": x}),
    st.tuples(some(DEVELOPERS), percents).map(lambda a: {"owned-by": {"developers": a[0], "percent": a[1]}}),
    st.tuples(some(LISTS), percents).map(lambda a: {"owned-by-listed": {"lists": a[0], "percent": a[1]}}),
    some([f"{d}-{n}" for d in DEVELOPERS for n in (0, 1)]).map(lambda f: {"family": f}),
    some(LICENCES).map(lambda x: {"licence": x}),
    st.sampled_from(["origin-known", "licence-known", "open-weights", "self-hosted"]).map(
        lambda w: {w: True}
    ),
    some([*PROVIDERS, "self"]).map(lambda p: {"provider": p}),
    some(["CN", "US"]).map(lambda c: {"provider-country": c}),
    some(["own", *FORM_OF]).map(lambda r: {"relation": r}),
    some(["inference", "teacher"]).map(lambda r: {"role": r}),
)


def nested(leaf: st.SearchStrategy[Any], depth: int = 2) -> st.SearchStrategy[Any]:
    """Conditions of these leaves, joined in every way."""
    if depth == 0:
        return leaf
    below = nested(leaf, depth - 1)
    parts = st.lists(below, min_size=1, max_size=3)
    return st.one_of(
        leaf,
        parts.map(lambda c: {"all": c}),
        parts.map(lambda c: {"any": c}),
        below.map(lambda c: {"not": c}),
    )


conditions = nested(st.one_of(ABOUT_MODELS, ABOUT_USERS), 1)
exemptions = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.just("a case"),
            "kind": st.sampled_from(["exemption", "waiver"]),
            "by": st.just("somebody"),
        },
        optional={"when": conditions},
    ),
    max_size=2,
)
rules = st.builds(
    lambda binds, test, reaches, effect, exceptions, status: rule(
        binds=binds,
        test=test,
        reaches=reaches,
        effect=effect,
        exceptions=exceptions,
        status=status,
        force=[{"from": "2026-01-01"}],
    ),
    nested(ABOUT_USERS, 1),
    nested(st.one_of(ABOUT_MODELS, ABOUT_MODELS, ABOUT_USERS)),
    st.dictionaries(st.sampled_from(FORMS), st.sampled_from(["yes", "yes", "no", "silent"]), min_size=3),
    st.sampled_from(get_args(Effect)),
    exemptions,
    st.sampled_from(["in-force", "in-force", "dormant", "proposed", "asserted"]),
)
entries = st.lists(
    st.fixed_dictionaries(
        {"list": st.sampled_from(LISTS), "since": st.sampled_from(["2025-01-01", "2027-01-01"])},
        optional={"status": st.just("approved-unpublished")},
    ),
    max_size=2,
)
stakes = st.lists(
    st.fixed_dictionaries(
        {"holder": st.sampled_from(DEVELOPERS)},
        optional={
            "percent": st.sampled_from([20.0, 30.0, 60.0]),
            "since": st.sampled_from(["2025-01-01", "2027-01-01"]),
        },
    ),
    max_size=1,
)
developers = st.fixed_dictionaries(
    {
        d: st.fixed_dictionaries(
            {
                "country": st.sampled_from(["CN", "US", "FR", "ZZ"] if d == "elm" else ["CN", "US", "FR"]),
                "parents": st.lists(st.sampled_from(DEVELOPERS), max_size=1)
                if d in {"birch", "cedar"}
                else st.just([]),
                "stakes": stakes,
                "lists": entries,
            }
        )
        for d in DEVELOPERS
    }
)
profiles = st.builds(
    Profile,
    country=st.sampled_from(["", "GB", "FR"]),
    jurisdictions=st.sampled_from([(), ("GB",), ("US",), ("EU",), ("CZ", "US")]),
    facts=st.fixed_dictionaries(
        {}, optional={**dict.fromkeys(QUESTIONS, st.booleans()), FIGURE: st.sampled_from([5, 100, 101])}
    ),
)
overlays = st.fixed_dictionaries(
    {},
    optional={
        "add-list-entries": st.dictionaries(st.sampled_from(DEVELOPERS), entries, max_size=2),
        "set-facts": st.dictionaries(st.sampled_from(QUESTIONS), st.booleans(), max_size=1),
        "alter-instruments": st.just({"test.rule": {"status": "in-force"}}),
    },
)
links = st.lists(
    st.tuples(
        st.sampled_from(sorted(FORM_OF)),
        st.sampled_from([f"{d}-{n}" for d in DEVELOPERS for n in (0, 1)]),
        st.sampled_from(["declared", "weak", "moderate", "strong", "exact"]),
    ),
    max_size=2,
    unique_by=lambda link: link[:2],
)


class Seen(NamedTuple):
    """What is known of one model."""

    developer: str
    family: str
    licence: str
    form: str
    provider: str
    role: str
    links: list[tuple[str, str, str]]
    hint: str


seen = st.builds(
    Seen,
    developer=st.sampled_from(["", "", *DEVELOPERS]),
    family=st.sampled_from(["", "0", "1"]),
    licence=st.sampled_from(["", "free", "own", "?"]),
    form=st.sampled_from(["weights", "weights", "quantised", "api"]),
    provider=st.sampled_from(["", "self", *PROVIDERS]),
    role=st.sampled_from(["inference", "teacher"]),
    links=links,
    hint=st.sampled_from(["", "", *DEVELOPERS]),
)


def model_of(known: Seen) -> Model:
    """The model as scan would write it down."""
    missing = Unmeasured(reason="not-declared")
    family = f"{known.developer}-{known.family}" if known.developer and known.family else ""
    return Model(
        namespace="local",
        name="models/m",
        form=known.form,
        developer=known.developer or missing,
        family=family or missing,
        licence="words that nobody recorded" if known.licence == "?" else known.licence or missing,
    )


def claims_of(known: Seen, model: Model, lookup: Lookup) -> tuple[list[Claim], list[Any]]:
    """The links as claims, and the catalogue entries to which they lead."""
    claims, references = [], []
    hint = [("shares-tokenizer-with", f"tokenizer/{known.hint}", "moderate")] if known.hint else []
    for relation, key, how in (*known.links, *hint):
        reference = lookup.reference(key)
        references.append(reference)
        base = {"subject": model.id, "relation": relation, "object": reference.id}
        claims.append(
            Claim(**base, basis="declared", source="README.md")
            if how == "declared"
            else Claim(**base, basis="observed", strength=how, evidence=("evidence-0",))
        )
    return claims, references


def forms_of(known: Seen, group: frozenset[str], providers: frozenset[str], family: str) -> tuple[str, ...]:
    """In which forms is the model itself reached, with operators that are known?

    Of a family whose weights nobody published, an address that is not known is not one's own machine.
    """
    if known.form != "api":
        return (known.form,)
    own = [p for p in providers if PROVIDERS.get(p, {}).get("developer", "-") in group]
    forms = ["api"] if own else []
    forms += ["hosted"] if providers - set(own) - {"self"} else []
    at_home = "self" in providers and bool(known.provider or not family.endswith("-1"))
    return (*forms, *(["weights"] if at_home else []))


class Answered(NamedTuple):
    """What the engine says of one rule, by reading, and what it can be held against."""

    verdicts: Mapping[str, str]
    oracle: Oracle
    claims: list[Claim]


def answered(world: Any, tried: Any, profile: Profile, overlay: Any, known: Seen) -> Answered:
    """The engine's verdicts on the rule, in a scenario made of this overlay."""
    scenario = {"id": "what-if", "title": "What if", "description": "made up", "order": 1, **overlay}
    catalogue = SmallWorld(world, [tried], [scenario])
    model = model_of(known)
    claims, references = claims_of(known, model, Lookup(catalogue))
    found = assess(
        [model],
        [use(model, role=known.role, provider=known.provider)],
        claims,
        references,
        catalogue=catalogue,
        profile=profile,
        as_of=DAY,
        scenarios=("today", "what-if"),
    )
    verdicts = {
        case.reading: d.verdict
        for d in found.decisions
        for case in d.cases
        if d.instrument == "test.rule" and case.scenario == "what-if"
    }
    added = overlay.get("add-list-entries", {})
    listed = {d: [*world[d]["lists"], *added.get(d, ())] for d in DEVELOPERS}
    altered = {**tried, **overlay.get("alter-instruments", {}).get("test.rule", {})}
    oracle = Oracle(world, listed, altered, profile, overlay.get("set-facts", {}))
    return Answered({r: verdicts.get(r, "clear") for r in READINGS}, oracle, claims)


def operators(known: Seen) -> list[frozenset[str]]:
    """Who may serve it: weights without an operator run on own machines, a call without one goes anywhere."""
    if known.provider:
        return [frozenset({known.provider})]
    return (
        [frozenset({p}) for p in (*PROVIDERS, "self", "elsewhere")]
        if known.form == "api"
        else [frozenset({"self"})]
    )


def lines_of(
    known: Seen, oracle: Oracle, claims: list[Claim], reading: str, served: frozenset[str]
) -> list[list[Line]]:
    """Each line of descent with all its completions; a line that may be absent has one without a form."""
    identity = [c for c in claims if c.relation in {"same-as", "quantised-from"}]
    family = f"{known.developer}-{known.family}" if known.developer and known.family else ""
    found = []
    if known.developer or not any(counts(c, reading) for c in identity):
        found.append(
            [
                Line(*maker, "own", form)
                for maker in oracle.makers(known.developer, family, known.licence)
                for form in forms_of(known, oracle.group(maker[0]), served, maker[1])
            ]
        )
    for claim, (relation, key, _) in zip(claims, known.links, strict=False):
        developer, number = key.rsplit("-", 1)
        copy = relation == "same-as"
        forms = forms_of(known, oracle.group(developer), served, key) if copy else (FORM_OF[relation],)
        absent = [] if counts(claim, reading) else [Line("", "", "", "", "")]
        found.append([*(Line(developer, key, LICENCES[int(number)], relation, f) for f in forms), *absent])
    if known.hint:
        sure = [
            known.developer,
            *(
                k.rsplit("-", 1)[0]
                for c, (_, k, _) in zip(claims, known.links, strict=False)
                if counts(c, reading)
            ),
        ]
        explained = {g for d in sure if d for g in oracle.group(d)}
        if not oracle.group(known.hint) & explained:
            makers = list(oracle.makers(known.hint, "", ""))
            found.append(
                [Line("", "", "", "", ""), *(Line(*m, r, FORM_OF[r]) for m in makers for r in HINTED)]
            )
    return found
