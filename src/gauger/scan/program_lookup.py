"""Which program is called by these words, by this image, or by these flags?"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from gauger.scan.programs import PROGRAMS, Program

NOT_RUN = frozenset(
    re.findall(
        r"\S+",
        """echo printf man which type apt apt-get apk yum dnf brew pip pip3 conda mamba npm pnpm yarn pipx
        cargo go gem rm mkdir chmod chown test [ [[ grep egrep sed awk cat less head tail ls cd source . true
        false
        alias curl wget git""",
    )
)
"""Commands whose words are no programs that they run. `curl`, `wget`, `git` are read for addresses only."""


def program_at(words: list[str]) -> tuple[Program, int, int] | None:
    """Which program is called here, at which word does its name begin and at which do its arguments?

    Looks at every position, so that `uv run`, `ssh host`, `sudo -E`, `docker exec c` need no rules.
    """
    for at in range(min(len(words), _FURTHEST)):
        for program in (*_BY_FIRST_WORD.get(words[at], ()), *_BY_PATTERN):
            length = program.match(words[at : at + 5])
            if length and (at == 0 or _may_follow(words[at - 1], words[at], length)):
                return program, at, at + length
    return None


def _first_words() -> tuple[dict[str, tuple[Program, ...]], tuple[Program, ...]]:
    """The programs by their first word, and those whose first word is a pattern."""
    exact: dict[str, tuple[Program, ...]] = {}
    patterns: list[Program] = []
    for program in PROGRAMS:
        for word in dict.fromkeys(start.partition(" ")[0] for start in program.starts):
            if any(mark in word for mark in "*?["):
                patterns += [program] if program not in patterns else []
            else:
                exact[word] = (*exact.get(word, ()), program)
    return exact, tuple(patterns)


_FURTHEST = 40
_BY_FIRST_WORD, _BY_PATTERN = _first_words()


def _may_follow(before: str, word: str, length: int) -> bool:
    """A plain word such as `claude` is a program only at the beginning or after one that runs programs."""
    if before in _TAKES_NAME:
        return False
    return length > 1 or before in _RUNNERS or any(mark in word for mark in "-._")


_RUNNERS = {"run", "exec", "--", "sudo", "time", "nohup", "uvx", "npx", "bunx", "pipx", "xargs"}
_TAKES_NAME = {
    "--name",
    "-n",
    "--container-name",
    "--image",
    "install",
    "-p",
    "--profile",
    "--user",
    "-u",
    "--network",
}


def program_of_image(image: str) -> Program | None:
    """Which program is the entry point of this image? By its name without registry tag and digest."""
    name = image.partition("@")[0].lower()
    stem = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    return next((p for p in PROGRAMS if any(fnmatchcase(stem, pattern) for pattern in p.images)), None)


def program_of_flags(words: list[str]) -> Program | None:
    """Which program do these arguments give away by a flag that only it has?"""
    given = {word.partition("=")[0].replace("_", "-") for word in words if word.startswith("-")}
    return next((p for p in PROGRAMS if given.intersection(p.signs)), None)
