"""Which models does an Ollama store hold, and what do their blobs call themselves?"""

from __future__ import annotations

import re

from gauger.core.inventory import Artifact, ArtifactKind, Location
from gauger.core.judgement import Gap
from gauger.core.text import printable
from gauger.formats.ollama import Layer, read_manifest
from gauger.formats.shards import ShardGroup
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.stored_weights import Weights, read_weights
from gauger.scan.values import Text

_MANIFEST = re.compile(
    r"^(?P<store>(?:.*/)?)manifests/(?P<host>[^/]+)/(?P<names>[^/]+(?:/[^/]+)*)/(?P<model>[^/]+)/(?P<tag>[^/]+)$"
)
_DEFAULT_HOSTS = {"registry.ollama.ai"}
_HUB_HOSTS = {"hf.co", "huggingface.co"}
_KINDS: dict[str, ArtifactKind] = {
    "model": "weights",
    "adapter": "adapter",
    "projector": "weights",
    "template": "chat-template",
    "license": "card",
    "system": "config",
    "params": "config",
    "config": "config",
}


class OllamaStore:
    """Manifests with the blobs that they name, recognised by their contents wherever the store lies.

    Source: Ollama's `server/modelpath.go` and `manifest` (https://github.com/ollama/ollama), read 2026-11-23.
    """

    ident = "ollama-store"
    globs: tuple[str, ...] = ("**/manifests/*/**",)
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read one tag.

        Raises:
            Malformed: a manifest of a store with blobs that is none.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        harvest = Harvest()
        place = _MANIFEST.match(str(view.path))
        if place is None or view.tree.size_bytes(str(view.path)) > view.limits.line_bytes:
            return harvest.collected()
        data = view.data()
        if b"schemaVersion" not in data or b"ollama" not in data:
            return harvest.collected()
        layers = read_manifest(data, view.limits, str(view.path))
        _Reader(view, place, harvest).read(layers)
        return harvest.collected()


class _Reader:
    def __init__(self, view: FileView, place: re.Match[str], harvest: Harvest) -> None:
        self.view = view
        self.harvest = harvest
        self.store = place["store"]
        self.is_hub = place["host"] in _HUB_HOSTS
        name = f"{place['names']}/{place['model']}".removeprefix("library/")
        if place["host"] not in _DEFAULT_HOSTS and not self.is_hub:
            name = f"{place['host']}/{name}"
        self.name = printable(name if self.is_hub else f"{name}:{place['tag']}", 300)
        self.tag = printable(place["tag"], 100)
        self.group = f"ollama:{self.name}"

    def read(self, layers: tuple[Layer, ...]) -> None:
        """The tag as an entry of the store, then each of its blobs."""
        location = Location(path=str(self.view.path), line=1)
        entry = Artifact(
            kind="store-entry",
            location=location,
            title=self.name,
            format="ollama",
            facts={"group": self.group, "layers": tuple(f"{x.role} {x.digest[:19]}" for x in layers[:40])},
        )
        self.harvest.artifacts.append(entry)
        self._use(location, "manifest", self.name, entry.id)
        for layer in layers:
            path = f"{self.store}blobs/{layer.blob}"
            if not self.view.tree.exists(path):
                self._absent(layer, location)
            elif layer.role in ("model", "adapter", "projector"):
                self._weights(layer, path)
            else:
                self._part(layer, path)

    def _weights(self, layer: Layer, path: str) -> None:
        group = ShardGroup(title=path, names=(path,))
        weights: Weights = read_weights(self.view, group, self.group, self.harvest, _KINDS[layer.role])
        self.harvest.artifacts.append(weights.artifact)
        own = weights.own_name or weights.artifact.title
        self._use(Location(path=path), f"{weights.format or layer.role} header", own, weights.artifact.id)

    def _part(self, layer: Layer, path: str) -> None:
        self.harvest.artifacts.append(
            Artifact(
                kind=_KINDS.get(layer.role, "config"),
                location=Location(path=path),
                title=f"{self.name} {layer.role}",
                format=f"ollama-{layer.role}"[:60],
                parts=(path,),
                size_bytes=self.view.tree.size_bytes(path),
                facts={"group": self.group},
            )
        )

    def _use(self, location: Location, api: str, written: str, artifact: str) -> None:
        self.harvest.candidates.append(
            Candidate(
                surface="ollama-store",
                api=api,
                location=location,
                written=printable(written),
                model=Text(text=self.name, location=location),
                namespace="hub" if self.is_hub else "ollama",
                role="stored",
                revision=Text(text=self.tag, location=location) if self.is_hub else None,
                artifact=artifact,
            )
        )

    def _absent(self, layer: Layer, location: Location) -> None:
        self.harvest.gaps.append(
            Gap(
                part="ollama-store",
                reason="not-present",
                location=location,
                detail=f"the blob {layer.digest[:19]}… ({layer.role}) of {self.name} is not in the store",
                touches=(f"origin of {self.name}",),
            )
        )
