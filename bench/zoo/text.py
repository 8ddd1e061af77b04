"""What do the zoo's models read? Python's standard library, in parts, in pieces of our own vocabulary.

The text differs between versions of Python, and so do the models; its digest is part of every recipe.
"""

from __future__ import annotations

import hashlib
import re
import sysconfig
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from zoo.model import Array, Tokenizer

PIECES = 2048
SPECIAL = ("<|end|>", "<|mask|>", "<|pad|>")
PATTERN = r" ?[A-Za-z_]+| ?[0-9]+| ?[^\sA-Za-z_0-9]+|\s+"
WORD = re.compile(PATTERN)
PARTS = {"main": (0, 1, 2, 3), "other": (4, 5), "third": (6, 7)}  # remainders of the file name's CRC by 8
MOST_BYTES = 3_000_000
SKIPPED = {"test", "tests", "idlelib", "lib2to3", "site-packages", "pydoc_data", "encodings", "__pycache__"}


def printable_bytes() -> dict[int, str]:
    """GPT-2's alphabet: every byte as a letter that can be printed, in its published order."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in kept]
    return {**{byte: chr(byte) for byte in kept}, **{byte: chr(256 + i) for i, byte in enumerate(rest)}}


@cache
def documents() -> tuple[tuple[str, str], ...]:
    """Name and text of every module that is read, in the order of names."""
    root = Path(sysconfig.get_paths()["stdlib"])
    found = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if SKIPPED.isdisjoint(name.parts) and path.stat().st_size > 2000:
            found.append((name.as_posix(), path.read_text(encoding="utf-8", errors="replace")))
    return tuple(found)


@cache
def part(name: str) -> str:
    """The text of one part: `main`, `other` or `third`, which share no module."""
    texts = [text for file, text in documents() if zlib.crc32(file.encode()) % 8 in PARTS[name]]
    return "\f".join(texts)[:MOST_BYTES]


def digest() -> str:
    """SHA-256 of all parts."""
    return hashlib.sha256("\0".join(part(name) for name in PARTS).encode()).hexdigest()


@dataclass
class Merging:
    """Words as lists of pieces while pairs are merged, and which words hold a pair."""

    words: list[list[str]]
    counts: list[int]
    pairs: Counter[tuple[str, str]]
    where: dict[tuple[str, str], set[int]]

    def merge(self, pair: tuple[str, str]) -> None:
        """Join every occurrence of the pair, and keep the counts right."""
        for index in sorted(self.where.pop(pair)):
            word, count = self.words[index], self.counts[index]
            for old in pairwise(word):
                self.pairs[old] -= count
            joined = self.words[index] = join(word, pair)
            for new in pairwise(joined):
                self.pairs[new] += count
                self.where[new].add(index)
        del self.pairs[pair]


def join(word: list[str], pair: tuple[str, str]) -> list[str]:
    """The word with each occurrence of the pair as one piece, from the left."""
    out, index = [], 0
    while index < len(word):
        if tuple(word[index : index + 2]) == pair:
            out.append(word[index] + word[index + 1])
            index += 2
        else:
            out.append(word[index])
            index += 1
    return out


@cache
def tokenizer() -> Tokenizer:
    """Byte-pair encoding of the main part: 256 bytes, the special pieces, and merges up to 2,048.

    Source: Sennrich et al. 2016, arXiv 1508.07909; ties go to the pair that sorts first.
    """
    letters = printable_bytes()
    counts = Counter(WORD.findall(part("main")))
    words = sorted(counts)
    state = Merging(
        [[letters[byte] for byte in word.encode()] for word in words],
        [counts[word] for word in words],
        Counter(),
        defaultdict(set),
    )
    for index, (word, count) in enumerate(zip(state.words, state.counts, strict=True)):
        for pair in pairwise(word):
            state.pairs[pair] += count
            state.where[pair].add(index)
    merges = []
    while len(merges) < PIECES - 256 - len(SPECIAL):
        most = max(state.pairs.values())
        best = min(pair for pair, count in state.pairs.items() if count == most)
        merges.append(best)
        state.merge(best)
    pieces = (*SPECIAL, *letters.values(), *(a + b for a, b in merges))
    return Tokenizer(
        pieces, tuple(" ".join(pair) for pair in merges), tuple(range(len(SPECIAL))), pattern=PATTERN
    )


def encode(text: str) -> list[int]:
    """The ids of a text's pieces."""
    made, letters = tokenizer(), printable_bytes()
    ids = {piece: index for index, piece in enumerate(made.pieces)}
    rank = {tuple(merge.split(" ")): index for index, merge in enumerate(made.merges)}
    known: dict[str, list[int]] = {}
    out: list[int] = []
    for word in WORD.findall(text):
        if word not in known:
            pieces = [letters[byte] for byte in word.encode()]
            while len(pieces) > 1:
                pair = min(pairwise(pieces), key=lambda p: rank.get(p, len(rank)))
                if pair not in rank:
                    break
                pieces = join(pieces, pair)
            known[word] = [ids[piece] for piece in pieces]
        out += known[word]
    return out


@cache
def tokens(name: str) -> Array:
    """A part as ids, int64; the last tenth is never trained on."""
    return np.array(encode(part(name)), np.int64)


@cache
def labelled(windows: int = 4096, length: int = 64, classes: int = 8) -> tuple[Array, Array]:
    """Windows of the largest modules and which module each is from, for the classifiers."""
    largest = sorted(documents(), key=lambda entry: (-len(entry[1]), entry[0]))[:classes]
    rng = np.random.default_rng(7)
    rows, labels = [], []
    for label, (_, text) in enumerate(largest):
        ids = np.array(encode(text[:200_000]), np.int64)
        for start in rng.integers(0, len(ids) - length, windows // classes):
            rows.append(ids[start : start + length])
            labels.append(label)
    return np.stack(rows), np.array(labels)
