"""A decision is made again: identical in another process, and what differs is named."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gauger.cli.main import cli
from gauger.core.errors import UsageError, VerificationError

CODE = "from openai import OpenAI\nOpenAI().chat.completions.create(model='gpt-4o', messages=[])\n"
PROFILE = "country: GB\njurisdictions: [GB, EU]\nfacts: {us-dod-contractor: true}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small stack, checked with a record."""
    root = tmp_path_factory.mktemp("replay")
    (root / "stack").mkdir()
    (root / "stack" / "app.py").write_text(CODE, encoding="utf-8")
    (root / "stack" / "Modelfile").write_text("FROM deepseek-r1:7b\n", encoding="utf-8")
    (root / "stack" / "gauger.yaml").write_text(PROFILE, encoding="utf-8")
    gauger(
        root,
        "0",
        "check",
        "stack",
        "--date",
        "2026-11-24",
        "-o",
        "d.json",
        "--record",
        "r.json",
        "--no-cache",
    )
    return root


def gauger(root, seed, *arguments):
    """The command in a process of its own, with this seed of Python's hashes."""
    words = ["-c", "from gauger.cli.main import run; run()", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, *words], cwd=root, env=environment, capture_output=True, check=False
    )


def test_the_same_decision_is_made_again_byte_for_byte(folder):
    """In another process, with another order of hashes."""
    again = gauger(folder, "7", "replay", "r.json", "d.json")
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(b"identical: sha256:")
    gauger(folder, "99", "check", "stack", "--date", "2026-11-24", "--record", "r2.json", "--no-cache")
    assert (folder / "r.json").read_bytes() == (folder / "r2.json").read_bytes()


def test_scenarios_and_suppositions_are_those_of_the_record(folder):
    """Several scenarios, one reading, something supposed: the replay asks the same."""
    words = f"assess {folder}/d.json --date 2027-01-01 --reading strict --scenario S1 --scenario S3".split()
    words += ["--suppose", "us-dod-contractor = no", "--record", str(folder / "s.json")]
    result = CliRunner().invoke(cli, [*words, "--profile", str(folder / "stack" / "gauger.yaml")])
    assert result.exit_code == 0, result.output
    arguments = [str(folder / "s.json"), str(folder / "d.json")]
    again = CliRunner().invoke(cli, ["replay", *arguments])
    assert (again.exit_code, again.output.split(":")[0]) == (0, "identical")


def test_another_profile_is_named_with_the_decisions_that_moved(folder):
    """Exit code 1: the profile differs, and so do the verdicts that hang on it."""
    other = folder / "other.yaml"
    other.write_text("country: US\njurisdictions: [US]\n", encoding="utf-8")
    result = gauger(folder, "1", "replay", "r.json", "d.json", "--profile", "other.yaml")
    assert result.returncode == 1
    assert b"input: profile:" in result.stdout
    assert b"decision: " in result.stdout


def test_a_signed_record_verifies_and_a_changed_one_does_not(folder, tmp_path):
    """`gauger verify` takes the record with its statement beside it."""
    pytest.importorskip("cryptography")
    run = CliRunner().invoke
    key, record = tmp_path / "key", tmp_path / "r.json"
    assert run(cli, ["catalogue", "keygen", str(key)]).exit_code == 0
    words = f"assess {folder}/d.json --date 2026-11-24 --record {record} --sign-with {key}".split()
    signed = run(cli, words)
    assert signed.exit_code == 0, signed.output
    trust = ["--trust", f"{key}.pub"]
    checked = run(cli, ["verify", str(record), *trust])
    assert checked.exit_code == 0
    assert "sha256:" in checked.output
    assert isinstance(run(cli, ["verify", str(record)]).exception, VerificationError)
    statement = record.with_name("r.json.dsse.json")
    other = tmp_path / "other.json"
    assert run(cli, f"assess {folder}/d.json --date 2026-11-25 --record {other}".split()).exit_code == 0
    statement.rename(tmp_path / "other.json.dsse.json")
    assert isinstance(run(cli, ["verify", str(other), *trust]).exception, VerificationError)


def test_a_key_without_a_record_signs_nothing(folder, tmp_path):
    """The call is wrong, and says what is missing."""
    key = tmp_path / "key"
    key.write_text("x", encoding="utf-8")
    result = CliRunner().invoke(cli, ["assess", str(folder / "d.json"), "--sign-with", str(key)])
    assert isinstance(result.exception, UsageError)
