"""Which models do settings files name, and what can code read from them? Collector `settings`."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator, Sequence

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.text import printable
from gauger.scan.bill_of_materials import kind_of_document
from gauger.scan.collector import Binding, Collected, FileView
from gauger.scan.document_kinds import document_kind
from gauger.scan.framework_settings import framework_candidates, key_of, with_placeholders
from gauger.scan.harvest import Harvest
from gauger.scan.model_words import is_address_name, is_secret_name
from gauger.scan.settings_commands import settings_commands
from gauger.scan.settings_models import settings_candidates
from gauger.scan.settings_profiles import profile_of
from gauger.scan.settings_tree import Finder, Group, Leaf, tree_of_plain, tree_of_spot
from gauger.scan.values import Text, Value
from gauger.scan.yaml_place import yaml_documents

_SPRING = re.compile(r"(^|/)(application|bootstrap)[\w-]*\.(ya?ml|properties)$|\.properties$")
_FIXTURES = re.compile(r"(?:^|/)(?:__tests__|__fixtures__|__mocks__|__snapshots__|fixtures|testdata)/")
"""Folders that hold what tests compare with, by the conventions of Jest, Vitest, pytest and Go."""
_BYTES = 1 << 20
_END_BYTES = 4096
_MOST = 2_000
_LOCKS = re.compile(
    r"(^|[-_.])lock\.|package-lock\.json$|npm-shrinkwrap\.json$|\.(min|map|schema)\.json$|tsconfig.*\.json$"
    r"|^(tokenizer|vocab|merges|added_tokens|special_tokens_map).*\.json$|\.index\.json$|^composer\.json$",
    re.IGNORECASE,
)
_OTHERS = {"package.json", "pyproject.toml", "cargo.toml", "chart.yaml", "poetry.lock",
           "adapter_config.json", "generation_config.json", "tokenizer_config.json",
           "mlmodel", "pipfile"}  # fmt: skip
_INI = (".ini", ".cfg", ".conf", ".properties", ".service", ".container")
_REPEATED = re.compile(r"(?m)^(Environment|ExecStart(?:Pre|Post)?|Exec|Image)[ \t]*=")
_OURS = re.compile(r'^  "tool": \{\n {4}"name": "gauger",\n', re.MULTILINE)
"""How a dossier of ours, and the coverage made from one, say which program wrote them."""
_OF_WEIGHTS = {"architectures", "model_type", "_name_or_path", "transformers_version"}
"""Keys that tell the configuration of stored weights, which another collector reads."""


def _of_an_earlier_run(path: str) -> Gap:
    return Gap(
        part="settings",
        reason="not-requested",
        location=Location(path=path),
        detail="a document that Gauger wrote: what it lists was found by an earlier run; not counted again",
        touches=(f"uses in {printable(path, 200)}",),
        remedy="write reports outside the examined folder",
    )


def _too_large(view: FileView) -> Collected:
    """What is said of a file that is too long for settings: nothing of documents that others read.

    Raises:
        LimitExceeded: nobody else reads it.
    """
    path = str(view.path)
    source = view.tree.open(path)
    size = source.size_bytes
    head = source.read_at(0, min(_END_BYTES, size))
    end = min(_END_BYTES, size)
    if kind_of_document(head + source.read_at(size - end, end)):
        return Collected()
    if view.path.suffix == ".json" and _OURS.search(head.decode("utf-8", "replace")):
        return Collected(gaps=(_of_an_earlier_run(path),))
    view.limits.check(size, "text_file_bytes", subject=path)
    raise LimitExceeded(f"{size} bytes are not parsed as settings, the bound is {_BYTES}", subject=path)


class Settings:
    """YAML, JSON, TOML and INI files that no other collector knows better: what code may read from them."""

    ident = "settings"
    globs: tuple[str, ...] = (
        "**/*.yaml", "**/*.yml", "**/*.json", "**/*.jsonc", "**/*.toml", "**/*.ini", "**/*.cfg", "**/*.conf",
        "**/*.properties", "**/*.service", "**/*.container",
    )  # fmt: skip
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. Documents of a kind that has its own collector give bindings only."""
        path, name = str(view.path), view.path.name
        beside_chart = path.rpartition("/")[0] + "/Chart.yaml"
        is_values = name.startswith("values") and view.tree.exists(beside_chart.lstrip("/"))
        if _LOCKS.search(name) or is_values:
            return Collected()
        if view.tree.size_bytes(path) > _BYTES:
            return _too_large(view)
        text = view.text()
        if kind_of_document(text):
            return Collected()  # a bill of materials has a collector of its own
        if name.endswith(".json") and _OURS.search(text):
            return Collected(gaps=(_of_an_earlier_run(path),))
        if "{{" in text and "/templates/" in f"/{path}":
            return Collected()
        documents, is_plain = _documents(text, path, view)
        leaves = [leaf for document in documents for leaf in document.every_leaf()]
        harvest = Harvest()
        harvest.bindings += list(_bindings(leaves, path))[:_MOST]
        if is_plain and (name.lower() not in _OTHERS or name == "package.json"):
            self._read(documents, name, path, view, harvest)
        if _FIXTURES.search(path):
            harvest.candidates = [
                msgspec.structs.replace(c, mention=c.mention or "in test data") for c in harvest.candidates
            ]
        return harvest.collected()

    def _read(self, documents: list[Group], name: str, path: str, view: FileView, harvest: Harvest) -> None:
        profile = profile_of(path, documents)
        for document in documents:
            if _OF_WEIGHTS & document.leaves.keys() | _OF_WEIGHTS & document.groups.keys():
                continue
            started, taken = settings_commands(document, view, self.ident)
            harvest.add(started)
            if name == "package.json":
                continue
            leaves = {key_of(leaf.keys): (leaf.text, leaf.location) for leaf in document.every_leaf()}
            known = framework_candidates(leaves)
            harvest.candidates += known.values()
            for leaf in document.every_leaf():
                if id(leaf) in taken or key_of(leaf.keys) in known:
                    leaf.text = ""
            lines = {c.location.line for c in started.candidates}
            found = [c for c in settings_candidates(document, profile) if c.location.line not in lines]
            harvest.candidates += found[:_MOST]


def _documents(text: str, path: str, view: FileView) -> tuple[list[Group], bool]:
    """The documents of the file, and whether they are plain settings of some program."""
    suffix = view.path.suffix.lower()
    if suffix == ".toml":
        try:
            return [tree_of_plain(tomllib.loads(text), Finder(text, path))], True
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise Malformed(f"not TOML: {printable(str(error), 100)}", subject=path) from error
    if suffix in _INI:
        return [_ini(text, path)], True
    if suffix in (".json", ".jsonc"):
        text = re.sub(r"(?m)^[ \t]*//.*$", "", text)
    spots = yaml_documents(text.replace("\t", " ") if suffix.startswith(".json") else text, path, view.limits)
    return [tree_of_spot(spot) for spot in spots], not any(document_kind(spot) for spot in spots)


def _numbered(text: str) -> str:
    """Keys that may stand several times in a unit (`Environment=`) get a number each."""
    count = iter(range(len(text)))
    return _REPEATED.sub(lambda m: f"{m[1]}.{next(count)}=", text)


def _ini(text: str, path: str) -> Group:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="\x00")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(_numbered(text))
    except configparser.Error:
        try:
            parser.read_string("[properties]\n" + text)
        except configparser.Error as error:
            raise Malformed(f"not INI: {printable(str(error), 100)}", subject=path) from error
    sections: dict[str, object] = {}
    for section in parser.sections():
        items = {k: v.strip("\"'") for k, v in parser.items(section) if v}
        sections.update(items if section == "properties" else {section: items})
    return tree_of_plain(sections, Finder(text, path))


def _bindings(leaves: Sequence[Leaf], path: str) -> Iterator[Binding]:
    for leaf in leaves:
        if (
            leaf.text
            and len(leaf.text) <= 300
            and not any(c.isspace() for c in leaf.text)
            and not _secret(leaf)
        ):
            value: Value = Text(text=printable(leaf.text), location=leaf.location)
            if "${" in leaf.text and _SPRING.search(path):
                value = with_placeholders(leaf.text, leaf.location)
            name = f"{path}#{'.'.join(leaf.keys)}"
            yield Binding(
                kind="setting", name=name, value=value, location=leaf.location, scope=path.rpartition("/")[0]
            )


def _secret(leaf: Leaf) -> bool:
    return is_secret_name(leaf.key) and not is_address_name(leaf.key)
