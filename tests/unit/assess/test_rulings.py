"""Rulings: what counsel decided settles silence, is shown, and is looked at again."""

from __future__ import annotations

import msgspec
import pytest

from build.policy import INSURER, Rules, decision, declared, entry, judged, local, rule, shipped
from gauger.assess.profile_file import load_profile
from gauger.core.errors import UsageError
from gauger.core.judgement import Step
from gauger.core.profile import Ruling

TUNED = local("models/ours", form="fine-tune", licence="mit")
BASE = entry("deepseek-v3")
LINEAGE = {"claims": (declared(TUNED, "fine-tuned-from", BASE),), "references": (BASE,)}
SILENT = Rules([rule(), rule("test.other", title="Another rule")])


def ruled(held="not-reached", form="fine-tune", **fields):
    """A profile with one ruling."""
    plain = {"instrument": "test.rule", "by": "J. Osei, General Counsel", "on": "2026-11-03", **fields}
    return msgspec.structs.replace(INSURER, rulings=(Ruling(form=form, held=held, **plain),))


def steps(step: Step):
    """All nodes of a derivation."""
    yield step
    for below in step.steps:
        yield from steps(below)


def verdict_of(assessment, instrument, reading="cautious"):
    """What this rule says; `clear` where no decision is stored."""
    found = [
        d for d in assessment.decisions if d.instrument == instrument and reading in d.readings_in("today")
    ]
    return found[0].verdict if found else "clear"


def test_without_a_ruling_the_reading_decides():
    """The text says nothing of fine-tunes: three readings, three verdicts."""
    found = judged(TUNED, INSURER, catalogue=Rules([rule()]), **LINEAGE)
    given = [verdict_of(found, "test.rule", reading) for reading in ("literal", "cautious", "strict")]
    assert given == ["clear", "undetermined", "prohibited-under-strict-reading"]


def test_a_ruling_that_the_text_does_not_reach_clears_and_stays_visible():
    """All readings agree; the decision is kept as clear, with who decided and what would follow else."""
    found = judged(
        TUNED, ruled(because="the words speak of models, not of derivatives"), catalogue=SILENT, **LINEAGE
    )
    for reading in ("literal", "cautious", "strict"):
        assert verdict_of(found, "test.rule", reading) == "clear"
    told = decision(found, "test.rule")
    assert "J. Osei, General Counsel" in told.summary
    cell = next(s for s in steps(told.step) if s.question == "Does the text reach the form fine-tune?")
    assert cell.truth == "false"
    assert cell.because == (
        "the text is silent; held not to reach the form fine-tune by J. Osei, General Counsel on 2026-11-03: "
        "the words speak of models, not of derivatives"
    )
    assert any("if the ruling did not stand" in flip and flip.endswith("undetermined") for flip in told.flips)
    assert not told.settles


def test_a_ruling_that_the_text_reaches_prohibits():
    """What counsel held to be reached is prohibited under every reading, as if the text said so."""
    found = judged(TUNED, ruled("reached"), catalogue=SILENT, **LINEAGE)
    for reading in ("literal", "cautious", "strict"):
        assert verdict_of(found, "test.rule", reading) == "prohibited"


def test_a_ruling_touches_its_own_rule_only():
    """Another rule with the same words stays as silent as it was."""
    found = judged(TUNED, ruled(), catalogue=SILENT, **LINEAGE)
    assert verdict_of(found, "test.other") == "undetermined"


@pytest.mark.parametrize("cell", ["yes", "no"])
@pytest.mark.parametrize("held", ["reached", "not-reached"])
def test_a_ruling_never_changes_what_the_text_says(cell, held):
    """Where the text speaks, verdicts are the same with and without the ruling, and a finding says so."""
    law = Rules([rule(reaches={"fine-tune": cell})])
    with_it = judged(TUNED, ruled(held), catalogue=law, **LINEAGE)
    without = judged(TUNED, INSURER, catalogue=law, **LINEAGE)
    assert with_it.decisions == without.decisions
    assert with_it.outcomes == without.outcomes
    assert [f.rule for f in with_it.findings if f.rule.startswith("ruling")] == ["ruling-unused"]


def test_a_ruling_counts_from_the_day_on_which_it_was_made():
    """Evaluated for an earlier day, the text is silent still."""
    found = judged(TUNED, ruled(on="2026-11-20"), catalogue=SILENT, as_of="2026-11-19", **LINEAGE)
    assert verdict_of(found, "test.rule") == "undetermined"
    (finding,) = [f for f in found.findings if f.rule == "ruling-unused"]
    assert "2026-11-20" in finding.message


@pytest.mark.parametrize(("review", "overdue"), [("2026-11-22", True), ("2026-11-23", False), ("", False)])
def test_an_overdue_review_is_a_finding_and_the_ruling_counts_still(review, overdue):
    """The day of the review itself is not overdue."""
    found = judged(TUNED, ruled(review=review), catalogue=SILENT, **LINEAGE)
    assert verdict_of(found, "test.rule") == "clear"
    assert [f.rule for f in found.findings] == (["ruling-review-overdue"] if overdue else [])


GOOD = "{instrument: us.dod.contractors.deepseek, form: fine-tune, held: reached, by: X, on: 2026-11-03}"


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (("form: fine-tune", "form: fine-tunes"), "did you mean 'fine-tune'?"),
        (("held: reached", "held: reachd"), "did you mean 'reached'?"),
        (("2026-11-03", "3.11.2026"), "write YYYY-MM-DD"),
        (("by: X", "by: ' '"), ""),
        (("}", ", review: soon}"), "write YYYY-MM-DD"),
        (("reached", "reached, because: [x]"), ""),
    ],
)
def test_a_misspelt_ruling_stops_the_run(tmp_path, change, hint):
    """With the nearest right word."""
    ident = next(iter(shipped().instruments))
    good = GOOD.replace("us.dod.contractors.deepseek", ident)
    path = tmp_path / "gauger.yaml"
    path.write_text(f"rulings: [{good}]\n")
    profile, _ = load_profile(path, shipped())
    assert profile.rulings[0].instrument == ident
    path.write_text(f"rulings: [{good.replace(*change)}]\n")
    with pytest.raises(UsageError) as caught:
        load_profile(path, shipped())
    assert hint in (caught.value.hint or "")


def test_an_unknown_rule_or_a_point_decided_twice_is_refused(tmp_path):
    """A ruling names a rule of the knowledge base, a scenario or a licence, and no point twice."""
    ident = next(iter(shipped().instruments))
    path = tmp_path / "gauger.yaml"
    path.write_text(f"rulings: [{GOOD.replace('us.dod.contractors.deepseek', ident + 'x')}]\n")
    with pytest.raises(UsageError) as caught:
        load_profile(path, shipped())
    assert ident in (caught.value.hint or "")
    good = GOOD.replace("us.dod.contractors.deepseek", ident)
    path.write_text(f"rulings: [{good}, {good}]\n")
    with pytest.raises(UsageError, match="twice"):
        load_profile(path, shipped())
