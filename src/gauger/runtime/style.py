"""A sketch of how a text is written, from which the text cannot be had again.

Shares of common short words, of signs, of word and sentence lengths and of line shapes: the surface on which
writers differ whatever they write about. Source: function words as marks of authorship, Mosteller and
Wallace, *Inference and Disputed Authorship* (1964); part-of-speech templates as marks of a teacher, arXiv
2502.06659, of which these are the part that needs no tagger.
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SIGNS = ".,;:!?-–—()[]{}\"'`*#_/\\|<>=+…“”‘’•"
_COMMON = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "a",
        "in",
        "that",
        "is",
        "was",
        "for",
        "it",
        "with",
        "as",
        "on",
        "be",
        "by",
        "at",
        "this",
        "are",
        "or",
        "from",
        "an",
        "but",
        "not",
        "which",
        "have",
        "has",
        "had",
        "they",
        "you",
        "we",
        "he",
        "she",
        "i",
        "his",
        "her",
        "its",
        "their",
        "there",
        "were",
        "been",
        "will",
        "would",
        "can",
        "could",
        "may",
        "should",
        "if",
        "when",
        "than",
        "then",
        "so",
        "no",
        "all",
        "one",
        "more",
        "some",
        "these",
        "those",
        "such",
        "into",
        "about",
        "over",
        "also",
        "only",
        "other",
        "up",
        "out",
        "do",
        "does",
        "did",
        "what",
        "who",
        "how",
    ]
)
_LONGEST = 12


def style_of(text: str) -> dict[str, float]:
    """Which share of this text's marks is each feature? Sums to one; empty for an empty text.

    Words that are not among the common ones count by their length alone.
    """
    counts: Counter[str] = Counter()
    for word in _WORD.findall(text.lower()):
        counts[word if word in _COMMON else f"length {min(len(word), _LONGEST)}"] += 1
    for sign in text:
        if sign in _SIGNS:
            counts[f"sign {sign}"] += 1
        elif sign.isdigit():
            counts["digit"] += 1
    counts["line"] += text.count("\n")
    counts["indented line"] += text.count("\n ") + text.count("\n\t")
    total = sum(counts.values())
    return {name: round(n / total, 6) for name, n in sorted(counts.items()) if n} if total else {}
