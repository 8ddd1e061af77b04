"""Which models do CycloneDX documents list? Read, and judged again. Collector `cyclonedx`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import get_args

from gauger.core.inventory import Form, Location, Role, Status
from gauger.core.judgement import Gap
from gauger.core.lineage import Relation
from gauger.core.text import printable
from gauger.formats.cyclonedx import Bill, Component, Occurrence, read_cyclonedx
from gauger.formats.source import Source
from gauger.scan.bill_names import hub_purl, why_not
from gauger.scan.bill_of_materials import (
    Entry,
    EntryKind,
    Namespace,
    Parent,
    Sighting,
    Stated,
    judged_again,
    kind_of_document,
)
from gauger.scan.collector import Collected, FileView

_END_BYTES = 4096
_MOST = 20_000
_NAMES = {"modelname", "modelid", "model"}
_BASES = {"basemodel", "basemodelid", "basemodelname", "basemodels", "parentmodel"}
_PLACES = {"sourcelocation", "filepath", "sourcefile", "location", "path"}
_REF = re.compile(r'"bom-ref"\s*:\s*"((?:[^"\\]|\\.){1,500})"')
_WORD = re.compile(r"([a-z-]+)=([\w.:/-]+)(?:; |$)")
_MEMBER = re.compile(r'member=("(?:[^"\\]|\\.)*")')
_REVISION = re.compile(r'revision=("(?:[^"\\]|\\.)*")')
_AT_LINE = re.compile(r"(?:#L|:L?)(?P<line>\d{1,7})(?:[-:]L?\d+)*$")


class CycloneDx:
    """CycloneDX JSON of any version and any tool; documents in XML are named and not read."""

    ident = "cyclonedx"
    globs: tuple[str, ...] = ("**/*.json", "**/*.cdx", "**/*bom*.xml", "**/*.cdx.xml", "**/*cyclonedx*.xml")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Every model, data set and service that the document lists.

        Raises:
            Malformed: it calls itself CycloneDX and is not.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path = str(view.path)
        source = view.tree.open(path)
        head = source.read_at(0, min(_END_BYTES, source.size_bytes))
        if not _may_be_one(source, head):
            return Collected()
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            return Collected(gaps=(_not_read(path),))
        view.limits.check(source.size_bytes, "tokenizer_bytes", subject=path)
        text = source.read_at(0, source.size_bytes).decode("utf-8-sig", "replace")
        if kind_of_document(text) != "cyclonedx":
            return Collected()
        bill = read_cyclonedx(text, view.limits, path)
        return judged_again(entries_of(bill, path, text), surface="cyclonedx", bill=path)


def _may_be_one(source: Source, head: bytes) -> bool:
    """Is it worth reading whole? Told by both ends: some tools write what the document is as the last thing.

    A document whose ends hold neither of the standard's words begins with a component, and that has a
    `bom-ref` or says that it is a model.
    """
    end = min(_END_BYTES, source.size_bytes)
    ends = head + source.read_at(source.size_bytes - end, end)
    hints = (b'"bom-ref"', b'"machine-learning-model"')
    return kind_of_document(ends) == "cyclonedx" or any(hint in ends for hint in hints)


def _not_read(path: str) -> Gap:
    return Gap(
        part="cyclonedx",
        reason="not-supported",
        location=Location(path=path),
        detail="a CycloneDX document in XML; only JSON is read",
        touches=(f"uses in {path}",),
        remedy="convert it to JSON with the standard's own command-line tool",
    )


def entries_of(bill: Bill, path: str, text: str = "") -> list[Entry]:
    """What does the bill list that may be a model, a data set or somebody's service?

    In a document of ours a model is what carries our properties, and services are known by the uses.
    """
    lines = _lines(text)
    ours = "gauger" in bill.tools or any(_stated(c) is not None for c in bill.components)
    found: list[Entry] = []
    services = {service.ref: service for service in reversed(bill.services) if service.ref}
    for component in bill.components[:_MOST]:
        kind = _kind(component)
        stated = _stated(component)
        if kind is not None and (stated is not None or not ours):
            found.append(_entry(component, kind, stated, _location(component, path, lines), services))
    for service in () if ours else bill.services[:_MOST]:
        location = _location(service, path, lines)
        found += (
            Entry(kind="service", location=location, name=service.name, address=e) for e in service.endpoints
        )
    return found


def _kind(component: Component) -> EntryKind | None:
    """Is it a model by its type, perhaps one by what is said of it, or a data set? None for all others."""
    if component.type == "machine-learning-model":
        return "model"
    if component.type == "data":
        return "data-set"
    if hub_purl(component.purl) is not None or _said(component, _NAMES):
        return "maybe-model"
    return None


def _entry(
    component: Component,
    kind: EntryKind,
    stated: Stated | None,
    location: Location,
    services: Mapping[str, Component],
) -> Entry:
    sightings = tuple(
        _our_sighting(o, services) if stated is not None else _sighting(o) for o in component.occurrences
    )
    places = sightings or tuple(Sighting(place=_placed(text)) for text in _said(component, _PLACES))
    return Entry(
        kind=kind,
        location=location,
        name=_name(component),
        group=component.group,
        version=component.version,
        purl=component.purl,
        concluded=next(iter(component.concluded), ""),
        paths=tuple(_AT_LINE.sub("", s.place) for s in places),
        sightings=places,
        parents=tuple(_parents(component)),
        data_sets=component.data_sets,
        licences=component.licences,
        makers=() if stated is not None else component.publishers,
        stated=stated,
    )


def _name(component: Component) -> str:
    """The component's name; where a property names the model, that, since the name may be a resource's."""
    named = next((text for text in _said(component, _NAMES) if not why_not(text)), "")
    if not named or named.lower() == component.name.lower():
        return component.name
    return named if component.type != "machine-learning-model" or why_not(component.name) else component.name


def _said(component: Component, keys: set[str]) -> list[str]:
    """Values of properties whose last word is one of these, whatever the tool's own prefix is."""
    return [
        value
        for name, value in component.properties
        if re.sub(r"[-_ ]", "", re.split(r"[:./]", name)[-1]).lower() in keys
        and not name.startswith("gauger:")
    ]


def _stated(component: Component) -> Stated | None:
    """The identity in a document of ours; None where it is not whole."""
    namespace, form = component.value("gauger:namespace"), component.value("gauger:form")
    if namespace not in get_args(Namespace) or form not in get_args(Form):
        return None
    return Stated(
        namespace=namespace,  # type: ignore[arg-type]  # checked against the closed set
        name=printable(component.value("gauger:name")),
        form=form,  # type: ignore[arg-type]  # checked against the closed set
        provider=component.value("gauger:provider"),
    )


def _sighting(occurrence: Occurrence) -> Sighting:
    place = _placed(occurrence.location)
    if occurrence.line and not _AT_LINE.search(place):
        place = f"{place}:{occurrence.line}"
    return Sighting(place=place, symbol=occurrence.symbol)


def _placed(location: str) -> str:
    """The place with its line after a colon, in whichever way the tool wrote it."""
    found = _AT_LINE.search(location)
    return f"{location[: found.start()]}:{found['line']}" if found else location


def _our_sighting(occurrence: Occurrence, services: Mapping[str, Component]) -> Sighting:
    """A place of use out of our own words: those of closed sets, up to the first text in quotes."""
    words: dict[str, str] = {}
    end = 0
    while found := _WORD.match(occurrence.context, end):
        words[found[1]] = found[2]
        end = found.end()
    role, status = words.get("role", ""), words.get("status", "")
    service = services.get(words.get("service", ""))
    rest = occurrence.context[end:]
    member = _unquoted(_MEMBER.match(rest))
    after = rest[len(m[0]) :].removeprefix("; ") if (m := _MEMBER.match(rest)) else rest
    place = Location(path=occurrence.location, line=occurrence.line, member=member)
    return Sighting(
        place=str(place),
        symbol=occurrence.symbol,
        role=role if role in get_args(Role) else "inference",  # type: ignore[arg-type]  # a closed set
        status=status if status in get_args(Status) else "",  # type: ignore[arg-type]  # a closed set
        address=service.value("gauger:url") if service is not None else "",
        provider=service.value("gauger:provider") if service is not None else "",
        revision=_unquoted(_REVISION.match(after)),
    )


def _unquoted(found: re.Match[str] | None) -> str:
    try:
        return str(json.loads(found[1])) if found is not None else ""
    except ValueError:
        return ""


def _parents(component: Component) -> Iterator[Parent]:
    """Ancestors, and properties that name a base. A bill only declares, whatever its writer rests on.

    What we wrote from the knowledge base nobody declares: it is asked again.
    """
    for ancestor in component.ancestors:
        if ancestor.value("gauger:basis") == "catalogue":
            continue
        relation = ancestor.value("gauger:relation")
        yield Parent(
            name=_parent_name(ancestor),
            relation=relation if relation in get_args(Relation) else "",  # type: ignore[arg-type]  # a closed set
        )
    for value in _said(component, _BASES):
        yield from (Parent(name=name.strip()) for name in value.split(",") if not why_not(name.strip()))


def _parent_name(ancestor: Component) -> str:
    if (hub := hub_purl(ancestor.purl)) is not None:
        return hub.name
    key = ancestor.value("gauger:key")
    if own := ancestor.value("gauger:name") or (key if "/" not in key else ""):
        return own
    return f"{ancestor.group}/{ancestor.name}" if ancestor.group else ancestor.name


def _location(component: Component, path: str, lines: dict[str, int]) -> Location:
    return Location(
        path=path,
        line=lines.get(component.ref, 0),
        member=printable(component.ref or component.name, 200),
    )


def _lines(text: str) -> dict[str, int]:
    """On which line of the document does each component begin, by its `bom-ref`?"""
    found: dict[str, int] = {}
    line, at = 1, 0
    for match in _REF.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        found.setdefault(match[1], line)
    return found
