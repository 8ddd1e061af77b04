"""The GitHub Action and the pre-commit hooks: their shape, and what their steps do with hostile inputs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from build.documents import REPOSITORY

BASH = shutil.which("bash") or ""
ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)
INPUTS = {
    f"GAUGER_{name.upper().replace('-', '_')}": str(i["default"]) for name, i in ACTION["inputs"].items()
}


def steps() -> list[dict[str, Any]]:
    """The action's steps that run a script."""
    return [step for step in ACTION["runs"]["steps"] if "run" in step]


def ran(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The step that runs Gauger, with a program of that name that writes down what it is given."""
    stand_in = folder / "bin" / "gauger"
    stand_in.parent.mkdir(exist_ok=True)
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$SEEN"\nexit "${CODE:-0}"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    environment = {
        **INPUTS,
        **inputs,
        "PATH": f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}",
        "SEEN": str(folder / "seen"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    (script,) = (step["run"] for step in steps() if step.get("id") == "run")
    return subprocess.run(
        [BASH, "-e", "-o", "pipefail", "-c", script],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_script_holds_an_expression() -> None:
    """Inputs reach the scripts as environment names: text in a script would be run."""
    assert steps()
    for step in steps():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_every_input_is_described_and_used() -> None:
    """Each input has a description and a default, and is handed to a step."""
    text = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
    for name, given in ACTION["inputs"].items():
        assert given["description"]
        assert "default" in given
        assert f"inputs.{name} " in text or f"inputs.{name}}}" in text


@pytest.mark.skipif(not BASH, reason="the action's scripts are for bash")
def test_inputs_become_arguments(tmp_path: Path) -> None:
    """What is empty is left out; the path stands after `--`."""
    done = ran(tmp_path, GAUGER_FAIL_ON="high", GAUGER_PATH="a b", GAUGER_SARIF="x.sarif")
    assert done.returncode == 0
    assert (tmp_path / "seen").read_text().splitlines() == [
        "check", "--format=text", "--fail-on=high", "--output=x.sarif", "--", "a b",
    ]  # fmt: skip
    assert "exit-code=0" in (tmp_path / "output").read_text()


@pytest.mark.skipif(not BASH, reason="the action's scripts are for bash")
@pytest.mark.parametrize("name", sorted(INPUTS))
def test_no_input_is_run(tmp_path: Path, name: str) -> None:
    """Commands, substitutions and quotes in an input stay text."""
    ran(tmp_path, **{name: '$(touch done); `touch done`; " ; touch done #'})
    assert not (tmp_path / "done").exists()


@pytest.mark.skipif(not BASH, reason="the action's scripts are for bash")
def test_the_exit_code_is_handed_on(tmp_path: Path) -> None:
    """Findings fail the job, and later steps can read the code."""
    assert ran(tmp_path, CODE="1").returncode == 1
    assert "exit-code=1" in (tmp_path / "output").read_text()
    assert ran(tmp_path, GAUGER_COMMAND="rm").returncode == 2


@pytest.mark.skipif(not BASH, reason="the action's scripts are for bash")
def test_what_was_examined_commands_no_runner(tmp_path: Path) -> None:
    """Between the two marks, which nobody can guess, the runner takes no line for a command."""
    first, second = (ran(tmp_path, CODE=code).stdout.splitlines() for code in ("0", "1"))
    assert first[0].startswith("::stop-commands::")
    assert first[-1] == f"::{first[0].removeprefix('::stop-commands::')}::"
    assert len(first[-1]) == 36
    assert first[0] != second[0]
    assert second[-1] == f"::{second[0].removeprefix('::stop-commands::')}::"


def test_only_a_document_that_was_written_is_uploaded() -> None:
    """Findings and gaps end with a document; a wrong call and a problem end without one."""
    (upload,) = (s for s in ACTION["runs"]["steps"] if "upload-sarif" in s.get("uses", ""))
    assert re.findall(r'"(\d+)"', upload["if"]) == ["0", "1", "4"]
    assert "always()" in upload["if"]


def test_hooks_have_the_keys_that_pre_commit_asks_for() -> None:
    """Source: https://pre-commit.com/#creating-new-hooks, read on 2026-11-23."""
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert re.fullmatch(r"[a-z-]+", hook["id"])
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_in_a_repository(tmp_path: Path, hook: dict[str, Any]) -> None:
    """The entry ends with 0 where nothing is wrong."""
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    program, *rest = shlex.split(hook["entry"])
    assert program == "gauger"
    done = subprocess.run(
        [sys.executable, "-m", "gauger", *rest, "--no-cache"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
