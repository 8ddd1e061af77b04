"""When are two names the same? Exactly, but for case, width, punctuation and white space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from gauger.core.text import printable

_BREAK = re.compile(r"[\W_]+")
_SPACING = re.compile(r"[\s.\-]+")
_USCC = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$")
"""China's unified social credit code. Source: GB 32100-2015: 18 characters, no I, O, S, V, Z."""
_LEI = re.compile(r"^[0-9A-Z]{18}\d{2}$")
"""Source: ISO 17442-1: 18 letters and digits, two check digits."""
_SCHEMES: tuple[tuple[str, str], ...] = (
    ("unified social credit", "uscc"),
    ("uscc", "uscc"),
    ("usccode", "uscc"),
    ("legal entity number", "lei"),
    ("legal entity identifier", "lei"),
    ("leicode", "lei"),
)
"""What a list calls a register → the scheme that the catalogue uses."""


def name_key(name: str) -> str:
    """Under which key is this name looked up?

    Compatibility forms are unified (NFKC), case is folded, and runs of punctuation and white space become one
    space. Words for legal forms stay: `Acme Ltd` and `Acme LLC` are two companies. Empty for a name without
    a letter or digit; such a name matches nothing.

    Laws: idempotent; the same for names that differ only in case, width, punctuation or spacing.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _BREAK.sub(" ", folded).strip()


@lru_cache(maxsize=4096)
def identifier(scheme: str, number: str) -> str:
    """How is this register number written? `uscc:…`, `lei:…`, or by the list's own word for it.

    Empty where there is no number.
    """
    code = _SPACING.sub("", unicodedata.normalize("NFKC", number)).upper()
    if not code:
        return ""
    words = name_key(scheme)
    known = next((short for phrase, short in _SCHEMES if phrase in words), "")
    if not known and _USCC.match(code) and not code.isdigit():
        known = "uscc"
    if known == "lei" and not _LEI.match(code):
        known = ""
    return printable(f"{known or words.replace(' ', '-') or 'number'}:{code}", 120)


def identifier_key(written: str) -> str:
    """Under which key is an identifier of the catalogue looked up?"""
    scheme, _, number = written.partition(":")
    return f"{scheme.strip().lower()}:{_SPACING.sub('', number).upper()}"


def cleaned(texts: Iterable[str | None]) -> tuple[str, ...]:
    """These texts, made safe to store, without blanks and repetitions, in their order."""
    different = dict.fromkeys(" ".join(text.split()) for text in texts if text)
    tidy = map(printable, different)
    return tuple(dict.fromkeys(text for text in tidy if text))
