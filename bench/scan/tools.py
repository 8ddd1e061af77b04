"""How is each tool run, and what does its output say? One reader a tool, each in the tool's favour.

A reader returns every model that the tool claims, with place and provider where it gives them. Libraries,
frameworks, services and images are no models and are left out; a tool that files such things under *models*
is taken at its word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring import OTHER, Report

Reader = Callable[[Path, Path], list[Report]]


@dataclass(frozen=True)
class Tool:
    """A tool that can be run over a folder.

    Args:
        command: `{tool}`, `{stack}` and `{out}` are filled in; the standard output goes to `{out}` where the
            command does not name it.
        version: Arguments that make it print its version.
    """

    name: str
    command: tuple[str, ...]
    read: Reader
    version: tuple[str, ...] = ("--version",)


def gauger(out: Path, _stack: Path) -> list[Report]:
    """Uses that are no mentions; what artifacts say of parents and data sets can find a label too."""
    data = json.loads(out.read_text(encoding="utf-8"))
    models = {model["id"]: model for model in data["models"]}
    reports = []
    for use in data["uses"]:
        status = use.get("status", "")
        if status == "mention":
            continue
        place, endpoint = use["location"], use.get("endpoint", {})
        model = models.get(use["model"], {})
        providers = (endpoint.get("provider") or model.get("provider"), endpoint.get("url"))
        name = "" if status == "unresolved" else use["model_name"]
        said = tuple(one for one in providers if one)
        reports.append(Report(name, place["path"], place.get("line", 0), said))
        if name and use["written"] != name:
            reports.append(Report(use["written"], place["path"], place.get("line", 0), said, OTHER))
    for artifact in data["artifacts"]:
        reports += _gauger_artifact(artifact)
    return reports


def _gauger_artifact(artifact: dict[str, Any]) -> Iterable[Report]:
    place, facts = artifact["location"], artifact.get("facts", {})
    said = [artifact.get("title", ""), artifact.get("format", ""), *_texts(facts)]
    for path in sorted({place["path"], *artifact.get("parts", ())}):
        text = " ".join([path, *said])
        yield Report(text, path, place.get("line", 0), kind=OTHER)


def airom(out: Path, _stack: Path) -> list[Report]:
    """The native document: one report an occurrence; a call's model stands in the occurrence's fields."""
    kinds = {"hosted-llm", "hub-model", "embedding-model", "local-model-file"}
    reports = []
    for component in json.loads(out.read_text(encoding="utf-8"))["components"]:
        kind, provider = component["kind"], component.get("provider", "")
        for occurrence in component.get("evidence", {}).get("occurrences", []):
            place, fields = occurrence["location"], occurrence.get("fields", {})
            at = (place["path"], place.get("line", 0), (provider,) if provider else ())
            if kind in kinds:
                reports.append(Report(component["name"], *at))
            elif kind == "dataset":
                reports.append(Report(component["name"], *at, kind=OTHER))
            elif kind == "library" and "model" in fields:
                reports.append(Report(fields["model"], *at, kind=OTHER))
        if kind in kinds:
            reports += [Report(text, kind=OTHER) for text in _texts(component.get("model", {}))]
    return reports


def borderlint(out: Path, stack: Path) -> list[Report]:
    """Findings that name a model; the provider is that of the finding."""
    findings = json.loads(out.read_text(encoding="utf-8"))["findings"]
    reports = []
    for one in findings:
        if not one["model"]:
            continue
        provider = () if one["provider"] == "model_reference" else (one["provider"], one["name"])
        own = one["kind"] == "model_reference" or one["evidence"] == one["model"]
        # The model beside an import or an address is said of the file: it stands on another line.
        line = one["line"] if own else 0
        reports.append(Report(one["model"], _relative(one["file"], stack), line, provider))
    return reports


def ai_bom(out: Path, stack: Path) -> list[Report]:
    """Components of the type of a model; the name that its own property gives, where there is one."""
    reports = []
    for component in json.loads(out.read_text(encoding="utf-8"))["components"]:
        if component["type"] != "machine-learning-model":
            continue
        facts = {one["name"].removeprefix("trusera:"): one["value"] for one in component["properties"]}
        file, _, line = facts.get("source_location", "").rpartition(":")
        name = facts.get("model_name") or component["name"]
        providers = (facts["provider"],) if "provider" in facts else ()
        reports.append(Report(name, _relative(file, stack), _line(line), providers))
    return reports


def aibom_scanner(out: Path, stack: Path) -> list[Report]:
    """Detections that name a model."""
    return [
        Report(one["model_name"], _relative(one["file_path"], stack), one["line_number"], (one["provider"],))
        for one in json.loads(out.read_text(encoding="utf-8"))["detections"]
        if one["model_name"]
    ]


def xelo(out: Path, stack: Path) -> list[Report]:
    """Nodes of the type MODEL, one report an evidence."""
    reports = []
    for node in json.loads(out.read_text(encoding="utf-8"))["nodes"]:
        if node["component_type"] != "MODEL":
            continue
        facts = {**node["metadata"], **node["metadata"].get("extras", {})}
        providers = tuple(str(facts[key]) for key in ("provider", "model_provider") if facts.get(key))
        for evidence in node["evidence"]:
            place = evidence.get("location") or {}
            file = _relative(place.get("path", ""), stack)
            reports.append(Report(node["name"], file, place.get("line") or 0, providers))
    return reports


def cdxgen(out: Path, stack: Path) -> list[Report]:
    """CycloneDX components of the type of a model, one report an occurrence; ancestors can find a label."""
    reports = []
    for component in json.loads(out.read_text(encoding="utf-8"))["components"]:
        if component["type"] != "machine-learning-model":
            continue
        facts = component.get("properties", [])
        providers = tuple(one["value"] for one in facts if one["name"] == "cdx:ai:provider")
        group = component.get("group", "")
        name = f"{group}/{component['name']}" if group else component["name"]
        for occurrence in component.get("evidence", {}).get("occurrences", []) or [{"location": ""}]:
            file, _, line = occurrence["location"].partition("#L")
            reports.append(Report(name, _relative(file, stack), _line(line), providers))
        reports += [Report(text, kind=OTHER) for text in _texts(component.get("pedigree", {}))]
    return reports


def _relative(file: str, stack: Path) -> str:
    return re.sub(rf"^{re.escape(str(stack))}/", "", file).removeprefix("./")


def _line(text: str) -> int:
    """A line number; 0 where something else is written in its stead."""
    return int(text) if text.isdigit() else 0


def _texts(value: Any) -> Iterable[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str) and value:
        yield value


TOOLS = (
    Tool("gauger", ("{tool}", "scan", "{stack}", "--no-cache", "-f", "json"), gauger),
    Tool("airom", ("{tool}", "fs", "{stack}", "-o", "json"), airom),
    Tool(
        "ai-bom",
        ("{tool}", "scan", "{stack}", "--deep", "-q", "-f", "cyclonedx", "-o", "{out}"),
        ai_bom,
        ("version",),
    ),
    Tool("aibom-scanner", ("{tool}", "scan", "-p", "{stack}", "-f", "json", "-o", "{out}"), aibom_scanner),
    Tool("borderlint", ("{tool}", "scan", "{stack}", "-f", "json"), borderlint),
    Tool("cdxgen", ("{tool}", "-t", "ai", "-o", "{out}", "{stack}"), cdxgen),
    Tool("xelo", ("{tool}", "scan", "{stack}", "--format", "json", "--output", "{out}"), xelo, ()),
)
