"""Which parts of a text are credentials, and how does it read without them?"""

from __future__ import annotations

import re

MASK = "***"
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]{16,}"
    r"|(?:(?:hf|r8|gsk|fw|gh[oprsu]|dop_v1|tgp_v1)_|(?:pplx|xai)-)[A-Za-z0-9]{20,}"
    r"|(?:github_pat_|dckr_pat_|glpat-|nvapi-)[A-Za-z0-9_-]{20,}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{16,}"
    r"|A(?:KI|SI)A[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|AIza[A-Za-z0-9_-]{35}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"
    r")",
    re.IGNORECASE,
)
"""Keys that say by their beginning that they are keys, in any case (a lower-cased key is a key still).

Source: the prefixes that the services document for their keys, as listed on GitHub's page of supported secret
    scanning patterns (https://docs.github.com/en/code-security/secret-scanning); JSON web tokens: RFC 7519.
"""
_USER = re.compile(r"(?<=://)[^/\s?#\"]*@")
_QUERY = re.compile(
    r"([?&][\w.-]{0,40}(?:key|token|secret|signature|sig|password|passwd|pwd|auth|credential|code)[\w.-]{0,40}=)"
    r"[^&#\s\"'<>]+",
    re.IGNORECASE,
)


def without_credentials(text: str) -> str:
    """How does this text read with every key, and every user and key in an address, replaced by `***`?

    A key that has no known beginning and stands in no address cannot be told from a name and is kept.

    Laws: idempotent; a text without credentials is returned as it was. O(length).
    """
    if "://" in text:
        text = _QUERY.sub(rf"\1{MASK}", _USER.sub(f"{MASK}@", text))
    return _TOKEN.sub(MASK, text)


def is_credential(text: str) -> bool:
    """Is this text a key, or a masked one, and nothing else, so that it cannot be a model's name?"""
    return text.strip() == MASK or _TOKEN.fullmatch(text.strip()) is not None
