"""Conditions as trees: what stands in `binds`, `test` and `exceptions`, checked against the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from gauger.catalogue.vocabulary import BY_IDENT, COMBINATORS, Scope, Word
from gauger.core.errors import CatalogueError
from gauger.core.strict import nearest

_DEPTH = 16
_MAPPED: dict[str, tuple[str, str]] = {
    "figure": ("question", "value"),
    "stake-of": ("developers", "percent"),
    "stake-of-listed": ("lists", "percent"),
}
"""For predicates that take a mapping: the key of the words, and the key of the number."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a condition.

    Attributes:
        op: `all`, `any`, `not`, or `word` for a predicate.
        children: Below `all`, `any` (one at least) and `not` (exactly one).
        word: The predicate, for `word`.
        argument: Its words; empty for a flag that is `true`. Of a predicate that takes a mapping, the number
            first, as text, and then the words.
    """

    op: Literal["all", "any", "not", "word"]
    children: tuple[Node, ...] = ()
    word: Word | None = None
    argument: tuple[str, ...] = ()

    def words(self) -> Iterator[tuple[Word, tuple[str, ...]]]:
        """All predicates of the tree with their arguments, in the order in which they are written."""
        if self.word is not None:
            yield self.word, self.argument
        for child in self.children:
            yield from child.words()


def parse(condition: Any, *, subject: str, scopes: tuple[Scope, ...] = ("profile", "model")) -> Node:
    """Which tree does this condition mean?

    A node with several keys means all of them. An empty `all` or `any` is refused: it would hold, or fail,
    for everybody by accident.

    Args:
        condition: What the YAML holds.
        subject: The record and key, for the message.
        scopes: Which predicates may stand here.

    Raises:
        CatalogueError: an unknown word (with the nearest right one), a wrong argument, or nested too deeply.
    """
    return _node(condition, subject, scopes, 0)


def _node(condition: Any, subject: str, scopes: tuple[Scope, ...], depth: int) -> Node:
    if depth > _DEPTH:
        raise CatalogueError(f"conditions are nested more than {_DEPTH} deep", subject=subject)
    if not isinstance(condition, dict) or not condition:
        raise CatalogueError("a condition is a mapping with at least one key", subject=subject)
    parts = tuple(_part(key, value, subject, scopes, depth) for key, value in condition.items())
    return parts[0] if len(parts) == 1 else Node(op="all", children=parts)


def _part(key: Any, value: Any, subject: str, scopes: tuple[Scope, ...], depth: int) -> Node:
    if key == "all" or key == "any":
        if not isinstance(value, list) or not value:
            raise CatalogueError(f"{key!r} needs a list with at least one condition", subject=subject)
        return Node(op=key, children=tuple(_node(v, subject, scopes, depth + 1) for v in value))
    if key == "not":
        return Node(op="not", children=(_node(value, subject, scopes, depth + 1),))
    word = BY_IDENT.get(key)
    known = [*COMBINATORS, *(w.ident for w in BY_IDENT.values() if w.scope in scopes)]
    if word is None or word.scope not in scopes:
        guess = nearest(str(key), known)
        where = "" if word is None else " here: it asks about a model, and this condition is about the user"
        raise CatalogueError(
            f"unknown predicate {key!r}{where}",
            subject=subject,
            hint=f"did you mean {guess!r}?" if guess else "known: " + ", ".join(known),
        )
    return Node(op="word", word=word, argument=_argument(word, value, subject))


def _argument(word: Word, value: Any, subject: str) -> tuple[str, ...]:
    if word.argument == "flag":
        if value is not True:
            raise CatalogueError(f"{word.ident!r} takes `true`; for the opposite use `not`", subject=subject)
        return ()
    if word.argument in _MAPPED:
        return _mapped(word, value, subject)
    words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not words or not all(isinstance(w, str) and w for w in words):
        raise CatalogueError(
            f"{word.ident!r} takes a name or a list of {word.argument}, not {value!r}", subject=subject
        )
    if word.argument == "question" and len(words) != 1:
        raise CatalogueError(f"{word.ident!r} takes one question; join several with `any`", subject=subject)
    return words


def _mapped(word: Word, value: Any, subject: str) -> tuple[str, ...]:
    """The number and the words of a predicate that takes a mapping."""
    named, counted = _MAPPED[word.argument]
    if not isinstance(value, dict) or set(value) != {named, counted}:
        wrong = next((k for k in value if k not in {named, counted}), "") if isinstance(value, dict) else ""
        guess = nearest(str(wrong), [named, counted]) if wrong else ""
        raise CatalogueError(
            f"{word.ident!r} takes a mapping with {named!r} and {counted!r}"
            + (f", not {wrong!r}" if wrong else ""),
            subject=subject,
            hint=f"did you mean {guess!r}?" if guess else "",
        )
    number, words = value[counted], value[named]
    words = (words,) if isinstance(words, str) else tuple(words) if isinstance(words, list) else ()
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise CatalogueError(f"{counted!r} of {word.ident!r} is a number, not {number!r}", subject=subject)
    if counted == "percent" and not 0 < number <= 100:
        raise CatalogueError(f"'percent' of {word.ident!r} is above 0 and at most 100", subject=subject)
    if not words or not all(isinstance(w, str) and w for w in words):
        raise CatalogueError(f"{named!r} of {word.ident!r} is a name or a list of names", subject=subject)
    if word.argument == "figure" and len(words) != 1:
        raise CatalogueError(f"{word.ident!r} takes one question; join several with `any`", subject=subject)
    return (f"{number:g}" if abs(number) < 1e6 else repr(number), *words)
