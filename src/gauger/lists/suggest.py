"""Which entries look like a developer's? For a person to look at: a suggestion never counts by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec
from rapidfuzz import fuzz

from gauger.lists.match import Known, matches
from gauger.lists.names import name_key
from gauger.lists.records import MATCHED, ListFolder, Party

_GENERIC_WORDS = (
    "co company corp corporation inc incorporated ltd limited llc llp plc gmbh ag sa srl jsc pjsc "
    "group holding holdings the of and for technology technologies tech science sciences scientific "
    "research institute laboratory lab labs artificial intelligence intelligent ai information data "
    "digital network networks software system systems electronic electronics communication "
    "communications basic international china beijing shanghai hangzhou shenzhen guangzhou hong kong "
    "development industry industrial joint stock university academy model models cloud platform "
    "video "
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words that say nothing about which company is meant."""
_CUT = 75.0
"""Scores below are not shown. Names of different companies reach it too, so suggestions never count."""
_EACH = 5
_COMMON = 300
"""A word in more entries than this leads to no entry."""
_SHORT = 3


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that looks like a developer's.

    Attributes:
        developer: Id.
        party: The entry.
        score: 0 to 100, of the most alike pair of names, without words that all companies have.
        own: The developer's name.
        listed: The entry's name.
    """

    developer: str
    party: Party
    score: float
    own: str
    listed: str


def suggestions(folder: ListFolder, developers: Iterable[Known]) -> tuple[Suggestion, ...]:
    """Which entries should a person look at? By developer, most alike first, at most five each.

    What matches exactly, and what a person decided, is left out.
    """
    known = tuple(developers)
    parties = tuple(p for p in folder.parties if p.kind in MATCHED)
    settled = {(m.party, m.developer) for m in matches(folder, known)}
    refused = {(p, d) for p in parties for d in (folder.decided(p.list, p) if folder.confirmations else ())}
    words = _by_word(parties)
    found: list[Suggestion] = []
    for one in sorted(known, key=lambda d: d.developer):
        near = (s for s in _near(one, words) if (s.party, s.developer) not in settled | refused)
        found += sorted(near, key=lambda s: (-s.score, s.party.list, s.party.number, s.listed))[:_EACH]
    return tuple(found)


def _telling(name: str) -> tuple[str, ...]:
    return tuple(word for word in name_key(name).split() if word not in _GENERIC)


def _keys(telling: tuple[str, ...]) -> set[str]:
    """Words by which two names find each other: each, and each two neighbours written together."""
    pairs = (one + other for one, other in pairwise(telling))
    return {key for key in (*telling, *pairs) if len(key) > _SHORT or not key.isascii()}


def _by_word(parties: tuple[Party, ...]) -> dict[str, dict[tuple[str, ...], list[tuple[Party, str]]]]:
    found: dict[str, dict[tuple[str, ...], list[tuple[Party, str]]]] = defaultdict(lambda: defaultdict(list))
    for party in parties:
        for name in party.names:
            telling = _telling(name)
            for key in _keys(telling):
                found[key][telling].append((party, name))
    return found


def _near(
    one: Known, words: dict[str, dict[tuple[str, ...], list[tuple[Party, str]]]]
) -> Iterator[Suggestion]:
    best: dict[Party, Suggestion] = {}
    for own in dict.fromkeys((*one.names, one.title)):
        telling = _telling(own)
        for key in sorted(_keys(telling)):
            there = words.get(key, {})
            if len(there) > _COMMON:
                continue
            for other, entries in there.items():
                score = _alike(telling, other)
                for party, name in entries if score >= _CUT else ():
                    if party not in best or score > best[party].score:
                        best[party] = Suggestion(
                            developer=one.developer, party=party, score=score, own=own, listed=name
                        )
    yield from best.values()


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    by_words = fuzz.token_sort_ratio(" ".join(one), " ".join(other))
    return round(max(by_words, fuzz.ratio("".join(one), "".join(other))), 1)
