"""What does a file say that stands inside another one, such as an entry of a ConfigMap?"""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.plugin import guarded
from gauger.core.text import printable
from gauger.scan.collector import FileView
from gauger.scan.document_kinds import document_kind
from gauger.scan.embedded_code import language_of_file, read_code
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import shell
from gauger.scan.litellm import read_litellm
from gauger.scan.model_keys import read_model_keys
from gauger.scan.model_words import is_secret_name
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Heredoc
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
            _document(document, str(view.path), harvest, surface)
    elif language := language_of_file(lower):
        harvest.add(
            read_code(
                spot.text, language, str(view.path), view.limits, line=spot.text_line, member=spot.member
            )
        )
    elif lower.endswith((".sh", ".bash")) or spot.text.startswith("#!"):
        session = Session(surface, str(view.path), view.limits, member=spot.member)
        session.text(spot.shell_text, spot.text_line)
        harvest.add(session.finish())
    elif lower.endswith((".env", ".properties", ".conf", ".ini")):
        variables = _settings(spot.text, spot.text_line, spot.path, spot.member)
        harvest.add(read_variables(variables, surface=surface, scope=str(view.path.parent).strip(".")))


def read_written(name: str, heredoc: Heredoc, path: str, limits: Limits, surface: str) -> Harvest:
    """Read a file that a script writes from a here document as the file that its name says it is."""
    harvest, lower = Harvest(), name.lower()
    text, line = heredoc.text, heredoc.line
    if lower.endswith((".yaml", ".yml", ".json")):
        answer = guarded(
            surface,
            lambda: yaml_documents(text, path, limits, first_line=line - 1, member=printable(name, 100)),
            location=Location(path=path, line=line),
        )
        for document in answer if not isinstance(answer, Gap) else ():
            _document(document, path, harvest, surface)
    elif language := language_of_file(lower):
        harvest.add(read_code(text, language, path, limits, line=line))
    elif lower.endswith((".sh", ".bash")):
        session = Session(surface, path, limits)
        session.text(text, line)
        harvest.add(session.finish())
    elif lower.rpartition("/")[2].startswith(".env") or lower.endswith(
        (".env", ".properties", ".conf", ".ini")
    ):
        scope = path.rpartition("/")[0]
        harvest.add(
            read_variables(_settings(text, line, path, ""), surface=surface, scope=scope, overridable=True)
        )
    elif lower.rpartition("/")[2].startswith("modelfile"):
        for offset, row in enumerate(text.split("\n")):
            if row[:5].upper() == "FROM ":
                session = Session(surface, path, limits)
                session.text(f"ollama run {row[5:]}", line + offset)
                harvest.add(session.finish())
    return harvest


def _document(document: Spot, path: str, harvest: Harvest, surface: str) -> None:
    kind = document_kind(document)
    if kind == "litellm":
        read_litellm(document, harvest)
    elif kind in ("training", "merge"):
        read_recipe(document, kind, path, harvest)
    elif not kind or kind == "ray-serve":
        read_model_keys(document, surface, harvest)


def _settings(text: str, first: int, path: str, member: str) -> list[Variable]:
    found = []
    for offset, line in enumerate(text.split("\n")):
        match = _SETTING.match(line)
        if match is not None:
            place = Location(path=path, line=first + offset, member=printable(member, 200))
            shown = "" if is_secret_name(match[1]) else match[2].strip("\"'")
            found.append(
                Variable(name=match[1], text=printable(shown), value=shell(shown, place), location=place)
            )
    return found
