"""Two or more models, compared by their weights: one verdict for each pair, in a dossier like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier
from gauger.core.errors import UsageError
from gauger.core.inventory import Digest
from gauger.core.judgement import Gap
from gauger.core.record import Record
from gauger.flows.check import lineage_only
from gauger.flows.question import Question
from gauger.trace.weights.pairs import Compared, compared

R = TypeVar("R", bound=Record)


def compare(subject: Path, references: Sequence[Path], lookup: Lookup, question: Question) -> Dossier:
    """What has the first of these models to do with each of the others?

    Args:
        subject: A file of weights or a folder.
        references: One or more, likewise. Several that together make up the subject are found to be merged.
        lookup: The knowledge base.
        question: Date and limits.

    Returns:
        What tracing says of each model, the comparisons, and the lineage that follows from them.

    Raises:
        UsageError: a path is given twice, or there is nothing to compare with.
        NothingToExamine: one of the paths holds no model.
    """
    paths = (subject, *references)
    if not references or len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("name two different models", hint="gauger compare MODEL REFERENCE…")
    names = distinct_names(paths)
    parts = [
        lineage_only(path, lookup, question, name=name, by_weights=False)
        for path, name in zip(paths, names, strict=True)
    ]
    found = compared(paths, [part.models[0].id for part in parts], question.limits)
    first = parts[0]
    return msgspec.structs.replace(
        first,
        target=f"{names[0]} ~ {', '.join(names[1:])}",
        models=_joined(p.models for p in parts),
        comparisons=_joined([found.comparisons]),
        evidence=_joined((*(p.evidence for p in parts), found.evidence)),
        claims=_joined((*(p.claims for p in parts), found.claims)),
        references=_joined(p.references for p in parts),
        findings=_joined((*(p.findings for p in parts), found.findings)),
        gaps=_joined((*(_still_open(p.gaps, found) for p in parts), found.gaps)),
        inputs=_inputs(parts, names),
        coverage=msgspec.structs.replace(
            first.coverage,
            files_seen=sum(p.coverage.files_seen for p in parts),
            files_read=sum(p.coverage.files_read for p in parts),
            bytes_read=sum(p.coverage.bytes_read for p in parts),
            bytes_total=sum(p.coverage.bytes_total for p in parts),
            weights_read_bytes=found.read_bytes,
            weights_total_bytes=found.total_bytes,
            probes=tuple(dict.fromkeys((*first.coverage.probes, "weights"))),
        ),
    )


def _inputs(parts: Sequence[Dossier], names: Sequence[str]) -> tuple[Digest, ...]:
    """What was read of all models; a path that several of them have stands below each one's name."""
    counts = Counter(digest.path for part in parts for digest in part.inputs)
    named = (
        msgspec.structs.replace(d, path=f"{name}/{d.path}") if counts[d.path] > 1 else d
        for part, name in zip(parts, names, strict=True)
        for d in part.inputs
    )
    return tuple(sorted(named, key=lambda digest: digest.path))


def _still_open(gaps: Iterable[Gap], found: Compared) -> Iterable[Gap]:
    """Without those of a model of which nothing was observed before the comparison linked it."""
    spoken = {end for claim in found.claims for end in (claim.subject, claim.object)}
    return (g for g in gaps if not (g.reason == "no-reference" and g.subject in spoken))


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of these paths that tell them apart."""
    whole = [path.resolve().parts for path in paths]
    for length in range(1, max(len(p) for p in whole) + 1):
        names = ["/".join(p[-length:]) for p in whole]
        if len(set(names)) == len(names):
            return names
    return [str(path) for path in paths]


def _joined(groups: Iterable[Iterable[R]]) -> tuple[R, ...]:
    unique = {record.id: record for group in groups for record in group}
    return tuple(unique[ident] for ident in sorted(unique))
