"""Which flags, values and positionals does a command line give, and which of them carry a model?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import msgspec

from gauger.core.inventory import Role
from gauger.scan.model_address import is_hub_name, model_address
from gauger.scan.model_words import could_be_model, model_word
from gauger.scan.programs import FlagKind, Program
from gauger.scan.shell_lexer import Word

_ROLES: dict[str, Role] = {
    "draft": "inference",
    "tokenizer": "tokenizer",
    "base": "training-base",
    "data-set": "training-data",
}
_MODEL_KINDS = {"model", "draft", "tokenizer", "base", "data-set"}
_SEVERAL = {"alias", "adapter"}
_ARGS_MODEL = re.compile(r"(?:^|,)(?:pretrained|model|model_name|peft|tokenizer)=([^,\s]+)")
_TAGGED = re.compile(r"^[a-z0-9][\w.-]*(?:/[\w.-]+)?:[\w.-]+$")


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a command line says.

    Attributes:
        kind: What stands there.
        flag: The flag as written, or empty for a positional.
        text: The value.
        word: The word that holds the value.
        role: What a model there is for.
        weak: See `Candidate.weak`.
    """

    kind: FlagKind
    flag: str
    text: str
    word: Word
    role: Role = "inference"
    weak: bool = False


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """All that one command line says of models."""

    items: tuple[Argument, ...]

    @property
    def models(self) -> list[Argument]:
        """Those that name a model, a tokenizer or a data set."""
        return [item for item in self.items if item.kind in _MODEL_KINDS]

    def of(self, kind: FlagKind) -> list[Argument]:
        """Those of one kind."""
        return [item for item in self.items if item.kind == kind]


def read_arguments(words: Sequence[Word], program: Program | None) -> Arguments:
    """Which of these words carry a model's name, an alias, a revision, …?

    Args:
        words: What follows the program's own words.
        program: What is called, or None for a program that is not in the table: then only flags whose name
            carries a model count, and what stands there must look like one.
    """
    items: list[Argument] = []
    free: list[Word] = []
    doubtful: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if not word.text.startswith("-") or word.text in ("-", "--"):
            free.append(word)
            continue
        flag, equals, rest = word.text.partition("=")
        kind, role, weak = _meaning(flag, program)
        if equals:
            items += _items(kind, flag, rest, word, role, weak)
            continue
        taken = _values(words, at, kind)
        if taken and kind == "ignored" and not _is_listed(flag, program) and _looks_like_model(taken[0].text):
            doubtful.append(taken[0])
        for value in taken:
            items += _items(kind, flag, value.text, value, role, weak)
        at += len(taken)
    return Arguments(items=(*_positionals(free or doubtful, program, items), *items))


def _is_listed(flag: str, program: Program | None) -> bool:
    return program is not None and flag in program.flags


def _meaning(flag: str, program: Program | None) -> tuple[FlagKind, Role, bool]:
    spelt = {flag, flag.replace("_", "-"), flag.replace("-", "_").replace("__", "--", 1)}
    kind = next((program.flags[s] for s in sorted(spelt) if s in program.flags), None) if program else None
    if kind is not None and program is not None:
        return kind, _ROLES.get(kind, program.role), False
    word = model_word(flag) if flag.startswith("--") else None
    if word is None:
        return "ignored", "inference", False
    if "served" in flag:
        return "alias", "inference", False
    kind = "tokenizer" if word.role == "tokenizer" else "base" if "base" in flag else "model"
    role = word.role if kind == "model" else _ROLES[kind]
    return kind, role, word.strength == "weak"


def _values(words: Sequence[Word], at: int, kind: FlagKind) -> Sequence[Word]:
    """The words that belong to a flag: several for aliases and adapters, one or none for others."""
    end = at
    while end < len(words) and not words[end].text.startswith("-"):
        end += 1
    if kind in _SEVERAL:
        return words[at:end]
    if end == at:
        return ()
    return words[at : at + 1]


def _looks_like_model(text: str) -> bool:
    return is_hub_name(text) or _TAGGED.match(text) is not None or model_address(text) is not None


def _items(kind: FlagKind, flag: str, text: str, word: Word, role: Role, weak: bool) -> list[Argument]:  # noqa: FBT001
    if kind == "ignored" or not text:
        return []
    if kind == "draft-config" or text.startswith(("{", "[")):
        return _from_json(kind, flag, text, word)
    if kind == "model" and "pretrained=" in text:
        return [
            Argument(kind="model", flag=flag, text=found, word=word, role=role)
            for found in _ARGS_MODEL.findall(text)
        ]
    if kind in _MODEL_KINDS and "," in text and "$" not in text and all(map(could_be_model, text.split(","))):
        return [
            Argument(kind=kind, flag=flag, text=part, word=word, role=role, weak=weak)
            for part in text.split(",")
        ]
    return [Argument(kind=kind, flag=flag, text=text, word=word, role=role, weak=weak)]


def _from_json(kind: FlagKind, flag: str, text: str, word: Word) -> list[Argument]:
    """`--speculative-config '{"model": …}'`, `--lora-modules '{"name": …, "path": …}'`."""
    try:
        value = json.loads(text[:20_000])
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, dict):
        return []
    if kind == "adapter":
        name, path = value.get("name"), value.get("path")
        shown = f"{name}={path}" if isinstance(name, str) and isinstance(path, str) else ""
        return [Argument(kind="adapter", flag=flag, text=shown, word=word, role="adapter")] if shown else []
    model = value.get("model") or value.get("draft_model")
    if not isinstance(model, str) or "/" not in model:
        return []
    return [Argument(kind="draft", flag=flag, text=model, word=word)]


def _positionals(free: list[Word], program: Program | None, items: list[Argument]) -> list[Argument]:
    if program is None or not program.positional or not free:
        return []
    if program.positional == "one" and any(item.kind == "model" for item in items):
        return []
    data_set = any(item.kind == "kind" and item.text.startswith("dataset") for item in items)
    chosen = free if program.positional == "many" else free[:1]
    return [
        Argument(
            kind="data-set" if data_set else "model",
            flag="",
            text=word.text,
            word=word,
            role="training-data" if data_set else program.role,
        )
        for word in chosen
    ]
