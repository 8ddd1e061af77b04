"""Which packages, organisations, licences and files does the dossier hold?"""

from __future__ import annotations

import hashlib
import re

from gauger.core.inventory import Artifact, Digest, Model
from gauger.core.lineage import Reference
from gauger.core.readings import known
from gauger.report.spdx.graph import NO_ASSERTION, Element, Graph
from gauger.report.view import View, model_name

_LISTED = {
    name.lower(): name
    for name in (
        "AGPL-3.0-only", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC-BY-NC-4.0",
        "CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", "CC0-1.0", "GPL-2.0-only", "GPL-3.0-only", "ISC", "LGPL-3.0-only",
        "MIT", "MPL-2.0", "Unlicense",
    )
}  # fmt: skip
"""Licences of the SPDX list that models carry, by lower-case name; all others become a `LicenseRef`.

Source: https://spdx.org/licenses/
"""
_MEANT = {"agpl-3.0": "AGPL-3.0-only", "gpl-3.0": "GPL-3.0-only"}
"""Ids of our knowledge base for a licence of that list: see `spdx` in src/gauger/catalogue/data/licences."""
_DATA = ("data-set",)
_CONTENT = ("weights", "tokenizer", "config", "card", "chat-template", "adapter")


class Packages:
    """Writes packages into a graph, with who made them, under which licence and of which files.

    Args:
        graph: Where they go.
        view: The dossier.
    """

    def __init__(self, graph: Graph, view: View) -> None:
        self.graph = graph
        self.view = view
        self._digests: dict[str, Digest] = {d.path: d for d in view.dossier.inputs}
        self._titles = {
            known(r.developer) or "": r for r in view.dossier.references if known(r.developer) is not None
        }

    def organisation(self, key: str) -> str:
        """Which agent is this developer, provider or publisher? With the seat, where it is recorded."""
        entry = self._titles.get(key)
        seat = known(entry.country) if entry is not None else None
        return self.graph.hashed(
            "Organization",
            "organization",
            key,
            name=(entry.developer_title if entry else "") or key,
            comment=f"seat: {seat}, as the knowledge base records it" if seat else None,
        )

    def model(self, model: Model) -> str:
        """The package of a model of the inventory, with its licences and files."""
        uses = self.view.uses.get(model.id, [])
        revisions = sorted({use.revision for use in uses if use.revision})
        maker, supplier = known(model.developer), model.provider or known(model.publisher)
        iri = self.graph.add(
            "dataset_DatasetPackage" if model.form in _DATA else "ai_AIPackage",
            model.id,
            name=model_name(model),
            software_primaryPurpose="data" if model.form in _DATA else "model",
            software_packageUrl=model.purl or None,
            software_packageVersion=revisions[0] if len(revisions) == 1 else None,
            originatedBy=[self.organisation(maker)] if maker else [],
            suppliedBy=self.organisation(supplier) if supplier else None,
            ai_typeOfModel=None if model.form in _DATA else self._architectures(model),
            dataset_datasetType=["noAssertion"] if model.form in _DATA else None,
            externalRef=self._addresses(model),
        )
        self._licences(iri, known(model.licence), self._declared(model))
        self._files(model, iri)
        return iri

    def reference(self, reference: Reference) -> str:
        """The package of a catalogue entry that a claim points to. It is no part of the system."""
        maker = known(reference.developer)
        fields: Element = {
            "name": reference.title or reference.key,
            "originatedBy": [self.organisation(maker)] if maker else [],
            "comment": "an entry of the knowledge base that lineage points to; not a part of the system",
        }
        if reference.kind in ("model", "family"):
            iri = self.graph.add("ai_AIPackage", reference.id, software_primaryPurpose="model", **fields)
        elif reference.kind == "dataset":
            iri = self.graph.add(
                "dataset_DatasetPackage",
                reference.id,
                software_primaryPurpose="data",
                dataset_datasetType=["noAssertion"],
                **fields,
            )
        else:
            purpose = "other" if reference.kind == "developer" else "specification"
            iri = self.graph.add("software_Package", reference.id, software_primaryPurpose=purpose, **fields)
        self._licences(iri, known(reference.licence), None)
        self.graph.state(
            iri,
            {"gauger:reference": {"kind": reference.kind, "key": reference.key, "source": reference.source}},
            f"statement-{reference.id}",
        )
        return iri

    def _licences(self, package: str, concluded: str | None, declared: str | None) -> None:
        """Both relationships, exactly once each, as the AI and Dataset profiles ask; unknown is said so.

        Source: https://spdx.github.io/spdx-spec/v3.0.1/model/AI/AI/ (profile conformance)
        """
        for kind, name in (("hasConcludedLicense", concluded), ("hasDeclaredLicense", declared)):
            self.graph.relate(kind, package, self.licence(name) if name else NO_ASSERTION)

    def licence(self, name: str) -> str:
        """The licence of this name: on the SPDX list, or a reference of our own."""
        return self.graph.hashed(
            "simplelicensing_LicenseExpression",
            "licence",
            name,
            name=name,
            simplelicensing_licenseExpression=licence_expression(name),
        )

    def _declared(self, model: Model) -> str | None:
        """The one licence that the model's own files name; None where they name none, or several."""
        named = {
            str(artifact.facts["license"])
            for artifact in self.view.artifacts.get(model.id, [])
            if artifact.facts.get("license")
        }
        return named.pop() if len(named) == 1 else None

    def _architectures(self, model: Model) -> list[str]:
        """What the model's own configuration calls its architecture."""
        said: set[str] = set()
        for artifact in self.view.artifacts.get(model.id, []):
            for key in ("architectures", "general.architecture", "model_type"):
                value = artifact.facts.get(key, ())
                said.update(str(v) for v in (value if isinstance(value, tuple | list) else (value,)) if v)
        return sorted(said)

    def _addresses(self, model: Model) -> list[Element]:
        """Where the stack reaches it, as far as an address is known."""
        urls = {
            (use.endpoint.url, use.endpoint.basis)
            for use in self.view.uses.get(model.id, [])
            if use.endpoint and use.endpoint.url.startswith(("https://", "http://"))
        }
        return [
            {
                "type": "ExternalRef",
                "externalRefType": "other",
                "locator": [url],
                "comment": f"endpoint that the stack calls ({basis})",
            }
            for url, basis in sorted(urls)
        ]

    def _files(self, model: Model, package: str) -> None:
        for artifact in self.view.artifacts.get(model.id, []):
            if artifact.kind not in _CONTENT:
                continue
            relation = "hasDocumentation" if artifact.kind == "card" else "contains"
            for path in artifact.parts:
                self.graph.relate(relation, package, self._file(path, artifact))

    def _file(self, path: str, artifact: Artifact) -> str:
        digest = self._digests.get(path)
        whole = digest is not None and digest.read_bytes == digest.size_bytes
        proof = (
            [{"type": "Hash", "algorithm": "sha256", "hashValue": digest.sha256}] if digest and whole else []
        )
        partly = digest is not None and not whole
        return self.graph.hashed(
            "software_File",
            "file",
            path,
            name=path,
            software_fileKind="file",
            software_primaryPurpose="model" if artifact.kind in ("weights", "adapter") else "other",
            verifiedUsing=proof,
            comment=f"only {digest.read_bytes} of {digest.size_bytes} bytes were read: no hash of the file"
            if digest and partly
            else None,
        )


def licence_expression(name: str) -> str:
    """Which SPDX expression says this licence?

    The name of the SPDX list where it is one; else `LicenseRef-gauger-…`, with a digest where the name holds
    characters that such a reference may not have, so that two names never become one.
    """
    listed = _LISTED.get(_MEANT.get(name.lower(), name).lower())
    if listed:
        return listed
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", name)[:80]
    mark = "" if plain == name else "-" + hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"LicenseRef-gauger-{plain}{mark}"
