"""Whatever is done to a tiny model: a verdict of the closed set, no claim for strangers, twice the same."""

from __future__ import annotations

from typing import get_args

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from build import copies
from build.opened_models import opened
from gauger.core.comparison import Comparison, Verdict
from gauger.trace.weights.claims import result_of
from gauger.trace.weights.compare import compare_opened

P = copies.parent(900, layers=3, units=96, width=48)
EDITS = {
    "noise": lambda t: copies.noise(t, 0.1),
    "permuted": copies.units_permuted,
    "rotated": copies.rotated,
    "half": lambda t: {n: v.astype(np.float16).astype(np.float32) for n, v in t.items()},
    "renamed": lambda t: {f"t{n}": v for n, v in enumerate(t.values())},
    "turned": lambda t: {n: v.T for n, v in t.items()},
}


def said(ours: copies.Tensors, theirs: copies.Tensors) -> Comparison:
    """The verdict on these two."""
    return compare_opened(opened(ours, name="ours"), opened(theirs, name="theirs"))


@settings(max_examples=12)
@given(st.lists(st.sampled_from(["noise", "permuted", "rotated", "half"]), max_size=3))
def test_copies_of_copies_are_found(edits):
    """Whatever was done, one after the other: derivation is shown, and claimed once."""
    copy = P
    for edit in edits:
        copy = EDITS[edit](copy)
    found = said(copy, P)
    assert found.relation != "", (edits, found.statement)
    assert len(result_of(found).claims) == 1


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.lists(st.sampled_from(sorted(EDITS)), max_size=2))
def test_strangers_are_never_claimed(seed, edits):
    """However they were edited; a negative has its power or its reason."""
    strange = copies.parent(10_000 + seed, layers=3, units=96, width=48)
    for edit in edits:
        strange = EDITS[edit](strange)
    found = said(strange, P)
    assert found.verdict in ("independent", "undecided")
    assert result_of(found).claims == ()


@settings(max_examples=10)
@given(st.sampled_from(sorted(EDITS)))
def test_both_sides_agree(edit):
    """Asked from either side there is a relation or there is none, and the tier is the same."""
    copy = EDITS[edit](P)
    one, two = said(copy, P), said(P, copy)
    assert bool(one.relation) == bool(two.relation)
    assert one.tier == two.tier


@settings(max_examples=15)
@given(
    st.dictionaries(
        st.sampled_from(sorted(P)),
        st.sampled_from(["nan", "zero", "drop", "short", "flat", "alike"]),
        max_size=8,
    )
)
def test_broken_copies_never_crash(damage):
    """Tensors without numbers, gone, cut or flattened: a verdict, and the same bytes twice."""
    copy = dict(P)
    for name, kind in damage.items():
        tensor = copy[name]
        if kind == "drop":
            del copy[name]
        else:
            copy[name] = {
                "nan": tensor * np.float32(np.nan),
                "zero": tensor * 0,
                "short": tensor[: max(1, len(tensor) // 2)],
                "flat": tensor.reshape(-1),
                "alike": np.repeat(tensor[:1], len(tensor), axis=0),
            }[kind]
    found = said(copy, P)
    assert found.verdict in get_args(Verdict)
    assert msgspec.json.encode(found) == msgspec.json.encode(said(copy, P))
    if any(P[name].ndim == 2 for name in damage):
        assert found.facts.get("all-numbers-compared") is not True
