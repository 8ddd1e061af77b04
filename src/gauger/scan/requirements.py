"""Which packages of a stack have to do with models? Requirements files and package manifests."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from gauger.core.errors import Malformed
from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.model_address import model_address, without_credentials
from gauger.scan.packages import package_artifacts
from gauger.scan.values import Text
from gauger.scan.yaml_place import yaml_documents

_REQUIREMENT = re.compile(
    r"^\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?P<version>[^;#@]*)"
)
_URL = re.compile(r"https?://[^\s\"'#;]+")
_MOST_SEARCHES = 500
_NPM_PARTS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


class Requirements:
    """Requirements files, `pyproject.toml`, `setup.cfg`, `Pipfile`, `package.json`, conda environments."""

    ident = "requirements"
    globs: tuple[str, ...] = (
        "**/requirements*.txt", "**/requirements/*.txt", "**/*requirements.txt", "**/*requirements.in",
        "**/constraints*.txt", "**/pyproject.toml", "**/Pipfile", "**/package.json", "**/environment*.yml",
        "**/environment*.yaml", "**/conda*.y*ml",
    )  # fmt: skip
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read the entries of one manifest.

        Raises:
            Malformed: not what the file's name says.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        text, path, name = view.text(), str(view.path), view.path.name.lower()
        harvest = Harvest()
        if name == "package.json":
            entries = _npm(json_object(text, view.limits, path))
        elif name in ("pyproject.toml", "pipfile"):
            entries = _toml(text, path)
        elif name.endswith((".yml", ".yaml")):
            entries = _conda(text, view)
        else:
            entries = ((line, "", "pypi") for line in text.split("\n"))
        finder = _Lines(text)
        for entry, version, ecosystem in entries:
            _entry(entry, version, ecosystem, finder, path, harvest)
        return harvest.collected()


class _Lines:
    """Finds the line on which an entry stands; entries come in the order of the file, mostly."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.searches = _MOST_SEARCHES

    def line_of(self, entry: str) -> int:
        """The line of this text at or after the last one found, else anywhere; 0 where it is not literal."""
        place = self.text.find(entry, self.at)
        if place >= 0:
            self.line += self.text.count("\n", self.at, place)
            self.at = place
            return self.line
        self.searches -= 1
        place = self.text.find(entry) if self.searches > 0 else -1
        return self.text.count("\n", 0, place) + 1 if place >= 0 else 0


def _entry(entry: str, version: str, ecosystem: str, lines: _Lines, path: str, harvest: Harvest) -> None:
    stripped = entry.strip()
    if not stripped or stripped.startswith(("#", "-r", "-c", "--")):
        return
    location = Location(path=path, line=lines.line_of(f'"{entry}"' if ecosystem == "npm" else stripped))
    for match in _URL.finditer(stripped):
        _address(match[0], location, harvest)
    if ecosystem == "npm":
        harvest.artifacts += package_artifacts(stripped, version, ecosystem, location)
        return
    requirement = _REQUIREMENT.match(stripped)
    if requirement is not None:
        written = version or requirement["version"].strip()
        harvest.artifacts += package_artifacts(requirement["name"], written, ecosystem, location)


def _address(url: str, location: Location, harvest: Harvest) -> None:
    """A wheel or an archive that is taken from a model hub."""
    found = model_address(url)
    if found is not None and found.namespace == "hub":
        harvest.candidates.append(
            Candidate(
                surface="requirements",
                api="url",
                location=location,
                written=printable(without_credentials(url)),
                model=Text(text=printable(found.name), location=location),
                namespace="hub",
            )
        )


def _npm(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for part in _NPM_PARTS:
        table = document.get(part)
        for name, version in table.items() if isinstance(table, dict) else ():
            yield name, str(version), "npm"


def _toml(text: str, path: str) -> Iterator[tuple[str, str, str]]:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"not TOML: {printable(str(error), 100)}", subject=path) from error
    yield from _python_project(document)


def _python_project(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    project = _table(document, "project")
    listed: list[Any] = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    listed += [
        *_table(document, "dependency-groups").values(),
        _table(document, "tool", "uv").get("dev-dependencies"),
    ]
    for entries in listed:
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, str):
                yield entry, "", "pypi"
    poetry = _table(document, "tool", "poetry")
    tables = [poetry.get("dependencies"), document.get("packages"), document.get("dev-packages")]
    tables += [
        _table(group, "dependencies") for group in _table(poetry, "group").values() if isinstance(group, dict)
    ]
    for table in tables:
        for name, version in table.items() if isinstance(table, dict) else ():
            yield name, version if isinstance(version, str) else "", "pypi"


def _table(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _conda(text: str, view: FileView) -> Iterator[tuple[str, str, str]]:
    if "dependencies" not in text:
        return
    for document in yaml_documents(text, str(view.path), view.limits):
        listed = document.get("dependencies")
        for entry in listed.elements() if listed is not None else []:
            if entry.text:
                yield entry.text.partition("::")[2] or entry.text, "", "conda"
            pip = entry.get("pip")
            for inner in pip.elements() if pip is not None else []:
                yield inner.text, "", "pypi"
