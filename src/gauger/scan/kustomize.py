"""What do a kustomization's generators and patches put into the manifests?"""

from __future__ import annotations

import re

from gauger.core.text import printable
from gauger.scan.collector import Binding, Collected, FileView
from gauger.scan.embedded import embedded_documents
from gauger.scan.environment import Variable, model_candidates, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.kubernetes import read_object
from gauger.scan.model_keys import read_model_key, read_model_keys
from gauger.scan.model_words import ModelWord, is_secret_name
from gauger.scan.shell import Session
from gauger.scan.values import Text
from gauger.scan.yaml_place import Spot, yaml_documents

_ENVIRONMENT = re.compile(r"/env(?:/[-\d]+)?$")
_UNNAMED = re.compile(r"/env/\d+/value$")
_ARGUMENTS = re.compile(r"/(?:args|command)(?:/[-\d]+)?$")


class Kustomize:
    """`kustomization.yaml` with its generators and patches, and patch files in JSON 6902 form."""

    ident = "kustomize"
    globs: tuple[str, ...] = (
        "**/kustomization.yaml",
        "**/kustomization.yml",
        "**/*patch*.yaml",
        "**/*patch*.yml",
    )
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read generators and patches.

        Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/

        Raises:
            Malformed: not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        harvest = Harvest()
        is_kustomization = view.path.name.startswith("kustomization")
        for document in yaml_documents(view.text(), str(view.path), view.limits):
            if is_kustomization:
                self._kustomization(document, view, harvest)
            elif document.elements():
                _operations(document, view, harvest)
        return harvest.collected()

    def _kustomization(self, document: Spot, view: FileView, harvest: Harvest) -> None:
        for generator in _elements(document, "configMapGenerator"):
            _generated(generator, view, harvest)
        for key in ("patches", "patchesJson6902"):
            for patch in _elements(document, key):
                inline = patch.get("patch")
                if inline is not None and inline.text:
                    _inline(inline, view, harvest)
        for inline in _elements(document, "patchesStrategicMerge"):
            if "\n" in inline.text:
                _inline(inline, view, harvest)


def _elements(document: Spot, key: str) -> list[Spot]:
    spot = document.get(key)
    return spot.elements() if spot is not None else []


def _generated(generator: Spot, view: FileView, harvest: Harvest) -> None:
    name, scope = generator.text_at("name"), str(view.path).rpartition("/")[0]
    variables = []
    for literal in _elements(generator, "literals"):
        key, equals, text = literal.text.partition("=")
        if not equals:
            continue
        place = literal.location
        value = Text(text="" if is_secret_name(key) else printable(text.strip("\"'"), 2000), location=place)
        variables.append(Variable(name=key, text=value.text, value=value, location=place))
        if not is_secret_name(key):
            setting = printable(f"configmap {name}#{key}", 300)
            harvest.bindings.append(Binding(kind="setting", name=setting, value=value, location=place))
    harvest.add(read_variables(variables, surface="kubernetes", scope=scope))


def _inline(spot: Spot, view: FileView, harvest: Harvest) -> None:
    for document in embedded_documents(spot, view, harvest, "kustomize"):
        if document.elements():
            _operations(document, view, harvest)
        else:
            read_object(document, view, harvest, {}, "kubernetes")


def _set(value: Spot, view: FileView, harvest: Harvest) -> None:
    """`{name: X, value: y}`, or a list of them, that a patch puts into an environment."""
    variables = []
    for entry in value.elements() or [value]:
        name, given = entry.text_at("name"), entry.get("value")
        if name and given is not None and given.text:
            shown = "" if is_secret_name(name) else given.text
            text = Text(text=printable(shown), location=given.location)
            variables.append(Variable(name=name, text=text.text, value=text, location=given.location))
    scope = str(view.path).rpartition("/")[0]
    harvest.add(read_variables(variables, surface="kubernetes", scope=scope))


def _replaced(path: str, value: Spot, view: FileView, harvest: Harvest) -> None:
    """What an operation puts at a key that carries a model, or at a variable whose name the base tells."""
    key = path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    if not value.text:
        read_model_keys(value, "kubernetes", harvest)
    elif _UNNAMED.search(path):
        word = ModelWord(strength="weak", role="inference")
        variable = Variable(
            name=path, text=printable(value.text), value=_text(value), location=value.location
        )
        harvest.candidates += model_candidates(variable, word, None, surface="kubernetes")
    elif "/data/" not in path:
        read_model_key(path, value, "kubernetes", harvest)
    elif not is_secret_name(key):
        variable = Variable(name=key, text=printable(value.text), value=_text(value), location=value.location)
        harvest.add(read_variables([variable], surface="kubernetes", scope=str(view.path.parent)))


def _text(spot: Spot) -> Text:
    return Text(text=printable(spot.text), location=spot.location)


def _operations(document: Spot, view: FileView, harvest: Harvest) -> None:
    """JSON 6902: what is put into a container's arguments is read as arguments.

    Source: https://datatracker.ietf.org/doc/html/rfc6902
    """
    session = Session("kubernetes", str(view.path), view.limits)
    for operation in document.elements():
        value = operation.get("value")
        if value is not None and _ENVIRONMENT.search(operation.text_at("path")):
            _set(value, view, harvest)
        elif value is not None and operation.text_at("op") in ("add", "replace"):
            _replaced(operation.text_at("path"), value, view, harvest)
        if value is None or not _ARGUMENTS.search(operation.text_at("path")):
            continue
        words = [e.word for e in value.elements()] or ([value.word] if value.text.startswith("-") else [])
        if words:
            session.argv(words)
    harvest.add(session.finish())
