"""Which prompts are put to the participants: our own, made by a seeded grammar, or those of a user's file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from gauger.core.errors import LimitExceeded, Malformed, UsageError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.bounded_json import json_object
from gauger.formats.bounded_yaml import bounded_yaml
from gauger.formats.source import FileSource
from gauger.runtime.prompts import Prompt

COUNT = 200
"""Prompts of a run unless told otherwise. With 120 of them the largest p-value over prompts of a student of
the zoo was 8e-20."""

MOST = 20_000
LONGEST = 4_000
_SLOT = re.compile(r"\{\{|\{(\w+)\}")


def own_prompts(count: int = COUNT, seed: str = "gauger") -> tuple[Prompt, ...]:
    """So many different prompts, the domains in turn; the same for the same seed, everywhere and for ever."""
    grammar = bounded_yaml(
        (files("gauger.trace.behaviour") / "data" / "prompts.yaml").read_bytes(), DEFAULT_LIMITS
    )
    words: dict[str, list[str]] = grammar["words"]
    domains: dict[str, list[str]] = grammar["domains"]
    made: dict[str, Prompt] = {}
    for attempt in range(50 * count):
        if len(made) == count:
            break
        name = sorted(domains)[attempt % len(domains)]
        draw = f"{seed}/{name}/{attempt // len(domains)}"
        text = _filled(_drawn(domains[name], draw), words, draw)
        made.setdefault(text, Prompt(text=text, domain=name))
    return tuple(made.values())


def _filled(template: str, words: dict[str, list[str]], draw: str) -> str:
    parts: list[str] = []
    at = 0
    for slot in _SLOT.finditer(template):
        parts += [
            template[at : slot.start()],
            _drawn(words[slot[1]], f"{draw}/{slot.start()}") if slot[1] else "{",
        ]
        at = slot.end()
    return "".join([*parts, template[at:]])


def _drawn(items: list[str], draw: str) -> str:
    number = int.from_bytes(hashlib.sha256(draw.encode()).digest()[:8], "big")
    return str(items[number % len(items)])


def prompts_of_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> tuple[Prompt, ...]:
    """The prompts of a user's file: JSON Lines with `text` and, where wanted, `domain`; else one a paragraph.

    White space at the end of a prompt is dropped, prompts that repeat count once.

    Raises:
        UsageError: no prompt in it.
        Malformed: a line is not such an object, or the file is not UTF-8.
        LimitExceeded: too many, or one is too long.
    """
    with FileSource(path, name=path.name) as source:
        size = limits.check(source.size_bytes, "text_file_bytes", subject=path.name)
        data = source.read_at(0, size)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8", subject=path.name) from error
    found = _lines(text, limits, path.name) if path.suffix == ".jsonl" else _paragraphs(text)
    made: dict[str, Prompt] = {}
    for prompt in found:
        if len(prompt.text) > LONGEST or len(made) > MOST:
            raise LimitExceeded(
                f"prompts have at most {LONGEST} characters, and there are at most {MOST}", subject=path.name
            )
        if prompt.text:
            made.setdefault(prompt.text, prompt)
    if not made:
        raise UsageError("there is no prompt in it", subject=path.name)
    return tuple(made.values())


def _paragraphs(text: str) -> Iterator[Prompt]:
    for part in re.split(r"\n(?:[ \t]*\n)+", text.replace("\r\n", "\n")):
        yield Prompt(text=part.strip("\n").rstrip())


def _lines(text: str, limits: Limits, name: str) -> Iterator[Prompt]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        entry = json_object(line, limits, f"{name}:{number}")
        words, domain = entry.get("text"), entry.get("domain", "")
        if not isinstance(words, str) or not isinstance(domain, str):
            raise Malformed("has no text", subject=f"{name}:{number}")
        yield Prompt(text=words.rstrip(), domain=domain)
