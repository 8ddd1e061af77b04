"""Lines of evidence of the tokenizer probe, and where each one's error rate comes from."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gauger.catalogue.records import TokenizerReference
from gauger.core.lineage import Evidence, Strength
from gauger.core.readings import Reading
from gauger.trace.probe import TracedModel

PROBE = "tokenizer"

DIGEST = (
    "tokenizer: equal SHA-256 digests of vocabularies in id order; two different vocabularies do not "
    "collide. A tokenizer can be reused, so this is not lineage"
)
SKETCH = (
    "tokenizer: of 902 ordered pairs of unrelated reference vocabularies none reaches the threshold, "
    "0.95; the largest 0.87 (false-match rate at most 0.34 %, one-sided 95 % Clopper-Pearson; the pairs "
    "share vocabularies, so the bound is approximate)"
)
MARKERS = (
    "tokenizer: with its own line and developer left out, none of 41 references is taken for another "
    "developer's by its control tokens (false-match rate at most 7.1 %, one-sided 95 % Clopper-Pearson; the "
    "generic tokens were listed with the same references in view, so the bound is optimistic)"
)
CONTEXT = (
    "tokenizer: a name or a likeness without an error rate; shown beside the other observations, never alone"
)

FEW_PIECES = 1000
"""A vocabulary with fewer pieces is taken for cut down: the smallest of any reference has 28,991."""

VOCABULARY = 100.0
"""Weight of a line that was measured on the vocabulary: above all others together."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of evidence, with the references that it speaks for.

    Attributes:
        evidence: The observation.
        records: References that fit it, best first.
        weight: How much it adds when lines are put together; an order, not a probability.
    """

    evidence: Evidence
    records: tuple[TokenizerReference, ...]
    weight: float


def line(
    subject: TracedModel,
    statement: str,
    records: Sequence[TokenizerReference],
    *,
    how: str,
    reading: Reading,
    strength: Strength,
    calibration: str,
    weight: float,
) -> Line:
    """The line that says this of these references."""
    evidence = Evidence(
        probe=PROBE,
        subject=subject.model.id,
        statement=statement,
        reading=reading,
        strength=strength,
        calibration=calibration,
        inputs=subject.inputs_of(subject.tokenizer_path),
        facts={
            "how": how,
            "references": tuple(sorted({r.id for r in records})),
            "developers": tuple(sorted({r.developer for r in records})),
        },
    )
    return Line(evidence=evidence, records=tuple(records), weight=weight)


def rooted(records: Sequence[TokenizerReference]) -> list[TokenizerReference]:
    """Those that others of them are built on come first; the order is otherwise kept."""
    return sorted(records, key=lambda r: -sum(other.built_on == r.id for other in records))


def titles(records: Sequence[TokenizerReference]) -> str:
    """`A, B and C`."""
    names = [record.title for record in records]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def percent(share: float) -> str:
    """A share as text, to a tenth of a per cent."""
    return f"{100 * share:.1f} %"
