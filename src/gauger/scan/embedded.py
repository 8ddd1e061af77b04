"""What does a file say that stands inside another one, such as an entry of a ConfigMap?"""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.plugin import guarded
from gauger.core.text import printable
from gauger.scan.collector import FileView
from gauger.scan.document_kinds import document_kind
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import shell
from gauger.scan.litellm import read_litellm
from gauger.scan.model_keys import read_model_keys
from gauger.scan.model_words import is_secret_name
from gauger.scan.shell import Session
from gauger.scan.training_recipe import read_recipe
from gauger.scan.yaml_place import Spot, yaml_documents

_SETTING = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$")


def embedded_documents(spot: Spot, view: FileView, harvest: Harvest, surface: str) -> list[Spot]:
    """Which YAML documents does a text inside another document hold? None, and a gap, where it is no YAML."""
    answer = guarded(
        surface,
        lambda: yaml_documents(
            spot.text, str(view.path), view.limits, first_line=spot.text_line - 1, member=spot.member
        ),
        location=spot.location,
    )
    if isinstance(answer, Gap):
        harvest.gaps.append(answer)
        return []
    return answer


def read_embedded(name: str, spot: Spot, view: FileView, harvest: Harvest, surface: str) -> None:
    """Read the text of a document's entry as the file that its name says it is.

    Args:
        name: The file's name: `litellm.yaml`, `start.sh`, `.env`.
        spot: The entry.
        view: The file that it is in.
        harvest: Where to write.
        surface: The collector's surface.
    """
    lower = name.lower()
    if lower.endswith((".yaml", ".yml", ".json")) or "model_list:" in spot.text:
        for document in embedded_documents(spot, view, harvest, surface):
            _document(document, view, harvest, surface)
    elif lower.endswith((".sh", ".bash")) or spot.text.startswith("#!"):
        session = Session(surface, str(view.path), view.limits, member=spot.member)
        session.text(spot.shell_text, spot.text_line)
        harvest.add(session.finish())
    elif lower.endswith((".env", ".properties", ".conf", ".ini")):
        harvest.add(read_variables(_settings(spot), surface=surface, scope=str(view.path.parent).strip(".")))


def _document(document: Spot, view: FileView, harvest: Harvest, surface: str) -> None:
    kind = document_kind(document)
    if kind == "litellm":
        read_litellm(document, harvest)
    elif kind in ("training", "merge"):
        read_recipe(document, kind, str(view.path), harvest)
    elif not kind or kind == "ray-serve":
        read_model_keys(document, surface, harvest)


def _settings(spot: Spot) -> list[Variable]:
    found = []
    for offset, line in enumerate(spot.text.split("\n")):
        match = _SETTING.match(line)
        if match is not None:
            place = Location(path=spot.path, line=spot.text_line + offset, member=printable(spot.member, 200))
            text = "" if is_secret_name(match[1]) else match[2].strip("\"'")
            found.append(
                Variable(name=match[1], text=printable(text), value=shell(text, place), location=place)
            )
    return found
