"""The files of images: layers laid on one another, models in artifacts, and what later layers deleted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gauger.core.errors import GaugerError
from gauger.core.inventory import Location
from gauger.core.judgement import Finding
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object
from gauger.formats.sniff import HEAD_BYTES, sniff
from gauger.formats.stretch import Stretch
from gauger.formats.tar import BLOCK, is_tar
from gauger.formats.unpack import packing
from gauger.scan.flatten import Flat, flatten
from gauger.scan.image_layout import FoundImage, Layout, Part
from gauger.scan.inside import is_model, why_left_out
from gauger.scan.layer import Layer, Node

if TYPE_CHECKING:
    from gauger.scan.opener import Opener

_LABEL = re.compile(r"[^\w.:-]+")
_LONGEST_LABEL = 120
_MOST_PLACES = 20
_COMPARED_BYTES = 1 << 20
_OFTEN_WEIGHTS = re.compile(
    r"\.(?:pkl|pickle|joblib|h5|mlmodel|pdiparams|om)$|(?:^|/)(?:pytorch_model|adapter_model|model)[^/]*\.bin$",
    re.IGNORECASE,
)
_WORDS = (
    ("gguf", "model.gguf"), ("safetensors", "model.safetensors"), ("mmproj", "mmproj.gguf"),
    ("license", "LICENSE"), ("chat.template", "chat_template.jinja"), ("image.model", "model.gguf"),
    ("image.projector", "mmproj.gguf"), ("image.adapter", "adapter.gguf"),
)  # fmt: skip
"""What an artifact's file is called whose layer has no name. Sources: Docker Model Runner's `pkg/types`
(https://github.com/docker/model-runner); Ollama's media types (https://github.com/ollama/ollama)."""

_SUFFIXES = {"gguf": ".gguf", "safetensors": ".safetensors", "onnx": ".onnx", "pytorch-zip": ".pt"}


def open_images(opener: Opener, path: str, flat: Flat, depth: int) -> bool:
    """Are there images among the files of this archive? If so, take in what they hold.

    Args:
        opener: Takes the files in.
        path: The archive, or an OCI layout's `index.json`.
        flat: The archive's or the layout's files.
        depth: How many archives are around these files.
    """
    files = {**flat.files, **{link: flat.files[target] for link, target in flat.links.items()}}
    layout = Layout(files, opener.limits, path)
    layout.read()
    opener.gaps += layout.gaps
    if not layout.images and not layout.manifests:
        return False
    reader = _ImageReader(opener, path, files, depth)
    try:
        for manifest in layout.manifests:
            reader.verify(manifest)
        reader.needed.update(part.path for image in layout.images for part in image.layers)
        for image, root, name in _roots(path, layout.images):
            reader.read(image, root, name)
    finally:
        reader.finish()
    return True


def _roots(path: str, images: list[FoundImage]) -> Iterator[tuple[FoundImage, str, str]]:
    """Each image with the path of its root, told apart by name and platform where there are several."""
    platforms = Counter(image.name for image in images)
    taken: Counter[str] = Counter()
    for image in images:
        name = image.name
        if platforms[name] > 1 and image.platform:
            name = f"{name} {image.platform}".strip()
        label = ""
        if len(images) > 1:
            label = _LABEL.sub("_", name)[:_LONGEST_LABEL].strip("_") or "image"
            taken[label] += 1
            label += f"_{taken[label]}" if taken[label] > 1 else ""
        yield image, f"{path}!{label}", name


class _ImageReader:
    """Reads the images of one file; layers that several have in common once."""

    def __init__(self, opener: Opener, path: str, files: Mapping[str, Stretch], depth: int) -> None:
        self.opener = opener
        self.path = path
        self.files = files
        self.depth = depth
        self.needed: Counter[str] = Counter()
        self.layers: dict[Stretch, Layer] = {}
        self.verified: set[tuple[Stretch, str]] = set()
        self.mismatches: dict[str, tuple[str, str]] = {}

    def read(self, image: FoundImage, root: str, name: str) -> None:
        """Take in one image: its configuration, its file system, and what lies below that unseen."""
        config = self.files.get(image.config.path)
        if config is None:
            self.opener.gap(root, "not-present", "the configuration of the image is not in the file")
        else:
            self.verify(image.config)
            safe = "/".join(part for part in name.split("/") if part not in ("", ".", ".."))
            self.opener.admit(f"{root}@config/{safe}" if safe else f"{root}@config", config)
        promised = self._promised(config) if config is not None else ()
        layers: list[Layer] = []
        for at, part in enumerate(image.layers):
            layer = self._layer(part, root, layers)
            layers.append(layer)
            if not part.digest and at < len(promised):
                self._verify_unpacked(part, layer, promised[at])
        flat = flatten(layers)
        self.opener.report(root, layers, flat)
        self._forget(image, layers)
        self.opener.emit(root, flat, self.depth)
        self._buried(flat, root)

    def _promised(self, config: Stretch) -> tuple[str, ...]:
        """The digests of the layers as the configuration gives them, for files whose names say nothing."""
        with config.open(self.path) as source:
            if source.size_bytes > self.opener.limits.text_file_bytes:
                return ()
            data = source.read_at(0, source.size_bytes)
        try:
            document = json_object(data, self.opener.limits, self.path)
        except GaugerError:  # the collector that reads the configuration says so
            return ()
        root = document.get("rootfs")
        listed = root.get("diff_ids") if isinstance(root, dict) else None
        return tuple(d if isinstance(d, str) else "" for d in listed) if isinstance(listed, list) else ()

    def _layer(self, part: Part, root: str, below: list[Layer]) -> Layer:
        place = self.files.get(part.path)
        if place is None:
            self.opener.gap(root, "not-present", f"the layer {part.path} is not in the file")
            return Layer.empty()
        if place not in self.layers:
            with place.open(f"{self.path}!{part.path}") as source:
                head = source.read_at(0, min(HEAD_BYTES, source.size_bytes))
                kind = packing(head)
                is_files = part.is_file_system or "tar" in part.media_type
                if is_files and (kind or is_tar(head[:BLOCK]) or not head.strip(b"\0")):
                    policy = _of_image if part.is_file_system else _of_artifact
                    self.layers[place] = self.opener.reader.read(place, source, kind, policy)
                else:
                    self.layers[place] = _single(part, place, head, below)
            self.verify(part, self.layers[place])
        else:
            again = len(self.layers[place].nodes)
            self.opener.reader.spool.budget.take("members", again, self.path)
        return self.layers[place]

    def _forget(self, image: FoundImage, layers: list[Layer]) -> None:
        """Let go of the names in layers that no image to come has, since a million of them are a gigabyte."""
        self.needed.subtract(part.path for part in image.layers)
        for part, layer in zip(image.layers, layers, strict=True):
            if self.needed[part.path] <= 0:
                layer.nodes = {}

    def verify(self, part: Part, layer: Layer | None = None) -> None:
        """Are a blob's bytes those that its name promises?"""
        place = self.files.get(part.path)
        if place is None or not part.digest or (place, part.digest) in self.verified:
            return
        self.verified.add((place, part.digest))
        algorithm, _, promised = part.digest.partition(":")
        found = layer.packed_sha256 if layer is not None and algorithm == "sha256" else ""
        found = found or self._digest(place, algorithm)
        if found and found != promised:
            self._mismatch(part, promised, found)

    def _verify_unpacked(self, part: Part, layer: Layer, promised: str) -> None:
        algorithm, _, digits = promised.partition(":")
        place = self.files.get(part.path)
        if algorithm != "sha256" or place is None or layer.error is not None:
            return
        found = layer.unpacked_sha256 or self._digest(place, algorithm)
        if found and found != digits:
            self._mismatch(part, digits, found)

    def _digest(self, place: Stretch, algorithm: str) -> str:
        """The digest of a whole blob; empty, with a gap, where the budget does not pay for it."""
        budget, block = self.opener.reader.spool.budget, self.opener.limits.block_bytes
        if place.size_bytes > budget.unpacked:
            self.opener.gap(self.path, "limit-exceeded", "not all blobs were checked against their digests")
            return ""
        budget.take("unpacked", place.size_bytes, self.path)
        digest = hashlib.new(algorithm, usedforsecurity=False)
        with place.open(self.path) as source:
            for offset in range(0, source.size_bytes, block):
                digest.update(source.read_at(offset, min(block, source.size_bytes - offset)))
        return digest.hexdigest()

    def _mismatch(self, part: Part, promised: str, found: str) -> None:
        self.mismatches[printable(part.path)] = (promised, found)

    def finish(self) -> None:
        """One finding for all blobs that are not what the manifests say."""
        if not self.mismatches:
            return
        count = len(self.mismatches)
        paths = sorted(self.mismatches)
        promised, found = self.mismatches[paths[0]]
        blobs = "a blob does" if count == 1 else f"{count} blobs do"
        where = tuple(Location(path=printable(self.path), member=path) for path in paths[:_MOST_PLACES])
        self.opener.findings.append(
            Finding(
                rule="image-digest-mismatch",
                severity="high",
                confidence="high",
                audience=("security", "platform"),
                locations=where,
                message=(
                    f"{blobs} not give the digest by which the image names it:"
                    f" {found[:12]}… where {promised[:12]}… was promised"
                ),
                remedy="do not run this image; fetch it again from where it was published",
            )
        )

    def _buried(self, flat: Flat, root: str) -> None:
        for file in flat.buried:
            if not _is_weights(file.path):
                continue
            shown = flat.files.get(file.path)
            if shown is not None and _same(file.place, shown):
                continue
            path = f"{root}@layer{file.layer}/{file.path}"
            if self.opener.admit(path, file.place) is None:
                continue
            self.opener.findings.append(
                Finding(
                    rule="buried-model-file",
                    severity="medium",
                    confidence="high",
                    audience=("platform", "compliance"),
                    locations=(Location(path=printable(path, 4096)),),
                    message=(
                        f"{printable(file.path)} was {file.how} by a later layer and is still shipped"
                        f" in layer {file.layer} of the image"
                    ),
                    remedy="delete the file in the step that adds it, or build the image in stages",
                )
            )


def _same(one: Stretch, other: Stretch) -> bool:
    """Do two files begin and end alike? Changing an owner copies a file into a layer of its own."""
    if one.size_bytes != other.size_bytes:
        return False
    length = min(_COMPARED_BYTES, one.size_bytes)
    with one.open("") as first, other.open("") as second:
        return all(
            first.read_at(at, length) == second.read_at(at, length) for at in (0, one.size_bytes - length)
        )


def _is_weights(path: str) -> bool:
    """Is a file that lies in a layer one of weights, as far as its name tells?

    Outside the system's folders that includes names which packages also give to other data.
    """
    if path.endswith(".json"):
        return False
    return is_model(path) or (_OFTEN_WEIGHTS.search(path) is not None and not _of_image(path))


def _of_image(path: str) -> str:
    return why_left_out(path, is_image=True)


def _of_artifact(path: str) -> str:
    return why_left_out(path, is_image=False)


def _single(part: Part, place: Stretch, head: bytes, below: list[Layer]) -> Layer:
    """An artifact's layer that is one file, under its own name or one that its kind gives it."""
    taken = {path for layer in below for path in layer.nodes}
    layer = Layer.empty()
    name = part.file_name or _name_for(part, place, head)
    stem, dot, suffix = name.rpartition(".")
    number = 2
    while name in taken:
        name = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
        number += 1
    layer.nodes[name] = Node("file", place)
    return layer


def _name_for(part: Part, place: Stretch, head: bytes) -> str:
    kind = sniff(head, place.size_bytes)
    by_type = next((name for word, name in _WORDS if word in part.media_type), "")
    if by_type and (kind in ("", "json") or by_type.endswith(_SUFFIXES.get(kind, ""))):
        return by_type
    if kind in _SUFFIXES:
        return "model" + _SUFFIXES[kind]
    word = part.media_type.rpartition("/")[2].rpartition(".")[2]
    return _LABEL.sub("_", word) or "blob"
