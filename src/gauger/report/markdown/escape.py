"""Text of strangers in Markdown: shown as it is, and never a link, a picture, a mention, markup or HTML."""

from __future__ import annotations

import re

from gauger.core.text import printable

_SIGNS = re.compile(r"([\\`*_\[\]#|~$])")
_FIRST = re.compile(r"^(?:[-+=]|\d+(?=[.)](?:\s|$)))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_GAP = "\u200b"
"""A zero-width space: a mention, a reference, an address or a picture name that holds one stays text."""
_LIVE = re.compile(
    r"@(?=[\w-])|#(?=\d)|(?<=\bgh)-(?=\d)|(?<=\bwww)\.|:(?=//)|(?<=\bmailto):|(?<=\bxmpp):|:(?=[\w+-]+:)",
    re.IGNORECASE,
)

_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,500}")


def plain(text: str, limit: int = 300) -> str:
    """The text as a run of Markdown that shows just these characters.

    Every sign with a meaning gets a backslash, `&`, `<` and `>` become entities, and a zero-width space
    stands where a mention (`@user`), a reference (`#12`, `GH-12`), an address or `:name:` would come to life.
    Line ends and control characters are written out.
    """
    shown = printable(text, limit).strip()
    shown = _LIVE.sub(lambda found: found[0] + _GAP, shown)
    shown = _SIGNS.sub(r"\\\1", _FIRST.sub(_kept, shown))
    return "".join(_ENTITIES.get(sign, sign) for sign in shown)


def _kept(found: re.Match[str]) -> str:
    """A first sign that would begin a list or a heading, with a zero-width space before it."""
    return _GAP + found[0]


def code(text: str, limit: int = 200) -> str:
    """The text in a span of code: for names and places, where nothing comes to life at all.

    In a table a bar would end the cell even in code, so a text with one, or with a back-tick, is written with
    `plain`.
    """
    shown = printable(text, limit).strip()
    if not shown:
        return "*(empty)*"
    if "`" in shown or "|" in shown or "\\" in shown:
        return plain(shown, limit)
    return f"`{shown}`"


def address(text: str) -> str:
    """The address as a link, if it is a plain web address; else as code, where nothing comes to life.

    For sources that a knowledge base names, never for text of an examined file.
    """
    return f"<{text}>" if _ADDRESS.fullmatch(text) else code(text, 300)
