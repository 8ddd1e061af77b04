"""Under which licences is a model: as its own files declare, and as the knowledge base concludes?"""

from __future__ import annotations

from gauger.core.inventory import Model
from gauger.core.readings import known
from gauger.report.cyclonedx.fields import Node
from gauger.report.spdx.packages import licence_expression
from gauger.report.view import View


def licences_of(model: Model, view: View) -> list[Node]:
    """The licences, each with its acknowledgement; none where nothing is known (a property says why).

    Declared is what the model's own files say. Concluded is the knowledge base's licence for the name.
    """
    declared = _declared(model, view)
    found = [_licence(name, "declared") for name in declared]
    name = known(model.licence)
    if name and name.casefold() not in {text.casefold() for text in declared}:
        found.append(_licence(name, "concluded"))
    return found


def _declared(model: Model, view: View) -> list[str]:
    said = {
        str(evidence.facts["value"])
        for evidence in view.dossier.evidence
        if evidence.subject == model.id
        and evidence.facts.get("kind") == "licence"
        and "value" in evidence.facts
    }
    said |= {
        str(artifact.facts["license"])
        for artifact in view.artifacts.get(model.id, [])
        if artifact.facts.get("license")
    }
    return sorted(said - {""})


def _licence(name: str, acknowledgement: str) -> Node:
    """By the SPDX list's id where the name is on it, else by the name."""
    expression = licence_expression(name)
    listed = not expression.startswith("LicenseRef-")
    return {
        "license": {
            "id" if listed else "name": expression if listed else name,
            "acknowledgement": acknowledgement,
        }
    }
