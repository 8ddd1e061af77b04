"""What does another tool's bill of materials say of models? Shared by all readers of such documents.

A reader of one format (`gauger.scan.cyclonedx`, `gauger.scan.spdx`) turns each thing that its document lists
into an `Entry`; `judged_again` makes candidates of those that are models. What the bill says of provider and
developer is not believed: the name and the address go through our own catalogue like any text of the stack.
Only a document that Gauger itself wrote names a model's place (`Stated`), since its words are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from gauger.core.inventory import Artifact, Form, Location, Role, Status
from gauger.core.judgement import Gap
from gauger.core.lineage import Relation
from gauger.core.text import printable
from gauger.scan.bill_names import Named, name_of
from gauger.scan.collector import Candidate, Collected
from gauger.scan.harvest import Harvest
from gauger.scan.values import Either, Opaque, Text, Value

Namespace = Literal["hub", "ollama", "api", "local", "object-store", "cloud", "unknown"]
EntryKind = Literal["model", "maybe-model", "data-set", "service"]
"""model: the format's own word for a model. maybe-model: a library, a file or an application whose name, purl
or properties look like a model's: a use only where the name is `Org/Name` or one that the catalogue knows.
data-set: kept where the catalogue knows that a model wrote it. service: an address; kept where the catalogue
knows whose it is."""

_MOST_NAMES = 8


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the examined stack where, by the bill, the model is used.

    Attributes:
        place: As it is shown: `services/api.py:31`. It becomes the `member` of the use's location.
        symbol: What is called there, or empty.
        role: What for, where the bill is ours; else `inference`.
        status: How it was known, where the bill is ours; else empty.
        address: The endpoint's address, or empty.
        provider: Catalogue id of the endpoint's provider, from a document of ours and only without address.
        revision: The pinned revision, or empty.
    """

    place: str
    symbol: str = ""
    role: Role = "inference"
    status: Status | Literal[""] = ""
    address: str = ""
    provider: str = ""
    revision: str = ""


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """A model that, by the bill, this one is made from.

    Attributes:
        name: Its name, `Org/Name` where the bill tells.
        relation: One of the closed set; empty where the bill only says that there is a relation.
    """

    name: str
    relation: Relation | Literal[""] = ""


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """A model's identity as a document of ours writes it: taken as it stands, nothing is read into the name.

    Attributes:
        namespace: As `Model.namespace`.
        name: As `Model.name`.
        form: As `Model.form`.
        provider: As `Model.provider`; asked for in our catalogue, and second to any address.
    """

    namespace: Namespace
    name: str
    form: Form
    provider: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a bill lists.

    Attributes:
        kind: What it may be.
        location: Where it stands in the bill.
        name: Its name, as written.
        group: The organisation or namespace before the name, or empty.
        version: As written; a revision or a tag, or empty.
        purl: As written, or empty; undone of doubled encoding here.
        concluded: A spelling of the name that the bill gives as its evidence, or empty.
        address: For a service: its address.
        paths: Files and folders that the bill gives for it, in which a hub's cache shows a lost name.
        sightings: Places of use; none where the bill gives none.
        parents: Declared bases, teachers, merged models.
        data_sets: Names of declared training data.
        licences: As declared.
        makers: Declared publishers, suppliers, authors.
        stated: Identity in a document of ours, or None.
    """

    kind: EntryKind
    location: Location
    name: str
    group: str = ""
    version: str = ""
    purl: str = ""
    concluded: str = ""
    address: str = ""
    paths: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    parents: tuple[Parent, ...] = ()
    data_sets: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    stated: Stated | None = None


def kind_of_document(head: bytes | str) -> Literal["", "cyclonedx", "spdx"]:
    """Is this the text of a bill of materials, by the words that both standards require?

    Args:
        head: The first part of the text (64 KiB are plenty), or all of it.
    """
    text = head.decode("utf-8", "replace") if isinstance(head, bytes) else head
    if ('"bomFormat"' in text and "CycloneDX" in text) or "http://cyclonedx.org/schema/bom" in text:
        return "cyclonedx"
    if "spdx.org/rdf/" in text or '"spdxVersion"' in text or '"SpdxDocument"' in text:
        return "spdx"
    return ""


def judged_again(entries: Iterable[Entry], *, surface: str, bill: str) -> Collected:
    """Which uses do these entries give, before our catalogue names providers and makers?

    Args:
        entries: What the bill lists.
        surface: The collector's ident, the surface of the uses: `cyclonedx`, `spdx`.
        bill: Path of the bill, for the gap that counts names which are none.

    Returns:
        Candidates; an artifact for each entry that declares origin, data or licence (`trace` reads its
        facts); one gap with the number of entries called models whose names cannot be models'.
    """
    harvest, junk = Harvest(), dict[str, str]()
    for entry in entries:
        if entry.kind == "service":
            harvest.candidates += _service(entry, surface)
            continue
        named = _named(entry)
        if named.refused:
            if entry.kind == "model":
                junk.setdefault(printable(entry.name, 60), named.refused)
            continue
        harvest.artifacts += (artifacts := _declared(entry, surface))
        harvest.candidates += _uses(entry, named, surface, artifacts[0].id if artifacts else "")
    if junk:
        harvest.gaps.append(_junk_gap(junk, surface, bill))
    return harvest.collected()


def _named(entry: Entry) -> Named:
    if entry.stated is not None:
        return Named(namespace=entry.stated.namespace, name=entry.stated.name)
    return name_of(entry.name, entry.group, entry.version, entry.purl, entry.concluded, entry.paths)


def _service(entry: Entry, surface: str) -> list[Candidate]:
    """An address in the bill: kept only where the catalogue knows whose it is."""
    if not entry.address:
        return []
    address = printable(entry.address)
    return [
        Candidate(
            surface=surface,
            api="service",
            location=entry.location,
            written=printable(entry.name),
            model=Text(text="*", location=entry.location),
            endpoint=Text(text=address, location=entry.location),
            role="access",
            bill="told",
        )
    ]


def _uses(entry: Entry, named: Named, surface: str, artifact: str) -> list[Candidate]:
    sightings = entry.sightings or (
        Sighting(place="", role="inference" if entry.stated is None else "stored"),
    )
    return [_use(entry, named, sighting, surface, artifact) for sighting in sightings]


def _use(entry: Entry, named: Named, sighting: Sighting, surface: str, artifact: str) -> Candidate:
    stated = entry.stated
    place = entry.location
    if sighting.place:
        place = msgspec.structs.replace(place, member=printable(sighting.place))
    address, provider = sighting.address, sighting.provider or (stated.provider if stated else "")
    return Candidate(
        surface=surface,
        api=printable(sighting.symbol) or entry.kind,
        location=place,
        written=printable(named.name),
        model=_value(named, sighting, place),
        namespace=named.namespace,
        endpoint=Text(text=printable(address), location=place) if address else None,
        provider="" if address else provider,
        form=stated.form if stated is not None else None,
        role=_role(entry, named, sighting),
        revision=_text(sighting.revision or named.revision, place),
        mention="",
        artifact=artifact,
        weak=entry.kind == "maybe-model",
        bill="exact" if stated is not None else "told",
    )


def _role(entry: Entry, named: Named, sighting: Sighting) -> Role:
    """What for, as far as the bill tells: of other tools' models only that a path is a file at rest."""
    if entry.stated is not None:
        return sighting.role
    if entry.kind == "data-set":
        return "training-data"
    return "stored" if named.namespace == "local" else sighting.role


def _value(named: Named, sighting: Sighting, place: Location) -> Value:
    """The name; one that the bill itself calls unresolved or inferred is no surer here than there."""
    name = Text(text=printable(named.name), location=place)
    if sighting.status == "unresolved" and named.namespace == "unknown":
        return Opaque(why="the bill calls it unresolved", location=place)
    if sighting.status in ("unresolved", "inferred"):
        return Either(options=(name, Opaque(why=f"the bill calls it {sighting.status}", location=place)))
    return name


def _text(text: str, place: Location) -> Text | None:
    return Text(text=printable(text, 100), location=place) if text else None


def _declared(entry: Entry, surface: str) -> list[Artifact]:
    """What the entry declares, as facts of an artifact; `gauger.trace.statements.of_bill` reads them."""
    said = {
        "declared-bases": tuple(f"{p.relation or '?'} {printable(p.name, 160)}" for p in entry.parents),
        "declared-data-sets": tuple(printable(name, 160) for name in entry.data_sets),
        "declared-licences": tuple(printable(name, 160) for name in entry.licences),
        "declared-makers": tuple(printable(name, 160) for name in entry.makers),
    }
    facts = {key: values[:64] for key, values in said.items() if values}
    if not facts:
        return []
    title = printable(entry.name, 200) or "(no name)"
    return [
        Artifact(
            kind="manifest-entry", location=entry.location, title=title, format=surface, facts=dict(facts)
        )
    ]


def _junk_gap(junk: dict[str, str], surface: str, bill: str) -> Gap:
    names = sorted(junk)
    shown = ", ".join(f"{name!r} ({junk[name]})" for name in names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return Gap(
        part=surface,
        reason="not-resolved",
        location=Location(path=bill),
        detail=printable(f"{len(names)} of the bill's models have no model's name: {shown}{more}", 1000),
        touches=(f"uses in {bill}",),
        remedy="scan the stack that the bill describes, or ask its writer for the models' names",
    )
