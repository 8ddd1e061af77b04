"""Which files has a git repository changed since a revision? The only place that runs another program.

The repository is not trusted: none of its hooks, filters, drivers or helpers is run, and nothing of the
caller's environment steers git.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gauger.core.errors import UsageError

_TIMEOUT_S = 120
_SAFE = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.devnull, "-c", "core.untrackedCache=false",
    "-c", "core.attributesFile=" + os.devnull, "-c", "diff.external=", "-c", "submodule.recurse=false",
    "-c", "protocol.allow=never", "-c", "core.pager=cat", "-c", "safe.directory=*",
)  # fmt: skip


def changed_since(root: Path, revision: str) -> frozenset[str]:
    """Which files below this folder differ from the revision, are new, or are not yet tracked?

    Args:
        root: A folder inside the working tree of a git repository.
        revision: Anything that names a commit: `origin/main`, a tag, a hash.

    Returns:
        Paths relative to the root.

    Raises:
        UsageError: git is not there, this is no repository, or there is no such revision.
    """
    if revision.startswith("-") or not revision.strip() or "\0" in revision:
        raise UsageError(f"{revision!r} is not a revision", subject="--since")
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    base = commit.decode().strip()
    quiet = _without_drivers(root)
    how = ("--name-only", "-z", "--relative", "--no-ext-diff", "--no-textconv", "--no-renames")
    differ = _git(root, "diff", *how, "--ignore-submodules=all", base, "--", ".", settings=quiet)
    fresh = _git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
    names = (*differ.split(b"\0"), *fresh.split(b"\0"))
    return frozenset(os.fsdecode(name) for name in names if name)


def _without_drivers(root: Path) -> list[tuple[str, str]]:
    """Settings that take away every filter and every diff driver that the repository's own settings name.

    Keys and values stand apart: of `-c filter.a=b.clean=`, git would take `filter.a` for the key, and would
    run the filter called `a=b`.
    """
    listed = os.fsdecode(_git(root, "config", "--list", "-z", "--name-only")).split("\0")
    drivers = {tuple(key.rpartition(".")[0].partition(".")[::2]) for key in listed if key.count(".") >= 2}
    settings = {
        "filter": (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")),
        "diff": (("command", ""), ("textconv", "")),
    }
    return [
        (f"{section}.{name}.{setting}", value)
        for section, name in sorted(drivers)
        for setting, value in settings.get(section, ())
    ]


def _git(root: Path, *arguments: str, settings: Sequence[tuple[str, str]] = ()) -> bytes:
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is needed to tell what has changed", subject="--since")
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (key, value) in enumerate(settings):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; what is not ours stands after --end-of-options or --
            [program, *_SAFE, *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError("git did not answer", subject="--since") from error
    if done.returncode:
        raise UsageError(
            "git knows no such revision here",
            subject="--since",
            hint="fetch it first, or name one that `git rev-parse` knows",
        )
    return done.stdout
