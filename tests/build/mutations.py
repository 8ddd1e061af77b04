"""Mutations of real files: what a bad disk, a bad network and a bad person do to a model."""

from __future__ import annotations

import random
from collections.abc import Callable

HEADER = 64 << 10
_LENGTHS = (0, 1, 0x7F, 0xFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)


def flip_bits(data: bytearray, chance: random.Random) -> None:
    """One to 64 single bits, most of them in the header."""
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        place = chance.randrange(min(len(data), HEADER) if chance.random() < 0.8 else len(data))
        data[place] ^= 1 << chance.randrange(8)


def cut(data: bytearray, chance: random.Random) -> None:
    """The end is missing: anything between nothing and almost all."""
    keep = chance.randrange(min(len(data), HEADER)) if chance.random() < 0.6 else chance.randrange(len(data))
    del data[keep:]


def lie_about_length(data: bytearray, chance: random.Random) -> None:
    """Four or eight bytes of the header become a telling number, in either byte order."""
    for _ in range(chance.randint(1, 4)):
        width = chance.choice((4, 8))
        place = chance.randrange(max(1, min(len(data), HEADER) - width))
        number = chance.choice(_LENGTHS) & ((1 << 8 * width) - 1)
        data[place : place + width] = number.to_bytes(width, chance.choice(("little", "big")))


def splice(data: bytearray, chance: random.Random) -> None:
    """A stretch of the header moves, doubles, or becomes noise."""
    size = chance.randint(1, 4096)
    taken = chance.randrange(max(1, min(len(data), HEADER)))
    piece = bytes(data[taken : taken + size]) if chance.random() < 0.7 else chance.randbytes(size)
    place = chance.randrange(max(1, min(len(data), HEADER)))
    data[place : place + (size if chance.random() < 0.5 else 0)] = piece


def repeat(data: bytearray, chance: random.Random) -> None:
    """One short piece of the header, hundreds of times: nesting and counts grow."""
    place = chance.randrange(max(1, min(len(data), HEADER)))
    data[place:place] = bytes(data[place : place + chance.randint(1, 16)]) * chance.randint(2, 5000)


KINDS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip_bits,
    cut,
    lie_about_length,
    splice,
    repeat,
)


def mutated(data: bytes, seed: int) -> bytes:
    """One to three mutations of this file; the same seed gives the same bytes."""
    chance = random.Random(seed)  # noqa: S311 - reproducible noise, not a secret
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        if changed:
            chance.choice(KINDS)(changed, chance)
    return bytes(changed)
