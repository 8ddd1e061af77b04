"""What does an image set, start and download, as its configuration says, and what does a model's artifact?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from gauger.core.inventory import Artifact, Location
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.containers import Container
from gauger.scan.environment import Variable, model_candidates
from gauger.scan.harvest import Harvest
from gauger.scan.images import model_in_image
from gauger.scan.model_words import is_secret_name, model_word
from gauger.scan.program_lookup import program_of_image
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Word
from gauger.scan.values import Text, Value

_PLACE = re.compile(r"(?<=.)@config(?:/(.*))?$")
_BUILDKIT = re.compile(r"\s*# buildkit\s*$")
_RUN = re.compile(
    r"^(?:RUN\s+)?(?:\|\d+ (?P<given>.*?)\s*)?(?:/\S*/)?\w*sh(?: -o \w+| -[a-z]+)*? -[a-z]*c\s+"
    r"(?P<command>.*)$",
    re.DOTALL,
)
"""A step as BuildKit, the classic builder and buildah write it down: `RUN |1 MODEL=x /bin/sh -c …`.

Sources: BuildKit's frontend/dockerfile/dockerfile2llb and moby's builder/dockerfile (`created_by`).
"""
_GIVEN = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)", re.DOTALL)
_NOP = "#(nop)"
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_BASE_IMAGE = "org.opencontainers.image.base.name"
_MOST_HISTORY = 2_000
_MOST_WORDS = 10_000


class ContainerImage:
    """The configuration of each image in an image file: environment, entry point, command, labels, history.

    Sources: OCI image specification 1.1, config.md (https://github.com/opencontainers/image-spec); Docker
    Model Runner's `pkg/types` (https://github.com/docker/model-runner); ModelPack's `config.md`
    (https://github.com/modelpack/model-spec); KitOps' `kitfile` format (https://github.com/kitops-ml/kitops);
    Ollama's `ConfigV2` (https://github.com/ollama/ollama).
    """

    ident = "container-image"
    globs: tuple[str, ...] = ("**/*@config", "**/*@config/**")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read one configuration.

        Raises:
            Malformed: it is not a JSON object.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path = str(view.path)
        place = _PLACE.search(path)
        harvest = Harvest()
        if place is None or "!" not in path[: place.start()]:
            return harvest.collected()
        root = path[: place.start()]
        document = json_object(view.data(), view.limits, path)
        _Reader(view, root, place[1] or "", harvest).read(document)
        return harvest.collected()


class _Step(Session):
    """A step of the build; it has no lines, only its number."""

    def place(self, word: Word) -> Location:  # noqa: ARG002 - the step is the place of all its words
        """See `ShellState.place`."""
        return Location(path=self.path, member=self.member)


class _Reader:
    def __init__(self, view: FileView, root: str, name: str, harvest: Harvest) -> None:
        self.view = view
        self.path = str(view.path)
        self.root = root
        self.name = name
        self.harvest = harvest

    def read(self, document: dict[str, Any]) -> None:
        """An image has a root file system; a model's artifact describes a model."""
        inner = document.get("config")
        settings = inner if isinstance(inner, dict) else {}
        about = _about_model(document, settings)
        if about is not None:
            self._model(*about)
            return
        self._named()
        variables = self._environment(settings.get("Env"))
        self._container(settings, variables)
        self._history(document.get("history"), variables)

    def place(self, member: str) -> Location:
        """A place in the configuration."""
        return Location(path=self.path, member=printable(member, 200))

    def _named(self) -> None:
        self.harvest.candidates += model_in_image(self.name, "container-image", "image", self.place("name"))

    def _container(self, settings: dict[str, Any], variables: Sequence[Variable]) -> None:
        found = settings.get("Labels")
        labels = found if isinstance(found, dict) else {}
        self._labels(labels)
        container = Container(
            "container-image",
            self.path,
            self.view.limits,
            member="Entrypoint and Cmd",
            image=self._server(labels.get(_BASE_IMAGE)),
        )
        container.environment(variables, self.root)
        folder = settings.get("WorkingDir")
        parts = [_words(settings.get(key)) for key in ("Entrypoint", "Cmd")]
        words = [self._placed(text, folder if isinstance(folder, str) else "") for p in parts for text in p]
        shell = [text for text in words[:2] if text in ("/bin/sh", "/bin/bash", "sh", "bash", "-c")]
        if len(shell) == 2 and len(words) == 3:
            container.script(words[2], 0)
        else:
            start = len(parts[0])
            listed = [Word(text, 0, 0) for text in words]
            container.start(listed[:start], listed[start:])
        self.harvest.add(container.finish())

    def _server(self, base: Any) -> str:
        """The name that says which server is in the image: its own, or that of the image it is made from."""
        own = self.name.partition(" ")[0]
        known = isinstance(base, str) and program_of_image(own) is None
        return base if known else own

    def _environment(self, listed: Any) -> list[Variable]:
        found = []
        for entry in _words(listed):
            name, _, text = entry.partition("=")
            shown = printable("" if is_secret_name(name) else text)
            location = self.place(f"Env {name}")
            found.append(
                Variable(name=name, text=shown, value=Text(text=shown, location=location), location=location)
            )
        return found

    def _placed(self, text: str, folder: str) -> str:
        """A relative path of something that lies in the working folder, as seen from the image's root."""
        if not folder or not text or text.startswith(("-", "/")):
            return text
        inside = "/".join(part for part in f"{folder}/{text}".split("/") if part not in ("", "."))
        path = f"{self.root}/{inside}"
        there = ".." not in inside and (self.view.tree.exists(path) or self.view.tree.is_folder(path))
        return "/" + inside if there else text

    def _labels(self, labels: dict[str, Any]) -> None:
        """Labels whose names carry a model: `com.acme.model=Org/Name`."""
        for key, text in sorted(labels.items())[:_MOST_WORDS]:
            name = _NO_NAME.sub("_", key).upper()
            word = model_word(name)
            if word is None or not isinstance(text, str) or is_secret_name(name):
                continue
            location = self.place(f"Labels {key}")
            shown = printable(text)
            variable = Variable(
                name=key, text=shown, value=Text(text=shown, location=location), location=location
            )
            found = model_candidates(variable, word, None, surface="container-image", certain=False)
            self.harvest.candidates += (msgspec.structs.replace(c, weak=True) for c in found)

    def _history(self, listed: Any, variables: Sequence[Variable]) -> None:
        """The steps of the build, with the environment that they had in the end."""
        known = {v.name: v.value for v in variables if not is_secret_name(v.name)}
        for at, entry in enumerate(listed[:_MOST_HISTORY] if isinstance(listed, list) else ()):
            written = entry.get("created_by") if isinstance(entry, dict) else None
            if isinstance(written, str):
                self._step(_BUILDKIT.sub("", written.strip()), at, dict(known))

    def _step(self, written: str, at: int, known: dict[str, Value]) -> None:
        run = _RUN.match(written)
        place = self.place(f"history[{at}]")
        if run is not None:
            for name, text in _GIVEN.findall(run["given"] or ""):
                if not is_secret_name(name):
                    known[name] = Text(text=printable(text), location=place)
        command = run["command"] if run is not None else written.removeprefix("RUN ")
        step = _Step("container-image", self.path, self.view.limits, member=place.member, known=known)
        words = command.removeprefix(_NOP).split()
        if (run is None and not written.startswith("RUN ")) or command.startswith(_NOP):
            if words[:1] == ["ADD"]:
                step.fetch([Word(word, 0, 0) for word in words[:_MOST_WORDS]])
        else:
            step.text(command, 0)
        self.harvest.add(step.finish())

    def _model(self, settings: dict[str, Any], descriptor: dict[str, Any]) -> None:
        """What the configuration of a model's artifact declares of it."""
        facts: Facts = {}
        for source in (descriptor, settings):
            for key, value in sorted(source.items()):
                if isinstance(value, str) and value:
                    facts[printable(key, 60)] = printable(value, 300)
                elif isinstance(value, list) and value and all(isinstance(v, str) for v in value):
                    facts[printable(key, 60)] = tuple(printable(v, 300) for v in value[:20])
        artifact = Artifact(
            kind="config",
            location=self.place("config"),
            title=printable(self.name or self.root, 200),
            format="oci-model",
            parts=(self.path,),
            size_bytes=self.view.tree.size_bytes(self.path),
            facts=facts,
        )
        self.harvest.artifacts.append(artifact)
        declared = next((str(facts[k]) for k in ("name", "title", "family") if facts.get(k)), "")
        name = self.name.partition(" ")[0] or declared
        if not name:
            return
        location = self.place("config")
        found = model_in_image(name, "container-image", "image", location)
        self.harvest.candidates += found or [
            Candidate(
                surface="container-image",
                api="artifact",
                location=location,
                written=printable(declared or name),
                model=Text(text=printable(name), location=location),
                role="stored",
                artifact=artifact.id,
            )
        ]


def _about_model(
    document: dict[str, Any], settings: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What a model's artifact says of the model, and of itself; None for a container's image."""
    descriptor, model, package = (document.get(key) for key in ("descriptor", "model", "package"))
    if isinstance(descriptor, dict) or isinstance(settings.get("format"), str):
        return settings, descriptor if isinstance(descriptor, dict) else {}
    if isinstance(model, dict) and isinstance(package, dict):
        return model, package
    return (document, {}) if isinstance(document.get("model_format"), str) else None


def _words(listed: Any) -> Sequence[str]:
    """A list of texts, as the configuration keeps commands and environments."""
    if not isinstance(listed, list):
        return ()
    return [entry for entry in listed[:_MOST_WORDS] if isinstance(entry, str)]
