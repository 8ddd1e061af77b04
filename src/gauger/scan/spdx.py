"""Which models do other tools' SPDX documents list? Read, and judged again. Collector `spdx`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from gauger.core.inventory import Location, Use
from gauger.core.readings import known
from gauger.core.text import printable
from gauger.formats.spdx import Item, Relation, SpdxContent, read_spdx
from gauger.scan.bill_names import hub_purl
from gauger.scan.bill_of_materials import Entry, Parent, Sighting, Stated, judged_again, kind_of_document
from gauger.scan.collector import Collected, FileView

_HEAD = 64 * 1024
_IDENT = re.compile(r'"(?:spdxId|@id|SPDXID)"\s*:\s*"([^"\\]{1,400})"|^SPDXID:\s*(\S{1,400})', re.MULTILINE)
_HUB = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/)([\w.-]+/[\w.-]+)")
_HINT = re.compile(r"\b(?:ai|ml|llm|machine[- ]learning)[-_ ]?model\b|hugging ?face|\bllm\b", re.IGNORECASE)
_OURS = re.compile(r'\A\{"gauger:(?:model|reference)":')
_WEIGHTS = re.compile(r"\.(?:safetensors|gguf|ggml|onnx|pth?|pkl|bin|h5|tflite)$", re.IGNORECASE)
_KIND_KEYS = ("cdx:ai:kind", "tags", "component.type")
"""Properties under which cdxgen says in SPDX that a package is a model."""
_PLACE = re.compile(r"(?P<path>[^#]+)#L?(?P<line>\d+)")
_PARTS = {"dependson", "contains", "hasstaticlink", "hasdynamiclink", "hasprerequisite", "describes"}


class Spdx:
    """SPDX 3.0 (AI and Dataset profiles) and 2.x, as JSON or tag-value, of any tool."""

    ident = "spdx"
    globs: tuple[str, ...] = ("**/*.json", "**/*.jsonld", "**/*.spdx")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Every model and data set that the document lists.

        Raises:
            Malformed: it calls itself SPDX and is not.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path = str(view.path)
        source = view.tree.open(path)
        head = source.read_at(0, min(_HEAD, source.size_bytes))
        tagged = view.path.suffix.lower() == ".spdx" and b"SPDXVersion:" in head
        if not tagged and kind_of_document(head) != "spdx":
            return Collected()
        text = view.text()
        content = read_spdx(text, view.limits, path)
        return judged_again(entries_of(content, path, text), surface="spdx", bill=path)


def entries_of(content: SpdxContent, path: str, text: str = "") -> list[Entry]:
    """What does the document list that may be a model?

    A package that others only descend from, in a document that says what its system consists of, is no part
    of that system: it stands among the parents of those, and is no entry. In a document of ours, an entry is
    what carries our statement.
    """
    ours = any(_OURS.search(note) for item in content.items for note in item.notes)
    kin = _Kin(content)
    lines = _lines(text)
    found = []
    for item in content.items:
        kind = _kind(item)
        if kind is None or (ours and _stated(item) is None) or (not ours and kin.only_ancestor(item.ident)):
            continue
        location = Location(path=path, line=lines.get(item.ident, 0), member=printable(item.ident, 200))
        found.append(_entry(item, kind, location, kin))
    return found


def _entry(
    item: Item, kind: Literal["model", "maybe-model", "data-set"], location: Location, kin: _Kin
) -> Entry:
    hub = _HUB.match(item.address)
    return Entry(
        kind=kind,
        location=location,
        name=item.name,
        version=item.version,
        purl=item.purl or (f"pkg:huggingface/{hub[1]}" if hub else ""),
        sightings=tuple(_sightings(item)),
        parents=kin.parents(item.ident),
        data_sets=kin.data_sets(item.ident),
        licences=item.licences,
        makers=item.makers,
        stated=_stated(item),
    )


def _kind(item: Item) -> Literal["model", "maybe-model", "data-set"] | None:
    if item.kind in ("model", "data-set"):
        return item.kind
    if item.kind != "package":
        return None
    if hub_purl(item.purl) is not None or _HUB.match(item.address) or item.purpose == "model":
        return "model"
    if any(name.endswith(_KIND_KEYS) and "model" in value for name, value in item.properties):
        return "model"
    if not item.purl and _WEIGHTS.search(item.name):
        return "model"
    said = (item.ident, *item.notes)
    return "maybe-model" if not item.purl and any(_HINT.search(words) for words in said) else None


class _Kin:
    """Who descends from whom, by the document's relationships."""

    def __init__(self, content: SpdxContent) -> None:
        self.items = {item.ident: item for item in content.items}
        self.up: dict[str, list[Parent]] = defaultdict(list)
        self.taught: dict[str, list[str]] = defaultdict(list)
        self.above: set[str] = set()
        self.parts: set[str] = set()
        self._known: dict[int, tuple[bool, Any]] = {}
        for relation in content.relations:
            self._note(relation)
        listed = {ident for ident, item in self.items.items() if item.kind == "model"}
        self.tells_parts = bool(self.parts & listed)

    def _note(self, relation: Relation) -> None:
        child, parent = relation.start, relation.end
        if relation.kind in _PARTS:
            self.parts.add(relation.end)
        if relation.kind == "ancestorof":
            child, parent = parent, child
        data = self.items.get(parent)
        if relation.kind in ("trainedon", "pretrainedon", "finetunedon") and data is not None:
            self.taught[child].append(data.name)
            self.above.add(parent)
        if relation.kind in ("descendantof", "ancestorof", "hasvariant", "variantof") and data is not None:
            self.above.add(parent)
            recorded, claimed = self._said(relation.notes)
            if not recorded:
                self.up[child].append(Parent(name=_hub_name(data), relation=claimed))

    def _said(self, notes: tuple[str, ...]) -> tuple[bool, Any]:
        """What these annotations say, read once: many relationships may share them."""
        if id(notes) not in self._known:
            self._known[id(notes)] = (_is_recorded(notes), _claimed(notes))
        return self._known[id(notes)]

    def only_ancestor(self, ident: str) -> bool:
        """Do others merely descend from it?"""
        return self.tells_parts and ident in self.above and ident not in self.parts

    def parents(self, ident: str) -> tuple[Parent, ...]:
        """The models that it is made from, each once."""
        return tuple(dict.fromkeys(self.up.get(ident, ())))

    def data_sets(self, ident: str) -> tuple[str, ...]:
        """What it was trained on, each once."""
        return tuple(dict.fromkeys(self.taught.get(ident, ())))


def _hub_name(item: Item) -> str:
    named = hub_purl(item.purl)
    return named.name if named is not None else item.name


def _is_recorded(notes: tuple[str, ...]) -> bool:
    """Did we write it from the knowledge base? Then nobody declares it, and it is asked again."""
    return any(claim.get("basis") == "catalogue" for claim in _statements(notes, "gauger:claim"))


def _claimed(notes: tuple[str, ...]) -> Any:
    """The relation in our own words, where the document is ours and says it."""
    for claim in _statements(notes, "gauger:claim"):
        if claim.get("relation") in _DESCENT:
            return claim["relation"]
    return ""


_DESCENT = {
    "converted-from", "quantised-from", "pruned-from", "fine-tuned-from", "adapter-of", "merged-from",
    "distilled-from",
}  # fmt: skip


def _stated(item: Item) -> Stated | None:
    """The identity that a document of ours states; None elsewhere."""
    for said in _statements(item.notes, "gauger:model"):
        picked = {key: said[key] for key in ("namespace", "name", "form", "provider") if key in said}
        try:
            return msgspec.convert({"name": "", **picked}, Stated)
        except msgspec.ValidationError:
            continue
    return None


def _sightings(item: Item) -> Iterator[Sighting]:
    """The places of use that a document states: of ours with all that is known, of cdxgen as places only."""
    for name, value in item.properties:
        if name == "evidence":
            yield from _occurrences(value)
    for said in _statements(item.notes, "gauger:use"):
        try:
            use = msgspec.convert(said, Use)
        except msgspec.ValidationError:
            continue
        endpoint = use.endpoint
        yield Sighting(
            place=str(use.location),
            symbol=f"{use.surface}: {use.api}",
            role=use.role,
            status=use.status,
            address=endpoint.url if endpoint else "",
            provider=(known(endpoint.provider) or "") if endpoint and not endpoint.url else "",
            revision=use.revision,
        )


def _occurrences(text: str) -> Iterator[Sighting]:
    """The places of CycloneDX evidence, which cdxgen carries over as JSON in a property."""
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return
    listed = said.get("occurrences") if isinstance(said, dict) else None
    for occurrence in listed if isinstance(listed, list) else ():
        place = occurrence.get("location") if isinstance(occurrence, dict) else None
        if isinstance(place, str) and place:
            found = _PLACE.fullmatch(place)
            yield Sighting(place=f"{found['path']}:{found['line']}" if found else place)


def _statements(notes: tuple[str, ...], key: str) -> Iterator[dict[str, Any]]:
    for note in notes:
        if not note.startswith("{") or key not in note:
            continue
        try:
            said = msgspec.json.decode(note)
        except (msgspec.DecodeError, RecursionError):
            continue
        if isinstance(said, dict) and isinstance(said.get(key), dict):
            yield said[key]


def _lines(text: str) -> dict[str, int]:
    """On which line does each element name itself? Linear in the text."""
    found: dict[str, int] = {}
    line, at = 1, 0
    for match in _IDENT.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        found.setdefault(match[1] or match[2], line)
    return found
