"""A collector's notebook: what it has written down so far, in the order in which it found it."""

from __future__ import annotations

from typing import TypeVar

from gauger.core.inventory import Artifact
from gauger.core.judgement import Finding, Gap
from gauger.scan.collector import Binding, Candidate, Collected

T = TypeVar("T")


class Harvest:
    """Gathers what one file says and hands it over as one frozen value."""

    def __init__(self) -> None:
        self.artifacts: list[Artifact] = []
        self.candidates: list[Candidate] = []
        self.bindings: list[Binding] = []
        self.findings: list[Finding] = []
        self.gaps: list[Gap] = []

    def add(self, other: Collected | Harvest) -> None:
        """Take over everything that another reader of a part of the file wrote down."""
        self.artifacts += other.artifacts
        self.candidates += other.candidates
        self.bindings += other.bindings
        self.findings += other.findings
        self.gaps += other.gaps

    def collected(self) -> Collected:
        """Everything that was written down; what was written twice stands once."""
        return Collected(
            artifacts=_once(self.artifacts),
            candidates=_once(self.candidates),
            bindings=_once(self.bindings),
            findings=_once(self.findings),
            gaps=_once(self.gaps),
        )


def _once(items: list[T]) -> tuple[T, ...]:
    kept: list[T] = []
    seen: set[str] = set()
    for item in items:
        key = repr(item)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return tuple(kept)
