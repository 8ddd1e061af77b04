"""Which images lie among these files: an OCI layout, what `docker save` wrote, or both in one?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

import msgspec

from gauger.core.errors import Malformed
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.plugin import guarded
from gauger.formats.oci import Descriptor, ImageManifest, SavedImage, read_manifest, read_saved
from gauger.formats.stretch import Stretch

_BLOB = re.compile(r"^blobs/(sha256|sha512)/([0-9a-f]{64,128})$")
_CONFIG = re.compile(r"^([0-9a-f]{64})\.json$")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One blob of an image.

    Attributes:
        path: Where it is among the files.
        digest: What its bytes must give, `sha256:…`; empty where nothing says it.
        media_type: As the manifest says; empty for `docker save`.
        file_name: Of an artifact's layer; else empty.
        is_file_system: Whether it is a layer of a file system.
    """

    path: str
    digest: str = ""
    media_type: str = ""
    file_name: str = ""
    is_file_system: bool = True


class FoundImage(msgspec.Struct, frozen=True, kw_only=True):
    """One image.

    Attributes:
        name: `acme/api:1.0`, or empty.
        platform: `linux/arm64`, or empty where the index does not say.
        config: Its configuration.
        layers: Lowest first.
    """

    name: str
    platform: str
    config: Part
    layers: tuple[Part, ...]


class Layout:
    """Reads the indices and manifests that lie among some files.

    Args:
        files: By path, relative to the layout's folder or the tar file's root.
        limits: Bounds.
        subject: What to call it all.
    """

    def __init__(self, files: Mapping[str, Stretch], limits: Limits, subject: str) -> None:
        self.files = files
        self.limits = limits
        self.subject = subject
        self.images: list[FoundImage] = []
        self.manifests: list[Part] = []
        self.gaps: list[Gap] = []
        self.absent: list[str] = []

    def read(self) -> None:
        """Find all images; what cannot be read becomes a gap."""
        if "index.json" in self.files and "oci-layout" in self.files:
            self._attempt("index.json", partial(self._index, "index.json", "", "", 0))
        if "manifest.json" in self.files:
            self._attempt("manifest.json", self._saved)
        if self.absent:
            self._gap(
                "not-present",
                f"{len(self.absent)} images that the index lists are not in the file: "
                + ", ".join(self.absent[:5]),
            )

    def _attempt(self, path: str, action: partial[None] | object) -> None:
        answer = guarded(
            "image",
            action,  # type: ignore[arg-type]
            location=Location(path=self.subject, member=path),
            touches=(f"uses in {self.subject}",),
        )
        if isinstance(answer, Gap):
            self.gaps.append(answer)

    def _gap(self, reason: str, detail: str) -> None:
        self.gaps.append(
            Gap(
                part="image",
                reason=reason,  # type: ignore[arg-type]
                location=Location(path=self.subject),
                detail=detail,
                touches=(f"uses in {self.subject}",),
            )
        )

    def _data(self, path: str) -> bytes:
        with self.files[path].open(f"{self.subject}!{path}") as source:
            self.limits.check(source.size_bytes, "text_file_bytes", subject=path)
            return source.read_at(0, source.size_bytes)

    def _index(self, path: str, name: str, platform: str, depth: int) -> None:
        self.limits.check(depth, "archive_depth", subject=path)
        self.limits.check(len(self.manifests), "images", subject=path)
        found = read_manifest(self._data(path), self.limits, path)
        if isinstance(found, ImageManifest):
            self._add(found, name, platform)
            return
        for entry in found:
            if entry.is_statement:
                continue
            called = entry.name if ":" in entry.name or not name else name
            if entry.blob not in self.files:
                self.absent.append(" ".join(p for p in (called, entry.platform, entry.digest[:19]) if p))
                continue
            if len(self.manifests) >= self.limits.images:
                self._gap("limit-exceeded", f"more than {self.limits.images} images; the rest was not read")
                return
            self.manifests.append(Part(path=entry.blob, digest=entry.digest))
            self._attempt(
                entry.blob,
                partial(self._index, entry.blob, called or name, entry.platform or platform, depth + 1),
            )

    def _add(self, manifest: ImageManifest, name: str, platform: str) -> None:
        self.images.append(
            FoundImage(
                name=name,
                platform=platform,
                config=_part(manifest.config),
                layers=tuple(_part(layer) for layer in manifest.layers),
            )
        )

    def _saved(self) -> None:
        known = {image.config.path: at for at, image in enumerate(self.images)}
        data = self._data("manifest.json")
        if b'"Layers"' not in data:
            return
        for saved in read_saved(data, self.limits, "manifest.json"):
            config = saved.config if saved.config in self.files else ""
            if config in known:
                self._named(known[config], saved)
                continue
            if not config:
                raise Malformed("the configuration of an image is not in the file")
            self.images.append(
                FoundImage(
                    name=saved.names[0] if saved.names else "",
                    platform="",
                    config=Part(path=config, digest=_digest_in(config)),
                    layers=tuple(Part(path=layer, digest=_digest_in(layer)) for layer in saved.layers),
                )
            )

    def _named(self, at: int, saved: SavedImage) -> None:
        """The same image stands in both listings: `docker save` knows its short name."""
        image = self.images[at]
        if saved.names and saved.names[0] != image.name:
            self.images[at] = msgspec.structs.replace(image, name=saved.names[0])


def _part(entry: Descriptor) -> Part:
    return Part(
        path=entry.blob,
        digest=entry.digest,
        media_type=entry.media_type,
        file_name=entry.file_name,
        is_file_system=entry.is_file_system,
    )


def _digest_in(path: str) -> str:
    """The digest that a path promises; the folders of old `docker save` files promise none."""
    blob, config = _BLOB.match(path), _CONFIG.match(path)
    if blob is not None:
        return f"{blob[1]}:{blob[2]}"
    return f"sha256:{config[1]}" if config is not None else ""
