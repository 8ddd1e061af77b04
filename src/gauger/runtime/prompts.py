"""What a model is asked: texts with a domain each, and the places in them at which its forecast is noted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

MOST_STOPS = 12
"""Places noted in one prompt: enough that a prompt's mean is steady, few enough that a record stays small."""

_FIRST_WORD = 3
"""No forecast is noted before so many words: the opening of a text is much the same for every model."""


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """One text that every participant reads.

    Attributes:
        text: Ends in a word or a sign, never in white space, so that every tokenizer has a boundary there.
        domain: `code`, `letters`, …: prompts of one domain resemble each other.
    """

    text: str
    domain: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the text, 64 hexadecimal digits: what a record holds instead of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def digest_of_prompts(digests: Iterable[str]) -> str:
    """What is the digest of this set of prompts, whatever their order?"""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def stops(text: str, most: int = MOST_STOPS) -> tuple[int, ...]:
    """At which offsets (in characters) does a word end, from the third word on, at most so many, evenly?

    They depend on the text alone, so that models with different tokenizers are asked at the same places. The
    end of the text is always one of them.
    """
    ends = [i for i in range(1, len(text)) if text[i].isspace() and not text[i - 1].isspace()]
    ends = [*ends[_FIRST_WORD - 1 :], len(text)]
    return tuple(_spread(ends, most))


def _spread(items: Sequence[int], most: int) -> list[int]:
    if len(items) <= most:
        return list(items)
    step = (len(items) - 1) / (most - 1) if most > 1 else 0.0
    chosen = {round(len(items) - 1 - n * step) for n in range(most)}
    return [items[n] for n in sorted(chosen)]
