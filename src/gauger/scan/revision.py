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
from gauger.core.text import printable

_TIMEOUT_S = 120
_PATH_CHARACTERS = 4096
"""As in `gauger.scan.walk`: names are compared in the form in which they are shown."""
_SAFE = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.devnull, "-c", "core.untrackedCache=false",
    "-c", "core.attributesFile=" + os.devnull, "-c", "core.excludesFile=" + os.devnull,
    "-c", "diff.external=", "-c", "submodule.recurse=false",
    "-c", "protocol.allow=never", "-c", "core.pager=cat", "-c", "safe.directory=*",
)  # fmt: skip

_HOW = (
    "--name-only", "-z", "--relative", "--no-ext-diff", "--no-textconv", "--no-renames", "-O" + os.devnull,
    "--ignore-submodules=dirty",
)  # fmt: skip
"""`dirty`: of a submodule only the commit is compared; git would start itself inside it for more."""


def changed_since(root: Path, revision: str) -> frozenset[str]:
    """Which files below this folder differ from the revision, are new, or are not yet tracked?

    Args:
        root: A folder inside the working tree of a git repository.
        revision: Anything that names a commit: `origin/main`, a tag, a hash.

    Returns:
        Paths relative to the root, as the walker shows them. A folder stands for everything below it: a
        submodule at another commit, or a repository inside this one that git does not know.

    Raises:
        UsageError: git is not there, this is no repository, its working tree lies elsewhere, or there is no
            such revision.
    """
    if revision.startswith("-") or not revision.strip() or "\0" in revision:
        raise UsageError(f"{revision!r} is not a revision", subject="--since")
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    base = commit.decode().strip()
    _check_place(root)
    quiet = _without_drivers(root)
    differ = _git(root, "diff", *_HOW, base, "--", ".", settings=quiet)
    fresh = _git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", ".", settings=quiet)
    names = (*differ.split(b"\0"), *fresh.split(b"\0"))
    return frozenset(printable(os.fsdecode(name).rstrip("/"), _PATH_CHARACTERS) for name in names if name)


def _check_place(root: Path) -> None:
    """Is what git compares the examined folder? Its settings may name any other folder of this machine.

    Raises:
        UsageError: it is not.
    """
    top = os.fsdecode(_git(root, "rev-parse", "--show-toplevel")).removesuffix("\n")
    if not top or not Path(os.path.realpath(root)).is_relative_to(os.path.realpath(top)):
        raise UsageError(
            "the repository's settings name another folder as its working tree; it was not read",
            subject="--since",
            hint="run it without --since",
        )


def _without_drivers(root: Path) -> list[tuple[str, str]]:
    """Settings that take away every filter, diff driver and hook that the repository's own settings name.

    Keys and values stand apart: of `-c filter.a=b.clean=`, git would take `filter.a` for the key, and would
    run the filter called `a=b`.
    """
    listed = os.fsdecode(_git(root, "config", "--list", "-z", "--name-only")).split("\0")
    drivers = {tuple(key.rpartition(".")[0].partition(".")[::2]) for key in listed if key.count(".") >= 2}
    settings = {
        "hook": (("command", ""), ("enabled", "false")),
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
        "GIT_ALLOW_PROTOCOL": "",  # `protocol.ext.allow` in the repository outdoes `protocol.allow`
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
