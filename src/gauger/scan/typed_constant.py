"""Which model does a library's constant name: `ChatModelGPT4o`, `CLAUDE_SONNET_4_5`, `GPT_4O_MINI`?

A constant's name is a model's name without its separators. The name is taken apart into letters and digits,
put together with the separators that models' names have, and believed only where the catalogue knows the
result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise, product

from gauger.catalogue.query import Lookup
from gauger.core.readings import known

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_DOT = re.compile(r"(?<=\d)Dot(?=\d)")
_VERSION = re.compile(r"[1-9][0-9]")
_MARKED = re.compile(r"[a-z]{2,}v")
"""Letters that end with the mark of a version: `ENV15` is `en`, `v1.5`."""
_NOISE = {
    "chat",
    "model",
    "models",
    "name",
    "type",
    "id",
    "default",
    "openai",
    "anthropic",
    "llm",
    "embedding",
}
_SIZES = {"o", "b", "k"}
_WEIGHTS = {"b", "k"}
_MOST_GAPS = 6
_EXACT = 1_000
_VERSION_DIGITS = 2
_MOST_PIECES = 14


def model_of_constant(constant: str, lookup: Lookup) -> str:
    """Which model's name, spelt as the catalogue knows it, does this constant stand for? Empty where none.

    The whole last part is tried first, then without the words before the name (`ChatModel`, `Model`).
    """
    last = next((p for p in reversed(constant.split(".")) if p not in ("value", "Value")), "")
    last = _DOT.sub("_", last)
    pieces = [piece.lower() for piece in _PIECES.findall(last)][:_MOST_PIECES]
    split: list[str] = []
    for piece, after in zip(pieces, [*pieces[1:], ""], strict=True):
        if _MARKED.fullmatch(piece) and after.isdigit():
            split += [piece[:-1], "v"]
        else:
            split += piece if _VERSION.fullmatch(piece) and after not in _WEIGHTS else [piece]
    both = [text for text in (_told(split, lookup), _told(pieces, lookup)) if text]
    return max(both, key=lambda text: _weight(text, lookup), default="")


def _told(pieces: list[str], lookup: Lookup) -> str:
    """The spelling of these pieces of which the catalogue knows the most; empty where it knows none."""
    while pieces:
        found = [(-_weight(spelling, lookup), i, spelling) for i, spelling in enumerate(_spellings(pieces))]
        weight, _, best = min(found)
        if weight < 0:
            family = known(lookup.identify(best).family)
            return _as_its_developer(best, family, lookup) if family is not None else best
        if pieces[0] not in _NOISE:
            return ""
        pieces = pieces[1:]
    return ""


def _weight(spelling: str, lookup: Lookup) -> int:
    """How much of this spelling does the catalogue know: the length of its longest pattern; 0 for nothing."""
    identity = lookup.identify(spelling)
    if known(identity.model) is not None:
        return _EXACT
    family = known(identity.family)
    if family is None:
        return 0
    names = lookup.catalogue.families[family].names
    return max((len(name) for name in names if fnmatchcase(spelling, name)), default=1)


def _as_its_developer(spelling: str, family: str, lookup: Lookup) -> str:
    """The spelling with the developer's own separator in versions: `claude-3-5`, but `gpt-4.1`."""
    developer = lookup.catalogue.families[family].developer
    names = [n for f in lookup.catalogue.families.values() if f.developer == developer for n in f.names]
    dots = sum(bool(re.search(r"\d\.\d", name)) for name in names)
    dashes = sum(bool(re.search(r"\d-\d(?!\d)", name)) for name in names)
    if dashes <= dots and dots:
        return spelling
    other = re.sub(r"(?<!v)(\d)\.(\d)", r"\1-\2", spelling)
    return other if known(lookup.identify(other).family) == family else spelling


def _spellings(pieces: list[str]) -> Iterator[str]:
    """The pieces with separators between them, the likeliest first."""
    gaps: list[tuple[str, ...]] = []
    for before, after in pairwise(pieces):
        gaps.append(_between(before, after, open_gaps=sum(len(g) > 1 for g in gaps) < _MOST_GAPS))
    for chosen in product(*gaps):
        yield pieces[0] + "".join(gap + piece for gap, piece in zip(chosen, pieces[1:], strict=True))


def _between(before: str, after: str, *, open_gaps: bool) -> tuple[str, ...]:
    """Which separators can stand between these two pieces?"""
    if before.isdigit() and after in _SIZES:
        return ("",)
    if before in _SIZES and after.isdigit() and len(after) > _VERSION_DIGITS:
        return ("-",)
    if before.isdigit() and after.isdigit() and len(before) < _VERSION_DIGITS and len(after) <= 2:
        return (".", "-") if open_gaps else (".",)
    if before.isalpha() and after.isdigit():
        if len(before) == 1:
            return ("",)
        return ("-", "") if open_gaps else ("-",)
    return ("-", "") if open_gaps and before.isalpha() and after.isalpha() else ("-",)
