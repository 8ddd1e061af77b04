"""Digests and sketches of chat templates, and the markers in them."""

from __future__ import annotations

import base64
import hashlib
import re

import msgspec

_WORD = re.compile(r"\w+|[^\w\s]")
_MARKER = re.compile(
    r"<[|｜][^<>\s]{1,60}?[|｜]>|</?[a-z_]{2,30}>|\[/?[A-Z_]{2,30}\]|<</?SYS>>|\]~[a-z!]{1,8}\[?"
)
_SHINGLE = 5
_LONGEST = 1 << 18
KEPT = 48
"""Smallest hashes kept of a template: 256 base64 characters; Jaccard's standard error is at most 0.07."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A chat template, reduced to what is compared.

    Attributes:
        sha256: Over its text without trailing white space; empty for no template.
        hashes: The smallest hashes of its runs of five words, sorted.
        markers: Control tokens that it writes, in order of first appearance.
    """

    sha256: str
    hashes: tuple[int, ...]
    markers: tuple[str, ...]


def template_of(text: str) -> Template:
    """What is there to compare in this chat template? Runs and markers of its first 262,144 characters.

    O(characters). The longest template seen in public has some 20,000.
    """
    words = _WORD.findall(text[:_LONGEST])
    runs = (
        {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
        if words
        else set()
    )
    hashes = sorted(int.from_bytes(hashlib.blake2b(r.encode(), digest_size=4).digest(), "big") for r in runs)
    return Template(
        sha256=hashlib.sha256(text.rstrip().encode("utf-8", "surrogatepass")).hexdigest() if text else "",
        hashes=tuple(hashes[:KEPT]),
        markers=tuple(dict.fromkeys(_MARKER.findall(text[:_LONGEST]))),
    )


def encode(template: Template) -> str:
    """How is it written in a record: SHA-256, a colon, base64 of big-endian 32-bit hashes?"""
    packed = b"".join(h.to_bytes(4, "big") for h in template.hashes)
    return f"{template.sha256}:{base64.b64encode(packed).decode()}"


def similarity(template: Template, record: str) -> float:
    """How alike are this template and a recorded one, from 0 to 1? 1 only for equal text.

    Jaccard's index of their runs of five words, estimated from the smallest hashes of the union.

    Source: bottom-k sketches, Cohen and Kaplan 2007.

    Raises:
        ValueError: the record is not what `encode` writes.
    """
    sha256, _, packed = record.partition(":")
    if template.sha256 == sha256:
        return 1.0
    data = base64.b64decode(packed, validate=True)
    other = {int.from_bytes(data[i : i + 4], "big") for i in range(0, len(data), 4)}
    mine = set(template.hashes)
    union = sorted(mine | other)[:KEPT]
    return min(sum(h in mine and h in other for h in union) / len(union), 0.99) if union else 0.0
