"""Which images does an image file hold, and of which blobs are they made? Indices, manifests, `docker save`.

Sources: OCI image specification 1.1 (https://github.com/opencontainers/image-spec: image-layout.md,
image-index.md, manifest.md, descriptor.md, annotations.md); Docker image manifest version 2, schema 2
(https://distribution.github.io/distribution/spec/manifest-v2-2/); moby's image/tarexport for `manifest.json`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.bounded_json import bounded_json, json_object

_DIGEST = re.compile(r"sha(256|512):([0-9a-f]{64}|[0-9a-f]{128})")
_INDICES = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
}
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_FILE_NAMES = ("org.cncf.model.filepath", "org.cnai.model.filepath", "org.opencontainers.image.title")
"""Where an artifact's layer says how its file is called. Sources: `annotations.md` of ModelPack's model-spec
(https://github.com/modelpack/model-spec) and of the OCI image specification, which ORAS follows."""

_FILE_SYSTEM = re.compile(
    r"^application/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\b.*\btar\b|^application/vnd\.docker\.image\.rootfs"
)
_ATTESTATION = "application/vnd.in-toto+json"


class Descriptor(msgspec.Struct, frozen=True, kw_only=True):
    """A blob that a manifest or an index refers to.

    Attributes:
        media_type: As written.
        digest: `sha256:` and 64 hexadecimal digits (or sha512 and 128).
        size_bytes: As written; -1 where it is not.
        platform: `linux/arm64/v8`, or empty.
        name: The image's name that an index gives it, or empty.
        file_name: The file's path that an artifact's layer gives it, or empty; never leads upwards.
        is_statement: A statement about another image (provenance, signature) rather than an image.
    """

    media_type: str
    digest: str
    size_bytes: int = -1
    platform: str = ""
    name: str = ""
    file_name: str = ""
    is_statement: bool = False

    @property
    def blob(self) -> str:
        """Where a layout keeps it."""
        return "blobs/" + self.digest.replace(":", "/")

    @property
    def is_file_system(self) -> bool:
        """Is it a layer of a container's file system?"""
        return _FILE_SYSTEM.search(self.media_type) is not None


class ImageManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One image, or one other artifact that is kept like one.

    Attributes:
        config: Its configuration.
        layers: Lowest first.
        artifact_type: What it says it is, where it is no image.
    """

    config: Descriptor
    layers: tuple[Descriptor, ...]
    artifact_type: str = ""


class SavedImage(msgspec.Struct, frozen=True, kw_only=True):
    """One image as `manifest.json` of `docker save` lists it.

    Attributes:
        config: Path of its configuration in the tar file.
        names: Its tags.
        layers: Paths of its layers, lowest first.
    """

    config: str
    names: tuple[str, ...]
    layers: tuple[str, ...]


def read_manifest(data: bytes, limits: Limits, subject: str = "") -> ImageManifest | tuple[Descriptor, ...]:
    """Is this an image's manifest, or an index of several? The latter gives what it lists.

    Raises:
        Malformed: neither, or a digest that is none.
        LimitExceeded: above the bounds; more than `image_layers` layers or `images` entries.
    """
    document = json_object(data, limits, subject, size_field="text_file_bytes")
    listed = document.get("manifests")
    if isinstance(listed, list) and (document.get("mediaType") in _INDICES or "layers" not in document):
        limits.check(len(listed), "images", subject=subject)
        return tuple(_descriptor(entry, subject) for entry in listed)
    layers = document.get("layers")
    if not isinstance(layers, list) or not isinstance(document.get("config"), dict):
        raise Malformed("neither an image's manifest nor an index", subject=subject)
    limits.check(len(layers), "image_layers", subject=subject)
    return ImageManifest(
        config=_descriptor(document["config"], subject),
        layers=tuple(_descriptor(layer, subject) for layer in layers),
        artifact_type=_text(document.get("artifactType")),
    )


def read_saved(data: bytes, limits: Limits, subject: str = "") -> tuple[SavedImage, ...]:
    """Which images does `manifest.json` of `docker save` list? Empty where it is another file of that name.

    Raises:
        Malformed: not JSON, or an image without a configuration or layers.
        LimitExceeded: above the bounds.
    """
    document = bounded_json(data, limits, subject)
    if not isinstance(document, list) or not all(isinstance(e, dict) and "Layers" in e for e in document):
        return ()
    limits.check(len(document), "images", subject=subject)
    found = []
    for entry in document:
        layers, names = entry.get("Layers"), entry.get("RepoTags") or []
        if not isinstance(layers, list) or not isinstance(entry.get("Config"), str):
            raise Malformed("an image without a configuration or layers", subject=subject)
        limits.check(len(layers), "image_layers", subject=subject)
        found.append(
            SavedImage(
                config=_inside(entry["Config"]),
                names=tuple(_text(name) for name in names) if isinstance(names, list) else (),
                layers=tuple(_inside(str(layer)) for layer in layers),
            )
        )
    return tuple(found)


def _descriptor(entry: Any, subject: str) -> Descriptor:
    if not isinstance(entry, dict) or not isinstance(entry.get("digest"), str):
        raise Malformed("an entry has no digest", subject=subject)
    match = _DIGEST.fullmatch(entry["digest"])
    if match is None or len(match[2]) * 4 != int(match[1]):
        raise Malformed("a digest that is none", subject=subject)
    size, notes = entry.get("size"), entry.get("annotations")
    notes = notes if isinstance(notes, Mapping) else {}
    media_type = _text(entry.get("mediaType"))
    is_statement = media_type == _ATTESTATION or "vnd.docker.reference.type" in notes
    return Descriptor(
        media_type=media_type,
        digest=entry["digest"],
        size_bytes=size if isinstance(size, int) and 0 <= size < 1 << 63 else -1,
        platform=_platform(entry.get("platform")),
        name=next((_text(notes[key]) for key in _NAMES if isinstance(notes.get(key), str)), ""),
        file_name=next((_inside(notes[key]) for key in _FILE_NAMES if isinstance(notes.get(key), str)), ""),
        is_statement=is_statement,
    )


def _platform(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    parts = [_text(entry.get(key)) for key in ("os", "architecture", "variant")]
    return "" if parts[:2] == ["unknown", "unknown"] else "/".join(part for part in parts if part)


def _inside(path: str) -> str:
    """A path that cannot lead out of the folder or archive that it is relative to."""
    return posixpath.normpath("/" + path[:4096].replace("\0", "")).lstrip("/")


def _text(value: Any) -> str:
    return printable(value, 300) if isinstance(value, str) else ""
