"""Ollama's manifests: which blobs make up a tag, and what each is for."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MEDIA = "application/vnd.ollama.image."


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One blob of a tag.

    Attributes:
        role: The last word of its media type: `model`, `adapter`, `projector`, `template`, `system`,
            `params`, `license`, `messages`; `config` for the configuration; else the whole media type.
        digest: `sha256:` and 64 hexadecimal digits.
        size_bytes: As the manifest says; -1 where it does not.
        origin: `from`: the path or name that the layer was made from, where the manifest keeps it.
    """

    role: str
    digest: str
    size_bytes: int
    origin: str = ""

    @property
    def blob(self) -> str:
        """The blob's file name in the store."""
        return self.digest.replace(":", "-")


def read_manifest(data: bytes, limits: Limits, subject: str = "") -> tuple[Layer, ...]:
    """Which blobs does this manifest name, the configuration first?

    Digests are checked to be digests, so that a blob's name cannot lead out of the store.

    Raises:
        Malformed: not a manifest of schema 2, or a digest that is none.
        LimitExceeded: above the bounds.
    """
    document = json_object(data, limits, subject)
    layers = document.get("layers")
    if document.get("schemaVersion") != 2 or not isinstance(layers, list):
        raise Malformed("not an image manifest of schema 2", subject=subject)
    config = document.get("config")
    found = [_layer(config, subject, role="config")] if isinstance(config, dict) else []
    return (*found, *(_layer(layer, subject) for layer in layers))


def _layer(layer: Any, subject: str, role: str = "") -> Layer:
    if not isinstance(layer, dict) or not isinstance(layer.get("digest"), str):
        raise Malformed("a layer has no digest", subject=subject)
    if not _DIGEST.fullmatch(layer["digest"]):
        raise Malformed("a layer's digest is not a SHA-256", subject=subject)
    size = layer.get("size")
    media = str(layer.get("mediaType", ""))
    return Layer(
        role=role or printable(media.removeprefix(_MEDIA), 120),
        digest=layer["digest"],
        size_bytes=size if isinstance(size, int) and 0 <= size < 1 << 63 else -1,
        origin=printable(str(layer.get("from", "")), 400),
    )
