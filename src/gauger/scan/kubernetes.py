"""Which models do a cluster's manifests start, fetch, name and configure?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gauger.core.judgement import Gap
from gauger.core.plugin import guarded
from gauger.core.text import printable
from gauger.scan.chip_targets import chip_of_resource
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.containers import Container
from gauger.scan.document_kinds import document_kind
from gauger.scan.embedded import read_embedded
from gauger.scan.embedded_code import language_of, read_code
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import Dialect, literal, shell_with
from gauger.scan.model_keys import read_model_keys
from gauger.scan.model_words import is_secret_name, model_word
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Word
from gauger.scan.templates import Template
from gauger.scan.values import Name, Opaque, Text, Value
from gauger.scan.yaml_place import Spot, yaml_documents

_OBJECT = re.compile(r"^[\s{\[\"'-]*[\"']?apiVersion[\"']?\s*:|[{,]\s*\"apiVersion\"\s*:", re.MULTILINE)
_REFERENCE = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")
_CONTAINER_LISTS = {"containers", "initContainers", "ephemeralContainers"}
_ELSEWHERE = frozenset(
    {
        *_CONTAINER_LISTS,
        "metadata",
        "status",
        "serveConfigV2",
        "serveConfig",
        "data",
        "stringData",
        "binaryData",
    }
)


class Kubernetes:
    """Manifests of any kind, lists and several documents in a file included."""

    ident = "kubernetes"
    globs: tuple[str, ...] = ("**/*.yml", "**/*.yaml", "**/*.json")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read every object of the file.

        Raises:
            Malformed: a file with `apiVersion` and `kind` is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        text = view.text()
        if "kind" not in text or not _OBJECT.search(text):
            return Collected()
        path = str(view.path)
        template = Template(text, path) if "{{" in text else None
        if template is not None and chart_of(path, view):
            return Collected()
        harvest = Harvest()
        known = template.values if template is not None else {}
        for document in yaml_documents(template.text if template else text, path, view.limits):
            read_object(document, view, harvest, known, "kubernetes")
        if template is not None:
            harvest = template.restored(harvest)
        return harvest.collected()


def chart_of(path: str, view: FileView) -> str | None:
    """The folder of the Helm chart whose template this file is; None where it is in none."""
    parts = path.split("/")
    for at in range(len(parts) - 1, -1, -1):
        folder = "/".join(parts[:at])
        if view.tree.exists(f"{folder}/Chart.yaml" if folder else "Chart.yaml"):
            return folder or "."
    return None


def read_object(
    document: Spot, view: FileView, harvest: Harvest, known: Mapping[str, Value], surface: str
) -> None:
    """Read one object: its containers, its data, and the keys of its kind that carry a model.

    Sources: the Kubernetes API reference (containers, ConfigMap, Secret); KServe's `storageUri`
        (https://kserve.github.io/website/); Ray's `serveConfigV2` (https://docs.ray.io/).
    """
    if document_kind(document) != "kubernetes":
        return
    kind = document.text_at("kind")
    listed = document.get("items")
    if kind.endswith("List") and listed is not None:
        for element in listed.elements():
            read_object(element, view, harvest, known, surface)
        return
    reader = _Reader(view, harvest, known, surface, kind, document.text_at("metadata", "name"))
    if kind == "ConfigMap":
        reader.config_map(document)
    elif kind in ("Secret", "ExternalSecret", "SealedSecret"):
        reader.secret(document)
    elif kind not in (
        "CustomResourceDefinition",
        "Role",
        "ClusterRole",
        "RoleBinding",
        "Namespace",
        "Service",
    ):
        reader.workload(document)


def _is_container(spot: Spot) -> bool:
    """Has this mapping what a container has, wherever it stands?"""
    listed = any(part is not None and part.elements() for part in (spot.get("args"), spot.get("command")))
    told = spot.get("image") or spot.get("modelFormat") or spot.get("storageUri") or spot.get("runtime")
    return told is not None and (listed or spot.get("env") is not None or spot.get("args") is not None)


def _runtime(spot: Spot) -> str:
    """Which server does a predictor of KServe get that names a format and no image?"""
    return "kserve/huggingfaceserver" if spot.get("modelFormat") is not None else ""


class _Reader:
    def __init__(
        self,
        view: FileView,
        harvest: Harvest,
        known: Mapping[str, Value],
        surface: str,
        kind: str,
        name: str,
    ) -> None:
        self.view = view
        self.path = str(view.path)
        self.folder = self.path.rpartition("/")[0]
        self.harvest = harvest
        self.known = dict(known)
        self.dialect: Dialect = shell_with(known) if known else literal
        self.surface = surface
        self.kind = kind
        self.name = name

    def config_map(self, document: Spot) -> None:
        """Its entries as environment, or as files of their own."""
        data = document.get("data")
        variables: list[Variable] = []
        for key, spot in data.items() if data is not None else []:
            if not spot.text:
                continue
            if "\n" in spot.text or "." in key:
                read_embedded(key, spot, self.view, self.harvest, self.surface)
                continue
            variables.append(self._variable(key, spot))
            if not is_secret_name(key):
                self.harvest.bindings.append(
                    Binding(
                        kind="setting",
                        name=printable(f"configmap {self.name}#{key}", 300),
                        value=self.dialect(spot.text, spot.location),
                        location=spot.location,
                    )
                )
        self.harvest.add(read_variables(variables, surface=self.surface, scope=self.folder))

    def secret(self, document: Spot) -> None:
        """The names of its entries; values are never looked at."""
        variables = []
        for part in ("data", "stringData"):
            data = document.get(part)
            for key, spot in data.items() if data is not None else []:
                if is_secret_name(key):
                    place = spot.location
                    variables.append(
                        Variable(name=key, text="", value=Text(text="", location=place), location=place)
                    )
        self.harvest.add(read_variables(variables, surface=self.surface))

    def workload(self, document: Spot) -> None:
        """Its containers, wherever they stand, and every other key that carries a model."""
        for key, spot in document.walk():
            for name, value in spot.items():
                if name in _CONTAINER_LISTS:
                    for container in value.elements():
                        self._container(container)
                elif name in ("serveConfigV2", "serveConfig") and value.text:
                    self._served(value)
                elif key in ("limits", "requests"):
                    self.harvest.artifacts += chip_of_resource(name, value.location)
            if key == "predictor" or _is_container(spot):
                self._container(spot, listed=False)
            source = spot.get("source") or spot.get("script")
            if source is not None and "\n" in source.text:
                self._script(source, spot.get("command"))
        preset = document.get("inference", "preset", "name") or document.get("tuning", "preset", "name")
        if preset is not None and document.text_at("apiVersion").startswith("kaito."):
            self._preset(preset)
        read_model_keys(document, self.surface, self.harvest, self.dialect, skip=_ELSEWHERE)

    def _script(self, source: Spot, command: Spot | None) -> None:
        """The script of a pipeline's step, in the language that its command or its first line names."""
        words = [e.text for e in command.elements()] if command is not None else []
        first = source.text.split("\n", 1)[0]
        called = [*words, first.rpartition("/")[2].split(" ")[-1]] if first.startswith("#!") else words
        language = next((found for word in called if (found := language_of(word))), "")
        if language:
            limits = self.view.limits
            self.harvest.add(
                read_code(source.text, language, self.path, limits, line=source.text_line, member=self.name)
            )
            return
        session = Session(self.surface, self.path, self.view.limits, member=f"{self.kind}/{self.name}")
        session.text(source.shell_text, source.text_line)
        self.harvest.add(session.finish())

    def _preset(self, preset: Spot) -> None:
        """A preset of KAITO, which brings the weights in its image.

        Source: https://github.com/kaito-project/kaito/blob/main/docs/inference/README.md
        """
        self.harvest.candidates.append(
            Candidate(
                surface=self.surface,
                api="preset.name",
                location=preset.location,
                written=printable(preset.text),
                model=self.dialect(preset.text, preset.location),
            )
        )

    def _served(self, spot: Spot) -> None:
        answer = guarded(
            self.surface,
            lambda: yaml_documents(
                spot.text, self.path, self.view.limits, first_line=spot.text_line - 1, member=spot.member
            ),
            location=spot.location,
        )
        if isinstance(answer, Gap):
            self.harvest.gaps.append(answer)
            return
        for document in answer:
            read_model_keys(document, self.surface, self.harvest, self.dialect)

    def _container(self, spot: Spot, *, listed: bool = True) -> None:
        if not listed and any(spot.node is element.node for element in self._listed(spot)):
            return
        image = spot.get("image")
        name = spot.text_at("name") or self.kind.lower()
        container = Container(
            self.surface, self.path, self.view.limits, member=f"{self.kind}/{self.name}/{name}",
            image=image.text if image else _runtime(spot), image_place=image.location if image else None,
            known=self.known,
        )  # fmt: skip
        container.environment([*self._environment(spot)], self.folder)
        command, arguments = self._words(spot.get("command")), self._words(spot.get("args"))
        container.start(command, arguments)
        self.harvest.add(container.finish())

    def _listed(self, spot: Spot) -> Iterator[Spot]:
        for name, value in spot.items():
            if name in _CONTAINER_LISTS:
                yield from value.elements()

    def _words(self, spot: Spot | None) -> list[Word]:
        if spot is None:
            return []
        parts = spot.elements() or ([spot] if spot.text else [])
        words = []
        for part in parts:
            text = _REFERENCE.sub(r"${\1}", part.text)
            words.append(Word(text, part.text_line, part.location.column))
        return words

    def _environment(self, spot: Spot) -> Iterator[Variable]:
        environment = spot.get("env")
        for element in environment.elements() if environment is not None else []:
            name, value = element.text_at("name"), element.get("value")
            if name and value is not None and value.is_text:
                yield self._variable(name, value)
            elif name and (reference := element.get("valueFrom", "configMapKeyRef")) is not None:
                key = reference.text_at("key") or name
                place = reference.location
                target = Name(
                    kind="setting", name=f"configmap {reference.text_at('name')}#{key}", location=place
                )
                yield Variable(
                    name=name,
                    text=printable(f"ConfigMap {reference.text_at('name')}: {key}"),
                    value=target,
                    location=place,
                )
            elif name and model_word(name) is not None and (held := element.get("valueFrom", "secretKeyRef")):
                place = held.location
                why = printable(f"kept in the secret {held.text_at('name')}, which is not read", 200)
                yield Variable(
                    name=name,
                    text=printable(f"Secret {held.text_at('name')}: {held.text_at('key')}"),
                    value=Opaque(why=why, location=place),
                    location=place,
                )
            elif name and is_secret_name(name):
                yield Variable(
                    name=name,
                    text="",
                    value=Text(text="", location=element.location),
                    location=element.location,
                )

    def _variable(self, name: str, spot: Spot) -> Variable:
        shown = "" if is_secret_name(name) else spot.text
        value: Value = self.dialect(shown, spot.location)
        return Variable(name=name, text=printable(shown), value=value, location=spot.location)
