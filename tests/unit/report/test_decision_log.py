"""The log of legal points: one entry for each silent cell that matters, filled from rulings."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given, settings

from build.any_dossiers import dossiers
from build.dossiers import small
from build.policy import INSURER, Rules, declared, entry, judged, local, rule
from gauger.core.profile import Ruling
from gauger.report.decision_log.entries import entries
from gauger.report.registry import RENDERERS

TUNED = local("models/ours", form="fine-tune", licence="mit")
BASE = entry("deepseek-v3")
RULING = Ruling(
    instrument="test.rule",
    form="fine-tune",
    held="not-reached",
    by="J. Osei, General Counsel",
    on="2026-11-03",
    because="the words speak of models",
    review="2027-06-01",
)


def document(*rulings, reaches=None, **fields):
    """The dossier of a stack with one fine-tune and one rule."""
    profile = msgspec.structs.replace(INSURER, rulings=rulings)
    law = Rules([rule(quote="any model developed by X", **({"reaches": reaches} if reaches else {}))])
    claims = (declared(TUNED, "fine-tuned-from", BASE),)
    found = judged(TUNED, profile, claims=claims, references=(BASE,), catalogue=law)
    return msgspec.structs.replace(
        small(),
        profile=profile,
        as_of="2026-11-23",
        models=(TUNED,),
        uses=(),
        artifacts=(),
        evidence=(),
        claims=claims,
        references=(BASE,),
        scenarios=found.scenarios,
        instruments=found.instruments,
        decisions=found.decisions,
        outcomes=found.outcomes,
        findings=(),
        gaps=(),
        **fields,
    )


def point(dossier):
    """The entry on the test's rule and fine-tunes, or None."""
    found = [e for e in entries(dossier) if (e.instrument, e.form) == ("test.rule", "fine-tune")]
    return found[0] if found else None


def test_a_silent_text_that_matters_is_an_entry_with_all_readings():
    """With the wording, its source, and what each reading gives for which model in which scenario."""
    found = point(document())
    assert (found.state, found.ruling, found.quote) == ("open", None, "any model developed by X")
    assert found.sources == ("https://example.org",)
    (effect,) = found.effects
    assert (effect.literal, effect.cautious, effect.strict) == (
        "clear",
        "undetermined",
        "prohibited-under-strict-reading",
    )
    assert effect.models == ("models/ours",)
    assert effect.scenarios == ("Today",)
    assert (found.cells, found.today) == (1, 1)


def test_a_ruling_fills_the_entry_and_what_would_follow_without_it_stays():
    """Decided by whom, when, why, until when; the verdict is the ruling's."""
    dossier = document(RULING)
    found = point(dossier)
    assert (found.state, found.ruling) == ("decided", RULING)
    (effect,) = found.effects
    assert (effect.literal, effect.cautious, effect.strict) == ("clear", "clear", "clear")
    assert set(found.otherwise) == {"undetermined", "prohibited-under-strict-reading"}
    text = RENDERERS.get("decision-log").render(dossier).decode()
    for words in ("the text does not reach it", "J. Osei, General Counsel", "2026-11-03", "2027-06-01"):
        assert words in text


def test_where_the_text_speaks_there_is_no_entry():
    """A yes or a no is nothing to decide; a ruling on it is shown as one on which nothing hangs."""
    assert point(document(reaches={"fine-tune": "yes"})) is None
    assert point(document(RULING, reaches={"fine-tune": "yes"})).state == "unused"


def test_open_entries_have_blank_fields_and_the_lines_to_write():
    """The block can be pasted into the profile."""
    text = RENDERERS.get("decision-log").render(document()).decode()
    for field in ("Decision", "Reason", "Decided by", "Date", "Review date"):
        assert f"| {field} | |" in text
    assert "  - instrument: test.rule\n    form: fine-tune\n" in text


@settings(max_examples=40)
@given(dossiers())
def test_the_log_holds_each_point_once_open_ones_first(dossier):
    """And the twin has every entry."""
    found = entries(dossier)
    assert len({(e.instrument, e.form) for e in found}) == len(found)
    assert [e.state != "open" for e in found] == sorted(e.state != "open" for e in found)
    told = json.loads(RENDERERS.get("decision-log-json").render(dossier))
    assert len(told["entries"]) == len(found)
