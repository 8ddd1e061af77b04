"""Which models does this stack use, where, and through whom? The flow: walk, collect, resolve, bind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.dossier import Coverage
from gauger.core.inventory import Artifact, Digest, Location, Model, Use
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.plugin import guarded
from gauger.core.record import Record
from gauger.scan.bind import Bound, bind
from gauger.scan.collector import Collector
from gauger.scan.first_look import FirstLook
from gauger.scan.gathering import Gathering, Progress
from gauger.scan.inside import outer
from gauger.scan.match import Matcher
from gauger.scan.parallel import crew, jobs_for
from gauger.scan.reading import Reader
from gauger.scan.registry import COLLECTORS
from gauger.scan.target import Target, open_target
from gauger.scan.tree import FolderTree

R = TypeVar("R", bound=Record)


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan found. All tuples are sorted by id, `inputs` by path.

    Attributes:
        artifacts: Files, store entries, commands, recipes, data sets.
        models: What the uses are about.
        uses: How the stack uses them, mentions included.
        findings: What collectors want a person to look at.
        gaps: What was not examined, and why.
        coverage: How much was looked at. `files_seen` is 0 for an empty folder; files seen without a use or
            an artifact mean that there was something to look at and nothing in it.
        inputs: Digests of the files that said something.
    """

    artifacts: tuple[Artifact, ...]
    models: tuple[Model, ...]
    uses: tuple[Use, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    inputs: tuple[Digest, ...]


def scan(
    root: Path,
    lookup: Lookup,
    limits: Limits = DEFAULT_LIMITS,
    *,
    ignore: Sequence[str] = (),
    collectors: Iterable[Collector] = COLLECTORS,
    target: Target | None = None,
    jobs: int | None = None,
    eager: bool = False,
    progress: Progress = lambda _phase, _done, _total: None,
) -> Inventory:
    """Which models does this folder or file use?

    Same bytes, same answer: nothing depends on the clock, the folder's own path, or the order of a listing.

    Args:
        root: A folder, or one file.
        lookup: What the catalogue knows.
        limits: Bounds.
        ignore: Patterns in the syntax of `.gitignore`, relative to the root.
        collectors: Who reads the files.
        target: The root as `open_target` opened it, where the caller goes on reading afterwards.
        jobs: Processes that read; None for as many as the tree is worth.
        eager: Read every file at once. The answer is the same, save for gaps of files that nothing leads to.
        progress: Told of the phase, how much of it is done, and of how much.

    Raises:
        Unreadable: there is neither a folder nor a file of that name.
    """
    if target is None:
        with open_target(root, limits, ignore) as opened:
            return scan(
                root,
                lookup,
                limits,
                collectors=collectors,
                target=opened,
                jobs=jobs,
                eager=eager,
                progress=progress,
            )
    tree = FolderTree(target.walked, limits)
    matcher = Matcher(collectors)
    reader = Reader(tree, matcher, None if eager else FirstLook(lookup, matcher.collectors), limits)
    size_bytes = sum(entry.size_bytes for entry in target.walked.entries)
    team = crew(reader, jobs_for(jobs, len(tree.paths), size_bytes))
    try:
        gathered = Gathering(reader, team, limits, progress)
        gathered.look_at_all()
        gathered.follow_names()
        bound = _bound(gathered, lookup, tree)
    finally:
        team.close()
    inputs, unread = _digests(tree, bound)
    return Inventory(
        artifacts=bound.artifacts,
        models=bound.models,
        uses=bound.uses,
        findings=_sorted([*target.findings, *gathered.findings]),
        gaps=_sorted([*target.walked.gaps, *gathered.all_gaps, *unread]),
        coverage=Coverage(
            files_seen=len(tree.paths),
            files_read=len(tree.opened),
            files_ignored=target.walked.ignored,
            bytes_read=tree.bytes_read,
            collectors=tuple(c.ident for c in matcher.collectors),
        ),
        inputs=inputs,
    )


def _bound(gathered: Gathering, lookup: Lookup, tree: FolderTree) -> Bound:
    """Bind all candidates; where that asks for names not thought of before, read those files and repeat."""
    while True:
        resolver = gathered.resolver
        bound = bind(gathered.candidates, gathered.artifacts, resolver, lookup, tree)
        if not gathered.lead(resolver.asked):
            return bound


def _digests(tree: FolderTree, bound: Bound) -> tuple[tuple[Digest, ...], list[Gap]]:
    """Digests of the files on which the answer rests: what is there, is used, or was found on the way."""
    paths: set[str] = set()
    for artifact in bound.artifacts:
        paths |= {artifact.location.path, *artifact.parts}
    for use in bound.uses:
        hops = (*use.chain, *(use.endpoint.chain if use.endpoint is not None else ()))
        paths |= {use.location.path, *(hop.location.path for hop in hops)}
    paths |= {around for path in paths for around in outer(path)}
    digests: list[Digest] = []
    gaps: list[Gap] = []
    for path in sorted(path for path in paths if tree.exists(path)):
        answer = guarded("walk", lambda path=path: tree.digest(path), location=Location(path=path))  # type: ignore[misc]
        if isinstance(answer, Gap):
            gaps.append(answer)
        else:
            digests.append(answer)
    return tuple(digests), gaps


def _sorted(records: Iterable[R]) -> tuple[R, ...]:
    unique = {record.id: record for record in records}
    return tuple(unique[ident] for ident in sorted(unique))
