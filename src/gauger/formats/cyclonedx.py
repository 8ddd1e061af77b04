"""What does a CycloneDX document list? JSON of any version, by whoever wrote it, with odd parts left out.

Other tools' documents break the schema in many ways (types that are none, numbers where text belongs), so
nothing here insists on more than an object with `bomFormat`. Reading never fails on a part: a part of the
wrong shape is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.formats.bounded_json import json_object

_LONGEST = 4_000
_DEEPEST = 16


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """A place of use, as written.

    Attributes:
        location: A path, often with a line in some notation of the tool's own.
        line: From 1, or 0.
        symbol: What is called there.
        context: What the tool adds.
    """

    location: str
    line: int = 0
    symbol: str = ""
    context: str = ""


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One component, or one service.

    Attributes:
        type: `machine-learning-model`, `library`, …; `service` for a service.
        ref: Its `bom-ref`.
        group: As written.
        name: As written.
        version: As written.
        purl: As written.
        publishers: Publisher, supplier, manufacturer and authors by name.
        licences: Ids, names and expressions.
        properties: Name and value, in order.
        occurrences: Places of use.
        concluded: Names that the tool gives as its evidence.
        ancestors: From the pedigree.
        data_sets: Names of the model card's data sets.
        endpoints: Of a service.
        addresses: Of external references.
    """

    type: str
    ref: str = ""
    group: str = ""
    name: str = ""
    version: str = ""
    purl: str = ""
    publishers: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    concluded: tuple[str, ...] = ()
    ancestors: tuple[Component, ...] = ()
    data_sets: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """The values of the property of this name, in order."""
        return tuple(value for key, value in self.properties if key == name)

    def value(self, name: str) -> str:
        """The first value of the property of this name, or empty."""
        return next(iter(self.values(name)), "")


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A CycloneDX document.

    Attributes:
        version: Of the standard, as written.
        tools: Names of the tools that wrote it.
        components: All of them, those inside others after the one that holds them; the main one first.
        services: All of them, likewise.
    """

    version: str
    tools: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    services: tuple[Component, ...] = ()


def read_cyclonedx(data: bytes | str, limits: Limits, subject: str = "") -> Bill:
    """What does this document list?

    Args:
        data: JSON. Bounded by `limits.tokenizer_bytes` and `limits.items`, since bills of large systems are
            longer than any settings file.
        limits: Bounds.
        subject: The file, for messages.

    Raises:
        Malformed: not JSON, or not CycloneDX.
        LimitExceeded: above the bounds.
    """
    document = json_object(data, limits, subject, size_field="tokenizer_bytes", nodes=limits.items)
    if document.get("bomFormat") != "CycloneDX":
        raise Malformed("not a CycloneDX document", subject=subject)
    metadata = _table(document.get("metadata"))
    listed = [metadata.get("component"), *_list(document.get("components"))]
    return Bill(
        version=_text(document.get("specVersion")),
        tools=tuple(_tools(metadata.get("tools"))),
        components=tuple(c for item in listed for c in _components(item, "components")),
        services=tuple(c for item in _list(document.get("services")) for c in _components(item, "services")),
    )


def _components(item: Any, inside: str, depth: int = 0) -> Iterator[Component]:
    if not isinstance(item, dict) or depth > _DEEPEST:
        return
    yield _component(item, "service" if inside == "services" else "", depth)
    for child in _list(item.get(inside)):
        yield from _components(child, inside, depth + 1)


def _component(item: dict[str, Any], kind: str = "", depth: int = 0) -> Component:
    evidence, pedigree = _table(item.get("evidence")), _table(item.get("pedigree"))
    parameters = _table(_table(item.get("modelCard")).get("modelParameters"))
    parents = [p for p in _list(pedigree.get("ancestors")) if isinstance(p, dict)]
    return Component(
        type=kind or _text(item.get("type")),
        ref=_text(item.get("bom-ref")),
        group=_text(item.get("group")),
        name=_text(item.get("name")),
        version=_text(item.get("version")),
        purl=_text(item.get("purl")),
        publishers=_unique(_publishers(item)),
        licences=_unique(_licences(item.get("licenses"))),
        properties=tuple(_properties(item)),
        occurrences=tuple(_occurrences(evidence)),
        concluded=_unique(
            _text(_table(i).get("concludedValue"))
            for i in _list(evidence.get("identity"))
            if _table(i).get("field") in ("name", None)
        ),
        ancestors=tuple(_component(p, "", depth + 1) for p in parents) if depth < _DEEPEST else (),
        data_sets=_unique(_text(_table(d).get("name")) for d in _list(parameters.get("datasets"))),
        endpoints=_unique(_text(e) for e in _list(item.get("endpoints"))),
        addresses=_unique(_text(_table(r).get("url")) for r in _list(item.get("externalReferences"))),
    )


def _publishers(item: dict[str, Any]) -> Iterator[str]:
    yield _text(item.get("publisher"))
    for key in ("supplier", "manufacturer", "provider"):
        yield _text(_table(item.get(key)).get("name"))
    for author in _list(item.get("authors")):
        yield _text(_table(author).get("name"))


def _licences(value: Any) -> Iterator[str]:
    for choice in _list(value):
        yield _text(_table(choice).get("expression"))
        licence = _table(_table(choice).get("license"))
        yield _text(licence.get("id")) or _text(licence.get("name"))


def _properties(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    card = _table(item.get("modelCard"))
    for entry in (*_list(item.get("properties")), *_list(card.get("properties"))):
        name, value = _text(_table(entry).get("name")), _text(_table(entry).get("value"))
        if name and value:
            yield name, value


def _occurrences(evidence: dict[str, Any]) -> Iterator[Occurrence]:
    for entry in _list(evidence.get("occurrences")):
        found, line = _table(entry), _table(entry).get("line")
        if "location" in found:
            yield Occurrence(
                location=_text(found.get("location")),
                line=line if isinstance(line, int) and not isinstance(line, bool) and line > 0 else 0,
                symbol=_text(found.get("symbol")),
                context=_text(found.get("additionalContext")),
            )


def _tools(value: Any) -> Iterator[str]:
    tools = value.get("components") if isinstance(value, dict) else value
    for tool in _list(tools):
        if name := _text(_table(tool).get("name")):
            yield name


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    """The list; one object where a list belongs counts as a list of one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _text(value: Any) -> str:
    """The text, cut at a length that no name or address reaches; empty for anything else."""
    return value[:_LONGEST] if isinstance(value, str) else ""
