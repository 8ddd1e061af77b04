"""The tutorial's commands do what the tutorial shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from build.documents import DOCS, blocks
from build.harbour import HARBOUR

_ELLIPSIS = "…"


def steps() -> list[tuple[str, list[str]]]:
    """Each command of the tutorial with the output that is shown below it, in order."""
    found: list[tuple[str, list[str]]] = []
    for block in blocks(DOCS / "tutorial.md", "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def missing(shown: list[str], printed: list[str]) -> list[str]:
    """Which shown lines are not in the output, in that order and side by side unless `…` stands between?"""
    at, anywhere = 0, False
    for line in shown:
        if line == _ELLIPSIS:
            anywhere = True
            continue
        places = range(at, len(printed)) if anywhere else range(at, min(at + 1, len(printed)))
        place = next((i for i in places if printed[i] == line), None)
        if place is None:
            return [line, *printed[at : at + 3]]
        at, anywhere = place + 1, False
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like the repository's root to somebody who follows the tutorial."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "harbour").symlink_to(HARBOUR)
    return tmp_path


def test_every_command_prints_what_the_tutorial_shows(folder: Path) -> None:
    """The commands run one after another in one folder; every line that is shown is printed, in order."""
    for command, shown in steps():
        done = run(command, folder)
        assert "Traceback" not in done.stderr
        assert missing(shown, done.stdout.splitlines()) == [], (command, done.stderr)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line, with the `gauger` of this environment, and what it printed."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_tutorial_shows_every_main_command() -> None:
    """Check, trace, assess and explain are each run once at least, and a report is written."""
    commands = [command for command, _ in steps()]
    for verb in ("check", "trace", "assess", "explain"):
        assert any(command.startswith(f"gauger {verb} ") for command in commands)
    assert any("-o harbour.html" in command for command in commands)
