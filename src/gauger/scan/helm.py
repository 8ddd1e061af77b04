"""Which models do a chart's values name, and where do its templates put them?"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.errors import Malformed
from gauger.core.text import printable
from gauger.scan.collector import Binding, Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.kubernetes import chart_of, read_object
from gauger.scan.model_keys import read_model_keys
from gauger.scan.model_words import is_secret_name
from gauger.scan.template_lines import read_lines
from gauger.scan.templates import Template
from gauger.scan.values import Either, Text, Value
from gauger.scan.yaml_place import Spot, yaml_documents

_MOST_VALUES = 5_000
_NOT_VALUES = frozenset(
    {"annotations", "labels", "nodeSelector", "tolerations", "affinity", "resources", "securityContext"}
)


class Helm:
    """Values files and templates of Helm charts."""

    ident = "helm"
    globs: tuple[str, ...] = ("**/values*.yaml", "**/values*.yml", "**/*values.yaml", "**/templates/**")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read one values file or one template.

        Raises:
            Malformed: a values file is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path = str(view.path)
        chart = chart_of(path, view)
        harvest = Harvest()
        if chart is not None and "/templates/" in f"/{path}":
            if path.endswith((".yaml", ".yml", ".tpl")):
                self._template(view, path, chart, harvest)
        elif path.endswith((".yaml", ".yml")) and "values" in view.path.name.lower():
            self._values(view, path, chart, harvest)
        return harvest.collected()

    def _template(self, view: FileView, path: str, chart: str, harvest: Harvest) -> None:
        """As a manifest where that works with the expressions taken out, else line by line."""
        template = Template(view.text(), path, f"helm:{chart}")
        try:
            documents = yaml_documents(template.text, path, view.limits)
        except Malformed:
            lines = Harvest()
            read_lines(template, view, lines, "helm")
            harvest.add(template.restored(lines))
            return
        found = Harvest()
        for document in documents:
            read_object(document, view, found, template.values, "helm")
        if not found.candidates:
            read_lines(template, view, found, "helm")
        harvest.add(template.restored(found))

    def _values(self, view: FileView, path: str, chart: str | None, harvest: Harvest) -> None:
        for document in yaml_documents(view.text(), path, view.limits):
            read_model_keys(document, "helm", harvest, skip=_NOT_VALUES)
            if chart is not None:
                harvest.bindings += _bindings(document, f"helm:{chart}")


def _bindings(document: Spot, module: str) -> list[Binding]:
    """Each value under its path; `[*]` stands for all elements of a list."""
    every: dict[str, list[Text]] = {}
    found: list[Binding] = []
    for name, star, spot in _leaves(document, ".Values", ".Values", 0):
        if len(found) >= _MOST_VALUES:
            break
        value = Text(text=printable(spot.text), location=spot.location)
        symbol = f"{module}:{printable(name, 200)}"
        found.append(Binding(kind="symbol", name=symbol, value=value, location=spot.location))
        if star != name:
            every.setdefault(star, []).append(value)
    for star, values in every.items():
        every_one: Value = values[0] if len(values) == 1 else Either(options=tuple(values))
        place = values[0].location
        found.append(
            Binding(kind="symbol", name=f"{module}:{printable(star, 200)}", value=every_one, location=place)
        )
    return found


def _leaves(spot: Spot, name: str, star: str, depth: int) -> Iterator[tuple[str, str, Spot]]:
    if depth > 20:
        return
    if spot.text:
        yield name, star, spot
    for key, child in spot.items():
        if not is_secret_name(key):
            yield from _leaves(child, f"{name}.{key}", f"{star}.{key}", depth + 1)
    for at, child in enumerate(spot.elements()):
        yield from _leaves(child, f"{name}[{at}]", f"{star}[*]", depth + 1)
