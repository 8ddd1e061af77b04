"""Where something stands, as SARIF says it: relative addresses, regions, and the list of files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from gauger.core.inventory import Digest, Location

Json = dict[str, Any]
ROOT = "SRCROOT"
"""The folder that was examined. Its own address is not known here, and none is invented."""
_SAFE = "/!$&'()*+,;=@~"
"""What a path may hold unencoded; a colon may not, since it would make the first part a scheme.

Source: RFC 3986, sections 3.3 and 4.2.
"""


class Places:
    """Writes locations and remembers which files they name.

    Args:
        inputs: Digests of what was read.
    """

    def __init__(self, inputs: tuple[Digest, ...]) -> None:
        self._digests = {digest.path: digest for digest in inputs}
        self._index: dict[str, int] = {}

    def location(self, place: Location, *, ident: int | None = None, says: str = "") -> Json:
        """A location; with a number and words where it is a related one."""
        physical: Json = {"artifactLocation": self._file(place.path)}
        if place.line > 0:
            region = {"startLine": place.line}
            physical["region"] = {**region, "startColumn": place.column} if place.column > 0 else region
        written: Json = {"physicalLocation": physical}
        if place.member:
            written["logicalLocations"] = [{"fullyQualifiedName": place.member, "kind": "member"}]
        if ident is not None:
            written["id"] = ident
        if says:
            written["message"] = {"text": escaped(says)}
        return written

    def _file(self, path: str) -> Json:
        index = self._index.setdefault(path, len(self._index))
        return {"uri": address(path), "uriBaseId": ROOT, "index": index}

    def artifacts(self) -> list[Json]:
        """All files that a location names, in the order of their numbers."""
        return [self._artifact(path) for path in self._index]

    def _artifact(self, path: str) -> Json:
        written: Json = {"location": {"uri": address(path), "uriBaseId": ROOT}}
        digest = self._digests.get(path)
        if digest is not None:
            written["length"] = digest.size_bytes
            if digest.read_bytes == digest.size_bytes:
                written["hashes"] = {"sha-256": digest.sha256}
        return written


def address(path: str) -> str:
    """Which relative address has this path? Percent-encoded as UTF-8; never absolute, never empty."""
    return quote(path.lstrip("/"), safe=_SAFE) or "."


def escaped(text: str, limit: int = 4000) -> str:
    r"""The text as a SARIF message that holds neither placeholders nor links, whatever a stranger wrote.

    Brackets are left alone where they make no link, since viewers would show the backslashes (`app/[id]`).

    Source: SARIF 2.1.0 (OASIS), section 3.11: `{` and `}` are doubled, `[`, `]` and `\` get a backslash.
    """
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    for sign in ("\\", "[", "]") if "](" in short else ():
        short = short.replace(sign, "\\" + sign)
    return short.replace("{", "{{").replace("}", "}}") or "(no text)"
