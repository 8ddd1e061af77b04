"""What a call does about profiles that lead elsewhere and outputs that take nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from build.stacks import stack
from gauger.cli.main import exit_code
from gauger.core.dossier import load
from gauger.core.exits import Exit
from gauger.core.limits import DEFAULT_LIMITS

CODE = {"a.py": "from transformers import AutoModel\nAutoModel.from_pretrained('Qwen/Qwen2-7B')\n"}


def test_a_profile_that_is_a_link_out_of_the_folder_is_refused(tmp_path, capsys):
    """What is examined cannot have another file of this machine read and quoted."""
    (tmp_path / "private.txt").write_text("password-of-somebody: 1\n")
    root = stack(tmp_path / "stack", CODE)
    (root / "gauger.yaml").symlink_to("../private.txt")
    assert exit_code(["check", str(root)]) == Exit.USAGE
    shown = capsys.readouterr()
    assert "leads out of the folder" in shown.err
    assert "password-of-somebody" not in shown.out + shown.err


def test_a_profile_linked_inside_the_folder_is_read(tmp_path, capsys):
    """A link to another file of the same folder is as good as the file."""
    root = stack(tmp_path, {**CODE, "conf/ours.yaml": "organisation: Ours\n"})
    (root / "gauger.yaml").symlink_to("conf/ours.yaml")
    assert exit_code(["check", str(root), "-f", "json"]) == Exit.DONE
    assert '"Ours"' in capsys.readouterr().out


def test_a_profile_without_end_is_refused_after_a_bounded_read(tmp_path, capsys):
    """A huge profile is a mistake of the call, found without reading all of it."""
    root = stack(tmp_path, CODE)
    endless = tmp_path / "endless.yaml"
    with endless.open("wb") as file:
        file.truncate(DEFAULT_LIMITS.text_file_bytes * 1000)
    assert exit_code(["check", str(root), "--profile", str(endless)]) == Exit.USAGE
    assert "no more than" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_standard_output_that_is_full_is_no_bug_of_ours(tmp_path: Path):
    """A full disk behind `>` is named in one line."""
    root = stack(tmp_path, CODE)
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "gauger", "check", str(root), "-f", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == Exit.USAGE
    assert "standard output" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_closed_stream_is_no_bug_of_ours(tmp_path: Path, stream: str):
    """Started with a stream closed, a call says so or goes on; it does not crash."""
    root = stack(tmp_path, CODE)
    code = f"import sys; sys.{stream} = None; from gauger.cli.main import run; run({['scan', str(root)]!r})"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == (Exit.USAGE if stream == "stdout" else Exit.DONE)
    assert ("standard output: is closed" in ended.stderr) is (stream == "stdout")


def test_a_pipe_is_no_target(tmp_path: Path, capsys):
    """What exists and is neither file nor folder is named as such, as a mistake of the call."""
    os.mkfifo(tmp_path / "pipe")
    assert exit_code(["scan", str(tmp_path / "pipe")]) == Exit.USAGE
    assert "neither a file nor a folder" in capsys.readouterr().err


def test_a_folder_of_looping_links_says_why_there_is_nothing(tmp_path: Path, capsys):
    """There is no document, so the message says what was there."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert exit_code(["scan", str(tmp_path), "--no-cache"]) == Exit.NOTHING
    assert "a: a link that leads nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_run_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path, name: str):
    """What was unpacked may be large and private: it goes, also when a CI job is cancelled."""
    root = stack(tmp_path / "root", CODE)
    with tarfile.open(root / "a.tar.gz", "w:gz") as packed:
        packed.add(root / "a.py", "inner.py")
    room = tmp_path / "room"
    room.mkdir()
    code = (
        "import os, signal, gauger.flows.check as flow\n"
        "from gauger.cli.main import run\n"
        f"signal.signal(signal.{name}, signal.SIG_DFL)\n"  # `nohup pytest` would have it ignored
        "def stop(*_, **__):\n"
        f"    print(os.listdir({str(room)!r}))\n"
        f"    os.kill(os.getpid(), signal.{name})\n"
        "flow.scan = stop\n"
        f"run({['scan', str(root), '--no-cache']!r})\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**os.environ, "TMPDIR": str(room)},
        timeout=60,
        check=False,
    )
    assert ended.returncode == 128 + getattr(signal, name)
    assert b"gauger-" in ended.stdout
    assert list(room.iterdir()) == []


RULED = """\
country: US
jurisdictions: [US]
ignore: [old/]
rulings:
  - {instrument: us.ndaa26.1532.a2, form: fine-tune, held: not-reached, by: A. Stranger, on: 2026-01-01}
accepted:
  - {rule: prohibited-today, subject: Qwen/Qwen2-7B, owner: A. Stranger, reason: Why., expires: 2026-12-31}
"""


@pytest.mark.parametrize(
    "form", ["text", "md", "html", "sarif", "letter", "vendor-questions", "decision-log"]
)
def test_a_profile_that_lay_in_the_examined_folder_is_named_as_such(tmp_path, capsys, form):
    """A stranger's folder may bring its own rulings and acceptances; every report says so at once."""
    root = stack(tmp_path, {**CODE, "gauger.yaml": RULED})
    assert exit_code(["check", str(root), "-f", form, "--date", "2026-11-24", "--no-cache"]) == Exit.DONE
    shown = " ".join(capsys.readouterr().out.split())
    assert "with the profile that lay beside what was examined" in shown


def test_what_the_examined_folder_decides_is_a_finding_that_is_kept(tmp_path, capsys):
    """It counts what a stranger's file takes away, and stands in a document made from the first as well."""
    root = stack(tmp_path / "stack", {**CODE, "gauger.yaml": RULED})
    words = ["--date", "2026-11-24", "-f", "json"]
    exit_code(["check", str(root), *words, "--no-cache"])
    first = capsys.readouterr().out
    (tmp_path / "d.json").write_text(first)
    exit_code(["assess", str(tmp_path / "d.json"), *words])
    again = capsys.readouterr().out
    assert again == first
    told = [f.message for f in load(first.encode()).findings if f.rule == "examined-decides"]
    assert len(told) == 1
    assert "rulings of gauger.yaml: 1" in told[0]
    assert "accepted risks of gauger.yaml: 1" in told[0]
    assert "patterns of files left out of gauger.yaml: 1" in told[0]


def test_a_profile_that_the_user_names_is_the_users(tmp_path, capsys):
    """Even where it is the same file: who names it answers for it."""
    root = stack(tmp_path, {**CODE, "gauger.yaml": RULED})
    named = ["--profile", str(root / "gauger.yaml")]
    exit_code(["check", str(root), "-f", "json", "--date", "2026-11-24", "--no-cache", *named])
    found = load(capsys.readouterr().out.encode())
    assert found.from_examined == ()
    assert "examined-decides" not in {f.rule for f in found.findings}


def test_a_message_does_not_steer_the_terminal(tmp_path, capsys):
    """What an examined file says is quoted in messages, with every control written out."""
    root = stack(tmp_path, {**CODE, "gauger.yaml": 'modifications: [{model: "a\\a\\u202eb", flop: -1}]\n'})
    assert exit_code(["check", str(root)]) == Exit.USAGE
    shown = capsys.readouterr().err
    assert "a\\x07\\u202eb" in shown
    assert not {"\x07", "\u202e"} & set(shown)


@pytest.mark.parametrize("day", ["1026-11-24", "9999-01-01"])
def test_a_day_that_no_evaluation_is_meant_for_is_refused(tmp_path, capsys, day):
    """With a mistyped year every rule would be over or not yet begun, and everything look clear."""
    assert exit_code(["check", str(stack(tmp_path / "s", {"a.py": "x = 1"})), "--date", day]) == Exit.USAGE
    assert "2000-01-01" in capsys.readouterr().err


def test_a_knowledge_base_that_does_not_exist_is_named(tmp_path, capsys):
    """The message is about the folder, and not about the first record that is missed."""
    nowhere = str(tmp_path / "nowhere")
    assert exit_code(["check", str(tmp_path), "--catalogue", nowhere]) == Exit.USAGE
    assert "--catalogue" in capsys.readouterr().err
