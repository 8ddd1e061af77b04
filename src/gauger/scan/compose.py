"""Which models do the services of a Compose file run, and which does it declare?"""

from __future__ import annotations

import posixpath
import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.containers import Container
from gauger.scan.document_kinds import document_kind
from gauger.scan.environment import Variable
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import shell
from gauger.scan.model_address import model_address
from gauger.scan.model_words import is_secret_name
from gauger.scan.shell_lexer import Word
from gauger.scan.values import Text, Value
from gauger.scan.yaml_place import Spot, yaml_documents

_SERVICES = re.compile(r"^[\"']?services[\"']?\s*:|^\{", re.MULTILINE)
_NAME = re.compile(r"[^A-Za-z0-9]+")


class Compose:
    """Compose files, told by their contents: services with images, commands, environments; `models:`."""

    ident = "compose"
    globs: tuple[str, ...] = ("**/*.yml", "**/*.yaml")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read services and declared models.

        Raises:
            Malformed: a file that is called a Compose file is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        text = view.text()
        harvest = Harvest()
        if not _SERVICES.search(text):
            return harvest.collected()
        for document in yaml_documents(text, str(view.path), view.limits):
            if document_kind(document) == "compose":
                _Reader(view, harvest).read(document)
        return harvest.collected()


class _Reader:
    def __init__(self, view: FileView, harvest: Harvest) -> None:
        self.view = view
        self.path = str(view.path)
        self.folder = self.path.rpartition("/")[0]
        self.harvest = harvest

    def read(self, document: Spot) -> None:
        """Read one document."""
        models = document.get("models")
        declared = {name: self._model(name, spot) for name, spot in models.items()} if models else {}
        services = document.get("services")
        for name, service in services.items() if services else ():
            self._service(name, service, declared)

    def _model(self, name: str, spot: Spot) -> Value | None:
        model = spot.get("model")
        if model is None or not model.text:
            return None
        return self._declared(model, f"models.{name}.model")

    def _declared(self, spot: Spot, api: str) -> Value:
        """A model that Docker's model runner pulls."""
        value = shell(spot.text, spot.location)
        found = model_address(spot.text) if isinstance(value, Text) else None
        model = Text(text=printable(found.name), location=spot.location) if found else value
        self.harvest.candidates.append(
            Candidate(
                surface="compose",
                api=printable(api),
                location=spot.location,
                written=printable(spot.text),
                model=model,
                namespace=found.namespace if found else "",
            )
        )
        return value

    def _service(self, name: str, service: Spot, declared: dict[str, Value | None]) -> None:
        image = service.get("image")
        container = Container(
            "compose",
            self.path,
            self.view.limits,
            member=f"services.{name}",
            image=image.text if image else "",
            image_place=image.location if image else None,
        )
        scope = self._scope(service)
        environment = service.get("environment")
        variables = read_environment(environment) if environment is not None else []
        build = service.get("build")
        arguments = build.get("args") if build is not None else None
        given = read_environment(arguments) if arguments is not None else []
        for argument in given:
            self._bind(f"build-arg {argument.name}", argument.value, argument.location, scope)
        variables += given
        container.environment(variables, scope)
        self._start(service, container)
        self.harvest.add(container.finish())
        self._granted(service, declared, scope)
        options = service.get("provider", "options")
        if service.text_at("provider", "type") == "model" and options is not None and options.get("model"):
            self._declared(options.get("model") or options, f"services.{name}.provider.options.model")

    def _scope(self, service: Spot) -> str:
        """The folder of the code that the service is built from, where it is; else the Compose file's."""
        build = service.get("build")
        context = (build.text or build.text_at("context")) if build is not None else ""
        if not context or "$" in context or "://" in context:
            return self.folder
        folder = posixpath.normpath(posixpath.join(self.folder, context))
        return "" if folder in (".", "/") or folder.startswith("..") else folder

    def _start(self, service: Spot, container: Container) -> None:
        parts = [service.get("entrypoint"), service.get("command")]
        listed = [[_live(e) for e in part.elements()] if part is not None else [] for part in parts]
        entry = parts[0]
        if entry is not None and entry.text and listed[1]:
            place = entry.location
            listed[0] = [Word(text, place.line, place.column) for text in entry.text.split()]
        if any(listed):
            container.start(listed[0], listed[1])
        for part in parts:
            if part is not None and part.text and not (part is entry and listed[0]):
                container.script(part.shell_text.replace("$$", "$"), part.text_line, part.location.column)
        for key in ("post_start", "pre_stop"):
            hooks = service.get(key)
            for hook in hooks.elements() if hooks is not None else []:
                command = hook.get("command")
                if command is not None:
                    container.start([_live(e) for e in command.elements()], [])

    def _granted(self, service: Spot, declared: dict[str, Value | None], scope: str) -> None:
        """`models:` of a service: the names under which it gets them in its environment.

        Source: https://docs.docker.com/reference/compose-file/models/
        """
        granted = service.get("models")
        if granted is None:
            return
        pairs = granted.items() or [(e.text, e) for e in granted.elements()]
        for name, spot in pairs:
            variable = spot.text_at("model_var") or _NAME.sub("_", name).upper() + "_MODEL"
            value = declared.get(name)
            if value is not None and not is_secret_name(variable):
                self._bind(variable, value, spot.location, scope)

    def _bind(self, name: str, value: Value, location: Location, scope: str) -> None:
        self.harvest.bindings.append(
            Binding(
                kind="environment", name=printable(name, 200), value=value, location=location, scope=scope
            )
        )


def _live(spot: Spot) -> Word:
    """An element of a command; `$$` is a dollar for the container's own shell."""
    place = spot.location
    return Word(spot.text.replace("$$", "$"), spot.text_line, place.column)


def read_environment(spot: Spot) -> list[Variable]:
    """Which variables does this mapping or list of `NAME=value` set? Names without a value are left out."""
    found: list[Variable] = []
    for name, value in spot.items():
        if value.is_text:
            found.append(_variable(name, value.text, value))
    for element in spot.elements():
        name, equals, text = element.text.partition("=")
        if equals:
            found.append(_variable(name, text, element))
    return found


def _variable(name: str, text: str, spot: Spot) -> Variable:
    shown = "" if is_secret_name(name) else text
    return Variable(
        name=name, text=printable(shown), value=shell(shown, spot.location), location=spot.location
    )
