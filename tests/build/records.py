"""Hypothesis strategies for the core's records."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from gauger.core import comparison, inventory, judgement, lineage, readings

text = st.text(max_size=30)
words = st.text(min_size=1, max_size=20)
paths = st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6}){0,2}\.[a-z]{1,3}", fullmatch=True)
finite = st.floats(allow_nan=False, allow_infinity=False, width=64)

locations = st.builds(
    inventory.Location,
    path=paths,
    line=st.integers(0, 10_000),
    column=st.integers(0, 200),
    member=text,
)
unmeasured = st.builds(readings.Unmeasured, reason=st.sampled_from(get_args(readings.Reason)), detail=text)


@st.composite
def measured(draw: st.DrawFn) -> readings.Measured:
    """A reading whose interval holds its value."""
    low, value, high = sorted(draw(st.tuples(finite, finite, finite)))
    return readings.Measured(value=value, low=low, high=high, unit=draw(words), n=draw(st.integers(0, 10**9)))


reading = st.one_of(measured(), unmeasured)
known = st.one_of(words, unmeasured)
scalars = st.one_of(text, st.integers(-(2**53), 2**53), finite, st.booleans())
facts = st.dictionaries(words, st.one_of(scalars, st.lists(scalars, max_size=3).map(tuple)), max_size=3)
digests = st.builds(
    inventory.Digest,
    path=paths,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    size_bytes=st.integers(0, 2**40),
    read_bytes=st.integers(0, 2**40),
)
hops = st.builds(inventory.Hop, how=words, name=text, location=locations)
endpoints = st.builds(
    inventory.Endpoint,
    provider=known,
    url=text,
    basis=st.sampled_from(["default", "declared", "resolved", "unresolved"]),
    chain=st.lists(hops, max_size=2).map(tuple),
)
artifacts = st.builds(
    inventory.Artifact,
    kind=st.sampled_from(get_args(inventory.ArtifactKind)),
    location=locations,
    title=text,
    format=text,
    parts=st.lists(paths, max_size=2).map(tuple),
    size_bytes=st.integers(-1, 2**40),
    facts=facts,
)
models = st.builds(
    inventory.Model,
    namespace=st.sampled_from(["hub", "ollama", "api", "local", "object-store", "cloud", "unknown"]),
    name=words,
    provider=text,
    form=st.sampled_from(get_args(inventory.Form)),
    publisher=known,
    developer=known,
    family=known,
    licence=known,
)
uses = st.builds(
    inventory.Use,
    surface=words,
    api=text,
    location=locations,
    written=text,
    model=words,
    role=st.sampled_from(get_args(inventory.Role)),
    status=st.sampled_from(get_args(inventory.Status)),
    chain=st.lists(hops, max_size=3).map(tuple),
    endpoint=st.one_of(st.none(), endpoints),
    note=text,
)
references = st.builds(
    lineage.Reference,
    kind=st.sampled_from(["model", "family", "tokenizer", "structure", "dataset", "developer"]),
    key=words,
    title=text,
    developer=known,
    country=known,
    licence=known,
)
evidence = st.builds(
    lineage.Evidence,
    probe=words,
    subject=words,
    reference=text,
    statement=text,
    reading=reading,
    strength=st.sampled_from(lineage.STRENGTHS),
    calibration=text,
    inputs=st.lists(digests, max_size=2).map(tuple),
    facts=facts,
)
observed_claims = st.builds(
    lineage.Claim,
    subject=words,
    relation=st.sampled_from(get_args(lineage.Relation)),
    object=words,
    basis=st.just("observed"),
    strength=st.sampled_from(lineage.STRENGTHS),
    evidence=st.lists(words, min_size=1, max_size=2).map(tuple),
    share=reading,
)
stated_claims = st.builds(
    lineage.Claim,
    subject=words,
    relation=st.sampled_from(get_args(lineage.Relation)),
    object=words,
    basis=st.sampled_from(["declared", "catalogue", "alleged"]),
    source=text,
)
claims = st.one_of(observed_claims, stated_claims)
tests_of_pairs = st.builds(
    comparison.TestOutcome,
    test=st.sampled_from(get_args(comparison.TestKind)),
    component=text,
    statistic=reading,
    p_value=reading,
    p_bound=reading,
    looks=st.integers(0, 10**9),
    units=st.integers(0, 10**6),
)
parts_of_pairs = st.builds(
    comparison.ComponentMatch,
    component=text,
    origin=text,
    cosine=reading,
    change=reading,
    state=st.sampled_from(["equal", "altered", "linked", "independent", "analytic", "undecided"]),
)
comparisons = st.builds(
    comparison.Comparison,
    subject=words,
    reference=words,
    verdict=st.sampled_from(get_args(comparison.Verdict)),
    alterations=st.lists(st.sampled_from(get_args(comparison.Verdict)), max_size=2).map(tuple),
    relation=st.sampled_from(["", *get_args(lineage.Relation)]),
    inverse=st.booleans(),
    direction=st.sampled_from(["declared", "catalogue", "dates", "information-loss", "heuristic", "unknown"]),
    tier=st.sampled_from(get_args(comparison.Tier)),
    statement=text,
    caveats=st.lists(text, max_size=2).map(tuple),
    quantiser=text,
    rank=reading,
    tests=st.lists(tests_of_pairs, max_size=2).map(tuple),
    components=st.lists(parts_of_pairs, max_size=3).map(tuple),
    layer_map=st.lists(st.integers(-2, 10**6) | st.integers(-1, 5), max_size=4).map(tuple),
    power=reading,
    read_bytes=st.integers(0, 2**50),
    total_bytes=st.integers(0, 2**50),
    facts=facts,
)
findings = st.builds(
    judgement.Finding,
    rule=words,
    severity=st.sampled_from(judgement.SEVERITIES),
    confidence=st.sampled_from(["low", "medium", "high"]),
    audience=st.lists(st.sampled_from(["platform", "security", "compliance"]), max_size=2).map(tuple),
    locations=st.lists(locations, max_size=2).map(tuple),
    message=text,
)
gaps = st.builds(
    judgement.Gap,
    part=words,
    reason=st.sampled_from(get_args(readings.Reason)),
    location=st.one_of(st.none(), locations),
    detail=text,
)
steps = st.recursive(
    st.builds(judgement.Step, question=text, truth=st.sampled_from(get_args(judgement.Truth)), because=text),
    lambda below: st.builds(
        judgement.Step,
        question=text,
        truth=st.sampled_from(get_args(judgement.Truth)),
        steps=st.lists(below, max_size=2).map(tuple),
    ),
    max_leaves=4,
)
cases = st.builds(judgement.Case, scenario=words, reading=st.sampled_from(judgement.READINGS))
decisions = st.builds(
    judgement.Decision,
    model=words,
    instrument=words,
    cases=st.lists(cases, min_size=1, max_size=3).map(tuple),
    verdict=st.sampled_from(judgement.VERDICTS),
    summary=text,
    step=steps,
)
outcomes = st.builds(
    judgement.Outcome,
    model=words,
    scenario=words,
    reading=st.sampled_from(judgement.READINGS),
    verdict=st.sampled_from(judgement.VERDICTS),
)
records = st.one_of(
    artifacts, models, uses, references, evidence, claims, findings, gaps, decisions, outcomes
)
