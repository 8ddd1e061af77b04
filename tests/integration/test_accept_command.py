"""Accepting a risk on the command line, and what the gate says before, meanwhile and afterwards."""

from __future__ import annotations

import json

import msgspec
import pytest

from build import dossiers as made
from gauger.cli.main import exit_code
from gauger.cli.session import Session
from gauger.core.exits import Exit
from gauger.core.judgement import Finding

CODE = "from openai import OpenAI\nc = OpenAI(base_url='https://api.deepseek.com')\nc.chat.completions.create(model='deepseek-chat')\n"
PROFILE = (
    "country: US\njurisdictions: [US]\nfacts: {us-dod-contractor: true, us-dod-contract-performance: true}\n"
)


@pytest.fixture
def stack(tmp_path):
    """A defence contractor that calls DeepSeek's own service, checked once."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "app.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "s" / "gauger.yaml").write_text(PROFILE, encoding="utf-8")
    return tmp_path


def check(stack, *more, day="2026-11-24"):
    """The exit code of a check, and its document."""
    out = stack / "d.json"
    words = f"check {stack}/s --date {day} --scenario today --no-cache -o {out} -f json".split()
    code = exit_code([*words, *more])
    return code, json.loads(out.read_text(encoding="utf-8"))


def alarm_of(document):
    """The finding that the law of today gives."""
    (found,) = [f for f in document["findings"] if f["rule"] == "prohibited-today"]
    return found


def accept(stack, ident, *more):
    """The exit code of the acceptance."""
    words = ["accept", str(stack / "d.json"), ident, "--owner", "CISO", "--reason", "waiver asked for"]
    return exit_code([*words, "--expires", "2026-12-31", *more])


def test_a_gate_opens_with_an_acceptance_and_closes_when_it_ends(stack):
    """Before: 1. Accepted: 0. The day after: 1, at every level, and the finding counts again."""
    code, document = check(stack, "--fail-on", "critical")
    assert code == 1
    profile = stack / "s" / "gauger.yaml"
    for ident in alarm_of(document)["evidence"]:
        assert accept(stack, ident, "--write", str(profile)) == 0
    code, document = check(stack, "--fail-on", "critical")
    assert code == 0
    assert alarm_of(document)["accepted_by"] == "CISO"
    assert check(stack, "--fail-on", "critical", day="2026-12-31")[0] == 0
    code, document = check(stack, "--fail-on", "critical", day="2027-01-01")
    assert code == 1
    assert "accepted_by" not in alarm_of(document)
    assert any(f["rule"] == "accepted-risk-expired" for f in document["findings"])


def test_an_expired_acceptance_fails_a_gate_that_its_severity_alone_would_pass():
    """The expiry is high, the bar is critical: the gate fails. Without a gate, nothing does."""
    expired = Finding(
        rule="accepted-risk-expired",
        severity="high",
        confidence="high",
        audience=("compliance",),
        message="past",
    )
    document = msgspec.structs.replace(made.empty(), findings=(expired,))
    assert Session(fail_on="critical")._code(document) == Exit.FINDINGS
    assert Session()._code(document) == Exit.DONE
    other = msgspec.structs.replace(expired, rule="accepted-risk-outdated", id="")
    assert (
        Session(fail_on="critical")._code(msgspec.structs.replace(document, findings=(other,))) == Exit.DONE
    )


def test_a_changed_text_makes_the_acceptance_outdated(stack):
    """The digest in the profile is not that of today: said, and the finding counts."""
    _, document = check(stack)
    profile = stack / "s" / "gauger.yaml"
    accept(stack, alarm_of(document)["id"], "--write", str(profile))
    assert check(stack, "--fail-on", "critical")[0] == 0
    text = profile.read_text(encoding="utf-8")
    before, _, rest = text.partition("sha256:")
    profile.write_text(f"{before}sha256:{'0' * 64}{rest[64:]}", encoding="utf-8")
    code, document = check(stack, "--fail-on", "critical")
    assert code == 1
    assert any(f["rule"] == "accepted-risk-outdated" for f in document["findings"])


def test_without_write_the_block_is_printed_and_the_profile_stays(stack, capsys):
    """What is printed is what would be written."""
    _, document = check(stack)
    capsys.readouterr()
    assert accept(stack, alarm_of(document)["id"]) == 0
    shown = capsys.readouterr().out
    assert 'rule: "prohibited-today"' in shown
    assert "sha256:" in shown
    assert (stack / "s" / "gauger.yaml").read_text(encoding="utf-8") == PROFILE


@pytest.mark.parametrize(
    "more",
    [
        ["--expires", "2020-01-01"],
        ["--expires", "soon"],
        ["--owner", " "],
        ["--reason", "two\nlines"],
    ],
)
def test_an_acceptance_that_makes_no_sense_is_refused(stack, more):
    """Exit code 2: a past day, no day, no owner, a reason of two lines."""
    _, document = check(stack)
    assert accept(stack, alarm_of(document)["id"], *more) == 2


@pytest.mark.parametrize("ident", ["finding-none", "", "decision"])
def test_an_id_that_is_none_or_several_is_refused(stack, ident):
    """Exit code 2, with nothing written."""
    check(stack)
    assert accept(stack, ident) == 2
