"""Comparing several models at once: every reference with the subject, and a merge of several of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from gauger.core.comparison import Comparison
from gauger.core.errors import GaugerError
from gauger.core.inventory import Location
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import Limits
from gauger.core.lineage import Claim, Evidence
from gauger.core.plugin import gap_for, guarded
from gauger.trace.weights.claims import PROBE, result_of
from gauger.trace.weights.compare import compare_opened
from gauger.trace.weights.merge import merged
from gauger.trace.weights.opened import Opened


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing came to.

    Attributes:
        comparisons: One for each pair that could be opened.
        evidence: One for each.
        claims: Where derivation was shown.
        findings: Rewritten copies.
        gaps: Pairs that could not be compared.
        read_bytes: Of weights.
        total_bytes: Of all files of weights, each model counted once.
    """

    comparisons: tuple[Comparison, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    read_bytes: int = 0
    total_bytes: int = 0


def compared(paths: Sequence[Path], ids: Sequence[str], limits: Limits) -> Compared:
    """What has the first of these models to do with each of the others?

    Args:
        paths: The subject, then references.
        ids: Of their models, in the same order.
        limits: Bounds.
    """
    gaps: list[Gap] = []
    with ExitStack() as stack:
        opened: list[Opened | None] = []
        for path, ident in zip(paths, ids, strict=True):
            try:
                opened.append(stack.enter_context(Opened.at(path, limits)))
            except GaugerError as error:
                gaps.append(_gap(error, path, ident))
                opened.append(None)
        subject = opened[0]
        if subject is None:
            return Compared(gaps=tuple(gaps))
        pairs = [(one, ident) for one, ident in zip(opened[1:], ids[1:], strict=True) if one is not None]
        return of_opened(subject, ids[0], pairs, gaps)


def of_opened(
    subject: Opened, subject_id: str, references: Sequence[tuple[Opened, str]], gaps: Sequence[Gap] = ()
) -> Compared:
    """As `compared`, for models that are open."""
    found: list[Comparison] = []
    compared_with: list[Opened] = []
    failed = list(gaps)
    for reference, ident in references:
        answer = guarded(
            PROBE,
            lambda one=reference, name=ident: compare_opened(subject, one, subject_id, name),  # type: ignore[misc]
            location=Location(path=reference.name),
            subject=subject_id,
            touches=("lineage by weights",),
        )
        if isinstance(answer, Gap):
            failed.append(answer)
        else:
            found.append(answer)
            compared_with.append(reference)
    found = merged(subject, compared_with, found)
    results = [result_of(one) for one in found]
    return Compared(
        comparisons=tuple(found),
        evidence=tuple(e for r in results for e in r.evidence),
        claims=tuple(c for r in results for c in r.claims),
        findings=tuple(f for r in results for f in r.findings),
        gaps=tuple(failed),
        read_bytes=subject.weights.read_bytes + sum(one.weights.read_bytes for one, _ in references),
        total_bytes=subject.weights.total_bytes + sum(one.weights.total_bytes for one, _ in references),
    )


def _gap(error: GaugerError, path: Path, ident: str) -> Gap:
    return gap_for(
        error, part=PROBE, location=Location(path=path.name), subject=ident, touches=("lineage by weights",)
    )
