"""From which model does an Ollama Modelfile make another?"""

from __future__ import annotations

import re

from gauger.core.inventory import Artifact, Form, Location, Role
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.model_address import is_path, model_address
from gauger.scan.values import Text

_INSTRUCTION = re.compile(r"^\s*(FROM|ADAPTER|DRAFT)\s+(\S.*?)\s*$", re.IGNORECASE)
_OTHER = re.compile(r"^\s*(PARAMETER|TEMPLATE|SYSTEM|LICENSE|MESSAGE|REQUIRES)\b", re.IGNORECASE)
_FENCE = '"""'


class Modelfile:
    """Ollama Modelfiles: `FROM` and `ADAPTER`; a bound name lets `ollama create` lead here."""

    ident = "modelfile"
    globs: tuple[str, ...] = (
        "**/Modelfile",
        "**/Modelfile.*",
        "**/*.Modelfile",
        "**/Modelfile-*",
        "**/Modelfile_*",
    )
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read the instructions that name a model.

        Source: https://docs.ollama.com/modelfile

        Raises:
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        harvest = Harvest()
        path = str(view.path)
        fenced = False
        system = False
        for number, line in enumerate(view.text().split("\n"), 1):
            if not fenced and (match := _INSTRUCTION.match(line)):
                self._model(match, Location(path=path, line=number, column=match.start(2) + 1), path, harvest)
            other = None if fenced else _OTHER.match(line)
            system = system or (other is not None and other[1].upper() == "SYSTEM")
            if line.count(_FENCE) % 2:
                fenced = not fenced
        if harvest.candidates:
            place = harvest.candidates[0].location
            harvest.artifacts.append(
                Artifact(
                    kind="config",
                    location=place,
                    title=view.path.name,
                    format="modelfile",
                    facts={"system-prompt": system},
                )
            )
        return harvest.collected()

    def _model(self, match: re.Match[str], location: Location, path: str, harvest: Harvest) -> None:
        instruction, text = match[1].upper(), match[2].strip("\"'")
        found = model_address(text)
        value = Text(text=printable(found.name if found else text), location=location)
        role: Role = "adapter" if instruction == "ADAPTER" else "inference"
        form: Form | None = "adapter" if instruction == "ADAPTER" else None
        is_stored = found is not None or is_path(text)
        harvest.candidates.append(
            Candidate(
                surface="modelfile",
                api=instruction,
                location=location,
                written=printable(text),
                model=value,
                namespace=found.namespace if found else ("local" if is_stored else "ollama"),
                form=form,
                role=role,
            )
        )
        if instruction == "FROM":
            harvest.bindings.append(
                Binding(kind="symbol", name=f"{path}:FROM", value=value, location=location)
            )
