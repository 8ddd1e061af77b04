"""What the vocabulary and the merges say: equal, begun with, extended, pruned, or none of the references."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.formats.model_file import TokenizerFacts
from gauger.trace.probe import TracedModel
from gauger.trace.sketch import MIN_SAMPLE, Overlap, sketch_of
from gauger.trace.tokenizer_index import Match, TokenizerIndex
from gauger.trace.tokenizer_line import (
    DIGEST,
    FEW_PIECES,
    SKETCH,
    VOCABULARY,
    Line,
    line,
    percent,
    rooted,
    titles,
)
from gauger.trace.vocabulary import Vocabulary, vocabulary_of

_MOST_NAMED = 6
_HOW = {
    "same-pieces": "has the pieces of {} in another order",
    "nearly-same": "has nearly the pieces of {}",
    "extends": "holds the vocabulary of {} and more",
    "pruned-from": "is a part of the vocabulary of {}",
}


def vocabulary_lines(subject: TracedModel, facts: TokenizerFacts, index: TokenizerIndex) -> Iterator[Line]:
    """Whose vocabulary is it? Digests first; sketches only where no digest is equal. Nothing of a cut one."""
    if len(facts.pieces) < FEW_PIECES:
        return
    vocabulary = vocabulary_of(facts)
    matches, merges = index.by_digest(vocabulary), index.by_merges(vocabulary)
    if matches:
        yield _by_digest(subject, matches, vocabulary, merges=bool(merges))
        return
    if merges:
        yield _by_merges(subject, merges, len(facts.merges))
    sketch = sketch_of(vocabulary.pieces)
    if len(sketch) < MIN_SAMPLE:
        return
    found = index.by_sketch(sketch)
    nearest = index.nearest(sketch)
    if found:
        yield _by_sketch(subject, found, vocabulary, index)
    elif nearest is not None and not merges:
        yield _none(subject, nearest, vocabulary)


def _by_digest(
    subject: TracedModel, matches: tuple[Match, ...], vocabulary: Vocabulary, *, merges: bool
) -> Line:
    first, pieces = matches[0], len(vocabulary.pieces)
    own = rooted([m.record for m in matches if m.record.vocabulary_sha256 == first.record.vocabulary_sha256])
    others = rooted([m.record for m in matches if m.record not in own])
    if first.how == "equal":
        statement = f"all {pieces} pieces of the vocabulary are those of {titles(own)}, in the same order"
        statement += "; the whole list of merges is equal too" if merges else ""
    else:
        statement = (
            f"the first {first.record.pieces} of {pieces} pieces are exactly the vocabulary of {titles(own)}"
        )
        statement += f"; it also begins with that of {titles(others)}" if others else ""
    return line(
        subject,
        statement,
        own,
        how=first.how,
        reading=Measured.exact(first.record.pieces / pieces, "share of the vocabulary", pieces),
        strength="exact",
        calibration=DIGEST,
        weight=VOCABULARY,
    )


def _by_merges(subject: TracedModel, matches: tuple[Match, ...], merges: int) -> Line:
    own = rooted([m.record for m in matches])
    statement = f"all {merges} merge rules are those of {titles(own)}, in the same order; the pieces are not"
    return line(
        subject,
        statement,
        own,
        how="merges-equal",
        reading=Measured.exact(1.0, "share of the merges", merges),
        strength="exact",
        calibration=DIGEST,
        weight=VOCABULARY,
    )


def _by_sketch(
    subject: TracedModel, found: tuple[Match, ...], vocabulary: Vocabulary, index: TokenizerIndex
) -> Line:
    first = found[0]
    own = rooted(index.by_vocabulary[first.record.vocabulary_sha256])
    what = _HOW[first.how].format(titles(own))
    statement = f"the vocabulary of {len(vocabulary.pieces)} pieces {what}: {_shares(first)}"
    if found[1:]:
        others = (f"{m.record.title} ({_shares(m)})" for m in found[1:_MOST_NAMED])
        statement += "; would fit as well: " + ", ".join(others)
    return line(
        subject,
        statement,
        own,
        how=first.how,
        reading=_reading(first.of_reference if first.how == "extends" else first.of_subject),
        strength="moderate",
        calibration=SKETCH,
        weight=VOCABULARY,
    )


def _none(subject: TracedModel, nearest: Match, vocabulary: Vocabulary) -> Line:
    statement = (
        f"the vocabulary of {len(vocabulary.pieces)} pieces is none of the references'; the nearest, that of "
        f"{nearest.record.title}, has {_percent(nearest.of_subject)} of it by weight, as unrelated ones do"
    )
    return line(
        subject,
        statement,
        (),
        how="none",
        reading=_reading(nearest.of_subject),
        strength="none",
        calibration=SKETCH,
        weight=0.0,
    )


def _reading(share: Overlap | None) -> Reading:
    if share is None:
        return Unmeasured(reason="not-supported", detail="decided by a digest")
    return Measured(value=share.value, low=share.low, high=share.high, unit="weighted share", n=share.n)


def _shares(match: Match) -> str:
    there, here = _percent(match.of_reference), _percent(match.of_subject)
    return f"{there} of that one is in this, {here} of this in that, by weight"


def _percent(share: Overlap | None) -> str:
    return "an unknown share" if share is None else percent(share.value)
