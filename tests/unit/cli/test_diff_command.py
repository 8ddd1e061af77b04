"""`gauger diff` and `gauger assess --calendar`: what goes in, what comes out, and with which exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from build.judged import dossier_of, with_facts
from build.policy import INSURER, named, shipped
from gauger.cli.main import exit_code
from gauger.core import change
from gauger.core.calendar import Calendar
from gauger.core.dossier import dump
from gauger.core.profile import AcceptedRisk

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "diff.md"


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """The same stack twice: a UK insurer, and one that performs a contract of the US defence department."""
    folder = tmp_path_factory.mktemp("documents")
    models = [named("deepseek-ai/DeepSeek-V3.1"), named("Qwen/Qwen3-32B")]
    scenarios = ("today", "contractor-ban-widened")
    risk = AcceptedRisk(
        rule="unsafe-pickle", subject="x", owner="somebody", reason="so", expires="2027-01-31"
    )
    before = msgspec.structs.replace(INSURER, accepted=(risk,))
    after = with_facts(before, us_dod_contractor=True, us_dod_contract_performance=True)
    (folder / "old.json").write_bytes(dump(dossier_of(models, before, scenarios=scenarios)))
    (folder / "new.json").write_bytes(dump(dossier_of(models, after, scenarios=scenarios)))
    return folder


def run(capfd, *arguments):
    """Exit code, standard output and standard error of one call."""
    code = exit_code([str(a) for a in arguments])
    told = capfd.readouterr()
    return code, told.out, told.err


def test_two_documents_are_compared_and_the_answer_that_moved_a_verdict_is_named(documents, capfd):
    """Text on standard output, exit code 0; with --fail-on-worse 1."""
    code, out, _ = run(capfd, "diff", documents / "old.json", documents / "new.json")
    assert code == 0
    assert "because profile facts.us-dod-contract-performance: no → yes and profile facts" in out
    code, _, _ = run(capfd, "diff", documents / "old.json", documents / "new.json", "--fail-on-worse")
    assert code == 1
    code, _, _ = run(capfd, "diff", documents / "new.json", documents / "old.json", "--fail-on-worse")
    assert code == 0


def test_the_json_document_has_its_schema_and_every_field_is_documented(documents, capfd, tmp_path):
    """`gauger-diff` version 1; the reference page names every field of every record."""
    made = tmp_path / "diff.json"
    code, _, err = run(
        capfd, "diff", documents / "old.json", documents / "new.json", "-f", "json", "-o", made
    )
    assert (code, f"written: {made}" in err) == (0, True)
    plain = json.loads(made.read_bytes())
    assert (plain["schema"], plain["version"], plain["between"]) == ("gauger-diff", 1, "documents")
    read = msgspec.json.decode(made.read_bytes(), type=change.Diff)
    assert change.dump(read) == made.read_bytes()
    page = DOCS.read_text(encoding="utf-8")
    for record in (change.Diff, change.Side, change.Moved, change.Cause, change.Item, change.FieldChange):
        assert [f for f in record.__struct_fields__ if f"`{f}`" not in page] == []


def test_two_scenarios_of_one_document_are_compared_by_id_or_alias(documents, capfd):
    """Markdown too; the part of the overlay that moved it is named."""
    code, out, _ = run(capfd, "diff", documents / "new.json", "--scenarios", "today", "S3", "--format", "md")
    assert code == 0
    assert "| `Qwen/Qwen3-32B` |" in out
    assert "us.ndaa26.1532.a2" in out


def test_two_knowledge_bases_are_compared_and_the_changed_record_is_shown(documents, capfd, tmp_path):
    """A copy with one field of one rule altered: the field before and after, and no other record."""
    folder = tmp_path / "edited"
    shutil.copytree(shipped().folder, folder)
    path = folder / "instruments" / "us.ndaa26.1532.a3A.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("status: in-force", "status: suspended"), encoding="utf-8")
    code, out, _ = run(capfd, "diff", documents / "new.json", "--against", folder, "-f", "json")
    assert code == 0
    diff = msgspec.json.decode(out.encode(), type=change.Diff)
    records = {(r.record, r.field) for r in diff.records}
    assert ("instruments/us.ndaa26.1532.a3A", "status") in records
    assert {record for record, _ in records} == {"instruments/us.ndaa26.1532.a3A"}
    assert any(m.before == "prohibited" and not m.worse for m in diff.verdicts)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["old.json", "old.json"], 2, "two different documents"),
        (["old.json"], 2, "nothing to compare it with"),
        (["old.json", "new.json", "--scenarios", "today", "S3"], 2, "not two"),
        (["old.json", "--scenarios", "today", "contractor-ban-wided"], 2, "contractor-ban-widened"),
        (["old.json", "--scenarios", "today", "today"], 2, "two different scenarios"),
        (["old.json", "--scenarios", "today", "S3", "--against", "."], 2, "one knowledge base"),
        (["old.json", "text.json"], 5, "not a dossier of version 1"),
        (["old.json", "later.json"], 5, "not a dossier of version 1"),
        (["old.json", "nowhere.json"], 5, "nowhere.json"),
        (["old.json", "forged.json"], 5, "does not match"),
    ],
)
def test_bad_input_is_named_and_never_a_traceback(documents, capfd, monkeypatch, arguments, code, words):
    """Not a dossier, another version, the same file, no such scenario, ids that were tampered with."""
    monkeypatch.chdir(documents)
    text = (documents / "old.json").read_text(encoding="utf-8")
    (documents / "text.json").write_text("hello", encoding="utf-8")
    (documents / "later.json").write_text(
        text.replace('"schema_version": "1"', '"schema_version": "9"'), encoding="utf-8"
    )
    (documents / "forged.json").write_text(
        text.replace('"Qwen/Qwen3-32B"', '"Qwen/Qwen3-33B"'), encoding="utf-8"
    )
    got, out, err = run(capfd, "diff", *arguments)
    assert got == code, err
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_the_calendar_lists_dates_with_the_verdicts_before_and_after(documents, capfd):
    """Records that want a check, an acceptance that runs out; as text, JSON and Markdown."""
    call = ("assess", documents / "new.json", "--date", "2026-11-24", "--calendar")
    code, out, _ = run(capfd, *call)
    assert code == 0
    assert "2027-01-31\n  accepted risk runs out: unsafe-pickle for x, accepted by somebody" in out
    assert "record to be checked against its sources" in out
    assert out == run(capfd, *call)[1]
    code, out, _ = run(capfd, *call[:-1], "--calendar=json")
    calendar = msgspec.json.decode(out.encode(), type=Calendar)
    assert (calendar.schema, calendar.version, calendar.as_of) == ("gauger-calendar", 1, "2026-11-24")
    assert [t.date for t in calendar.turns] == sorted(t.date for t in calendar.turns)
    assert all(t.before != t.after for t in calendar.turns if t.kind == "verdict")
    assert "| date | what changes |" in run(capfd, *call[:-1], "--calendar=md")[1]
