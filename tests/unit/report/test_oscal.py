"""OSCAL: valid under the official schema, and nothing undetermined is ever satisfied."""

from __future__ import annotations

import json
import re
import uuid
from functools import cache

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.report.oscal.fields import deadline, identifier, line, place, prose, token
from gauger.report.oscal.frameworks import framework_props, hooks_of, table
from gauger.report.registry import RENDERERS
from real_models import folder

SATISFIED = {"clear", "watch"}


@cache
def validator():
    """The official schema of OSCAL 1.2.1, out of a package that carries it: nothing of it is copied here.

    JSON Schema writes classes of letters as Python's `re` does not know them; they are put into its own.
    """
    path = folder() / "oscal" / "oscal_assessment-results_schema.json"
    if not path.is_file():
        pytest.skip("needs the schema of OSCAL: run scripts/fetch_real_models.py")
    text = path.read_text(encoding="utf-8").replace("\\\\p{L}", "[^\\\\W\\\\d_]").replace("\\\\p{N}", "\\\\d")
    schema = json.loads(text)
    assert "/1.2.1/" in schema["$id"]
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    return jsonschema.Draft7Validator(schema, format_checker=checker)


def results_of(dossier):
    """The assessment results."""
    return json.loads(RENDERERS.get("oscal").render(dossier))["assessment-results"]


def only(dossier):
    """The only result."""
    (result,) = results_of(dossier)["results"]
    return result


def values(node, key):
    """All values under this key, at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from values(item, key)


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_made_dossiers_are_valid_under_the_official_schema(name):
    """Version 1.2.1, with the formats checked."""
    dossier = getattr(made, name)()
    validator().validate(json.loads(RENDERERS.get("oscal").render(dossier)))


@settings(max_examples=25, deadline=None)
@given(dossiers())
def test_any_dossier_is_valid_under_the_official_schema(dossier):
    """Whatever the records hold."""
    validator().validate(json.loads(RENDERERS.get("oscal").render(dossier)))


@pytest.mark.parametrize("name", ["small", "large"])
def test_what_is_undetermined_is_never_satisfied(name):
    """Satisfied stands only where the verdict is clear or on watch; everything else is open as a risk."""
    result = only(getattr(made, name)())
    risks = {risk["uuid"] for risk in result["risks"]}
    for finding in result["findings"]:
        verdict = next(p["value"] for p in finding["props"] if p["name"] == "verdict")
        state = finding["target"]["status"]["state"]
        assert (state == "satisfied") == (verdict in SATISFIED)
        related = {r["risk-uuid"] for r in finding.get("related-risks", [])}
        assert related <= risks
        assert related or verdict == "clear"


def test_a_model_that_was_not_evaluated_is_not_satisfied():
    """An outcome that is missing is no permission."""
    dossier = msgspec.structs.replace(made.small(), outcomes=(), decisions=())
    states = {f["target"]["status"]["state"] for f in only(dossier)["findings"]}
    assert states == {"not-satisfied"}


def test_a_document_without_rules_says_that_none_was_asked():
    """A scan alone has a result without findings, which claims nothing."""
    dossier = msgspec.structs.replace(made.small(), scenarios=(), instruments=(), outcomes=(), decisions=())
    result = only(dossier)
    assert "findings" not in result
    assert "No rule was asked" in result["title"]


def test_every_record_is_there_and_every_reference_leads_somewhere():
    """Evidence and gaps are observations, findings are risks; all uuids are distinct and of version 5."""
    dossier = made.small()
    document = results_of(dossier)
    (result,) = document["results"]
    records = {p["value"] for props in values(result, "props") for p in props if p["name"] == "record"}
    wanted = [*dossier.evidence, *dossier.gaps, *dossier.findings, *dossier.models_in_use]
    assert {record.id for record in wanted} <= records
    idents = [*values(document, "uuid")]
    assert len(idents) == len(set(idents))
    assert {uuid.UUID(ident).version for ident in idents} == {5}
    for key in ("observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid"):
        assert set(values(document, key)) <= set(idents)
    assert document["import-ap"]["href"].removeprefix("#") in idents


def test_scenarios_are_risks_of_the_law_as_it_stands():
    """What a scenario takes away is named, with the scenario as a property."""
    named = {
        p["value"]
        for risk in only(made.small())["risks"]
        for p in risk.get("props", [])
        if p["name"] == "scenario"
    }
    assert {"s1-listed", "s2-wide"} <= named
    assert "today" not in named


def test_an_accepted_finding_is_a_deviation_with_owner_and_day():
    """It is not closed, and it does not vanish."""
    dossier = made.small()
    accepted = msgspec.structs.replace(
        dossier.findings[0],
        accepted_by="Head of IT",
        accepted_until="2026-12-31",
        accepted_because="pilot <b>only</b>",
    )
    result = only(msgspec.structs.replace(dossier, findings=(accepted,)))
    (risk,) = [r for r in result["risks"] if r["uuid"] == identifier(accepted.id)]
    assert risk["status"] == "deviation-approved"
    assert risk["deadline"].startswith("2026-12-31")
    assert "<b>" not in json.dumps(risk)


def test_a_digest_of_a_files_beginning_is_no_hash_of_the_file():
    """Only where the whole file was read does the resource carry a hash."""
    part = made.digest("a.safetensors", size_bytes=10, read_bytes=4)
    whole = made.digest("b.json", size_bytes=4, read_bytes=4)
    dossier = msgspec.structs.replace(made.small(), inputs=(part, whole))
    links = {
        r["title"]: r["rlinks"][0] for r in results_of(dossier)["back-matter"]["resources"] if "rlinks" in r
    }
    assert [("hashes" in link) for _, link in sorted(links.items())] == [False, True]


def test_times_are_the_documents_day_and_the_bytes_are_the_same_twice():
    """No clock is read."""
    first = RENDERERS.get("oscal").render(made.small())
    assert first == RENDERERS.get("oscal").render(made.small())
    assert set(re.findall(rb"\d{4}-\d{2}-\d{2}T[0-9:]+Z", first)) <= {b"2026-11-10T00:00:00Z"} | {
        f"{f.accepted_until}T23:59:59Z".encode() for f in made.small().findings
    }


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", "1066-10-14", "2026-1-1", "2026-12-31\n"])
def test_a_day_that_is_none_gives_no_deadline(day):
    """The document of another program may hold any text."""
    assert deadline(day) == ""
    assert deadline("2026-12-31") == "2026-12-31T23:59:59Z"


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "<img src=x>", "[a](https://b)", "\u202e", "a\nb", "`", "ключ", "日" * 5000, "]]>"],
)
def test_hostile_text_becomes_one_plain_line(text):
    """No markup, no line end, never empty; a token and a place have no sign of their own."""
    assert "\n" not in line(text)
    assert line(text).strip() == line(text) != ""
    assert "<" not in prose(text, text)
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", token(text))
    assert re.fullmatch(r"\./[A-Za-z0-9._~%/-]*", place(text))


def test_every_rule_is_described_once_with_its_sources_and_hooks():
    """As an objective of the document; findings refer to it by its id."""
    document = results_of(made.small())
    described = {o["control-id"]: o for o in document["local-definitions"]["objectives-and-methods"]}
    assert set(described) == {note.key for note in made.small().instruments}
    assert described["test.ban"]["links"][0]["href"] == "https://law.example/test.ban"
    assert {f["target"]["target-id"] for f in document["results"][0]["findings"]} <= {
        *described,
        "gauger.every-rule",
    }


def test_rules_carry_hooks_into_frameworks():
    """Every rule bears on supply chain controls; section 1532 and the AI Act on their own."""
    assert {h.framework for h in hooks_of("any.rule")} == {
        "NIST-AI-RMF-1.0",
        "NIST-SP-800-161r1",
        "ISO-IEC-42001-2023",
    }
    values_of = {p["value"] for p in framework_props("us.ndaa26.1532.a3A")}
    assert {"3.1.20", "3.4.8", "3.4.9", "SR-4", "GOVERN-6.1"} <= values_of
    assert "Art.53" in {p["value"] for p in framework_props("eu.aia.gpai-modifier")}
    assert all(h.source.startswith("https://") for h in table().hooks)
