"""What a call does about profiles that lead elsewhere and outputs that take nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from build.stacks import stack
from gauger.cli.main import exit_code
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
