"""SPDX documents of any tool: 3.0 as JSON-LD, 2.x as JSON or tag-value, read with a forgiving eye.

What other tools write is often not quite SPDX: identifiers that are no IRIs, types without the profile's
prefix, `@type` for `type`. All of that is read; what is not understood is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.bounded_json import bounded_json

Kind = Literal["model", "data-set", "package", "file", "other"]
_TAG = re.compile(r"^([A-Za-z][A-Za-z-]*):\s*(.*)$")
_NOTHING = {"", "NOASSERTION", "NONE"}
_PREFIX = re.compile(r"^(?:ai|dataset|software|core|simplelicensing|expandedlicensing)[_:/]", re.IGNORECASE)
_PURL_TYPES = ("purl", "packageurl", "package-url")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One package or file of a document.

    Attributes:
        ident: Its identifier, as written.
        kind: What the document calls it.
        name: As written.
        version: As written, or empty.
        purl: The first package URL, or empty.
        purpose: The primary purpose in lower case, or empty.
        address: Download location or home page, or empty.
        makers: Names of originators and suppliers.
        licences: Declared and concluded licences; nothing for NOASSERTION.
        notes: Comments, descriptions and annotations that are about it.
        properties: Names and values of CycloneDX properties that a tool carried over as an extension.
    """

    ident: str
    kind: Kind
    name: str
    version: str = ""
    purl: str = ""
    purpose: str = ""
    address: str = ""
    makers: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """A relationship, its type in lower case without dashes: `descendantof`, `trainedon`.

    Attributes:
        kind: The type.
        start: Identifier of the element that it goes out from.
        end: Identifier of the element that it leads to.
        notes: Annotations about the relationship itself.
    """

    kind: str
    start: str
    end: str
    notes: tuple[str, ...] = ()


class SpdxContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a document holds, in its own order."""

    items: tuple[Item, ...]
    relations: tuple[Relation, ...]


def read_spdx(text: str, limits: Limits, subject: str = "") -> SpdxContent:
    """Which packages and relationships does this document hold?

    Raises:
        Malformed: neither JSON nor tag-value, or no SPDX document.
        LimitExceeded: too long, too many values, nested too deeply.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return _of_version_2(_tag_value(text, limits, subject))
    document = bounded_json(text, limits, subject)
    if isinstance(document, dict) and ("spdxVersion" in document or "packages" in document):
        return _of_version_2(document)
    return _of_version_3(_graph(document, subject))


def _graph(document: Any, subject: str) -> list[dict[str, Any]]:
    if isinstance(document, dict):
        for key in ("@graph", "graph", "elements", "element"):
            if isinstance(document.get(key), list):
                return [e for e in document[key] if isinstance(e, dict)]
        return [document]
    if isinstance(document, list):
        return [e for e in document if isinstance(e, dict)]
    raise Malformed("holds no SPDX elements", subject=subject)


def _of_version_3(graph: list[dict[str, Any]]) -> SpdxContent:
    names = {_ident(e): text_of(e.get("name")) for e in graph}
    expressions = {_ident(e): _expression(e) for e in graph if "license" in _type(e)}
    noted = defaultdict[str, list[str]](list)
    licences = defaultdict[str, list[str]](list)
    relations: list[Relation] = []
    for element in graph:
        if _type(element) == "annotation":
            noted[_pointed(element.get("subject"))].append(text_of(element.get("statement")))
    notes = {ident: tuple(said) for ident, said in noted.items()}  # shared: idents may stand many times
    for element in graph:
        if "relationship" not in _type(element):
            continue
        kind = _plain(element.get("relationshipType"))
        start, said = _pointed(element.get("from")), notes.get(_ident(element), ())
        for target in _several(element.get("to")):
            end = _pointed(target)
            if kind in ("hasdeclaredlicense", "hasconcludedlicense") and expressions.get(end):
                licences[start].append(expressions[end])
            relations.append(Relation(kind=kind, start=start, end=end, notes=said))
    items = [_item_3(e, names, licences, notes) for e in graph if _kind_3(e) is not None]
    return SpdxContent(items=tuple(items), relations=tuple(relations))


def _item_3(
    element: dict[str, Any],
    names: dict[str, str],
    licences: dict[str, list[str]],
    notes: dict[str, tuple[str, ...]],
) -> Item:
    """One item. What stands elsewhere about its ident is the first one's: an ident is to stand once."""
    ident = _ident(element)
    agents = [*_several(_field(element, "originatedBy")), *_several(_field(element, "suppliedBy"))]
    makers = [names.get(_pointed(agent)) or _own_name(agent) for agent in agents]
    words = [text_of(element.get(key)) for key in ("comment", "description", "summary")]
    return Item(
        ident=ident,
        kind=_kind_3(element) or "other",
        name=text_of(element.get("name")),
        version=text_of(_field(element, "packageVersion")),
        purl=text_of(_field(element, "packageUrl")) or _purl_among(element.get("externalIdentifier")),
        purpose=_plain(_field(element, "primaryPurpose")),
        address=text_of(_field(element, "downloadLocation")) or text_of(_field(element, "homePage")),
        makers=tuple(dict.fromkeys(m for m in makers if m)),
        licences=tuple(dict.fromkeys(licences.pop(ident, ()))),
        notes=tuple(w for w in (*words, *notes.pop(ident, ())) if w),
        properties=tuple(_properties(element)),
    )


def _properties(element: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for extension in _several(element.get("extension")):
        if not isinstance(extension, dict):
            continue
        for entry in _several(extension.get("extension_cdxProperty")):
            if isinstance(entry, dict):
                name = text_of(entry.get("extension_cdxPropName"))
                yield name, text_of(entry.get("extension_cdxPropValue"))


def _kind_3(element: dict[str, Any]) -> Kind | None:
    kind = _type(element)
    if kind == "aipackage":
        return "model"
    if kind in ("datasetpackage", "dataset"):
        return "data-set"
    return {"package": "package", "file": "file"}.get(kind)  # type: ignore[return-value]


def _of_version_2(document: dict[str, Any]) -> SpdxContent:
    packages = [p for p in _several(document.get("packages")) if isinstance(p, dict)]
    relations = [
        Relation(
            kind=_plain(r.get("relationshipType")),
            start=text_of(r.get("spdxElementId")),
            end=text_of(r.get("relatedSpdxElement")),
        )
        for r in _several(document.get("relationships"))
        if isinstance(r, dict)
    ]
    return SpdxContent(items=tuple(_item_2(p) for p in packages), relations=tuple(relations))


def _item_2(package: dict[str, Any]) -> Item:
    purpose = _plain(package.get("primaryPackagePurpose"))
    makers = [_agent_2(text_of(package.get(key))) for key in ("originator", "supplier")]
    licences = [text_of(package.get(key)) for key in ("licenseDeclared", "licenseConcluded")]
    words = [text_of(package.get(key)) for key in ("comment", "description", "summary", "sourceInfo")]
    said = [text_of(a.get("comment")) for a in _several(package.get("annotations")) if isinstance(a, dict)]
    address = text_of(package.get("downloadLocation"))
    return Item(
        ident=text_of(package.get("SPDXID")),
        kind="model" if purpose in ("model", "machinelearningmodel", "aimodel") else "package",
        name=text_of(package.get("name")),
        version=text_of(package.get("versionInfo")),
        purl=_purl_among(package.get("externalRefs")),
        purpose=purpose,
        address="" if address in _NOTHING else address,
        makers=tuple(dict.fromkeys(m for m in makers if m not in _NOTHING)),
        licences=tuple(dict.fromkeys(text for text in licences if text not in _NOTHING)),
        notes=tuple(w for w in (*words, *said) if w),
    )


def _tag_value(text: str, limits: Limits, subject: str) -> dict[str, Any]:
    """A tag-value document as the JSON of version 2 would have it, as far as models need it.

    Source: https://spdx.github.io/spdx-spec/v2.3/ (tags of packages and relationships)
    """
    packages: list[dict[str, Any]] = []
    relations: list[dict[str, str]] = []
    keys = {
        "SPDXID": "SPDXID", "PackageVersion": "versionInfo", "PackageSupplier": "supplier",
        "PackageOriginator": "originator", "PackageDownloadLocation": "downloadLocation",
        "PackageLicenseDeclared": "licenseDeclared", "PackageLicenseConcluded": "licenseConcluded",
        "PackageComment": "comment", "PackageDescription": "description", "PackageSummary": "summary",
        "PrimaryPackagePurpose": "primaryPackagePurpose", "PackageSourceInfo": "sourceInfo",
    }  # fmt: skip
    for number, line in enumerate(text.splitlines()):
        match = _TAG.match(line)
        if match is None:
            continue
        if number > limits.nodes:
            raise LimitExceeded("too many lines", subject=subject)
        tag, value = match[1], match[2].strip()
        if tag == "PackageName":
            packages.append({"name": value})
        elif tag == "Relationship" and len(words := value.split()) == 3:
            relations.append(
                {"spdxElementId": words[0], "relationshipType": words[1], "relatedSpdxElement": words[2]}
            )
        elif tag == "ExternalRef" and packages and len(words := value.split()) >= 3:
            packages[-1].setdefault("externalRefs", []).append(
                {"referenceType": words[1], "referenceLocator": words[2]}
            )
        elif tag in keys and packages:
            packages[-1].setdefault(keys[tag], re.sub(r"</?text>", "", value))
    if "SPDXVersion:" not in text[:4096]:
        raise Malformed("neither JSON nor the tags of an SPDX document", subject=subject)
    return {"packages": packages, "relationships": relations}


def _agent_2(text: str) -> str:
    return re.sub(r"^(?:Organization|Person|Tool):\s*", "", text).partition("(")[0].strip()


def _purl_among(references: Any) -> str:
    for reference in _several(references):
        if not isinstance(reference, dict):
            continue
        kind = _plain(reference.get("externalIdentifierType") or reference.get("referenceType"))
        text = text_of(reference.get("identifier") or reference.get("referenceLocator"))
        if kind.replace("-", "") in _PURL_TYPES or text.lower().startswith("pkg:"):
            return text
    return ""


def _type(element: dict[str, Any]) -> str:
    written = element.get("type") or element.get("@type") or ""
    text = text_of(written[0] if isinstance(written, list) and written else written)
    return _PREFIX.sub("", text.rpartition("/terms/")[2]).rpartition("/")[2].rpartition("_")[2].lower()


def _ident(element: dict[str, Any]) -> str:
    for key in ("spdxId", "@id", "id", "SPDXID"):
        if isinstance(element.get(key), str):
            return str(element[key])
    return ""


def _field(element: dict[str, Any], name: str) -> Any:
    """A property with or without the prefix of its profile."""
    return next(
        (element[key] for key in (f"software_{name}", f"software:{name}", name) if key in element), None
    )


def _expression(element: dict[str, Any]) -> str:
    for key in ("simplelicensing_licenseExpression", "licenseExpression"):
        if text := text_of(element.get(key)):
            own = text.startswith("LicenseRef-gauger-") and text_of(element.get("name"))
            return "" if text in _NOTHING else own or text
    return ""


def _pointed(value: Any) -> str:
    if isinstance(value, dict):
        return _ident(value)
    return value if isinstance(value, str) else ""


def _own_name(value: Any) -> str:
    """The name of an agent that is written in place, or as plain words; nothing for a bare identifier."""
    if isinstance(value, dict):
        return text_of(value.get("name"))
    return value if isinstance(value, str) and ":" not in value and "/" not in value else ""


def _several(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _plain(value: Any) -> str:
    return re.sub(r"[-_]", "", text_of(value).rpartition("/")[2]).lower()


def text_of(value: Any) -> str:
    """The text, or nothing where something else stands."""
    return value if isinstance(value, str) else ""
