"""Canonical JSON and the identifiers made from it: same content, same bytes, same id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted", decimal_format="string")
_ID_HEX = 16


def canonical_json(value: Any) -> bytes:
    """What are the canonical bytes of this value?

    Keys are sorted, there is no white space, text is UTF-8, numbers are in their shortest form. Structs are
    written by their fields; NaN and infinities become null and therefore must not be used in records (a
    missing number is `Unmeasured`).

    Laws: equal values give equal bytes; decoding and encoding again gives the same bytes.

    Raises:
        TypeError: the value holds something that JSON cannot say.
    """
    return _ENCODER.encode(value)


def document_json(value: Any) -> bytes:
    """What are the bytes of a document for people and machines?

    JSON with sorted keys, two spaces of indentation and a final newline.

    Laws: as of `canonical_json`.

    Raises:
        TypeError: the value holds something that JSON cannot say.
    """
    return msgspec.json.format(_ENCODER.encode(value), indent=2) + b"\n"


def digest_of(data: bytes) -> str:
    """What is the SHA-256 of these bytes, as `sha256:` and 64 hexadecimal digits?"""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def content_id(prefix: str, fields: Mapping[str, Any]) -> str:
    """Which identifier do these identity fields have?

    Args:
        prefix: The kind of thing, such as `use`.
        fields: The named identity fields; their order does not matter, their names do.

    Returns:
        `prefix-` and the first 16 hexadecimal digits (64 bits) of the SHA-256 of the canonical JSON. With
        64 bits, a dossier of a million records has a chance of about 3e-8 of any collision (birthday bound).
    """
    return f"{prefix}-{hashlib.sha256(canonical_json(dict(fields))).hexdigest()[:_ID_HEX]}"
