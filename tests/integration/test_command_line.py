"""The program as a user runs it: exit codes, streams, identical runs, no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
DATE = ("--date", "2026-11-23")


def gauger(*arguments, before="", **options):
    """Run the program in a process of its own, after executing `before` in it."""
    code = f"{before}\nfrom gauger.cli.main import run\nrun({list(map(str, arguments))!r})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, **options)


def test_two_runs_give_the_same_bytes():
    """Same stack, same date, same knowledge base: byte-identical documents."""
    first = gauger("check", HARBOUR, "-f", "json", *DATE, env={**os.environ, "PYTHONHASHSEED": "1"})
    second = gauger("check", HARBOUR, "-f", "json", *DATE, env={**os.environ, "PYTHONHASHSEED": "2"})
    assert first.returncode == second.returncode == 0, first.stderr.decode()
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["uses"]


def test_a_document_names_no_place_outside_the_stack(tmp_path):
    """The same stack at another path gives the same bytes, and the path itself stands nowhere in them."""
    copy = tmp_path / "harbour"
    shutil.copytree(HARBOUR, copy, symlinks=True)
    here = gauger("check", HARBOUR, "-f", "json", *DATE)
    there = gauger("check", copy, "-f", "json", *DATE)
    assert here.stdout == there.stdout
    assert str(tmp_path).encode() not in there.stdout


NO_SOCKETS = """
import socket
def refuse(*a, **k): raise AssertionError("a socket was asked for")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
"""


@pytest.mark.no_network
def test_a_check_asks_for_no_socket():
    """With sockets made to fail, the run is the same."""
    blocked = gauger("check", HARBOUR, "-f", "json", *DATE, before=NO_SOCKETS)
    assert blocked.returncode == 0, blocked.stderr.decode()
    assert blocked.stdout == gauger("check", HARBOUR, "-f", "json", *DATE).stdout


def can_unshare():
    """Can this machine make a network namespace for us?"""
    tool = shutil.which("unshare")
    return (
        bool(tool) and subprocess.run([tool, "-rn", "true"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.no_network
@pytest.mark.skipif(not can_unshare(), reason="this machine allows no network namespaces")
def test_a_check_works_without_any_network_interface():
    """In a network namespace that has no interface at all, the run is the same."""
    code = f"from gauger.cli.main import run\nrun({['check', str(HARBOUR), '-f', 'json', *DATE]!r})"
    alone = subprocess.run(["unshare", "-rn", sys.executable, "-c", code], capture_output=True, check=False)
    assert alone.returncode == 0, alone.stderr.decode()
    assert alone.stdout == gauger("check", HARBOUR, "-f", "json", *DATE).stdout


def test_an_empty_folder_is_nothing_to_examine(tmp_path):
    """Exit code 3 and one helpful line."""
    done = gauger("check", tmp_path)
    assert done.returncode == 3
    assert done.stdout == b""
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert "empty" in done.stderr.decode()


@pytest.mark.parametrize("name", ["notes.txt", "picture.png", "model.gguf", "model.safetensors"])
def test_a_file_that_is_not_a_model_is_nothing_to_examine(tmp_path, name):
    """Exit code 3, whatever the file is called."""
    file = tmp_path / name
    file.write_bytes(b"hello, this is not a model\n")
    for verb in ("check", "trace"):
        done = gauger(verb, file)
        assert done.returncode == 3, (verb, done.stderr.decode())
        assert len(done.stderr.decode().strip().splitlines()) == 1


def test_a_model_that_is_cut_off_is_still_a_model():
    """Its header is examined, and the gap says what is missing."""
    done = gauger("check", HARBOUR / "models" / "incoming" / "summariser-v2.safetensors", "-f", "json")
    assert done.returncode == 0, done.stderr.decode()
    assert any("cut" in gap["detail"] for gap in json.loads(done.stdout)["gaps"])


def test_a_path_that_does_not_exist_is_a_mistake_of_the_caller(tmp_path):
    """Exit code 2."""
    done = gauger("check", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "no such file" in done.stderr.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("juristictions: [GB]", "jurisdictions"),
        ("reading: literall", "literal"),
        ("accepted: [{rule: x, subject: y, ownr: z, reason: r, expires: '2027-01-01'}]", "owner"),
        ("facts: {us-dod-contractr: false}", "us-dod-contractor"),
        ("scenarios: [todai]", "today"),
    ],
)
def test_a_misspelt_word_in_the_profile_is_answered_with_the_right_one(tmp_path, text, words):
    """Exit code 2, and the nearest right word."""
    (tmp_path / "gauger.yaml").write_text(text)
    (tmp_path / "a.py").write_text("x = 1\n")
    done = gauger("check", tmp_path)
    assert done.returncode == 2, done.stderr.decode()
    assert words in done.stderr.decode()
    assert "gauger.yaml" in done.stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [("-f", "pdf"), ("-o", "report.docx"), ("--date", "yesterday"), ("--scenario", "nope"), ("--nonsense",)],
)
def test_a_wrong_option_is_a_mistake_of_the_caller(arguments):
    """Exit code 2 and a message, before any work is done."""
    done = gauger("check", HARBOUR, *arguments)
    assert done.returncode == 2
    assert done.stderr
    assert done.stdout == b""


def test_findings_and_gaps_decide_the_exit_code_only_where_asked():
    """0 without options; 1 with --fail-on at or under the worst finding."""
    plain = gauger("check", HARBOUR, "-f", "json", *DATE)
    severities = {f["severity"] for f in json.loads(plain.stdout)["findings"]}
    assert plain.returncode == 0
    assert severities & {"high", "critical"}
    assert gauger("check", HARBOUR, "--fail-on", "high", *DATE).returncode == 1


def test_a_gap_fails_a_strict_run(tmp_path):
    """A model file that cannot be read gives 4 under --strict and 0 without."""
    (tmp_path / "app.py").write_text("from transformers import pipeline\npipeline('x', model='a/b')\n")
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)
    assert gauger("check", tmp_path).returncode == 0
    assert gauger("check", tmp_path, "--strict").returncode == 4


def test_the_document_goes_to_stdout_and_the_summary_to_stderr(tmp_path):
    """JSON on standard output parses; -o writes further formats by suffix."""
    page, data = tmp_path / "r.html", tmp_path / "r.json"
    done = gauger("check", HARBOUR, "-f", "json", "-o", page, "-o", data, *DATE)
    assert json.loads(done.stdout) == json.loads(data.read_bytes())
    assert page.read_bytes().startswith(b"<!doctype html>")
    assert done.stderr.decode().startswith("gauger: harbour: ")


@pytest.mark.parametrize("arguments", [("check", HARBOUR, "-f", "json"), ("catalogue", "search", "e")])
def test_a_reader_that_goes_away_is_no_error(arguments):
    """`gauger check | head -1` ends quietly, with 0, wherever in the output the reader stops."""
    code = f"from gauger.cli.main import run\nrun({list(map(str, arguments))!r})"
    pipe = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pipe.stdout.read(1)
    pipe.stdout.close()
    errors = pipe.stderr.read().decode()
    pipe.stderr.close()
    assert pipe.wait() == 0
    assert "Traceback" not in errors
