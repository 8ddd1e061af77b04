"""Text from examined files, made safe to store and to show."""

from __future__ import annotations

import unicodedata

from gauger.core.credentials import without_credentials

_AHEAD = 4096
"""Characters past the cut that are still searched for keys, so that no cut lets half a key through."""
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ELLIPSIS = "…"


def printable(text: str, limit: int = 400) -> str:
    r"""How can this text be shown without steering the terminal or the reader?

    Control characters, terminal escapes, bidirectional overrides, zero-width characters, lone surrogates and
    unassigned code points are written out as `\x1b` or `\u202e`; everything else is kept. The result is
    valid UTF-8, one line, and at most `limit` characters (cut with an ellipsis). Credentials are masked,
    since no record may hold a secret.

    Laws: the result holds no character of the Unicode categories C*, Zl or Zp; idempotent on its own output
    up to the cut.
    """
    text = without_credentials(text[: limit + _AHEAD])
    if len(text) > limit:
        text = text[: limit - 1] + _ELLIPSIS
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_escape(c) if unicodedata.category(c) in _HIDDEN else c for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + _ELLIPSIS


def _escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
