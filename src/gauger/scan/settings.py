"""Which models do settings files name, and what can code read from them? Collector `settings`."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.document_kinds import document_kind
from gauger.scan.environment import Variable, model_candidates
from gauger.scan.model_words import ModelWord, is_address_name, is_secret_name, model_word, words_of
from gauger.scan.values import Text
from gauger.scan.yaml_place import Spot, yaml_documents

_WORTH_READING = re.compile(
    r"model|llm|checkpoint|base_?url|api_?base|endpoint|provider|[\w-]/[A-Za-z0-9][\w.-]*[A-Z0-9]",
    re.IGNORECASE,
)
_BYTES = 1 << 20
_MOST = 2_000
_LOCKS = re.compile(
    r"(^|[-_.])lock\.|package-lock\.json$|npm-shrinkwrap\.json$|\.(min|map|schema)\.json$|tsconfig.*\.json$"
    r"|^(tokenizer|vocab|merges|added_tokens|special_tokens_map).*\.json$|\.index\.json$|^composer\.json$",
    re.IGNORECASE,
)
_OTHERS = {"package.json", "pyproject.toml", "cargo.toml", "chart.yaml", "poetry.lock", "config.json",
           "adapter_config.json", "generation_config.json", "tokenizer_config.json",
           "mlmodel", "pipfile"}  # fmt: skip
_TRADE_KEYS = {
    "llm", "llms", "chat", "embedding", "embeddings", "generation", "completion", "reranker", "rerank", "rag",
    "agent", "agents", "openai", "anthropic", "ollama", "vllm", "inference", "language", "ai", "assistant",
}  # fmt: skip
_TRADE_SIBLINGS = {
    "temperature", "max_tokens", "maxtokens", "api_key", "apikey", "base_url", "baseurl", "api_base", "top_p",
    "max_new_tokens", "context_window", "system_prompt", "prompt", "endpoint", "dtype", "quantization",
}  # fmt: skip


class Leaf:
    """One text in a settings file."""

    __slots__ = ("key", "keys", "location", "siblings", "text")

    def __init__(
        self, keys: tuple[str, ...], text: str, location: Location, siblings: Sequence[Leaf]
    ) -> None:
        self.keys = keys
        self.key = next((k for k in reversed(keys) if not k.isdigit()), "")
        self.text = text
        self.location = location
        self.siblings = siblings


class Settings:
    """YAML, JSON, TOML and INI files that no other collector knows better: what code may read from them."""

    ident = "settings"
    globs: tuple[str, ...] = (
        "**/*.yaml", "**/*.yml", "**/*.json", "**/*.jsonc", "**/*.toml", "**/*.ini", "**/*.cfg", "**/*.conf",
        "**/*.properties",
    )  # fmt: skip
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. Documents of a kind that has its own collector give bindings only."""
        path, name = str(view.path), view.path.name
        beside_chart = path.rpartition("/")[0] + "/Chart.yaml"
        is_values = name.startswith("values") and view.tree.exists(beside_chart.lstrip("/"))
        if _LOCKS.search(name) or is_values or view.tree.size_bytes(path) > _BYTES:
            return Collected()
        text = view.text()
        if not _WORTH_READING.search(text) or ("{{" in text and "/templates/" in f"/{path}"):
            return Collected()
        leaves, is_plain = _leaves(text, path, view)
        bindings = tuple(_bindings(leaves, path))[:_MOST]
        if not is_plain or name.lower() in _OTHERS:
            return Collected(bindings=bindings)
        return Collected(bindings=bindings, candidates=tuple(_candidates(leaves))[:_MOST])


def _leaves(text: str, path: str, view: FileView) -> tuple[list[Leaf], bool]:
    """All texts of the file, and whether it is plain settings of some program."""
    suffix = view.path.suffix.lower()
    if suffix == ".toml":
        try:
            return list(_plain(tomllib.loads(text), (), _Finder(text, path))), True
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise Malformed(f"not TOML: {printable(str(error), 100)}", subject=path) from error
    if suffix in (".ini", ".cfg", ".conf", ".properties"):
        return list(_ini(text, path)), True
    if suffix in (".json", ".jsonc"):
        text = re.sub(r"(?m)^[ \t]*//.*$", "", text)
    documents = yaml_documents(
        text.replace("\t", " ") if suffix.startswith(".json") else text, path, view.limits
    )
    leaves: list[Leaf] = []
    for document in documents:
        leaves += _of_spot(document, (), [])
    return leaves, not any(document_kind(document) for document in documents)


def _of_spot(spot: Spot, keys: tuple[str, ...], siblings: list[Leaf]) -> Iterator[Leaf]:
    if len(keys) > 40:
        raise LimitExceeded("settings are nested too deeply", subject=spot.path)
    if spot.is_text:
        leaf = Leaf(keys, spot.text, spot.location, siblings)
        siblings.append(leaf)
        yield leaf
        return
    inner: list[Leaf] = []
    for key, child in spot.items():
        yield from _of_spot(child, (*keys, key), inner)
    for i, child in enumerate(spot.elements()):
        yield from _of_spot(child, (*keys, str(i)), [])


class _Finder:
    """Finds the line of a value, for formats whose reader keeps no places."""

    def __init__(self, text: str, path: str) -> None:
        self.lines = text.splitlines()
        self.path = path
        self.at = 0

    def place(self, key: str, value: str) -> Location:
        """The next line that holds the value, from where the last one was found; 0 where there is none."""
        for number in (*range(self.at, len(self.lines)), *range(self.at)):
            if value in self.lines[number]:
                self.at = number
                return Location(
                    path=self.path, line=number + 1, column=self.lines[number].index(value) + 1, member=key
                )
        return Location(path=self.path, member=key)


def _plain(value: Any, keys: tuple[str, ...], finder: _Finder) -> Iterator[Leaf]:
    inner: list[Leaf] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        path = (*keys, str(key))
        if isinstance(child, str):
            leaf = Leaf(path, child, finder.place(printable(".".join(path), 200), child), inner)
            inner.append(leaf)
            yield leaf
        elif isinstance(child, dict | list):
            yield from _plain(child, path, finder)
        else:
            inner.append(Leaf(path, "", Location(path=finder.path), inner))


def _ini(text: str, path: str) -> Iterator[Leaf]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="\x00")
    try:
        parser.read_string(text)
    except configparser.Error:
        try:
            parser.read_string("[properties]\n" + text)
        except configparser.Error as error:
            raise Malformed(f"not INI: {printable(str(error), 100)}", subject=path) from error
    finder = _Finder(text, path)
    for section in parser.sections():
        items = {k: v for k, v in parser.items(section) if v}
        keys = () if section == "properties" else (section,)
        yield from _plain({k: v.strip("\"'") for k, v in items.items()}, keys, finder)


def _bindings(leaves: Sequence[Leaf], path: str) -> Iterator[Binding]:
    for leaf in leaves:
        if (
            leaf.text
            and len(leaf.text) <= 300
            and not any(c.isspace() for c in leaf.text)
            and not _secret(leaf)
        ):
            value = Text(text=printable(leaf.text), location=leaf.location)
            name = f"{path}#{'.'.join(leaf.keys)}"
            yield Binding(
                kind="setting", name=name, value=value, location=leaf.location, scope=path.rpartition("/")[0]
            )


def _secret(leaf: Leaf) -> bool:
    return is_secret_name(leaf.key) and not is_address_name(leaf.key)


def _candidates(leaves: Sequence[Leaf]) -> Iterator[Candidate]:
    for leaf in leaves:
        word = _word(leaf)
        if word is None or _secret(leaf):
            continue
        address = next(
            (s for s in leaf.siblings if s is not leaf and is_address_name(s.key) and "://" in s.text), None
        )
        strong = word.strength == "strong" or bool(_TRADE_KEYS & _words(leaf)) or _sibling_of_trade(leaf)
        for candidate in model_candidates(
            _variable(leaf),
            ModelWord(strength="weak", role=word.role),
            _variable(address) if address is not None else None,
            surface="settings",
        ):
            if strong or "/" in leaf.text:
                yield candidate


def _word(leaf: Leaf) -> ModelWord | None:
    """Does the key carry a model: by itself, or as `name`, `id`, `default` below one that does?"""
    word = model_word(leaf.key)
    if (
        word is None
        and leaf.key in ("name", "id", "path", "default", "primary", "fallback")
        and len(leaf.keys) > 1
    ):
        word = model_word(leaf.keys[-2])
    if word is None and leaf.keys and leaf.keys[-1].isdigit() and len(leaf.keys) > 1:
        word = model_word(leaf.keys[-2])
    return word


def _words(leaf: Leaf) -> set[str]:
    return {word for key in leaf.keys for word in words_of(key)}


def _sibling_of_trade(leaf: Leaf) -> bool:
    return any(s.key.lower().replace("-", "_") in _TRADE_SIBLINGS for s in leaf.siblings)


def _variable(leaf: Leaf) -> Variable:
    value = Text(text=printable(leaf.text), location=leaf.location)
    return Variable(name=".".join(leaf.keys), text=printable(leaf.text), value=value, location=leaf.location)
