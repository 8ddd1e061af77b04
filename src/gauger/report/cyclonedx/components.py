"""Which components does the document list: models, data sets, packages, chips, each with its files?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from gauger.core.canonical import content_id
from gauger.core.inventory import Artifact, Digest, Model, Use
from gauger.core.readings import known
from gauger.report.cyclonedx.fields import (
    Node,
    filled,
    organisation,
    package_url,
    properties,
    reasons,
    split_name,
    web_address,
)
from gauger.report.cyclonedx.licences import licences_of
from gauger.report.cyclonedx.lineage import Pedigrees
from gauger.report.cyclonedx.model_card import model_card
from gauger.report.cyclonedx.uses import evidence
from gauger.report.view import View, model_name

_FILES = ("weights", "tokenizer", "config", "card", "chat-template", "adapter", "store-entry")
_ECOSYSTEMS = {"pypi": "pypi", "npm": "npm", "conda": "conda"}


class Components:
    """Writes the components of one dossier.

    Args:
        view: The dossier with its indexes.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.pedigrees = Pedigrees(view)
        self.digests: dict[str, Digest] = {d.path: d for d in view.dossier.inputs}
        self.developers = {known(r.developer) or "": r for r in view.dossier.references if r.developer_title}

    def all(self) -> list[Node]:
        """Models worst first as in every report, then data sets, packages and chips by their ids."""
        return [*(self.model(model) for model in self.view.models), *self._loose()]

    def model(self, model: Model) -> Node:
        """The component of one model; a data set that a model wrote is a component of type `data`."""
        uses = self.view.uses.get(model.id, [])
        is_data = model.form == "data-set"
        group, name = split_name(model.namespace, model.name)
        revisions = sorted({use.revision for use in uses if use.revision})
        card = None if is_data else model_card(model, self.view)
        node = filled(
            type="data" if is_data else "machine-learning-model",
            bom_ref=model.id,
            supplier=self._supplier(model),
            manufacturer=self._developer(model),
            publisher=known(model.publisher),
            group=group,
        )
        node |= {"name": model_name(model) if model.name == "*" else name}
        node |= filled(
            version=revisions[0] if len(revisions) == 1 else None,
            description=_description(model),
            scope=_scope(uses),
            licenses=licences_of(model, self.view),
            purl=package_url(model.purl),
            pedigree=self.pedigrees.of(model),
            externalReferences=list(self._links(model)),
            components=list(self._files(model)),
            evidence=evidence(model, uses),
            modelCard=card,
            data=[{"type": "dataset", "name": model.name}] if is_data else None,
            properties=properties(self._said(model, uses, revisions)),
        )
        return node

    def _supplier(self, model: Model) -> Node | None:
        """Who hands it over: the provider of an API, else who published it where it was taken from."""
        if model.provider and model.provider != "self":
            return organisation(model.provider)
        publisher = known(model.publisher)
        return organisation(publisher) if publisher and not model.provider else None

    def _developer(self, model: Model) -> Node | None:
        """Who made it, where the catalogue knows the name. Never the publisher in the developer's place."""
        key = known(model.developer)
        if not key:
            return None
        entry = self.developers.get(key)
        return organisation(entry.developer_title, entry.country) if entry else organisation(key)

    def _links(self, model: Model) -> Iterator[Node]:
        """Cards in the stack, and where the catalogue read about the family."""
        for artifact in self.view.artifacts.get(model.id, []):
            if artifact.kind == "card" and artifact.location.path:
                yield {"url": quote(artifact.location.path), "type": "model-card"}
        for reference in self.view.dossier.references:
            own = known(model.family)
            if own and reference.key == own and web_address(reference.source):
                comment = "read for the knowledge base's entry on the family"
                yield {"url": reference.source, "comment": comment, "type": "documentation"}

    def _files(self, model: Model) -> Iterator[Node]:
        """The files that belong to the model, each once; a hash only where it covers the whole file."""
        listed: dict[str, Artifact] = {}
        for artifact in self.view.artifacts.get(model.id, []):
            if artifact.kind in _FILES:
                for path in artifact.parts or (artifact.location.path,):
                    listed.setdefault(path, artifact)
        for path, artifact in sorted(listed.items()):
            digest = self.digests.get(path)
            whole = digest is not None and digest.read_bytes == digest.size_bytes
            part = "" if digest is None or whole else f"{digest.read_bytes} of {digest.size_bytes} bytes"
            yield (
                filled(type="file", bom_ref=content_id("file", {"model": model.id, "path": path}))
                | {"name": path}
                | filled(
                    hashes=[{"alg": "SHA-256", "content": digest.sha256}] if digest and whole else None,
                    properties=properties(
                        {
                            "artifact:kind": artifact.kind,
                            "artifact:format": artifact.format,
                            "file:read": part,
                            "file:sha256-of-part": digest.sha256 if digest and part else "",
                            "file:size-bytes": str(digest.size_bytes) if digest else "",
                        }
                    ),
                )
            )

    def _said(self, model: Model, uses: list[Use], revisions: list[str]) -> dict[str, str | list[str]]:
        """What the standard has no field for: identity as ours, what is not known and why, the answers."""
        said: dict[str, str | list[str]] = {
            "namespace": model.namespace,
            "name": model.name,
            "form": model.form,
            "provider": model.provider,
            "developer": known(model.developer) or "",
            "family": known(model.family) or "",
            "revision": revisions if len(revisions) > 1 else [],
            "roles": sorted({use.role for use in uses}),
            "status": [f"{status} {count}" for status, count in sorted(_statuses(uses).items())],
        }
        said |= reasons(
            {
                "publisher": model.publisher,
                "developer": model.developer,
                "family": model.family,
                "licence": model.licence,
            }
        )
        for scenario in self.view.dossier.scenarios:
            verdict = self.view.cell(model.id, scenario.key)
            if verdict != "not-evaluated":
                said[f"verdict:{scenario.key}"] = verdict
        for name, value in self.pedigrees.teachers(model).items():
            said[name] = value
        return said

    def _loose(self) -> Iterator[Node]:
        """Artifacts that belong to no model and that a reader of a bill wants: packages, data sets, chips."""
        listed = {model.name for model in self.view.models if model.form == "data-set"}
        for artifact in self.view.dossier.artifacts:
            kind = _LOOSE.get(artifact.kind)
            told = artifact.kind == "manifest-entry" and artifact.format
            if kind is not None and not told and not (kind == "data" and artifact.title in listed):
                yield _loose(artifact, kind)


_LOOSE = {"manifest-entry": "library", "dataset": "data", "chip-target": "device"}


def _loose(artifact: Artifact, kind: str) -> Node:
    ecosystem = _ECOSYSTEMS.get(str(artifact.facts.get("ecosystem", "")), "")
    written = str(artifact.facts.get("version", ""))
    version = written.removeprefix("==").strip()
    pinned = version if version[:1].isdigit() and version.replace(".", "").isalnum() else ""
    said = {
        "artifact:kind": artifact.kind,
        "artifact:purpose": str(artifact.facts.get("purpose", "")),
        "requirement": "" if pinned else written,
    }
    place = filled(location=artifact.location.path, line=artifact.location.line or None)
    return (
        filled(type=kind, bom_ref=artifact.id)
        | {"name": artifact.title}
        | filled(
            version=pinned,
            purl=_package_url(ecosystem, artifact.title, pinned),
            evidence={"occurrences": [{"location": artifact.location.path} | place]},
            data=[{"type": "dataset"} | filled(name=artifact.title)] if kind == "data" else None,
            properties=properties(said),
        )
    )


def _package_url(ecosystem: str, name: str, version: str) -> str:
    """The package's URL.

    Source: purl-spec, types `pypi` (lower case, dashes for underscores), `npm` and `conda`
        (https://github.com/package-url/purl-spec).
    """
    spelt = name.lower().replace("_", "-") if ecosystem == "pypi" else name
    if not ecosystem or not spelt.strip("@/"):
        return ""
    scope, slash, rest = spelt.partition("/")
    path = f"{quote(scope, safe='')}/{quote(rest, safe='')}" if slash and rest else quote(spelt, safe="")
    return f"pkg:{ecosystem}/{path}" + (f"@{version}" if version else "")


def _scope(uses: list[Use]) -> str:
    """`required` where anything but tests and documents uses it, else `excluded`; nothing without a use."""
    if not uses:
        return ""
    runs = any(use.audience in ("production", "development") for use in uses)
    return "required" if runs else "excluded"


def _description(model: Model) -> str:
    if model.name == "*":
        return "a credential or an address of this provider stands in the stack, without a model's name"
    if model.namespace == "unknown":
        return "where this name lives could not be told"
    return ""


def _statuses(uses: list[Use]) -> Counter[str]:
    return Counter(str(use.status) for use in uses)
