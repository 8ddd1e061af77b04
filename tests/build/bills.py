"""Checks of CycloneDX documents beyond the schema, and bills of materials as other tools write them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

_VERSIONS = {"1.6": SchemaVersion.V1_6, "1.7": SchemaVersion.V1_7}
_LINKS = ("ref", "target", "requirement", "assessor", "attributedTo", "process", "parent")
_LINK_LISTS = (
    "dependsOn", "provides", "subjects", "assemblies", "dependencies", "claims", "counterClaims", "tools",
    "counterEvidence",
)  # fmt: skip


@cache
def _validator(version: str) -> JsonStrictValidator:
    return JsonStrictValidator(_VERSIONS[version])


def schema_error(document: bytes) -> str:
    """What does the official schema (strict) say against this document? Empty where nothing."""
    text = document.decode()
    error = _validator(json.loads(text)["specVersion"]).validate_str(text)
    return "" if error is None else f"{error.data.message[:300]} at {list(error.data.absolute_path)}"


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, the document first."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def faults(document: bytes) -> list[str]:
    """What is wrong that no schema sees: a reference given twice or leading nowhere, a purl that is none."""
    whole = json.loads(document)
    refs = Counter(node["bom-ref"] for node in nodes(whole) if "bom-ref" in node)
    found = [f"twice: {ref}" for ref, count in refs.items() if count > 1]
    found += [f"leads nowhere: {link}" for link in _links(whole) if link not in refs]
    for node in nodes(whole):
        if "purl" in node:
            purl = PackageURL.from_string(node["purl"])
            if purl.to_string() != node["purl"] or (purl.type == "huggingface" and not purl.namespace):
                found.append(f"no purl: {node['purl']}")
    for citation in whole.get("citations", []):
        found += [f"points nowhere: {p}" for p in citation["pointers"] if not _points(whole, p)]
    return found


def _links(whole: dict[str, Any]) -> Iterator[str]:
    for node in nodes(whole):
        yield from (node[key] for key in _LINKS if isinstance(node.get(key), str))
        for key in _LINK_LISTS:
            yield from (v for v in node.get(key, ()) if isinstance(node[key], list) and isinstance(v, str))
    for claim in whole.get("declarations", {}).get("claims", []):
        yield from claim.get("evidence", [])


def _points(whole: Any, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        try:
            whole = whole[int(part)] if isinstance(whole, list) else whole[part]
        except (KeyError, IndexError, ValueError):
            return False
    return True
