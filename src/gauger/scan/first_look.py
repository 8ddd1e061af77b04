"""Can this file hold a use of a model at all? One pass over its bytes, long before anything is parsed.

Nearly every file of a large tree has nothing to do with models. What is read at once must hold one of the
literals below; every other file *waits*: it is parsed only if a name that is being followed may be defined
in it (`gauger.scan.waiting`). The literals are derived from the catalogue, from the tables of calls and
programs and from the vocabulary of keys, so that there is no second list to keep.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

import ahocorasick_rs
import msgspec

from gauger.catalogue.query import Lookup
from gauger.scan.chip_targets import chip_words
from gauger.scan.collector import Collector
from gauger.scan.model_words import vocabulary
from gauger.scan.programs import PROGRAMS

_WILD = re.compile(r"[*?\[\]]+")
_FORMATS = (
    "huggingface", "hf.co", "hf://", "ms://", "storageuri", "sourceuri", "artifacturi", "openai", "bedrock",
    "sagemaker", "vertex", "cognitive", "envfrom", "mlflow", "mergekit", "adapter", "gguf", "safetensors",
)  # fmt: skip
"""Words of deployment formats under which a model is named without saying so.

Sources: KServe (`storageUri`), Ray and Seldon (`artifactUri`), Terraform's providers for three clouds.
`envFrom` may put a prefix before every name of a map, so that the name as followed is written nowhere.
"""
_GENERAL = frozenset(
    {
        "notebook", "environment-file", "settings", "shell-script", "makefile", "dockerfile", "compose",
        "kubernetes", "helm", "kustomize", "terraform", "ci-workflow", "litellm", "ray-serve", "training",
    }
)  # fmt: skip
"""Built-in collectors that say nothing of a file without a general literal but what it defines."""
_NAMES_ONLY = frozenset({"prose"})
"""Built-in collectors that say nothing of a file that names no organisation and has no front matter."""
_SHORTEST = 5
"""Characters of a line's name: shorter ones (`o1`, `bark`) are words of other trades too."""
_BEFORE = b"abcdefghijklmnopqrstuvwxyz0123456789_./-"
"""What may not stand before an organisation: it would be a part of a longer name or of a path."""
_ALIASES = re.compile(rb"[\[,]\s*\*\w+\s*,\s*\*\w+|-\s+\*(\w+)\s*\n\s*-\s+\*\1")
"""A list of YAML aliases, the substance of every bomb: such a file is read, so that it is told."""


class Needle(msgspec.Struct, frozen=True):
    """One literal.

    Attributes:
        text: In lower case.
        owners: Indexes of the collectors whose own it is.
        kind: What it is: an `organisation` of a hub, a `known` key, address or data set of the catalogue, a
            `general` word of the trade, or a collector's `own`.
        whole: It counts only as the beginning of a word; a short one, as the whole of it.
    """

    text: str
    kind: Literal["organisation", "known", "general", "own"]
    owners: tuple[int, ...] = ()
    whole: bool = False


class FirstLook:
    """The literals of one catalogue and one set of collectors, ready to be looked for.

    A collector may wait where it has `needles` (literals of its own, in lower case; it waits until one of
    them or a general one is seen) or is one of the built-in ones that the general literals serve. One that
    also has `may_use(data)` is asked by that before it reads.

    Args:
        lookup: What the catalogue knows.
        collectors: Who reads files.
    """

    def __init__(self, lookup: Lookup, collectors: Iterable[Collector]) -> None:
        self.collectors = tuple(collectors)
        self.needles = tuple(_needles(lookup, self.collectors))
        self._may_wait = {i for i, c in enumerate(self.collectors) if _may_wait(c)}
        self._second = {i: c.may_use for i, c in enumerate(self.collectors) if hasattr(c, "may_use")}
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            [needle.text.encode() for needle in self.needles],
            implementation=ahocorasick_rs.Implementation.DFA,
        )

    def waiting(self, data: bytes, wanting: Sequence[int]) -> tuple[int, ...]:
        """Which of the collectors that want this file need not read it now? O(bytes).

        Args:
            data: The file's bytes.
            wanting: Indexes of the collectors that want it.
        """
        asked = [index for index in wanting if index in self._may_wait]
        if not asked or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return ()
        low = data.lower()
        seen = self._seen(low)
        kinds = {needle.kind for needle in seen}
        if "organisation" in kinds:
            return ()
        return tuple(index for index in asked if not self._hopeful(index, low, seen, kinds))

    def _hopeful(self, index: int, low: bytes, seen: Sequence[Needle], kinds: Collection[str]) -> bool:
        ident = self.collectors[index].ident
        if ident in _NAMES_ONLY and not low.startswith(b"---"):
            return False
        if "known" in kinds:
            return True
        own = "own" in kinds and any(index in needle.owners for needle in seen)
        if (second := self._second.get(index)) is not None:
            return own and second(low)
        return own or "general" in kinds or _strange(low, ident)

    def _seen(self, low: bytes) -> list[Needle]:
        found: dict[int, Needle] = {}
        for number, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True):
            if number in found:
                continue
            needle = self.needles[number]
            if needle.kind == "organisation":
                fits = low[start - 1 : start].translate(None, _BEFORE) != b"" or start == 0
            else:
                fits = not needle.whole or _stands_alone(low, start, end)
            if fits:
                found[number] = needle
        return list(found.values())


def _may_wait(collector: Collector) -> bool:
    return hasattr(collector, "needles") or collector.ident in _GENERAL | _NAMES_ONLY


def _strange(data: bytes, ident: str) -> bool:
    """Is this a file that a reader may well refuse? It is read at once, so that it is told."""
    if ident == "terraform":
        pairs = ((b"{", b"}"), (b"[", b"]"), (b"(", b")"))
        is_uneven = any(data.count(one) != data.count(other) for one, other in pairs)
        return is_uneven or data.count(b'"') % 2 == 1
    if ident == "notebook":
        return not (data.lstrip()[:1] == b"{" and data.rstrip()[-1:] == b"}")
    return b"*" in data and _ALIASES.search(data) is not None


def _stands_alone(low: bytes, start: int, end: int) -> bool:
    """Does a word begin here, and, if it is a short one, end here?"""
    before, after = low[start - 1 : start], low[end : end + 1]
    begins = not (before.isalnum() and low[start : start + 1].isalnum())
    return begins and (end - start >= _SHORTEST or not (after.isalnum() and low[end - 1 : end].isalnum()))


def _needles(lookup: Lookup, collectors: Sequence[Collector]) -> Iterator[Needle]:
    """All literals, each once; one that counts for all hides the same one of a collector."""
    organisations = {f"{org.lower()}/" for d in lookup.catalogue.developers.values() for org in d.hub_orgs}
    known = {_longest(text) for text in _known(lookup)} - organisations
    general = _general(lookup)
    for text in sorted(organisations):
        yield Needle(text, "organisation")
    for text in sorted(known):
        yield Needle(text, "known")
    for text in sorted(general.keys() - organisations - known):
        yield Needle(text, "general", whole=general[text])
    own: dict[str, list[int]] = {}
    for index, collector in enumerate(collectors):
        for text in getattr(collector, "needles", ()):
            own.setdefault(text.lower(), []).append(index)
    for text in sorted(own.keys()):
        yield Needle(text, "own", tuple(own[text]))


def _known(lookup: Lookup) -> Iterator[str]:
    """Keys, addresses and data sets of the catalogue."""
    for provider in lookup.catalogue.providers.values():
        yield from provider.env_keys
        yield from provider.hosts
    for data_set in lookup.catalogue.datasets.values():
        yield from data_set.names


def _general(lookup: Lookup) -> dict[str, bool]:
    """Words that make a file of any kind worth reading; True for those that must stand alone."""
    inside = {*vocabulary(), *_FORMATS}
    alone = {*chip_words()}
    for family in lookup.catalogue.families.values():
        alone |= {name for name in family.names if len(_longest(name)) >= _SHORTEST}
    for program in PROGRAMS:
        inside |= {*program.images, *program.signs}
        alone |= {_telling(start) for start in program.starts}
    return {**{_longest(word): True for word in alone}, **{_longest(word): False for word in inside}}


def _longest(pattern: str) -> str:
    """The longest part of a pattern that stands in everything that the pattern matches."""
    return max((part.strip() for part in _WILD.split(pattern.lower())), key=len)


def _telling(start: str) -> str:
    """Of the words with which a program is called, one that tells it from others."""
    words = [word for word in start.split() if word[0] not in "-*" and word not in _COMMON]
    return words[0] if words else start


_COMMON = {"python", "docker", "aws", "az", "account", "deployment"}
