"""Laws of the resolver, on any graph of bindings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gauger.core.inventory import Location
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.collector import Binding
from gauger.scan.resolve import Broken, Found, Resolver
from gauger.scan.values import Either, Joined, Name, Opaque, Text, Value

KINDS = st.sampled_from(["environment", "setting", "variable", "symbol", "alias"])
NAMES = st.sampled_from(["a", "b", "m:a", "x/m:b", "f.yaml#k", "#k"])
PLACES = st.builds(
    Location, path=st.sampled_from([".env", "app/x.py", "app/sub/y.py", "k8s/c.yaml"]), line=st.integers(1, 9)
)
LEAVES = st.one_of(
    st.builds(Text, text=st.sampled_from(["", "x/y", "gpt"]), location=PLACES),
    st.builds(Opaque, why=st.just("why"), location=PLACES),
    st.builds(Name, kind=KINDS, name=NAMES, location=PLACES),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Name, kind=KINDS, name=NAMES, location=PLACES, default=inner),
        st.builds(Joined, parts=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Either, options=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
BINDINGS = st.builds(
    Binding,
    kind=KINDS,
    name=NAMES,
    value=VALUES,
    location=PLACES,
    scope=st.sampled_from(["", "app", "k8s", "f#d"]),
    overridable=st.booleans(),
)


@given(value=VALUES, bindings=st.lists(BINDINGS, max_size=8))
def test_following_ends_and_the_chain_ends_where_the_text_stands(
    value: Value, bindings: list[Binding]
) -> None:
    """Any graph: at least one outcome, distinct texts, bounded chains, the last hop is the text's place."""
    outcomes = Resolver(bindings, DEFAULT_LIMITS).resolve(value)
    assert outcomes
    found = [o for o in outcomes if isinstance(o, Found)]
    assert len({o.text for o in found}) == len(found)
    assert not found or len(found) == len(outcomes)
    assert len(found) == 1 or not any(o.certain for o in found)
    for outcome in found:
        if outcome.chain:
            assert outcome.chain[-1].location == outcome.location
    for outcome in outcomes:
        if isinstance(outcome, Broken):
            assert outcome.why


@given(value=VALUES, bindings=st.lists(BINDINGS, max_size=8), seed=st.randoms())
def test_the_order_of_bindings_does_not_matter(value: Value, bindings: list[Binding], seed: object) -> None:
    """The same definitions in any order give the same texts."""
    shuffled = list(bindings)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one = Resolver(bindings, DEFAULT_LIMITS).resolve(value)
    other = Resolver(shuffled, DEFAULT_LIMITS).resolve(value)
    assert {o.text for o in one if isinstance(o, Found)} == {o.text for o in other if isinstance(o, Found)}
