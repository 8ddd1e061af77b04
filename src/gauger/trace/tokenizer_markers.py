"""What control tokens, pre-tokenizer, chat template and class say: all that a cut vocabulary still has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gauger.catalogue.records import TokenizerReference
from gauger.core.readings import Measured, Unmeasured
from gauger.core.text import printable
from gauger.formats.model_file import TokenizerFacts
from gauger.trace.chat_template import Template, similarity, template_of
from gauger.trace.probe import TracedModel
from gauger.trace.tokenizer_index import GENERIC, Token, TokenizerIndex, tokens_of
from gauger.trace.tokenizer_line import CONTEXT, FEW_PIECES, MARKERS, Line, line, percent, rooted, titles

ENOUGH = 3
"""Own control tokens from which a match is one that few others share; the rate is in `MARKERS`."""
TIE = 0.5
"""Scores that differ by less than this (a sixth of one telling token) are a tie."""
_LIKENESS = 0.5
_SHOWN = 8
_MOST_TITLES = 3


def marker_lines(subject: TracedModel, facts: TokenizerFacts, index: TokenizerIndex) -> Iterator[Line]:
    """Whose control tokens, pre-tokenizer, template and class are these?"""
    template = template_of(facts.chat_template)
    tokens = _tokens(subject, present_tokens(facts, template), index)
    if tokens is not None:
        yield tokens
    by_pre = tuple(r for r in index.records if facts.pre and facts.pre in r.pre)
    if by_pre:
        told = f"the header names the pre-tokenizer {printable(facts.pre, 60)}, that of {titles(by_pre)}"
        yield _context(subject, told, by_pre, "pre-tokenizer", 2.0)
    likeness = [(_likeness(template, record), record) for record in index.records]
    most = max((share for share, _ in likeness), default=0.0)
    alike = tuple(record for share, record in likeness if share == most)
    if template.sha256 and most >= _LIKENESS:
        told = f"the chat template is {percent(most)} alike to one published with {titles(alike)}"
        yield _context(subject, told, alike, "chat-template", 2.0)
    named = facts.declared_class
    by_class = tuple(r for r in index.records if named and named in r.declared_classes)
    if by_class:
        told = f"the tokenizer's class is given as {printable(named, 60)}, used by {titles(by_class)}"
        yield _context(subject, told, by_class, "declared-class", 1.0)


def present_tokens(facts: TokenizerFacts, template: Template) -> frozenset[Token]:
    """Which control tokens are there: added ones by text and by number, those that a template writes by text.

    Of a vocabulary that was cut down to a few tokens, the tokens themselves count by text.
    """
    cut = [p.decode("utf-8", "replace") for p in facts.pieces] if len(facts.pieces) < FEW_PIECES else []
    return frozenset((*facts.added, *(text for _, text in facts.added), *template.markers, *cut))


def best_markers(
    present: frozenset[Token], index: TokenizerIndex
) -> tuple[tuple[TokenizerReference, ...], frozenset[Token]]:
    """Which references have the most telling of these tokens, and which of the tokens are theirs?"""
    scored = [
        (sum(index.special_weight(t) for t in sorted(present & tokens_of(r), key=str)), r)
        for r in index.records
    ]
    top = max((score for score, _ in scored), default=0.0)
    best = tuple(r for score, r in scored if score > max(top - TIE, 0.0))
    return best, present & frozenset(t for r in best for t in tokens_of(r))


def own_tokens(matched: frozenset[Token], index: TokenizerIndex) -> tuple[list[str], list[tuple[int, str]]]:
    """Which of these are one single developer's own, by text and by number with text?

    Numbers below 1,000 do not count: every family starts its control tokens at 0.
    """
    own = [t for t in matched if len(index.owners.get(t, ())) == 1]
    texts = sorted(t for t in own if isinstance(t, str) and t not in GENERIC)
    return texts, sorted(t for t in own if isinstance(t, tuple) and t[0] >= FEW_PIECES)


def is_telling(texts: Sequence[str], numbered: Sequence[tuple[int, str]]) -> bool:
    """Are there enough of either for a match that few others share?"""
    return len(texts) >= ENOUGH or len(numbered) >= ENOUGH


def _tokens(subject: TracedModel, present: frozenset[Token], index: TokenizerIndex) -> Line | None:
    best, matched = best_markers(present, index)
    texts, numbered = own_tokens(matched, index)
    if not best or not (texts or numbered):
        return None
    telling = is_telling(texts, numbered)
    shown = texts or [f"{number} {text}" for number, text in numbered]
    count = f"{len(shown)} control tokens" + ("" if texts else " with their numbers")
    others = f" and {len(best) - _MOST_TITLES} more" if len(best) > _MOST_TITLES else ""
    statement = (
        f"{count} are in {titles(rooted(best)[:_MOST_TITLES])}{others}, and no other developer's own: "
        + ", ".join(printable(text, 40) for text in shown[:_SHOWN])
    )
    return line(
        subject,
        statement,
        best,
        how="control-tokens",
        reading=Measured.exact(float(len(texts) + len(numbered)), "control tokens", len(present)),
        strength="moderate" if telling else "weak",
        calibration=MARKERS,
        weight=10.0 if telling else 3.0,
    )


def _likeness(template: Template, record: TokenizerReference) -> float:
    return max((similarity(template, stored) for stored in record.templates.values()), default=0.0)


def _context(
    subject: TracedModel, told: str, records: tuple[TokenizerReference, ...], how: str, weight: float
) -> Line:
    reading = Unmeasured(
        reason="not-supported", detail="a name or likeness is no measurement of the vocabulary"
    )
    return line(
        subject,
        told,
        records,
        how=how,
        reading=reading,
        strength="weak",
        calibration=CONTEXT,
        weight=weight,
    )
