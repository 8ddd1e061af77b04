"""Accepted risks: what they cover, when they end, and what happens to one that covers nothing."""

from __future__ import annotations

import pytest

from gauger.assess.accepted import EXPIRED, UNUSED, accept
from gauger.assess.accepted_on import Grounds
from gauger.core.dossier import ScenarioNote
from gauger.core.inventory import Location, Model
from gauger.core.judgement import Finding
from gauger.core.profile import AcceptedRisk

MODEL = Model(namespace="local", name="models/helios", form="weights")
FINDING = Finding(
    rule="declared-origin-contradicted",
    severity="high",
    confidence="high",
    audience=("compliance",),
    subject=MODEL.id,
    locations=(Location(path="models/helios/README.md", line=2),),
    message="x",
)


def risk(**changes):
    """An acceptance of the finding above, until the end of 2026."""
    fields = {"rule": FINDING.rule, "subject": "models/helios", "owner": "A. Smith", "reason": "pilot only"}
    return AcceptedRisk(**{**fields, "expires": "2026-12-31", **changes})


@pytest.mark.parametrize("subject", ["models/helios", "models/helios/", "models", "models/helios/README.md"])
def test_an_acceptance_covers_a_model_a_file_or_a_folder(subject):
    """Owner, reason and expiry are written on the finding, whose id stays."""
    (done,) = accept([FINDING], (risk(subject=subject),), [MODEL], "2026-11-23")
    assert (done.accepted_by, done.accepted_because, done.accepted_until) == (
        "A. Smith",
        "pilot only",
        "2026-12-31",
    )
    assert done.id == FINDING.id


@pytest.mark.parametrize("changes", [{"rule": "another"}, {"subject": "models/hel"}, {"subject": "other"}])
def test_an_acceptance_of_something_else_covers_nothing_and_is_reported(changes):
    """A beginning of a name is not the name."""
    first, second = accept([FINDING], (risk(**changes),), [MODEL], "2026-11-23")
    assert first == FINDING
    assert second.rule == UNUSED


def test_an_acceptance_holds_on_its_last_day_and_not_after():
    """After its date the finding counts again, and the expiry is a finding itself."""
    (last,) = accept([FINDING], (risk(),), [MODEL], "2026-12-31")
    assert last.accepted_by
    after, expired = accept([FINDING], (risk(),), [MODEL], "2027-01-01")
    assert after == FINDING
    assert expired.rule == EXPIRED


@pytest.mark.parametrize("rule", ["unlicensed-today", "instrument:xx.rule"])
def test_an_accepted_verdict_is_not_called_unused_where_today_was_not_asked(rule):
    """Whoever looks at a scenario alone is not told to take the acceptance of today's verdict out."""
    assert accept([FINDING], (risk(rule=rule),), [MODEL], "2026-11-23") == (FINDING,)
    note = ScenarioNote(key="today", title="Today", description="The law as it stands.", hypothetical=False)
    today = Grounds([MODEL], scenarios=[note])
    _, told = accept([FINDING], (risk(rule=rule),), [MODEL], "2026-11-23", today)
    assert told.rule == UNUSED
