"""Values as OSCAL wants them: names, lines of Markdown, identifiers, links.

Source: OSCAL 1.2.1, https://pages.nist.gov/OSCAL/reference/datatypes/ and its JSON Schema.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from gauger.core.text import printable
from gauger.report.markdown.escape import plain

Json = dict[str, Any]
NAMESPACE = "https://gauger.dev/ns/oscal"
"""Of our own properties; a name, nothing is fetched from there."""
_UUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
_OUTSIDE = re.compile(r"[^A-Za-z0-9._-]")
_WEB = re.compile(r"https?://[^\s\x00-\x20<>\"{}|\\^`]+")
_DAY = re.compile(r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_MOST = 4_000


def identifier(*parts: str) -> str:
    """Which UUID (version 5) has the thing with these names? The same names give the same one."""
    return str(uuid.uuid5(_UUIDS, "\x1f".join(parts)))


def token(text: str) -> str:
    """The text as an OSCAL token: letters, digits, `.`, `_`, `-`, and a letter first."""
    cleaned = _OUTSIDE.sub("_", text)[:200] or "_"
    return cleaned if cleaned[0].isalpha() or cleaned[0] == "_" else f"_{cleaned}"


def line(text: str, limit: int = 300) -> str:
    """One line of Markdown that shows this text and nothing else; a dash where there is none."""
    return " ".join(plain(text, limit).split()) or "-"


def prose(*texts: str) -> str:
    """Paragraphs of Markdown, empty ones left out; a dash where there is none."""
    return "\n\n".join(line(text, _MOST) for text in texts if text.strip()) or "-"


def props(values: Mapping[str, str], **more: str) -> list[Json]:
    """Our own properties, those with an empty value left out."""
    return [
        {"name": token(name), "ns": NAMESPACE, "value": value, **more}
        for name, given in sorted(values.items())
        if (value := " ".join(printable(given, _MOST).split()))
    ]


def moment(day: str) -> str:
    """The beginning of that day, UTC: a dossier knows its day and no clock."""
    return f"{day}T00:00:00Z"


def deadline(day: str) -> str:
    """The end of a stated day as a moment; empty where the document holds no day that OSCAL can say."""
    return f"{day}T23:59:59Z" if _DAY.fullmatch(day) and _exists(day) else ""


def _exists(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def place(path: str) -> str:
    """A path of the examined folder as a relative reference, in which nothing has a meaning of its own."""
    return "./" + quote(printable(path, 2_000), safe="/")


def links(addresses: tuple[str, ...], relation: str = "reference") -> list[Json]:
    """Those of the addresses that are web addresses."""
    return [{"href": a, "rel": relation} for a in addresses if _WEB.fullmatch(a) and a.isascii()]


def filled(**fields: Any) -> Json:
    """The fields that hold something, with dashes for underscores: OSCAL forbids empty lists."""
    return {
        name.replace("_", "-"): value for name, value in fields.items() if value not in ("", [], {}, None)
    }
