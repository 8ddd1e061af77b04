"""Laws of rulings: they change silent cells only, and stand for a text that speaks."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from build.policy import INSURER, Rules, judged, named, rule
from gauger.catalogue.vocabulary import FORMS
from gauger.core.judgement import READINGS
from gauger.core.profile import Ruling

MODEL = named("deepseek-ai/DeepSeek-V3.1")
cells = st.dictionaries(st.sampled_from(FORMS), st.sampled_from(["yes", "no", "silent"]))
rulings = st.dictionaries(st.sampled_from(FORMS), st.sampled_from(["reached", "not-reached"]))


def said(reaches, held):
    """What the test's rule says under each reading, with these rulings."""
    made = tuple(
        Ruling(instrument="test.rule", form=form, held=how, by="Counsel", on="2026-01-01")
        for form, how in held.items()
    )
    profile = msgspec.structs.replace(INSURER, rulings=made)
    found = judged(MODEL, profile, catalogue=Rules([rule(reaches=reaches)]))
    told = {
        reading: d.verdict
        for d in found.decisions
        if d.instrument == "test.rule"
        for reading in d.readings_in("today")
    }
    return [told.get(reading, "clear") for reading in READINGS]


@settings(max_examples=40, deadline=None)
@given(cells, rulings)
def test_a_ruling_is_as_good_as_a_text_that_speaks_and_never_better(reaches, held):
    """Verdicts are those of a text in which just the silent cells are filled in as counsel decided."""
    silent = [form for form in held if reaches.get(form, "silent") == "silent"]
    filled = {**reaches, **{form: "yes" if held[form] == "reached" else "no" for form in silent}}
    assert said(reaches, held) == said(filled, {})


@settings(max_examples=40, deadline=None)
@given(cells, rulings)
def test_rulings_on_forms_of_which_the_text_speaks_change_nothing(reaches, held):
    """A yes stays a yes and a no a no."""
    spoken = {form: how for form, how in held.items() if reaches.get(form, "silent") != "silent"}
    assert said(reaches, spoken) == said(reaches, {})
