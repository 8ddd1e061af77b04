"""`gauger.yaml`: what it says is taken, what is misspelt stops the run with the nearest right word."""

from __future__ import annotations

import hashlib

import pytest

from build.policy import shipped
from gauger.assess.profile_file import known_scenarios, load_profile
from gauger.core.errors import UsageError

GOOD = """\
organisation: Example Mutual
country: GB
jurisdictions: [GB, EU]
facts: {military-use: no}
scenarios: [today, us-cut-off]
accepted:
  - {rule: r, subject: models/x, owner: Somebody, reason: Because., expires: 2026-12-31}
"""


def written(folder, text):
    """A profile file with this text."""
    path = folder / "gauger.yaml"
    path.write_text(text)
    return path


def test_a_profile_is_read_with_the_digest_of_its_bytes(tmp_path):
    """The dossier names the exact file that was read."""
    profile, digest = load_profile(written(tmp_path, GOOD), shipped())
    assert profile.facts == {"military-use": False}
    assert profile.accepted[0].expires == "2026-12-31"
    assert digest == "sha256:" + hashlib.sha256(GOOD.encode()).hexdigest()


def test_an_empty_file_says_nothing(tmp_path):
    """All is unknown; the reading is the cautious one."""
    profile, _ = load_profile(written(tmp_path, ""), shipped())
    assert (profile.facts, profile.reading) == ({}, "cautious")


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("countri: GB", "", "did you mean 'country'?"),
        ("facts: {us-dod-contracter: no}", "facts", "did you mean 'us-dod-contractor'?"),
        ("scenarios: [us-cutoff]", "scenarios", "did you mean 'us-cut-off'?"),
        ("country: UK", "country", "did you mean 'GB'?"),
        ("jurisdictions: [gb]", "jurisdictions", "did you mean 'GB'?"),
        ("country: EU", "country", "EU"),
        ("reading: cautios", "", "did you mean 'cautious'?"),
        (
            "accepted: [{rule: r, subject: s, owner: o, reason: b, expires: 31.12.2026}]",
            "accepted",
            "write YYYY-MM-DD",
        ),
        ("accepted: [{rule: r, subject: s, owner: '', reason: b, expires: 2026-12-31}]", "accepted", ""),
        ("accepted: [{rule: r, subject: s, owner: o, expires: 2026-12-31}]", "", ""),
        ("facts: [us-dod-contractor]", "", ""),
        ("facts: {us-dod-contractor: maybe}", "", ""),
        ("- a list", "", ""),
        ("a: [", "", ""),
        ("&a [*a]", "", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_the_nearest_right_word(tmp_path, text, place, hint):
    """Exit code 2: a misspelt key that is silently ignored would change a legal answer."""
    with pytest.raises(UsageError) as error:
        load_profile(written(tmp_path, text), shipped())
    assert error.value.subject.startswith("gauger.yaml")
    assert place in error.value.subject
    assert hint in error.value.hint


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path):
    """Not a traceback."""
    with pytest.raises(UsageError):
        load_profile(tmp_path / "nowhere.yaml", shipped())


def test_a_scenario_of_the_command_line_is_checked_like_one_of_the_file():
    """With the option as the place."""
    assert known_scenarios(("today",), shipped()) == ("today",)
    with pytest.raises(UsageError) as error:
        known_scenarios(("todai",), shipped())
    assert (error.value.subject, error.value.hint) == ("--scenario", "did you mean 'today'?")


@pytest.mark.parametrize("day", ["20260101", "2026-W01-1", "2026-1-1", "0000-01-01", "10000-01-01"])
@pytest.mark.parametrize(
    "text",
    [
        "accepted: [{{rule: r, subject: s, owner: o, reason: b, expires: '{}'}}]",
        "rulings: [{{instrument: us.ndaa26.1532.a2, form: fine-tune, held: reached, by: b, on: '{}'}}]",
    ],
)
def test_a_day_is_written_in_one_way(tmp_path, day, text):
    """Days are compared as text: `2026-W01-1` would come after every day of 2026, and never expire."""
    with pytest.raises(UsageError, match="is not a date"):
        load_profile(written(tmp_path, text.format(day)), shipped())


@pytest.mark.parametrize(
    "text",
    [
        "facts: {monthly-active-users: 1.0e+999}",
        "modifications: [{model: m, parameters: 1.0e+300, tokens: 1.0e+300}]",
    ],
)
def test_a_number_beyond_all_counting_is_refused(tmp_path, text):
    """Infinity is no answer: it cannot be written into a document and read back."""
    with pytest.raises(UsageError):
        load_profile(written(tmp_path, text), shipped())


def test_an_answer_of_the_wrong_kind_is_named_by_its_question(tmp_path):
    """Of many answers in one table the message says which, and in plain words what is expected."""
    path = tmp_path / "gauger.yaml"
    path.write_text("facts:\n  uk-public-body: true\n  monthly-active-users: many\n")
    with pytest.raises(UsageError, match=r"facts\.monthly-active-users needs true or false or a number"):
        load_profile(path, shipped())
