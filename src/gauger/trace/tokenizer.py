"""The probe `tokenizer`: whose vocabulary, control tokens and chat template are these?"""

from __future__ import annotations

from collections.abc import Sequence

from gauger.catalogue.query import Lookup
from gauger.catalogue.records import TokenizerReference
from gauger.core.limits import Limits
from gauger.core.lineage import STRENGTHS, Claim, Strength
from gauger.trace.probe import ProbeResult, TracedModel
from gauger.trace.tokenizer_index import index_of
from gauger.trace.tokenizer_line import PROBE, VOCABULARY, Line, rooted
from gauger.trace.tokenizer_markers import TIE, marker_lines
from gauger.trace.tokenizer_vocabulary import vocabulary_lines

Conclusion = tuple[TokenizerReference, Strength, tuple[str, ...]]
"""A reference, how strongly it is spoken for, and by which evidence."""


class Tokenizer:
    """Compares vocabulary, merges, control tokens, pre-tokenizer and chat template with the references."""

    ident = PROBE
    cost = 2

    def examine(self, subject: TracedModel, lookup: Lookup, limits: Limits) -> ProbeResult:  # noqa: ARG002
        """Whose tokenizer is it, as far as vocabulary, control tokens and template tell?"""
        facts = subject.tokenizer
        if facts is None:
            return ProbeResult()
        index = index_of(lookup.catalogue)
        lines = [*vocabulary_lines(subject, facts, index), *marker_lines(subject, facts, index)]
        concluded = conclusion(lines)
        references = tuple(lookup.reference(f"tokenizer/{record.id}") for record, _, _ in concluded)
        claims = tuple(
            Claim(
                subject=subject.model.id,
                relation="shares-tokenizer-with",
                object=reference.id,
                basis="observed",
                strength=strength,
                evidence=evidence,
            )
            for reference, (_, strength, evidence) in zip(references, concluded, strict=True)
        )
        return ProbeResult(
            evidence=tuple(line.evidence for line in lines), claims=claims, references=references
        )


def conclusion(lines: Sequence[Line]) -> list[Conclusion]:
    """Which references do all the lines together speak for?

    Lines add up. A vocabulary that was measured bars every reference with another one. Of references that
    tie, the one that the others are built on comes first and all are named. Lines that are weak alone and
    agree are moderate together.
    """
    measured = {r.id for line in lines if line.weight >= VOCABULARY for r in line.records}
    scores: dict[str, float] = {}
    records: dict[str, TokenizerReference] = {}
    for line in lines:
        for record in line.records:
            if not measured or record.id in measured:
                records[record.id] = record
                scores[record.id] = scores.get(record.id, 0.0) + line.weight
    top = max(scores.values(), default=0.0)
    best = [records[ident] for ident in sorted(scores) if scores[ident] > top - TIE]
    return [_concluded(r, [line for line in lines if r in line.records]) for r in rooted(best)]


def _concluded(record: TokenizerReference, lines: Sequence[Line]) -> Conclusion:
    strongest = max((line.evidence.strength for line in lines), key=STRENGTHS.index)
    joint: Strength = "moderate" if strongest == "weak" and len(lines) > 1 else strongest
    return record, joint, tuple(sorted(line.evidence.id for line in lines))
